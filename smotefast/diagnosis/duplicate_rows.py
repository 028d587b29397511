"""Which drawn rows come again in the data, with the same label and with others.

Blocks flow in; for each drawn row the number of rows like it flows out, counted among all
rows. Rows are alike if 64 bits made of all their values are: that any two different ones of a
million are taken for one has a chance of 3 in 100 million.
"""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.metric import mixed_bits

_STEP = 0x9E3779B97F4A7C15


class Repeats:
    """Counts rows that are like drawn ones.

    Parameters
    ----------
    bits, classes
        Of the drawn rows: ``row_bits``, and the class of each.
    """

    def __init__(self, bits: np.ndarray, classes: np.ndarray) -> None:
        self._alike = _Tally(bits)
        self._same_class = _Tally(_with_class(bits, classes))

    def see(self, bits: np.ndarray, classes: np.ndarray) -> None:
        """Count rows of the data."""
        self._alike.count(bits)
        self._same_class.count(_with_class(bits, classes))

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how many rows are like each drawn row, and how many of these in its class."""
        return self._alike.result(), self._same_class.result()


class _Tally:
    """Counts how often some numbers come."""

    def __init__(self, bits: np.ndarray) -> None:
        self._known, self._places = np.unique(bits, return_inverse=True)
        self._counts = np.zeros(len(self._known), dtype=np.int64)

    def count(self, bits: np.ndarray) -> None:
        if not len(self._known):
            return
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
