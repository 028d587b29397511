"""The data as samplers read them: protocols for rows in memory and in files.

A sampler declares the protocol that it needs by ``needs().reads``. ``MatrixRows`` offers all of
them; rows of a job on files offer what the job has.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from smotefast.engine.class_counts import Counts, class_codes, class_counts
from smotefast.engine.mixed_recipes import counts_by_class
from smotefast.neighbors import Neighbors, find_neighbors


class ClassPositions(Protocol):
    """Positions of the rows of each class, for samplers that read nothing.

    Attributes
    ----------
    n_samples
        Number of rows of the whole data.
    """

    n_samples: int

    def positions(self, label: Any) -> np.ndarray:
        """Return the positions of the rows of a class in the whole data, ascending."""
        ...


class ClassRows(ClassPositions, Protocol):
    """Rows of the classes that change."""

    def matrix(self, label: Any) -> Any:
        """Return the rows of a class: a C-contiguous array or a canonical CSR matrix."""
        ...


class CrossClassRows(ClassRows, Protocol):
    """The same, and their neighbors among the rows of all classes."""

    def find_neighbors(
        self,
        queries: dict[Any, np.ndarray],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> dict[Any, Neighbors]:
        """Find the k nearest other rows of any class, as positions in the whole data.

        ``queries`` holds positions of rows, ascending, by class. The other parameters are those
        of ``neighbors.find_neighbors``.
        """
        ...

    def rows_at(self, positions: np.ndarray) -> Any:
        """Return rows of any class."""
        ...


class CategoryRows(ClassRows, Protocol):
    """Rows of categories, as integer codes."""

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category, over the whole data.

        One array of shape (n_categories, n_classes) per column; classes in label order.
        """
        ...


class AllRows(CrossClassRows, Protocol):
    """All rows in memory."""

    def all_rows(self) -> tuple[Any, np.ndarray]:
        """Return the matrix of all rows and the label of each."""
        ...


class MatrixRows:
    """Rows of a matrix in memory; offers all of the protocols.

    Parameters
    ----------
    matrix
        Array or CSR matrix of shape (n_samples, n_features), or None if the sampler does not
        read values.
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
        """The classes in label order, in the dtype of the target."""
        return np.array(list(self.sizes), dtype=self._y.dtype)

    @cached_property
    def codes(self) -> np.ndarray:
        """Index of each row's class in label order, shape (n_samples,), int32."""
        return class_codes(self._y, self.sizes)

    def positions(self, label: Any) -> np.ndarray:
        """Return the positions of the rows of a class, ascending."""
        return np.flatnonzero(self._y == label)

    def in_classes(self, labels: Collection[Any]) -> np.ndarray:
        """Return whether each row belongs to one of these classes, shape (n_samples,), bool."""
        is_in = np.array([label in labels for label in self.sizes])
        return np.asarray(is_in[self.codes])

    def matrix(self, label: Any) -> Any:
        """Return the rows of a class."""
        return self.rows_at(self.positions(label))

    def rows_at(self, positions: np.ndarray) -> Any:
        """Return rows of any class."""
        rows: Any = self._matrix[positions]
        if isinstance(rows, np.ndarray):
            return np.ascontiguousarray(rows)
        if hasattr(rows, "sum_duplicates"):  # sparse: a copy; this also sorts the indices
            rows.sum_duplicates()
        return rows

    def subset(self, positions: np.ndarray) -> MatrixRows:
        """Return a subset of the rows, in any order, as separate data."""
        return MatrixRows(self._matrix[positions], self._y[positions])

    def find_neighbors(
        self,
        queries: dict[Any, np.ndarray],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> dict[Any, Neighbors]:
        """Find the k nearest other rows of any class, as positions in the whole data."""

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

        if estimator is not None or len(queries) < 2:
            return {label: find(positions) for label, positions in queries.items()}
        every = np.sort(np.concatenate(list(queries.values())))
        found = find(every)
        return {
            label: found._replace(indices=found.indices[np.searchsorted(every, positions)])
            for label, positions in queries.items()
        }

    def all_rows(self) -> tuple[Any, np.ndarray]:
        """Return the matrix of all rows and the label of each."""
        return self._matrix, self._y

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category."""
        return counts_by_class(self._matrix, self._y)
