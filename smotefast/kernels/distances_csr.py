"""Squared distances of CSR rows in float64, in the order dense rows would give.

Columns are met in ascending order over the union of both rows; columns absent from both
would add an exact zero, so the bits equal those of the dense rows.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import before, heap_to_sorted, sift_down
from smotefast.kernels.interpolate_csr import CsrRows

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


@inner
def _add_products(rows, row, across, products):  # type: ignore[no-untyped-def]
    """Add the products of a row with each row of the pool."""
    for a in range(rows.indptr[row], rows.indptr[row + 1]):
        column = rows.indices[a]
        value = rows.data[a]
        for b in range(across.indptr[column], across.indptr[column + 1]):
            products[across.indices[b]] += value * across.data[b]


@inner
def _keep_by_key(rows, row, norms, sign, products, distances, positions):  # type: ignore[no-untyped-def]
    """Keep the nearest rows, or the farthest, where products are exact."""
    k = distances.shape[0]
    for j in range(products.shape[0]):
        key = sign * (norms[j] - 2.0 * products[j])  # but for the norm of the query
        if j != row and before(key, j, distances[0], positions[0]):
            sift_down(distances, positions, k, key, j)
    for place in range(k):
        distances[place] = sign * _sparse_squared_distance(
            rows.indptr, rows.indices, rows.data, row, positions[place]
        )


@inner
def _keep_by_distance(rows, row, norms, lost, sign, products, distances, positions):  # type: ignore[no-untyped-def]
    """Keep the nearest rows, or the farthest: those that may be by products are compared."""
    k = distances.shape[0]
    for j in range(products.shape[0]):
        estimate = sign * (norms[j] + norms[row] - 2.0 * products[j])
        highest = estimate + lost[j] + lost[row]
        products[j] = highest
        if j != row and before(highest, j, distances[0], positions[0]):
            sift_down(distances, positions, k, highest, j)
    limit = distances[0] + 2.0 * lost[row]
    distances[:] = np.inf
    positions[:] = NOWHERE
    for j in range(products.shape[0]):
        # The lowest that it can be, but for the query's own loss; what overflowed is near.
        if j == row or products[j] - 2.0 * lost[j] > limit:
            continue
        distance = sign * _sparse_squared_distance(rows.indptr, rows.indices, rows.data, row, j)
        if before(distance, j, distances[0], positions[0]):
            sift_down(distances, positions, k, distance, j)


@parallel_kernel
def search_sparse_rows(
    rows: CsrRows,
    across: CsrRows,
    norms: np.ndarray,
    lost: np.ndarray,
    n_pool: int,
    is_exact: bool,
    sign: float,
    queries: np.ndarray,
    distances: np.ndarray,
    positions: np.ndarray,
) -> None:
    """Find the k nearest other rows of each query; equal distances by position.

    Parameters
    ----------
    rows : the pool, and after it rows that are only searched for; float64
    across : the pool column by column
    norms, lost : arrays of shape (n_rows,)
        Squared norms, and how much of a distance rounding may have lost.
    n_pool : rows of the pool
    is_exact : whether products of rows are, so that they need no second look
    sign : 1.0 for the nearest rows, -1.0 for the farthest
    queries : array of shape (n_queries,), int64; a row of the pool is left out of its own
    distances : array of shape (n_queries, k), float64; written: squares times the sign
    positions : array of shape (n_queries, k), int64; written, by distance
    """
    for i in prange(queries.shape[0]):
        row = queries[i]
        products = np.zeros(n_pool)
        _add_products(rows, row, across, products)
        distances[i, :] = np.inf
        positions[i, :] = NOWHERE
        if is_exact:
            _keep_by_key(rows, row, norms, sign, products, distances[i], positions[i])
        else:
            _keep_by_distance(
                rows, row, norms, lost, sign, products, distances[i], positions[i]
            )
        heap_to_sorted(distances[i], positions[i])
