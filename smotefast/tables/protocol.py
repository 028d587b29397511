"""What every container of rows can do, once it is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from smotefast.tables.categories import Codes, NewColumns

# Writes new rows into an array of shape (n_new, n_features) of the matrix dtype.
Fill = Callable[[np.ndarray], None]


class Columns(Protocol):
    """What is known of columns before a value is looked at.

    Attributes
    ----------
    n_features
        How many there are.
    names
        Their names, where all of them are strings or all are tuples.
    has_dtypes
        Whether each column has a type of its own.
    """

    @property
    def n_features(self) -> int: ...  # noqa: D102  see the class

    @property
    def names(self) -> list[Any] | None: ...  # noqa: D102  see the class

    @property
    def has_dtypes(self) -> bool: ...  # noqa: D102  see the class

    def kinds(self) -> list[str]:
        """Return what each column holds.

        It is "number", "boolean", "text", "category" (a column that its library calls so)
        or "other".
        """
        ...


class Table(Columns, Protocol):
    """An open container of rows.

    Attributes
    ----------
    n_samples
        How many there are.
    labels
        What messages call the columns: names, or positions where there are none.
    is_sparse
        Whether ``numeric`` gives a CSR matrix and new rows come by ``append_sparse``.
    """

    @property
    def n_samples(self) -> int: ...  # noqa: D102  see the class

    @property
    def labels(self) -> Sequence[Any]: ...  # noqa: D102  see the class

    @property
    def is_sparse(self) -> bool: ...  # noqa: D102  see the class

    def numeric(self) -> Any:
        """Return an array of any layout or a CSR matrix, in one common native dtype.

        The dtype is the one imbalanced-learn would compute in, see ``casting``. Missing
        values become NaN, for the caller's check to find. The memory of the container
        itself may be returned: not for writing.

        Raises
        ------
        ValueError
            If a column is not numeric; the message names it and says what to do.
        """
        ...

    def extend(self, n_new: int, fill: Fill, dtype: np.dtype | None = None) -> Any:
        """Return a container of the same kind with ``n_new`` rows after the original ones.

        ``dtype`` is the type that new rows are computed in, by default that of ``numeric``.
        Columns of a frame keep their own; an array takes it on. Original rows are copied as
        they are; they do not pass through the common dtype.
        """
        ...

    def append_sparse(self, block: Any) -> Any:
        """Return a sparse container of the same kind with the rows of ``block`` added.

        ``block`` is a CSR matrix, or None for no rows.
        """
        ...

    def take(self, indices: np.ndarray) -> Any:
        """Return the rows at these positions; no value is looked at."""
        ...

    def select(self, columns: Sequence[int]) -> Table:
        """Return some columns, by position, as a table of the same kind."""
        ...

    def codes(self, column: int) -> Codes:
        """Return a column as categories, whatever it holds."""
        ...

    def append_columns(self, new: NewColumns) -> Any:
        """Return a container of the same kind with new rows, computed or picked."""
        ...


class DenseTable:
    """Base of tables that never are sparse."""

    is_sparse = False
    has_dtypes = True

    def append_sparse(self, block: Any) -> Any:
        """Refuse: rows of a dense table come by ``extend``."""
        raise TypeError(f"{type(self).__name__} is dense; use extend().")


LIBRARIES = frozenset({"narwhals", "pandas", "polars", "pyarrow", "scipy"})


def library_of(data: Any) -> str | None:
    """Return the library that defines the type of ``data`` or one of its base types.

    Only names are compared: the library of an object that exists is loaded already, and
    one that is not installed is never asked for.
    """
    for kind in type(data).__mro__:
        root = kind.__module__.partition(".")[0]
        if root in LIBRARIES:
            return root
    return None


def repeated_names(frame: Any) -> list[Any]:
    """Return the names that several columns of a frame or an Arrow table have."""
    names = frame.schema.names if library_of(frame) == "pyarrow" else frame.columns
    return [name for name, n in Counter(names).items() if n > 1]


def check_shape(n_samples: int, n_features: int) -> None:
    """Refuse data without rows or columns, in scikit-learn's words."""
    for n, what in ((n_samples, "sample"), (n_features, "feature")):
        if n < 1:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape=({n_samples}, {n_features})) while a "
                "minimum of 1 is required."
            )
