"""Resolve parameters that choose columns, by position, name or mask.

``categorical_features`` of SMOTENC chooses them by dtype as well. ``MixedColumns`` are numbers
and categories of a table, which new rows are appended to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from smotefast._messages import did_you_mean, list_names, quote_name
from smotefast._typing import Container, Matrix
from smotefast.engine.base import BaseSampler
from smotefast.engine.input_checks import finite_numbers
from smotefast.engine.mixed_recipes import first_rows
from smotefast.over_sampling._categorical import encode_columns
from smotefast.tables import Table, TableSchema, open_table
from smotefast.tables.categories import MixedRows

NOT_NUMERIC = ("category", "text", "boolean", "other")

# Writes numbers of new rows for a table of the numeric columns.
Fill = Callable[[Table, np.ndarray], None]


@dataclass(frozen=True)
class MixedColumns:
    """Numbers and categories of a table.

    Attributes
    ----------
    numeric, categorical
        Positions of the columns.
    numbers
        Shape (n_rows, n_numeric); CSR if the table is sparse.
    codes
        Shape (n_rows, n_categorical), int32.
    """

    numeric: list[int]
    categorical: list[int]
    numbers: Matrix
    codes: np.ndarray

    @classmethod
    def read(cls, table: Table, categorical_features: Any, sampler: BaseSampler) -> Self:
        """Read the columns of a table; errors name the sampler."""
        positions = range(table.n_features)
        if table.is_sparse:
            _refuse_categories(categorical_features, sampler)
            return cls(list(positions), [], finite_numbers(table, sampler), np.empty((0, 0)))
        categorical = categorical_positions(categorical_features, table).tolist()
        numeric = [j for j in positions if j not in categorical]
        numbers: Matrix = np.empty((table.n_samples, 0))
        if numeric:
            columns = table.select(numeric) if categorical else table
            numbers = finite_numbers(columns, sampler)
        return cls(numeric, categorical, numbers, encode_columns(table, categorical)[0])

    def append(
        self, table: Table, kept: np.ndarray, codes: np.ndarray, fill: Fill
    ) -> Container:
        """Return the rows of the table at some positions, then new rows.

        Parameters
        ----------
        table
            The table that was read. It is dense.
        kept
            Positions of its rows, among them a row with each category of the new rows.
        codes
            Categories of the new rows, shape (n_new, n_categorical).
        fill
            Takes the numeric columns of the rows that are kept, and an array of the numbers of
            the new rows; writes these numbers.
        """
        taken = open_table(table.take(kept))
        if not self.categorical:
            return taken.extend(len(codes), lambda out: fill(taken, out))
        numbers = np.empty((len(codes), len(self.numeric)))
        if self.numeric:
            fill(taken.select(self.numeric), numbers)
        firsts = first_rows(self.codes[kept])
        columns = zip(self.categorical, firsts, codes.T, strict=True)
        picks = {j: first[column] for j, first, column in columns}
        return taken.append_mixed(MixedRows(numbers, self.numeric, picks))


def _refuse_categories(categorical_features: Any, sampler: BaseSampler) -> None:
    """Refuse to treat columns of a sparse matrix as categories."""
    is_word = isinstance(categorical_features, str)
    if is_word and categorical_features == "not numeric":
        return
    if is_word or len(categorical_features):
        raise ValueError(
            f"X is sparse, and {type(sampler).__name__} takes categories in dense data only: "
            f"categorical_features={quote_name(categorical_features)}. Pass X.toarray(), or "
            "leave categorical_features out if all columns are numbers."
        )


def categorical_positions(value: Any, columns: TableSchema) -> np.ndarray:
    """Return the positions of the categorical columns, in the order of the parameter.

    Parameters
    ----------
    value
        "auto": columns of a categorical dtype or, if there are none, columns of text and
        booleans. "not numeric": all columns that are not numeric. Or positions (negative ones
        count from the end), a mask, or names (strings or tuples).
    columns
        The columns of the data.
    """
    if isinstance(value, str):
        return _by_dtype(value, columns)
    return column_positions(value, columns, "categorical_features")


def column_positions(value: Any, columns: TableSchema, parameter: str) -> np.ndarray:
    """Return the positions of columns that a parameter lists, in its order.

    Parameters
    ----------
    value
        Positions (negative ones count from the end), a mask, or names (strings or tuples).
    columns
        The columns of the data.
    parameter
        Name of the parameter, for messages.

    Raises
    ------
    ValueError
        If a column does not exist or is listed twice, or the value is no such list.
    """
    if _is_list_of_tuples(value):
        positions = _by_name(list(value), columns, parameter)
        return _without_duplicates(positions, value, parameter)
    array = np.asarray(value)
    if array.ndim != 1:
        raise ValueError(
            f"{parameter}={quote_name(value)} must be a list of positions, names or booleans."
        )
    if not array.size:
        return np.empty(0, dtype=np.int64)
    if array.dtype.kind == "b":
        return _by_mask(array, columns, parameter)
    names = array.tolist()
    if array.dtype.kind in "iu":
        positions = _by_position(array, columns, parameter)
    elif all(isinstance(name, str) for name in names):
        positions = _by_name(names, columns, parameter)
    else:
        raise ValueError(
            f"{parameter}={quote_name(value)} mixes positions, names or booleans; give one "
            "type."
        )
    return _without_duplicates(positions, value, parameter)


def _by_dtype(word: str, columns: TableSchema) -> np.ndarray:
    if word == "auto" and not columns.has_dtypes:
        raise ValueError(
            "When `categorical_features='auto'`, the input data should be a "
            "pandas.DataFrame. Got an array instead: only columns of a pandas, polars or Arrow "
            "table can be categories by type. Give positions or a mask, or 'not numeric'."
        )
    kinds = columns.column_types()
    categorical: tuple[str, ...] = NOT_NUMERIC
    if word == "auto":
        categorical = ("category",) if "category" in kinds else ("text", "boolean")
    return np.flatnonzero([kind in categorical for kind in kinds])


def _is_list_of_tuples(value: Any) -> bool:
    """Return whether columns are named by tuples, as in frames with several column levels."""
    if not hasattr(value, "__len__") or getattr(value, "ndim", 1) != 1 or not len(value):
        return False
    return all(isinstance(name, tuple) for name in value)


def _by_mask(mask: np.ndarray, columns: TableSchema, parameter: str) -> np.ndarray:
    if len(mask) != columns.n_features:
        raise ValueError(
            f"{parameter} is a mask of {len(mask)} values, and X has {columns.n_features} "
            "columns; give one value for each."
        )
    return np.flatnonzero(mask)


def _by_position(positions: np.ndarray, columns: TableSchema, parameter: str) -> np.ndarray:
    last = columns.n_features - 1
    outside = positions[(positions < -last - 1) | (positions > last)]
    if len(outside):
        raise ValueError(
            f"all features must be in [0, {last}] or [-{last + 1}, 0]; {parameter} has "
            f"positions outside: {list_names(outside.tolist())}."
        )
    return np.where(positions < 0, positions + last + 1, positions).astype(np.int64)


def _by_name(names: Sequence[Hashable], columns: TableSchema, parameter: str) -> np.ndarray:
    if columns.names is None:
        raise ValueError(
            "Specifying the columns using strings is only supported for dataframes whose "
            f"columns have names: {parameter} has {list_names(names)}. Give positions instead."
        )
    position = {name: j for j, name in reversed(list(enumerate(columns.names)))}
    unknown = [name for name in names if name not in position]
    if unknown:
        raise ValueError(
            f"A given column is not a column of the dataframe: {parameter} has "
            f"{list_names(unknown)}.{did_you_mean(unknown[0], columns.names)} The columns are "
            f"{list_names(columns.names)}."
        )
    return np.array([position[name] for name in names], dtype=np.int64)


def _without_duplicates(positions: np.ndarray, value: Any, parameter: str) -> np.ndarray:
    if len(np.unique(positions)) < len(positions):
        raise ValueError(f"{parameter}={quote_name(value)} names a column twice.")
    return positions
