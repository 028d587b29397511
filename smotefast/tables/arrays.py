"""NumPy arrays, lists, and whatever else can be read as an array."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from smotefast.tables.casting import cast_column
from smotefast.tables.categories import Codes, NewColumns, array_kind, encode_array
from smotefast.tables.protocol import DenseTable, Fill

_UNUSABLE = {"M": "dates", "m": "time spans", "V": "records"}


def open_array(X: Any) -> ArrayTable:
    """Open anything that scikit-learn accepts as a two-dimensional array."""
    return ArrayTable(_two_dimensional(X))


def open_list(X: list[Any]) -> ListTable:
    """Open a list of rows."""
    array = _two_dimensional(X)
    if array.dtype.kind in "US":  # NumPy makes text of numbers that stand beside text
        items = np.array(X, dtype=object)
        if not all(isinstance(item, str | bytes) for item in items.flat):
            array = items
    return ListTable(X, array)


class ArrayTable(DenseTable):
    """Rows of a NumPy array of any layout and dtype.

    Parameters
    ----------
    array
        Shape (n_samples, n_features).
    """

    names = None
    has_dtypes = False

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        self.n_samples, self.n_features = array.shape

    @cached_property
    def _dtype(self) -> np.dtype:
        """The dtype of the matrix, or why there is none."""
        dtype = self._array.dtype
        if dtype.kind in "US":
            raise ValueError(
                "dtype='numeric' is not compatible with arrays of bytes/strings: X holds "
                f"text (dtype {dtype}). Convert it to numbers, or use RandomOverSampler, "
                "which copies rows of any type."
            )
        if dtype.kind in _UNUSABLE:
            raise ValueError(
                f"X holds {_UNUSABLE[dtype.kind]} (dtype {dtype}), and only numbers can be "
                "compared and interpolated. Convert X to numbers, or use RandomOverSampler "
                "or RandomUnderSampler, which copy rows of any type."
            )
        return np.dtype(np.float64) if dtype.kind == "O" else dtype.newbyteorder("=")

    def numeric(self) -> np.ndarray:
        """Return the array itself where it is numeric and of native byte order, else a copy."""
        dtype = self._dtype
        if self._array.dtype.kind == "O":
            _refuse_text(self._array)
        return np.asarray(self._array, dtype=dtype)

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Return an array with new rows, allocated once and filled in place."""
        dtype = self._dtype if dtype is None else dtype
        out = np.empty((self.n_samples + n_new, self.n_features), dtype=dtype)
        out[: self.n_samples] = self._array
        fill(out[self.n_samples :])
        return out

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions."""
        return np.take(self._array, indices, axis=0)

    def select(self, columns: Sequence[int]) -> ArrayTable:
        """Return some columns."""
        return ArrayTable(self._array[:, list(columns)])

    def kinds(self) -> list[str]:
        """Return what each column holds."""
        return [array_kind(column) for column in self._array.T]

    def codes(self, column: int) -> Codes:
        """Return a column as categories."""
        return encode_array(self._array[:, column])

    def append_columns(self, new: NewColumns) -> Any:
        """Return an array of the same dtype with new rows."""
        out = np.empty((self.n_samples + new.n_new, self.n_features), self._array.dtype)
        out[: self.n_samples] = self._array
        self._write_new(new, out[self.n_samples :])
        return out

    def _write_new(self, new: NewColumns, out: np.ndarray) -> None:
        dtype = self._array.dtype
        for place, j in enumerate(new.numeric):
            values = new.numbers[:, place]
            out[:, j] = values if dtype.kind == "O" else cast_column(values, dtype)
        for j, picked in new.picks.items():
            out[:, j] = self._array[picked, j]


class ListTable(ArrayTable):
    """Rows of a list; the items of original rows come back as they are.

    Parameters
    ----------
    rows
        The list.
    array
        The same as an array.
    """

    def __init__(self, rows: list[Any], array: np.ndarray) -> None:
        super().__init__(array)
        self._rows = rows

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> list[Any]:
        """Return a list of lists with new rows."""
        dtype = self._dtype if dtype is None else dtype
        block = np.empty((n_new, self.n_features), dtype=dtype)
        fill(block)
        return [*map(_as_list, self._rows), *block.tolist()]

    def take(self, indices: np.ndarray) -> list[Any]:
        """Return the rows at these positions, each as a list of its own."""
        return [_as_list(self._rows[i]) for i in indices.tolist()]

    def append_columns(self, new: NewColumns) -> list[Any]:
        """Return a list of lists with new rows; picked items are those of the list."""
        rows = [[None] * self.n_features for _ in range(new.n_new)]
        for place, j in enumerate(new.numeric):
            for row, value in zip(rows, new.numbers[:, place].tolist(), strict=True):
                row[j] = value
        for j, picked in new.picks.items():
            for row, i in zip(rows, picked.tolist(), strict=True):
                row[j] = self._rows[i][j]
        return [*map(_as_list, self._rows), *rows]


def _two_dimensional(X: Any) -> np.ndarray:
    """Let scikit-learn refuse shapes and complex numbers; it copies no NumPy array."""
    from sklearn.utils.validation import check_array

    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError(
            "X is a masked array with masked values. Give the values that are missing a "
            "number, X.filled(...), or drop their rows."
        )
    if getattr(getattr(X, "dtype", None), "names", None):
        raise ValueError(
            f"X is a structured array with the fields {X.dtype.names}. Pass a DataFrame, "
            "or numpy.lib.recfunctions.structured_to_unstructured(X)."
        )
    array: np.ndarray = check_array(X, dtype=None, ensure_all_finite=False, input_name="X")
    return array


def _refuse_text(array: np.ndarray) -> None:
    # NumPy would read the text "1.5" as a number.
    for j, column in enumerate(array.T):
        found = next((value for value in column if isinstance(value, str | bytes)), None)
        if found is not None:
            raise ValueError(
                f"could not convert string to float: column {j} of X holds the text "
                f"{found!r}. Encode or drop the column, or use RandomOverSampler, which "
                "copies rows of any type."
            )


def _as_list(row: Any) -> list[Any]:
    return row.tolist() if isinstance(row, np.ndarray) else list(row)
