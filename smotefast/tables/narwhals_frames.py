"""narwhals DataFrames: wrappers around a frame of another library, which does the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from smotefast.tables.categories import Codes, NewColumns
from smotefast.tables.protocol import Fill, Table


def open_narwhals(X: Any, open_native: Callable[[Any], Table]) -> Table:
    """Open the frame inside a narwhals DataFrame."""
    if type(X).__name__ == "LazyFrame":
        raise ValueError("X is a LazyFrame; collect it first with X.collect().")
    return NarwhalsTable(X, open_native(X.to_native()))


class NarwhalsTable:
    """Rows of a frame that came wrapped, and goes wrapped.

    Parameters
    ----------
    frame
        The narwhals DataFrame.
    native
        The opened frame inside it.
    """

    def __init__(self, frame: Any, native: Table) -> None:
        self._wrap = wrapper_like(frame)
        self._native = native
        self.n_samples, self.n_features = native.n_samples, native.n_features
        self.names, self.labels = native.names, native.labels
        self.is_sparse = native.is_sparse
        self.has_dtypes = native.has_dtypes

    def numeric(self) -> Any:
        """Return the matrix of the frame inside."""
        return self._native.numeric()

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Return the frame with new rows, wrapped."""
        return self._wrap(self._native.extend(n_new, fill, dtype))

    def append_sparse(self, block: Any) -> Any:
        """Return the frame with the rows of ``block`` added, wrapped."""
        return self._wrap(self._native.append_sparse(block))

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions, wrapped."""
        return self._wrap(self._native.take(indices))

    def select(self, columns: Sequence[int]) -> Table:
        """Return some columns of the frame inside."""
        return self._native.select(columns)

    def kinds(self) -> list[str]:
        """Return what each column holds."""
        return self._native.kinds()

    def codes(self, column: int) -> Codes:
        """Return a column as categories."""
        return self._native.codes(column)

    def append_columns(self, new: NewColumns) -> Any:
        """Return the frame with new rows, wrapped."""
        return self._wrap(self._native.append_columns(new))


def wrapper_like(wrapped: Any) -> Callable[[Any], Any]:
    """Return the function that wraps as ``wrapped`` is: narwhals, or a stable version."""
    home = type(wrapped).__module__
    module = import_module(home if ".stable." in home else "narwhals")
    return lambda native: module.from_native(native, allow_series=True)
