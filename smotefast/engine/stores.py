"""The stores that classes were condensed to, kept until somebody asks for classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.engine.nearest_classes import NearestClasses
from smotefast.engine.rows import MatrixRows


class Stores:
    """Rows and classes of each store, and the classifiers that they make.

    Parameters
    ----------
    how
        Who classifies.
    labels
        The classes, in label order.
    """

    def __init__(self, how: NearestClasses, labels: np.ndarray) -> None:
        self._how = how
        self._labels = labels
        self._kept: list[tuple[Any, np.ndarray]] = []

    def keep(self, rows: MatrixRows, store: np.ndarray) -> None:
        """Keep copies of the rows at some positions."""
        self._kept.append((rows.matrix_at(store), rows.codes[store]))

    def classifiers(self) -> list[Any]:
        """Return a classifier for each store, fitted."""
        return [self._how.fitted(rows, codes, self._labels) for rows, codes in self._kept]
