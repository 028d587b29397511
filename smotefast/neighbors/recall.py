"""How many of the true neighbours a search found, measured on a sample of the rows."""

from __future__ import annotations

import numpy as np


def recall_at_k(
    pool: np.ndarray,
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
    pool : array of shape (n_pool, n_features)
    neighbors_indices : array of shape (n_queries, k)
    queries : positions of the rows searched for; None means all
    sample : rows to check at most
    seed : which rows are drawn
    n_threads : threads of the exact search
    """
    from smotefast.neighbors.exact import search_exact
    from smotefast.neighbors.order import as_float_rows, rank

    rows = as_float_rows(pool)
    n_queries, k = neighbors_indices.shape
    positions = np.arange(n_queries) if queries is None else np.asarray(queries)
    picked = np.arange(n_queries)
    if sample < n_queries:
        picked = np.sort(np.random.RandomState(seed).choice(n_queries, sample, replace=False))
    asked = positions[picked].astype(np.int64)
    true = search_exact(rows, asked, k, n_threads=n_threads)
    limits, _ = rank(rows, asked, true, k, n_threads=n_threads)
    found = neighbors_indices[picked].astype(np.int64)
    distances, _ = rank(rows, asked, found, k, n_threads=n_threads)
    return float(np.mean(distances <= limits[:, -1:]))
