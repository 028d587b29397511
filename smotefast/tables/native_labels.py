"""Class labels of pandas, polars and Arrow: read as NumPy, and taken by position."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from smotefast._typing import ArrowColumn, Container
from smotefast.tables.decimals import decimals_to_labels

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

# Returns rows of a container by position.
Take: TypeAlias = Callable[[np.ndarray], Container]
Labels: TypeAlias = tuple[np.ndarray, Take | None]


def pandas_labels(y: Container) -> Labels:
    """Return the labels of a Series or DataFrame; an Index or array counts as a NumPy array."""
    import pandas as pd

    if isinstance(y, pd.Index | pd.api.extensions.ExtensionArray):
        return _from_series(pd.Series(y)), None
    from smotefast.tables.pandas_columns import take_pandas

    columns = [y] if isinstance(y, pd.Series) else [y.iloc[:, j] for j in range(y.shape[1])]
    labels = _stack_columns([_from_series(column) for column in columns])
    return labels, lambda indices: take_pandas(y, indices)


def _from_series(series: pd.Series[Any]) -> np.ndarray:
    from smotefast.tables.pandas_columns import arrow_values, is_decimal, is_object

    dtype = series.dtype
    if series.hasnans and not is_object(dtype):  # labels of dtype object are checked later
        raise missing_labels(int(series.isna().sum()))
    if is_decimal(dtype):
        return decimals_to_labels(arrow_values(series))
    if getattr(dtype, "_is_numeric", False) or getattr(dtype, "_is_boolean", False):
        # Keeps Int64 labels as integers; scikit-learn would convert them to float64.
        plain = getattr(dtype, "numpy_dtype", None)
        return np.asarray(series.to_numpy(dtype=plain))
    return np.asarray(series)


def polars_labels(y: Container) -> Labels:
    """Return the labels of a polars Series or DataFrame."""
    import polars as pl

    if isinstance(y, pl.LazyFrame):
        raise ValueError("y is a LazyFrame; collect it first with y.collect().")
    columns = [y] if isinstance(y, pl.Series) else y.get_columns()
    for series in columns:
        if series.null_count():
            raise missing_labels(series.null_count())
    labels = _stack_columns([_from_polars(series) for series in columns])
    return labels, lambda indices: y[indices]


def _from_polars(series: pl.Series) -> np.ndarray:
    if str(series.dtype).startswith("Decimal"):
        return decimals_to_labels(series.to_arrow())
    return np.asarray(series.to_numpy())


def arrow_labels(y: Container) -> Labels:
    """Return the labels of an Arrow Array, ChunkedArray, Table or RecordBatch."""
    import pyarrow as pa

    from smotefast.tables.arrow_tables import ArrowTable, take_arrow

    if isinstance(y, pa.Table | pa.RecordBatch):
        labels = _stack_columns([_from_arrow(column) for column in y.columns])
        return labels, ArrowTable(y).take
    if isinstance(y, pa.Array | pa.ChunkedArray):
        return _from_arrow(y), lambda indices: take_arrow(y, indices)
    raise ValueError(f"y is a {type(y).__name__}; pass a column: an Array or ChunkedArray.")


def _from_arrow(column: ArrowColumn) -> np.ndarray:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.null_count:
        raise missing_labels(column.null_count)
    if pa.types.is_decimal(column.type):
        return decimals_to_labels(column)
    if isinstance(column, pa.ChunkedArray):
        return np.asarray(column.to_numpy())
    return np.asarray(column.to_numpy(zero_copy_only=False))


def missing_labels(n: int, next_step: str = "") -> ValueError:
    """Return the error for missing labels; ``next_step`` continues the advice."""
    return ValueError(
        f"Input y contains NaN: {n} labels are missing. Drop these rows, or assign them to a "
        f"class{next_step}."
    )


def _stack_columns(columns: list[np.ndarray]) -> np.ndarray:
    return columns[0] if len(columns) == 1 else np.column_stack(columns)
