"""Arrow tables and record batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from smotefast._typing import ArrowColumn, ArrowRows, Container
from smotefast.tables.arrays import open_array
from smotefast.tables.arrow_columns import (
    block_to_columns,
    check_numeric_fields,
    column_to_arrow,
    features_to_matrix,
    numpy_types,
)
from smotefast.tables.casting import frame_dtype
from smotefast.tables.categories import EncodedColumn, MixedRows, encode_arrow
from smotefast.tables.column_types import ColumnType, arrow_column_type, type_without_view
from smotefast.tables.decimals import DecimalType, decimal_type
from smotefast.tables.protocol import DenseTable, Fill, Table, check_shape

if TYPE_CHECKING:
    import pyarrow as pa

# The 32-bit offsets of a string or binary array address 2**31 - 1 bytes.
OFFSET_LIMIT = 2**31 - 1


def open_arrow(X: Container) -> Table:
    """Open a Table or a RecordBatch."""
    import pyarrow as pa

    if isinstance(X, pa.Table | pa.RecordBatch):
        return ArrowTable(X)
    if isinstance(X, pa.RecordBatchReader):
        raise ValueError("X is a RecordBatchReader; read it first with X.read_all().")
    return open_array(X)


class ArrowSchema:
    """Names and types of Arrow fields, for samplers that choose columns before they read rows.

    Parameters
    ----------
    fields
        Arrow fields, or a schema.
    """

    has_dtypes = True

    def __init__(self, fields: Iterable[pa.Field]) -> None:
        self._fields = list(fields)
        self.names: list[str] = [field.name for field in self._fields]
        self.n_features = len(self._fields)

    def column_types(self) -> list[ColumnType]:
        """Return the type of each column; a dictionary is "category"."""
        return [arrow_column_type(field.type) for field in self._fields]

    def numpy_dtypes(self, columns: Sequence[int]) -> list[np.dtype]:
        """Return the dtypes of the numbers of columns."""
        return numpy_types(self._fields[j] for j in columns)

    def decimal_types(self, columns: Sequence[int]) -> list[DecimalType | None]:
        """Return the types of decimal columns; None for other columns."""
        return [decimal_type(self._fields[j].type) for j in columns]


class ArrowTable(ArrowSchema, DenseTable):
    """Table of an Arrow Table or RecordBatch; keeps schema and metadata.

    Parameters
    ----------
    data
        The Table or RecordBatch.
    """

    def __init__(self, data: ArrowRows) -> None:
        super().__init__(data.schema)
        self._data = data
        self.n_samples = data.num_rows
        self.display_names = self.names
        check_shape(self.n_samples, self.n_features)

    def to_matrix(self) -> np.ndarray:
        """Return the columns as one matrix; nulls become NaN."""
        dtype = frame_dtype(check_numeric_fields(self._fields))
        return features_to_matrix(self._data.columns, self.names, dtype, nulls="nan")

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> ArrowRows:
        """Return a table with new rows; a Table shares the memory of its original rows."""
        common = frame_dtype(check_numeric_fields(self._fields))
        block = np.empty((n_new, self.n_features), dtype=common if dtype is None else dtype)
        fill(block)
        has_nulls = [column.null_count > 0 for column in self._data.columns]
        new = block_to_columns(block, self._fields, has_nulls)
        return self._rebuilt(map(_append, self._data.columns, new))

    def take(self, indices: np.ndarray) -> ArrowRows:
        """Return the rows at these positions."""
        return self._rebuilt(take_arrow(column, indices) for column in self._data.columns)

    def select(self, columns: Sequence[int]) -> ArrowTable:
        """Return a subset of the columns."""
        return ArrowTable(self._data.select(list(columns)))

    def encode(self, column: int) -> EncodedColumn:
        """Return a column as categories."""
        return encode_arrow(self._data.column(column))

    def append_mixed(self, new: MixedRows) -> ArrowRows:
        """Return a table with new rows; a Table shares the memory of its original rows."""
        numbers = new.numeric_values()
        columns = []
        for j, column in enumerate(self._data.columns):
            if j in numbers:
                values = column_to_arrow(numbers[j], column.type, column.null_count > 0)
            else:
                values = take_arrow(column, new.sources[j])
            columns.append(_append(column, values))
        return self._rebuilt(iter(columns))

    def _rebuilt(self, columns: Iterator[ArrowColumn]) -> ArrowRows:
        return type(self._data).from_arrays(list(columns), schema=self._data.schema)


def _append(column: ArrowColumn, values: ArrowColumn) -> ArrowColumn:
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
        return pa.chunked_array([*column.chunks, *chunks], type=column.type)
    return pa.concat_arrays([column, values])


def take_arrow(column: ArrowColumn, indices: np.ndarray) -> ArrowColumn:
    """Return the values of an Array or ChunkedArray at these positions, in the same type.

    The result for a ChunkedArray has one chunk, or several if its text exceeds 2 GiB.

    Raises
    ------
    ValueError
        If pyarrow cannot take rows of this type, such as lists of string views.
    """
    import pyarrow as pa

    rows = pa.array(np.asarray(indices, dtype=np.int64))
    try:
        return _take(column, rows)
    except pa.ArrowNotImplementedError as error:
        raise ValueError(
            f"A column has the Arrow type {column.type}, and pyarrow cannot copy rows of it "
            f"({error}). Cast the column to another type, such as large_string for text, or "
            "drop it."
        ) from error


def _take(column: ArrowColumn, rows: pa.Array) -> ArrowColumn:
    import pyarrow as pa

    if pa.types.is_run_end_encoded(column.type):
        return _take_run_end_encoded(column, rows)
    if isinstance(column, pa.Array):
        return _take_from_array(column, rows)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    wide_type = _type_for_take(column, len(rows))
    if wide_type is None:
        return column.take(rows)
    chunks = _take_in_chunks(column.cast(wide_type), rows, column.type)
    return pa.chunked_array(chunks, type=column.type)


def _take_run_end_encoded(column: ArrowColumn, rows: pa.Array) -> ArrowColumn:
    """Decode, take and encode again, because pyarrow cannot take from run-end encoded data."""
    import pyarrow.compute as pc

    taken = _take(pc.run_end_decode(column), rows)
    return pc.run_end_encode(taken, run_end_type=column.type.run_end_type)


def _take_from_array(column: pa.Array, rows: pa.Array) -> pa.Array:
    import pyarrow as pa

    wide_type = _type_for_take(column, len(rows))
    if wide_type is None:
        return column.take(rows)
    chunks = _take_in_chunks(pa.chunked_array([column.cast(wide_type)]), rows, column.type)
    if len(chunks) > 1:
        raise ValueError(
            f"A column of X holds text (Arrow type {column.type}) that would exceed the 2 GiB "
            "of a single Arrow array. Pass a Table, which can hold it in chunks."
        )
    return chunks[0]


def _type_for_take(column: ArrowColumn, n_taken: int) -> pa.DataType | None:
    """Return the type with 64-bit offsets that take needs, or None if it needs none."""
    import pyarrow as pa

    types = pa.types
    wide_type = type_without_view(column.type)
    if not wide_type.equals(column.type):
        return wide_type
    if not (types.is_string(column.type) or types.is_binary(column.type)):
        return None
    # nbytes includes the offsets, so this overestimates the text.
    estimate = column.nbytes * max(1.0, 2 * n_taken / max(1, len(column)))
    if estimate <= OFFSET_LIMIT:
        return None
    return pa.large_string() if types.is_string(column.type) else pa.large_binary()


def _take_in_chunks(
    wide: pa.ChunkedArray, rows: pa.Array, narrow: pa.DataType
) -> list[pa.Array]:
    """Take from a column with 64-bit offsets in chunks that fit into 32-bit offsets."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.binary_length(wide), 0)
    ends = np.cumsum(lengths.to_numpy()[rows.to_numpy()], dtype=np.int64)
    chunks: list[pa.Array] = []
    start = 0
    while start < len(rows) or not chunks:
        n_bytes = ends[start - 1] if start else 0
        stop = int(np.searchsorted(ends, n_bytes + OFFSET_LIMIT, side="right"))
        part = wide.take(rows.slice(start, max(1, stop - start)))
        chunks += part.cast(narrow).chunks or [pa.array([], type=narrow)]
        start = max(stop, start + 1)
    return chunks
