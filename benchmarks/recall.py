"""How many of the neighbours that were used are true ones: an independent referee."""

from __future__ import annotations

from typing import Any

import numpy as np


def recall_of(sampler: Any, X: np.ndarray, sample: int = 1000) -> float:
    """Return the recall of the neighbours behind the last new class of a sampler.

    Distances from a sample of used base rows to all rows of the class are computed in
    float64 by numpy. A neighbour counts when it is no farther than the true k-th. The base
    rows may be some of the class only, as for BorderlineSMOTE.
    """
    origins = sampler._origins[-1]
    k = origins.neighbors.shape[1]
    used = np.unique(origins.draws.choices(0, origins.draws.n) // k)
    rows = np.random.default_rng(0).choice(used, min(sample, len(used)), replace=False)
    pool = X[origins.pool_positions]
    own = np.searchsorted(origins.pool_positions, origins.base_positions)
    right = 0
    for some in np.array_split(rows, max(1, len(rows) // 100)):
        distances = _distances(pool, own[some])
        distances[np.arange(len(some)), own[some]] = np.inf
        kth = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
        found = np.take_along_axis(distances, origins.neighbors[some].astype(np.int64), 1)
        right += int((found <= kth * (1 + 1e-9)).sum())
    return right / (len(rows) * k)


def _distances(pool: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return squared distances of shape (n_rows, n_pool), exact differences in float64."""
    result = np.zeros((len(rows), len(pool)))
    for column in range(pool.shape[1]):
        values = pool[:, column].astype(np.float64)
        difference = values[np.newaxis, :] - values[rows, np.newaxis]
        difference *= difference
        result += difference
    return result
