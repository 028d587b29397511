"""Rows of some classes as one Arrow table, gathered from batches of the files."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast.batch.gathering import check_complete, rows_of_classes
from smotefast.batch.reading import FileReader
from smotefast.engine.class_counts import Counts
from smotefast.engine.recipes import Positions
from smotefast.tables.arrow_tables import take_arrow
from smotefast.tables.categories import lookup_categories


class GatheredTable(Protocol):
    """Columns of some classes, class after class: in memory or in a file.

    Attributes
    ----------
    n_samples
        Number of rows of the whole source.
    names
        Names of the columns.
    source_rows
        Positions of the rows in the source.
    """

    n_samples: int
    names: list[str]

    @property
    def source_rows(self) -> Positions: ...  # noqa: D102  see the class

    def positions(self, label: Any) -> Positions:
        """Return the positions among these rows of those of a class."""
        ...

    def take(self, names: list[str], positions: np.ndarray) -> dict[str, pa.Array]:
        """Return values of some columns by position among these rows."""
        ...


class ClassTable:
    """Rows of some classes as one Arrow table, ``table``; see ``GatheredTable``."""

    def __init__(
        self, n_samples: int, table: pa.Table, source_rows: np.ndarray, sizes: Counts
    ) -> None:
        self.n_samples = n_samples
        self.table = table
        self.names: list[str] = table.column_names
        self.source_rows = source_rows
        self._ranges = class_ranges(sizes)

    def positions(self, label: Any) -> np.ndarray:
        """Return the positions in ``table`` of the rows of a class."""
        rows = self._ranges[label]
        return np.arange(rows.start, rows.stop)

    def take(self, names: list[str], positions: np.ndarray) -> dict[str, pa.Array]:
        """Return values of some columns by position in ``table``."""
        return {name: take_arrow(self.table.column(name), positions) for name in names}


def gather_table(reader: FileReader, columns: list[str], sizes: Counts) -> ClassTable:
    """Read columns of any type of some classes into one table."""
    builder = _TableBuilder([reader.source.schema.field(name) for name in columns], sizes)
    for label, positions, rows in rows_of_classes(reader, columns, list(sizes)):
        builder.add(label, positions, rows)
    return ClassTable(reader.source.n_rows, builder.table(), builder.source_rows(), sizes)


def class_ranges(sizes: Counts) -> dict[Any, range]:
    """Return the positions of the rows of each class, if they come class after class."""
    ends = np.cumsum(list(sizes.values()), dtype=int).tolist()
    return {
        label: range(end - sizes[label], end) for label, end in zip(sizes, ends, strict=True)
    }


class _TableBuilder:
    """Joins pieces of columns to one table, class after class."""

    def __init__(self, fields: list[pa.Field], sizes: Counts) -> None:
        self._fields, self._sizes = fields, sizes
        self._categories = {
            field.name: Categories(field.type)
            for field in fields
            if pa.types.is_dictionary(field.type)
        }
        self._pieces: dict[Any, dict[str, list[pa.Array]]]
        self._pieces = {label: {field.name: [] for field in fields} for label in sizes}
        self._n_rows = dict.fromkeys(sizes, 0)
        self._source_rows: dict[Any, list[np.ndarray]] = {label: [] for label in sizes}

    def add(self, label: Any, positions: np.ndarray, rows: pa.RecordBatch) -> None:
        """Append rows to a class; ``positions`` are those in the source."""
        self._source_rows[label].append(positions)
        for name, pieces in self._pieces[label].items():
            piece = rows.column(name)
            categories = self._categories.get(name)
            pieces.append(piece if categories is None else categories.codes(piece))
        self._n_rows[label] += rows.num_rows

    def table(self) -> pa.Table:
        """Return all rows; column by column, so that only one column is held twice."""
        check_complete(self._n_rows, self._sizes)
        joined = [self._joined(field) for field in self._fields]
        return pa.table(joined, schema=pa.schema(self._fields))

    def source_rows(self) -> np.ndarray:
        """Return the positions of all rows in the source."""
        pieces = [piece for of_class in self._source_rows.values() for piece in of_class]
        return np.concatenate([np.empty(0, np.int64), *pieces])

    def _joined(self, field: pa.Field) -> pa.Array:
        pieces = [
            piece for label in self._sizes for piece in self._pieces[label].pop(field.name)
        ]
        if field.name in self._categories:
            return self._categories[field.name].joined(pieces)
        return pa.chunked_array(pieces, type=field.type).combine_chunks()


class Categories:
    """Categories of a column in the order of their first occurrence.

    Every batch that pyarrow reads holds all categories; only codes are kept of the pieces.

    Parameters
    ----------
    dictionary_type
        Arrow type of the column.

    Attributes
    ----------
    values
        The categories so far.
    """

    def __init__(self, dictionary_type: pa.DictionaryType) -> None:
        self._type = dictionary_type
        self.values = pa.array([], type=dictionary_type.value_type)

    def codes(self, column: pa.DictionaryArray) -> pa.Array:
        """Return the codes of a piece, int32; new categories are added."""
        if self.values.equals(column.dictionary):
            return column.indices.cast(pa.int32())
        known = lookup_categories(column.dictionary, self.values)
        unknown = column.dictionary.filter(pc.is_null(known))
        if len(unknown):
            self.values = pa.concat_arrays([self.values, unknown])
        return lookup_categories(column, self.values)

    def joined(self, pieces: list[pa.Array]) -> pa.DictionaryArray:
        """Return pieces of codes as one array of the column's type.

        Raises
        ------
        ValueError
            If there are more categories than its index type can count.
        """
        codes = pa.concat_arrays(pieces) if pieces else pa.array([], pa.int32())
        try:
            codes = codes.cast(self._type.index_type)
        except pa.ArrowInvalid as error:
            raise ValueError(
                f"The files have {len(self.values)} categories in a column of type "
                f"{self._type}, more than it can count. Rewrite it with wider indices."
            ) from error
        return pa.DictionaryArray.from_arrays(codes, self.values, ordered=self._type.ordered)
