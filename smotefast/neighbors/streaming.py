"""Nearest rows of some queries while the data stream by in blocks.

Queries stay in memory; blocks of rows flow in, in any order; positions of the k nearest of
all rows flow out. They are those of an exact search in the whole data: each block is
searched exactly, and of two rows at the same distance the one of lower position wins.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.exact.dispatch import search_exactly
from smotefast.neighbors.queries import Asked, points_of, scan

_NOWHERE = np.iinfo(np.int64).max


class NearestInBlocks:
    """The k nearest rows met so far of each query.

    Parameters
    ----------
    values
        The queries, of shape (n_queries, n_features), in the dtype of the data.
    own
        Where the queries themselves stand in the data, to be left out; -1 for nowhere.
    k
        Neighbours per query.
    codes, weight
        Categories of the queries and what each that differs adds to a squared distance.
    n_threads
        Threads of the searches; the result does not depend on it.
    n_at_once
        Queries to search for at a time, as what that takes grows with them; None means all.
    """

    def __init__(
        self,
        values: np.ndarray,
        own: np.ndarray,
        k: int,
        *,
        codes: np.ndarray | None = None,
        weight: float = 0.0,
        n_threads: int,
        n_at_once: int | None = None,
    ) -> None:
        self._points = points_of(values, codes, weight)
        self._own = np.asarray(own, dtype=np.int64)
        self._k = k
        self._n_threads = n_threads
        self._n_at_once = max(1, len(values) if n_at_once is None else n_at_once)
        self._distances = np.full((len(values), k), np.inf)
        self._positions = np.full((len(values), k), _NOWHERE, dtype=np.int64)

    def offer(self, values: np.ndarray, start: int, codes: np.ndarray | None = None) -> None:
        """Search a block of rows that stand in the data from ``start`` on."""
        if not len(values):
            return
        block = points_of(values, codes, self._points.weight)
        for first in range(0, len(self._own), self._n_at_once):
            self._search(block, start, slice(first, first + self._n_at_once))

    def _search(self, block: Points, start: int, some: slice) -> None:
        """Search a block for some queries, and keep the nearest of all rows met so far."""
        size = block.values.shape[0]
        local = self._own[some] - start
        local[(local < 0) | (local >= size)] = -1
        every = self._points
        points = Points(every.values[some], every.codes[some], every.weight)
        asked = Asked(points, np.arange(len(local)), local)
        k, n_threads = self._k, self._n_threads
        if size - int((local >= 0).any()) < k:  # a block too short for k others is short work
            distances, positions = scan(block, asked, size, n_threads=n_threads)
        else:
            distances, positions = search_exactly(block, asked, k, n_threads=n_threads)
        self._merge(some, distances, np.where(positions < size, positions + start, _NOWHERE))

    def _merge(self, some: slice, distances: np.ndarray, positions: np.ndarray) -> None:
        both = np.hstack([self._distances[some], distances])
        where = np.hstack([self._positions[some], positions])
        order = np.lexsort((where, both), axis=1)[:, : self._k]
        self._distances[some] = np.take_along_axis(both, order, axis=1)
        self._positions[some] = np.take_along_axis(where, order, axis=1)

    @property
    def positions(self) -> np.ndarray:
        """Positions of the nearest rows, nearest first, of shape (n_queries, k)."""
        if self._positions.size and self._positions.max() == _NOWHERE:
            raise ValueError(
                f"k={self._k} neighbours need more rows, or values that are finite: some "
                "queries have fewer rows at a comparable distance."
            )
        return self._positions

    @property
    def distances(self) -> np.ndarray:
        """Squared distances of these rows."""
        return self._distances
