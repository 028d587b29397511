"""pandas DataFrames: plain, nullable, Arrow-backed and sparse columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast._typing import Container
from smotefast.tables.arrays import open_array
from smotefast.tables.casting import ColumnReader, common_dtype, frame_dtype, write_matrix
from smotefast.tables.categories import EncodedColumn, MixedRows
from smotefast.tables.column_types import ColumnType
from smotefast.tables.decimals import DecimalType, decimal_type
from smotefast.tables.pandas_columns import (
    append_mixed,
    append_values,
    encode_series,
    frame_of,
    is_decimal,
    is_sparse,
    like,
    numpy_dtype,
    plain_frame,
    read_numbers,
    series_column_type,
    take_pandas,
)
from smotefast.tables.protocol import DenseTable, Fill, Table, check_shape

if TYPE_CHECKING:
    import pandas as pd


def open_pandas(X: Container) -> Table:
    """Open a DataFrame; it is sparse if all columns are sparse with the fill value 0."""
    import pandas as pd

    if not isinstance(X, pd.DataFrame):
        return open_array(X)
    check_shape(*X.shape)
    if all(isinstance(dtype, pd.SparseDtype) and dtype.fill_value == 0 for dtype in X.dtypes):
        from smotefast.tables.pandas_sparse import SparsePandasTable

        return SparsePandasTable(X)
    return PandasTable(X)


class PandasColumns:
    """Base of dense and sparse DataFrames; columns are identified by position.

    Parameters
    ----------
    frame
        The DataFrame.
    """

    has_dtypes = True

    def __init__(self, frame: pd.DataFrame) -> None:
        self._original, self._frame = frame, plain_frame(frame)
        self.n_samples, self.n_features = frame.shape
        self.names = _uniform_names(frame)
        self.display_names = list(frame.columns)

    @cached_property
    def _numpy_dtypes(self) -> list[np.dtype]:
        return [numpy_dtype(dtype, name) for name, dtype in self._frame.dtypes.items()]

    def numpy_dtypes(self, columns: Sequence[int]) -> list[np.dtype]:
        """Return the dtypes of the numbers of columns; objects are float64."""
        selected = self._frame.dtypes.iloc[list(columns)]
        dtypes = [numpy_dtype(dtype, name) for name, dtype in selected.items()]
        return [np.dtype(np.float64) if dtype.kind == "O" else dtype for dtype in dtypes]

    def decimal_types(self, columns: Sequence[int]) -> list[DecimalType | None]:
        """Return the types of Arrow-backed decimal columns; None for other columns."""
        dtypes = self._frame.dtypes.iloc[list(columns)]
        return [
            decimal_type(dtype.pyarrow_dtype) if is_decimal(dtype) else None for dtype in dtypes
        ]

    def column_types(self) -> list[ColumnType]:
        """Return the type of each column."""
        return [series_column_type(self._frame.iloc[:, j]) for j in range(self.n_features)]

    def encode(self, column: int) -> EncodedColumn:
        """Return a column as categories."""
        return encode_series(self._frame.iloc[:, column])

    def append_mixed(self, new: MixedRows) -> pd.DataFrame:
        """Return a frame with new rows and a new RangeIndex."""
        return like(append_mixed(self._frame, new), self._original)


class PandasTable(PandasColumns, DenseTable):
    """Table of a DataFrame with dense columns."""

    @cached_property
    def _dtype(self) -> np.dtype:
        """The dtype of the matrix; raises ValueError if there is none."""
        common = frame_dtype(common_dtype(self._numpy_dtypes))
        # As in scikit-learn, one nullable column makes the whole matrix float64.
        has_nullable = any(
            hasattr(dtype, "na_value") and not is_sparse(dtype) for dtype in self._frame.dtypes
        )
        return np.dtype(np.float64) if has_nullable else common

    def to_matrix(self) -> np.ndarray:
        """Return the columns as one matrix; missing values become NaN."""
        if self._has_single_dtype(self._dtype):
            return np.asarray(self._frame.to_numpy())  # no copy if the frame is one block
        out = np.empty(self._frame.shape, dtype=self._dtype)
        write_matrix(self._readers(), out)
        return out

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> pd.DataFrame:
        """Return a frame with new rows and a new RangeIndex."""
        dtype = self._dtype if dtype is None else dtype
        if self._has_single_dtype(dtype):
            return self._extend_as_array(n_new, fill, dtype)
        block = np.empty((n_new, self.n_features), dtype=dtype)
        fill(block)
        # Column by column, only one cast column exists besides the block and the result.
        columns = [
            append_values(self._frame.iloc[:, j], block[:, j]) for j in range(self.n_features)
        ]
        return like(frame_of(columns, self._frame.columns), self._original)

    def _extend_as_array(self, n_new: int, fill: Fill, dtype: np.dtype) -> pd.DataFrame:
        """Return a frame around one array, which is the only memory allocated."""
        import pandas as pd

        out = np.empty((self.n_samples + n_new, self.n_features), dtype=dtype)
        write_matrix(self._readers(), out[: self.n_samples])
        fill(out[self.n_samples :])
        return like(pd.DataFrame(out, columns=self._frame.columns, copy=False), self._original)

    def take(self, indices: np.ndarray) -> pd.DataFrame:
        """Return the rows at these positions with a new RangeIndex."""
        return take_pandas(self._original, indices)

    def select(self, columns: Sequence[int]) -> Table:
        """Return a subset of the columns."""
        return open_pandas(self._frame.iloc[:, list(columns)])

    def _has_single_dtype(self, dtype: np.dtype) -> bool:
        """Tell whether all columns have this NumPy dtype."""
        return all(column_dtype == dtype for column_dtype in self._frame.dtypes)

    def _readers(self) -> list[ColumnReader]:
        return [partial(self._read, j) for j in range(self.n_features)]

    def _read(self, j: int) -> np.ndarray:
        return read_numbers(self._frame.iloc[:, j])


def _uniform_names(frame: pd.DataFrame) -> list[Any] | None:
    """Return the column names if all are strings or all are tuples, else None."""
    names = list(frame.columns)
    types: set[type] = {type(name) for name in names}
    is_uniform = all(issubclass(cls, str) for cls in types) or types == {tuple}
    return names if is_uniform else None
