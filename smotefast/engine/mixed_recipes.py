"""Rows of numbers and categories, and how new ones are made.

``MixedMatrix`` is what a class's rows look like; ``MixedInterpolate`` makes new rows
whose numbers lie between two rows and whose categories are voted for; ``Modal`` makes rows
of categories only, by vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.engine.majority_vote import elected
from smotefast.engine.recipes import Copy, Interpolate, Origins, Smooth


@dataclass(frozen=True)
class MixedMatrix:
    """Rows of numbers and, beside them, of categories by number.

    Attributes
    ----------
    numbers
        Shape (n_rows, n_numeric): an array, or a CSR matrix of which rows are taken.
    codes
        Shape (n_rows, n_categorical), int32.
    """

    numbers: Any
    codes: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of both kinds."""
        return self.codes.shape[0], self.numbers.shape[1] + self.codes.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        dtype: np.dtype[Any] = self.numbers.dtype
        return dtype

    def __getitem__(self, rows: Any) -> MixedMatrix:
        """Return some rows; of a slice of arrays a view."""
        numbers = self.numbers[rows]
        if not isinstance(numbers, np.ndarray):
            numbers = numbers.toarray()
        if not isinstance(rows, slice):
            numbers = np.ascontiguousarray(numbers)
        return MixedMatrix(numbers, self.codes[rows])


@dataclass(frozen=True)
class MixedInterpolate:
    """New rows between a row and a neighbour, with the categories of most neighbours.

    Attributes
    ----------
    numbers
        How the numbers are made.
    codes
        Categories of the class's rows, shape (n_rows, n_categorical).
    picks
        Which of several categories with most votes a new row gets; None where none share
        them.
    """

    numbers: Interpolate
    codes: np.ndarray
    picks: np.ndarray | None

    @property
    def origins(self) -> Origins:
        """Where the new rows come from."""
        return self.numbers.origins

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        return self.numbers.dtype

    def fill(self, start: int, stop: int, out: MixedMatrix, *, n_threads: int) -> None:
        """Write the new rows ``start..stop`` of the class into ``out``."""
        self.numbers.fill(start, stop, out.numbers, n_threads=n_threads)
        neighbors = self.origins.neighbors
        assert neighbors is not None
        rows = self.origins.draws.choices(start, stop) // neighbors.shape[1]
        picks = None if self.picks is None else self.picks[start:stop]
        elected(self.codes, neighbors, rows, picks, out.codes, n_threads=n_threads)


@dataclass(frozen=True)
class Modal:
    """New rows of categories: in each column what most of a row and its neighbours have.

    Attributes
    ----------
    origins
        Where the new rows come from.
    modes
        What most have, for each row of the class, shape (n_rows, n_columns), int32.
    """

    origins: Origins
    modes: np.ndarray

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the codes."""
        return np.dtype(self.modes.dtype)

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the new rows ``start..stop`` of the class into ``out``."""
        np.take(self.modes, self.origins.draws.choices(start, stop), axis=0, out=out)


def first_rows(codes: np.ndarray) -> list[np.ndarray]:
    """Return for each column the first row that has each of its categories."""
    if not len(codes):
        return [np.empty(0, dtype=np.int64) for _ in codes.T]
    backwards = np.arange(len(codes) - 1, -1, -1)
    firsts = []
    for column in codes.T:
        first = np.full(int(column.max()) + 1, -1, dtype=np.int64)
        first[column[::-1]] = backwards  # of several, the last one written stays
        firsts.append(first)
    return firsts


def counts_by_class(codes: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Count for each column the rows of each class that have each category.

    Parameters
    ----------
    codes
        Shape (n_rows, n_columns), of all rows.
    y
        Class of each row.

    Returns
    -------
    list of arrays of shape (n_categories, n_classes)
    """
    classes, labels = np.unique(y, return_inverse=True)
    counts = []
    for column in codes.T:
        shape = (int(column.max()) + 1, len(classes))
        both = column * np.int64(len(classes)) + labels
        counts.append(np.bincount(both, minlength=shape[0] * shape[1]).reshape(shape))
    return counts


def shares_of(counts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return shares of classes from counts of shape (n_categories, n_classes)."""
    return [of / np.maximum(of.sum(axis=1, keepdims=True), 1) for of in counts]


Recipe = Interpolate | Smooth | Copy | MixedInterpolate | Modal
