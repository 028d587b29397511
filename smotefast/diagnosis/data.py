"""Blocks of rows that a diagnosis reads, and tables in memory as such blocks.

A block holds the numbers of its rows as one float64 matrix (NaN for a missing value) and codes
of their categories, whether it comes from memory or from files.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

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


@dataclass(frozen=True)
class HashedColumn:
    """A column of categories with codes that are the same in every block.

    A code is a hash of the category as text, -1 for a missing value. The probability that two
    of 1,000 categories share a code is 1 in 4,000.
    """

    codes: np.ndarray  # int32
    categories: dict[int, Any]  # by code

    @classmethod
    def of(cls, column: EncodedColumn) -> HashedColumn:
        """Return the column of encoded categories."""
        categories = column.categories
        hashes = [-1 if value is None else _hash(value) for value in categories]
        codes = np.array(hashes, dtype=np.int32)[column.codes]
        known = {code: value for code, value in zip(hashes, categories, strict=True)}
        known.pop(-1, None)
        return cls(codes, known)


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


def make_block(
    start: int, numbers: Matrix, columns: Sequence[HashedColumn], classes: np.ndarray
) -> Block:
    """Return a block; numbers whose squares overflow become infinite."""
    if not isinstance(numbers, np.ndarray):
        numbers = numbers.toarray()
    numbers = np.asarray(numbers, dtype=np.float64)
    too_large = np.abs(numbers) > _LARGEST
    if too_large.any():
        numbers = np.where(too_large, np.copysign(np.inf, numbers), numbers)
    codes = [column.codes for column in columns] or [np.empty((len(numbers), 0), np.int32)]
    return Block(
        start,
        numbers,
        np.column_stack(codes),
        classes[start : start + len(numbers)],
        [column.categories for column in columns],
    )


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
        categorical: set[int],
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

    def named(self, columns: Sequence[int]) -> tuple[Any, ...]:
        """Return the names of these columns."""
        return tuple(self.names[j] for j in columns)


class Data(Protocol):
    """Rows that can be read in blocks, and the class of each."""

    columns: Columns
    labels: list[Any]  # in label order
    classes: np.ndarray  # of each row, as an index into ``labels``

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order; each call starts again."""
        ...


def class_dtype(n_classes: int) -> np.dtype[Any]:
    """Return the smallest integer type for class indices: one byte for up to 128 classes."""
    return np.min_scalar_type(-n_classes)


class TableData:
    """The rows of an open table with labels ``y``, of shape (n_samples,)."""

    def __init__(self, table: Table, columns: Columns, y: np.ndarray) -> None:
        self.columns = columns
        labels, classes = np.unique(y, return_inverse=True)
        self.labels = label_keys(labels)
        self.classes = classes.reshape(-1).astype(class_dtype(len(labels)))
        self._numbers = _number_columns(table, columns.numbers)
        self._categories = [HashedColumn.of(table.encode(j)) for j in columns.categories]

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order."""
        width = max(1, self._numbers.shape[1])
        step = max(1, min(BLOCK_ROWS, _BLOCK_VALUES // width))
        for start in range(0, len(self.classes), step):
            rows = slice(start, start + step)
            columns = [replace(each, codes=each.codes[rows]) for each in self._categories]
            yield make_block(start, self._numbers[rows], columns, self.classes)


def open_data(table: Table, categorical: frozenset[int], y: np.ndarray) -> TableData:
    """Return the rows of a table, without columns whose values cannot be read."""
    names = list(range(table.n_features)) if table.names is None else list(table.names)
    container = _container(table)
    columns = Columns.from_kinds(names, _kinds_of(table), set(categorical), container)
    try:
        return TableData(table, columns, y)
    except _UNREADABLE:
        kinds = [_kind_if_readable(table, columns, j) for j in range(table.n_features)]
        columns = Columns.from_kinds(names, kinds, set(categorical), container)
        return TableData(table, columns, y)


def _container(table: Table) -> Container:
    if isinstance(table, SparseTable):
        return "sparse"
    return "array" if isinstance(table, ArrayTable) else "frame"


def _kinds_of(table: Table) -> list[str]:
    """Return what each column holds; "other" for all columns of very wide sparse rows."""
    if not table.is_sparse:
        return list(table.column_types())
    kind = "number" if table.n_features <= WIDEST_SPARSE else "other"
    return [kind] * table.n_features


def _kind_if_readable(table: Table, columns: Columns, j: int) -> str:
    """Return what a column holds; "other" if its values cannot be read."""
    try:
        if j in columns.numbers:
            _number_columns(table, [j])
        elif j in columns.categories:
            table.encode(j)
    except _UNREADABLE:
        return "other"
    return columns.kinds[j]


def _number_columns(table: Table, columns: list[int]) -> Matrix:
    """Return columns as an array, or all columns of sparse rows as a CSR matrix."""
    if not columns:
        return np.empty((table.n_samples, 0))
    if table.is_sparse:
        return table.to_matrix()
    return np.asarray(table.select(columns).to_matrix())
