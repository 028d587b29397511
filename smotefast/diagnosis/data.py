"""Blocks of rows that a diagnosis reads, and tables in memory as such blocks.

A block holds the numbers of its rows as one float64 matrix (NaN for a missing value) and
their categories as Arrow arrays, whether it comes from memory or from files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from smotefast._typing import Matrix
from smotefast.tables import Table
from smotefast.tables.labels import label_keys

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_ROWS = 1 << 16
# Sparse rows become dense blocks, which are shorter for many columns: 65,536 rows of so many
# columns would take 2 GiB. Wider rows are text or one-hot keys, where distances mean little.
WIDEST_SPARSE = 4_096
_BLOCK_VALUES = 1 << 23
# What reading a column may raise if its values are not of the type they seem to be.
_UNREADABLE = (ArithmeticError, NotImplementedError, TypeError, ValueError)


@dataclass(frozen=True)
class Block:
    """Consecutive rows of the data.

    Attributes
    ----------
    start
        Position of the first row.
    numbers
        Shape (n_rows, n_numbers), float64; NaN for missing values.
    categories
        An Arrow array for each column of categories; null for missing values.
    """

    start: int
    numbers: np.ndarray
    categories: list[pa.Array]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.numbers.shape[0])


@dataclass(frozen=True)
class Columns:
    """The columns of X, and how the diagnosis reads each.

    Attributes
    ----------
    names
        Their names, or their indices if they have none.
    kinds
        "number", "boolean", "text", "category" or "other", see ``tables.protocol``.
    numbers, categories
        Indices of the columns that are read as numbers and as categories.
    """

    names: list[Any]
    kinds: list[str]
    numbers: list[int]
    categories: list[int]

    @classmethod
    def from_kinds(cls, names: list[Any], kinds: list[str], categorical: set[int]) -> Columns:
        """Read columns of numbers as numbers, except those declared to be categorical."""
        numbers = [
            j for j, kind in enumerate(kinds) if kind == "number" and j not in categorical
        ]
        categories = [j for j, kind in enumerate(kinds) if j not in numbers and kind != "other"]
        return cls(names, kinds, numbers, categories)

    @property
    def others(self) -> list[int]:
        """Indices of the columns that are excluded from distances."""
        return [j for j, kind in enumerate(self.kinds) if kind == "other"]

    def numbers_at(self, positions: np.ndarray) -> list[int]:
        """Return the columns at positions in ``numbers``."""
        return [self.numbers[i] for i in positions]

    def named(self, columns: Sequence[int]) -> tuple[Any, ...]:
        """Return the names of these columns."""
        return tuple(self.names[j] for j in columns)


class Data(Protocol):
    """Rows that can be read in blocks, and the class of each.

    Attributes
    ----------
    columns
        The columns of X.
    labels
        The classes, in label order.
    classes
        The class of each row, as an index into ``labels``.
    """

    columns: Columns
    labels: list[Any]
    classes: np.ndarray

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order; each call starts again."""
        ...


def class_dtype(n_classes: int) -> np.dtype[Any]:
    """Return the smallest integer type for class indices: one byte for up to 128 classes."""
    return np.min_scalar_type(-n_classes)


class TableData:
    """The rows of an open table.

    Parameters
    ----------
    table
        The rows.
    columns
        How to read its columns.
    y
        Labels of shape (n_samples,).
    """

    def __init__(self, table: Table, columns: Columns, y: np.ndarray) -> None:
        self.columns = columns
        labels, classes = np.unique(y, return_inverse=True)
        self.labels = label_keys(labels)
        self.classes = classes.reshape(-1).astype(class_dtype(len(labels)))
        self._numbers = _number_columns(table, columns.numbers)
        self._categories = [_category_column(table, j) for j in columns.categories]

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order."""
        width = max(1, self._numbers.shape[1])
        step = max(1, min(BLOCK_ROWS, _BLOCK_VALUES // width))
        for start in range(0, len(self.classes), step):
            numbers = self._numbers[start : start + step]
            if not isinstance(numbers, np.ndarray):
                numbers = numbers.toarray()
            categories = [column.slice(start, step) for column in self._categories]
            yield Block(start, np.asarray(numbers, dtype=np.float64), categories)


def open_data(table: Table, categorical: frozenset[int], y: np.ndarray) -> TableData:
    """Return the rows of a table, without columns whose values cannot be read."""
    names = list(range(table.n_features)) if table.names is None else list(table.names)
    columns = Columns.from_kinds(names, _kinds_of(table), set(categorical))
    try:
        return TableData(table, columns, y)
    except _UNREADABLE:
        kinds = [_kind_if_readable(table, columns, j) for j in range(table.n_features)]
        return TableData(table, Columns.from_kinds(names, kinds, set(categorical)), y)


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
            _category_column(table, j)
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


def _category_column(table: Table, column: int) -> pa.Array:
    """Return a column as Arrow: text as a dictionary, other values as codes."""
    import pyarrow as pa

    codes, values = table.encode(column)
    missing = codes == len(values) - 1 if values and values[-1] is None else None
    indices = pa.array(codes, mask=missing)
    if not all(isinstance(value, str) or value is None for value in values):
        return indices
    known = pa.array([value for value in values if value is not None], pa.large_string())
    return pa.DictionaryArray.from_arrays(indices, known)
