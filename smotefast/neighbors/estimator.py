"""Any user object with ``fit`` and ``kneighbors``, used the way imbalanced-learn does."""

from __future__ import annotations

from typing import Any

import numpy as np


def search_estimator(
    estimator: Any, pool: Any, queries: np.ndarray | None, k: int
) -> np.ndarray:
    """Fit on the pool and drop the first column, as imbalanced-learn does.

    The first neighbour of a row is taken to be itself. Unlike everywhere else that is not
    checked by position: parity with imbalanced-learn decides here.
    """
    fit_on(estimator, pool)
    rows = pool if queries is None else pool[queries]
    found = np.asarray(estimator.kneighbors(rows, return_distance=False))
    _check(estimator, found, (rows.shape[0], k + 1), pool.shape[0])
    return found[:, 1:]


def fit_on(estimator: Any, rows: Any) -> Any:
    """Fit an estimator of neighbours; a classifier gets one class, which is not asked for."""
    from sklearn.base import ClassifierMixin

    if isinstance(estimator, ClassifierMixin):
        return estimator.fit(rows, np.zeros(rows.shape[0], dtype=int))
    return estimator.fit(rows)


def _check(estimator: Any, found: np.ndarray, shape: tuple[int, int], n_pool: int) -> None:
    """Refuse what are no positions of neighbours."""
    if found.shape != shape or found.dtype.kind not in "iu":
        wrong = f"an array of shape {found.shape} and type {found.dtype}"
    elif found.size and not 0 <= found.min() <= found.max() < n_pool:
        wrong = f"positions from {found.min()} to {found.max()}"
    else:
        return
    raise ValueError(
        f"{type(estimator).__name__}.kneighbors gave {wrong} for {shape[0]} rows; expected "
        f"are integers of shape (n_queries, n_neighbors) = {shape}, the row itself first, from "
        f"0 to {n_pool - 1}."
    )
