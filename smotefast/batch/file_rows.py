"""The data as a sampler sees them in a batch job: some rows in memory, the rest in files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from smotefast.batch.reading import Reading, category_counts, number_blocks, read_rows
from smotefast.engine.mixed_recipes import MixedMatrix
from smotefast.neighbors import Neighbors
from smotefast.neighbors.streaming import NearestInBlocks


def refuse_estimator(given: Any) -> None:
    """Refuse a user's neighbour estimator for a search among all rows."""
    if hasattr(given, "kneighbors"):
        raise ValueError(
            f"{type(given).__name__} cannot search rows that stay in files. Give a "
            "number of neighbours, or resample in memory with fit_resample."
        )


class FileRows:
    """Rows of the classes that get new ones; of other rows what is asked for.

    Parameters
    ----------
    reading
        The files.
    features
        Names of the numeric columns.
    matrices
        Rows of each class: arrays.
    positions
        Where these rows stand in the files, ascending, by class.
    """

    def __init__(
        self,
        reading: Reading,
        features: list[str],
        matrices: dict[Any, np.ndarray],
        positions: dict[Any, np.ndarray],
    ) -> None:
        self.n_samples = reading.source.n_rows
        self._reading = reading
        self._features = features
        self._matrices = matrices
        self._positions = positions

    def matrix(self, label: Any) -> Any:
        """Return the rows of one class."""
        return self._matrices[label]

    def positions(self, label: Any) -> np.ndarray:
        """Return where the rows of one class stand in the files, ascending."""
        return self._positions[label]

    def find_neighbors(
        self,
        queries: dict[Any, np.ndarray],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> dict[Any, Neighbors]:
        """Find the k nearest rows of any class, exactly, in one pass over the files."""
        refuse_estimator(estimator)
        if not k < self.n_samples:
            raise ValueError(
                f"k={k} neighbours need at least {k + 1} rows; there are {self.n_samples}. "
                "Lower the number of neighbours."
            )
        if not queries:
            return {}
        places = {
            label: np.searchsorted(self._positions[label], positions)
            for label, positions in queries.items()
        }
        found = self._streamed(places, k, n_threads)
        return {label: Neighbors(indices, "exact") for label, indices in found.items()}

    def _streamed(
        self, asked: dict[Any, np.ndarray], k: int, n_threads: int
    ) -> dict[Any, np.ndarray]:
        searches = {
            label: NearestInBlocks(
                self._rows(label, places),
                self._positions[label][places],
                k,
                n_threads=n_threads,
                n_at_once=self._reading.query_rows,
            )
            for label, places in asked.items()
        }
        dtype = next(iter(self._matrices.values())).dtype
        phase = "finding neighbours among all rows"
        for start, values in number_blocks(self._reading, self._features, dtype, phase):
            for search in searches.values():
                search.offer(values, start)
        return {label: search.positions for label, search in searches.items()}

    def _rows(self, label: Any, places: np.ndarray) -> np.ndarray:
        """Return rows of a class, without a copy where it is all of them."""
        matrix = self._matrices[label]
        return matrix if len(places) == len(matrix) else matrix[places]

    def rows_at(self, positions: np.ndarray) -> np.ndarray:
        """Return rows of any class, by ascending position; a pass over the files."""
        for label, own in self._positions.items():
            if np.isin(positions, own).all():
                return self._matrices[label][np.searchsorted(own, positions)]
        dtype = next(iter(self._matrices.values())).dtype
        rows = np.empty((len(positions), len(self._features)), dtype)
        for some, values in read_rows(self._reading, self._features, dtype, positions):
            rows[some] = values
        return rows


class CategoryFileRows:
    """Rows of the classes that get new ones, with categories as codes.

    Parameters
    ----------
    reading
        The files.
    columns
        Names of the categorical columns.
    values
        What their codes stand for.
    matrices
        Rows of each class: a ``MixedMatrix``, or an array of codes.
    """

    def __init__(
        self,
        reading: Reading,
        columns: list[str],
        values: Sequence[list[Any]],
        matrices: dict[Any, MixedMatrix | np.ndarray],
    ) -> None:
        self.n_samples = reading.source.n_rows
        self._reading = reading
        self._columns = columns
        self._values = values
        self._matrices = matrices

    def matrix(self, label: Any) -> Any:
        """Return the rows of one class."""
        return self._matrices[label]

    def positions(self, label: Any) -> np.ndarray:
        """Return positions within the class: a batch job reports no provenance."""
        return np.arange(self._matrices[label].shape[0])

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category, in a pass over the files."""
        return category_counts(self._reading, self._columns, self._values)
