"""Arrow columns to a matrix, and a block of new rows to Arrow columns.

The in-memory containers and the Parquet job both call these functions, so a file gives the
same values as the table that was read from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from smotefast.tables.casting import (
    Column,
    cast_column,
    common_dtype,
    not_numeric,
    write_matrix,
)
from smotefast.tables.decimals import decimals_to_numbers, numbers_to_decimals


def check_numeric_fields(fields: Any) -> np.dtype:
    """Return the dtype of the matrix of these fields; refuse what is not plain numbers.

    Parameters
    ----------
    fields
        Arrow fields, or a schema.

    Raises
    ------
    ValueError
        Naming the first such column, its type, and what to do.
    """
    dtypes = []
    for field in fields:
        dtype = numpy_type(field.type)
        if dtype is None:
            raise not_numeric(field.name, f"{_kind(field.type)} (Arrow type {field.type})")
        dtypes.append(dtype)
    return common_dtype(dtypes)


def kinds_without_numbers(fields: Any) -> dict[str, str]:
    """Return what the columns hold that ``check_numeric_fields`` refuses, by name."""
    return {
        field.name: f"{_kind(field.type)} (Arrow type {field.type})"
        for field in fields
        if numpy_type(field.type) is None
    }


def numpy_type(arrow_type: Any) -> np.dtype | None:
    """Return the NumPy dtype that an Arrow type is computed in, None for what is no number.

    Decimals are computed in float64.
    """
    import pyarrow as pa

    kinds = pa.types
    if kinds.is_decimal(arrow_type):
        return np.dtype(np.float64)
    plain = (
        kinds.is_integer(arrow_type)
        or kinds.is_floating(arrow_type)
        or kinds.is_boolean(arrow_type)
    )
    return np.dtype(arrow_type.to_pandas_dtype()) if plain else None


def features_to_matrix(
    columns: Sequence[Any],
    names: Sequence[str],
    dtype: np.dtype | None = None,
    *,
    nulls: str = "refuse",
) -> np.ndarray:
    """Return numeric Arrow columns as one C-contiguous matrix.

    Parameters
    ----------
    columns
        Arrow Arrays or ChunkedArrays of one length.
    names
        Their names, for messages.
    dtype
        Of the matrix; by default what ``check_numeric_fields`` says. With ``nulls="nan"`` it
        becomes floating.
    nulls : {"refuse", "nan"}
        Whether a null is an error that names its column, or a NaN.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
    """
    import pyarrow as pa

    fields = [pa.field(name, one.type) for name, one in zip(names, columns, strict=True)]
    wanted = check_numeric_fields(fields)
    holes = any(column.null_count for column in columns)
    if holes and nulls == "refuse":
        _refuse_nulls(columns, names)
    wanted = wanted if dtype is None else np.dtype(dtype)
    if holes and wanted.kind != "f":
        wanted = np.dtype(np.float64)
    out = np.empty((len(columns[0]), len(columns)), dtype=wanted)
    write_matrix([_reader(column) for column in columns], out)
    return out


def block_to_columns(block: np.ndarray, fields: Sequence[Any]) -> list[Any]:
    """Return a block of new rows as Arrow Arrays of exactly the types of ``fields``.

    Integers are truncated toward zero, decimals are rounded to their scale, and Booleans are
    true from 0.5 on, as for every other container.

    Parameters
    ----------
    block
        Shape (n_rows, n_columns), of the matrix dtype.
    fields
        Arrow fields, one for each column; a schema will do.
    """
    return [column_to_arrow(block[:, j], field.type) for j, field in enumerate(fields)]


def column_to_arrow(values: np.ndarray, arrow_type: Any) -> Any:
    """Return the new values of one column as an Arrow Array of a numeric type."""
    import pyarrow as pa

    if pa.types.is_decimal(arrow_type):
        return numbers_to_decimals(values, arrow_type)
    dtype = numpy_type(arrow_type)
    assert dtype is not None, "check_numeric_fields comes first"
    return pa.array(cast_column(values, dtype), type=arrow_type)


def _reader(column: Any) -> Column:
    def read() -> np.ndarray:
        import pyarrow as pa

        if column.null_count and pa.types.is_boolean(column.type):
            return read_numbers(column.cast(pa.float32()))
        return read_numbers(column)

    return read


def read_numbers(column: Any) -> np.ndarray:
    """Return an Arrow column as a NumPy array; shared memory where there is one chunk."""
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        return decimals_to_numbers(column)
    if isinstance(column, pa.ChunkedArray):
        if column.num_chunks != 1:
            return np.asarray(column.to_numpy())
        column = column.chunk(0)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _refuse_nulls(columns: Sequence[Any], names: Sequence[str]) -> None:
    for name, column in zip(names, columns, strict=True):
        if column.null_count:
            raise ValueError(
                f"Column {name!r} has {column.null_count} nulls in {len(column)} rows that "
                "are to be resampled. Fill or drop them first, or drop the column."
            )


def _kind(arrow_type: Any) -> str:
    import pyarrow as pa

    kinds = pa.types
    for test, words in (
        (kinds.is_dictionary, "categories"),
        (kinds.is_temporal, "dates or times"),
        (kinds.is_null, "nothing but nulls"),
        (kinds.is_nested, "nested"),
        (_is_text, "text"),
    ):
        if test(arrow_type):
            return words
    return "not numeric"


def _is_text(arrow_type: Any) -> bool:
    import pyarrow as pa

    return str(arrow_type) in {"string_view", "binary_view"} or any(
        test(arrow_type)
        for test in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_binary,
            pa.types.is_large_binary,
        )
    )
