"""Search among distinct rows: duplicates are searched once and have the same neighbors.

Logs and counts have many duplicates: of the 494,021 connections of KDD Cup 99 (38 numbers
each), two in seven are distinct. The k nearest rows of a row are among the duplicates of its k
nearest distinct rows; they are ordered by distance and index afterwards.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.queries import DensePoints, Queries, pool_queries, work_blocks
from smotefast.neighbors.result import SmallerSearch, as_indices, index_dtype
from smotefast.neighbors.row_hashes import hash_rows

# Above this share a copy of the distinct rows takes more memory than a search among fewer
# rows saves.
MAX_DISTINCT_SHARE = 0.5
# Rows of the sample that the share is estimated on: 2 to 7 ms.
_SAMPLE = 4096
# Values compared or sorted at a time: 2 MB stay in a core's cache.
_VALUES_PER_BLOCK = 1 << 18


class DistinctRows(NamedTuple):
    """The distinct rows of a pool, and the rows of the pool that are equal to each.

    Attributes
    ----------
    points
        Each distinct row once, in the order in which they appear in the pool.
    number
        Distinct row that each row of the pool is, shape (n_pool,).
    order
        Rows of the pool, those of a distinct row together, ascending.
    starts, counts
        First entry of each distinct row in ``order``, and how often it occurs in the pool.
    """

    points: Points
    number: np.ndarray
    order: np.ndarray
    starts: np.ndarray
    counts: np.ndarray


def search_distinct(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> SmallerSearch | None:
    """Return the search among distinct rows; None if they are too many, or fewer than k."""
    distinct = distinct_rows(points, k)
    if distinct is None:
        return None
    rows = np.unique(distinct.number[queries.rows])
    expand = partial(_expand, distinct, rows, queries.rows, n_threads)
    return SmallerSearch(distinct.points, pool_queries(distinct.points, rows), expand)


def distinct_share(points: DensePoints) -> float:
    """Return the share of distinct rows in a sample of the pool."""
    step = slice(None, None, -(-points.values.shape[0] // _SAMPLE))
    sample = hash_rows(points.values[step], points.codes[step])
    return float(np.unique(sample).shape[0] / sample.shape[0])


def distinct_rows(points: Points, k: int) -> DistinctRows | None:
    """Return the distinct rows of a pool; None if a search among them does not pay."""
    n_pool = points.values.shape[0]
    hashes = hash_rows(points.values, points.codes)
    order = np.argsort(hashes, kind="stable")
    is_first = np.ones(n_pool, dtype=bool)
    np.not_equal(hashes[order[1:]], hashes[order[:-1]], out=is_first[1:])
    n_distinct = int(np.count_nonzero(is_first))
    del hashes
    if not k < n_distinct <= MAX_DISTINCT_SHARE * n_pool:
        return None
    if not _are_equal(points, order, is_first):
        return None
    return _grouped(points, order, np.flatnonzero(is_first))


def _are_equal(points: Points, order: np.ndarray, is_first: np.ndarray) -> bool:
    """Whether rows of the same hash are equal; rows with NaN are not."""
    duplicates = np.flatnonzero(~is_first)
    for rows in (points.values, points.codes):
        for block in work_blocks(len(duplicates), max(1, rows.shape[1]), _VALUES_PER_BLOCK, 1):
            part = duplicates[block]
            if not np.array_equal(rows[order[part]], rows[order[part - 1]]):
                return False
    return True


def _grouped(points: Points, order: np.ndarray, starts: np.ndarray) -> DistinctRows:
    """Return the distinct rows in the order of their first rows in the pool."""
    counts = np.diff(starts, append=len(order))
    by_first = np.argsort(order[starts])
    new_number = np.empty_like(by_first)
    new_number[by_first] = np.arange(len(by_first))
    number = np.empty_like(order)
    number[order] = np.repeat(new_number, counts)
    starts, counts = starts[by_first], counts[by_first]
    first = order[starts]
    distinct = Points(points.values[first], points.codes[first], points.weight)
    return DistinctRows(distinct, number, order, starts, counts)


def _expand(
    distinct: DistinctRows, rows: np.ndarray, pool_rows: np.ndarray, n_threads: int,
    indices: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return the k nearest rows of the pool for rows of it.

    Parameters
    ----------
    distinct
        The distinct rows of the pool.
    rows
        The distinct rows that were searched for, ascending.
    pool_rows
        The rows of the pool to return neighbors for.
    n_threads
        Threads to use.
    indices
        The k nearest distinct rows of each of ``rows``, shape (n_rows, k).
    """
    indices = as_indices(indices, len(distinct.counts))
    k, dtype = indices.shape[1], index_dtype(len(distinct.order))
    nearest = np.empty((len(rows), k + 1), dtype=dtype)
    # With equal distances each of k + 1 distinct rows may occur k + 1 times.
    for block in work_blocks(len(rows), (k + 1) ** 2, _VALUES_PER_BLOCK, 1):
        nearest[block] = _nearest_in_pool(distinct, rows[block], indices[block], n_threads)
    expanded = np.empty((len(pool_rows), k), dtype=dtype)
    for block in work_blocks(len(pool_rows), k + 1, _VALUES_PER_BLOCK, 1):
        part = pool_rows[block]
        candidates = nearest[np.searchsorted(rows, distinct.number[part])]
        is_kept = candidates != part[:, np.newaxis]
        is_kept[is_kept.all(axis=1), -1] = False
        expanded[block] = candidates[is_kept].reshape(-1, k)
    return expanded


def _nearest_in_pool(
    distinct: DistinctRows, rows: np.ndarray, indices: np.ndarray, n_threads: int
) -> np.ndarray:
    """Return the k + 1 nearest rows of the pool to distinct rows, themselves included."""
    k = indices.shape[1]
    queries = pool_queries(distinct.points, rows)
    ranked = rank_candidates(
        distinct.points, queries, indices.astype(np.int64), k, n_threads=n_threads
    )
    near = np.column_stack([rows, ranked.indices])
    squared = np.column_stack([np.zeros(len(rows)), ranked.squared()])
    n_rows = np.minimum(distinct.counts[near], k + 1)
    # Up to the distance at which there are enough: of equal distances all are needed.
    enough = np.argmax(np.cumsum(n_rows, axis=1) >= k + 1, axis=1)
    limit = np.take_along_axis(squared, enough[:, np.newaxis], axis=1)
    n_rows[squared > limit] = 0
    counts = n_rows.ravel()
    first = np.repeat(np.cumsum(counts) - counts, counts)
    offsets = np.arange(len(first)) - first
    pool_rows = distinct.order[np.repeat(distinct.starts[near.ravel()], counts) + offsets]
    query = np.repeat(np.repeat(np.arange(len(rows)), k + 1), counts)
    by = np.lexsort((pool_rows, np.repeat(squared.ravel(), counts), query))
    starts = np.searchsorted(query, np.arange(len(rows)))
    nearest: np.ndarray = pool_rows[by[starts[:, np.newaxis] + np.arange(k + 1)]]
    return nearest
