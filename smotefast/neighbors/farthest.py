"""The distances to the farthest rows of a pool: matrix products propose, differences settle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from smotefast.neighbors.pool import distances_to

# Pairs estimated at a time by one thread: 4 MB of float64.
_BLOCK_PAIRS = 1 << 19


def farthest_in_pool(pool: Any, queries: Any, k: int, *, n_threads: int) -> np.ndarray:
    """Return the distances of each query to the k farthest rows of a pool, ascending.

    Which of several rows is farther only rounding can tell, their distances are the same but
    for it; so estimates choose the rows.

    Parameters
    ----------
    pool, queries : arrays or CSR matrices
    k : rows per query, at most ``n_pool``
    n_threads : threads to use; the result does not depend on it

    Returns
    -------
    ndarray of shape (n_queries, k), float64
    """
    center = np.asarray(pool.mean(axis=0, dtype=np.float64)).reshape(1, -1)
    rows = _around(pool, center)
    norms = _norms(rows)
    found = np.empty((queries.shape[0], k), dtype=np.int64)
    step = max(1, _BLOCK_PAIRS // pool.shape[0])

    def search(start: int) -> None:
        some = slice(start, start + step)
        with np.errstate(over="ignore", invalid="ignore"):
            estimates = _products(rows, _around(queries[some], center))
            estimates *= -2
            estimates += norms
        found[some] = np.argpartition(estimates, -k, axis=1)[:, -k:]

    starts = range(0, queries.shape[0], step)
    with ThreadPoolExecutor(n_threads) as threads:
        list(threads.map(search, starts))
    return np.sort(distances_to(pool, queries, found), axis=1)


def _around(rows: Any, center: np.ndarray) -> Any:
    """Return dense rows around a centre, where estimates lose less; sparse ones as they are."""
    return rows - center if isinstance(rows, np.ndarray) else rows.astype(np.float64)


def _norms(rows: Any) -> np.ndarray:
    if isinstance(rows, np.ndarray):
        return np.asarray(np.einsum("if,if->i", rows, rows))
    return np.asarray(rows.multiply(rows).sum(axis=1)).ravel()


def _products(rows: Any, queries: Any) -> np.ndarray:
    if isinstance(rows, np.ndarray):
        return np.asarray(queries @ rows.T)
    products: np.ndarray = (queries @ rows.T).toarray()
    return products
