"""NumPy arrays, lists, and all other data that can be read as an array."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np

from smotefast._messages import list_names
from smotefast._typing import Container
from smotefast.exceptions import NotNumericError
from smotefast.tables.casting import (
    cast_column,
    first_text,
    join_objects,
    read_objects,
    with_missing_items,
)
from smotefast.tables.categories import EncodedColumn, MixedRows, encode_array
from smotefast.tables.column_types import ColumnType, array_column_type
from smotefast.tables.protocol import DenseTable, Fill

_FLOATS = np.dtype(np.float32), np.dtype(np.float64)
_NOT_NUMERIC = {"M": "dates", "m": "time spans", "V": "records"}


def open_array(X: Container) -> ArrayTable:
    """Open data that scikit-learn accepts as a two-dimensional array."""
    return ArrayTable(_two_dimensional(X))


def open_list(X: list[Any]) -> ListTable:
    """Open a list of rows."""
    array = _two_dimensional(X)
    if array.dtype.kind in "US":  # NumPy converts numbers to text if the list holds both
        items = np.array(X, dtype=object)
        if not all(isinstance(item, str | bytes) for item in items.flat):
            array = items
    return ListTable(X, array)


class ArrayTable(DenseTable):
    """Table of a NumPy array of any memory layout and dtype.

    Parameters
    ----------
    array
        Shape (n_samples, n_features).
    display_names
        Column names for messages; None for positions.
    """

    names = None
    has_dtypes = False

    def __init__(
        self, array: np.ndarray, display_names: Sequence[Hashable] | None = None
    ) -> None:
        self._array = array
        self.n_samples, self.n_features = array.shape
        self.display_names = range(self.n_features) if display_names is None else display_names

    @cached_property
    def _dtype(self) -> np.dtype:
        """The dtype of the matrix; raises NotNumericError if there is none."""
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
        if dtype.kind in _NOT_NUMERIC:
            raise NotNumericError(
                f"X holds {_NOT_NUMERIC[dtype.kind]} (dtype {dtype}), and only numbers can be "
                "compared and interpolated.",
                None,
                "",
                "Convert X to numbers, or use RandomOverSampler or RandomUnderSampler, which "
                "copy rows of any type.",
            )
        return np.dtype(np.float64) if dtype.kind == "O" else dtype.newbyteorder("=")

    def to_matrix(self) -> np.ndarray:
        """Return the array itself if it is numeric and in native byte order, else a copy."""
        dtype = self._dtype
        return np.asarray(self._numbers(), dtype=dtype)

    def _numbers(self) -> np.ndarray:
        """Return the original rows, with Python objects converted to numbers."""
        if self._array.dtype.kind != "O":
            return self._array
        _refuse_text(self._array, self.display_names)
        columns = map(read_objects, self._array.T, self.display_names)
        try:
            return np.stack(list(columns), axis=1)
        except ValueError as error:
            # scikit-learn expects TypeError for objects that are not numbers.
            cls = TypeError if isinstance(error.__cause__, TypeError) else ValueError
            raise cls(str(error)) from error

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Container:
        """Return an array with new rows; it is allocated once and filled in place."""
        dtype = self._dtype if dtype is None else dtype
        out = np.empty((self.n_samples + n_new, self.n_features), dtype=dtype)
        out[: self.n_samples] = self._numbers()
        fill(out[self.n_samples :])
        return out

    def take(self, indices: np.ndarray) -> Container:
        """Return the rows at these positions."""
        return np.take(self._array, indices, axis=0)

    def select(self, columns: Sequence[int]) -> ArrayTable:
        """Return a subset of the columns."""
        names = [self.display_names[j] for j in columns]
        return ArrayTable(self._array[:, list(columns)], names)

    def column_types(self) -> list[ColumnType]:
        """Return the type of each column."""
        return [array_column_type(column) for column in self._array.T]

    def numpy_dtypes(self, columns: Sequence[int]) -> list[np.dtype]:
        """Return the dtype of the matrix for each of these columns."""
        return [self._dtype] * len(columns)

    def encode(self, column: int) -> EncodedColumn:
        """Return a column as categories."""
        return encode_array(self._array[:, column])

    def append_mixed(self, new: MixedRows) -> Container:
        """Return an array of the same dtype with new rows."""
        out = np.empty((self.n_samples + new.n_new, self.n_features), self._array.dtype)
        out[: self.n_samples] = self._array
        for j, values in new.numeric_values().items():
            out[:, j] = self._appended_column(j, values)
        for j, rows in new.sources.items():
            out[self.n_samples :, j] = self._array[rows, j]
        return out

    def _appended_column(self, j: int, values: np.ndarray) -> np.ndarray:
        """Return a column with computed values appended."""
        column = self._array[:, j]
        if column.dtype.kind == "O":
            return join_objects(column, values)
        return np.concatenate([column, cast_column(values, column.dtype)])


class ListTable(ArrayTable):
    """Table of a list of rows; its results are lists of lists.

    Computed rows and all numeric columns become Python numbers of one type. Rows that are
    taken, and columns of categories, keep their items.

    Parameters
    ----------
    rows
        The list.
    array
        The same data as an array.
    """

    def __init__(self, rows: list[Any], array: np.ndarray) -> None:
        super().__init__(array)
        self._rows = rows

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> list[Any]:
        """Return a list of lists with new rows."""
        dtype = self._dtype if dtype is None else dtype
        rows: list[Any] = super().extend(n_new, fill, dtype).tolist()
        if self._array.dtype.kind == "O":  # None and the like, as they are in the list
            for j, column in enumerate(self._array.T):
                values = with_missing_items(column, np.array([row[j] for row in rows]))
                for row, value in zip(rows, values.tolist(), strict=True):
                    row[j] = value
        return rows

    def take(self, indices: np.ndarray) -> list[Any]:
        """Return the rows at these positions, each as a new list."""
        return [_as_list(self._rows[i]) for i in indices.tolist()]

    def append_mixed(self, new: MixedRows) -> list[Any]:
        """Return a list of lists with new rows; categories are items of the original list."""
        rows = [
            *map(_as_list, self._rows),
            *([None] * self.n_features for _ in range(new.n_new)),
        ]
        for j, numbers in new.numeric_values().items():
            values = self._appended_column(j, numbers).tolist()
            for row, value in zip(rows, values, strict=True):
                row[j] = value
        for j, sources in new.sources.items():
            for row, i in zip(rows[self.n_samples :], sources.tolist(), strict=True):
                row[j] = self._rows[i][j]
        return rows


def _two_dimensional(X: Container) -> np.ndarray:
    """Return X as a 2D array by scikit-learn's rules; a NumPy array is not copied."""
    if is_float_array(X):
        return X
    from sklearn.utils.validation import check_array

    refuse_masked(X, "X")
    if getattr(getattr(X, "dtype", None), "names", None):
        raise ValueError(
            f"X is a structured array with the fields {list_names(X.dtype.names)}. Pass a "
            "DataFrame, or numpy.lib.recfunctions.structured_to_unstructured(X)."
        )
    array: np.ndarray = check_array(X, dtype=None, ensure_all_finite=False, input_name="X")
    return array


def refuse_masked(data: Container, name: str) -> None:
    """Raise an error if X or y is a masked array with masked values."""
    if isinstance(data, np.ma.MaskedArray) and np.ma.is_masked(data):
        raise ValueError(
            f"{name} is a masked array with masked values. Replace them with "
            f"{name}.filled(...), or drop these rows."
        )


def is_float_array(X: Container) -> TypeGuard[np.ndarray]:
    """Return whether X is a matrix of floats that scikit-learn would return unchanged.

    Its checks take 0.2 ms of a call.
    """
    return type(X) is np.ndarray and X.dtype in _FLOATS and X.ndim == 2 and X.size > 0


def _refuse_text(array: np.ndarray, names: Sequence[Hashable]) -> None:
    for name, column in zip(names, array.T, strict=True):
        text = first_text(column)
        if text is not None:
            raise NotNumericError(
                "could not convert string to float: column ",
                name,
                f" of X holds the text {text!r}.",
                "Encode or drop the column, or use RandomOverSampler, which copies rows of any "
                "type.",
            )


def _as_list(row: Sequence[Any] | np.ndarray) -> list[Any]:
    return row.tolist() if isinstance(row, np.ndarray) else list(row)
