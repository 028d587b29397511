"""Categories of classes that are read batch by batch: their codes, in memory or in files.

Codes count categories as they occur, until all rows are read; then they get the order of the
sorted categories, which is that of ``encode_arrow`` for all rows at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from smotefast._row_files import RowFile
from smotefast._typing import Rows
from smotefast.batch.class_tables import Categories
from smotefast.batch.gathering import check_complete, rows_of_classes
from smotefast.batch.reading import FileReader
from smotefast.engine.class_counts import Counts
from smotefast.storage import check_resident_memory
from smotefast.tables.arrow_tables import take_arrow
from smotefast.tables.categories import as_dictionary_array, sort_categories

# Codes that are replaced at a time.
_CODES_AT_ONCE = 1 << 20


class Encoding(NamedTuple):
    """Categories of a column, in order.

    Attributes
    ----------
    codes
        The code of each category by the number that it has while rows are read.
    categories
        The category of each code; None comes last, if values are missing.
    values
        A value of the column for each code: that of the first row, class after class.
    """

    codes: np.ndarray
    categories: list[Any]
    values: pa.Array


def empty_codes(
    sizes: Counts, in_files: frozenset[Any], n_columns: int, folder: str
) -> dict[Any, Rows]:
    """Return arrays for the codes of classes; those of some classes in files."""
    shapes = {label: (n_rows, n_columns) for label, n_rows in sizes.items()}
    return {
        label: RowFile.new(folder, shape, np.int32)
        if label in in_files
        else np.empty(shape, np.int32)
        for label, shape in shapes.items()
    }


def gather_codes(
    reader: FileReader,
    columns: list[str],
    codes: Mapping[Any, Rows],
    positions: Mapping[Any, Rows],
) -> list[Encoding]:
    """Read columns of some classes; write their codes, not yet in order, and positions.

    Parameters
    ----------
    reader, columns
        The files, and the names of the columns.
    codes, positions
        By class: written, shape (n_rows, n_columns), int32, and (n_rows,), int64.

    Returns
    -------
    list
        The encoding of each column, for ``replace_codes``.
    """
    sizes = {label: len(rows) for label, rows in codes.items()}
    found = [_FoundCategories(reader.source.schema.field(name).type) for name in columns]
    filled = dict.fromkeys(sizes, 0)
    for label, at, part in rows_of_classes(reader, columns, list(sizes)):
        free = max(0, sizes[label] - filled[label])  # of a source that has changed
        rows = part.slice(0, free)
        span = slice(filled[label], filled[label] + rows.num_rows)
        positions[label][span] = at[:free]
        numbers = [
            each.numbers(label, rows.column(name), span.start)
            for each, name in zip(found, columns, strict=True)
        ]
        codes[label][span] = np.column_stack(numbers)
        filled[label] += part.num_rows
    check_complete(filled, sizes)
    encodings = []
    for each in found:
        encodings.append(each.encoding(list(sizes)))
        check_resident_memory(reader.limit)
    return encodings


def replace_codes(codes: Mapping[Any, Rows], new_codes: Sequence[np.ndarray]) -> None:
    """Replace the codes of each column by others, in blocks."""
    for rows in codes.values():
        step = max(1, _CODES_AT_ONCE // len(new_codes))
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            columns = [new[column] for new, column in zip(new_codes, block.T, strict=True)]
            rows[start : start + len(block)] = np.column_stack(columns)


class _FoundCategories:
    """Categories of a column in the order of their first occurrence; 0 is a null.

    Parameters
    ----------
    arrow_type
        Arrow type of the column.
    """

    def __init__(self, arrow_type: pa.DataType) -> None:
        self._type = arrow_type
        self._categories: Categories | None = None
        self._first: dict[Any, np.ndarray] = {}  # first row of a class with each category
        self._where: dict[Any, np.ndarray] = {}  # where its value is among the pieces
        self._pieces: list[pa.Array] = []  # values of the column, or codes of its dictionary
        self._n_values = 0

    def numbers(self, label: Any, column: pa.Array, first_row: int) -> np.ndarray:
        """Return the number of the category of each row, from row ``first_row`` of a class."""
        codes = self._codes(column)
        numbers = np.asarray(codes.fill_null(-1)) + np.int32(1)
        self._keep_values(label, column, codes, numbers, first_row)
        return numbers

    def _codes(self, column: pa.Array) -> pa.Array:
        if pa.types.is_null(column.type):
            return pa.nulls(len(column), pa.int32())
        column = as_dictionary_array(column)
        if self._categories is None:
            is_dictionary = pa.types.is_dictionary(self._type)
            self._categories = Categories(self._type if is_dictionary else column.type)
        return self._categories.codes(column)

    def _keep_values(
        self, label: Any, column: pa.Array, codes: pa.Array, numbers: np.ndarray, row: int
    ) -> None:
        """Keep the value of the first row of a class with each category."""
        n_known = 1 if self._categories is None else 1 + len(self._categories.values)
        first = _lengthened(self._first.get(label), n_known)
        where = _lengthened(self._where.get(label), n_known)
        at = np.full(n_known, -1)
        at[numbers[::-1]] = np.arange(len(numbers))[::-1]  # the first row comes last
        new = np.flatnonzero((at >= 0) & (first < 0))
        first[new], where[new] = row + at[new], self._n_values + np.arange(len(new))
        self._first[label], self._where[label] = first, where
        if len(new):
            source = codes if pa.types.is_dictionary(self._type) else column
            self._pieces.append(take_arrow(source, at[new]))
            self._n_values += len(new)

    def encoding(self, labels: list[Any]) -> Encoding:
        """Return the categories that occur, in order, and a value for each."""
        n_known = 1 if self._categories is None else 1 + len(self._categories.values)
        first = {label: _lengthened(self._first[label], n_known) for label in labels}
        used = np.flatnonzero(np.any([rows >= 0 for rows in first.values()], axis=0))
        known: list[Any] = [None] * len(used)
        if self._categories is not None:
            at = pa.array(used[used > 0] - 1)
            known[len(used) - len(at) :] = self._categories.values.take(at).to_pylist()
        sorted_codes, categories = sort_categories(np.arange(len(used)), known)
        codes = np.full(n_known, -1, dtype=np.int32)
        codes[used] = sorted_codes
        return Encoding(codes, categories, self._values(codes, first, len(categories)))

    def _values(
        self, codes: np.ndarray, first: dict[Any, np.ndarray], n_codes: int
    ) -> pa.Array:
        """Return a value for each code: equal categories may have several, such as -0.0."""
        where = np.full(n_codes, -1)
        for label, rows in first.items():
            numbers = np.flatnonzero(rows >= 0)
            numbers = numbers[np.argsort(rows[numbers])]
            numbers = numbers[where[codes[numbers]] < 0][::-1]  # the first row comes last
            where[codes[numbers]] = self._where[label][numbers]
        if self._categories is not None and pa.types.is_dictionary(self._type):
            values = self._categories.joined(self._pieces)
        else:
            values = pa.chunked_array(self._pieces, type=self._type).combine_chunks()
        return take_arrow(values, where)


def _lengthened(numbers: np.ndarray | None, size: int) -> np.ndarray:
    """Return numbers followed by -1, so many in all."""
    longer = np.full(size, -1, dtype=np.int64)
    if numbers is not None:
        longer[: len(numbers)] = numbers
    return longer
