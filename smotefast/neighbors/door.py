"""The one door to neighbours: rows flow in, positions of the k nearest other rows flow out.

Whatever search runs, candidates are ordered by the float64 distance of the original
values, equal distances by lower position, and a row is never its own neighbour: it is
left out by its position, so duplicates of it stay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.found import Neighbors, look_wider, narrow
from smotefast.neighbors.order import points_of, within
from smotefast.neighbors.policy import (
    CODE_WORK,
    choose_search,
    choose_search_in_all,
    exact_may_rescue,
)
from smotefast.neighbors.recall import recall_at_k
from smotefast.neighbors.repeats import Distinct, distinct_rows, in_all_places, rows_repeat
from smotefast.neighbors.tree import tree_pays

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
    from smotefast.neighbors.exact import search_exact

    positions = search_exact(points, within(points, queries), k, n_threads=n_threads)
    return Neighbors(narrow(positions, points.values.shape[0]), "exact")


def _by_tree(points: Points, queries: np.ndarray, k: int, n_threads: int) -> Neighbors:
    from smotefast.neighbors.exact import search_exactly

    asked = within(points, queries)
    positions = search_exactly(points, asked, k, n_threads=n_threads, by_tree=True)[1]
    return Neighbors(narrow(positions, points.values.shape[0]), "exact")


def _exact_sparse(pool: Any, queries: np.ndarray, k: int, n_threads: int) -> Neighbors:
    from smotefast.neighbors.sparse import search_sparse

    positions = search_sparse(pool, queries, k, n_threads=n_threads)
    return Neighbors(narrow(positions, pool.shape[0]), "exact")


def _approximate(
    points: Points, queries: np.ndarray, k: int, n_threads: int, *, rescue: bool
) -> Neighbors:
    from smotefast.neighbors.approximate import search_approximate

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
