"""Squared distances in float64, summed in one fixed order: they decide the order of neighbors.

A distance is the sum over features, first to last, of the squared difference, each step
rounded to float64 (no FMA, no reordering), and for categories their weight times the
number of those that differ. Every search ends here, so all of them agree bit for bit,
whichever found the candidates. Queries may be rows of the pool or of other points.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import NO_ROW, heap_to_sorted, offer, offer_block
from smotefast.kernels.points import Points

# Queries of one scan task and pool rows converted at a time: 64 queries share the
# transposed block (256 x 30 float64 = 60 kB, in L2).
_QUERIES = 64
_BLOCK = 256


@inner
def squared_distance(query_points, query, pool, row):  # type: ignore[no-untyped-def]
    """Return the squared distance between a row of some points and a row of the pool."""
    total = 0.0
    for j in range(pool.values.shape[1]):
        difference = np.float64(pool.values[row, j]) - np.float64(query_points.values[query, j])
        total += difference * difference
    n_different = 0
    for j in range(pool.codes.shape[1]):
        n_different += pool.codes[row, j] != query_points.codes[query, j]
    return total + pool.weight * n_different


@inner
def _fill_block(pool, start, size, columns, codes):  # type: ignore[no-untyped-def]
    for j in range(pool.values.shape[1]):
        for i in range(size):
            columns[j, i] = np.float64(pool.values[start + i, j])
    for j in range(pool.codes.shape[1]):
        for i in range(size):
            codes[j, i] = pool.codes[start + i, j]


@inner
def _add_mismatches(codes, size, query_points, query, n_different, totals):  # type: ignore[no-untyped-def]
    """Add the weight of the categories in which a query differs from a block."""
    n_different[:size] = 0
    for j in range(codes.shape[0]):
        code = query_points.codes[query, j]
        for i in range(size):
            n_different[i] += np.int32(codes[j, i] != code)
    for i in range(size):
        totals[i] += query_points.weight * n_different[i]


@inner
def block_distances(columns, size, query, totals):  # type: ignore[no-untyped-def]
    """Write the distances of a query to a block; four features a pass save loads."""
    n_features = columns.shape[0]
    totals[:size] = 0.0
    whole = n_features - n_features % 4
    for j in range(0, whole, 4):
        first, second, third, fourth = query[j], query[j + 1], query[j + 2], query[j + 3]
        for i in range(size):
            a = columns[j, i] - first
            b = columns[j + 1, i] - second
            c = columns[j + 2, i] - third
            d = columns[j + 3, i] - fourth
            totals[i] = (((totals[i] + a * a) + b * b) + c * c) + d * d
    for j in range(whole, n_features):
        first = query[j]
        for i in range(size):
            a = columns[j, i] - first
            totals[i] += a * a


@parallel_kernel
def scan_rows(
    pool: Points,
    query_points: Points,
    query_rows: np.ndarray,
    excluded: np.ndarray,
    distances: np.ndarray,
    indices: np.ndarray,
) -> None:
    """Find the k nearest rows by computing every distance.

    Rows are compared in ascending order of index, so a query stops early once all the rows
    it keeps are at distance zero: no later row can come before them. That keeps data with
    many duplicates cheap.

    Parameters
    ----------
    pool : the n_pool rows to search
    query_points : the points that queries are rows of; may be ``pool``
    query_rows : array of shape (n_queries,), int64
        Row of ``query_points`` that each query is.
    excluded : array of shape (n_queries,), int64
        Row of ``pool`` that each query must not find, itself; -1 for none.
    distances : array of shape (n_queries, k), float64; written, ascending
    indices : array of shape (n_queries, k), int64; written
        NO_ROW where no row could be ranked (only NaN distances).
    """
    n_pool, n_features = pool.values.shape
    n_codes = pool.codes.shape[1]
    n_queries = query_rows.shape[0]
    for task in prange((n_queries + _QUERIES - 1) // _QUERIES):
        first = task * _QUERIES
        last = min(first + _QUERIES, n_queries)
        columns = np.empty((n_features, _BLOCK), np.float64)
        codes = np.empty((n_codes, _BLOCK), np.int32)
        n_different = np.empty(_BLOCK, np.int32)
        totals = np.empty(_BLOCK, np.float64)
        query = np.empty(n_features, np.float64)
        for i in range(first, last):
            distances[i, :] = np.inf
            indices[i, :] = NO_ROW
        n_open = last - first
        start = 0
        while start < n_pool and n_open > 0:
            size = min(_BLOCK, n_pool - start)
            _fill_block(pool, start, size, columns, codes)
            n_open = 0
            for i in range(first, last):
                if distances[i, 0] == 0.0:
                    continue
                n_open += 1
                row = query_rows[i]
                for j in range(n_features):
                    query[j] = np.float64(query_points.values[row, j])
                block_distances(columns, size, query, totals)
                if n_codes > 0:
                    _add_mismatches(codes, size, query_points, row, n_different, totals)
                offer_block(totals, size, start, excluded[i], distances[i], indices[i])
            start += size
        for i in range(first, last):
            heap_to_sorted(distances[i], indices[i])


@parallel_kernel
def rank_candidates(
    pool: Points,
    query_points: Points,
    query_rows: np.ndarray,
    excluded: np.ndarray,
    candidates: np.ndarray,
    distances: np.ndarray,
    indices: np.ndarray,
) -> None:
    """Keep the k nearest of each query's candidates, in order of distance.

    Parameters
    ----------
    pool, query_points, query_rows, excluded : as for ``scan_rows``
    candidates : array of shape (n_queries, n_candidates), integers
        Indices of rows of ``pool``, each once; the excluded row and whatever is no row of
        the pool are skipped.
    distances : array of shape (n_queries, k), float64; written, ascending
    indices : array of shape (n_queries, k), int64; written
        NO_ROW where there were too few candidates.
    """
    n_pool = pool.values.shape[0]
    n_candidates = candidates.shape[1]
    for i in prange(query_rows.shape[0]):
        distances[i, :] = np.inf
        indices[i, :] = NO_ROW
        nearest, nearest_rows = distances[i], indices[i]
        for c in range(n_candidates):
            candidate = np.int64(candidates[i, c])
            if candidate < 0 or candidate >= n_pool or candidate == excluded[i]:
                continue
            distance = squared_distance(query_points, query_rows[i], pool, candidate)
            offer(distance, candidate, nearest, nearest_rows)
        heap_to_sorted(nearest, nearest_rows)
