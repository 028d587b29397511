"""Candidate search by register tiles: the few nearest of every row, up to rounding.

Rows are packed into panels, centred and scaled. The score of a candidate is half its
squared distance minus half the query's squared norm, *lowered* by a bound of everything
that rounding can do to it: a candidate that was left out is certainly no nearer than the
worst score kept says (``neighbors/exact/tiles.py`` certifies with that). Categories are packed
beside the numbers, and each that differs adds half their weight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import sift_down
from smotefast.kernels.points import Points
from smotefast.kernels.tile_kernel import GROUP, first_lane, score_tile

NOWHERE = np.int64(2**62)


class Panels(NamedTuple):
    """Rows in groups of as many as vector registers hold, number by number.

    Attributes
    ----------
    values
        Shape (n_panels, n_features, lanes), float32 or float64.
    halves
        Shape (n_panels, lanes): half the squared norm less the slack; infinite where a lane
        holds no row.
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
    """Pack rows, centred and scaled in float64, into panels.

    Parameters
    ----------
    pool : n_pool rows
    center : array of shape (n_features,), float64
    scale : a power of two
    slack : share of a row's squared norm, and of all weights, that rounding may amount to
    values, halves, codes : the arrays of ``Panels``; written
        Not as one named tuple: what numba 0.68 writes through one within prange is lost.
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
def _pack_query(panels, row, place, packed, codes):  # type: ignore[no-untyped-def]
    """Copy a packed row, negated, to its place in a group; return its squared norm."""
    _, n_features, lanes = panels.values.shape
    n_codes = panels.codes.shape[1]
    group = place // GROUP
    norm = 0.0
    for j in range(n_features):
        value = panels.values[row // lanes, j, row % lanes]
        packed[(group * n_features + j) * GROUP + place % GROUP] = -value
        norm += np.float64(value) * np.float64(value)
    for j in range(n_codes):
        code = panels.codes[row // lanes, j, row % lanes]
        codes[(group * n_codes + j) * GROUP + place % GROUP] = code
    return norm


@inner
def _begin(asked, queries, first, size, packed, codes, limits):  # type: ignore[no-untyped-def]
    """Pack the queries of a task and open their limits; return their squared norms."""
    norms = np.empty(size, np.float64)
    for i in range(size):
        norms[i] = _pack_query(asked, queries[first + i], i, packed, codes)
        limits[i] = np.inf
    return norms


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
    panels: Panels,
    asked: Panels,
    queries: np.ndarray,
    own: np.ndarray,
    half_weight: float,
    block: int,
    scores: np.ndarray,
    positions: np.ndarray,
    norms: np.ndarray,
) -> None:
    """Keep, for every query, the candidates of lowest score, itself left out.

    Equal scores keep the lower position: panels are met in order of position.

    Parameters
    ----------
    panels : as ``pack_panels`` wrote them
    asked : panels that queries are rows of, packed alike; may be ``panels``
    queries : shape (n_queries,), int64; positions among the rows of ``asked``
    own : shape (n_queries,), int64; where each stands in ``panels``, -1 for nowhere
    half_weight : half of what each category that differs adds, scaled
    block : queries per task, a multiple of GROUP
    scores : array of shape (n_queries, n_kept); written
        A max-heap in every row; its root is the worst score kept.
    positions : array of shape (n_queries, n_kept), int64; written
    norms : shape (n_queries,), float64; written, the squared norm of each packed query
    """
    n_panels, n_features, lanes = panels.values.shape
    n_codes = panels.codes.shape[1]
    n_queries = len(queries)
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
        begun = _begin(asked, queries, first, size, packed, codes, limits)
        norms[first : first + size] = begun
        scores[first : first + size] = np.inf
        positions[first : first + size] = NOWHERE
        for panel in range(n_panels):
            for group in range(n_groups):
                if not score_tile(
                    flat_panels, panel * n_features * lanes, flat_halves, panel * lanes,
                    flat_codes, panel * n_codes * lanes, packed, codes, group, n_features,
                    n_codes, half_weight, limits, tile, hits,
                ):  # fmt: skip
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
                        own[first + i],
                        scores[first + i],
                        positions[first + i],
                    )
