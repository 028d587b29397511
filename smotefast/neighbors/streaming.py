"""Nearest neighbors of queries among rows that stream by in blocks.

The queries stay in memory; blocks of rows come in any order. The result is that of an exact
search among all rows: each block is searched exactly, and of equally distant rows the one of
lower position is closer. Few large blocks are faster than many small ones, because each search
partitions its rows anew.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.problem import describe_search
from smotefast.neighbors.queries import Queries, as_points
from smotefast.neighbors.result import SearchResult
from smotefast.neighbors.runner import run_search

_NO_ROW = np.iinfo(np.int64).max


class StreamingNeighbors:
    """The k nearest rows of each query, of all blocks so far.

    Parameters
    ----------
    values
        The queries, of shape (n_queries, n_features), in the dtype of the data.
    k
        Neighbors per query.
    positions
        Row of the data that each query is, which it must not find; -1 for none.
    codes, weight
        Categories of the queries, and what each that differs adds to a squared distance.
    n_threads
        Threads of the searches; the result does not depend on it.
    n_at_once
        Queries to search for at a time, which limits memory; None means all.
    """

    def __init__(
        self,
        values: np.ndarray,
        k: int,
        *,
        positions: np.ndarray,
        codes: np.ndarray | None = None,
        weight: float = 0.0,
        n_threads: int,
        n_at_once: int | None = None,
    ) -> None:
        n_queries = len(values)
        self._points = as_points(values, codes, weight)
        self._excluded = np.asarray(positions, dtype=np.int64)
        self._k = k
        self._n_threads = n_threads
        self._n_at_once = max(1, n_queries if n_at_once is None else n_at_once)
        self._squared = np.full((n_queries, k), np.inf)
        self._positions = np.full((n_queries, k), _NO_ROW, dtype=np.int64)

    def add_block(
        self, values: np.ndarray, start: int, codes: np.ndarray | None = None
    ) -> None:
        """Search a block of rows, the first of which is row ``start`` of the data."""
        if not len(values):
            return
        block = as_points(values, codes, self._points.weight)
        for first in range(0, len(self._excluded), self._n_at_once):
            which = slice(first, first + self._n_at_once)
            result = self._search(block, start, which)
            is_row = result.indices < len(values)
            positions = np.where(is_row, result.indices.astype(np.int64) + start, _NO_ROW)
            self._merge(which, result.squared(), positions)

    def _search(self, block: Points, start: int, which: slice) -> SearchResult:
        """Search a block for some of the queries."""
        size = block.values.shape[0]
        excluded = self._excluded[which] - start
        excluded[(excluded < 0) | (excluded >= size)] = -1
        every = self._points
        points = Points(every.values[which], every.codes[which], every.weight)
        queries = Queries(points, np.arange(len(excluded)), excluded)
        is_short = size - int((excluded >= 0).any()) < self._k
        k = size if is_short else self._k
        problem = describe_search(
            block, queries, k, needs_distances=True, n_threads=self._n_threads
        )
        method = "scan" if is_short else None  # it alone may find fewer rows than k
        return run_search(block, queries, k, problem, n_threads=self._n_threads, method=method)

    def _merge(self, which: slice, squared: np.ndarray, positions: np.ndarray) -> None:
        both = np.hstack([self._squared[which], squared])
        both_positions = np.hstack([self._positions[which], positions])
        order = np.lexsort((both_positions, both), axis=1)[:, : self._k]
        self._squared[which] = np.take_along_axis(both, order, axis=1)
        self._positions[which] = np.take_along_axis(both_positions, order, axis=1)

    @property
    def positions(self) -> np.ndarray:
        """Positions of the nearest rows, nearest first, of shape (n_queries, k)."""
        if self._positions.size and self._positions.max() == _NO_ROW:
            raise ValueError(
                f"k={self._k} neighbors need more rows, or finite values: some queries have "
                "fewer rows at a comparable distance."
            )
        return self._positions

    @property
    def squared_distances(self) -> np.ndarray:
        """Squared distances of these rows."""
        return self._squared
