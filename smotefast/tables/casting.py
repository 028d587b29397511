"""Columns to one matrix and back: the rules that every kind of frame shares.

Columns of several dtypes flow in, one C-contiguous matrix flows out; later a block of new
rows flows in and columns of the original dtypes flow out. Only NumPy here: pandas, polars,
Arrow tables and the Parquet job all use these functions, so their values are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from smotefast.tables.categories import array_kind, is_missing

# 16 float32 columns are one cache line: written together, a row's line is touched once.
# 1,000,000 x 32 float32 columns to a matrix, CPU seconds in memory touched before: 0.028;
# strips of one column 0.086, whole columns 0.072, np.stack(axis=1) 0.076.
STRIP_COLUMNS = 16
STRIP_ROWS = 16384

Column = Callable[[], np.ndarray]

# Types of objects that NumPy makes floats of as float() does; of dates it makes day counts.
_QUICK = {bool, int, float, type(None)}


def common_dtype(dtypes: Iterable[np.dtype]) -> np.dtype:
    """Return the dtype of a matrix that holds columns of these dtypes.

    It is NumPy's ``result_type``, as scikit-learn and so imbalanced-learn take it, but for
    two cases: object columns count as float64 (also scikit-learn's rule), and integers
    together with booleans give float64. imbalanced-learn works on the latter in integers,
    where every step from False to True is cut down to False.

    Examples
    --------
    >>> common_dtype([np.dtype("int8"), np.dtype("float32")])
    dtype('float32')
    >>> common_dtype([np.dtype("int8"), np.dtype("bool")])
    dtype('float64')
    """
    kinds = [np.dtype(np.float64) if one.kind == "O" else one for one in dtypes]
    common = np.result_type(*kinds).newbyteorder("=")
    if common.kind in "iu" and any(one.kind == "b" for one in kinds):
        return np.dtype(np.float64)
    return common


def frame_dtype(common: np.dtype) -> np.dtype:
    """Return the dtype that rows of a frame are computed in: booleans alone as float64."""
    return np.dtype(np.float64) if common.kind == "b" else common


def write_matrix(columns: Sequence[Column], out: np.ndarray) -> None:
    """Write columns into ``out`` of shape (n_rows, n_columns).

    Each column is a function, called when its turn comes: columns that must be converted
    first exist 16 at a time only.
    """
    n_rows = out.shape[0]
    for first in range(0, len(columns), STRIP_COLUMNS):
        strip = [column() for column in columns[first : first + STRIP_COLUMNS]]
        for start in range(0, n_rows, STRIP_ROWS):
            stop = start + STRIP_ROWS
            for j, values in enumerate(strip, first):
                out[start:stop, j] = values[start:stop]


def cast_column(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return computed values of a column, shape (n_rows,), in the dtype of the column.

    Integers are truncated toward zero, as ``astype`` does, and stay within the range of
    their dtype. Booleans are True from 0.5 on: imbalanced-learn makes every value but zero
    True, which takes a share of 40% to 67%.

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
    return np.ascontiguousarray(values, dtype=dtype)


def read_objects(values: np.ndarray, label: object) -> np.ndarray:
    """Return a column of Python objects as float64, missing values as NaN.

    Parameters
    ----------
    values
        Shape (n_rows,), of dtype object.
    label
        Name or position of the column, for messages.

    Raises
    ------
    ValueError
        If a value is no number; text is refused even where it reads as a number.

    Examples
    --------
    >>> read_objects(np.array([1, True, None, 2.5], dtype=object), "a")
    array([1. , 1. , nan, 2.5])
    """
    if (found := first_text(values)) is not None:
        raise not_numeric(label, f"text ({found!r}, dtype object)")
    items = values.tolist()
    try:
        if set(map(type, items)) <= _QUICK:
            return values.astype(np.float64)
        return np.array(list(map(_as_float, items)), dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as why:
        raise not_numeric(label, f"not numeric (dtype object: {why})") from why


def _as_float(value: object) -> float:
    item: Any = value.item() if isinstance(value, np.ndarray) and not value.ndim else value
    if is_missing(item):
        return np.nan
    if isinstance(item, str | bytes | np.complexfloating):  # NumPy only warns of complex
        raise TypeError(f"{item!r} is not a real number")
    return float(item)


def first_text(values: np.ndarray) -> str | bytes | None:
    """Return the first text in a column of Python objects; NumPy reads "1.5" as a number."""
    return next((value for value in values.tolist() if isinstance(value, str | bytes)), None)


def join_objects(values: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return a column of Python objects with computed values after its own, all of one type.

    A column of nothing but booleans stays so. Any other becomes floats, the original values
    included: Decimal and float cannot be added to each other.

    Examples
    --------
    >>> join_objects(np.array([1, np.float32(2.5)], dtype=object), np.array([1.5]))
    array([1.0, 2.5, 1.5], dtype=object)
    >>> join_objects(np.array([True, False], dtype=object), np.array([0.6]))
    array([True, False, True], dtype=object)
    """
    if array_kind(values) == "boolean" and not any(map(is_missing, values)):
        whole = np.concatenate([values.astype(bool), cast_column(new, np.dtype(bool))])
    else:
        whole = np.concatenate([read_objects(values, None), new], dtype=np.float64)
    return whole.astype(object)


def clamp(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return numbers as integers, truncated toward zero and cut to the range of the dtype.

    ``astype`` alone wraps around: 260 becomes 4 in uint8, and what floats round up to
    2**63 becomes the lowest int64.

    Examples
    --------
    >>> clamp(np.array([-3.5, 1.9, 300.0]), np.dtype("uint8"))
    array([  0,   1, 255], dtype=uint8)
    """
    if values.dtype.itemsize < 4 and values.dtype.kind == "f":
        values = values.astype(np.float32)  # float16 ends at 65504
    lowest, highest = clamp_bounds(values.dtype, dtype)
    if not values.size or (values.min() >= lowest and values.max() <= highest):
        return values.astype(dtype)
    out: np.ndarray = np.clip(values, lowest, highest).astype(dtype)
    out[values > highest] = np.iinfo(dtype).max
    return out


def clamp_bounds(values: np.dtype, dtype: np.dtype) -> tuple[np.generic, np.generic]:
    """Return the lowest and the highest value of a dtype that an integer dtype can hold."""
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    if values.kind in "iu":
        low, high = max(low, np.iinfo(values).min), min(high, np.iinfo(values).max)
        return values.type(low), values.type(high)
    top = values.type(high)
    if int(top) > high:  # 2**63 - 1 rounds up, and so does 2**31 - 1 in float32
        top = np.nextafter(top, values.type(0))
    return values.type(low), top


class NotNumericError(ValueError):
    """Data that cannot be compared and interpolated; samplers replace the advice.

    Parameters
    ----------
    before, after
        What is wrong: the text on both sides of the column.
    column
        Name or position of the column; None for all of X.
    advice
        What to do.
    """

    def __init__(self, before: str, column: object, after: str, advice: str) -> None:
        super().__init__(before, column, after, advice)

    def __str__(self) -> str:
        before, column, after, advice = self.args
        return f"{before}{'' if column is None else repr(column)}{after} {advice}"

    def advised(self, advice: str) -> NotNumericError:
        """Return the same error with other advice."""
        before, column, after, _ = self.args
        return NotNumericError(before, column, after, advice)


def not_numeric(column: object, what: str) -> NotNumericError:
    """Return the error for a column that cannot be interpolated."""
    return NotNumericError(
        "Column ",
        column,
        f" of X is {what}; only numbers can be compared and interpolated.",
        "Encode or drop the column, use SMOTENC or SMOTEN for categories, or "
        "RandomOverSampler or RandomUnderSampler, which copy rows of any type.",
    )
