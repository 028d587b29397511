"""The data as samplers read them: protocols for rows in memory and in files.

``needs().reads`` of a sampler tells which protocol its ``prepare`` uses. ``MatrixRows`` offers
all of them; the rows of a job on files offer what the job has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from smotefast._row_files import RowFile
from smotefast._typing import Label, Matrix, Rows
from smotefast.engine.class_counts import Counts, class_codes, class_counts, counts_by_class
from smotefast.engine.recipes import Positions
from smotefast.neighbors import FileNeighbors, Neighbors, find_neighbors


class Pool(NamedTuple):
    """Rows that are neighbors.

    Attributes
    ----------
    rows, positions
        The rows, and perhaps others, and their positions in the whole data.
    neighbors
        Indices of these rows, in the shape of the table of neighbors.
    """

    rows: Matrix | RowFile
    positions: Positions
    neighbors: Rows


class ClassPositions(Protocol):
    """Positions of the rows of each class; for samplers that read "nothing".

    Attributes
    ----------
    n_samples
        Number of rows of the whole data.
    """

    n_samples: int

    def positions(self, label: Label) -> np.ndarray:
        """Return the positions of the rows of a class in the whole data, ascending."""
        ...


class ClassRows(ClassPositions, Protocol):
    """Rows of the classes that change; for samplers that read "classes"."""

    def matrix(self, label: Label) -> Any:
        """Return the rows of a class.

        A C-contiguous array or a canonical CSR matrix; for samplers of categories a
        ``MixedMatrix``, or an array of codes.
        """
        ...


class CrossClassRows(ClassRows, Protocol):
    """The same, and their nearest rows of any class; for samplers that read "neighbors"."""

    def find_neighbors(
        self,
        queries: dict[Label, np.ndarray],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> Mapping[Label, Neighbors | FileNeighbors]:
        """Find the k nearest other rows of any class, as positions in the whole data.

        ``queries`` holds positions of rows, ascending, by class. The other parameters are those
        of ``neighbors.find_neighbors``.
        """
        ...

    def rows_at(self, positions: np.ndarray) -> Matrix | RowFile:
        """Return rows of any class."""
        ...

    def pool_of(self, neighbors: Rows) -> Pool:
        """Return the rows that some neighbors are, by positions in the whole data."""
        ...


class CategoryRows(ClassRows, Protocol):
    """Rows of categories, as integer codes; for SMOTEN."""

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category, over the whole data.

        One array of shape (n_categories, n_classes) per column; classes in label order.
        """
        ...


class AllRows(CrossClassRows, CategoryRows, Protocol):
    """All rows in memory; for samplers that read "everything"."""

    def rows_at(self, positions: np.ndarray) -> Matrix:
        """Return rows of any class."""
        ...

    def all_rows(self) -> tuple[Matrix, np.ndarray]:
        """Return the matrix of all rows and the label of each."""
        ...


class MatrixRows:
    """Rows of a matrix in memory; offers all of the protocols.

    Parameters
    ----------
    matrix
        Array, CSR matrix or ``MixedMatrix`` of shape (n_samples, n_features), or None if the
        sampler reads no values.
    y
        Labels of shape (n_samples,).
    """

    def __init__(self, matrix: Any, y: np.ndarray) -> None:
        self.n_samples = len(y)
        self.values = matrix
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

    def positions(self, label: Label) -> np.ndarray:
        """Return the positions of the rows of a class, ascending."""
        return np.flatnonzero(self._y == label)

    def in_classes(self, labels: Collection[Label]) -> np.ndarray:
        """Return whether each row belongs to one of these classes, shape (n_samples,), bool."""
        is_in = np.array([label in labels for label in self.sizes])
        return np.asarray(is_in[self.codes])

    def matrix(self, label: Label) -> Any:
        """Return the rows of a class."""
        return self.rows_at(self.positions(label))

    def rows_at(self, positions: np.ndarray) -> Any:
        """Return rows of any class."""
        rows: Any = self.values[positions]
        if isinstance(rows, np.ndarray):
            return np.ascontiguousarray(rows)
        if hasattr(rows, "sum_duplicates"):  # sparse: a copy; this also sorts the indices
            rows.sum_duplicates()
        return rows

    def pool_of(self, neighbors: Rows) -> Pool:
        """Return the rows that some neighbors are."""
        return pool_in_memory(self.rows_at, neighbors[:])

    def subset(self, positions: np.ndarray) -> MatrixRows:
        """Return a subset of the rows, in any order, as separate data."""
        return MatrixRows(self.values[positions], self._y[positions])

    def find_neighbors(
        self,
        queries: dict[Label, np.ndarray],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> dict[Label, Neighbors]:
        """Find the k nearest other rows of any class, as positions in the whole data."""

        def find(positions: np.ndarray) -> Neighbors:
            return find_neighbors(
                self.values,
                k,
                queries=positions,
                search=search,
                n_threads=n_threads,
                estimator=estimator,
                cross_class=True,
            )

        if estimator is not None or len(queries) < 2:
            return {label: find(positions) for label, positions in queries.items()}
        all_queries = np.sort(np.concatenate(list(queries.values())))
        neighbors = find(all_queries)
        return {
            label: neighbors._replace(
                indices=neighbors.indices[np.searchsorted(all_queries, positions)]
            )
            for label, positions in queries.items()
        }

    def all_rows(self) -> tuple[Any, np.ndarray]:
        """Return the matrix of all rows and the label of each."""
        return self.values, self._y

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category."""
        return counts_by_class(self.values, self._y)


def pool_in_memory(rows_at: Callable[[np.ndarray], Any], neighbors: np.ndarray) -> Pool:
    """Return each row once that some neighbors are; ``rows_at`` takes positions."""
    positions, indices = np.unique(neighbors, return_inverse=True)
    indices = indices.reshape(neighbors.shape).astype(neighbors.dtype)
    return Pool(rows_at(positions), positions, indices)
