"""Which drawn rows come again in the data, with the same label and with others.

Blocks flow in; for each drawn row the number of rows like it flows out, counted among all
rows. Rows are alike if 64 bits made of all their values are: two different rows of a million
are taken for one with a chance of one in ten million.
"""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.metric import mixed_bits
from smotefast.diagnosis.sample import Sample

_STEP = 0x9E3779B97F4A7C15


class Repeats:
    """Counts rows that are like drawn ones."""

    def __init__(self, sample: Sample) -> None:
        bits = row_bits(sample.numbers, sample.codes)
        self._alike = _Tally(bits)
        self._same_class = _Tally(_with_class(bits, sample.classes))

    def see(self, numbers: np.ndarray, codes: np.ndarray, classes: np.ndarray) -> None:
        """Count the rows of a block."""
        bits = row_bits(numbers, codes)
        self._alike.count(bits)
        self._same_class.count(_with_class(bits, classes))

    def within(self) -> np.ndarray:
        """Tell which drawn rows come again in their class."""
        return self._same_class.result() > 1

    def across(self) -> np.ndarray:
        """Tell which drawn rows come again in another class."""
        return self._alike.result() > self._same_class.result()


class _Tally:
    """Counts how often some numbers come."""

    def __init__(self, bits: np.ndarray) -> None:
        self._known, self._places = np.unique(bits, return_inverse=True)
        self._counts = np.zeros(len(self._known), dtype=np.int64)

    def count(self, bits: np.ndarray) -> None:
        places = np.searchsorted(self._known, bits)
        places[places == len(self._known)] = 0
        found = places[self._known[places] == bits]
        self._counts += np.bincount(found, minlength=len(self._known))

    def result(self) -> np.ndarray:
        return np.asarray(self._counts[self._places])


def row_bits(numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return 64 bits for each row, the same for rows of the same values."""
    bits = np.zeros(len(numbers), dtype=np.uint64)
    for j, column in enumerate([*numbers.T, *codes.T]):
        if column.dtype.kind == "f":
            column = column + 0.0  # -0.0 becomes 0.0
            column[np.isnan(column)] = np.nan  # of its many forms one
            column = column.view(np.uint64)
        bits += mixed_bits(column.astype(np.uint64) ^ np.uint64(_STEP * (j + 1) % 2**64))
    return bits


def _with_class(bits: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return mixed_bits(bits + classes.astype(np.uint64) + np.uint64(_STEP))
