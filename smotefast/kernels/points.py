"""Rows as the kernels take them: numbers and categories, or a CSR matrix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Points(NamedTuple):
    """Rows of numbers with categories beside them.

    The squared distance of two rows is the sum of the squared differences of their numbers,
    plus ``weight`` for each category that differs.

    Attributes
    ----------
    values
        Shape (n_rows, n_features), C-contiguous, float32 or float64.
    codes
        Categories as integers, shape (n_rows, n_codes), C-contiguous int32; no columns if the
        rows hold numbers only.
    weight
        Finite, not negative.
    """

    values: np.ndarray
    codes: np.ndarray
    weight: float

    def subset(self, rows: np.ndarray | slice) -> Points:
        """Return some of the rows."""
        return Points(self.values[rows], self.codes[rows], self.weight)


class CsrRows(NamedTuple):
    """A CSR matrix for kernels: column indices of a row are sorted and unique."""

    indptr: np.ndarray
    indices: np.ndarray
    data: np.ndarray
