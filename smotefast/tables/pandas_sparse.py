"""pandas DataFrames whose columns are all sparse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from smotefast.tables.casting import clamp_bounds, common_dtype, frame_dtype
from smotefast.tables.categories import Codes, NewColumns
from smotefast.tables.pandas_categories import append_mixed, column_kind, encode_series
from smotefast.tables.pandas_columns import (
    column_names,
    frame_of,
    like,
    numpy_dtype,
    plain_frame,
    take_pandas,
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
        import pandas as pd

        frame = self._frame
        plain = [numpy_dtype(dtype, name) for name, dtype in frame.dtypes.items()]
        common = frame_dtype(common_dtype(plain))
        if any(dtype != common for dtype in plain):  # pandas would mix bool to object
            frame = frame.astype(pd.SparseDtype(common, common.type(0)))
        return SparseTable(frame.sparse.to_coo()).numeric()

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Refuse: rows of a sparse table come by ``append_sparse``."""
        raise TypeError("The table is sparse; use append_sparse().")

    def append_sparse(self, block: Any) -> Any:
        """Return the frame with the rows of ``block`` added, sparse columns as they were."""
        import pandas as pd

        if block is None:
            return self.take(np.arange(self.n_samples))
        accessor: Any = pd.DataFrame.sparse  # pandas-stubs does not know it
        new = accessor.from_spmatrix(block)
        columns = []
        for j, dtype in enumerate(self._frame.dtypes):
            added = pd.Series(_cast_sparse(new[j].array, dtype))
            columns.append(pd.concat([self._frame.iloc[:, j], added], ignore_index=True))
        return like(frame_of(columns, self._frame.columns), self._given)

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions with a new RangeIndex."""
        return take_pandas(self._given, indices)

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


def _cast_sparse(values: Any, dtype: Any) -> Any:
    """Cast as ``casting.cast_column`` does; absent entries stay absent."""
    kind = np.dtype(dtype.subtype)
    if kind.kind == "b":
        return values >= 0.5
    if kind.kind in "iu" and not np.can_cast(values.dtype.subtype, kind):
        lowest, highest = clamp_bounds(values.dtype.subtype, kind)
        values = np.minimum(np.maximum(values, lowest), highest)
    return values.astype(dtype)
