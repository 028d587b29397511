"""Duplicates of the sampled rows among all rows, in the same class and in others.

Rows count as duplicates if their 64-bit hashes are equal. The probability of any collision
among a million different rows is about 3 in 100 million.
"""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.metric import mix_bits
from smotefast.neighbors.row_hashes import hash_rows


class DuplicateCounter:
    """Counts the rows that equal each of a set of rows, block by block.

    Parameters
    ----------
    hashes, classes
        ``row_hashes`` of these rows, and the class of each.
    """

    def __init__(self, hashes: np.ndarray, classes: np.ndarray) -> None:
        self._in_all = _HashCounts(hashes)
        self._in_class = _HashCounts(_with_class(hashes, classes))

    def add(self, hashes: np.ndarray, classes: np.ndarray) -> None:
        """Count rows of the data."""
        self._in_all.add(hashes)
        self._in_class.add(_with_class(hashes, classes))

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how many rows equal each row, itself included: in all, and in its class."""
        return self._in_all.counts(), self._in_class.counts()


class _HashCounts:
    """Counts how often known hashes occur."""

    def __init__(self, hashes: np.ndarray) -> None:
        self._known, self._indices = np.unique(hashes, return_inverse=True)
        self._counts = np.zeros(len(self._known), dtype=np.int64)

    def add(self, hashes: np.ndarray) -> None:
        if not len(self._known):
            return
        indices = np.searchsorted(self._known, hashes)
        indices[indices == len(self._known)] = 0
        matches = indices[self._known[indices] == hashes]
        self._counts += np.bincount(matches, minlength=len(self._known))

    def counts(self) -> np.ndarray:
        return np.asarray(self._counts[self._indices])


def row_hashes(numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return a 64-bit hash of each row; 0.0 equals -0.0, and NaN equals NaN."""
    values = numbers + 0.0  # -0.0 becomes 0.0
    values[np.isnan(values)] = np.nan  # one of many bit patterns
    return hash_rows(values, codes)


def _with_class(hashes: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return mix_bits(hashes + classes.astype(np.uint64))
