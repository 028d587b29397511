"""Find columns that are unsuitable for distances: keys, constants, copies of the target.

A few rows rule out nearly every column; the others are confirmed on all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from smotefast._messages import list_names
from smotefast._typing import CSR, Matrix
from smotefast.exceptions import warn_resampling
from smotefast.tables import TableSchema

# In fewer rows a value may never repeat, or always be the same, by chance.
MIN_ROWS = 50
# Rows of the first look, which takes 40 us for 20 columns, and of the second.
_FIRST_ROWS, _SECOND_ROWS = 64, 1024
# If values were drawn at random and this many duplicates were expected, the chance of none
# would be exp(-10).
_EXPECTED_DUPLICATES = 10.0
# Integers of a wide range are keys if their distribution differs from a uniform one by at most
# this. On 25 real tables every column of distinct integers that is no key is above 0.5.
_UNIFORM_GAP, _UNIFORM_ROWS = 0.05, 1_000
# What a combination tells its steps: the columns of X, or that they have been checked.
_CHECKED: tuple[()] = ()
_combination_columns: ContextVar[TableSchema | tuple[()] | None] = ContextVar(
    "combination_columns", default=None
)


class Suspects(NamedTuple):
    """Columns by position or by name.

    Attributes
    ----------
    keys
        A different value in every row, as in row numbers and identifiers.
    constants
        The same value in every row.
    target_copies
        One value for each class, and a different one for each.
    """

    keys: list[Any]
    constants: list[Any]
    target_copies: list[Any]


@contextmanager
def _telling_steps(columns: TableSchema | tuple[()]) -> Iterator[None]:
    token = _combination_columns.set(columns)
    try:
        yield
    finally:
        _combination_columns.reset(token)


def columns_described(columns: TableSchema) -> AbstractContextManager[None]:
    """Use names and dtypes of these columns for a matrix, while the context is open."""
    return _telling_steps(columns)


def columns_checked() -> AbstractContextManager[None]:
    """Check no columns while the context is open, because they have been checked."""
    return _telling_steps(_CHECKED)


def described_columns() -> TableSchema | None:
    """Return the columns of the open context; None without one."""
    columns = _combination_columns.get()
    return None if isinstance(columns, tuple) else columns


def warn_about_columns(
    parts: Iterable[tuple[Matrix, Sequence[int]]], y: np.ndarray, names: Sequence[Any] | None
) -> None:
    """Warn about columns of X that are keys, constants or copies of the target.

    Parameters
    ----------
    parts
        Matrices, each with the positions of its columns in X.
    y
        The class of each row.
    names
        Names of all columns; None to call them by position.
    """
    if _combination_columns.get() is _CHECKED:
        return
    described = described_columns()
    if names is None and described is not None:
        names = described.names
    named = Suspects([], [], [])
    for matrix, positions in parts:
        for group, columns in zip(named, suspect_columns(matrix, y), strict=True):
            group += [positions[j] if names is None else names[positions[j]] for j in columns]
    if any(named):
        warn_resampling([describe(named), "Leave such columns out of X."])


def complete_columns(matrix: Matrix, positions: Sequence[int]) -> tuple[Matrix, Sequence[int]]:
    """Return the columns without missing values, and their positions in X."""
    if not isinstance(matrix, np.ndarray):
        return matrix, positions
    is_complete = np.asarray(~np.isnan(matrix).any(axis=0))
    kept = [j for j, keep in zip(positions, is_complete, strict=True) if keep]
    return (matrix, positions) if is_complete.all() else (matrix[:, is_complete], kept)


def is_key(distinct: np.ndarray, n_rows: int) -> bool:
    """Return whether distinct integers are keys rather than measurements.

    Parameters
    ----------
    distinct
        The values, or an even sample of them, ascending.
    n_rows
        Number of values.
    """
    if n_rows < MIN_ROWS:
        return False
    low, width = float(distinct[0]), float(distinct[-1]) - float(distinct[0])
    if not np.isfinite(width):
        return False
    if n_rows**2 / 2 / (width + 1) >= _EXPECTED_DUPLICATES:
        return True
    quantiles = (distinct.astype(np.float64) - low) / width
    gap = np.abs(quantiles - np.linspace(0, 1, len(distinct))).max()
    return bool(n_rows >= _UNIFORM_ROWS and gap <= _UNIFORM_GAP + len(distinct) ** -0.5)


def suspect_columns(matrix: Matrix, y: np.ndarray) -> Suspects:
    """Return the positions of keys, constants and copies of the target.

    Parameters
    ----------
    matrix
        Finite numbers of shape (n_samples, n_features), an array or a CSR matrix. A column of
        a CSR matrix without any entry is not reported.
    y
        The class of each row.
    """
    suspects = Suspects([], [], [])
    if matrix.shape[0] < MIN_ROWS:
        return suspects
    columns, may_be = _candidate_columns(matrix, y)
    codes = _codes(y) if may_be[2].any() else np.empty(0, np.int64)
    by_column: Any = matrix[:, columns]
    if not isinstance(matrix, np.ndarray):
        by_column = by_column.tocsc()
    for j, (key, constant, target_copy) in enumerate(may_be.T):
        column = int(columns[j])
        values = _as_array(by_column[:, [j]])[:, 0]
        if key and _is_key_column(values):
            suspects.keys.append(column)
        elif constant and (values == values[0]).all():
            suspects.constants.append(column)
        elif target_copy and is_target_copy(values, codes):
            suspects.target_copies.append(column)
    return suspects


def is_target_copy(values: np.ndarray, codes: np.ndarray) -> bool:
    """Return whether each class has one value, and no two classes have the same.

    ``codes`` number the class of each row from 0, without gaps.
    """
    classes, firsts = np.unique(codes, return_index=True)
    class_values = values[firsts]
    is_distinct = len(np.unique(class_values)) == len(classes) > 1
    return bool(is_distinct and (values == class_values[codes]).all())


def describe(suspects: Suspects) -> str:
    """Return a sentence for each type of suspect columns."""
    parts = []
    if suspects.keys:
        parts.append(
            f"{_have(suspects.keys)} a different value in every row, like row numbers or keys: "
            "the distance between two keys means nothing, and a synthetic sample must not have "
            "a key."
        )
    if suspects.constants:
        parts.append(f"{_have(suspects.constants)} the same value in every row.")
    if suspects.target_copies:
        parts.append(
            f"{_have(suspects.target_copies)} one value for each class, like a copy of the "
            "target."
        )
    return f"Check the columns: {' '.join(parts)}"


def _have(names: Sequence[Any]) -> str:
    if len(names) == 1:
        return f"column {list_names(names)} has"
    return f"columns {list_names(names)} have"


def _candidate_columns(matrix: Matrix, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return columns that may be suspect, and for each type whether they may be of it.

    A column is ruled out on 64 rows or on 1,024.
    """
    n_rows, columns = matrix.shape[0], np.arange(matrix.shape[1])
    if not isinstance(matrix, np.ndarray):
        columns = _filled_columns(matrix, y)
    may_be = np.zeros((3, 0), bool)
    for size in (_FIRST_ROWS, _SECOND_ROWS):
        positions = np.linspace(0, n_rows - 1, min(size, n_rows)).astype(np.int64)
        is_whole = len(columns) == matrix.shape[1]
        rows = _as_array(matrix[positions] if is_whole else matrix[positions][:, columns])
        may_be = np.array(_candidates(rows, y[positions]))
        columns, may_be = columns[may_be.any(axis=0)], may_be[:, may_be.any(axis=0)]
        if not len(columns):
            break
    return columns, may_be


