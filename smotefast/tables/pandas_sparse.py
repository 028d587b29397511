"""pandas DataFrames in which all columns are sparse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from smotefast._typing import CSR, SparseMatrix
from smotefast.tables.casting import cast_column, common_dtype, frame_dtype
from smotefast.tables.pandas_columns import like
from smotefast.tables.pandas_frames import PandasColumns
from smotefast.tables.protocol import Fill
from smotefast.tables.sparse import SparseTable

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csc_matrix

# pandas-stubs do not know the attributes of sparse arrays that this file uses.
SparseArray: TypeAlias = Any  # pd.arrays.SparseArray


class SparsePandasTable(PandasColumns):
    """Table of a DataFrame of sparse columns with the fill value 0."""

    is_sparse = True

    def to_matrix(self) -> CSR:
        """Return the columns as a CSR matrix."""
        common = frame_dtype(common_dtype(self._numpy_dtypes))
        values = [array.sp_values.astype(common, copy=False) for array in self._arrays]
        return SparseTable(self._matrix_of(np.concatenate(values))).to_matrix()

    @cached_property
    def _arrays(self) -> list[SparseArray]:
        return [series.array for _, series in self._frame.items()]

    def _matrix_of(self, values: np.ndarray) -> csc_matrix:
        """Return a matrix that stores these values where the frame stores its own."""
        from scipy.sparse import csc_matrix

        rows = [array.sp_index.to_int_index().indices for array in self._arrays]
        starts = np.concatenate([[0], np.cumsum([len(column) for column in rows])])
        return csc_matrix((values, np.concatenate(rows), starts), self._frame.shape)

    def _rebuilt(self, columns: Iterable[SparseArray]) -> pd.DataFrame:
        """Return sparse arrays as a frame of the caller's class."""
        import pandas as pd

        # A dict of arrays, not Series, so that pandas aligns no indexes.
        frame = pd.DataFrame(dict(enumerate(columns)), copy=False)
        frame.columns = self._frame.columns
        return like(frame, self._original)

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> pd.DataFrame:
        """Raise TypeError: ``append_sparse`` appends rows to a sparse table."""
        raise TypeError("The table is sparse; use append_sparse().")

    def append_sparse(self, block: CSR | None) -> pd.DataFrame:
        """Return the frame with the rows of ``block`` appended; column dtypes are kept."""
        if block is None:
            return self.take(np.arange(self.n_samples))
        n, n_new = self.n_samples, block.shape[0]
        columns = []
        for array, (values, rows) in zip(self._arrays, _columns(block), strict=True):
            dtype = array.dtype.subtype
            stored = np.concatenate([array.sp_values, cast_column(values, dtype)], dtype=dtype)
            old_rows = array.sp_index.to_int_index().indices
            all_rows = np.concatenate([old_rows, rows + n], dtype=np.int32)
            columns.append(_sparse_array(array, stored, all_rows, n + n_new))
        return self._rebuilt(columns)

    def take(self, indices: np.ndarray) -> pd.DataFrame:
        """Return the rows at these positions with a new RangeIndex."""
        # The matrix holds positions of values, so that values keep the dtypes of their columns.
        n_stored = sum(len(array.sp_values) for array in self._arrays)
        taken = self._matrix_of(np.arange(n_stored)).tocsr()[indices]
        columns, start = [], 0
        for array, (positions, rows) in zip(self._arrays, _columns(taken), strict=True):
            values = array.sp_values[positions - start]
            columns.append(_sparse_array(array, values, rows, len(indices)))
            start += len(array.sp_values)
        return self._rebuilt(columns)

    def select(self, columns: Sequence[int]) -> SparsePandasTable:
        """Return a subset of the columns."""
        return SparsePandasTable(self._frame.iloc[:, list(columns)])


def _columns(matrix: SparseMatrix) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the stored values of each column and their rows in ascending order."""
    csc = matrix.tocsc()
    csc.sort_indices()
    for start, stop in pairwise(csc.indptr.tolist()):
        yield csc.data[start:stop], csc.indices[start:stop]


def _sparse_array(
    column: SparseArray, values: np.ndarray, rows: np.ndarray, length: int
) -> SparseArray:
    """Return values at these rows as a sparse array with the dtype of ``column``."""
    cls, dtype = type(column), column.dtype
    if hasattr(cls, "from_indices"):  # since pandas 3.1
        options = dtype.fill_value, column.kind, dtype.subtype
        return cls.from_indices(values, rows, length, *options)
    index = type(column.sp_index.to_int_index())(length, rows.astype(np.int32, copy=False))
    if column.kind == "block":
        index = index.to_block_index()
    return cls(values, sparse_index=index, dtype=dtype)
