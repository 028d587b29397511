"""Exact search on CSR rows: products of rows propose, float64 differences settle.

Squared distances are estimated from norms and sparse products. What rounding may have put on
the wrong side of the k-th is compared on the stored values. Counts and one-hot codes need no
second look: their estimates are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast.neighbors.exact.integer_keys import are_integers, keys_are_exact
from smotefast.neighbors.queries import pieces

if TYPE_CHECKING:
    from smotefast.kernels.interpolate_csr import CsrRows

# Multiply-adds of one call of the kernel: about a second on 2 cores.
_AT_ONCE = 1e9
# Up to so many one thread takes less than waking others does: 10 ms.
_ONE_THREAD = 1e7

Found = tuple[np.ndarray, np.ndarray]  # squared distances and positions


def search_sparse(pool: Any, queries: np.ndarray, k: int, *, n_threads: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query, which is a row itself."""
    return _search(_settled(pool), pool.shape[0], queries, k, n_threads)[1]


def search_sparse_pool(pool: Any, queries: Any, k: int, *, n_threads: int) -> Found:
    """Return the k nearest rows of a pool of each of some other rows."""
    return _search(*_together(pool, queries), k, n_threads)


def farthest_sparse_pool(pool: Any, queries: Any, k: int, *, n_threads: int) -> np.ndarray:
    """Return the distances to the k farthest rows of a pool, ascending."""
    squares, _ = _search(*_together(pool, queries), k, n_threads, sign=-1.0)
    return np.sqrt(-squares[:, ::-1])


def _together(pool: Any, queries: Any) -> tuple[Any, int, np.ndarray]:
    """Return the rows of a pool and, after them, the queries; and their positions."""
    from scipy import sparse

    n_pool = pool.shape[0]
    rows = _settled(sparse.vstack([pool, queries], format="csr"))
    return rows, n_pool, np.arange(n_pool, rows.shape[0])


def _search(
    rows: Any, n_pool: int, queries: np.ndarray, k: int, n_threads: int, sign: float = 1.0
) -> Found:
    """Search among the first ``n_pool`` rows; queries may be of these or come after them."""
    from smotefast.kernels.distances_csr import search_sparse_rows

    distances, positions = np.empty((len(queries), k)), np.empty((len(queries), k), np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        norms, lost = _norms(rows)
        is_exact = keys_are_exact(norms, n_pool) and are_integers(rows.data)
    data = _parts(rows), _parts(rows[:n_pool].T.tocsr()), norms, lost, n_pool, is_exact, sign
    each = 2 * n_pool + _products_of_a_row(rows, n_pool)
    threads = 1 if each * len(queries) <= _ONE_THREAD else n_threads
    for some in pieces(len(queries), each, _AT_ONCE, 128 * threads):
        asked = np.ascontiguousarray(queries[some], dtype=np.int64)
        search_sparse_rows(*data, asked, distances[some], positions[some], n_threads=threads)
    return distances, positions


def _settled(pool: Any) -> Any:
    """Return float64 CSR rows with sorted columns and no repeats; copies only if needed."""
    rows = pool.astype(np.float64, copy=False)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    return rows


def _parts(rows: Any) -> CsrRows:
    from smotefast.kernels.interpolate_csr import CsrRows

    wide = max(rows.nnz, *rows.shape) > np.iinfo(np.int32).max
    kind = np.int64 if wide else np.int32  # few kinds of indices, few compiled kernels
    indptr, indices = (part.astype(kind, copy=False) for part in (rows.indptr, rows.indices))
    return CsrRows(indptr, indices, rows.data)


def _norms(rows: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return squared norms, and what rounding of them and of products may lose."""
    n_stored = np.diff(rows.indptr)
    norms = np.add.reduceat(np.append(rows.data * rows.data, 0.0), rows.indptr[:-1])
    norms[n_stored == 0] = 0.0
    # Rounding of the norms, of the product and of their sum, with a margin.
    finfo = np.finfo(np.float64)
    slack = 8 * (int(n_stored.max()) + 16) * float(finfo.eps)
    return norms, slack * norms + finfo.tiny / finfo.eps


def _products_of_a_row(rows: Any, n_pool: int) -> float:
    """Estimate how many stored values a row meets in the pool."""
    n_stored = rows.nnz / rows.shape[0]
    return float(n_stored * n_stored * n_pool / rows.shape[1])
