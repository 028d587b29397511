"""The rows of a class, wherever they are: what ``prepare`` may ask of the data."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class ClassRows(Protocol):
    """The data as a sampler sees it while it prepares a job.

    Attributes
    ----------
    n_samples
        Rows in the whole data.
    """

    n_samples: int

    def matrix(self, label: Any) -> Any:
        """Return the rows of one class: a C-contiguous array or a canonical CSR matrix."""
        ...

    def positions(self, label: Any) -> np.ndarray:
        """Return where the rows of one class stand in the whole data, ascending."""
        ...


class MatrixRows:
    """Class rows of a matrix in memory.

    Parameters
    ----------
    matrix
        Array or CSR matrix of shape (n_samples, n_features), or None where the sampler
        never looks at values.
    y
        Labels of shape (n_samples,).
    """

    def __init__(self, matrix: Any, y: np.ndarray) -> None:
        self.n_samples = len(y)
        self._matrix = matrix
        self._y = y

    def positions(self, label: Any) -> np.ndarray:
        """Return where the rows of one class stand, ascending."""
        return np.flatnonzero(self._y == label)

    def matrix(self, label: Any) -> Any:
        """Return the rows of one class."""
        rows = self._matrix[self.positions(label)]
        if isinstance(rows, np.ndarray):
            return np.ascontiguousarray(rows)
        rows.sum_duplicates()  # rows is a copy; this also sorts the column indices
        return rows
