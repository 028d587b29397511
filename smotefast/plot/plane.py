"""The plane in which rows are drawn: two columns, or two principal components."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from smotefast._messages import did_you_mean, list_names
from smotefast._typing import Container
from smotefast.tables import Table, open_table


class Plane:
    """Maps rows of the columns of X to points.

    Parameters
    ----------
    X
        The rows that principal components are fitted to.
    columns
        Two columns by name or position. None means all columns of numbers: two are drawn as
        they are, and more by the two principal components of the standardized columns.

    Attributes
    ----------
    axis_names
        What the axes show.

    Raises
    ------
    ValueError
        If these are not two columns of numbers or more.
    """

    axis_names: tuple[str, str]

    def __init__(self, X: Container, columns: Sequence[Hashable] | None = None) -> None:
        table = open_table(X)
        self._names = list(table.display_names)
        self._columns = _number_columns(table) if columns is None else self._given(columns)
        self._components: Any = None
        shown = [_axis_name(self._names[j]) for j in self._columns]
        if len(self._columns) > 2:
            shown = self._fit(self.numbers(X))
        self.axis_names = shown[0], shown[1]

    def _given(self, columns: Sequence[Hashable]) -> list[int]:
        if isinstance(columns, str) or len(columns) != 2:
            raise ValueError(f"columns={columns!r} must be two columns of X.")
        return [self._position(column) for column in columns]

    def _position(self, column: Any) -> int:
        if column in self._names:
            return self._names.index(column)
        if isinstance(column, int | np.integer) and 0 <= column < len(self._names):
            return int(column)
        hint = did_you_mean(column, self._names)
        raise ValueError(f"columns has {column!r}, which is not a column of X.{hint}")

    def _fit(self, numbers: np.ndarray) -> list[str]:
        """Fit the components; return their names, with their share of the variance."""
        from sklearn.decomposition import PCA
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        complete = numbers[np.isfinite(numbers).all(axis=1)]
        if len(complete) < 2:
            raise ValueError(
                "Principal components need two rows without missing values. Name two columns: "
                "columns=(0, 1)."
            )
        self._components = make_pipeline(StandardScaler(), PCA(2, random_state=0)).fit(complete)
        shares = self._components[-1].explained_variance_ratio_
        return [f"component {i + 1} ({share:.0%})" for i, share in enumerate(shares)]

    def numbers(self, X: Container) -> np.ndarray:
        """Return the columns that are drawn or projected, as float64."""
        return dense_numbers(open_table(X), self._columns)

    def points(self, numbers: np.ndarray) -> np.ndarray:
        """Return a point for each row, shape (n_rows, 2); NaN for rows with missing values."""
        if self._components is None:
            return numbers
        points = np.full((len(numbers), 2), np.nan)
        is_complete = np.isfinite(numbers).all(axis=1)
        if is_complete.any():
            points[is_complete] = self._components.transform(numbers[is_complete])
        return points


def dense_numbers(table: Table, columns: Sequence[int]) -> np.ndarray:
    """Return columns of numbers as float64, of shape (n_samples, n_columns)."""
    matrix = table.select(columns).to_matrix()
    rows = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
    return np.ascontiguousarray(rows, dtype=np.float64)


def _number_columns(table: Table) -> list[int]:
    if table.is_sparse and table.n_features > 2:
        raise ValueError("X is sparse. Name two columns, columns=(0, 1), or pass X.toarray().")
    columns = [j for j, kind in enumerate(table.column_types()) if kind == "number"]
    if len(columns) < 2:
        names = list_names([table.display_names[j] for j in columns])
        found = f"only {names} is one" if columns else "X has none"
        raise ValueError(f"Rows are drawn in two columns of numbers, and {found}.")
    return columns


def _axis_name(name: Hashable) -> str:
    return f"column {name}" if isinstance(name, int) else str(name)
