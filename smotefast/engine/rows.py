"""The rows of a class, wherever they are: what ``prepare`` may ask of the data."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from smotefast.engine.mixed_recipes import counts_by_class
from smotefast.engine.sampling_strategy import Counts, class_codes, class_counts
from smotefast.neighbors import Neighbors, find_neighbors


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

    def nearest(
        self,
        asked: dict[Any, np.ndarray],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> dict[Any, Neighbors]:
        """Find the k nearest rows of any class, by position in the whole data.

        ``asked`` holds positions of the rows to search for, ascending, by class; all are
        searched for at once. The other arguments are those of ``find_neighbors``.
        """
        ...

    def matrix_at(self, positions: np.ndarray) -> Any:
        """Return rows of any class."""
        ...

    def everything(self) -> tuple[Any, np.ndarray]:
        """Return all rows and the label of each."""
        ...

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category, for rows of categories.

        One array of shape (n_categories, n_classes) a column; classes in label order.
        """
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

    @cached_property
    def sizes(self) -> Counts:
        """Rows of each class, in label order."""
        return class_counts(self._y)

    @property
    def labels(self) -> np.ndarray:
        """The classes, in label order, in the type of the target."""
        return np.array(list(self.sizes), dtype=self._y.dtype)

    @cached_property
    def codes(self) -> np.ndarray:
        """The place of each row's class in the label order, shape (n_samples,), int32."""
        return class_codes(self._y, self.sizes)

    def positions(self, label: Any) -> np.ndarray:
        """Return where the rows of one class stand, ascending."""
        return np.flatnonzero(self._y == label)

    def of_classes(self, labels: Collection[Any]) -> np.ndarray:
        """Tell which rows are of one of some classes, shape (n_samples,), bool."""
        is_one = np.array([label in labels for label in self.sizes])
        return np.asarray(is_one[self.codes])

    def matrix(self, label: Any) -> Any:
        """Return the rows of one class."""
        return self.matrix_at(self.positions(label))

    def matrix_at(self, positions: np.ndarray) -> Any:
        """Return rows of any class."""
        rows: Any = self._matrix[positions]
        if isinstance(rows, np.ndarray):
            return np.ascontiguousarray(rows)
        if hasattr(rows, "sum_duplicates"):  # sparse: a copy; this also sorts the indices
            rows.sum_duplicates()
        return rows

    def some(self, positions: np.ndarray) -> MatrixRows:
        """Return some of the rows, in any order, as data of their own."""
        return MatrixRows(self._matrix[positions], self._y[positions])

    def nearest(
        self,
        asked: dict[Any, np.ndarray],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> dict[Any, Neighbors]:
        """Find the k nearest rows of any class, by position in the whole data."""

        def find(positions: np.ndarray) -> Neighbors:
            return find_neighbors(
                self._matrix,
                k,
                queries=positions,
                search=search,
                n_threads=n_threads,
                estimator=estimator,
                in_all=True,
            )

        if estimator is not None or len(asked) < 2:
            return {label: find(positions) for label, positions in asked.items()}
        rows = np.sort(np.concatenate(list(asked.values())))
        found = find(rows)
        return {
            label: found._replace(indices=found.indices[np.searchsorted(rows, positions)])
            for label, positions in asked.items()
        }

    def everything(self) -> tuple[Any, np.ndarray]:
        """Return all rows and the label of each."""
        return self._matrix, self._y

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category, for rows of categories."""
        return counts_by_class(self._matrix, self._y)
