"""pandas DataFrames: plain, nullable, Arrow-backed and sparse columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from smotefast.tables.arrays import open_array
from smotefast.tables.casting import common_dtype, frame_dtype, write_matrix
from smotefast.tables.categories import Codes, NewColumns
from smotefast.tables.pandas_categories import append_mixed, column_kind, encode_series
from smotefast.tables.pandas_columns import (
    append_values,
    column_names,
    frame_of,
    is_sparse,
    like,
    numpy_dtype,
    plain_frame,
    read_numbers,
    take_pandas,
)
from smotefast.tables.protocol import DenseTable, Fill, Table, check_shape


def open_pandas(X: Any) -> Table:
    """Open a DataFrame; a frame of sparse columns with the fill value 0 is sparse."""
    import pandas as pd

    if not isinstance(X, pd.DataFrame):
        return open_array(X)
    check_shape(*X.shape)
    if all(isinstance(one, pd.SparseDtype) and one.fill_value == 0 for one in X.dtypes):
        from smotefast.tables.pandas_sparse import SparsePandasTable

        return SparsePandasTable(X)
    return PandasTable(X)


class PandasTable(DenseTable):
    """Rows of a DataFrame; columns are told by position, whatever their names.

    Parameters
    ----------
    frame
        The DataFrame.
    """

    def __init__(self, frame: Any) -> None:
        self._given, self._frame = frame, plain_frame(frame)
        self.n_samples, self.n_features = frame.shape
        self.names = column_names(frame)
        self.labels = list(frame.columns)

    @cached_property
    def _dtype(self) -> np.dtype:
        """The dtype of the matrix, or why there is none."""
        dtypes = list(self._frame.dtypes)
        plain = [numpy_dtype(one, name) for name, one in self._frame.dtypes.items()]
        # scikit-learn: a nullable column makes all of the matrix float64.
        nullable = any(hasattr(one, "na_value") and not is_sparse(one) for one in dtypes)
        return np.dtype(np.float64) if nullable else frame_dtype(common_dtype(plain))

    def numeric(self) -> np.ndarray:
        """Return the columns as one matrix; missing values become NaN."""
        if self._is_plain(self._dtype):
            return np.asarray(self._frame.to_numpy())  # of a single block: no copy
        out = np.empty(self._frame.shape, dtype=self._dtype)
        write_matrix([self._reader(j) for j in range(self.n_features)], out)
        return out

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Return a frame with new rows and a new RangeIndex."""
        dtype = self._dtype if dtype is None else dtype
        if self._is_plain(dtype):
            return self._extended_whole(n_new, fill, dtype)
        block = np.empty((n_new, self.n_features), dtype=dtype)
        fill(block)
        # Column by column: only one cast column exists beside the block and the result.
        columns = [
            append_values(self._frame.iloc[:, j], block[:, j]) for j in range(self.n_features)
        ]
        return like(frame_of(columns, self._frame.columns), self._given)

    def _extended_whole(self, n_new: int, fill: Fill, dtype: np.dtype) -> Any:
        """Return a frame around one array, which is all the memory that it takes."""
        import pandas as pd

        n_kept = self.n_samples
        out = np.empty((n_kept + n_new, self.n_features), dtype=dtype)
        write_matrix([self._reader(j) for j in range(self.n_features)], out[:n_kept])
        fill(out[n_kept:])
        made = pd.DataFrame(out, columns=self._frame.columns, copy=False)
        return like(made, self._given)

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions with a new RangeIndex."""
        return take_pandas(self._given, indices)

    def select(self, columns: Sequence[int]) -> Table:
        """Return some columns."""
        return open_pandas(self._frame.iloc[:, list(columns)])

    def kinds(self) -> list[str]:
        """Return what each column holds."""
        return [column_kind(self._frame.iloc[:, j]) for j in range(self.n_features)]

    def codes(self, column: int) -> Codes:
        """Return a column as categories."""
        return encode_series(self._frame.iloc[:, column])

    def append_columns(self, new: NewColumns) -> Any:
        """Return a frame with new rows and a new RangeIndex."""
        return like(append_mixed(self._frame, new), self._given)

    def _is_plain(self, dtype: np.dtype) -> bool:
        """Whether all columns have this one NumPy dtype."""
        return all(one == dtype for one in self._frame.dtypes)

    def _reader(self, j: int) -> Any:
        return lambda: read_numbers(self._frame.iloc[:, j])
