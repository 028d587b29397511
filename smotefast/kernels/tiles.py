"""Candidate search by register tiles: the few nearest of every row, up to rounding.

Rows are packed into panels, centred and scaled. The score of a candidate is half its
squared distance minus half the query's squared norm, *lowered* by a bound of everything
that rounding can do to it: a candidate that was left out is certainly no nearer than the
worst score kept says (``neighbors/tiled.py`` certifies with that).
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import sift_down
from smotefast.kernels.microkernel import GROUP, first_lane, score_tile

NOWHERE = np.int64(2**62)


@parallel_kernel
def pack_panels(
    pool: np.ndarray,
    center: np.ndarray,
    scale: float,
    slack: float,
    panels: np.ndarray,
    halves: np.ndarray,
) -> None:
    """Pack rows, centred and scaled in float64, into panels.

    Parameters
    ----------
    pool : array of shape (n_pool, n_features)
    center : array of shape (n_features,), float64
    scale : a power of two
    slack : share of a row's squared norm that rounding may amount to
    panels : array of shape (n_panels, n_features, lanes), float32 or float64; written
    halves : array of shape (n_panels, lanes); written
        Half the squared norm less the slack; infinite where a lane holds no row.
    """
    n_pool, n_features = pool.shape
    n_panels, _, lanes = panels.shape
    for panel in prange(n_panels):
        for lane in range(lanes):
            row = panel * lanes + lane
            if row < n_pool:
                norm = 0.0
                for j in range(n_features):
                    panels[panel, j, lane] = (np.float64(pool[row, j]) - center[j]) * scale
                    value = np.float64(panels[panel, j, lane])
                    norm += value * value
                halves[panel, lane] = norm * (0.5 - slack)
            else:
                for j in range(n_features):
                    panels[panel, j, lane] = 0.0
                halves[panel, lane] = np.inf


@inner
def _pack_query(panels, row, packed, start):  # type: ignore[no-untyped-def]
    """Copy a packed row, negated, into its query group; return its squared norm."""
    _, n_features, lanes = panels.shape
    norm = 0.0
    for j in range(n_features):
        value = panels[row // lanes, j, row % lanes]
        packed[start + j * GROUP] = -value
        norm += np.float64(value) * np.float64(value)
    return norm


@inner
def _offer(mask, tile, limit, first, row, scores, positions):  # type: ignore[no-untyped-def]
    """Offer the lanes of a mask, rows from ``first`` on, to a heap; return its new limit."""
    while mask != 0:
        lane = first_lane(mask)
        mask &= mask - np.uint64(1)
        if tile[lane] < limit and first + lane != row:
            sift_down(scores, positions, scores.shape[0], tile[lane], first + lane)
            limit = scores[0]
    return limit


@parallel_kernel
def search_panels(
    panels: np.ndarray,
    halves: np.ndarray,
    queries: np.ndarray,
    block: int,
    scores: np.ndarray,
    positions: np.ndarray,
    norms: np.ndarray,
) -> None:
    """Keep, for every query, the candidates of lowest score, itself left out.

    Equal scores keep the lower position: panels are met in order of position.

    Parameters
    ----------
    panels, halves : as ``pack_panels`` wrote them
    queries : array of shape (n_queries,), int64
        Positions of the queries among the packed rows.
    block : queries per task, a multiple of GROUP
    scores : array of shape (n_queries, n_kept); written
        A max-heap in every row; its root is the worst score kept.
    positions : array of shape (n_queries, n_kept), int64; written
    norms : array of shape (n_queries,), float64; written
        Squared norm of each packed query.
    """
    n_panels, n_features, lanes = panels.shape
    n_queries = len(queries)
    flat_panels = panels.reshape(-1)
    flat_halves = halves.reshape(-1)
    for task in prange((n_queries + block - 1) // block):
        first = task * block
        size = min(block, n_queries - first)
        n_groups = (size + GROUP - 1) // GROUP
        packed = np.zeros(n_groups * n_features * GROUP, panels.dtype)
        limits = np.full(n_groups * GROUP, -np.inf, panels.dtype)
        tile = np.empty(GROUP * lanes, panels.dtype)
        hits = np.empty(GROUP, np.uint64)
        for i in range(size):
            start = (i // GROUP) * n_features * GROUP + i % GROUP
            norms[first + i] = _pack_query(panels, queries[first + i], packed, start)
            limits[i] = np.inf
            scores[first + i, :] = np.inf
            positions[first + i, :] = NOWHERE
        for panel in range(n_panels):
            for group in range(n_groups):
                if not score_tile(
                    flat_panels,
                    panel * n_features * lanes,
                    flat_halves,
                    panel * lanes,
                    packed,
                    group * n_features * GROUP,
                    n_features,
                    limits,
                    group * GROUP,
                    tile,
                    hits,
                ):
                    continue
                for member in range(GROUP):
                    if hits[member] == 0:
                        continue
                    i = group * GROUP + member
                    limits[i] = _offer(
                        hits[member],
                        tile[member * lanes : (member + 1) * lanes],
                        limits[i],
                        panel * lanes,
                        queries[first + i],
                        scores[first + i],
                        positions[first + i],
                    )
