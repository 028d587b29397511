"""What stands around the drawn rows: their nearest rows among all rows, whatever class.

Blocks flow in; for each drawn row the share of foreign neighbours flows out. The search is
exact. A drawn row is the nearest to itself and is left out of its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smotefast.diagnosis.metric import Metric
from smotefast.diagnosis.sample import Sample


@dataclass(frozen=True)
class Surroundings:
    """Neighbours of the drawn rows that could be searched for.

    Attributes
    ----------
    rows
        Which drawn rows these are.
    foreign
        Whether each neighbour is of another class, nearest first, of shape
        (n_rows, n_neighbors).
    n_left_out
        Rows of the data without a finite number in each column: no distance to them.
    """

    rows: np.ndarray
    foreign: np.ndarray
    n_left_out: int


class Search:
    """Searches the blocks that pass by for neighbours of the drawn rows.

    Parameters
    ----------
    metric
        The distance.
    sample
        The drawn rows.
    k
        Neighbours of each.
    n_rows
        Rows in the data.
    n_threads
        Threads; nothing depends on them.
    """

    def __init__(
        self, metric: Metric, sample: Sample, k: int, n_rows: int, n_threads: int
    ) -> None:
        from smotefast.neighbors.streamed import NearestInBlocks

        self._metric, self._sample = metric, sample
        self._rows = np.flatnonzero(metric.usable(sample.numbers))
        values = metric.values(sample.numbers[self._rows], sample.positions[self._rows])
        self._k = k
        self._nearest = NearestInBlocks(
            values,
            np.full(len(values), -1),  # rows are left out, so nobody knows their places yet
            k + 1,
            codes=sample.codes[self._rows],
            weight=metric.weight,
            n_threads=n_threads,
        )
        self._classes = np.empty(n_rows, dtype=sample.classes.dtype)
        self._n_left_out = 0

    def see(
        self, start: int, numbers: np.ndarray, codes: np.ndarray, classes: np.ndarray
    ) -> None:
        """Search a block."""
        usable = self._metric.usable(numbers)
        positions = start + np.flatnonzero(usable)
        self._n_left_out += len(numbers) - len(positions)
        if not len(positions):
            return
        values = self._metric.values(numbers[usable], positions)
        # What is left moves together; it stays apart from the rows of the next block.
        self._classes[start : start + len(positions)] = classes[usable]
        self._nearest.offer(values, start, codes[usable])

    def result(self) -> Surroundings | None:
        """Return what was found; None if there are too few rows to have neighbours."""
        n_usable = len(self._classes) - self._n_left_out
        if not len(self._rows) or n_usable < self._k + 1:
            return None
        # The nearest is the row itself: no other one has its nudge.
        found = self._classes[self._nearest.positions[:, 1:]]
        own = self._sample.classes[self._rows]
        return Surroundings(self._rows, found != own[:, np.newaxis], self._n_left_out)
