"""polars DataFrames; numbers are read through Arrow, which shares memory with polars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from smotefast._typing import Container
from smotefast.tables.arrays import open_array
from smotefast.tables.arrow_columns import (
    block_to_columns,
    check_numeric_fields,
    column_to_arrow,
    features_to_matrix,
    numpy_types,
)
from smotefast.tables.casting import frame_dtype, not_numeric
from smotefast.tables.categories import EncodedColumn, MixedRows, encode_array, encode_arrow
from smotefast.tables.column_types import ColumnType, arrow_column_type
from smotefast.tables.decimals import DecimalType, decimal_type
from smotefast.tables.protocol import DenseTable, Fill, Table, check_shape

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

# Types without an Arrow equivalent.
_NOT_IN_ARROW = ("Int128", "Object", "UInt128")


def open_polars(X: Container) -> Table:
    """Open a DataFrame; a LazyFrame must be collected first."""
    import polars as pl

    if isinstance(X, pl.LazyFrame):
        raise ValueError("X is a LazyFrame; collect it first with X.collect().")
    return PolarsTable(X) if isinstance(X, pl.DataFrame) else open_array(X)


class PolarsTable(DenseTable):
    """Table of a polars DataFrame.

    Parameters
    ----------
    frame
        The DataFrame.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self.n_samples, self.n_features = frame.shape
        self.names: list[str] = list(frame.columns)
        self.display_names = self.names
        check_shape(self.n_samples, self.n_features)

    def to_matrix(self) -> np.ndarray:
        """Return the columns as one matrix; nulls become NaN."""
        dtype = frame_dtype(check_numeric_fields(self._numeric_fields()))
        columns = [series.to_arrow() for series in self._frame.iter_columns()]
        return features_to_matrix(columns, self.names, dtype, nulls="nan")

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> pl.DataFrame:
        """Return a frame with new rows, which shares the memory of its original rows."""
        import polars as pl

        fields = self._numeric_fields()
        common = frame_dtype(check_numeric_fields(fields))
        block = np.empty((n_new, self.n_features), dtype=common if dtype is None else dtype)
        fill(block)
        has_nulls = [series.null_count() > 0 for series in self._frame.iter_columns()]
        columns = [
            pl.from_arrow(values) for values in block_to_columns(block, fields, has_nulls)
        ]
        new = pl.DataFrame(columns, schema=self._frame.schema)
        return pl.concat([self._frame, new])

    def take(self, indices: np.ndarray) -> pl.DataFrame:
        """Return the rows at these positions."""
        return self._frame[indices]

    def select(self, columns: Sequence[int]) -> PolarsTable:
        """Return a subset of the columns."""
        return PolarsTable(self._frame[:, list(columns)])

    def column_types(self) -> list[ColumnType]:
        """Return the type of each column; Categorical and Enum are "category"."""
        return [_column_type(series) for series in self._frame.head(0).iter_columns()]

    def numpy_dtypes(self, columns: Sequence[int]) -> list[np.dtype]:
        """Return the dtypes of the numbers of columns."""
        return numpy_types(self.select(columns)._numeric_fields())

    def decimal_types(self, columns: Sequence[int]) -> list[DecimalType | None]:
        """Return the types of decimal columns; None for other columns."""
        return [decimal_type(field.type) for field in self.select(columns)._numeric_fields()]

    def encode(self, column: int) -> EncodedColumn:
        """Return a column as categories."""
        series = self._frame.to_series(column)
        if str(series.dtype) in _NOT_IN_ARROW:
            return encode_array(np.fromiter(series.to_list(), dtype=object))
        return encode_arrow(series.to_arrow())

    def append_mixed(self, new: MixedRows) -> pl.DataFrame:
        """Return a frame with new rows, which shares the memory of its original rows."""
        import polars as pl

        numbers = new.numeric_values()
        columns = []
        for j, series in enumerate(self._frame.iter_columns()):
            if j in numbers:
                arrow_type = series.head(0).to_arrow().type
                values = column_to_arrow(numbers[j], arrow_type, series.null_count() > 0)
                columns.append(pl.Series(series.name, values, dtype=series.dtype))
            else:
                columns.append(series[new.sources[j]])
        return pl.concat([self._frame, pl.DataFrame(columns, schema=self._frame.schema)])

    def _numeric_fields(self) -> list[pa.Field]:
        """Return the columns as Arrow fields, or raise if one is not numeric."""
        import pyarrow as pa

        fields = []
        for series in self._frame.head(0).iter_columns():
            dtype = series.dtype
            if str(dtype) in _NOT_IN_ARROW:
                words = f"of polars type {dtype} (cast numbers to pl.Int64 or pl.Float64)"
                raise not_numeric(series.name, words)
            if not (dtype.is_numeric() or str(dtype) == "Boolean"):
                raise not_numeric(series.name, f"of polars type {dtype}")
            fields.append(pa.field(series.name, series.to_arrow().type))
        return fields


def _column_type(series: pl.Series) -> ColumnType:
    """Return the type of a column without rows; "other" if it has no Arrow type."""
    if str(series.dtype).startswith(("Categorical", "Enum")):
        return "category"
    try:
        return arrow_column_type(series.to_arrow().type)
    except Exception:  # polars' own error: objects have no Arrow type
        return "other"
