"""Exact search on few rows without compiled code: NumPy, with scikit-learn's candidates.

Importing numba and loading kernels takes 0.5 s, more than the rest of a small job. Until a
larger job has loaded them, small searches run here. The results have the same bits: distances
are summed feature by feature in float64, as in the kernels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast._threads import safe_scikit_learn_threads
from smotefast.kernels.points import Points
from smotefast.neighbors.exact.norm_expansion import (
    CenteredRows,
    center_rows,
    exclude,
    median_center,
    product,
)
from smotefast.neighbors.queries import Queries, stack, work_blocks
from smotefast.neighbors.result import SearchResult

# Pairs estimated at a time, 1 MB of distances: 108 of 1,000 x 20 take 0.90 ms of CPU time, 1.15
# with a quarter.
_PAIRS_PER_BLOCK = 1 << 17
# The same for queries: more memory at a time is returned to the system after each search.
_QUERIES_PER_BLOCK = 512
# Candidates beyond k that scikit-learn returns, at first and if these were too few: integers
# have many equal distances. Each costs 2% of the search.
_SPARES = (2, 14)
# Values of candidates at a time, 512 kB.
_VALUES_AT_ONCE = 1 << 16
# Groups of columns whose minima bound the k-th distance: more groups bound it more tightly.
_GROUPS_PER_NEIGHBOR = 16
# Up to this many unresolved queries a full scan is faster than a second scikit-learn query.
_FEW_UNRESOLVED = 8
# A largest squared norm above this many medians shows outliers. One at 1e9 among 6,000 x 5
# left all queries unresolved around the mean: 3.4 s instead of 0.035.
_OUTLIER = 1e4


class _Rows(NamedTuple):
    """Pool rows followed by query rows: in float64, centered, and categories by column."""

    n_pool: int
    exact: np.ndarray
    around: CenteredRows
    codes: np.ndarray
    weight: float


def search_all_pairs(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k nearest rows by estimating every distance."""
    with np.errstate(over="ignore", invalid="ignore"):
        rows, stacked = _prepare(points, queries)
        highest = rows.around.norms.max()
        if np.isnan(highest) and np.isnan(rows.exact).any():
            return SearchResult(np.full((len(queries.rows), k), rows.n_pool), None)  # no row
        return SearchResult(*_nearest_of_all(rows, stacked, k))


