"""Search by a user's estimator with ``fit`` and ``kneighbors``, as imbalanced-learn does."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from smotefast._typing import Matrix


class NeighborEstimator(Protocol):
    """A user's estimator, such as scikit-learn's NearestNeighbors or KNeighborsClassifier."""

    def fit(self, X: Matrix, *y: np.ndarray) -> Any:
        """Fit on the rows to search; returns the estimator."""
        ...

    def kneighbors(self, X: Matrix, *n_neighbors: int, return_distance: bool = ...) -> Any:
        """Return distances and indices of the nearest rows, or indices alone."""
        ...


def search_by_estimator(
    estimator: NeighborEstimator, pool: Matrix, queries: np.ndarray | None, k: int
) -> np.ndarray:
    """Fit on the pool and drop the first neighbor of each query, as imbalanced-learn does.

    The first neighbor is taken to be the query itself. Unlike all other searches this does not
    look at row numbers: the result has to be that of imbalanced-learn.
    """
    fit_estimator(estimator, pool)
    rows = pool if queries is None else pool[queries]
    indices = np.asarray(estimator.kneighbors(rows, return_distance=False))
    _check(estimator, indices, (rows.shape[0], k + 1), pool.shape[0])
    return indices[:, 1:]


def fit_estimator(estimator: NeighborEstimator, rows: Matrix) -> NeighborEstimator:
    """Fit an estimator of neighbors; a classifier gets a single class, which is not used."""
    from sklearn.base import ClassifierMixin

    if isinstance(estimator, ClassifierMixin):
        fitted: NeighborEstimator = estimator.fit(rows, np.zeros(rows.shape[0], dtype=int))
    else:
        fitted = estimator.fit(rows)
    return fitted


def _check(
    estimator: NeighborEstimator, indices: np.ndarray, shape: tuple[int, int], n_pool: int
) -> None:
    """Refuse what cannot be indices of neighbors."""
    if indices.shape != shape or indices.dtype.kind not in "iu":
        wrong = f"an array of shape {indices.shape} and type {indices.dtype}"
    elif indices.size and not 0 <= indices.min() <= indices.max() < n_pool:
        wrong = f"indices from {indices.min()} to {indices.max()}"
    else:
        return
    raise ValueError(
        f"{type(estimator).__name__}.kneighbors returned {wrong} for {shape[0]} rows. It must "
        f"return integers from 0 to {n_pool - 1} of shape (n_queries, n_neighbors) = {shape}, "
        "the row itself first."
    )
