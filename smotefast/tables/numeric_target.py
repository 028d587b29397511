"""Numeric targets: a column of numbers in any container, resampled in the same type.

Also which columns of a table hold whole numbers only, so that computed values can be rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from smotefast._typing import Container
from smotefast.exceptions import NotNumericError
from smotefast.tables import open_table
from smotefast.tables.arrays import refuse_masked
from smotefast.tables.casting import clamp, limit_floats
from smotefast.tables.protocol import Table, library_of

Unwrap = Callable[[Any], Any]


class NumericTarget:
    """The numbers of y, and y itself to take rows from.

    Parameters
    ----------
    table
        The target as a table of one column.
    unwrap
        Returns such a table in the caller's type of container.

    Attributes
    ----------
    values
        Numbers of shape (n_samples,), float64.
    """

    def __init__(self, table: Table, unwrap: Unwrap) -> None:
        self._table, self._unwrap = table, unwrap
        self.values = _finite_values(table)

    def resample(self, kept: np.ndarray, new: np.ndarray) -> Container:
        """Return the targets at some positions, then new ones, rounded if all are integers."""
        taken = open_table(self._table.take(kept))
        is_whole = whole_number_columns(taken)[0]

        def fill(out: np.ndarray) -> None:
            write_rounded(new[:, np.newaxis], out, np.array([is_whole]))

        return self._unwrap(taken.extend(len(new), fill))


def open_numeric_target(y: Container) -> NumericTarget:
    """Open a target of numbers of any library.

    Raises
    ------
    ValueError
        If y is not one column of finite numbers.
    """
    if y is None:
        raise ValueError("The sampler requires y to be passed, but the target y is None.")
    library = library_of(y)
    if library == "narwhals":
        from smotefast.tables.narwhals_frames import wrapper_like

        wrap, native = wrapper_like(y), open_numeric_target(y.to_native())
        return NumericTarget(native._table, lambda frame: wrap(native._unwrap(frame)))
    if library == "scipy":
        raise ValueError("y is sparse; pass y.toarray().ravel().")
    refuse_masked(y, "y")
    if isinstance(y, list):
        column = [[value] if np.ndim(value) == 0 else list(value) for value in y]
        is_flat = all(np.ndim(value) == 0 for value in y)
        rows = open_table(column)
        return NumericTarget(rows, (lambda out: [row[0] for row in out]) if is_flat else _same)
    if library is None or not _is_column_of(y, library):
        array = np.asarray(y)
        if array.ndim == 1:
            return NumericTarget(open_table(array[:, np.newaxis]), lambda out: out[:, 0])
        return NumericTarget(open_table(array), _same)
    frame, unwrap = column_as_frame(y, library)
    return NumericTarget(open_table(frame), unwrap)


def column_as_frame(column: Any, library: str) -> tuple[Any, Unwrap]:
    """Return a column as a frame or table, and the function that returns it as a column."""
    if library == "pandas" and column.ndim == 1:
        return column.to_frame(), lambda frame: frame.iloc[:, 0].rename(column.name)
    if library == "polars" and hasattr(column, "to_frame"):
        return column.to_frame(), lambda frame: frame.to_series()
    if library == "pyarrow" and not hasattr(column, "schema"):
        import pyarrow as pa

        def column_of(table: Any) -> Any:
            values = table.column(0)
            return values if isinstance(column, pa.ChunkedArray) else values.combine_chunks()

        return pa.table({"values": column}), column_of
    return column, _same


def whole_number_columns(table: Table) -> np.ndarray:
    """Return which columns cannot hold a half, shape (n_features,), bool."""

    def fill(out: np.ndarray) -> None:
        out[:] = 0.5

    probe = open_table(open_table(table.take(np.zeros(1, dtype=np.int64))).extend(1, fill))
    return np.asarray(np.asarray(probe.to_matrix())[-1] != 0.5)


def write_rounded(values: np.ndarray, out: np.ndarray, is_whole: np.ndarray) -> None:
    """Write computed values; columns of whole numbers get the nearest one.

    Values outside of the range of the dtype become its lowest or highest number.
    """
    limit = np.finfo(values.dtype).max  # a sum may have overflowed
    rounded = np.clip(np.where(is_whole, np.rint(values), values), -limit, limit)
    if out.dtype.kind in "iu":
        out[:] = clamp(rounded, out.dtype)
    else:
        out[:] = limit_floats(rounded, out.dtype) if out.dtype.kind == "f" else rounded


def _is_column_of(y: Container, library: str) -> bool:
    """Tell whether y is a frame or series, and no index or extension array."""
    return library != "pandas" or hasattr(y, "iloc")


def _finite_values(table: Table) -> np.ndarray:
    if table.n_features != 1:
        raise ValueError(
            f"y has {table.n_features} columns. A regression target is one column of numbers; "
            "resample for one target at a time."
        )
    try:
        values = np.asarray(table.to_matrix())[:, 0]
    except NotNumericError as error:
        raise ValueError(
            "y must hold numbers, and it holds text or other objects. For classes use a "
            "sampler of smotefast.over_sampling."
        ) from error
    if values.dtype.kind == "b":
        raise ValueError(
            "y holds booleans, which are classes. Use a sampler of smotefast.over_sampling."
        )
    n_bad = int(np.count_nonzero(~np.isfinite(values)))
    if n_bad:
        raise ValueError(
            f"Input y contains NaN or infinity: {n_bad} targets are missing or infinite. Drop "
            "these rows."
        )
    return values.astype(np.float64)


def _same(container: Container) -> Container:
    return container
