"""What stands around the drawn rows: their nearest rows among all rows, whatever class.

Blocks flow in; for each drawn row the classes of its neighbours flow out. The search is
exact. Of rows at one distance those with the lowest of fixed random numbers are nearest, so
that the order of the rows has no say. Rows that are alike are searched for once, and of rows
that are alike a block offers no more than can be neighbours: KDD Cup 99, where 7 rows of 10
are copies, took 11 s instead of 40 on a busy machine. Which copies of a row are its neighbours
is drawn for each row anew, from how many copies each class has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smotefast._threads import thread_count
from smotefast.diagnosis.duplicate_rows import Repeats, row_bits
from smotefast.diagnosis.metric import Metric, unit_numbers
from smotefast.diagnosis.sample import Coded, Sample
from smotefast.diagnosis.thresholds import SEARCHED_PER_CLASS


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
    most
        Rows of each class to search for, of those drawn.
    """

    def __init__(
        self,
        metric: Metric,
        sample: Sample,
        k: int,
        n_rows: int,
        most: int = SEARCHED_PER_CLASS,
    ) -> None:
        from smotefast.neighbors.streaming import NearestInBlocks

        self._metric, self._sample, self._k = metric, sample, k
        self._rows = _at_most(most, metric.searchable(sample.numbers, sample.codes), sample)
        bits = self._bits(sample.numbers[self._rows], sample.codes[self._rows])
        self._copies = Repeats(bits, sample.classes[self._rows])
        _, first, self._question = np.unique(bits, return_index=True, return_inverse=True)
        asked = self._rows[first]
        self._nearest = NearestInBlocks(
            metric.values(sample.numbers[asked], np.zeros(len(asked))),
            np.full(len(asked), -1),  # rows are taken out of what was found
            k + 1,
            codes=sample.codes[asked],
            weight=metric.weight,
            n_threads=thread_count(None),
        )
        self._classes = np.empty(n_rows, dtype=sample.classes.dtype)
        self._places = np.full(len(sample.positions), -1)
        self._n_left_out = 0

    def see(self, block: Coded) -> None:
        """Search a block."""
        usable = self._metric.searchable(block.numbers, block.codes)
        self._n_left_out += len(block.numbers) - len(usable)
        if not len(usable):
            return
        chance = unit_numbers(block.start + usable)
        bits = self._bits(block.numbers[usable], block.codes[usable])
        self._copies.see(bits, block.classes[usable])
        some = first_alike(bits, chance, self._k + 1)
        kept, chance = usable[some], chance[some]
        # What is left moves together; it stays apart from the rows of the next block.
        self._classes[block.start : block.start + len(kept)] = block.classes[kept]
        self._note_places(block.start, kept)
        values = self._metric.values(block.numbers[kept], chance)
        self._nearest.offer(values, block.start, block.codes[kept])

    def _bits(self, numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
        return row_bits(numbers[:, self._metric.used], codes)

    def _note_places(self, start: int, kept: np.ndarray) -> None:
        """Remember under which positions drawn rows were offered."""
        drawn = self._sample.positions
        low, high = np.searchsorted(drawn, [start, start + kept[-1] + 1])
        place = np.searchsorted(kept, drawn[low:high] - start)
        found = kept[place] == drawn[low:high] - start
        self._places[low:high][found] = start + place[found]

    def result(self) -> Surroundings | None:
        """Return what was found; None if there are too few rows to have neighbours."""
        n_usable = len(self._classes) - self._n_left_out
        if not len(self._rows) or n_usable < self._k + 1:
            return None
        found = self._nearest.positions[self._question]
        others = self._classes[_without(found, self._places[self._rows])]
        foreign = others != self._sample.classes[self._rows][:, np.newaxis]
        draw_copies(foreign, *self._copies.counts())
        return Surroundings(self._rows, foreign, self._n_left_out)


def first_alike(bits: np.ndarray, chance: np.ndarray, most: int) -> np.ndarray:
    """Return, ascending, so many of each set of rows that are alike: the lowest by chance."""
    order = np.lexsort((chance, bits))
    is_first = np.r_[True, np.diff(bits[order]) != 0]
    starts = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    return np.sort(order[np.arange(len(order)) - starts < most])


def draw_copies(foreign: np.ndarray, n_alike: np.ndarray, n_own: np.ndarray) -> None:
    """Draw anew, for rows that have copies, which of them are neighbours.

    Copies come before all other neighbours. One choice for all rows that are alike would make
    all of them right or all wrong.

    Parameters
    ----------
    foreign : whether each neighbour is foreign, of shape (n_rows, k); written to
    n_alike, n_own : rows like each row, and those of its class; it is one of them
    """
    random_state = np.random.RandomState(0)
    n_others, n_foreign = n_alike - 1, n_alike - n_own
    rows = np.flatnonzero(n_others > 0)
    n_places = np.minimum(n_others[rows], foreign.shape[1])
    n_drawn = random_state.hypergeometric(
        n_foreign[rows], n_own[rows] - 1, n_places
    )  # of so many neighbours so many are foreign
    is_first = random_state.uniform(size=len(rows)) * n_places < n_drawn
    for row, n, drawn, first in zip(rows, n_places, n_drawn, is_first, strict=True):
        foreign[row, :n] = np.arange(n) < drawn if first else np.arange(n) >= n - drawn


def _without(found: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Leave each row out of its neighbours, or the farthest one where it is not among them."""
    is_own = found == own[:, np.newaxis]
    is_own[:, -1] |= ~is_own.any(axis=1)
    return np.asarray(found[~is_own].reshape(len(found), found.shape[1] - 1))


def _at_most(most: int, rows: np.ndarray, sample: Sample) -> np.ndarray:
    """Return so many rows of each class, evenly from all over the data."""
    classes = sample.classes[rows]
    some = []
    for code in np.unique(classes):
        own = rows[classes == code]
        step = -(-len(own) // most)
        some.append(own[::step])
    return np.sort(np.concatenate(some)) if some else rows
