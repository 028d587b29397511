"""NumPy arrays, lists, and whatever else can be read as an array."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from smotefast._messages import listed
from smotefast.tables.casting import (
    NotNumericError,
    cast_column,
    first_text,
    join_objects,
    read_objects,
)
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
    labels
        What messages call the columns; None for their positions.
    """

    names = None
    has_dtypes = False

    def __init__(self, array: np.ndarray, labels: Sequence[Any] | None = None) -> None:
        self._array = array
        self.n_samples, self.n_features = array.shape
        self.labels = range(self.n_features) if labels is None else labels

    @cached_property
    def _dtype(self) -> np.dtype:
        """The dtype of the matrix, or why there is none."""
        dtype = self._array.dtype
        if dtype.kind in "UST":
            raise NotNumericError(
                "dtype='numeric' is not compatible with arrays of bytes/strings: X holds "
                f"text (dtype {dtype}).",
                None,
                "",
                "Convert it to numbers, or use RandomOverSampler, which copies rows of any "
                "type.",
            )
        if dtype.kind in _UNUSABLE:
            raise NotNumericError(
                f"X holds {_UNUSABLE[dtype.kind]} (dtype {dtype}), and only numbers can be "
                "compared and interpolated.",
                None,
                "",
                "Convert X to numbers, or use RandomOverSampler or RandomUnderSampler, which "
                "copy rows of any type.",
            )
        return np.dtype(np.float64) if dtype.kind == "O" else dtype.newbyteorder("=")

    def numeric(self) -> np.ndarray:
        """Return the array itself where it is numeric and of native byte order, else a copy."""
        dtype = self._dtype
        return np.asarray(self._kept(), dtype=dtype)

    def _kept(self) -> np.ndarray:
        """Return the original rows, numbers in place of objects."""
        return self._array if self._array.dtype.kind != "O" else self._objects()

    def _objects(self) -> np.ndarray:
        _refuse_text(self._array, self.labels)
        columns = map(read_objects, self._array.T, self.labels)
        try:
            return np.stack(list(columns), axis=1)
        except ValueError as why:
            # scikit-learn expects a TypeError of objects that are no numbers in an array.
            kind = TypeError if isinstance(why.__cause__, TypeError) else ValueError
            raise kind(str(why)) from why

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Return an array with new rows, allocated once and filled in place."""
        dtype = self._dtype if dtype is None else dtype
        out = np.empty((self.n_samples + n_new, self.n_features), dtype=dtype)
        out[: self.n_samples] = self._kept()
        fill(out[self.n_samples :])
        return out

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions."""
        return np.take(self._array, indices, axis=0)

    def select(self, columns: Sequence[int]) -> ArrayTable:
        """Return some columns."""
        labels = [self.labels[j] for j in columns]
        return ArrayTable(self._array[:, list(columns)], labels)

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
        for place, j in enumerate(new.numeric):
            out[:, j] = self._extended_column(j, new.numbers[:, place])
        for j, picked in new.picks.items():
            out[self.n_samples :, j] = self._array[picked, j]
        return out

    def _extended_column(self, j: int, new: np.ndarray) -> np.ndarray:
        """Return a column with computed values after its own."""
        column = self._array[:, j]
        if column.dtype.kind == "O":
            return join_objects(column, new)
        return np.concatenate([column, cast_column(new, column.dtype)])


class ListTable(ArrayTable):
    """Rows of a list, of which lists of rows are made.

    Where values are computed, all numbers come back as Python's, of one type; rows that are
    taken and categories keep their items.

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
        rows: list[Any] = super().extend(n_new, fill, dtype).tolist()
        return rows

    def take(self, indices: np.ndarray) -> list[Any]:
        """Return the rows at these positions, each as a list of its own."""
        return [_as_list(self._rows[i]) for i in indices.tolist()]

    def append_columns(self, new: NewColumns) -> list[Any]:
        """Return a list of lists with new rows; items of categories are those of the list."""
        rows = [
            *map(_as_list, self._rows),
            *([None] * self.n_features for _ in range(new.n_new)),
        ]
        for place, j in enumerate(new.numeric):
            values = self._extended_column(j, new.numbers[:, place]).tolist()
            for row, value in zip(rows, values, strict=True):
                row[j] = value
        for j, picked in new.picks.items():
            for row, i in zip(rows[self.n_samples :], picked.tolist(), strict=True):
                row[j] = self._rows[i][j]
        return rows


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
            f"X is a structured array with the fields {listed(X.dtype.names)}. Pass a "
            "DataFrame, or numpy.lib.recfunctions.structured_to_unstructured(X)."
        )
    array: np.ndarray = check_array(X, dtype=None, ensure_all_finite=False, input_name="X")
    return array


def _refuse_text(array: np.ndarray, labels: Sequence[Any]) -> None:
    for label, column in zip(labels, array.T, strict=True):
        found = first_text(column)
        if found is not None:
            raise NotNumericError(
                "could not convert string to float: column ",
                label,
                f" of X holds the text {found!r}.",
                "Encode or drop the column, or use RandomOverSampler, which copies rows of any "
                "type.",
            )


def _as_list(row: Any) -> list[Any]:
    return row.tolist() if isinstance(row, np.ndarray) else list(row)
