"""The distance that neighbours are told by, and which column it is made of.

Two of them are used: the values as they are, which is what a sampler sees, and values scaled
as the advice says. A category that differs counts as much as the median of the columns'
standard deviations, which is SMOTENC's rule; scaled, as much as one standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.data import Columns
from smotefast.diagnosis.sample import Sample
from smotefast.diagnosis.thresholds import MOSTLY_MISSING

# How far chance moves a row, as a share of what a category that differs counts: too little to
# come between two distances that differ.
_NUDGE = 1e-4
_PAIRS = 4_000


@dataclass(frozen=True)
class Metric:
    """A distance.

    Attributes
    ----------
    used
        Places of the numeric columns, among the numbers, that count.
    center, scale
        Subtracted from them, and what they are divided by.
    weight
        What a category that differs adds to a squared distance.
    """

    used: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    weight: float

    def usable(self, numbers: np.ndarray) -> np.ndarray:
        """Tell which rows have a finite number in every column that counts."""
        return np.asarray(np.isfinite(numbers[:, self.used]).all(axis=1))

    def searchable(self, numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the positions of the rows that have a distance to others."""
        if not len(self.used) and not codes.shape[1]:
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(self.usable(numbers))

    def values(self, numbers: np.ndarray, chance: np.ndarray) -> np.ndarray:
        """Return rows of numbers between which the distance is Euclidean.

        ``chance`` is a number in [0, 1) for each row, which decides between rows at one
        distance; 0 for those that are searched for.
        """
        nudge = _NUDGE * np.sqrt(self.weight) * chance
        return np.asarray(np.column_stack([self.scaled(numbers), nudge]))

    def scaled(self, numbers: np.ndarray) -> np.ndarray:
        """Return the columns that count, as they count."""
        return np.asarray((numbers[:, self.used] - self.center) / self.scale)


def mixed_bits(bits: np.ndarray) -> np.ndarray:
    """Scatter 64-bit numbers over all 64-bit numbers (the finisher of splitmix64)."""
    bits = bits.astype(np.uint64)
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)))


def unit_numbers(positions: np.ndarray) -> np.ndarray:
    """Return a number in [0, 1) for each position, without any order among them."""
    step = np.uint64(0x9E3779B97F4A7C15)
    bits = mixed_bits((positions.astype(np.uint64) + np.uint64(1)) * step)
    return np.asarray(bits / 2.0**64)


def mostly_missing(
    columns: Columns, figures: dict[int, ColumnFigures], n_rows: int
) -> set[int]:
    """Return the numeric columns of which more values are missing than are there."""
    return {
        j
        for j in columns.numbers
        if figures[j].n_missing + figures[j].n_infinite > MOSTLY_MISSING * n_rows
    }


def metric_as_it_is(
    columns: Columns, figures: dict[int, ColumnFigures], sample: Sample, left_out: set[int]
) -> Metric:
    """Return the distance of the values as they are."""
    used = [place for place, j in enumerate(columns.numbers) if j not in left_out]
    deviations = [figures[columns.numbers[place]].deviation for place in used]
    median = float(np.median(deviations)) if deviations else 1.0
    return Metric(
        np.array(used, dtype=np.intp),
        _medians(sample, used),
        np.ones(len(used)),
        median**2 if median > 0 else 1.0,
    )


def metric_scaled(
    columns: Columns, figures: dict[int, ColumnFigures], sample: Sample, left_out: set[int]
) -> Metric:
    """Return the distance of scaled values.

    Numbers are divided by their standard deviation; columns of two values by their range, so
    that they count as categories do.
    """
    used, scale = [], []
    for place, j in enumerate(columns.numbers):
        one = figures[j]
        width = one.high - one.low if one.n_distinct == 2 else one.deviation
        if j not in left_out and 0 < width < np.inf:
            used.append(place)
            scale.append(width)
    return Metric(
        np.array(used, dtype=np.intp), _medians(sample, used), np.array(scale, dtype=float), 1.0
    )


def _medians(sample: Sample, used: list[int]) -> np.ndarray:
    centers = np.zeros(len(used))
    for i, place in enumerate(used):
        values = sample.numbers[:, place]
        values = values[np.isfinite(values)]
        centers[i] = np.median(values) if len(values) else 0.0
    return centers


def shares_of_distance(metric: Metric, sample: Sample) -> np.ndarray:
    """Return which share of a squared distance between numbers each column makes up.

    It is the mean over pairs of drawn rows, so that a few rows far out count as pairs, not by
    how far out they are.
    """
    numbers = metric.scaled(sample.numbers[metric.usable(sample.numbers)])
    random_state = np.random.RandomState(0)
    one, other = random_state.randint(len(numbers), size=(2, _PAIRS))
    squares = (numbers[one] - numbers[other]) ** 2
    total = squares.sum(axis=1)
    apart = total > 0
    if not apart.any():
        return np.zeros(len(metric.used))
    return np.asarray((squares[apart] / total[apart, np.newaxis]).mean(axis=0))
