"""Find nearest neighbors: entry points of exact, approximate and user-supplied search.

All of them take what is searched first, then k; the rest by keyword. Neighbors are ordered by
float64 distance, equal distances by lower index. A query that is a row of the pool is excluded
from its own neighbors by its row number, so its duplicates stay.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smotefast._typing import Matrix
from smotefast.kernels.points import Points
from smotefast.neighbors.estimator import NeighborEstimator, search_by_estimator
from smotefast.neighbors.exact.metrics import ALL_PAIRS, euclidean_rows, search_all_pairs
from smotefast.neighbors.pair_distances import (
    check_distances,
    check_distances_to,
    squared_distances_to,
)
from smotefast.neighbors.problem import SEARCHES, describe_search, describe_value_difference
from smotefast.neighbors.queries import (
    CategoryPoints,
    SparseRows,
    as_points,
    as_rows,
    other_queries,
    pool_queries,
)
from smotefast.neighbors.result import Neighbors, as_indices
from smotefast.neighbors.runner import run_search
from smotefast.neighbors.saved_searches import resumable
from smotefast.neighbors.shared_searches import shareable
from smotefast.neighbors.value_difference import occurring_categories


@shareable
@resumable
def find_neighbors(
    pool: Matrix,
    k: int,
    *,
    queries: np.ndarray | None = None,
    search: str = "auto",
    n_threads: int,
    estimator: NeighborEstimator | None = None,
    codes: np.ndarray | None = None,
    weight: float = 0.0,
    cross_class: bool = False,
    metric: str = "euclidean",
) -> Neighbors:
    """Find the k nearest other rows of rows of a pool.

    Parameters
    ----------
    pool : ndarray or CSR of shape (n_pool, n_features), any numeric dtype
    k : neighbors per query, at most ``n_pool - 1``
    queries : rows of ``pool`` to search for, ascending; None means all
    search : "auto", "exact" or "approximate"
    n_threads : threads to use; the result does not depend on it
    estimator : an object with ``fit`` and ``kneighbors`` that searches instead
    codes : categories beside the numbers, of shape (n_pool, n_codes), integers from 0 on;
        dense pools only
    weight : what each category that differs adds to a squared distance
    cross_class : whether queries are rows of some classes in a pool of all; then "auto"
        stays exact for more rows
    metric : "euclidean", "manhattan", "cosine", "mahalanobis" (by the covariance of the pool),
        or "nan_euclidean" for dense pools with NaN; the first and the last take ``codes``

    Returns
    -------
    Neighbors
        Without distances.

    Raises
    ------
    ValueError
        If squared distances of numbers overflow float64, or all are 0 in it, unless all other
        rows are neighbors.
    """
    n_pool = pool.shape[0]
    if estimator is not None:
        indices = search_by_estimator(estimator, pool, queries, k)
        return Neighbors(as_indices(indices, n_pool), "estimator")
    check_search(k, n_pool, 1, search)
    rows = np.arange(n_pool) if queries is None else np.asarray(queries, dtype=np.int64)
    if metric in ALL_PAIRS:
        nearest = search_all_pairs(
            pool, k, metric=metric, queries=rows, codes=codes, weight=weight
        )
        return Neighbors(as_indices(nearest, n_pool), "exact")
    if metric != "euclidean":
        pool = euclidean_rows(pool, metric)
    points = _checked_rows(pool, codes, weight, search)
    if rows.shape[0] == 0:
        return Neighbors(np.empty((0, k), dtype=np.int32), "exact")
    pool_rows = pool_queries(points, rows)
    problem = describe_search(
        points,
        pool_rows,
        k,
        search=search,
        n_codes=None if codes is None else codes.shape[1],
        cross_class=cross_class,
        n_threads=n_threads,
    )
    result = run_search(
        points, pool_rows, k, problem, n_threads=n_threads, with_distances=False
    )
    if not weight:
        check_distances(pool, rows, result.indices)
    return Neighbors(as_indices(result.indices, n_pool), result.method, result.recall)


def find_neighbors_in_pool(
    pool: Matrix, k: int, *, queries: Matrix, n_threads: int, allow_far: bool = False
) -> Neighbors:
    """Find the k nearest rows of a pool for rows that are not part of it.

    Parameters
    ----------
    pool : ndarray or CSR of shape (n_pool, n_features)
    k : neighbors per query, at most ``n_pool``
    queries : the same kind, of shape (n_queries, n_features)
    n_threads : threads to use; the result does not depend on it
    allow_far : whether distances may be infinite, or all be 0, because their squares are

    Returns
    -------
    Neighbors
        With distances.

    Raises
    ------
    ValueError
        If squared distances overflow float64, or all are 0 in it because numbers are small.
    """
    n_pool = pool.shape[0]
    check_search(k, n_pool, 0, "exact")
    points, rows = _checked_rows(pool), other_queries(_checked_rows(queries))
    problem = describe_search(points, rows, k, n_threads=n_threads)
    result = run_search(points, rows, k, problem, n_threads=n_threads)
    indices, squared = as_indices(result.indices, n_pool), result.squared_distances
    if squared is None:
        squared = squared_distances_to(pool, queries, indices)
    if not allow_far:
        check_distances_to(pool, queries, squared)
    return Neighbors(indices, "exact", distances=np.sqrt(squared))


def find_farthest(pool: Matrix, k: int, *, queries: Matrix, n_threads: int) -> np.ndarray:
    """Find the distances to the k farthest rows of a pool, for rows that are not part of it.

    Parameters
    ----------
    pool, queries : arrays or CSR matrices
    k : rows per query, at most ``n_pool``
    n_threads : threads to use; the result does not depend on it

    Returns
    -------
    ndarray of shape (n_queries, k), float64
        Ascending.

    Raises
    ------
    ValueError
        As for ``find_neighbors_in_pool``.
    """
    points, rows = as_rows(pool), other_queries(as_rows(queries))
    problem = describe_search(points, rows, k, task="farthest")
    squared = run_search(points, rows, k, problem, n_threads=n_threads).squared()
    check_distances_to(pool, queries, squared)
    return np.asarray(np.sqrt(squared))


@shareable
@resumable
def find_neighbors_by_value_difference(
    codes: np.ndarray,
    k: int,
    *,
    shares: Sequence[np.ndarray],
    queries: np.ndarray | None = None,
    search: str = "auto",
    n_threads: int,
) -> Neighbors:
    """Find the k nearest other rows of rows of categories by the value difference metric.

    Parameters
    ----------
    codes : array of shape (n_rows, n_columns), int32
    k, queries, search, n_threads : as for ``find_neighbors``
    shares : for each column the class shares of its categories, (n_categories, n_classes)

    Returns
    -------
    Neighbors
        Without distances.
    """
    n_rows = codes.shape[0]
    check_search(k, n_rows, 1, search)
    rows = np.arange(n_rows) if queries is None else np.asarray(queries, dtype=np.int64)
    points = occurring_categories(CategoryPoints(codes, list(shares)))
    pool_rows = pool_queries(points, rows)
    problem = describe_value_difference(points, pool_rows, k, search=search)
    result = run_search(
        points, pool_rows, k, problem, n_threads=n_threads, with_distances=False
    )
    return Neighbors(as_indices(result.indices, n_rows), result.method, result.recall)


def _checked_rows(
    matrix: Matrix, codes: np.ndarray | None = None, weight: float = 0.0, search: str = "exact"
) -> Points | SparseRows:
    """Return rows in the form that the search methods take."""
    if isinstance(matrix, np.ndarray):
        return as_points(matrix, codes, weight) if weight else as_points(matrix)
    if weight:
        raise ValueError("Categories beside numbers need dense rows; use pool.toarray().")
    if search == "approximate":
        raise ValueError(
            "search='approximate' needs dense rows and X is sparse. Use search='exact', or "
            "densify X (X.toarray())."
        )
    return SparseRows(matrix)


def check_search(k: int, n_pool: int, n_excluded: int, search: str) -> None:
    """Refuse more neighbors than the pool has, and unknown searches."""
    if not 1 <= k <= n_pool - n_excluded:
        raise ValueError(
            f"k={k} neighbors need at least {k + n_excluded} rows; there are {n_pool}. "
            "Lower the number of neighbors."
        )
    if search not in SEARCHES:
        raise ValueError(
            f"search={search!r} is not known. Choose 'auto', 'exact' or 'approximate'."
        )
