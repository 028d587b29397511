"""Types of columns (numeric, boolean, text, category, other) and tests for missing values."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from smotefast._typing import ArrowColumn

if TYPE_CHECKING:
    import pyarrow as pa

ColumnType = Literal["number", "boolean", "text", "category", "other"]


def is_missing(value: object) -> bool:
    """Tell whether a value is missing: None, NaN, NaT or pandas' NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return bool(isinstance(value, float | np.floating) and value != value) or (
        isinstance(value, np.datetime64 | np.timedelta64) and bool(np.isnat(value))
    )


def array_column_type(values: np.ndarray) -> ColumnType:
    """Return the type of a column of a NumPy array, for objects by their values."""
    if values.dtype.kind == "b":
        return "boolean"
    if values.dtype.kind in "iuf":
        return "number"
    if values.dtype.kind in "UST":
        return "text"
    if values.dtype.kind != "O":
        return "other"
    types = {_value_type(value) for value in values.tolist() if not is_missing(value)}
    if len(types) == 1:
        return types.pop()
    return "number" if not types else "text" if "text" in types else "other"


def _value_type(value: object) -> ColumnType:
    if isinstance(value, str | bytes):
        return "text"
    if isinstance(value, bool | np.bool_):
        return "boolean"
    if isinstance(value, np.ndarray) and not value.ndim:
        return _value_type(value.item())
    return "number" if isinstance(value, Real | Decimal) else "other"


def arrow_column_type(arrow_type: pa.DataType) -> ColumnType:
    """Return the type of an Arrow column; a dictionary type is "category"."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(arrow_type):
        return "category"
    if types.is_boolean(arrow_type):
        return "boolean"
    numeric = (types.is_integer, types.is_floating, types.is_decimal)
    if any(test(arrow_type) for test in numeric):
        return "number"
    return "text" if is_text_type(arrow_type) else "other"


def value_type(arrow_type: pa.DataType) -> pa.DataType:
    """Return the type of the values of a dictionary type, and any other type unchanged."""
    import pyarrow as pa

    return arrow_type.value_type if pa.types.is_dictionary(arrow_type) else arrow_type


def is_text_type(arrow_type: pa.DataType) -> bool:
    """Tell whether an Arrow type is a string or binary type of any layout."""
    import pyarrow as pa

    types = pa.types
    tests = (
        *(types.is_string, types.is_large_string, types.is_string_view),
        *(types.is_binary, types.is_large_binary, types.is_binary_view),
    )
    return any(test(arrow_type) for test in tests)


def type_without_view(arrow_type: pa.DataType) -> pa.DataType:
    """Return the large type for a string or binary view, and any other type unchanged.

    pyarrow can neither take from views nor encode or look up their values.
    """
    import pyarrow as pa

    if pa.types.is_string_view(arrow_type):
        return pa.large_string()
    return pa.large_binary() if pa.types.is_binary_view(arrow_type) else arrow_type


def cast_views(column: ArrowColumn) -> ArrowColumn:
    """Return a column of string or binary views in the large type, any other unchanged."""
    arrow_type = type_without_view(column.type)
    return column if arrow_type.equals(column.type) else column.cast(arrow_type)


def plain_values(column: pa.Array) -> pa.Array:
    """Return a column without dictionary and views, so that pyarrow can look up its values."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return cast_views(column)
