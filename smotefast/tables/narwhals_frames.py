"""narwhals DataFrames: unwrap the frame of another library, and wrap the result again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

import numpy as np

from smotefast._typing import CSR, Container, Matrix
from smotefast.tables.categories import EncodedColumn, MixedRows
from smotefast.tables.column_types import ColumnType
from smotefast.tables.decimals import DecimalType
from smotefast.tables.protocol import Fill, Table


def open_narwhals(X: Container, open_native: Callable[[Container], Table]) -> Table:
    """Open the native frame of a narwhals DataFrame."""
    if type(X).__name__ == "LazyFrame":
        raise ValueError("X is a LazyFrame; collect it first with X.collect().")
    return NarwhalsTable(X, open_native(X.to_native()))


class NarwhalsTable:
    """Table of a narwhals DataFrame.

    Parameters
    ----------
    frame
        The narwhals DataFrame.
    native
        The table of its native frame.
    """

    def __init__(self, frame: Container, native: Table) -> None:
        self._wrap = wrapper_like(frame)
        self._native = native
        self.n_samples, self.n_features = native.n_samples, native.n_features
        self.names, self.display_names = native.names, native.display_names
        self.is_sparse = native.is_sparse
        self.has_dtypes = native.has_dtypes

    def to_matrix(self) -> Matrix:
        """Return the matrix of the native frame."""
        return self._native.to_matrix()

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Container:
        """Return a wrapped frame with new rows."""
        return self._wrap(self._native.extend(n_new, fill, dtype))

    def append_sparse(self, block: CSR | None) -> Container:
        """Return a wrapped frame with the rows of ``block`` appended."""
        return self._wrap(self._native.append_sparse(block))

    def take(self, indices: np.ndarray) -> Container:
        """Return the rows at these positions, wrapped."""
        return self._wrap(self._native.take(indices))

    def select(self, columns: Sequence[int]) -> Table:
        """Return a subset of the columns of the native frame."""
        return self._native.select(columns)

    def column_types(self) -> list[ColumnType]:
        """Return the type of each column."""
        return self._native.column_types()

    def numpy_dtypes(self, columns: Sequence[int]) -> list[np.dtype]:
        """Return the dtypes of the numbers of columns."""
        return self._native.numpy_dtypes(columns)

    def decimal_types(self, columns: Sequence[int]) -> list[DecimalType | None]:
        """Return the types of decimal columns; None for other columns."""
        return self._native.decimal_types(columns)

    def encode(self, column: int) -> EncodedColumn:
        """Return a column as categories."""
        return self._native.encode(column)

    def append_mixed(self, new: MixedRows) -> Container:
        """Return a wrapped frame with new rows."""
        return self._wrap(self._native.append_mixed(new))


def wrapper_like(wrapped: Container) -> Callable[[Container], Container]:
    """Return the ``from_native`` of narwhals, or of the stable version of ``wrapped``."""
    name = type(wrapped).__module__
    module = import_module(name if ".stable." in name else "narwhals")
    return lambda native: module.from_native(native, allow_series=True)
