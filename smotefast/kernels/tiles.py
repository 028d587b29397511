"""Nearest candidates by register tiles: low-precision scores of every pair of rows.

Rows are centered, scaled and packed into panels. The score of a candidate is half its
squared distance minus half the query's squared norm, *lowered* by a bound of everything
that rounding can do to it: a candidate that was not kept is certainly no closer than the
worst score kept says (``neighbors/exact/tiles.py`` certifies with that). Categories are packed
beside the numbers, and each that differs adds half their weight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import NO_ROW, sift_down
from smotefast.kernels.points import Points
from smotefast.kernels.tile_kernel import GROUP, first_lane, score_tile


class Panels(NamedTuple):
    """Rows packed for the tile kernel: as many side by side as two vector registers hold.

    Attributes
    ----------
    values
        Shape (n_panels, n_features, lanes), float32 or float64.
    halves
        Shape (n_panels, lanes): half the squared norm less the slack; infinite in lanes
        without a row.
    codes
        Shape (n_panels, n_codes, lanes), int32.
    """

    values: np.ndarray
    halves: np.ndarray
    codes: np.ndarray


@parallel_kernel
def pack_panels(
    pool: Points,
    center: np.ndarray,
    scale: float,
    slack: float,
    values: np.ndarray,
    halves: np.ndarray,
    codes: np.ndarray,
) -> None:
    """Center and scale rows in float64 and pack them into panels.

    Parameters
    ----------
    pool : n_pool rows
    center : array of shape (n_features,), float64
    scale : a power of two
    slack : bound of the rounding error, as a share of the squared norm and of all weights
    values, halves, codes : the arrays of ``Panels``; written
        Not as one named tuple: numba 0.68 loses writes through one inside prange.
    """
    n_pool, n_features = pool.values.shape
    n_codes = pool.codes.shape[1]
    n_panels, _, lanes = values.shape
    lowered = slack * n_codes * pool.weight * scale * scale
    for panel in prange(n_panels):
        for lane in range(lanes):
            row = panel * lanes + lane
            if row < n_pool:
                norm = 0.0
                for j in range(n_features):
                    values[panel, j, lane] = (
                        np.float64(pool.values[row, j]) - center[j]
                    ) * scale
                    packed = np.float64(values[panel, j, lane])
                    norm += packed * packed
                for j in range(n_codes):
                    codes[panel, j, lane] = pool.codes[row, j]
                halves[panel, lane] = norm * (0.5 - slack) - lowered
            else:
                for j in range(n_features):
                    values[panel, j, lane] = 0.0
                for j in range(n_codes):
                    codes[panel, j, lane] = -1
                halves[panel, lane] = np.inf


@inner
def _pack_query(panels, row, i, packed, codes):  # type: ignore[no-untyped-def]
    """Copy a packed row, negated, as the i-th query of a task; return its squared norm."""
    _, n_features, lanes = panels.values.shape
    n_codes = panels.codes.shape[1]
    group = i // GROUP
    norm = 0.0
    for j in range(n_features):
        value = panels.values[row // lanes, j, row % lanes]
        packed[(group * n_features + j) * GROUP + i % GROUP] = -value
        norm += np.float64(value) * np.float64(value)
    for j in range(n_codes):
        code = panels.codes[row // lanes, j, row % lanes]
        codes[(group * n_codes + j) * GROUP + i % GROUP] = code
    return norm


@inner
def _pack_queries(query_panels, query_rows, first, size, packed, codes, limits):  # type: ignore[no-untyped-def]
    """Pack the queries of a task and reset their limits; return their squared norms."""
    norms = np.empty(size, np.float64)
    for i in range(size):
        norms[i] = _pack_query(query_panels, query_rows[first + i], i, packed, codes)
        limits[i] = np.inf
    return norms


@inner
def _offer_lanes(mask, tile, limit, first, excluded, scores, indices):  # type: ignore[no-untyped-def]
    """Offer the lanes of a mask, rows from ``first`` on, to a heap; return its new limit."""
    while mask != 0:
        lane = first_lane(mask)
        mask &= mask - np.uint64(1)
        if tile[lane] < limit and first + lane != excluded:
            sift_down(scores, indices, scores.shape[0], tile[lane], first + lane)
            limit = scores[0]
    return limit


@parallel_kernel
def search_panels(
    panels: Panels,
    query_panels: Panels,
    query_rows: np.ndarray,
    excluded: np.ndarray,
    half_weight: float,
    block: int,
    scores: np.ndarray,
    indices: np.ndarray,
    norms: np.ndarray,
) -> None:
    """Keep the candidates of lowest score of every query.

    Equal scores keep the lower index: panels are visited in ascending order.

    Parameters
    ----------
    panels : the pool, packed by ``pack_panels``
    query_panels : the points that queries are rows of, packed alike; may be ``panels``
    query_rows : shape (n_queries,), int64; row of ``query_panels`` that each query is
    excluded : shape (n_queries,), int64; row of the pool that each query must not find
    half_weight : half of what each category that differs adds, scaled
    block : queries per task, a multiple of GROUP
    scores : array of shape (n_queries, n_kept); written
        A max-heap in every row; its root is the worst score kept.
    indices : array of shape (n_queries, n_kept), int64; written
    norms : shape (n_queries,), float64; written, the squared norm of each packed query
    """
    n_panels, n_features, lanes = panels.values.shape
    n_codes = panels.codes.shape[1]
    n_queries = len(query_rows)
    flat_panels = panels.values.reshape(-1)
    flat_halves = panels.halves.reshape(-1)
    flat_codes = panels.codes.reshape(-1)
    for task in prange((n_queries + block - 1) // block):
        first = task * block
        size = min(block, n_queries - first)
        n_groups = (size + GROUP - 1) // GROUP
        packed = np.zeros(n_groups * n_features * GROUP, panels.values.dtype)
        codes = np.zeros(n_groups * n_codes * GROUP, np.int32)
        limits = np.full(n_groups * GROUP, -np.inf, panels.values.dtype)
        tile = np.empty(GROUP * lanes, panels.values.dtype)
        hits = np.empty(GROUP, np.uint64)
        norms[first : first + size] = _pack_queries(
            query_panels, query_rows, first, size, packed, codes, limits
        )
        scores[first : first + size] = np.inf
        indices[first : first + size] = NO_ROW
        for panel in range(n_panels):
            for group in range(n_groups):
                if not score_tile(
                    flat_panels, panel * n_features * lanes, flat_halves, panel * lanes,
                    flat_codes, panel * n_codes * lanes, packed, codes, group, n_features,
                    n_codes, half_weight, limits, limits, tile, hits,
                ):  # fmt: skip
                    continue
                for member in range(GROUP):
                    if hits[member] == 0:
                        continue
                    i = group * GROUP + member
                    limits[i] = _offer_lanes(
                        hits[member],
                        tile[member * lanes : (member + 1) * lanes],
                        limits[i],
                        panel * lanes,
                        excluded[first + i],
                        scores[first + i],
                        indices[first + i],
                    )
