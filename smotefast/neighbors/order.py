"""The order every search ends in: float64 distances, equal ones by lower position."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

# Multiply-adds of one call of the scan: about a second on 2 cores.
_SCAN_AT_ONCE = 2e9


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
    for some in pieces(queries.shape[0], float(rows.size), _SCAN_AT_ONCE, 128 * n_threads):
        scan_rows(rows, queries[some], distances[some], positions[some], n_threads=n_threads)
    return distances, positions


def pieces(n_queries: int, work_each: float, at_once: float, least: int) -> Iterator[slice]:
    """Cut queries so that a kernel comes back, and a signal is heard, about every second."""
    step = max(least, int(at_once / max(work_each, 1.0)))
    for start in range(0, n_queries, step):
        yield slice(start, start + step)


def rank(
    rows: np.ndarray, queries: np.ndarray, candidates: np.ndarray, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order candidates in float64 and keep k; return distances and positions."""
    from smotefast.kernels.distances import rank_candidates

    distances = np.empty((queries.shape[0], k), dtype=np.float64)
    positions = np.empty((queries.shape[0], k), dtype=np.int64)
    rank_candidates(rows, queries, candidates, distances, positions, n_threads=n_threads)
    return distances, positions
