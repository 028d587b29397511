"""The one door to neighbours: rows flow in, positions of the k nearest other rows flow out.

Whatever search runs, candidates are ordered by the float64 distance of the original
values, equal distances by lower position, and a row is never its own neighbour: it is
left out by its position, so duplicates of it stay.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.exact.duplicates import (
    Distinct,
    distinct_rows,
    in_all_places,
    rows_repeat,
)
from smotefast.neighbors.exact.kdtree import tree_pays
from smotefast.neighbors.planner import (
    CODE_WORK,
    choose_search,
    choose_search_in_all,
    exact_may_rescue,
)
from smotefast.neighbors.queries import Asked, points_of, within
from smotefast.neighbors.result import Neighbors, look_wider, narrow, recall_at_k

_RECALL_SAMPLE = 400


def find_neighbors(
    pool: Any,
    k: int,
    *,
    queries: np.ndarray | None = None,
    search: str = "auto",
    n_threads: int,
    estimator: Any = None,
    codes: np.ndarray | None = None,
    weight: float = 0.0,
    in_all: bool = False,
) -> Neighbors:
    """Find the k nearest other rows of rows of a pool.

    Parameters
    ----------
    pool : ndarray or CSR of shape (n_pool, n_features), any numeric dtype
    k : neighbours per row, at most ``n_pool - 1``
    queries : sorted positions in ``pool`` of the rows to search for; None means all
    search : "auto", "exact" or "approximate"
    n_threads : threads to use; the result does not depend on it
    estimator : an object with ``fit`` and ``kneighbors`` that searches instead
    codes : categories beside the numbers, of shape (n_pool, n_codes), integers from 0 on;
        dense pools only
    weight : what each category that differs adds to a squared distance
    in_all : whether the queries are rows of one class in a pool of all, which "auto"
        searches exactly for longer

    Returns
    -------
    Neighbors
        ``indices`` of shape (n_queries, k), int32 (int64 above 2^31 rows), and the
        ``method`` that ran: "exact", "approximate" or "estimator".
    """
    from scipy.sparse import issparse

    n_pool, n_features = pool.shape
    rows = np.arange(n_pool) if queries is None else np.asarray(queries, dtype=np.int64)
    if estimator is not None:
        from smotefast.neighbors.estimator import search_estimator

        return Neighbors(
            narrow(search_estimator(estimator, pool, queries, k), n_pool), "estimator"
        )
    sparse = issparse(pool)
    _check(pool, k, search, sparse, weight)
    if rows.shape[0] == 0:
        return Neighbors(np.empty((0, k), dtype=np.int32), "exact")
    if sparse:
        return _exact_sparse(pool, rows, k, n_threads)
    points = points_of(pool, codes, weight) if weight else points_of(pool)
    distinct = distinct_rows(points, within(points, rows), k)
    if distinct is not None:
        how = {"search": search, "n_threads": n_threads, "in_all": in_all}
        return _among_distinct(distinct, rows, k, **how)
    is_free, rescue = search == "auto", False
    if is_free:
        width = n_features + (0 if codes is None else CODE_WORK * codes.shape[1])
        choose = choose_search_in_all if in_all else choose_search
        search = choose(rows.shape[0], n_pool, width, sparse=False, mixed=bool(weight))
        rescue = exact_may_rescue(rows.shape[0], n_pool, width)
    if search == "approximate" and is_free and tree_pays(points, within(points, rows), k):
        return _by_tree(points, rows, k, n_threads)
    if search == "approximate":
        return _approximate(points, rows, k, n_threads, rescue=rescue)
    return _exact(points, rows, k, n_threads)


def _among_distinct(distinct: Distinct, rows: np.ndarray, k: int, **how: Any) -> Neighbors:
    """Search for distinct rows among themselves; return the places of what was found."""
    values, codes, weight = distinct.points
    asked = np.unique(distinct.of[rows])
    found = find_neighbors(values, k, queries=asked, codes=codes, weight=weight, **how)
    places = in_all_places(distinct, asked, found.indices, rows, n_threads=how["n_threads"])
    return found._replace(indices=narrow(places, distinct.of.shape[0]))


def found_soon(matrix: np.ndarray, k: int) -> bool:
    """Whether the k nearest of all rows take little time: rows repeat, or a tree serves."""
    points = points_of(matrix)
    asked = within(points, np.arange(matrix.shape[0]))
    return rows_repeat(points, asked) or tree_pays(points, asked, k)


def _check(pool: Any, k: int, search: str, sparse: bool, weight: float) -> None:
    """Refuse what no search can do."""
    n_pool = pool.shape[0]
    if not 1 <= k < n_pool:
        raise ValueError(
            f"k={k} neighbours need at least {k + 1} rows; there are {n_pool}. "
            "Lower the number of neighbours."
        )
    if search not in ("auto", "exact", "approximate"):
        raise ValueError(
            f"search={search!r} is not known. Choose 'auto', 'exact' or 'approximate'."
        )
    if sparse and weight:
        raise ValueError("Categories beside numbers need dense rows; use pool.toarray().")
    if sparse and search == "approximate":
        raise ValueError(
            "search='approximate' needs dense rows and X is sparse. Use search='exact', or "
            "densify X (X.toarray())."
        )


def _exact(points: Points, queries: np.ndarray, k: int, n_threads: int) -> Neighbors:
    from smotefast.neighbors.exact.dispatch import search_exact

    positions = search_exact(points, within(points, queries), k, n_threads=n_threads)
    return Neighbors(narrow(positions, points.values.shape[0]), "exact")


def _by_tree(points: Points, queries: np.ndarray, k: int, n_threads: int) -> Neighbors:
    from smotefast.neighbors.exact.dispatch import search_exactly

    asked = within(points, queries)
    positions = search_exactly(points, asked, k, n_threads=n_threads, by_tree=True)[1]
    return Neighbors(narrow(positions, points.values.shape[0]), "exact")


def _exact_sparse(pool: Any, queries: np.ndarray, k: int, n_threads: int) -> Neighbors:
    from smotefast.neighbors.exact.csr import search_sparse

    positions = search_sparse(pool, queries, k, n_threads=n_threads)
    return Neighbors(narrow(positions, pool.shape[0]), "exact")


def _approximate(
    points: Points, queries: np.ndarray, k: int, n_threads: int, *, rescue: bool
) -> Neighbors:
    from smotefast.neighbors.approximate.nn_descent import search_approximate

    def attempt(effort: int) -> tuple[np.ndarray, float] | None:
        positions = search_approximate(points, queries, k, effort=effort, n_threads=n_threads)
        if positions is None:
            return None
        recall = recall_at_k(
            points, positions, queries=queries, sample=_RECALL_SAMPLE, n_threads=n_threads
        )
        return positions, recall

    def exact() -> Neighbors:
        return _exact(points, queries, k, n_threads)

    return look_wider(attempt, exact, points.values.shape[0], rescue=rescue)


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
    from smotefast.neighbors.exact.dispatch import search_measured

    n = queries.shape[0]
    asked = Asked(points_of(queries), np.arange(n), np.full(n, -1))
    return search_measured(points_of(pool), asked, k, n_threads=n_threads)


def _find_sparse(pool: Any, queries: Any, k: int, n_threads: int) -> Found:
    from smotefast.neighbors.exact.csr import search_sparse_pool

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
