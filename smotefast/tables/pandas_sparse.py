"""pandas DataFrames whose columns are all sparse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from smotefast.tables.casting import cast_column, common_dtype, frame_dtype
from smotefast.tables.categories import Codes, NewColumns
from smotefast.tables.pandas_categories import append_mixed, column_kind, encode_series
from smotefast.tables.pandas_columns import (
    column_names,
    like,
    numpy_dtype,
    plain_frame,
)
from smotefast.tables.protocol import Fill
from smotefast.tables.sparse import SparseTable


class SparsePandasTable:
    """Rows of a DataFrame of sparse columns with the fill value 0.

    Parameters
    ----------
    frame
        The DataFrame.
    """

    is_sparse = True
    has_dtypes = True

    def __init__(self, frame: Any) -> None:
        self._given, self._frame = frame, plain_frame(frame)
        self.n_samples, self.n_features = frame.shape
        self.names = column_names(frame)
        self.labels = list(frame.columns)

    def numeric(self) -> Any:
        """Return the columns as a CSR matrix."""
        plain = [numpy_dtype(dtype, name) for name, dtype in self._frame.dtypes.items()]
        common = frame_dtype(common_dtype(plain))
        values = [array.sp_values.astype(common, copy=False) for array in self._arrays]
        return SparseTable(self._matrix_of(np.concatenate(values))).numeric()

    @cached_property
    def _arrays(self) -> list[Any]:
        return [series.array for _, series in self._frame.items()]

    def _matrix_of(self, values: np.ndarray) -> Any:
        """Return a matrix with these values at the stored places, column after column."""
        from scipy.sparse import csc_matrix

        places = [array.sp_index.to_int_index().indices for array in self._arrays]
        starts = np.concatenate([[0], np.cumsum([len(of) for of in places])])
        return csc_matrix((values, np.concatenate(places), starts), self._frame.shape)

    def _rebuilt(self, columns: Any) -> Any:
        """Return arrays of the columns' dtypes as a frame of the caller's kind."""
        import pandas as pd

        # A dict of arrays, not of Series: pandas need not align their indexes.
        made = pd.DataFrame(dict(enumerate(columns)), copy=False)
        made.columns = self._frame.columns
        return like(made, self._given)

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Refuse: rows of a sparse table come by ``append_sparse``."""
        raise TypeError("The table is sparse; use append_sparse().")

    def append_sparse(self, block: Any) -> Any:
        """Return the frame with the rows of ``block`` added, sparse columns as they were."""
        if block is None:
            return self.take(np.arange(self.n_samples))
        n, n_new = self.n_samples, block.shape[0]
        columns = []
        for array, (values, places) in zip(self._arrays, _columns(block), strict=True):
            cast = cast_column(values, array.dtype.subtype)
            whole = np.concatenate([array.sp_values, cast], dtype=array.dtype.subtype)
            own = array.sp_index.to_int_index().indices
            everywhere = np.concatenate([own, places + n], dtype=np.int32)
            columns.append(_sparse_array(array, whole, everywhere, n + n_new))
        return self._rebuilt(columns)

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions with a new RangeIndex."""
        # Values of several types pass through none in common: what is taken is their places.
        n_stored = sum(len(array.sp_values) for array in self._arrays)
        taken = self._matrix_of(np.arange(n_stored)).tocsr()[indices]
        columns, start = [], 0
        for array, (stored, places) in zip(self._arrays, _columns(taken), strict=True):
            values = array.sp_values[stored - start]
            columns.append(_sparse_array(array, values, places, len(indices)))
            start += len(array.sp_values)
        return self._rebuilt(columns)

    def select(self, columns: Sequence[int]) -> SparsePandasTable:
        """Return some columns."""
        return SparsePandasTable(self._frame.iloc[:, list(columns)])

    def kinds(self) -> list[str]:
        """Return what each column holds."""
        return [column_kind(self._frame.iloc[:, j]) for j in range(self.n_features)]

    def codes(self, column: int) -> Codes:
        """Return a column as categories."""
        return encode_series(self._frame.iloc[:, column])

    def append_columns(self, new: NewColumns) -> Any:
        """Return a frame of sparse columns with new rows."""
        return like(append_mixed(self._frame, new), self._given)


def _columns(rows: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the stored values of each column of a sparse matrix, and their rows, ascending."""
    matrix = rows.tocsc()
    matrix.sort_indices()
    for start, stop in pairwise(matrix.indptr.tolist()):
        yield matrix.data[start:stop], matrix.indices[start:stop]


def _sparse_array(column: Any, values: np.ndarray, places: np.ndarray, length: int) -> Any:
    """Return values at some places as a sparse array of the dtype of a column."""
    kind, dtype = type(column), column.dtype
    if hasattr(kind, "from_indices"):  # from pandas 3.1 on
        how = dtype.fill_value, column.kind, dtype.subtype
        return kind.from_indices(values, places, length, *how)
    index = type(column.sp_index.to_int_index())(length, places.astype(np.int32, copy=False))
    if column.kind == "block":
        index = index.to_block_index()
    return kind(values, sparse_index=index, dtype=dtype)
