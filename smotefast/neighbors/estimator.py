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
    return found[:, 1:]
