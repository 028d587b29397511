"""Samplers that classify by a store, and the stores, kept until classifiers are asked for."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from smotefast.engine.nearest_classes import NearestClasses
from smotefast.engine.quota import Counts
from smotefast.engine.rows import MatrixRows
from smotefast.engine.selector import BaseCleaner


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


class StoreSampler(BaseCleaner):
    """Base of samplers that classify the rows of a class by a store."""

    _made_by_resampling: ClassVar[tuple[str, ...]] = (
        *BaseCleaner._made_by_resampling,
        "_stores",
    )

    _stores: Stores

    n_neighbors: Any
    n_seeds_S: int

    def _refuse_by_counts(self, counts: Counts, quota: Counts) -> None:
        how = NearestClasses(type(self).__name__, self.n_neighbors, 1)
        if any(counts[label] > self.n_seeds_S for label in quota):
            how.refuse_few(min(counts.values()) + self.n_seeds_S)

    @property
    def estimators_(self) -> list[Any]:
        """A classifier for each class that may lose rows, fitted on its store."""
        if not hasattr(self, "_stores"):
            raise AttributeError(f"This {type(self).__name__} has no estimators_ yet.")
        return self._stores.classifiers()
