"""Neighbor searches of one call: their parameters, and how reliable the results are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from smotefast.engine.rows import CrossClassRows
from smotefast.neighbors import FileNeighbors, Neighbors, SearchInfo

# Decisions after an approximate search that are repeated with exact search, and the seed that
# draws them.
_SAMPLE = 400
_SEED = 0


class NeighborSearch:
    """Searches of one call among all rows, and the least exact result so far.

    Attributes
    ----------
    search
        "auto", "exact" or "approximate".
    n_threads
        Threads of each search.
    method
        How neighbors were found: "approximate" once a search was; None before the first one.
    recall
        Lowest recall of the approximate searches; None if there was none.
    """

    def __init__(self, search: str, n_threads: int) -> None:
        self.search = search
        self.n_threads = n_threads
        self.method: str | None = None
        self.recall: float | None = None
        self._n_decisions = 0
        self._n_different = 0.0

    def by_class(
        self,
        rows: CrossClassRows,
        queries: dict[Any, np.ndarray],
        k: int,
        estimator: Any = None,
    ) -> dict[Any, Neighbors | FileNeighbors]:
        """Find the k nearest rows of any class; queries are positions by class."""
        by_class = rows.find_neighbors(
            queries, k, search=self.search, n_threads=self.n_threads, estimator=estimator
        )
        for found in by_class.values():
            self.record(found if isinstance(found, Neighbors) else found.info)
        return dict(by_class)

    def indices(
        self, rows: CrossClassRows, queries: np.ndarray, k: int, estimator: Any = None
    ) -> np.ndarray:
        """Return the positions of the k nearest rows of any class."""
        if not len(queries):
            return np.empty((0, k), dtype=np.int64)
        return self.by_class(rows, {None: queries}, k, estimator)[None].indices[:]

    def exact_indices(self, rows: CrossClassRows, queries: np.ndarray, k: int) -> np.ndarray:
        """Return the same by exact search, and do not record it."""
        by_class = rows.find_neighbors(
            {None: queries}, k, search="exact", n_threads=self.n_threads
        )
        return by_class[None].indices[:]

    def record(self, found: Neighbors | SearchInfo) -> None:
        """Update ``method`` and ``recall``."""
        if self.method != "approximate":
            self.method = found.method
        if found.recall is not None:
            lowest = found.recall if self.recall is None else self.recall
            self.recall = min(found.recall, lowest)

    def measure_disagreement(
        self,
        queries: np.ndarray,
        decisions: np.ndarray,
        decide: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        """Repeat a sample of decisions with exact search, if the search was approximate.

        Parameters
        ----------
        queries
            Positions of the rows.
        decisions
            The decision about each row, of the same length.
        decide
            Takes a subset of the positions, ascending; returns the decisions of exact search.
        """
        if self.method != "approximate" or not len(queries):
            return
        sample = np.arange(len(queries))
        if len(queries) > _SAMPLE:
            drawn = np.random.RandomState(_SEED).choice(len(queries), _SAMPLE, replace=False)
            sample = np.sort(drawn)
        share = float(np.mean(decide(queries[sample]) != decisions[sample]))
        self._n_decisions += len(queries)
        self._n_different += share * len(queries)

    @property
    def disagreement(self) -> float | None:
        """Estimated share of decisions that exact search would change.

        None if no search was approximate.
        """
        return self._n_different / self._n_decisions if self._n_decisions else None
