"""Exact search on CSR rows: products of rows propose, float64 differences settle.

Squared distances are estimated from norms and a sparse product, a block of queries at a
time. What rounding may have put on the wrong side of the k-th is ranked by a kernel on
the stored values. Counts and one-hot codes need no second look: their estimates are exact.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from smotefast.neighbors.integers import are_integers, keys_are_exact, nearest_by_key
from smotefast.neighbors.threads import in_threads

# Pairs estimated at a time by one thread: 4 MB of float64 are half of a core's cache.
_BLOCK_PAIRS = 1 << 19


class _Rows(NamedTuple):
    """CSR rows, those of the pool column by column, squared norms, the share that may be lost.

    The rows of the pool come first.
    """

    n_pool: int
    rows: Any
    across: Any
    norms: np.ndarray
    slack: float


def search_sparse(pool: Any, queries: np.ndarray, k: int, *, n_threads: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query, which is a row itself."""
    return _search(_settled(pool), pool.shape[0], queries, k, n_threads)


def search_sparse_pool(pool: Any, queries: Any, k: int, *, n_threads: int) -> np.ndarray:
    """Return the positions of the k nearest rows of a pool of each of some other rows."""
    from scipy import sparse

    n_pool = pool.shape[0]
    rows = _settled(sparse.vstack([pool, queries], format="csr"))
    return _search(rows, n_pool, np.arange(n_pool, rows.shape[0]), k, n_threads)


def _search(rows: Any, n_pool: int, queries: np.ndarray, k: int, n_threads: int) -> np.ndarray:
    """Search among the first ``n_pool`` rows; queries may be of these or come after them."""
    positions = np.empty((queries.shape[0], k), dtype=np.int64)
    step = max(1, _BLOCK_PAIRS // n_pool)
    with np.errstate(over="ignore", invalid="ignore"):
        data = _prepared(rows, n_pool)
        is_exact = keys_are_exact(data.norms, n_pool) and are_integers(rows.data)

    def search(part: slice) -> None:
        some = queries[part]
        with np.errstate(over="ignore", invalid="ignore"):  # it holds for one thread
            found = _nearest_integers(data, some, k) if is_exact else _near(data, some, k)
        positions[part] = found if is_exact else _rank(rows, some, found, k)

    in_threads(search, queries.shape[0], step, n_threads)
    return positions


def _settled(pool: Any) -> Any:
    """Return float64 CSR rows with sorted columns and no repeats; copies only if needed."""
    rows = pool.astype(np.float64, copy=False)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    return rows


def _prepared(rows: Any, n_pool: int) -> _Rows:
    n_stored = np.diff(rows.indptr)
    norms = np.add.reduceat(np.append(rows.data * rows.data, 0.0), rows.indptr[:-1])
    norms[n_stored == 0] = 0.0
    # Rounding of the norms, of the product and of their sum, with a margin.
    slack = 8 * (int(n_stored.max()) + 16) * float(np.finfo(np.float64).eps)
    return _Rows(n_pool, rows, rows[:n_pool].T.tocsr(), norms, slack)


def _products(data: _Rows, queries: np.ndarray) -> np.ndarray:
    products: np.ndarray = (data.rows[queries] @ data.across).toarray()
    products *= -2
    return products


def _nearest_integers(data: _Rows, queries: np.ndarray, k: int) -> np.ndarray:
    n_pool, inside = data.n_pool, np.flatnonzero(queries < data.n_pool)
    squares = _products(data, queries)
    squares += data.norms[:n_pool]  # but for the norm of the query
    squares[inside, queries[inside]] = np.inf
    return nearest_by_key(squares, k)


def _near(data: _Rows, queries: np.ndarray, k: int) -> np.ndarray:
    """Return all that may be among the k nearest; the query itself fills up the table."""
    n_pool, inside = data.n_pool, np.flatnonzero(queries < data.n_pool)
    lost = data.slack * data.norms + np.finfo(np.float64).tiny / np.finfo(np.float64).eps
    highest = _products(data, queries)
    highest += (data.norms + lost)[:n_pool]
    highest += (data.norms + lost)[queries, np.newaxis]
    highest[inside, queries[inside]] = np.inf
    kth = np.partition(highest, k - 1, axis=1)[:, k - 1]
    highest -= 2 * lost[:n_pool]  # the lowest that they can be, but for the query's own loss
    near = ~(highest > (kth + 2 * lost[queries])[:, np.newaxis])  # what overflowed is near
    near[inside, queries[inside]] = False
    asked, candidates = np.nonzero(near)
    counts = np.bincount(asked, minlength=queries.shape[0])
    table = np.repeat(queries[:, np.newaxis], counts.max(), axis=1)
    within = np.arange(asked.shape[0]) - np.repeat(np.cumsum(counts) - counts, counts)
    table[asked, within] = candidates
    return table


def _rank(rows: Any, queries: np.ndarray, candidates: np.ndarray, k: int) -> np.ndarray:
    from smotefast.kernels.sparse_distances import rank_sparse_candidates

    distances = np.empty((queries.shape[0], k), dtype=np.float64)
    positions = np.empty((queries.shape[0], k), dtype=np.int64)
    rank_sparse_candidates(
        rows.indptr, rows.indices, rows.data, queries, candidates, distances, positions,
        n_threads=1,
    )  # fmt: skip
    return positions