def search_scikit_learn(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> SearchResult | None:
    """Find the k nearest rows among candidates of scikit-learn; None if norms overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        rows, stacked = _prepare(points, queries)
        if not np.isfinite(rows.around.norms.max() * 4):
            return None
        return SearchResult(_nearest_of_candidates(rows, stacked, k), None)


def _prepare(points: Points, queries: Queries[Points]) -> tuple[_Rows, Queries[Points]]:
    n_pool = points.values.shape[0]
    stacked_points, stacked = stack(points, queries)
    exact = stacked_points.values.astype(np.float64, copy=False)
    n_codes = points.codes.shape[1]
    around = center_rows(exact, exact.mean(axis=0), n_codes)
    if _has_outlier(around.norms):
        around = center_rows(exact, median_center(exact), n_codes)
    codes = np.ascontiguousarray(stacked_points.codes.T)
    return _Rows(n_pool, exact, around, codes, points.weight), stacked


def _has_outlier(norms: np.ndarray) -> bool:
    """Return whether the largest norm is far above the median, which takes longer to find."""
    highest = norms.max()
    if 2 * np.count_nonzero(norms * _OUTLIER >= highest) > len(norms):
        return False
    return bool(highest > _OUTLIER * np.median(norms))


def _nearest_of_candidates(rows: _Rows, queries: Queries[Points], k: int) -> np.ndarray:
    """Query scikit-learn; estimate all distances where its rounding leaves the order open."""
    from sklearn.neighbors import NearestNeighbors

    centered = rows.around.rows
    index = NearestNeighbors(algorithm="brute").fit(centered[: rows.n_pool])
    indices = np.empty((len(queries.rows), k), np.int64)
    bound = np.empty(len(queries.rows))
    unresolved = np.arange(len(queries.rows))
    for spare in _SPARES:
        if not len(unresolved):  # scikit-learn refuses to search for no rows
            break
        n_candidates = min(k + 1 + spare, rows.n_pool)
        part = queries.subset(unresolved)
        with safe_scikit_learn_threads():
            squared, candidates = index.kneighbors(centered[part.rows], n_candidates)
        squared *= squared
        nearest, kth, is_certain = _certify(rows, part, squared, candidates, k)
        indices[unresolved], bound[unresolved] = nearest, kth
        unresolved = unresolved[~is_certain]
        if unresolved.shape[0] <= _FEW_UNRESOLVED:
            break
    if unresolved.shape[0]:
        rest = queries.subset(unresolved)
        indices[unresolved], _ = _nearest_of_all(rows, rest, k, bound[unresolved])
    return indices


def _certify(
    rows: _Rows, queries: Queries[Points], squared: np.ndarray, candidates: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take the k nearest candidates; return a bound of the k-th distance and what is certain.

    ``squared`` are the squared distances that scikit-learn returned, ascending.
    """
    norms = rows.around.norms[queries.rows]
    error = 2 * rows.around.error(norms[:, np.newaxis], squared) + squared * 1e-12
    is_certain = np.zeros(len(queries.rows), dtype=bool)
    if candidates.shape[1] > k + 1:
        is_apart = squared[:, 1 : k + 2] - squared[:, : k + 1] > error[:, 1 : k + 2]
        is_certain = is_apart.all(axis=1) & (candidates[:, 0] == queries.excluded)
    nearest = np.empty((len(queries.rows), k), np.int64)
    if is_certain.any():
        nearest[is_certain] = candidates[is_certain, 1 : k + 1]
    rest = np.flatnonzero(~is_certain)
    if rest.shape[0]:
        nearest[rest], kth = _rank(rows, queries.subset(rest), candidates[rest], k)
        is_all = candidates.shape[1] == rows.n_pool
        is_certain[rest] = is_all | (kth < squared[rest, -1] - error[rest, -1])
    last = min(k, candidates.shape[1] - 1)
    return nearest, squared[:, last] + error[:, last], is_certain


def _rank(
    rows: _Rows, queries: Queries[Points], candidates: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order candidates as the kernels do; return the k nearest and the k-th distance."""
    query = np.repeat(queries.rows, candidates.shape[1])
    squared = _squared_distances(rows.exact, query, candidates.ravel())
    squared = squared.reshape(candidates.shape)
    squared[candidates == queries.excluded[:, np.newaxis]] = np.inf
    order = np.lexsort((candidates, squared))[:, :k]
    kth = np.take_along_axis(squared, order[:, -1:], axis=1)[:, 0]
    return np.take_along_axis(candidates, order, axis=1), kth


def _nearest_of_all(
    rows: _Rows, queries: Queries[Points], k: int, bound: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Estimate all distances; compute those of every row that may be among the k nearest.

    Return the k nearest, and their squared distances.

    ``bound`` is at least the k-th squared distance; without it, it is estimated.
    """
    around, indices = rows.around, np.empty((len(queries.rows), k), np.int64)
    squared = np.empty(indices.shape)
    work = max(rows.n_pool, _PAIRS_PER_BLOCK // _QUERIES_PER_BLOCK)
    for block in work_blocks(len(queries.rows), work, _PAIRS_PER_BLOCK, 1):
        part = queries.subset(block)
        norms = around.norms[part.rows]
        estimates = _estimates(rows, part)
        if bound is None:
            kth = _kth_smallest_bound(estimates, k) + norms
            kth += around.error(norms, kth)
        else:
            kth = bound[block]
        limit = kth + around.error(norms, kth) - norms
        is_near = estimates > limit[:, np.newaxis]
        np.logical_not(is_near, out=is_near)  # near also where an estimate overflowed
        indices[block], squared[block] = _nearest_of_near(rows, part, is_near, k)
    return indices, squared


def _kth_smallest_bound(values: np.ndarray, k: int) -> np.ndarray:
    """Return a value of each row that is at least its k-th smallest one, and hardly more.

    It is the k-th smallest of the minima of groups of columns: each of k groups has a value
    that is not above it. 98 x 336, k = 4: 34 us, and 4.23 values are not above it; 192 us by
    a partition of whole rows.
    """
    n_rows, n_columns = values.shape
    n_groups = _GROUPS_PER_NEIGHBOR * k
    per_group = n_columns // n_groups
    if per_group > 1:
        grouped = values[:, : n_groups * per_group].reshape(n_rows, per_group, n_groups)
        values = grouped.min(axis=1)
    bound: np.ndarray = np.partition(values, k - 1, axis=1)[:, k - 1]
    return bound


def _nearest_of_near(
    rows: _Rows, queries: Queries[Points], is_near: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute the distances of the rows marked for each query; return the k nearest."""
    in_pool = np.flatnonzero(queries.excluded >= 0)
    is_near[in_pool, queries.excluded[in_pool]] = False
    query, candidates = np.divmod(np.flatnonzero(is_near), rows.n_pool)
    squared = _squared_distances(rows.exact, queries.rows[query], candidates)
    if rows.codes.shape[0]:
        differ = rows.codes[:, queries.rows[query]] != rows.codes[:, candidates]
        squared += rows.weight * differ.sum(axis=0)
    order = np.lexsort((squared, query))  # stable: equal distances stay by index
    first = np.searchsorted(query, np.arange(len(queries.rows)))
    nearest = order[first[:, np.newaxis] + np.arange(k)]
    return candidates[nearest], squared[nearest]


def _estimates(rows: _Rows, queries: Queries[Points]) -> np.ndarray:
    """Estimate |a - b|^2 without the norm of the query; infinite for the excluded row."""
    around, n_pool = rows.around, rows.n_pool
    estimates = np.empty((len(queries.rows), n_pool))
    product(-2 * around.rows[queries.rows], around.rows[:n_pool].T, estimates)
    estimates += around.norms[:n_pool]
    for codes in rows.codes:
        estimates += rows.weight * (codes[queries.rows, np.newaxis] != codes[:n_pool])
    exclude(queries.excluded, estimates)
    return estimates


def _squared_distances(
    rows: np.ndarray, queries: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Sum squared differences feature by feature, as the kernels do."""
    squared = np.zeros(candidates.shape)
    step = max(1, _VALUES_AT_ONCE // rows.shape[1])
    for start in range(0, len(candidates), step):
        pairs = slice(start, start + step)
        differences = rows[candidates[pairs]]
        differences -= rows[queries[pairs]]
        differences *= differences
        for feature in differences.T:
            squared[pairs] += feature
    return squared
