"""The nearest rows of a pool, of rows that are not of it: exact, with their distances.

Under-samplers ask so: each row of a large class for its neighbours in a small one, or in a
store of few rows. Equal distances are ordered by position in the pool.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from smotefast.neighbors.found import narrow
from smotefast.neighbors.order import Asked, points_of

# Values of the queries that are compared at a time.
_BLOCK = 1 << 20


class Nearest(NamedTuple):
    """Positions in the pool and distances, nearest first, of shape (n_queries, k)."""

    indices: np.ndarray
    distances: np.ndarray


def nearest_in_pool(pool: Any, queries: Any, k: int, *, n_threads: int) -> Nearest:
    """Find the k nearest rows of a pool for each of some other rows.

    Parameters
    ----------
    pool : ndarray or CSR of shape (n_pool, n_features)
    queries : the same kind, of shape (n_queries, n_features)
    k : neighbours per query, at most ``n_pool``
    n_threads : threads to use; the result does not depend on it
    """
    from scipy.sparse import issparse

    if not 1 <= k <= pool.shape[0]:
        raise ValueError(
            f"k={k} neighbours need at least {k} rows; there are {pool.shape[0]}. "
            "Lower the number of neighbours."
        )
    find = _find_sparse if issparse(pool) else _find
    squares, found = find(pool, queries, k, n_threads)
    indices = narrow(found, pool.shape[0])
    if squares is None:
        return Nearest(indices, distances_to(pool, queries, indices))
    return Nearest(indices, np.sqrt(squares))


Found = tuple[np.ndarray | None, np.ndarray]  # squared distances, if they are known


def _find(pool: np.ndarray, queries: np.ndarray, k: int, n_threads: int) -> Found:
    from smotefast.neighbors.exact import search_measured

    n = queries.shape[0]
    asked = Asked(points_of(queries), np.arange(n), np.full(n, -1))
    return search_measured(points_of(pool), asked, k, n_threads=n_threads)


def _find_sparse(pool: Any, queries: Any, k: int, n_threads: int) -> Found:
    from smotefast.neighbors.sparse import search_sparse_pool

    return search_sparse_pool(pool, queries, k, n_threads=n_threads)


def distances_to(pool: Any, queries: Any, indices: np.ndarray) -> np.ndarray:
    """Return the distance of each query to some rows of a pool, in float64.

    Parameters
    ----------
    pool, queries : arrays or CSR matrices
    indices : positions in the pool, of shape (n_queries, k)
    """
    squares = np.empty(indices.shape)
    step = max(1, _BLOCK // pool.shape[1])
    for start in range(0, indices.shape[0], step):
        some = slice(start, start + step)
        for place in range(indices.shape[1]):
            squares[some, place] = squares_between(pool[indices[some, place]], queries[some])
    return np.asarray(np.sqrt(squares))


def squares_between(rows: Any, others: Any) -> np.ndarray:
    """Return the squared distance of each row to the other of the same place.

    They are summed feature by feature in float64, as the searches do: rows that are equally
    near for these are so here.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if isinstance(rows, np.ndarray):
            squares = np.zeros(max(rows.shape[0], others.shape[0]))
            for one, other in zip(rows.T, others.T, strict=True):
                apart = one.astype(np.float64) - other
                apart *= apart
                squares += apart
            return squares
        apart = (rows.astype(np.float64) - others).tocsr()
        apart.sum_duplicates()
        place = np.repeat(np.arange(apart.shape[0]), np.diff(apart.indptr))
        # bincount adds one entry after the other
        return np.bincount(place, apart.data * apart.data, minlength=apart.shape[0])
