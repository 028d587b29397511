"""The searches of one call of a sampler: how they run, and how far they can be relied on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from smotefast.engine.rows import ClassRows
from smotefast.neighbors import Neighbors

# Decisions that are made again with exact search, where an approximate one was made first.
_SAMPLE = 400
# Which ones is drawn from this seed.
_SEED = 0


class Searches:
    """How a call searches, and the least exact of its searches.

    Attributes
    ----------
    search
        "auto", "exact" or "approximate".
    n_threads
        Threads of each search.
    method
        How neighbours were found: "approximate" as soon as one search was; None before any.
    recall
        The lowest recall of an approximate search; None if there was none.
    """

    def __init__(self, search: str, n_threads: int) -> None:
        self.search = search
        self.n_threads = n_threads
        self.method: str | None = None
        self.recall: float | None = None
        self._decisions = 0
        self._otherwise = 0.0

    def nearest(
        self, rows: ClassRows, asked: dict[Any, np.ndarray], k: int, estimator: Any = None
    ) -> dict[Any, Neighbors]:
        """Find the k nearest rows of any class, of rows given by class."""
        how = {"search": self.search, "n_threads": self.n_threads, "estimator": estimator}
        found = rows.nearest(asked, k, **how)
        for each in found.values():
            self.note(each)
        return found

    def nearest_of(
        self, rows: ClassRows, positions: np.ndarray, k: int, estimator: Any = None
    ) -> np.ndarray:
        """Find the k nearest rows of any class, of rows of any class."""
        if not len(positions):
            return np.empty((0, k), dtype=np.int64)
        return self.nearest(rows, {None: positions}, k, estimator)[None].indices

    def exact(self, rows: ClassRows, positions: np.ndarray, k: int) -> np.ndarray:
        """Do the same exactly, whatever is asked for, and keep no record of it."""
        found = rows.nearest({None: positions}, k, search="exact", n_threads=self.n_threads)
        return found[None].indices

    def note(self, found: Neighbors) -> None:
        """Keep the least exact search, and the lowest recall."""
        if self.method != "approximate":
            self.method = found.method
        if found.recall is not None:
            known = found.recall if self.recall is None else self.recall
            self.recall = min(found.recall, known)

    def check(
        self,
        rows: np.ndarray,
        decisions: np.ndarray,
        decide: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        """Make some decisions once more with exact search, if they were not.

        Parameters
        ----------
        rows
            Positions of the rows decided about.
        decisions
            What was decided of each, of the same length.
        decide
            Takes some of the positions, ascending; returns what exact search decides.
        """
        if self.method != "approximate" or not len(rows):
            return
        picked = np.arange(len(rows))
        if len(rows) > _SAMPLE:
            drawn = np.random.RandomState(_SEED).choice(len(rows), _SAMPLE, replace=False)
            picked = np.sort(drawn)
        differ = float(np.mean(decide(rows[picked]) != decisions[picked]))
        self._decisions += len(rows)
        self._otherwise += differ * len(rows)

    @property
    def disagreement(self) -> float | None:
        """The share of decisions that exact search makes otherwise.

        It is estimated from a sample of each kind or pass of them; None if there was no
        approximate search.
        """
        return self._otherwise / self._decisions if self._decisions else None
