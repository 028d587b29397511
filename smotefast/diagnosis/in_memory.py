"""Tables in memory, as blocks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone

from smotefast._messages import did_you_mean, listed
from smotefast.diagnosis.data import BLOCK_ROWS, Block, Columns, small_codes, take_columns
from smotefast.diagnosis.sampler_facts import Judged, both_steps, one_line
from smotefast.over_sampling import RandomOverSampler
from smotefast.tables import Table
from smotefast.tables.labels import label_keys
from smotefast.tables.protocol import library_of

# Sparse rows are looked at as dense blocks: 65,536 rows of so many columns are 2 GiB, so blocks
# of them are shorter. Wider rows are texts or one-hot keys, in which no distance means much.
WIDEST_SPARSE = 4_096
_BLOCK_VALUES = 1 << 23


class TableData:
    """Rows of an open table.

    Parameters
    ----------
    table
        The rows.
    columns
        How its columns are taken.
    y
        Labels of shape (n_samples,).
    """

    def __init__(self, table: Table, columns: Columns, y: np.ndarray) -> None:
        self.columns = columns
        labels, classes = np.unique(y, return_inverse=True)
        self.labels = label_keys(labels)
        self.classes = classes.reshape(-1).astype(small_codes(len(labels)))
        self._numbers = _number_columns(table, columns.numbers)
        self._categories = [_category_column(table, j) for j in columns.categories]

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order."""
        width = max(1, self._numbers.shape[1])
        step = max(1, min(BLOCK_ROWS, _BLOCK_VALUES // width))
        for start in range(0, len(self.classes), step):
            numbers = self._numbers[start : start + step]
            if not isinstance(numbers, np.ndarray):
                numbers = numbers.toarray()
            pieces = [one.slice(start, step) for one in self._categories]
            yield Block(start, np.asarray(numbers, dtype=np.float64), pieces)


def open_data(table: Table, declared: frozenset[int], y: np.ndarray) -> TableData:
    """Open a table; columns that cannot be read as what they seem to hold are left out."""
    names = list(range(table.n_features)) if table.names is None else list(table.names)
    columns = take_columns(names, kinds_of(table), set(declared))
    try:
        return TableData(table, columns, y)
    except (ArithmeticError, NotImplementedError, TypeError, ValueError):
        kinds = [_kind_if_read(table, columns, j) for j in range(table.n_features)]
        return TableData(table, take_columns(names, kinds, set(declared)), y)


def _kind_if_read(table: Table, columns: Columns, j: int) -> str:
    """Return what a column holds; "other" where its values cannot be read."""
    try:
        if j in columns.numbers:
            _number_columns(table, [j])
        elif j in columns.categories:
            _category_column(table, j)
    except (ArithmeticError, NotImplementedError, TypeError, ValueError):
        return "other"
    return columns.kinds[j]


def _number_columns(table: Table, columns: list[int]) -> Any:
    """Return the columns as an array, or sparse rows as they are."""
    if not columns:
        return np.empty((table.n_samples, 0))
    if table.is_sparse:
        return table.numeric()
    return np.asarray(table.select(columns).numeric())


def _category_column(table: Table, column: int) -> Any:
    """Return a column as Arrow: texts by a dictionary, anything else by its codes."""
    import pyarrow as pa

    codes, values = table.codes(column)
    holes = codes == len(values) - 1 if values and values[-1] is None else None
    if all(isinstance(one, str) or one is None for one in values):
        known = [one for one in values if one is not None]
        indices = pa.array(codes, mask=holes)
        return pa.DictionaryArray.from_arrays(indices, pa.array(known, pa.large_string()))
    return pa.array(codes, mask=holes)


def with_refusals(judged: Judged, sampler: Any, X: Any, y: Any) -> Judged:
    """Add why samplers refuse the data, by fitting them: that resamples nothing."""
    by_all = _refusal(RandomOverSampler(), X, y)
    if sampler is None or by_all:
        return replace(judged, refused_by_all=by_all)
    refused = next(filter(None, (_refusal(step, X, y) for step in both_steps(sampler))), "")
    return replace(judged, takes=not refused, refused=refused)


def _refusal(step: Any, X: Any, y: Any) -> str:
    """Return why a sampler does not take the data; an empty text if it does."""
    if step is None:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clone(step).fit(X, y)
    except MemoryError:
        raise
    except Exception as error:  # whatever it is, resampling would end with it, too
        return one_line(error)
    return ""


def split_target(X: Any, name: Any, parameter: str) -> tuple[Any, Any]:
    """Return the other columns of a frame, and the one that a parameter names.

    Raises
    ------
    ValueError
        If there is no such column, or more than one.
    """
    if type(X).__name__ == "LazyFrame":
        raise ValueError("X is a LazyFrame; collect it first with X.collect().")
    names = list(X.column_names if library_of(X) == "pyarrow" else getattr(X, "columns", ()))
    if names.count(name) != 1:
        is_missing = f"is not a column of X.{did_you_mean(name, names)}"
        if not names:
            is_missing = "is no array of labels, and X has no named columns."
        many = f"names {names.count(name)} columns of X. Rename them."
        shown = f" The columns are {listed(names)}." if names else ""
        what = many if name in names else is_missing + shown
        raise ValueError(f"{parameter}={name!r} {what}")
    match library_of(X):
        case "pandas":
            return X.drop(columns=[name]), X[name]
        case "pyarrow":
            return X.drop_columns([name]), X[name]
    return X.drop(name), X[name]


def kinds_of(table: Table) -> list[str]:
    """Return what each column holds; columns of very wide sparse rows are not looked at."""
    if not table.is_sparse:
        return table.kinds()
    kind = "number" if table.n_features <= WIDEST_SPARSE else "other"
    return [kind] * table.n_features
