"""Rows of a job as its over-sampler sees them: some classes in memory, the rest in files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from smotefast._row_files import RowFile
from smotefast._typing import Rows
from smotefast.batch.file_of_all_rows import find_in_file, write_blocks
from smotefast.batch.gathering import ClassFiles, ClassMatrices
from smotefast.batch.reading import FileReader, NumberReader, joined_blocks
from smotefast.batch.scan import label_codes
from smotefast.engine.mixed_recipes import MixedFile, MixedMatrix
from smotefast.engine.recipes import ConsecutivePositions
from smotefast.engine.rows import Pool, pool_in_memory
from smotefast.neighbors import FileNeighbors, Neighbors, saved
from smotefast.neighbors.streaming import StreamingNeighbors
from smotefast.tables.categories import encode_arrow
from smotefast.tables.column_types import is_missing


def refuse_estimator(parameter: Any) -> None:
    """Refuse a user's neighbor estimator for a search among all rows."""
    if hasattr(parameter, "kneighbors"):
        raise ValueError(
            f"{type(parameter).__name__} cannot search rows in files. Give a "
            "number of neighbors, or resample in memory with fit_resample."
        )


class FileRows:
    """Numeric rows of the classes to over-sample, and searches among the rows of all classes.

    Offers what ``engine.rows.CrossClassRows`` declares.

    Parameters
    ----------
    reader
        The numeric columns of all rows.
    in_memory
        Classes to over-sample.
    in_files
        The others of these classes, for samplers that take files.
    """

    def __init__(
        self, reader: NumberReader, in_memory: ClassMatrices, in_files: ClassFiles
    ) -> None:
        self.n_samples = reader.files.source.n_rows
        self._reader, self._in_files = reader, in_files
        self._matrices, self._positions = in_memory.matrices, in_memory.positions

    def matrix(self, label: Any) -> Rows:
        """Return the rows of a class."""
        in_file = self._in_files.matrices.get(label)
        return self._matrices[label] if in_file is None else in_file

    def positions(self, label: Any) -> Rows:
        """Return the positions of the rows of a class in the files, ascending."""
        in_file = self._in_files.positions.get(label)
        return self._positions[label] if in_file is None else in_file

    def find_neighbors(
        self,
        queries: dict[Any, Any],
        k: int,
        *,
        search: str,
        n_threads: int,
        estimator: Any = None,
    ) -> Mapping[Any, Neighbors | FileNeighbors]:
        """Find the k nearest rows of any class, exactly, in one pass over the files.

        If a class is in a file, all rows are written to a file once, and searched there.
        """
        refuse_estimator(estimator)
        if not k < self.n_samples:
            raise ValueError(
                f"k={k} neighbors need at least {k + 1} rows; there are {self.n_samples}. "
                "Lower the number of neighbors."
            )
        if not queries:
            return {}
        if self._in_files.matrices:
            return find_in_file(self._all_rows, queries, k, n_threads=n_threads)
        found = saved(lambda: self._find_neighbors(queries, k, n_threads))
        return dict(zip(queries, found, strict=True))

    def _find_neighbors(
        self, queries: dict[Any, np.ndarray], k: int, n_threads: int
    ) -> list[Neighbors]:
        searches = [
            self._search(label, positions, k, n_threads) for label, positions in queries.items()
        ]
        blocks = self._reader.blocks("finding neighbors among all rows")
        for start, values in joined_blocks(blocks, self._reader.files.pool_rows):
            for each in searches:
                each.add_block(values, start)
        return [Neighbors(each.positions, "exact") for each in searches]

    def _search(
        self, label: Any, positions: np.ndarray, k: int, n_threads: int
    ) -> StreamingNeighbors:
        """Return a search for rows of a class, copied only if they are not the whole class."""
        rows = self._matrices[label]
        if len(positions) < len(rows):
            rows = rows[np.searchsorted(self._positions[label], positions)]
        n_at_once = self._reader.files.query_rows
        return StreamingNeighbors(
            rows, k, positions=positions, n_threads=n_threads, n_at_once=n_at_once
        )

    @cached_property
    def _all_rows(self) -> RowFile:
        """All rows in a temporary file."""
        blocks = self._reader.blocks("finding neighbors among all rows")
        return write_blocks(blocks, self._reader.empty_file(self.n_samples))

    def pool_of(self, neighbors: Rows) -> Pool:
        """Return the rows that some neighbors are; all rows, if they are in a file."""
        if self._in_files.matrices:
            return Pool(self._all_rows, ConsecutivePositions(range(self.n_samples)), neighbors)
        return pool_in_memory(self.rows_at, neighbors[:])

    def rows_at(self, positions: np.ndarray) -> Rows:
        """Return rows of any class by ascending position; reads the files if necessary."""
        if self._in_files.matrices:
            return self._all_rows.selected(positions)
        for label, in_memory in self._positions.items():
            if np.isin(positions, in_memory).all():
                return self._matrices[label][np.searchsorted(in_memory, positions)]
        rows = self._reader.empty(len(positions))
        for block, values in self._reader.rows_at(positions):
            rows[block] = values
        return rows


class CategoryFileRows:
    """Rows of the classes to over-sample, with categories as codes.

    Offers what ``engine.rows.CategoryRows`` declares.

    Parameters
    ----------
    reader
        The files.
    columns
        Names of the categorical columns.
    categories
        Categories of each column, by code.
    matrices
        Rows of each class: a ``MixedMatrix``, a ``MixedFile``, or an array of codes.
    positions
        Their positions in the files, ascending.
    """

    def __init__(
        self,
        reader: FileReader,
        columns: list[str],
        categories: list[list[Any]],
        matrices: dict[Any, MixedMatrix | MixedFile | np.ndarray],
        positions: dict[Any, Rows],
    ) -> None:
        self.n_samples = reader.source.n_rows
        self._reader = reader
        self._columns = columns
        self._categories = categories
        self._matrices = matrices
        self._positions = positions

    def matrix(self, label: Any) -> MixedMatrix | MixedFile | np.ndarray:
        """Return the rows of a class."""
        return self._matrices[label]

    def positions(self, label: Any) -> Rows:
        """Return the positions of the rows of a class in the files, ascending."""
        return self._positions[label]

    def category_counts(self) -> list[np.ndarray]:
        """Count the rows of each class that have each category, in a pass over the files."""
        reader = self._reader
        n_classes = len(reader.labels)
        codes = [
            {_key(value): code for code, value in enumerate(of)} for of in self._categories
        ]
        counts = [np.zeros((len(of), n_classes), dtype=np.int64) for of in self._categories]
        columns = [reader.target, *self._columns]
        for _, batch in reader.batches(columns, "counting categories"):
            labels = label_codes(batch.column(0), reader.labels)
            for j, column in enumerate(batch.columns[1:]):
                _add_counts(column, labels, codes[j], counts[j])
        return counts


def _add_counts(
    column: pa.Array, labels: np.ndarray, codes: dict[Any, int], counts: np.ndarray
) -> None:
    """Add the rows of a batch by category and class; other categories are not counted."""
    n_classes = counts.shape[1]
    encoded = encode_arrow(column)
    pairs = encoded.codes * np.int64(n_classes) + labels
    in_batch = np.bincount(pairs, minlength=len(encoded.categories) * n_classes)
    for value, by_class in zip(
        encoded.categories, in_batch.reshape(-1, n_classes), strict=True
    ):
        code = codes.get(_key(value))
        if code is not None:
            counts[code] += by_class


def _key(value: Any) -> Any:
    return None if is_missing(value) else value
