"""The nearest rows among those left, while rows are taken away one batch after another.

Each row is searched for once, for a few neighbours more than asked for. When some of them
have gone the others move up; only where too few are left is the row searched for again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from smotefast.neighbors.result import Neighbors
from smotefast.neighbors.search import find_neighbors

# Neighbours looked for beyond those asked for. 55,000 x 20, two classes, three of them: 3%
# of the rows go in the first pass, and none is searched for again with 3 to spare.
_SPARE = 3


class NeighborsLeft:
    """The k nearest other rows of rows of a matrix, among those that are left.

    Parameters
    ----------
    matrix
        Array or CSR matrix of shape (n_samples, n_features).
    k
        The most neighbours that will be asked for.
    search, n_threads
        As for ``find_neighbors``.
    note
        Is told of every search.
    estimator
        Searches instead, if it is not None: anew each time, for as many neighbours as it does.

    Attributes
    ----------
    left
        Which rows there are, shape (n_samples,), bool. Set items to False to take them away.
    dtype
        Of positions.
    """

    def __init__(
        self,
        matrix: Any,
        k: int,
        *,
        search: str,
        n_threads: int,
        note: Callable[[Neighbors], None],
        estimator: Any = None,
    ) -> None:
        self.left = np.ones(matrix.shape[0], dtype=bool)
        self._matrix = matrix
        self._width = k + _SPARE
        self._search = search
        self._n_threads = n_threads
        self._note = note
        self._estimator = estimator
        self.dtype = np.int32 if matrix.shape[0] <= np.iinfo(np.int32).max else np.int64
        # The neighbours of the rows that were searched for; -1 where there are no more.
        self._known = np.full((matrix.shape[0], self._width), -1, dtype=self.dtype)
        self._is_known = np.zeros(matrix.shape[0], dtype=bool)

    def nearest(self, rows: np.ndarray, k: int) -> np.ndarray:
        """Return the k nearest of the rows left, by position, of shape (n_rows, k).

        ``rows`` are positions of rows that are left, ascending.
        """
        if self._estimator is not None:
            found, neighbors = self._find(rows, k, self._search)
            self._note(neighbors)
            return found
        self._look_for(rows[~self._is_known[rows]])
        found, is_short = self._moved_up(rows, k)
        if is_short.any():
            short = rows[is_short]
            self._look_for(short)
            found[is_short] = self._moved_up(short, k)[0]
        return found

    def exact(self, rows: np.ndarray, k: int) -> np.ndarray:
        """Return the same by exact search, and keep nothing of it."""
        return self._find(rows, k, "exact")[0]

    def _moved_up(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the first k known neighbours that are left, and where there are fewer."""
        known = self._known[rows]
        stays = self.left[known] & (known >= 0)
        found, is_short = known[:, :k].copy(), np.zeros(len(rows), dtype=bool)
        gone = np.flatnonzero(~stays[:, :k].all(axis=1))
        if len(gone):
            order = np.argsort(~stays[gone], axis=1, kind="stable")[:, :k]
            found[gone] = np.take_along_axis(known[gone], order, axis=1)
            is_short[gone] = np.count_nonzero(stays[gone], axis=1) < k
        return found, is_short

    def _look_for(self, rows: np.ndarray) -> None:
        if not len(rows):
            return
        found, neighbors = self._find(rows, self._width, self._search)
        self._note(neighbors)
        self._known[rows, : found.shape[1]] = found
        self._known[rows, found.shape[1] :] = -1
        self._is_known[rows] = True

    def _find(self, rows: np.ndarray, k: int, search: str) -> tuple[np.ndarray, Neighbors]:
        pool = np.flatnonzero(self.left)
        is_all = len(pool) == len(self.left)
        found = find_neighbors(
            self._matrix if is_all else self._matrix[pool],
            min(k, len(pool) - 1),
            queries=rows if is_all else np.searchsorted(pool, rows),
            search=search,
            n_threads=self._n_threads,
            estimator=self._estimator,
            in_all=True,
        )
        return (found.indices if is_all else pool[found.indices]), found
