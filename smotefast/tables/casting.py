"""Dtype rules: convert columns to one matrix, and computed values back to column dtypes.

These functions know NumPy only. pandas, polars, Arrow tables and file jobs all use them, so
they all give the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from smotefast.exceptions import NotNumericError
from smotefast.tables.column_types import array_column_type, is_missing
from smotefast.tables.decimals import DecimalType, float_below

# 16 float32 values fill one cache line, so writing 16 columns together touches each line once.
# 1,000,000 x 32 float32 columns to a matrix in warm memory take 0.028 s of CPU time; strips of
# one column take 0.086 s, whole columns 0.072 s, np.stack(axis=1) 0.076 s.
STRIP_COLUMNS = 16
STRIP_ROWS = 16384

# Reads a column as an array of shape (n_rows,).
ColumnReader = Callable[[], np.ndarray]

# Types that NumPy converts like float(); it would convert dates to day counts.
_FAST_TYPES = {bool, int, float, type(None)}


def common_dtype(dtypes: Iterable[np.dtype]) -> np.dtype:
    """Return the common dtype of columns with these dtypes.

    It is NumPy's ``result_type``, as in scikit-learn and imbalanced-learn, with two exceptions:
    object columns count as float64 (scikit-learn does the same), and integers with booleans
    give float64. imbalanced-learn computes the latter in integers, which truncates every value
    between False and True to False.

    Examples
    --------
    >>> common_dtype([np.dtype("int8"), np.dtype("float32")])
    dtype('float32')
    >>> common_dtype([np.dtype("int8"), np.dtype("bool")])
    dtype('float64')
    """
    numeric = [np.dtype(np.float64) if dtype.kind == "O" else dtype for dtype in dtypes]
    common = np.result_type(*numeric).newbyteorder("=")
    if common.kind in "iu" and any(dtype.kind == "b" for dtype in numeric):
        return np.dtype(np.float64)
    return common


def frame_dtype(common: np.dtype) -> np.dtype:
    """Return the dtype for computing with frames: float64 if all columns are boolean."""
    return np.dtype(np.float64) if common.kind == "b" else common


def write_matrix(readers: Sequence[ColumnReader], out: np.ndarray) -> None:
    """Write columns into ``out`` of shape (n_rows, n_columns).

    Each column is read by a function, so that at most 16 converted columns exist at a time.
    """
    n_rows = out.shape[0]
    for first in range(0, len(readers), STRIP_COLUMNS):
        strip = [read() for read in readers[first : first + STRIP_COLUMNS]]
        for start in range(0, n_rows, STRIP_ROWS):
            stop = start + STRIP_ROWS
            for j, values in enumerate(strip, first):
                out[start:stop, j] = values[start:stop]


def cast_column(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Cast computed values of a column, shape (n_rows,), to the dtype of the column.

    Integers are truncated toward zero, as by ``astype``, and all numbers are clipped to the
    finite range of the dtype. Values from 0.5 become True. imbalanced-learn makes every
    nonzero value True, which raises the share of True from 40% to 67%.

    Examples
    --------
    >>> cast_column(np.array([-1.7, 0.5]), np.dtype("int8"))
    array([-1,  0], dtype=int8)
    >>> cast_column(np.array([0.4, 0.5]), np.dtype("bool"))
    array([False,  True])
    """
    if dtype.kind == "b" and values.dtype.kind != "b":
        return np.asarray(values >= 0.5)
    if dtype.kind in "iu" and not np.can_cast(values.dtype, dtype):
        return clamp(np.ascontiguousarray(values), dtype)
    if dtype.kind == "f" and values.dtype.kind == "f":
        values = limit_floats(values, dtype)
    return np.ascontiguousarray(values, dtype=dtype)


