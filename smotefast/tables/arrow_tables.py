"""Arrow tables and record batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from smotefast.tables.arrays import open_array
from smotefast.tables.arrow_columns import (
    block_to_columns,
    check_numeric_fields,
    column_to_arrow,
    features_to_matrix,
)
from smotefast.tables.casting import frame_dtype
from smotefast.tables.categories import Codes, NewColumns, arrow_kind, encode_arrow
from smotefast.tables.protocol import DenseTable, Fill, Table, check_shape

# A string or binary array addresses 2**31 - 1 bytes with its 32-bit offsets.
OFFSET_LIMIT = 2**31 - 1


def open_arrow(X: Any) -> Table:
    """Open a Table or a RecordBatch."""
    import pyarrow as pa

    if isinstance(X, pa.Table | pa.RecordBatch):
        return ArrowTable(X)
    if isinstance(X, pa.RecordBatchReader):
        raise ValueError("X is a RecordBatchReader; read it first with X.read_all().")
    return open_array(X)


class ArrowTable(DenseTable):
    """Rows of an Arrow Table or RecordBatch, schema and metadata kept.

    Parameters
    ----------
    data
        The Table or RecordBatch.
    """

    def __init__(self, data: Any) -> None:
        self._data = data
        self.n_samples, self.n_features = data.num_rows, data.num_columns
        self.labels = list(data.schema.names)
        self.names: list[str] | None = self.labels
        check_shape(self.n_samples, self.n_features)

    def numeric(self) -> np.ndarray:
        """Return the columns as one matrix; nulls become NaN."""
        dtype = frame_dtype(check_numeric_fields(self._data.schema))
        names = self._data.schema.names
        return features_to_matrix(self._data.columns, names, dtype, nulls="nan")

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Return a table with new rows; a Table shares the memory of its original rows."""
        fields = list(self._data.schema)
        common = frame_dtype(check_numeric_fields(fields))
        dtype = common if dtype is None else dtype
        block = np.empty((n_new, self.n_features), dtype=dtype)
        fill(block)
        new = block_to_columns(block, fields)
        return self._rebuilt(map(_appended, self._data.columns, new))

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions."""
        return self._rebuilt(take_arrow(column, indices) for column in self._data.columns)

    def select(self, columns: Sequence[int]) -> ArrowTable:
        """Return some columns."""
        return ArrowTable(self._data.select(list(columns)))

    def kinds(self) -> list[str]:
        """Return what each column holds; a dictionary is "category"."""
        return [arrow_kind(field.type) for field in self._data.schema]

    def codes(self, column: int) -> Codes:
        """Return a column as categories."""
        return encode_arrow(self._data.column(column))

    def append_columns(self, new: NewColumns) -> Any:
        """Return a table with new rows; a Table shares the memory of its original rows."""
        place = {j: i for i, j in enumerate(new.numeric)}
        columns = []
        for j, column in enumerate(self._data.columns):
            if j in place:
                made = column_to_arrow(new.numbers[:, place[j]], column.type)
            else:
                made = take_arrow(column, new.picks[j])
            columns.append(_appended(column, made))
        return self._rebuilt(iter(columns))

    def _rebuilt(self, columns: Iterator[Any]) -> Any:
        return type(self._data).from_arrays(list(columns), schema=self._data.schema)


def _appended(column: Any, new: Any) -> Any:
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        chunks = new.chunks if isinstance(new, pa.ChunkedArray) else [new]
        return pa.chunked_array([*column.chunks, *chunks], type=column.type)
    return pa.concat_arrays([column, new])


def take_arrow(column: Any, indices: np.ndarray) -> Any:
    """Return the values of an Array or ChunkedArray at these positions, in its type.

    A ChunkedArray comes back in one chunk, unless its text needs more.

    Raises
    ------
    ValueError
        If pyarrow cannot take rows of this type: views of text within lists, so far.
    """
    import pyarrow as pa

    picked = pa.array(np.asarray(indices, dtype=np.int64))
    try:
        return _taken(column, picked)
    except pa.ArrowNotImplementedError as why:
        raise ValueError(
            f"A column has the Arrow type {column.type}, and pyarrow cannot copy rows of it "
            f"({why}). Cast the column to another type, such as large_string for text, or "
            "drop it."
        ) from why


def _taken(column: Any, picked: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_run_end_encoded(column.type):
        return _take_runs(column, picked)
    if isinstance(column, pa.Array):
        return _take_array(column, picked)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    via = _type_to_take_in(column, len(picked))
    if via is None:
        return column.take(picked)
    pieces = _take_in_pieces(column.cast(via), picked, column.type)
    return pa.chunked_array(pieces, type=column.type)


def _take_runs(column: Any, picked: Any) -> Any:
    """Take from a run-end encoded column, of which pyarrow takes nothing by itself."""
    import pyarrow.compute as pc

    taken = _taken(pc.run_end_decode(column), picked)
    return pc.run_end_encode(taken, run_end_type=column.type.run_end_type)


def _take_array(column: Any, picked: Any) -> Any:
    import pyarrow as pa

    via = _type_to_take_in(column, len(picked))
    if via is None:
        return column.take(picked)
    pieces = _take_in_pieces(pa.chunked_array([column.cast(via)]), picked, column.type)
    if len(pieces) > 1:
        raise ValueError(
            f"A column of X holds text (Arrow type {column.type}) that would grow beyond "
            "the 2 GiB of a single Arrow array. Pass a Table, which can hold it in chunks."
        )
    return pieces[0]


def _type_to_take_in(column: Any, n_taken: int) -> Any:
    """Return the type with 64-bit offsets that taking has to go through, or None."""
    import pyarrow as pa

    kinds = pa.types
    views = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}
    if str(column.type) in views:  # pyarrow has no take for views
        return views[str(column.type)]
    if not (kinds.is_string(column.type) or kinds.is_binary(column.type)):
        return None
    # Offsets count as well, so the text itself is always overestimated.
    grown = column.nbytes * max(1.0, 2 * n_taken / max(1, len(column)))
    if grown <= OFFSET_LIMIT:
        return None
    return pa.large_string() if kinds.is_string(column.type) else pa.large_binary()


def _take_in_pieces(wide: Any, picked: Any, narrow: Any) -> list[Any]:
    """Take from a column with 64-bit offsets, a piece at a time that fits into 32 bits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.binary_length(wide), 0)
    ends = np.cumsum(lengths.to_numpy()[picked.to_numpy()], dtype=np.int64)
    pieces: list[Any] = []
    start = 0
    while start < len(picked) or not pieces:
        done = ends[start - 1] if start else 0
        stop = int(np.searchsorted(ends, done + OFFSET_LIMIT, side="right"))
        part = wide.take(picked.slice(start, max(1, stop - start)))
        pieces += part.cast(narrow).chunks or [pa.array([], type=narrow)]
        start = max(stop, start + 1)
    return pieces
