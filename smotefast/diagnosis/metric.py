"""The distance of the diagnosis: numbers as they are or scaled, and a constant per category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smotefast.batch.shuffle_keys import ShuffleKeys
from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.sample import Sample

# Largest random shift of a row to break ties, as a share of what a differing category counts:
# too little to change the order of two different distances.
_TIE_BREAK = 1e-4


@dataclass(frozen=True)
class Metric:
    """A distance between rows."""

    used: np.ndarray  # which columns of ``Sample.numbers`` count
    center: np.ndarray  # what is subtracted from these columns
    scale: np.ndarray  # what they are then divided by
    weight: float  # what a differing category adds to a squared distance

    def is_complete(self, numbers: np.ndarray) -> np.ndarray:
        """Return a mask of the rows with a finite number in each column that counts."""
        return np.asarray(np.isfinite(numbers[:, self.used]).all(axis=1))

    def searchable(self, numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the indices of the rows that have a distance to others."""
        if not len(self.used) and not codes.shape[1]:
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(self.is_complete(numbers))

    def coordinates(self, numbers: np.ndarray, priority: np.ndarray) -> np.ndarray:
        """Return rows with Euclidean distances.

        ``priority`` breaks ties: of the rows at one distance to a query, those with lower
        numbers come first. It is in [0, 1) for rows of the data, and 0 for queries.
        """
        shift = _TIE_BREAK * np.sqrt(self.weight) * priority
        return np.asarray(np.column_stack([self.scaled(numbers), shift]))

    def scaled(self, numbers: np.ndarray) -> np.ndarray:
        """Return the columns that count, centered and scaled."""
        return np.asarray((numbers[:, self.used] - self.center) / self.scale)


def make_metric(facts: Facts, sample: Sample) -> Metric:
    """Return the distance of the values as they are, or scaled if few columns dominate it.

    Scaled numbers are divided by their standard deviation; columns of two values by their
    range, so that they count as categories do. As they are, a differing category counts as
    the median of the standard deviations, as in SMOTENC.
    """
    numbers = facts.columns.numbers
    used = [i for i, j in enumerate(numbers) if j not in facts.excluded]
    scale = np.array([_width(facts.figures[j]) for j in numbers])
    if facts.dominant:
        used = [i for i in used if 0 < scale[i] < np.inf]
        weight = 1.0
    else:
        median = np.median([facts.figures[numbers[i]].deviation for i in used] or [1.0])
        weight = float(median**2) or 1.0
        scale = np.ones(len(numbers))
    center = np.array([_median(sample.numbers[:, i]) for i in used], dtype=float)
    index = np.array(used, dtype=np.intp)
    return Metric(index, center, scale[index], weight)


def _width(figures: ColumnFigures) -> float:
    return figures.high - figures.low if figures.n_distinct == 2 else figures.deviation


def _median(values: np.ndarray) -> float:
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else 0.0


def random_priorities(start: int, n_rows: int) -> np.ndarray:
    """Return a pseudorandom number in [0, 1) for each row of a block."""
    return np.asarray(ShuffleKeys(0).of_rows(start, n_rows) / 2.0**64)
