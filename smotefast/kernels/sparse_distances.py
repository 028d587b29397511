"""Squared distances of CSR rows in float64, in the order dense rows would give.

Columns are met in ascending order over the union of both rows; columns absent from both
would add an exact zero, so the bits equal those of the dense rows.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import before, heap_to_sorted, sift_down

NOWHERE = np.int64(2**62)


@inner
def _sparse_squared_distance(indptr, indices, values, first, second):  # type: ignore[no-untyped-def]
    a = indptr[first]
    b = indptr[second]
    end_a = indptr[first + 1]
    end_b = indptr[second + 1]
    total = 0.0
    while a < end_a or b < end_b:
        if b == end_b or (a < end_a and indices[a] < indices[b]):
            difference = np.float64(values[a])
            a += 1
        elif a == end_a or indices[b] < indices[a]:
            difference = np.float64(values[b])
            b += 1
        else:
            difference = np.float64(values[b]) - np.float64(values[a])
            a += 1
            b += 1
        total += difference * difference
    return total


@parallel_kernel
def rank_sparse_candidates(
    indptr: np.ndarray,
    indices: np.ndarray,
    values: np.ndarray,
    queries: np.ndarray,
    candidates: np.ndarray,
    distances: np.ndarray,
    positions: np.ndarray,
) -> None:
    """Keep the nearest of each query's candidates, ordered in float64.

    Parameters
    ----------
    indptr, indices, values : a CSR matrix with sorted columns and no repeats
    queries : array of shape (n_queries,), int64
    candidates : array of shape (n_queries, n_candidates), int64
        Positions without repeats; the query itself is passed over.
    distances : array of shape (n_queries, k), float64; written, ascending
    positions : array of shape (n_queries, k), int64; written
    """
    k = positions.shape[1]
    for i in prange(queries.shape[0]):
        row = queries[i]
        distances[i, :] = np.inf
        positions[i, :] = NOWHERE
        for c in range(candidates.shape[1]):
            candidate = candidates[i, c]
            if candidate == row:
                continue
            distance = _sparse_squared_distance(indptr, indices, values, row, candidate)
            if before(distance, candidate, distances[i, 0], positions[i, 0]):
                sift_down(distances[i], positions[i], k, distance, candidate)
        heap_to_sorted(distances[i], positions[i])
