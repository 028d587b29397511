"""How many of the true neighbours a search found, measured against exact search."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.neighbors.exact import search_exact
from smotefast.neighbors.order import as_float_rows


def recall_at_k(
    pool: Any,
    indices: np.ndarray,
    queries: np.ndarray | None = None,
    *,
    sample: int = 1000,
    seed: int = 0,
    n_threads: int = 1,
) -> float:
    """Measure the share of true neighbours among those found, on a sample of rows.

    Parameters
    ----------
    pool
        Rows of shape (n_pool, n_features).
    indices
        Neighbours found, positions in ``pool``, of shape (n_queries, k).
    queries
        Positions of the queries in ``pool``; None means all rows.
    sample
        How many queries to look at.
    seed
        Seed of the choice of them.
    n_threads
        Threads of the exact search.

    Returns
    -------
    float
        Between 0 and 1. A neighbour counts when it is no farther than the true k-th
        nearest, so ties count.
    """
    rows = as_float_rows(np.asarray(pool))
    queries = np.arange(rows.shape[0]) if queries is None else queries
    n_sampled = min(sample, queries.shape[0])
    chosen = np.random.default_rng(seed).choice(queries.shape[0], n_sampled, replace=False)
    chosen.sort()
    k = indices.shape[1]
    true = search_exact(rows, queries[chosen], k, n_threads=n_threads)
    farthest = _distances(rows, queries[chosen], true).max(axis=1)
    found = _distances(rows, queries[chosen], indices[chosen])
    return float(np.mean(found <= farthest[:, np.newaxis] * (1 + 1e-12)))


def _distances(rows: np.ndarray, queries: np.ndarray, others: np.ndarray) -> np.ndarray:
    differences = rows[others].astype(np.float64) - rows[queries][:, np.newaxis]
    return np.asarray(np.einsum("qkf,qkf->qk", differences, differences))
