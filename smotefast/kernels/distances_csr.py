"""Exact k-nearest-neighbor search on CSR rows: sparse products, then float64 distances.

A distance is summed over the columns of both rows in ascending order; a column absent from
both would add an exact zero, so the bits equal those of the dense rows.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import NO_ROW, heap_to_sorted, offer
from smotefast.kernels.points import CsrRows


@inner
def _squared_distance(rows, first, second):  # type: ignore[no-untyped-def]
    indices, values = rows.indices, rows.data
    a = rows.indptr[first]
    b = rows.indptr[second]
    end_a = rows.indptr[first + 1]
    end_b = rows.indptr[second + 1]
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
def _add_products(rows, row, by_column, products):  # type: ignore[no-untyped-def]
    """Add the products of a row with each row of the pool."""
    for a in range(rows.indptr[row], rows.indptr[row + 1]):
        column = rows.indices[a]
        value = rows.data[a]
        for b in range(by_column.indptr[column], by_column.indptr[column + 1]):
            products[by_column.indices[b]] += value * by_column.data[b]


@inner
def _keep_by_key(rows, row, norms, sign, products, distances, indices):  # type: ignore[no-untyped-def]
    """Keep the nearest rows, or the farthest, where products are exact."""
    for j in range(products.shape[0]):
        if j != row:
            # the squared distance without the norm of the query
            offer(sign * (norms[j] - 2.0 * products[j]), j, distances, indices)
    for i in range(distances.shape[0]):
        distances[i] = sign * _squared_distance(rows, row, indices[i])


@inner
def _keep_by_distance(rows, row, norms, errors, sign, products, distances, indices):  # type: ignore[no-untyped-def]
    """Keep the nearest rows, or the farthest: compare those that can be among them."""
    for j in range(products.shape[0]):
        estimate = sign * (norms[j] + norms[row] - 2.0 * products[j])
        highest = estimate + errors[j] + errors[row]
        products[j] = highest
        if j != row:
            offer(highest, j, distances, indices)
    limit = distances[0] + 2.0 * errors[row]
    distances[:] = np.inf
    indices[:] = NO_ROW
    for j in range(products.shape[0]):
        # The lowest possible distance but for the query's own error; rows whose estimate
        # overflowed are compared as well.
        if j == row or products[j] - 2.0 * errors[j] > limit:
            continue
        offer(sign * _squared_distance(rows, row, j), j, distances, indices)


@parallel_kernel
def search_sparse_rows(
    rows: CsrRows,
    by_column: CsrRows,
    norms: np.ndarray,
    errors: np.ndarray,
    n_pool: int,
    is_exact: bool,
    sign: float,
    query_rows: np.ndarray,
    distances: np.ndarray,
    indices: np.ndarray,
) -> None:
    """Find the k nearest or farthest rows of each query; equal distances by index.

    Parameters
    ----------
    rows : the pool, followed by rows that are queries only; float64
    by_column : the transpose of the pool
    norms, errors : arrays of shape (n_rows,)
        Squared norms, and a bound of the rounding error that each adds to a distance.
    n_pool : rows of the pool
    is_exact : whether products of rows are exact, so that no distance is computed again
    sign : 1.0 for the nearest rows, -1.0 for the farthest
    query_rows : array of shape (n_queries,), int64; a row of the pool never finds itself
    distances : array of shape (n_queries, k), float64; written: squares times the sign
    indices : array of shape (n_queries, k), int64; written, by distance
    """
    for i in prange(query_rows.shape[0]):
        row = query_rows[i]
        products = np.zeros(n_pool)
        _add_products(rows, row, by_column, products)
        distances[i, :] = np.inf
        indices[i, :] = NO_ROW
        kept, kept_rows = distances[i], indices[i]
        if is_exact:
            _keep_by_key(rows, row, norms, sign, products, kept, kept_rows)
        else:
            _keep_by_distance(rows, row, norms, errors, sign, products, kept, kept_rows)
        heap_to_sorted(kept, kept_rows)
