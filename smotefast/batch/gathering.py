"""Second pass over the files: read the rows of some classes into memory.

Rows come in the order of the files: as one matrix for each class, or as one Arrow table. Rows
of other classes are skipped, whatever values they hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast.batch.reading import FileReader, NumberReader, count_unusable, values_text
from smotefast.batch.scan import label_codes
from smotefast.engine.class_counts import Counts
from smotefast.engine.rows import ClassPositions
from smotefast.storage import SourceChangedError
from smotefast.tables.arrow_columns import features_to_matrix
from smotefast.tables.arrow_tables import take_arrow
from smotefast.tables.categories import lookup_categories


@dataclass(frozen=True)
class ClassMatrices:
    """Rows of some classes in memory, by class.

    Attributes
    ----------
    matrices
        The rows.
    positions
        Their positions in the files, ascending.
    """

    matrices: dict[Any, np.ndarray]
    positions: dict[Any, np.ndarray]

    def merged(self, other: ClassMatrices) -> ClassMatrices:
        """Return the classes of both."""
        return ClassMatrices(
            {**self.matrices, **other.matrices}, {**self.positions, **other.positions}
        )


class Gathered(NamedTuple):
    """Rows as the over-sampler needs them, and classes that are in memory as matrices."""

    rows: ClassPositions
    in_memory: ClassMatrices = ClassMatrices({}, {})


class ClassTable:
    """Rows of some classes as one Arrow table, class after class.

    Attributes
    ----------
    n_samples
        Number of rows of the whole source.
    table
        The rows.
    """

    def __init__(self, n_samples: int, table: pa.Table, sizes: Counts) -> None:
        self.n_samples = n_samples
        self.table = table
        ends = np.cumsum(list(sizes.values()), dtype=int).tolist()
        self._ranges = {
            label: (end - sizes[label], end) for label, end in zip(sizes, ends, strict=True)
        }

    def positions(self, label: Any) -> np.ndarray:
        """Return the positions in ``table`` of the rows of a class."""
        return np.arange(*self._ranges[label])

    def take(self, names: list[str], positions: np.ndarray) -> dict[str, pa.Array]:
        """Return values of some columns by position in ``table``."""
        return {name: take_arrow(self.table.column(name), positions) for name in names}


def gather_matrices(
    reader: NumberReader, sizes: Counts, *, over_sampled: Collection[Any]
) -> ClassMatrices:
    """Read the numeric columns of some classes into one matrix for each.

    Parameters
    ----------
    reader
        The columns.
    sizes
        Number of rows of each class to read.
    over_sampled
        The classes that get synthetic samples, for error messages.

    Raises
    ------
    ValueError
        If a value of these rows is missing or not finite.
    """
    rows = ClassMatrices(
        {label: reader.empty(n) for label, n in sizes.items()},
        {label: np.empty(n, np.int64) for label, n in sizes.items()},
    )
    unusable = _UnusableValues(over_sampled)
    filled = dict.fromkeys(sizes, 0)
    columns = [reader.files.target, *reader.features]
    for start, batch in reader.files.batches(columns, "reading classes"):
        for label, positions, part in _split_by_class(batch, list(sizes)):
            unusable.count(part, label, reader.features)
            free = sizes[label] - filled[label]
            span = slice(filled[label], filled[label] + min(part.num_rows, free))
            rows.positions[label][span] = positions[:free] + start
            if not unusable.counts:
                values = features_to_matrix(part.columns[1:], reader.features, reader.dtype)
                rows.matrices[label][span] = values[:free]
            filled[label] += part.num_rows
    unusable.refuse()
    _check_complete(filled, sizes)
    return rows


def gather_all_rows(reader: NumberReader) -> tuple[np.ndarray, np.ndarray]:
    """Read all rows into one matrix; return it and the label of each row."""
    matrix = reader.empty(reader.files.source.n_rows)
    for start, values in reader.blocks("reading all rows"):
        matrix[start : start + len(values)] = values
    labels = np.array(reader.files.labels)
    return matrix, labels[reader.files.class_codes()]


def gather_table(reader: FileReader, columns: list[str], sizes: Counts) -> ClassTable:
    """Read columns of any type of some classes into one table."""
    builder = _TableBuilder([reader.source.schema.field(name) for name in columns], sizes)
    # The target comes first, to tell the classes apart.
    ordered = [reader.target, *(name for name in columns if name != reader.target)]
    for _, batch in reader.batches(ordered, "reading classes") if sizes else ():
        for label, _, part in _split_by_class(batch, list(sizes)):
            builder.add(label, part)
    return ClassTable(reader.source.n_rows, builder.table(), sizes)


def _split_by_class(
    batch: pa.RecordBatch, labels: list[Any]
) -> Iterator[tuple[Any, np.ndarray, pa.RecordBatch]]:
    """Yield the rows of each of some classes in their order, with their positions in the batch.

    Column 0 is the target.
    """
    codes = label_codes(batch.column(0), labels)
    members = np.flatnonzero(codes >= 0)
    order = np.argsort(codes[members], kind="stable")
    positions = members[order]
    columns = [take_arrow(column, positions) for column in batch.columns]
    rows = pa.RecordBatch.from_arrays(columns, schema=batch.schema)
    edges = np.searchsorted(codes[positions], np.arange(len(labels) + 1)).tolist()
    for label, start, stop in zip(labels, edges[:-1], edges[1:], strict=True):
        if start < stop:
            yield label, positions[start:stop], rows.slice(start, stop - start)


class _UnusableValues:
    """Counts missing and infinite values by class and column."""

    def __init__(self, over_sampled: Collection[Any]) -> None:
        self.counts: dict[tuple[Any, str], int] = {}
        self._over_sampled = over_sampled

    def count(self, rows: pa.RecordBatch, label: Any, features: list[str]) -> None:
        """Count the values of rows of a class."""
        for name in features:
            n_unusable = count_unusable(rows.column(name))
            if n_unusable:
                self.counts[label, name] = self.counts.get((label, name), 0) + n_unusable

    def refuse(self) -> None:
        """Raise an error if there are any."""
        if not self.counts:
            return
        (label, name), n_unusable = next(iter(self.counts.items()))
        use = "is being over-sampled" if label in self._over_sampled else "is being searched"
        raise ValueError(
            f"Column {name!r} has {values_text(n_unusable)} in class {label!r}, which "
            f"{use}{self._others(label, name)}. Fill or remove them, drop the column, or leave "
            "the class out of sampling_strategy."
        )

    def _others(self, label: Any, name: str) -> str:
        """Say how many other columns, or else classes, have such values."""
        columns = {other for _, other in self.counts} - {name}
        classes = {other for other, _ in self.counts} - {label}
        n, one, several = len(columns), "column", "columns"
        if not columns:
            n, one, several = len(classes), "class", "classes"
        if n == 0:
            return ""
        subject = f"another {one} is" if n == 1 else f"{n} other {several} are"
        return f" ({subject} affected as well)"


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

    def add(self, label: Any, rows: pa.RecordBatch) -> None:
        """Append rows to a class."""
        for name, pieces in self._pieces[label].items():
            piece = rows.column(name)
            categories = self._categories.get(name)
            pieces.append(piece if categories is None else categories.codes(piece))
        self._n_rows[label] += rows.num_rows

    def table(self) -> pa.Table:
        """Return all rows; column by column, so that only one column is held twice."""
        _check_complete(self._n_rows, self._sizes)
        joined = [self._joined(field) for field in self._fields]
        return pa.table(joined, schema=pa.schema(self._fields))

    def _joined(self, field: pa.Field) -> pa.Array:
        pieces = [
            piece for label in self._sizes for piece in self._pieces[label].pop(field.name)
        ]
        if field.name in self._categories:
            return self._categories[field.name].joined(pieces)
        return pa.chunked_array(pieces, type=field.type).combine_chunks()


def _check_complete(n_rows: Counts, sizes: Counts) -> None:
    if n_rows != sizes:
        raise SourceChangedError("The source was changed while it was being read. Start again.")


class Categories:
    """Categories of a column in the order of their first occurrence.

    Every batch that pyarrow reads holds all categories; only codes are kept of the pieces.

    Parameters
    ----------
    dictionary_type
        Arrow type of the column.
    """

    def __init__(self, dictionary_type: pa.DictionaryType) -> None:
        self._type = dictionary_type
        self._values = pa.array([], type=dictionary_type.value_type)

    def codes(self, column: pa.DictionaryArray) -> pa.Array:
        """Return the codes of a piece, int32; new categories are added."""
        if self._values.equals(column.dictionary):
            return column.indices.cast(pa.int32())
        known = lookup_categories(column.dictionary, self._values)
        unknown = column.dictionary.filter(pc.is_null(known))
        if len(unknown):
            self._values = pa.concat_arrays([self._values, unknown])
        return lookup_categories(column, self._values)

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
                f"The files have {len(self._values)} categories in a column of type "
                f"{self._type}, more than it can count. Rewrite it with wider indices."
            ) from error
        return pa.DictionaryArray.from_arrays(codes, self._values, ordered=self._type.ordered)
