"""The sampled rows: up to 2,000 random rows of each class, the same ones in every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.diagnosis.data import Block, Data

# A share of 2,000 rows has a margin of error of 2.2 percentage points (two standard errors),
# and 2,000 searches among 1,000,000 rows take seconds.
SAMPLED_PER_CLASS = 2_000
# Sampled rows of all classes together: 23 classes then take as long as 10.
SAMPLED_IN_ALL = 20_000


@dataclass(frozen=True)
class Sample:
    """The sampled rows, in the order of the data."""

    positions: np.ndarray  # in the data, ascending
    classes: np.ndarray  # as indices into the labels
    numbers: np.ndarray  # shape (n_rows, n_numbers), float64
    codes: np.ndarray  # of the categories, shape (n_rows, n_categories), int32
    categories: list[dict[int, Any]]  # that the rows have, of each column, by code


def sample_positions(classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Draw rows of each class with a fixed seed; return their positions, ascending."""
    most = max(1, min(SAMPLED_PER_CLASS, SAMPLED_IN_ALL // n_classes))
    random_state = np.random.RandomState(0)
    drawn = []
    for code in range(n_classes):
        rows = np.flatnonzero(classes == code)
        if len(rows) > most:
            rows = rows[random_state.permutation(len(rows))[:most]]
        drawn.append(rows)
    return np.sort(np.concatenate(drawn))


class SampleCollector:
    """Collects the sampled rows block by block."""

    def __init__(self, data: Data) -> None:
        self._positions = sample_positions(data.classes, len(data.labels))
        self._classes = data.classes[self._positions]
        self._numbers: list[np.ndarray] = []
        self._codes: list[np.ndarray] = []
        self._categories: list[dict[int, Any]] = [{} for _ in data.columns.categories]

    def add(self, block: Block) -> None:
        """Keep the sampled rows of a block."""
        stop = block.start + block.n_rows
        first, last = np.searchsorted(self._positions, [block.start, stop])
        rows = self._positions[first:last] - block.start
        self._numbers.append(block.numbers[rows])
        self._codes.append(block.codes[rows])
        for i, known in enumerate(self._categories):
            codes = np.unique(block.codes[rows, i])
            known |= {code: block.categories[i][code] for code in codes[codes >= 0].tolist()}

    def sample(self) -> Sample:
        """Return the sampled rows of all blocks."""
        numbers, codes = np.concatenate(self._numbers), np.concatenate(self._codes)
        return Sample(self._positions, self._classes, numbers, codes, self._categories)
