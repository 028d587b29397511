"""``RowMatrix``: features of resampled rows as a matrix that is read when it is indexed."""

from __future__ import annotations

import operator
import threading
from collections.abc import Iterator
from typing import Any, Protocol, SupportsIndex

import numpy as np
import pyarrow as pa

from smotefast.tables.arrow_columns import features_to_matrix, non_numeric_fields

Index = SupportsIndex | slice | list[int] | np.ndarray


class _Rows(Protocol):
    """Rows in batches, as ``ResampledRows`` has them."""

    schema: pa.Schema

    @property
    def n_rows(self) -> int: ...

    def batches(self, start: int = 0) -> Iterator[pa.RecordBatch]: ...

    def first_row_to_read(self, row: int) -> int: ...


class RowMatrix:
    """Numeric columns as a matrix of which one batch is in memory.

    It is read fastest in ascending order: a row in the batch in memory is at hand, one further
    on is read from there, one before it from the beginning of its row group. Threads may use it
    in turn.

    Attributes
    ----------
    shape
        Number of rows, and of columns.
    dtype
        Of the values.
    """

    def __init__(self, rows: _Rows, dtype: np.dtype[Any]) -> None:
        for name, what in non_numeric_fields(rows.schema).items():
            raise ValueError(
                f"Column {name!r} is {what}, which is not a number. Leave it out: select the "
                "numeric columns first, with select."
            )
        self._rows = rows
        self.dtype = dtype
        self.shape = (rows.n_rows, len(rows.schema))
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._batches: Iterator[pa.RecordBatch] | None = None
        self._block = np.empty((0, self.shape[1]), self.dtype)
        self._first = 0  # row of the matrix that the block begins with

    def __getstate__(self) -> dict[str, Any]:
        return {"_rows": self._rows, "dtype": self.dtype, "shape": self.shape}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._forget()

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Index) -> np.ndarray:
        """Return a copy of a row, shape (n_features,), or of some rows, (n, n_features).

        Parameters
        ----------
        index
            A position, a slice, or a list or array of positions in any order. Negative ones
            count from the end.

        Raises
        ------
        IndexError
            If there is no such row.
        TypeError
            If the index is something else.
        """
        if isinstance(index, slice):
            return self._take(np.arange(*index.indices(len(self))))
        if isinstance(index, list | np.ndarray):
            return self._take(self._positions(index))
        if not isinstance(index, SupportsIndex):
            raise TypeError(
                "A row is indexed by a position, a slice or a list of positions, and not by "
                f"{type(index).__name__}."
            )
        return self._row(int(self._positions([operator.index(index)])[0]))

    def _row(self, position: int) -> np.ndarray:
        """Return a copy: the 200,000 views that LightGBM samples would keep all blocks."""
        with self._lock:
            self._read(position)
            row: np.ndarray = self._block[position - self._first].copy()
        return row

    def _positions(self, index: list[int] | np.ndarray) -> np.ndarray:
        found = np.asarray(index)
        if not found.size:
            found = found.astype(np.int64)
        if found.ndim != 1 or found.dtype.kind not in "iu":
            raise TypeError("A list of positions must have one dimension and whole numbers.")
        out_of_range = (found < -len(self)) | (found >= len(self))
        if out_of_range.any():
            row = found[out_of_range][0]
            raise IndexError(f"There is no row {row}: the matrix has {len(self):,} rows.")
        return np.where(found < 0, found + len(self), found)

    def _take(self, positions: np.ndarray) -> np.ndarray:
        """Return rows in the order given, and read them in ascending order."""
        out = np.empty((len(positions), self.shape[1]), self.dtype)
        order = np.argsort(positions, kind="stable")
        ascending, done = positions[order], 0
        with self._lock:
            while done < len(ascending):
                self._read(int(ascending[done]))
                end = int(np.searchsorted(ascending, self._first + len(self._block)))
                out[order[done:end]] = self._block[ascending[done:end] - self._first]
                done = end
        return out

    def _read(self, row: int) -> None:
        """Make the block in memory the one with this row."""
        end = self._first + len(self._block)
        if self._first <= row < end:
            return
        batches, self._batches = self._batches, None  # after an error, begin again
        if batches is None or row < end or self._is_far(row, end):
            batches, end = self._rows.batches(row), row
        while row >= end:
            batch = next(batches)
            first, end = end, end + batch.num_rows
        self._block = features_to_matrix(
            batch.columns, batch.schema.names, self.dtype, nulls="nan"
        )
        self._first, self._batches = first, batches

    def _is_far(self, row: int, end: int) -> bool:
        """Whether a block can be left out by opening the file again, nearer to a row."""
        return self._rows.first_row_to_read(row) - end > len(self._block)


def check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return the dtype of a matrix; raise ValueError unless it is float32 or float64."""
    try:
        found: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype={dtype!r} must be float32 or float64.")
    return found
