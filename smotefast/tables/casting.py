"""Columns to one matrix and back: the rules that every kind of frame shares.

Columns of several dtypes flow in, one C-contiguous matrix flows out; later a block of new
rows flows in and columns of the original dtypes flow out. Only NumPy here: pandas, polars,
Arrow tables and the Parquet job all use these functions, so their values are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

# 16 float32 columns are one cache line: written together, a row's line is touched once.
# 1,000,000 x 32 float32 columns to a matrix, CPU seconds in memory touched before: 0.028;
# strips of one column 0.086, whole columns 0.072, np.stack(axis=1) 0.076.
STRIP_COLUMNS = 16
STRIP_ROWS = 16384

Column = Callable[[], np.ndarray]


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

    Integers are truncated toward zero, as ``astype`` does. Booleans are True from 0.5 on:
    imbalanced-learn makes every value but zero True, which takes a share of 40% to 67%.

    Examples
    --------
    >>> cast_column(np.array([-1.7, 0.5]), np.dtype("int8"))
    array([-1,  0], dtype=int8)
    >>> cast_column(np.array([0.4, 0.5]), np.dtype("bool"))
    array([False,  True])
    """
    if dtype.kind == "b" and values.dtype.kind != "b":
        return np.asarray(values >= 0.5)
    if dtype.kind in "iu" and values.dtype.kind == "f":
        values = _below_the_top(values, dtype)
    return np.ascontiguousarray(values, dtype=dtype)


def _below_the_top(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Keep what rounded up to 2**63 (or 2**31 in float32) from wrapping to the bottom."""
    highest = np.iinfo(dtype).max
    top = values.dtype.type(highest)
    if int(top) <= highest or not len(values) or values.max() < top:
        return values
    return np.asarray(np.minimum(values, np.nextafter(top, values.dtype.type(0))))


def not_numeric(column: object, what: str) -> ValueError:
    """Return the error for a column that cannot be interpolated."""
    return ValueError(
        f"Column {column!r} of X is {what}; rows can be interpolated between numbers only. "
        "Encode or drop the column, use SMOTENC or SMOTEN for categories, or "
        "RandomOverSampler, which copies rows of any type."
    )
