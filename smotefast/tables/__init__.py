"""Containers in, the same kind out.

X and y flow in as whatever the caller has: NumPy, lists, SciPy sparse, pandas, polars,
Arrow. A ``Table`` and a ``Target`` flow out, which hand over plain numbers and labels, and
later give back the caller's kind of container with rows added or rows chosen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.tables.arrays import open_array, open_list
from smotefast.tables.labels import Target, open_target
from smotefast.tables.protocol import Columns, Fill, Table, library_of

__all__ = ["Columns", "Fill", "Table", "Target", "keep_index", "open_table", "open_target"]


def open_table(X: Any) -> Table:
    """Open a container of rows, whatever library it comes from.

    Nothing is converted or copied yet. What no file of this room knows is read as an array.

    Raises
    ------
    ValueError
        If X is not two-dimensional, has no rows or no columns, or is not collected yet.
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


def keep_index(taken: Any, original: Any, indices: np.ndarray) -> Any:
    """Return taken rows, where both are pandas' with the index of the original."""
    if library_of(original) != "pandas" or library_of(taken) != "pandas":
        return taken
    from smotefast.tables.pandas_columns import with_index_of

    return with_index_of(taken, original, indices)
