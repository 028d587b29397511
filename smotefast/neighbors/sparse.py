"""Exact search on CSR rows: scikit-learn proposes, float64 on the stored values settles."""

from __future__ import annotations

from typing import Any

import numpy as np

_SPARE = 6
_SCAN_ENTRIES = 1 << 20


def search_sparse(pool: Any, queries: np.ndarray, k: int, *, n_threads: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query."""
    from sklearn.neighbors import NearestNeighbors

    rows = _settled(pool)
    n_pool = rows.shape[0]
    n_asked = min(k + 1 + _SPARE, n_pool)
    index = NearestNeighbors(n_neighbors=n_asked, algorithm="brute", n_jobs=n_threads)
    reached, candidates = index.fit(rows).kneighbors(rows[queries])
    distances, positions = _rank(rows, queries, candidates, k, n_threads)
    if n_asked == n_pool:
        return positions
    left = np.flatnonzero(~_certain(rows, queries, distances[:, -1], reached[:, -1]))
    step = max(1, _SCAN_ENTRIES // n_pool)
    for start in range(0, left.shape[0], step):
        some = left[start : start + step]
        everyone = np.tile(np.arange(n_pool, dtype=np.int64), (some.shape[0], 1))
        positions[some] = _rank(rows, queries[some], everyone, k, n_threads)[1]
    return positions


def _settled(pool: Any) -> Any:
    """Return float64 CSR rows with sorted columns and no repeats; copies only if needed.

    On float32 rows scikit-learn's distances carry float32 errors, which would break ties.
    """
    rows = pool.astype(np.float64, copy=False)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    return rows


def _rank(
    rows: Any, queries: np.ndarray, candidates: np.ndarray, k: int, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    from smotefast.kernels.sparse_distances import rank_sparse_candidates

    distances = np.empty((queries.shape[0], k), dtype=np.float64)
    positions = np.empty((queries.shape[0], k), dtype=np.int64)
    rank_sparse_candidates(
        rows.indptr, rows.indices, rows.data, queries,
        np.ascontiguousarray(candidates, dtype=np.int64), distances, positions,
        n_threads=n_threads,
    )  # fmt: skip
    return distances, positions


def _certain(
    rows: Any, queries: np.ndarray, kth: np.ndarray, reached: np.ndarray
) -> np.ndarray:
    """Whether the k-th distance is below all that scikit-learn can have left out.

    It expands |a - b|^2 in float64, so its error grows with the norms of the rows.
    """
    values = rows.data.astype(np.float64)
    norms = np.add.reduceat(np.append(values * values, 0.0), rows.indptr[:-1])
    norms[np.diff(rows.indptr) == 0] = 0.0
    eps = np.finfo(np.float64).eps
    error = 8 * (np.diff(rows.indptr).max() + 16) * eps * (norms[queries] + norms.max())
    return np.asarray(kth * (1 + 1e-12) < reached**2 * (1 - 1e-12) - error)
