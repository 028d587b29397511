"""polars DataFrames; numbers travel through Arrow, which shares polars' memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from smotefast.tables.arrays import open_array
from smotefast.tables.arrow_columns import (
    block_to_columns,
    check_numeric_fields,
    column_to_arrow,
    features_to_matrix,
)
from smotefast.tables.casting import frame_dtype, not_numeric
from smotefast.tables.categories import (
    Codes,
    NewColumns,
    arrow_kind,
    encode_array,
    encode_arrow,
)
from smotefast.tables.protocol import DenseTable, Fill, Table, check_shape

# Types that Arrow has not, or has as bytes of a pointer.
_NOT_IN_ARROW = ("Int128", "Object", "UInt128")


def open_polars(X: Any) -> Table:
    """Open a DataFrame; a LazyFrame must be collected first."""
    import polars as pl

    if isinstance(X, pl.LazyFrame):
        raise ValueError("X is a LazyFrame; collect it first with X.collect().")
    return PolarsTable(X) if isinstance(X, pl.DataFrame) else open_array(X)


class PolarsTable(DenseTable):
    """Rows of a polars DataFrame.

    Parameters
    ----------
    frame
        The DataFrame.
    """

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.n_samples, self.n_features = frame.shape
        self.labels = list(frame.columns)
        self.names: list[str] | None = self.labels
        check_shape(self.n_samples, self.n_features)

    def numeric(self) -> np.ndarray:
        """Return the columns as one matrix; nulls become NaN."""
        dtype = frame_dtype(check_numeric_fields(self._fields()))
        columns = [series.to_arrow() for series in self._frame.iter_columns()]
        return features_to_matrix(columns, self._frame.columns, dtype, nulls="nan")

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Return a frame with new rows, which shares the memory of its original rows."""
        import polars as pl

        fields = self._fields()
        common = frame_dtype(check_numeric_fields(fields))
        dtype = common if dtype is None else dtype
        block = np.empty((n_new, self.n_features), dtype=dtype)
        fill(block)
        series = map(pl.from_arrow, block_to_columns(block, fields))
        new = pl.DataFrame(list(series), schema=self._frame.schema)
        return pl.concat([self._frame, new])

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions."""
        return self._frame[indices]

    def select(self, columns: Sequence[int]) -> PolarsTable:
        """Return some columns."""
        return PolarsTable(self._frame[:, list(columns)])

    def kinds(self) -> list[str]:
        """Return what each column holds; Categorical and Enum are "category"."""
        kinds = []
        for series in self._frame.head(0).iter_columns():
            named = str(series.dtype).startswith(("Categorical", "Enum"))
            kinds.append("category" if named else _kind(series))
        return kinds

    def codes(self, column: int) -> Codes:
        """Return a column as categories."""
        series = self._frame.to_series(column)
        if str(series.dtype) in _NOT_IN_ARROW:
            return encode_array(np.fromiter(series.to_list(), dtype=object))
        return encode_arrow(series.to_arrow())

    def append_columns(self, new: NewColumns) -> Any:
        """Return a frame with new rows, which shares the memory of its original rows."""
        import polars as pl

        place = {j: i for i, j in enumerate(new.numeric)}
        columns = []
        for j, series in enumerate(self._frame.iter_columns()):
            if j in place:
                kind = series.head(0).to_arrow().type
                values = column_to_arrow(new.numbers[:, place[j]], kind)
                columns.append(pl.Series(series.name, values, dtype=series.dtype))
            else:
                columns.append(series[new.picks[j]])
        return pl.concat([self._frame, pl.DataFrame(columns, schema=self._frame.schema)])

    def _fields(self) -> list[Any]:
        """Return the columns as Arrow fields, all of them numeric."""
        import pyarrow as pa

        fields = []
        for series in self._frame.head(0).iter_columns():
            dtype = series.dtype
            plain = dtype.is_numeric() or str(dtype) == "Boolean"
            if str(dtype) in _NOT_IN_ARROW:
                words = f"of polars type {dtype} (cast numbers to pl.Int64 or pl.Float64)"
                raise not_numeric(series.name, words)
            if not plain:
                raise not_numeric(series.name, f"of polars type {dtype}")
            fields.append(pa.field(series.name, series.to_arrow().type))
        return fields


def _kind(series: Any) -> str:
    """Return what a column without rows holds; what has no Arrow type is "other"."""
    try:
        return arrow_kind(series.to_arrow().type)
    except Exception:  # polars' own: objects have no Arrow type
        return "other"
