"""Exact search on CSR rows: scikit-learn finds, the row itself is left out by position."""

from __future__ import annotations

from typing import Any

import numpy as np


def search_csr(pool: Any, queries: np.ndarray, k: int, *, n_threads: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query."""
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(n_neighbors=k + 1, algorithm="brute", n_jobs=n_threads)
    found = index.fit(pool).kneighbors(pool[queries], return_distance=False)
    return without_self(found, queries)


def without_self(found: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Drop each query's own position, or the last one where it was not found.

    A row with k or more duplicates may not be among its own k + 1 nearest.
    """
    others = found != queries[:, np.newaxis]
    others[others.all(axis=1), -1] = False
    return found[others].reshape(found.shape[0], found.shape[1] - 1)
