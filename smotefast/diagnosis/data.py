"""Blocks of rows that a diagnosis reads, and tables in memory as such blocks.

A block holds the numbers of its rows as one float64 matrix (NaN for a missing value) and codes
of their categories, whether it comes from memory or from files.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from smotefast._typing import Matrix
from smotefast.tables import Table
from smotefast.tables.arrays import ArrayTable
from smotefast.tables.categories import EncodedColumn
from smotefast.tables.labels import label_keys
from smotefast.tables.sparse import SparseTable

Container = Literal["frame", "array", "sparse"]
BLOCK_ROWS = 1 << 16
# Sparse rows become dense blocks, which are shorter for many columns: 65,536 rows of so many
# columns would take 2 GiB. Wider rows are text or one-hot keys, where distances mean little.
WIDEST_SPARSE = 4_096
_BLOCK_VALUES = 1 << 23
# Sums of squares of larger numbers overflow float64.
_LARGEST = 1e150
# What reading a column may raise if its values are not of the type they seem to be.
_UNREADABLE = (ArithmeticError, NotImplementedError, TypeError, ValueError)


# A column of categories: int32 codes, and the categories by code.
HashedColumn = tuple[np.ndarray, dict[int, Any]]


def hashed(column: EncodedColumn) -> HashedColumn:
    """Return a column with codes that are the same in every block.

    A code is a hash of the category as text, -1 for a missing value. The probability that two
    of 1,000 categories share a code is 1 in 4,000.
    """
    hashes = [-1 if value is None else _hash(value) for value in column.categories]
    known = dict(zip(hashes, column.categories, strict=True))
    known.pop(-1, None)
    return np.array(hashes, dtype=np.int32)[column.codes], known


def _hash(value: Any) -> int:
    """Return 31 bits that differ for text and other values of the same form."""
    text = f"'{value}" if isinstance(value, str) else str(value)
    return zlib.crc32(text.encode(errors="replace")) >> 1


@dataclass(frozen=True)
class Block:
    """Consecutive rows of the data."""

    start: int  # position of the first row
    numbers: np.ndarray  # shape (n_rows, n_numbers), float64; NaN for missing values
    codes: np.ndarray  # of categories, shape (n_rows, n_categories), int32
    classes: np.ndarray  # as indices into the labels
    categories: list[dict[int, Any]]  # of each column, by code

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.numbers.shape[0])


@dataclass(frozen=True)
class Columns:
    """The columns of X, and how the diagnosis reads each."""

    names: list[Any]  # or their indices if they have none
    kinds: list[str]  # "number", "boolean", "text", "category" or "other", see ``tables``
    numbers: list[int]  # indices of the columns that are read as numbers
    categories: list[int]  # and as categories
    container: Container = "frame"  # what X is, for code

    @classmethod
    def from_kinds(
        cls,
        names: list[Any],
        kinds: list[str],
        categorical: Collection[int],
        container: Container = "frame",
    ) -> Columns:
        """Read columns of numbers as numbers, except those declared to be categorical."""
        numbers = [
            j for j, kind in enumerate(kinds) if kind == "number" and j not in categorical
        ]
        categories = [j for j, kind in enumerate(kinds) if j not in numbers and kind != "other"]
        return cls(names, kinds, numbers, categories, container)

    @property
    def others(self) -> list[int]:
        """Indices of the columns that are excluded from distances."""
        return [j for j, kind in enumerate(self.kinds) if kind == "other"]

    def named(self, columns: Iterable[int]) -> tuple[Any, ...]:
        """Return the names of these columns."""
        return tuple(self.names[j] for j in columns)


@dataclass(frozen=True)
class Data:
    """Rows that can be read in blocks, and the class of each."""

    columns: Columns
    labels: list[Any]  # in label order
    classes: np.ndarray  # of each row, as an index into ``labels``
    # All rows in order: their numbers, and their categories column by column.
    parts: Callable[[], Iterable[tuple[Matrix, list[HashedColumn]]]]

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order; each call starts again."""
        start = 0
        for numbers, categories in self.parts():
            n_rows, width = numbers.shape
            step = max(1, min(BLOCK_ROWS, _BLOCK_VALUES // max(1, width)))
            for first in range(0, n_rows, step):
                rows = slice(first, first + step)
                columns = [(codes[rows], known) for codes, known in categories]
                yield self._block(start + first, numbers[rows], columns)
            start += n_rows

    def _block(self, start: int, numbers: Matrix, columns: list[HashedColumn]) -> Block:
        """Return a block; numbers whose squares overflow become infinite."""
        if not isinstance(numbers, np.ndarray):
            numbers = numbers.toarray()
        numbers = np.asarray(numbers, dtype=np.float64)
        too_large = np.abs(numbers) > _LARGEST
        if too_large.any():
            numbers = np.where(too_large, np.copysign(np.inf, numbers), numbers)
        codes = [codes for codes, _ in columns] or [np.empty((len(numbers), 0), np.int32)]
        classes = self.classes[start : start + len(numbers)]
        known = [categories for _, categories in columns]
        return Block(start, numbers, np.column_stack(codes), classes, known)


def class_dtype(n_classes: int) -> np.dtype[Any]:
    """Return the smallest integer type for class indices: one byte for up to 128 classes."""
    return np.min_scalar_type(-n_classes)


def open_data(table: Table, categorical: frozenset[int], y: np.ndarray) -> Data:
    """Return the rows of a table, without columns whose values cannot be read."""
    names = list(range(table.n_features)) if table.names is None else list(table.names)
    labels, codes = np.unique(y, return_inverse=True)
    classes = codes.reshape(-1).astype(class_dtype(len(labels)))

    def read(kinds: list[str]) -> Data:
        columns = Columns.from_kinds(names, kinds, categorical, _container(table))
        categories = [hashed(table.encode(j)) for j in columns.categories]
        part = _number_columns(table, columns.numbers), categories
        return Data(columns, label_keys(labels), classes, lambda: [part])

    kinds = ["number" if table.n_features <= WIDEST_SPARSE else "other"] * table.n_features
    if not table.is_sparse:
        kinds = list(table.column_types())
    try:
        return read(kinds)
    except _UNREADABLE:
        return read([_kind_if_readable(table, j, kind) for j, kind in enumerate(kinds)])


def _container(table: Table) -> Container:
    if isinstance(table, SparseTable):
        return "sparse"
    return "array" if isinstance(table, ArrayTable) else "frame"


def _kind_if_readable(table: Table, j: int, kind: str) -> str:
    """Return what a column holds; "other" if its values cannot be read."""
    try:
        _ = _number_columns(table, [j]) if kind == "number" else table.encode(j)
    except _UNREADABLE:
        return "other"
    return kind


def _number_columns(table: Table, columns: list[int]) -> Matrix:
    """Return columns as an array, or all columns of sparse rows as a CSR matrix."""
    if not columns:
        return np.empty((table.n_samples, 0))
    if table.is_sparse:
        return table.to_matrix()
    return np.asarray(table.select(columns).to_matrix())
