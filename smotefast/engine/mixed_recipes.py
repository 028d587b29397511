"""Rows of numbers and categories, and the recipe of SMOTENC.

``MixedMatrix`` holds the rows of a class: numbers, and categories as integer codes.
``MixedInterpolate`` interpolates the numbers, and takes the category that most of the neighbors
have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from smotefast._row_files import RowFile
from smotefast._typing import Matrix, Rows
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.majority_vote import FilePicks, majority_votes, read_voters
from smotefast.engine.recipes import Origins, dense_rows
from smotefast.neighbors.queries import work_blocks

# Values that standard deviations are computed from at a time: 4 MB as float64.
_VALUES = 1 << 19


@dataclass(frozen=True)
class MixedMatrix:
    """Rows of numbers and of categories.

    Attributes
    ----------
    numbers
        Array or CSR matrix of shape (n_rows, n_numeric).
    codes
        Integer codes of the categories, shape (n_rows, n_categorical), int32.
    """

    numbers: Matrix
    codes: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows, and of columns of both types."""
        return self.codes.shape[0], self.numbers.shape[1] + self.codes.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the numbers."""
        return self.numbers.dtype

    def __getitem__(self, rows: slice | np.ndarray) -> MixedMatrix:
        """Return rows with dense numbers; for a slice of arrays a view."""
        numbers = dense_rows(self.numbers[rows])
        if not isinstance(rows, slice):
            numbers = np.ascontiguousarray(numbers)
        return MixedMatrix(numbers, self.codes[rows])


class MixedFile(NamedTuple):
    """The same in temporary files."""

    numbers: RowFile
    codes: RowFile


@dataclass(frozen=True)
class MixedInterpolate:
    """Samples between a base row and a neighbor, with the categories of most neighbors.

    Attributes
    ----------
    numbers
        The recipe of the numbers.
    codes
        Categories of the rows of the class, shape (n_rows, n_categorical).
    tie_picks
        Which of several categories with the most votes each sample gets, shape (n_samples,
        n_categorical); None if no votes are tied. In files if the rows are.
    """

    numbers: Interpolate
    codes: Rows
    tie_picks: np.ndarray | FilePicks | None

    @property
    def origins(self) -> Origins:
        """Where the samples come from."""
        return self.numbers.origins

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the numbers."""
        return self.numbers.dtype

    def fill(self, start: int, stop: int, out: MixedMatrix, *, n_threads: int) -> None:
        """Write the samples ``start..stop`` of the class into ``out``."""
        self.numbers.fill(start, stop, dense_rows(out.numbers), n_threads=n_threads)
        base_rows = self.origins.base_rows(start, stop)
        picks = None if self.tie_picks is None else self.tie_picks[start:stop]
        codes, neighbors = self.codes, self.origins.neighbors
        assert neighbors is not None
        if isinstance(codes, RowFile):
            codes, neighbors, base_rows = read_voters(codes, neighbors, base_rows)
        assert isinstance(neighbors, np.ndarray)
        majority_votes(codes, neighbors, base_rows, picks, out.codes, n_threads=n_threads)


def first_rows(codes: np.ndarray) -> list[np.ndarray]:
    """Return for each column the first row that has each of its categories; -1 for none."""
    if not len(codes):
        return [np.empty(0, dtype=np.int64) for _ in codes.T]
    from_last = np.arange(len(codes) - 1, -1, -1)
    firsts = []
    for column in codes.T:
        first = np.full(int(column.max()) + 1, -1, dtype=np.int64)
        first[column[::-1]] = from_last  # NumPy assigns in order: the first row comes last
        firsts.append(first)
    return firsts


def standard_deviations(rows: Rows) -> np.ndarray:
    """Return the standard deviation of each column, as NumPy does in float64.

    Rows are summed in their order, in blocks of one size: the bits are the same in memory and
    in a file.
    """
    means = _column_sums(rows) / len(rows)
    return np.asarray(np.sqrt(_column_sums(rows, means) / len(rows)))


def _column_sums(rows: Rows, center: np.ndarray | None = None) -> np.ndarray:
    """Return the sum of each column, or of the squared differences from a center."""
    sums = np.zeros(rows.shape[1])
    for block in work_blocks(len(rows), rows.shape[1], _VALUES, 1):
        values = rows[block].astype(np.float64)
        if center is not None:
            values -= center
            values *= values
        values[0] += sums
        sums = np.add.reduce(values, axis=0)
    return sums
