"""Squared distances in float64, exactly as written: what settles every order.

A distance is the sum over features, first to last, of the squared difference, each step
rounded to float64 (no FMA, no reordering). All searches end here, so they agree bit for
bit whatever found the candidates.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import before, heap_to_sorted, sift_down

NOWHERE = np.int64(2**62)

# Queries of one scan task and candidates converted at a time: 64 queries share the
# transposed block (256 x 30 float64 = 60 kB, in L2).
_QUERIES = 64
_BLOCK = 256


@inner
def squared_distance(pool, first, second):  # type: ignore[no-untyped-def]
    """Return the squared distance of two rows of one array."""
    total = 0.0
    for j in range(pool.shape[1]):
        difference = np.float64(pool[second, j]) - np.float64(pool[first, j])
        total += difference * difference
    return total


@inner
def _fill_block(pool, start, size, columns):  # type: ignore[no-untyped-def]
    for j in range(pool.shape[1]):
        for i in range(size):
            columns[j, i] = np.float64(pool[start + i, j])


@inner
def _block_distances(columns, size, query, totals):  # type: ignore[no-untyped-def]
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


@inner
def _keep_nearest(totals, size, start, row, distances, positions):  # type: ignore[no-untyped-def]
    for i in range(size):
        if totals[i] <= distances[0]:
            candidate = start + i
            if candidate != row and before(totals[i], candidate, distances[0], positions[0]):
                sift_down(distances, positions, distances.shape[0], totals[i], candidate)


@parallel_kernel
def scan_rows(
    pool: np.ndarray, queries: np.ndarray, distances: np.ndarray, positions: np.ndarray
) -> None:
    """Find the nearest other rows by computing every distance.

    Rows are met in order of position, so a query stops early once all it keeps are at
    distance zero: no later row can come before them. That keeps data with many
    duplicates cheap.

    Parameters
    ----------
    pool : array of shape (n_pool, n_features), float32 or float64
    queries : array of shape (n_queries,), int64
        Positions in ``pool``.
    distances : array of shape (n_queries, k), float64; written, ascending
    positions : array of shape (n_queries, k), int64; written
        NOWHERE where no row could be ranked (only NaN distances).
    """
    n_pool, n_features = pool.shape
    n_queries = queries.shape[0]
    for task in prange((n_queries + _QUERIES - 1) // _QUERIES):
        first = task * _QUERIES
        last = min(first + _QUERIES, n_queries)
        columns = np.empty((n_features, _BLOCK), np.float64)
        totals = np.empty(_BLOCK, np.float64)
        query = np.empty(n_features, np.float64)
        for i in range(first, last):
            distances[i, :] = np.inf
            positions[i, :] = NOWHERE
        open_queries = last - first
        start = 0
        while start < n_pool and open_queries > 0:
            size = min(_BLOCK, n_pool - start)
            _fill_block(pool, start, size, columns)
            open_queries = 0
            for i in range(first, last):
                if distances[i, 0] == 0.0:
                    continue
                open_queries += 1
                for j in range(n_features):
                    query[j] = np.float64(pool[queries[i], j])
                _block_distances(columns, size, query, totals)
                _keep_nearest(totals, size, start, queries[i], distances[i], positions[i])
            start += size
        for i in range(first, last):
            heap_to_sorted(distances[i], positions[i])


@parallel_kernel
def rank_candidates(
    pool: np.ndarray,
    queries: np.ndarray,
    candidates: np.ndarray,
    distances: np.ndarray,
    positions: np.ndarray,
) -> None:
    """Keep the nearest of each query's candidates, ordered in float64.

    Parameters
    ----------
    pool : array of shape (n_pool, n_features), float32 or float64
    queries : array of shape (n_queries,), int64
    candidates : array of shape (n_queries, n_candidates), integers
        Positions in ``pool``, without repeats; the query itself and whatever is not a
        position are passed over.
    distances : array of shape (n_queries, k), float64; written, ascending
    positions : array of shape (n_queries, k), int64; written
        NOWHERE where there were too few candidates.
    """
    n_pool = pool.shape[0]
    n_candidates = candidates.shape[1]
    k = positions.shape[1]
    for i in prange(queries.shape[0]):
        row = queries[i]
        distances[i, :] = np.inf
        positions[i, :] = NOWHERE
        for c in range(n_candidates):
            candidate = np.int64(candidates[i, c])
            if candidate < 0 or candidate >= n_pool or candidate == row:
                continue
            distance = squared_distance(pool, row, candidate)
            if before(distance, candidate, distances[i, 0], positions[i, 0]):
                sift_down(distances[i], positions[i], k, distance, candidate)
        heap_to_sorted(distances[i], positions[i])
