"""How many of the true neighbours a search found, measured on a sample of the rows."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.order import points_of, rank, within


def recall_at_k(
    pool: np.ndarray | Points,
    neighbors_indices: np.ndarray,
    queries: np.ndarray | None = None,
    sample: int = 1000,
    seed: int = 0,
    *,
    n_threads: int = 1,
) -> float:
    """Return the share of neighbours that are as near as the true ones.

    A neighbour counts when its float64 distance is at most that of the true k-th
    neighbour, so that any of several equally near rows counts.

    Parameters
    ----------
    pool : array of shape (n_pool, n_features), or points
    neighbors_indices : array of shape (n_queries, k)
    queries : positions of the rows searched for; None means all
    sample : rows to check at most
    seed : which rows are drawn
    n_threads : threads of the exact search
    """
    from smotefast.neighbors.exact import search_exact

    points = pool if isinstance(pool, Points) else points_of(pool)
    n_queries, k = neighbors_indices.shape
    positions = np.arange(n_queries) if queries is None else np.asarray(queries)
    picked = np.arange(n_queries)
    if sample < n_queries:
        picked = np.sort(np.random.RandomState(seed).choice(n_queries, sample, replace=False))
    asked = within(points, positions[picked])
    true = search_exact(points, asked, k, n_threads=n_threads)
    limits, _ = rank(points, asked, true, k, n_threads=n_threads)
    found = neighbors_indices[picked].astype(np.int64)
    distances, _ = rank(points, asked, found, k, n_threads=n_threads)
    return float(np.mean(distances <= limits[:, -1:]))
