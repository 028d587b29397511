"""Squared distances in float64, exactly as written: what settles every order.

A distance is the sum over features, first to last, of the squared difference, each step
rounded to float64 (no FMA, no reordering), and for categories their weight times the
number of those that differ. All searches end here, so they agree bit for bit whatever
found the candidates. Queries may be rows of the pool or of other points.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import before, heap_to_sorted, keep_nearest, sift_down
from smotefast.kernels.points import Points

NOWHERE = np.int64(2**62)

# Queries of one scan task and candidates converted at a time: 64 queries share the
# transposed block (256 x 30 float64 = 60 kB, in L2).
_QUERIES = 64
_BLOCK = 256


@inner
def squared_distance(asked, query, pool, row):  # type: ignore[no-untyped-def]
    """Return the squared distance of a row of some points and a row of others."""
    total = 0.0
    for j in range(pool.values.shape[1]):
        difference = np.float64(pool.values[row, j]) - np.float64(asked.values[query, j])
        total += difference * difference
    different = 0
    for j in range(pool.codes.shape[1]):
        different += pool.codes[row, j] != asked.codes[query, j]
    return total + pool.weight * different


@inner
def _fill_block(pool, start, size, columns, codes):  # type: ignore[no-untyped-def]
    for j in range(pool.values.shape[1]):
        for i in range(size):
            columns[j, i] = np.float64(pool.values[start + i, j])
    for j in range(pool.codes.shape[1]):
        for i in range(size):
            codes[j, i] = pool.codes[start + i, j]


@inner
def _add_mismatches(codes, size, asked, query, different, totals):  # type: ignore[no-untyped-def]
    """Add the weight of the categories in which a query differs from a block."""
    different[:size] = 0
    for j in range(codes.shape[0]):
        code = asked.codes[query, j]
        for i in range(size):
            different[i] += np.int32(codes[j, i] != code)
    for i in range(size):
        totals[i] += asked.weight * different[i]


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
    asked: Points,
    queries: np.ndarray,
    own: np.ndarray,
    distances: np.ndarray,
    positions: np.ndarray,
) -> None:
    """Find the nearest other rows by computing every distance.

    Rows are met in order of position, so a query stops early once all it keeps are at
    distance zero: no later row can come before them. That keeps data with many
    duplicates cheap.

    Parameters
    ----------
    pool : the n_pool rows to search among
    asked : the points that queries are rows of; may be ``pool``
    queries : array of shape (n_queries,), int64
        Positions in ``asked``.
    own : array of shape (n_queries,), int64
        Where in ``pool`` the query itself stands, which is left out; -1 for nowhere.
    distances : array of shape (n_queries, k), float64; written, ascending
    positions : array of shape (n_queries, k), int64; written
        NOWHERE where no row could be ranked (only NaN distances).
    """
    n_pool, n_features = pool.values.shape
    n_codes = pool.codes.shape[1]
    n_queries = queries.shape[0]
    for task in prange((n_queries + _QUERIES - 1) // _QUERIES):
        first = task * _QUERIES
        last = min(first + _QUERIES, n_queries)
        columns = np.empty((n_features, _BLOCK), np.float64)
        codes = np.empty((n_codes, _BLOCK), np.int32)
        different = np.empty(_BLOCK, np.int32)
        totals = np.empty(_BLOCK, np.float64)
        query = np.empty(n_features, np.float64)
        for i in range(first, last):
            distances[i, :] = np.inf
            positions[i, :] = NOWHERE
        open_queries = last - first
        start = 0
        while start < n_pool and open_queries > 0:
            size = min(_BLOCK, n_pool - start)
            _fill_block(pool, start, size, columns, codes)
            open_queries = 0
            for i in range(first, last):
                if distances[i, 0] == 0.0:
                    continue
                open_queries += 1
                for j in range(n_features):
                    query[j] = np.float64(asked.values[queries[i], j])
                block_distances(columns, size, query, totals)
                if n_codes > 0:
                    _add_mismatches(codes, size, asked, queries[i], different, totals)
                keep_nearest(totals, size, start, own[i], distances[i], positions[i])
            start += size
        for i in range(first, last):
            heap_to_sorted(distances[i], positions[i])


@parallel_kernel
def rank_candidates(
    pool: Points,
    asked: Points,
    queries: np.ndarray,
    own: np.ndarray,
    candidates: np.ndarray,
    distances: np.ndarray,
    positions: np.ndarray,
) -> None:
    """Keep the nearest of each query's candidates, ordered in float64.

    Parameters
    ----------
    pool, asked, queries, own : as for ``scan_rows``
    candidates : array of shape (n_queries, n_candidates), integers
        Positions in ``pool``, without repeats; the query itself and whatever is not a
        position are passed over.
    distances : array of shape (n_queries, k), float64; written, ascending
    positions : array of shape (n_queries, k), int64; written
        NOWHERE where there were too few candidates.
    """
    n_pool = pool.values.shape[0]
    n_candidates = candidates.shape[1]
    k = positions.shape[1]
    for i in prange(queries.shape[0]):
        distances[i, :] = np.inf
        positions[i, :] = NOWHERE
        for c in range(n_candidates):
            candidate = np.int64(candidates[i, c])
            if candidate < 0 or candidate >= n_pool or candidate == own[i]:
                continue
            distance = squared_distance(asked, queries[i], pool, candidate)
            if before(distance, candidate, distances[i, 0], positions[i, 0]):
                sift_down(distances[i], positions[i], k, distance, candidate)
        heap_to_sorted(distances[i], positions[i])
