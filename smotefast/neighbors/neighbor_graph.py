"""k-nearest-neighbor graph that survives row removal, for repeated edited nearest neighbors.

Each row is searched for once, with a few neighbors more than needed. When some of them are
removed the next ones take their place; only if too few remain is the row searched for again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smotefast._typing import Matrix
from smotefast.neighbors.estimator import NeighborEstimator
from smotefast.neighbors.result import Neighbors, index_dtype
from smotefast.neighbors.search import find_neighbors

# Neighbors beyond k. 55,000 x 20, two classes, k=3: 3% of the rows are removed in the first
# pass, and with 3 to spare no row is searched for again.
_SPARE = 3


class NeighborGraph:
    """The k nearest other rows of rows of a matrix, among those that remain.

    Parameters
    ----------
    matrix
        Array or CSR matrix of shape (n_samples, n_features).
    k
        The largest number of neighbors that will be needed.
    search, n_threads
        As for ``find_neighbors``.
    on_search
        Is called with the result of every search.
    estimator
        Searches instead, if it is not None: for its own number of neighbors, each time again.

    Attributes
    ----------
    remaining
        Which rows remain, shape (n_samples,), bool. Set items to False to remove rows.
    dtype
        Of row positions.
    """

    def __init__(
        self,
        matrix: Matrix,
        k: int,
        *,
        search: str,
        n_threads: int,
        on_search: Callable[[Neighbors], None],
        estimator: NeighborEstimator | None = None,
    ) -> None:
        n_samples = matrix.shape[0]
        self.remaining = np.ones(n_samples, dtype=bool)
        self.dtype = index_dtype(n_samples)
        self._matrix = matrix
        self._width = k + _SPARE
        self._search = search
        self._n_threads = n_threads
        self._on_search = on_search
        self._estimator = estimator
        # The neighbors of the rows that were searched for; -1 where there are no more.
        self._known = np.full((n_samples, self._width), -1, dtype=self.dtype)
        self._is_known = np.zeros(n_samples, dtype=bool)

    def nearest(self, rows: np.ndarray, k: int) -> np.ndarray:
        """Return the k nearest remaining rows, by position, of shape (n_rows, k).

        ``rows`` are positions of remaining rows, ascending.
        """
        if self._estimator is not None:
            positions, neighbors = self._find(rows, k, self._search)
            self._on_search(neighbors)
            return positions
        self._search_for(rows[~self._is_known[rows]])
        positions, is_short = self._remaining_neighbors(rows, k)
        if is_short.any():
            short = rows[is_short]
            self._search_for(short)
            positions[is_short] = self._remaining_neighbors(short, k)[0]
        return positions

    def nearest_exact(self, rows: np.ndarray, k: int) -> np.ndarray:
        """Return the same by exact search, without storing it."""
        return self._find(rows, k, "exact")[0]

    def _remaining_neighbors(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the first k known neighbors that remain, and the rows with fewer."""
        known = self._known[rows]
        remains = self.remaining[known] & (known >= 0)
        positions, is_short = known[:, :k].copy(), np.zeros(len(rows), dtype=bool)
        changed = np.flatnonzero(~remains[:, :k].all(axis=1))
        if len(changed):
            order = np.argsort(~remains[changed], axis=1, kind="stable")[:, :k]
            positions[changed] = np.take_along_axis(known[changed], order, axis=1)
            is_short[changed] = np.count_nonzero(remains[changed], axis=1) < k
        return positions, is_short

    def _search_for(self, rows: np.ndarray) -> None:
        if not len(rows):
            return
        positions, neighbors = self._find(rows, self._width, self._search)
        self._on_search(neighbors)
        n_found = positions.shape[1]
        self._known[rows, :n_found] = positions
        self._known[rows, n_found:] = -1
        self._is_known[rows] = True

    def _find(self, rows: np.ndarray, k: int, search: str) -> tuple[np.ndarray, Neighbors]:
        pool = np.flatnonzero(self.remaining)
        is_all = len(pool) == len(self.remaining)
        neighbors = find_neighbors(
            self._matrix if is_all else self._matrix[pool],
            min(k, len(pool) - 1),
            queries=rows if is_all else np.searchsorted(pool, rows),
            search=search,
            n_threads=self._n_threads,
            estimator=self._estimator,
            cross_class=True,
        )
        return (neighbors.indices if is_all else pool[neighbors.indices]), neighbors