def read_objects(values: np.ndarray, label: object) -> np.ndarray:
    """Convert a column of Python objects to float64, missing values to NaN.

    Parameters
    ----------
    values
        Shape (n_rows,), of dtype object.
    label
        Name or position of the column, for messages.

    Raises
    ------
    ValueError
        If a value is not a number; text is not, even if it looks like one.

    Examples
    --------
    >>> read_objects(np.array([1, True, None, 2.5], dtype=object), "a")
    array([1. , 1. , nan, 2.5])
    """
    if (text := first_text(values)) is not None:
        raise not_numeric(label, f"text ({text!r}, dtype object)")
    items = values.tolist()
    try:
        if set(map(type, items)) <= _FAST_TYPES:
            return values.astype(np.float64)
        return np.array(list(map(_as_float, items)), dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise not_numeric(label, f"not numeric (dtype object: {error})") from error


def _as_float(value: Any) -> float:
    item = value.item() if isinstance(value, np.ndarray) and not value.ndim else value
    if is_missing(item):
        return np.nan
    if isinstance(item, str | bytes | np.complexfloating):  # float(complex) only warns in NumPy
        raise TypeError(f"{item!r} is not a real number")
    return float(item)


def first_text(values: np.ndarray) -> str | bytes | None:
    """Return the first text in a column of objects, because NumPy would parse "1.5"."""
    return next((value for value in values.tolist() if isinstance(value, str | bytes)), None)


def join_objects(values: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Append computed values to a column of Python objects; all get the same type.

    A boolean column stays boolean. Any other column becomes float, including its original
    values, because Decimal and float do not mix.

    Examples
    --------
    >>> join_objects(np.array([1, np.float32(2.5)], dtype=object), np.array([1.5]))
    array([1.0, 2.5, 1.5], dtype=object)
    >>> join_objects(np.array([True, False], dtype=object), np.array([0.6]))
    array([True, False, True], dtype=object)
    >>> join_objects(np.array([1, None], dtype=object), np.array([1.5, np.nan]))
    array([1.0, None, 1.5, None], dtype=object)
    """
    joined = np.concatenate([read_objects(values, None), new], dtype=np.float64)
    items = with_missing_items(values, joined)
    if array_column_type(values) == "boolean":
        is_present = ~np.isnan(joined)
        items[is_present] = cast_column(joined[is_present], np.dtype(bool)).astype(object)
    return items


def with_missing_items(values: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return numbers as objects, with the missing values of a column of objects for NaN.

    Parameters
    ----------
    values
        The column, shape (n_rows,), of dtype object.
    numbers
        Its rows as numbers, then computed ones. Those of the column keep their missing value,
        and the others get its first one.
    """
    items = numbers.astype(object)
    is_absent = np.array([is_missing(value) for value in values.tolist()], dtype=bool)
    if is_absent.any():
        items[np.isnan(numbers)] = values[is_absent.argmax()]
        items[: len(values)][is_absent] = values[is_absent]
    return items


def clamp(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Cast numbers to integers: truncate toward zero and clip to the range of the dtype.

    ``astype`` wraps around instead: 260 becomes 4 in uint8, and floats of 2**63 become the
    lowest int64.

    Examples
    --------
    >>> clamp(np.array([-3.5, 1.9, 300.0]), np.dtype("uint8"))
    array([  0,   1, 255], dtype=uint8)
    """
    if values.dtype.itemsize < 4 and values.dtype.kind == "f":
        values = values.astype(np.float32)  # the largest float16 is 65504
    lowest, highest = clamp_bounds(values.dtype, dtype)
    if not values.size or (values.min() >= lowest and values.max() <= highest):
        return values.astype(dtype)
    out: np.ndarray = np.clip(values, lowest, highest).astype(dtype)
    out[values > highest] = np.iinfo(dtype).max
    return out


def limit_floats(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Clip floats to the finite range of another dtype of floats, if that range is smaller.

    ``astype`` would give infinity. The dtype of the values stays.

    Examples
    --------
    >>> limit_floats(np.array([1.5, -70000.0]), np.dtype("float16"))
    array([ 1.5000e+00, -6.5504e+04])
    """
    if np.can_cast(values.dtype, dtype):
        return values
    limit = values.dtype.type(np.finfo(dtype).max)
    return np.asarray(np.clip(values, -limit, limit))


def number_range(dtype: np.dtype, decimal: DecimalType | None = None) -> tuple[float, float]:
    """Return the least and the largest number of a column as float64.

    Parameters
    ----------
    dtype
        Dtype of its numbers; those of a boolean column are 0 and 1.
    decimal
        The type of a decimal column.

    Examples
    --------
    >>> number_range(np.dtype("uint8"))
    (0.0, 255.0)
    """
    if decimal is not None:
        return -decimal.largest, decimal.largest
    if dtype.kind == "b":
        return 0.0, 1.0
    if dtype.kind == "f":
        return float(np.finfo(dtype).min), float(np.finfo(dtype).max)
    limits = np.iinfo(dtype)
    return float(limits.min), float_below(int(limits.max))  # that of int64 rounds to 2^63


def clamp_bounds(values: np.dtype, dtype: np.dtype) -> tuple[np.generic, np.generic]:
    """Return the smallest and largest number of dtype ``values`` that fits into ``dtype``."""
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    if values.kind in "iu":
        low, high = max(low, np.iinfo(values).min), min(high, np.iinfo(values).max)
        return values.type(low), values.type(high)
    largest = values.type(high)
    if int(largest) > high:  # 2**63 - 1 rounds up, and so does 2**31 - 1 in float32
        largest = np.nextafter(largest, values.type(0))
    return values.type(low), largest


def not_numeric(column: object, what: str) -> NotNumericError:
    """Return the error for a column that is not numeric."""
    return NotNumericError(
        "Column ",
        column,
        f" of X is {what}; only numbers can be compared and interpolated.",
        "Encode or drop the column, use SMOTENC or SMOTEN for categories, or "
        "RandomOverSampler or RandomUnderSampler, which copy rows of any type.",
    )
