"""Containers of X and y: open them as a common interface, return the same type.

``open_table`` and ``open_target`` accept NumPy arrays, lists, SciPy sparse matrices, pandas,
polars and narwhals frames and Arrow tables. The ``Table`` and ``Target`` they return give plain
numbers and labels to the samplers, and rebuild the caller's type of container with rows
appended or selected.
"""

from __future__ import annotations

import numpy as np

from smotefast._typing import Container
from smotefast.tables.arrays import open_array, open_list
from smotefast.tables.labels import Target, open_target
from smotefast.tables.protocol import Fill, Table, TableSchema, library_of

__all__ = ["Fill", "Table", "TableSchema", "Target", "keep_index", "open_table", "open_target"]


def open_table(X: Container) -> Table:
    """Open a container of rows of any library.

    Nothing is converted or copied yet. A type that no module of this subpackage knows is read
    as an array.

    Raises
    ------
    ValueError
        If X is not two-dimensional, has no rows or columns, or is a lazy frame.
    """
    match library_of(X):
        case "pandas":
            from smotefast.tables.pandas_frames import open_pandas

            return open_pandas(X)
        case "polars":
            from smotefast.tables.polars_frames import open_polars

            return open_polars(X)
        case "pyarrow":
            from smotefast.tables.arrow_tables import open_arrow

            return open_arrow(X)
        case "narwhals":
            from smotefast.tables.narwhals_frames import open_narwhals

            return open_narwhals(X, open_table)
        case "scipy":
            from smotefast.tables.sparse import open_sparse

            return open_sparse(X)
    return open_list(X) if isinstance(X, list) else open_array(X)


def keep_index(taken: Container, original: Container, indices: np.ndarray) -> Container:
    """Give rows taken from a pandas container their original index; return others unchanged."""
    if library_of(original) != "pandas" or library_of(taken) != "pandas":
        return taken
    taken.index = original.index.take(indices)
    return taken
