"""Split a frame into its target column and the others."""

from __future__ import annotations

from typing import Any

from smotefast._messages import did_you_mean, list_names
from smotefast.tables.protocol import library_of


def split_target(X: Any, name: Any, parameter: str) -> tuple[Any, Any]:
    """Return a frame without its target column, and that column.

    Parameters
    ----------
    X
        A frame or an Arrow table.
    name
        The name of the column.
    parameter
        The parameter that names it, for messages.

    Raises
    ------
    ValueError
        If X has no such column, or several.
    """
    if type(X).__name__ == "LazyFrame":
        raise ValueError("X is a LazyFrame; collect it first with X.collect().")
    library = library_of(X)
    names = list(X.column_names if library == "pyarrow" else getattr(X, "columns", ()))
    if names.count(name) != 1:
        raise ValueError(f"{parameter}={name!r} {_why_not_one_column(name, names)}")
    if library == "pandas":
        return X.drop(columns=[name]), X[name]
    return X.drop_columns([name]) if library == "pyarrow" else X.drop(name), X[name]


def _why_not_one_column(name: Any, names: list[Any]) -> str:
    if not names:
        return "is neither labels nor the name of a column: X has no named columns."
    if name in names:
        return f"names {names.count(name)} columns of X. Rename them."
    return (
        f"is not a column of X.{did_you_mean(name, names)} The columns are {list_names(names)}."
    )
