"""The order every search ends in: float64 distances, equal ones by lower position."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from smotefast.kernels.points import Points

# Multiply-adds of one call of the scan: about a second on 2 cores.
_SCAN_AT_ONCE = 2e9


def as_float_rows(pool: np.ndarray) -> np.ndarray:
    """Return the rows as C-contiguous float32 or float64 in native byte order."""
    if pool.dtype != np.float32 and pool.dtype != np.float64:
        kind = np.float32 if pool.dtype == np.float16 else np.float64
        pool = pool.astype(kind)
    return np.ascontiguousarray(pool, dtype=pool.dtype.newbyteorder("="))


class Asked(NamedTuple):
    """Queries: rows of some points, which may be the pool itself.

    Attributes
    ----------
    points
        What the queries are rows of.
    rows
        Their positions there, shape (n_queries,), int64.
    own
        Their positions in the pool, where they are left out; -1 for those not in it.
    """

    points: Points
    rows: np.ndarray
    own: np.ndarray

    @property
    def n(self) -> int:
        """How many queries there are."""
        return int(self.rows.shape[0])

    def some(self, which: Any) -> Asked:
        """Return a part of the queries."""
        return Asked(self.points, self.rows[which], self.own[which])


def points_of(
    values: np.ndarray, codes: np.ndarray | None = None, weight: float = 0.0
) -> Points:
    """Return rows as points; without ``codes`` they are rows of numbers only."""
    if codes is None:
        codes = np.empty((values.shape[0], 0), dtype=np.int32)
    codes = np.ascontiguousarray(codes, dtype=np.int32)
    if not values.shape[1]:  # rows of categories only: the kernels want a number
        values = np.zeros((values.shape[0], 1), dtype=np.float32)
    return Points(as_float_rows(values), codes, float(weight))


def within(points: Points, queries: np.ndarray) -> Asked:
    """Return queries that are rows of the pool itself."""
    rows = np.ascontiguousarray(queries, dtype=np.int64)
    return Asked(points, rows, rows)


def scan(
    points: Points, asked: Asked, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute every distance in float64; return distances and positions."""
    from smotefast.kernels.distances import scan_rows

    distances = np.empty((asked.n, k), dtype=np.float64)
    positions = np.empty((asked.n, k), dtype=np.int64)
    work = float(points.values.size + points.codes.size)
    for some in pieces(asked.n, work, _SCAN_AT_ONCE, 128 * n_threads):
        scan_rows(
            points, *asked.some(some), distances[some], positions[some], n_threads=n_threads
        )
    return distances, positions


def pieces(n_queries: int, work_each: float, at_once: float, least: int) -> Iterator[slice]:
    """Cut queries so that a kernel comes back, and a signal is heard, about every second."""
    step = max(least, int(at_once / max(work_each, 1.0)))
    for start in range(0, n_queries, step):
        yield slice(start, start + step)


def rank(
    points: Points, asked: Asked, candidates: np.ndarray, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order candidates in float64 and keep k; return distances and positions."""
    from smotefast.kernels.distances import rank_candidates

    distances = np.empty((asked.n, k), dtype=np.float64)
    positions = np.empty((asked.n, k), dtype=np.int64)
    rank_candidates(points, *asked, candidates, distances, positions, n_threads=n_threads)
    return distances, positions
