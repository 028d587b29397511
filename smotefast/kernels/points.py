"""Rows between which distances are taken, as kernels see them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Points(NamedTuple):
    """Rows of numbers and, beside them, of categories.

    The squared distance of two rows is the sum of the squared differences of their numbers,
    and ``weight`` for each category that differs.

    Attributes
    ----------
    values
        Shape (n_rows, n_features), C-contiguous, float32 or float64.
    codes
        Categories by number, of shape (n_rows, n_codes), C-contiguous int32; rows of numbers
        only have no columns here.
    weight
        Finite, not negative.
    """

    values: np.ndarray
    codes: np.ndarray
    weight: float
