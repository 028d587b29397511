"""Any user object with ``fit`` and ``kneighbors``, used the way imbalanced-learn does."""

from __future__ import annotations

from typing import Any

import numpy as np


def search_estimator(estimator: Any, pool: Any, queries: np.ndarray | None) -> np.ndarray:
    """Fit on the pool and drop the first column, as imbalanced-learn does.

    The first neighbour of a row is taken to be itself. Unlike everywhere else that is not
    checked by position: parity with imbalanced-learn decides here.
    """
    estimator.fit(pool)
    rows = pool if queries is None else pool[queries]
    found = np.asarray(estimator.kneighbors(rows, return_distance=False))
    _check(estimator, found, rows.shape[0], pool.shape[0])
    return found[:, 1:]


def _check(estimator: Any, found: np.ndarray, n_queries: int, n_pool: int) -> None:
    """Refuse what are no positions of neighbours."""
    is_table = found.ndim == 2 and found.shape[0] == n_queries and found.shape[1] >= 2
    if not is_table or found.dtype.kind not in "iu":
        wrong = f"an array of shape {found.shape} and type {found.dtype}"
    elif found.size and not 0 <= found.min() <= found.max() < n_pool:
        wrong = f"positions from {found.min()} to {found.max()}"
    else:
        return
    raise ValueError(
        f"{type(estimator).__name__}.kneighbors gave {wrong} for {n_queries} rows; expected "
        "are integers of shape (n_queries, n_neighbors + 1), the row itself first, from 0 to "
        f"{n_pool - 1}."
    )