def _filled_columns(matrix: CSR, y: np.ndarray) -> np.ndarray:
    """Return columns that are not 0 in all rows of all classes but one, or of all rows but one.

    All suspect columns are among them. Text has 50,000 columns, and next to none of these.
    """
    codes = _codes(y)
    sizes = np.bincount(codes)
    n_rows, n_columns = matrix.shape
    members = sparse.csr_array(
        (np.ones(n_rows, np.int32), (codes, np.arange(n_rows))), shape=(len(sizes), n_rows)
    )
    is_filled = sparse.csr_array(
        ((matrix.data != 0).astype(np.int32), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    counts = (members @ is_filled).tocoo()
    is_full = counts.data == sizes[counts.row]
    n_full = np.bincount(counts.col[is_full], minlength=n_columns)
    n_partly = np.bincount(counts.col[~is_full & (counts.data > 0)], minlength=n_columns)
    n_filled = np.bincount(counts.col, counts.data, minlength=n_columns)
    is_by_class = (n_full >= len(sizes) - 1) & (n_partly == 0)
    return np.flatnonzero((n_filled > 0) & (is_by_class | (n_filled >= n_rows - 1)))


def _candidates(
    rows: np.ndarray, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which columns may be keys, constants and copies of the target, from a few rows."""
    n_rows = len(rows)
    # A column of few values repeats the first one or, if that is rare, a later one.
    n_like_first = np.count_nonzero(rows == rows[0], axis=0)
    n_like_middle = np.count_nonzero(rows == rows[n_rows // 2], axis=0)
    has_few_values = (n_like_first > 1) | (n_like_middle > 1)
    may_be_key = ~has_few_values
    if rows.dtype.kind == "f":
        may_be_key &= (rows == np.rint(rows)).all(axis=0)
    if may_be_key.any():
        ordered = np.sort(rows[:, may_be_key], axis=0)
        may_be_key[may_be_key] = (ordered[1:] != ordered[:-1]).all(axis=0)
    may_be_copy = has_few_values
    if may_be_copy.any():
        may_be_copy[may_be_copy] = _has_one_value_per_class(rows[:, may_be_copy], classes)
    return may_be_key, n_like_first == n_rows, may_be_copy


def _has_one_value_per_class(rows: np.ndarray, classes: np.ndarray) -> np.ndarray:
    codes = _codes(classes)
    _, firsts = np.unique(codes, return_index=True)
    has_one: np.ndarray = (rows == rows[firsts][codes]).all(axis=0)
    return has_one


def _codes(y: np.ndarray) -> np.ndarray:
    """Return a number for the class of each row: 0, 1, ... in any order."""
    if y.dtype.kind != "O":
        return np.unique(y, return_inverse=True)[1]
    known: dict[Any, int] = {}
    codes = (known.setdefault(label, len(known)) for label in y.tolist())
    return np.fromiter(codes, np.int64, len(y))


def _is_key_column(values: np.ndarray) -> bool:
    if values.dtype.kind == "f" and not (values == np.rint(values)).all():
        return False
    distinct = np.unique(values)
    return len(distinct) == len(values) and is_key(distinct, len(values))


def _as_array(matrix: Any) -> np.ndarray:
    values: np.ndarray = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
    return values
