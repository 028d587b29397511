"""Exact search on few rows without compiled code: scikit-learn proposes, numpy settles.

Importing numba and loading kernels takes 0.5 s, more than all the rest of a small job.
Until a larger job has loaded them, little work is done here; the bits are the same,
because distances are summed feature by feature in float64 here as in the kernels.
"""

from __future__ import annotations

import numpy as np

_SPARE = 2


def search_small(rows: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query."""
    from sklearn.neighbors import NearestNeighbors

    exact_rows = rows.astype(np.float64, copy=False)
    n_pool = rows.shape[0]
    n_asked = min(k + 1 + _SPARE, n_pool)
    with np.errstate(over="ignore", invalid="ignore"):
        norms = np.einsum("if,if->i", exact_rows, exact_rows)
        if not np.isfinite(norms.max() * 4):  # scikit-learn's expansion would overflow
            return _scan(exact_rows, queries, k)
        index = NearestNeighbors(n_neighbors=n_asked, algorithm="brute").fit(exact_rows)
        reached, candidates = index.kneighbors(exact_rows[queries])
        distances, positions = _rank(exact_rows, queries, candidates, k)
    if n_asked == n_pool:
        return positions
    # It expands |a - b|^2, so what it left out may be nearer by a rounding of the norms.
    rounding = 8 * (rows.shape[1] + 16) * np.finfo(np.float64).eps
    limit = reached[:, -1] ** 2 * (1 - 1e-12) - rounding * (norms[queries] + norms.max())
    doubtful = np.flatnonzero(distances[:, -1] >= limit)
    if doubtful.shape[0]:
        positions[doubtful] = _scan(exact_rows, queries[doubtful], k)
    return positions


def _scan(rows: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Rank every row for every query, some queries at a time."""
    found = np.empty((queries.shape[0], k), np.int64)
    step = max(1, (1 << 18) // rows.shape[0])
    everyone = np.arange(rows.shape[0])
    for start in range(0, queries.shape[0], step):
        some = queries[start : start + step]
        candidates = np.broadcast_to(everyone, (some.shape[0], rows.shape[0]))
        found[start : start + step] = _rank(rows, some, candidates, k)[1]
    return found


def _rank(
    rows: np.ndarray, queries: np.ndarray, candidates: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order candidates by distance, then position, and keep the k first other rows."""
    distances = np.zeros(candidates.shape)
    with np.errstate(over="ignore"):
        for column in rows.T:
            difference = column[candidates] - column[queries][:, np.newaxis]
            difference *= difference
            distances += difference
    own = candidates == queries[:, np.newaxis]
    positions, nearest = candidates[:, 1 : k + 1].copy(), distances[:, 1 : k + 1].copy()
    in_order = own[:, 0] & (distances[:, 1:-1] < distances[:, 2:]).all(axis=1)
    rest = np.flatnonzero(~in_order)
    if rest.shape[0]:
        keys = candidates[rest], distances[rest], own[rest]
        order = np.lexsort(keys, axis=1)[:, :k]
        positions[rest] = np.take_along_axis(candidates[rest], order, axis=1)
        nearest[rest] = np.take_along_axis(distances[rest], order, axis=1)
    return nearest, positions
