"""Arrow columns to a matrix, and a block of new rows to Arrow columns.

Containers in memory and file jobs both call these functions, so a file gives the same values
as the table read from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from smotefast._typing import ArrowColumn
from smotefast.tables.casting import (
    ColumnReader,
    cast_column,
    common_dtype,
    not_numeric,
    write_matrix,
)
from smotefast.tables.column_types import is_text_type
from smotefast.tables.decimals import decimals_to_numbers, numbers_to_decimals

if TYPE_CHECKING:
    import pyarrow as pa


def check_numeric_fields(fields: Iterable[pa.Field]) -> np.dtype:
    """Return the matrix dtype of numeric fields, or raise for a field that is not numeric.

    Parameters
    ----------
    fields
        Arrow fields, or a schema.

    Raises
    ------
    ValueError
        For the first column that is not numeric, with its type and what to do.
    """
    return common_dtype(numpy_types(fields))


def numpy_types(fields: Iterable[pa.Field]) -> list[np.dtype]:
    """Return the dtype of each numeric field, or raise for one that is not numeric."""
    dtypes = []
    for field in fields:
        dtype = numpy_type(field.type)
        if dtype is None:
            raise not_numeric(field.name, _describe_type(field.type))
        dtypes.append(dtype)
    return dtypes


def non_numeric_fields(fields: Iterable[pa.Field]) -> dict[str, str]:
    """Return the names of the fields that are not numeric, with a description of their type."""
    return {
        field.name: _describe_type(field.type)
        for field in fields
        if numpy_type(field.type) is None
    }


def numpy_type(arrow_type: pa.DataType) -> np.dtype | None:
    """Return the dtype for computing with an Arrow type, or None if it is not numeric.

    Decimals are computed in float64.
    """
    import pyarrow as pa

    types = pa.types
    if types.is_decimal(arrow_type):
        return np.dtype(np.float64)
    is_numeric = (
        types.is_integer(arrow_type)
        or types.is_floating(arrow_type)
        or types.is_boolean(arrow_type)
    )
    if not is_numeric:
        return None
    # to_pandas_dtype needs pandas before pyarrow 21.
    empty: np.ndarray = pa.array([], arrow_type).to_numpy(zero_copy_only=False)
    return empty.dtype


def features_to_matrix(
    columns: Sequence[ArrowColumn],
    names: Sequence[str],
    dtype: np.dtype | None = None,
    *,
    nulls: str = "refuse",
) -> np.ndarray:
    """Return numeric Arrow columns as one C-contiguous matrix.

    Parameters
    ----------
    columns
        Arrays or ChunkedArrays of equal length.
    names
        Their names, for messages.
    dtype
        Dtype of the matrix, by default that of ``check_numeric_fields``. With
        ``nulls="nan"``, nulls make it floating.
    nulls : {"refuse", "nan"}
        Whether a null raises an error that names its column, or becomes NaN.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
    """
    import pyarrow as pa

    fields = [pa.field(name, column.type) for name, column in zip(names, columns, strict=True)]
    common = check_numeric_fields(fields)
    has_nulls = any(column.null_count for column in columns)
    if has_nulls and nulls == "refuse":
        _refuse_nulls(columns, names)
    dtype = common if dtype is None else np.dtype(dtype)
    if has_nulls and dtype.kind != "f":
        dtype = np.dtype(np.float64)
    out = np.empty((len(columns[0]), len(columns)), dtype=dtype)
    write_matrix([_reader(column) for column in columns], out)
    return out


def block_to_columns(
    block: np.ndarray, fields: Iterable[pa.Field], has_nulls: Sequence[bool] | None = None
) -> list[pa.Array]:
    """Return a block of new rows as Arrow Arrays with the types of ``fields``.

    As in all other containers, integers are truncated toward zero, decimals are rounded to
    their scale, and values from 0.5 become true.

    Parameters
    ----------
    block
        Shape (n_rows, n_columns), of the matrix dtype.
    fields
        One Arrow field per column, or a schema.
    has_nulls
        Whether NaN becomes null, for each column; None for no column.
    """
    return [
        column_to_arrow(block[:, j], field.type, has_nulls is not None and has_nulls[j])
        for j, field in enumerate(fields)
    ]


def column_to_arrow(
    values: np.ndarray, arrow_type: pa.DataType, has_nulls: bool = False
) -> pa.Array:
    """Return computed values of a column as an Arrow Array of a numeric type.

    With ``has_nulls`` NaN becomes null.
    """
    import pyarrow as pa

    if has_nulls and (is_missing := np.isnan(values)).any():
        import pyarrow.compute as pc

        numbers = column_to_arrow(np.where(is_missing, 0, values), arrow_type)
        return pc.if_else(pa.array(is_missing), pa.scalar(None, arrow_type), numbers)
    if pa.types.is_decimal(arrow_type):
        return numbers_to_decimals(values, arrow_type)
    dtype = numpy_type(arrow_type)
    assert dtype is not None, "check_numeric_fields must accept the type first"
    return pa.array(cast_column(values, dtype), type=arrow_type)


def _reader(column: ArrowColumn) -> ColumnReader:
    def read() -> np.ndarray:
        import pyarrow as pa

        if column.null_count and pa.types.is_boolean(column.type):
            return read_numbers(column.cast(pa.float32()))
        return read_numbers(column)

    return read


def read_numbers(column: ArrowColumn) -> np.ndarray:
    """Return an Arrow column as a NumPy array, which shares memory if there is one chunk."""
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        return decimals_to_numbers(column)
    if isinstance(column, pa.ChunkedArray):
        if column.num_chunks != 1:
            return np.asarray(column.to_numpy())
        column = column.chunk(0)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _refuse_nulls(columns: Sequence[ArrowColumn], names: Sequence[str]) -> None:
    for name, column in zip(names, columns, strict=True):
        if column.null_count:
            raise ValueError(
                f"Column {name!r} has {column.null_count} nulls in {len(column)} rows that "
                "are to be resampled. Fill or drop them first, or drop the column."
            )


def _describe_type(arrow_type: pa.DataType) -> str:
    """Describe an Arrow type that is not numeric, for a message."""
    import pyarrow as pa

    types = pa.types
    for test, words in (
        (types.is_dictionary, "categories"),
        (types.is_temporal, "dates or times"),
        (types.is_null, "all null"),
        (types.is_nested, "nested"),
        (is_text_type, "text"),
    ):
        if test(arrow_type):
            return f"{words} (Arrow type {arrow_type})"
    return f"not numeric (Arrow type {arrow_type})"
