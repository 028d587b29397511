"""Columns of categories in pandas frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.tables.categories import (
    Codes,
    NewColumns,
    array_kind,
    arrow_kind,
    encode_array,
    encode_arrow,
    occurring,
    ranked,
)
from smotefast.tables.pandas_columns import (
    append_values,
    arrow_values,
    frame_of,
    is_decimal,
    is_sparse,
    take_series,
)


def column_kind(series: Any) -> str:
    """Return what a column holds; "category" is pandas' own dtype of that name."""
    import pandas as pd
    from pandas.api import types

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if is_sparse(dtype):
        dtype = dtype.subtype
    if isinstance(dtype, np.dtype):
        return array_kind(series.to_numpy()) if dtype.kind == "O" else _plain_kind(dtype)
    if isinstance(dtype, pd.ArrowDtype):
        return arrow_kind(dtype.pyarrow_dtype)
    if types.is_bool_dtype(dtype):
        return "boolean"
    if types.is_string_dtype(dtype):
        return "text"
    return "number" if types.is_numeric_dtype(dtype) else "other"


def _plain_kind(dtype: np.dtype) -> str:
    return array_kind(np.empty(0, dtype))


def encode_series(series: Any) -> Codes:
    """Return a column as categories."""
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = series.cat.codes.to_numpy().astype(np.int64)
        codes, positions = occurring(codes, len(dtype.categories))
        return ranked(codes, list(dtype.categories[positions]))
    if is_sparse(dtype):
        return encode_array(series.array.to_dense())
    # pandas cannot factorize what is not of native byte order.
    if isinstance(dtype, np.dtype) and (dtype.kind in "biu" or not dtype.isnative):
        return encode_array(series.to_numpy())
    if is_decimal(dtype):  # pandas cannot factorize narrow ones
        return encode_arrow(arrow_values(series))
    codes, values = pd.factorize(series)
    return ranked(codes, list(values))


def append_mixed(frame: Any, new: NewColumns) -> Any:
    """Return a frame with new rows, column by column, in the dtypes of the columns."""
    import pandas as pd

    place = {j: i for i, j in enumerate(new.numeric)}
    columns = []
    for j in range(frame.shape[1]):
        series = frame.iloc[:, j]
        if j in place:
            columns.append(append_values(series, new.numbers[:, place[j]]))
            continue
        dtype = series.dtype
        if isinstance(dtype, np.dtype):
            values = series.to_numpy()
            whole = np.concatenate([values, values[new.picks[j]]], dtype=dtype)
            columns.append(pd.Series(whole, dtype=dtype, copy=False))
        else:
            parts = [pd.Series(series.array), take_series(series, new.picks[j])]
            columns.append(pd.concat(parts, ignore_index=True))
    return frame_of(columns, frame.columns)
