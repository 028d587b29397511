"""The interface of a table: what the samplers can do with a container of any library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

import numpy as np

from smotefast._typing import CSR, Container, Matrix
from smotefast.tables.categories import EncodedColumn, MixedRows
from smotefast.tables.column_types import ColumnType
from smotefast.tables.decimals import DecimalType

# Writes new rows into an array of shape (n_new, n_features) of the matrix dtype.
Fill = Callable[[np.ndarray], None]


class TableSchema(Protocol):
    """Number, names and types of columns, known without their values.

    Attributes
    ----------
    n_features
        Number of columns.
    names
        Names of the columns if all are strings or all are tuples, else None.
    has_dtypes
        Whether each column has its own data type.
    """

    @property
    def n_features(self) -> int: ...  # noqa: D102  see the class

    @property
    def names(self) -> Sequence[Hashable] | None: ...  # noqa: D102  see the class

    @property
    def has_dtypes(self) -> bool: ...  # noqa: D102  see the class

    def column_types(self) -> list[ColumnType]:
        """Return the type of each column; "category" is a categorical type of the library."""
        ...

    def numpy_dtypes(self, columns: Sequence[int]) -> list[np.dtype]:
        """Return the dtypes of numeric columns, by position, as if no value were missing."""
        ...

    def decimal_types(self, columns: Sequence[int]) -> list[DecimalType | None]:
        """Return the types of decimal columns, by position; None for other columns."""
        ...


class Table(TableSchema, Protocol):
    """A table of any library.

    Attributes
    ----------
    n_samples
        Number of rows.
    display_names
        Column names for messages, or positions if there are none.
    is_sparse
        Whether ``to_matrix`` returns a CSR matrix and ``append_sparse`` appends rows.
    """

    @property
    def n_samples(self) -> int: ...  # noqa: D102  see the class

    @property
    def display_names(self) -> Sequence[Hashable]: ...  # noqa: D102  see the class

    @property
    def is_sparse(self) -> bool: ...  # noqa: D102  see the class

    def to_matrix(self) -> Matrix:
        """Return the columns as one array of any memory layout, or as a CSR matrix.

        The dtype is the one in which imbalanced-learn would compute (see ``casting``), in
        native byte order. Missing values become NaN; the caller checks for them. The result
        may share memory with the container and must not be changed.

        Raises
        ------
        ValueError
            If a column is not numeric; the message names it and says what to do.
        """
        ...

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Container:
        """Return a container of the same type with ``n_new`` rows appended.

        ``dtype`` is the dtype of the array that ``fill`` writes to, by default that of
        ``to_matrix``. Columns of a frame keep their own dtype; an array takes ``dtype``.
        Original rows are copied unchanged, without conversion to the common dtype.
        """
        ...

    def append_sparse(self, block: CSR | None) -> Container:
        """Return a sparse container of the same type with the rows of ``block`` appended.

        ``block`` is a CSR matrix, or None for no rows.
        """
        ...

    def take(self, indices: np.ndarray) -> Container:
        """Return the rows at these positions, whatever their values are."""
        ...

    def select(self, columns: Sequence[int]) -> Table:
        """Return a subset of the columns, by position, as a table."""
        ...

    def encode(self, column: int) -> EncodedColumn:
        """Return a column of any type as categories."""
        ...

    def append_mixed(self, new: MixedRows) -> Container:
        """Return a container of the same type with numeric and categorical values appended."""
        ...


class DenseTable:
    """Base of tables that are never sparse."""

    is_sparse = False
    has_dtypes = True

    def decimal_types(self, columns: Sequence[int]) -> list[DecimalType | None]:
        """Return None for each of these columns, for containers without decimal types."""
        return [None] * len(columns)

    def append_sparse(self, block: CSR | None) -> Container:
        """Raise TypeError: ``extend`` appends rows to a dense table."""
        raise TypeError(f"{type(self).__name__} is dense; use extend().")


LIBRARIES = frozenset({"narwhals", "pandas", "polars", "pyarrow", "scipy"})


def library_of(data: object) -> str | None:
    """Return the library that defines the type of ``data`` or one of its base types.

    This compares module names only, and so imports no library.
    """
    for base in type(data).__mro__:
        root = base.__module__.partition(".")[0]
        if root in LIBRARIES:
            return root
    return None


def duplicate_names(frame: Container) -> list[Hashable]:
    """Return the names that more than one column of a frame or Arrow table has."""
    names = frame.schema.names if library_of(frame) == "pyarrow" else frame.columns
    return [name for name, n in Counter(names).items() if n > 1]


def check_shape(n_samples: int, n_features: int) -> None:
    """Raise scikit-learn's error for data without rows or columns."""
    for n, what in ((n_samples, "sample"), (n_features, "feature")):
        if n < 1:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape=({n_samples}, {n_features})) while a "
                "minimum of 1 is required."
            )
