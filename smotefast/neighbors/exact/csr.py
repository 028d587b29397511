"""Exact search on CSR rows: sparse products estimate distances, differences decide the order.

Squared distances are estimated from norms and products. Rows that rounding may have put on
the wrong side of the k-th are compared by their stored values. The estimates of integers, such
as counts and one-hot codes, are exact and need no second comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smotefast._typing import CSR
from smotefast.neighbors.exact.integer_keys import are_integers, keys_are_exact
from smotefast.neighbors.exact.norm_expansion import rounding_share
from smotefast.neighbors.queries import Queries, SparseRows, counted_blocks
from smotefast.neighbors.result import SearchResult

if TYPE_CHECKING:
    from smotefast.kernels.points import CsrRows

# Multiply-adds of one kernel call and thread: about 0.3 s. A signal is handled after a call.
_WORK_PER_THREAD = 3e8
# Up to this work (10 ms) one thread is faster than waking others.
_ONE_THREAD_WORK = 1e7


def search_csr(
    points: SparseRows, queries: Queries[SparseRows], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k nearest rows of a CSR matrix."""
    squared, indices = _search(points, queries, k, n_threads, sign=1.0)
    return SearchResult(indices, squared)


def search_farthest_csr(
    points: SparseRows, queries: Queries[SparseRows], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k farthest rows of a CSR matrix, nearest of them first."""
    squared, indices = _search(points, queries, k, n_threads, sign=-1.0)
    return SearchResult(indices[:, ::-1], -squared[:, ::-1])


def _search(
    points: SparseRows, queries: Queries[SparseRows], k: int, n_threads: int, sign: float
) -> tuple[np.ndarray, np.ndarray]:
    from smotefast.kernels.distances_csr import search_sparse_rows

    n_pool = points.values.shape[0]
    rows, query_rows = _stack(points, queries)
    squared, indices = (
        np.empty((len(queries.rows), k)),
        np.empty((len(queries.rows), k), np.int64),
    )
    with np.errstate(over="ignore", invalid="ignore"):
        norms, errors = _norms(rows)
        is_exact = keys_are_exact(norms, n_pool) and are_integers(rows.data)
    by_column = _kernel_rows(rows[:n_pool].T.tocsr())
    data = _kernel_rows(rows), by_column, norms, errors, n_pool, is_exact, sign
    work = 2 * n_pool + _products_per_row(rows, n_pool)
    threads = 1 if work * len(queries.rows) <= _ONE_THREAD_WORK else n_threads
    per_call = _WORK_PER_THREAD * threads
    for block in counted_blocks(len(queries.rows), work, per_call, 32 * threads):
        part = np.ascontiguousarray(query_rows[block], dtype=np.int64)
        search_sparse_rows(*data, part, squared[block], indices[block], n_threads=threads)
    return squared, indices


def _stack(points: SparseRows, queries: Queries[SparseRows]) -> tuple[CSR, np.ndarray]:
    """Return the pool followed by the rows of the queries, and the queries as rows of it."""
    if queries.points is points:
        return _canonical(points.values), queries.rows
    from scipy import sparse

    rows = sparse.vstack([points.values, queries.points.values], format="csr")
    return _canonical(rows), queries.rows + points.values.shape[0]


def _canonical(matrix: CSR) -> CSR:
    """Return float64 CSR rows with sorted, unique columns; copies only if needed."""
    rows = matrix.astype(np.float64, copy=False)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    return rows


def _kernel_rows(rows: CSR) -> CsrRows:
    from smotefast.kernels.points import CsrRows

    # Two types of indices at most: the kernels are compiled for each type.
    is_large = max(rows.nnz, *rows.shape) > np.iinfo(np.int32).max
    dtype = np.int64 if is_large else np.int32
    indptr, indices = (part.astype(dtype, copy=False) for part in (rows.indptr, rows.indices))
    return CsrRows(indptr, indices, rows.data)


def _norms(rows: CSR) -> tuple[np.ndarray, np.ndarray]:
    """Return squared norms, and the rounding error that each adds to a distance."""
    n_stored = np.diff(rows.indptr)
    norms = np.add.reduceat(np.append(rows.data * rows.data, 0.0), rows.indptr[:-1])
    norms[n_stored == 0] = 0.0
    finfo = np.finfo(np.float64)
    return norms, rounding_share(int(n_stored.max())) * norms + finfo.tiny / finfo.eps


def _products_per_row(rows: CSR, n_pool: int) -> float:
    """Estimate how many stored values of the pool a row is multiplied with."""
    n_stored = rows.nnz / rows.shape[0]
    return float(n_stored * n_stored * n_pool / rows.shape[1])
