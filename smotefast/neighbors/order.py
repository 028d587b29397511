"""The order every search ends in: float64 distances, equal ones by lower position."""

from __future__ import annotations

import numpy as np


def as_float_rows(pool: np.ndarray) -> np.ndarray:
    """Return the rows as C-contiguous float32 or float64 in native byte order."""
    if pool.dtype != np.float32 and pool.dtype != np.float64:
        kind = np.float32 if pool.dtype == np.float16 else np.float64
        pool = pool.astype(kind)
    return np.ascontiguousarray(pool, dtype=pool.dtype.newbyteorder("="))


def scan(
    rows: np.ndarray, queries: np.ndarray, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute every distance in float64; return distances and positions."""
    from smotefast.kernels.distances import scan_rows

    distances = np.empty((queries.shape[0], k), dtype=np.float64)
    positions = np.empty((queries.shape[0], k), dtype=np.int64)
    scan_rows(rows, queries, distances, positions, n_threads=n_threads)
    return distances, positions


def rank(
    rows: np.ndarray, queries: np.ndarray, candidates: np.ndarray, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order candidates in float64 and keep k; return distances and positions."""
    from smotefast.kernels.distances import rank_candidates

    distances = np.empty((queries.shape[0], k), dtype=np.float64)
    positions = np.empty((queries.shape[0], k), dtype=np.int64)
    rank_candidates(rows, queries, candidates, distances, positions, n_threads=n_threads)
    return distances, positions
