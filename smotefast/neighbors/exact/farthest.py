"""Distances to the k farthest rows of a pool, for NearMiss version 2.

Tiles or products of rows choose the candidates. Where rounding leaves open which rows are the
farthest, every distance of the query is computed.
"""

from __future__ import annotations

import numpy as np

from smotefast._threads import one_blas_thread, run_in_threads
from smotefast.neighbors.exact.norm_expansion import (
    CenteredRows,
    center_rows,
    median_center,
    squared_norms,
)
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.exact.tiles import FLOAT32, Packed, nearest_candidates, pack
from smotefast.neighbors.pair_distances import squared_distances, squared_distances_to
from smotefast.neighbors.queries import DenseRows, Queries, as_points, other_queries
from smotefast.neighbors.result import SearchResult

# Pairs estimated at a time by one thread: 4 MB of float64.
_PAIRS_PER_BLOCK = 1 << 19
# Queries packed for tiles at a time, and the pool again with each: 65,536 and 50,000 rows of
# 20 columns take 15 to 23 ms, their search takes a second.
_PACKED_QUERIES = 1 << 17
# Rows whose squared distances differ by less than this share are equally far: any will do.
_RELATIVE_TIE = 1e-10


def search_farthest_products(
    points: DenseRows, queries: Queries[DenseRows], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k farthest rows among estimates by matrix products, nearest of them first."""
    pool, rows = points.values, queries.points.values
    with np.errstate(over="ignore", invalid="ignore"):
        around = center_rows(pool, median_center(pool))
    squared = np.empty((len(queries.rows), k))
    step = max(1, _PAIRS_PER_BLOCK // pool.shape[0])

    def search(block: slice) -> None:
        squared[block] = _farthest_by_products(around, pool, rows[queries.rows[block]], k)

    with one_blas_thread():
        run_in_threads(search, len(queries.rows), step, n_threads)
    return SearchResult(_no_indices(squared), squared)


def _farthest_by_products(
    around: CenteredRows, pool: np.ndarray, queries: np.ndarray, k: int
) -> np.ndarray:
    """Return the squared distances to the k farthest rows, ascending."""
    n_pool = pool.shape[0]
    with np.errstate(over="ignore", invalid="ignore"):
        centered = queries - around.center
        estimates = centered @ around.rows.T
        estimates *= -2
        estimates += around.norms
        candidates = np.argpartition(estimates, -k, axis=1)[:, -k:]
        squared = np.sort(squared_distances_to(pool, queries, candidates), axis=1)
        if k == n_pool:
            return squared
        kth = np.take_along_axis(estimates, candidates, axis=1).min(axis=1)
        np.put_along_axis(estimates, candidates, -np.inf, axis=1)
        norms = squared_norms(centered)
        distance = np.abs(kth + norms)
        error = 2 * around.error(norms, distance)
        is_certain = kth - estimates.max(axis=1) > error
        is_certain |= error <= _RELATIVE_TIE * distance
    for row in np.flatnonzero(~is_certain):
        of_all = squared_distances(pool, queries[np.full(n_pool, row)])
        squared[row] = np.sort(np.partition(of_all, -k)[-k:])
    return squared


def search_farthest_tiles(
    points: DenseRows, queries: Queries[DenseRows], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k farthest rows by float32 tiles of negated rows, nearest of them first."""
    pool, rows = points.values, queries.points.values
    squared, unresolved = np.empty((len(queries.rows), k)), []
    for start in range(0, len(queries.rows), _PACKED_QUERIES):
        block = slice(start, start + _PACKED_QUERIES)
        part = rows[queries.rows[block]]
        squared[block], is_certain = _farthest_by_tiles(pool, part, k, n_threads)
        unresolved.append(start + np.flatnonzero(~is_certain))
    return SearchResult(_no_indices(squared), squared, np.concatenate(unresolved))


def _farthest_by_tiles(
    pool: np.ndarray, rows: np.ndarray, k: int, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the squared distances to the k farthest rows, ascending, and what is certain."""
    points, queries = as_points(pool), other_queries(as_points(rows))
    packed = pack(points, queries.points, FLOAT32, n_threads=n_threads)
    if packed is None:
        return np.empty((len(queries.rows), k)), np.zeros(len(queries.rows), dtype=bool)
    scores, candidates, norms = nearest_candidates(
        _negated(packed), queries, k, n_threads=n_threads
    )
    n_kept = candidates.shape[1]
    ranked = rank_candidates(points, queries, candidates, n_kept, n_threads=n_threads)
    squared = ranked.squared()[:, n_kept - k :]
    if packed.is_exact:
        return squared, np.ones(len(queries.rows), dtype=bool)
    return squared, _are_above_rest(packed, squared[:, 0], scores[:, 0], norms, pool.shape[1])


def _negated(packed: Packed) -> Packed:
    """Change the signs of the pool's rows, in place, and of their halves.

    A half is lowered by the slack as before: a row that was not kept is certainly no farther
    than the worst score kept says.
    """
    panels = packed.panels
    np.negative(panels.values, out=panels.values)
    halves = panels.halves.astype(np.float64)
    halves *= -(0.5 + packed.slack) / (0.5 - packed.slack)
    halves[np.isinf(halves)] = np.inf  # lanes without a row
    return packed._replace(panels=panels._replace(halves=halves.astype(FLOAT32)))


def _are_above_rest(
    packed: Packed, squared: np.ndarray, worst: np.ndarray, norms: np.ndarray, n_features: int
) -> np.ndarray:
    """Whether squared distances are above those of all rows that tiles can have left out."""
    tiny = 1e-36
    rounding = 4 * (n_features + 3) * np.finfo(np.float64).eps
    left_out = norms * (1 + packed.slack) - 2 * worst.astype(np.float64) + tiny
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = squared * packed.scale * packed.scale * (1 - rounding)
        return np.asarray(scaled > left_out)


def _no_indices(squared: np.ndarray) -> np.ndarray:
    """Return empty indices: of equally far rows any may be among the farthest."""
    return np.empty((squared.shape[0], 0), dtype=np.int64)
