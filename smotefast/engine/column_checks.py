"""Find columns that resampling should not compute with: keys, constants, copies of the target.

A matrix and its target flow in; one warning before the neighbors are searched flows out.
A few rows rule out nearly every column; what is left is confirmed on all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

from smotefast._messages import list_names
from smotefast.exceptions import warn_resampling

# Fewer rows do not show that a value never repeats, or is always the same.
MIN_ROWS = 50
# Rows of the first look, which takes 40 us for 20 columns, and of the second.
_FIRST_ROWS, _SECOND_ROWS = 64, 1024
# Without repeats where so many were expected, values were not drawn from their range: if they
# were, the chance is exp(-10).
_EXPECTED_REPEATS = 10.0
# Whole numbers of a wide range are keys if no gap between their distribution and an even one
# is larger. On 25 real tables all columns of distinct whole numbers but the keys are above 0.5.
_EVEN, _EVEN_ROWS = 0.05, 1_000
# What a combination says to its steps: the names of the columns, or that they are checked.
_CHECKED: tuple[()] = ()
_names_given: ContextVar[Sequence[Any] | None] = ContextVar("column_names", default=None)


class Suspects(NamedTuple):
    """Columns by position or by name.

    Attributes
    ----------
    keys
        A different value in every row, as row numbers and identifiers have.
    constants
        The same value in every row.
    target_copies
        One value for each class, and a different one for each.
    """

    keys: list[Any]
    constants: list[Any]
    target_copies: list[Any]


def is_key(distinct: np.ndarray, n_rows: int) -> bool:
    """Tell whether whole numbers of which none repeats are keys rather than measurements.

    Parameters
    ----------
    distinct
        The values, or an even sample of them, ascending.
    n_rows
        How many values there are.
    """
    if n_rows < MIN_ROWS:
        return False
    low, width = float(distinct[0]), float(distinct[-1]) - float(distinct[0])
    if not np.isfinite(width):
        return False
    if n_rows**2 / 2 / (width + 1) >= _EXPECTED_REPEATS:
        return True
    places = (distinct.astype(np.float64) - low) / width
    gap = np.abs(places - np.linspace(0, 1, len(distinct))).max()
    return bool(n_rows >= _EVEN_ROWS and gap <= _EVEN + len(distinct) ** -0.5)


def suspect_columns(matrix: Any, y: np.ndarray) -> Suspects:
    """Return the positions of keys, constants and copies of the target.

    Parameters
    ----------
    matrix
        Finite numbers of shape (n_samples, n_features), an array or a CSR matrix. A column of
        a CSR matrix that holds no entry is not reported.
    y
        The class of each row.
    """
    n_rows = matrix.shape[0]
    found = Suspects([], [], [])
    if n_rows < MIN_ROWS:
        return found
    columns = np.arange(matrix.shape[1])
    for size in (_FIRST_ROWS, _SECOND_ROWS):
        positions = np.linspace(0, n_rows - 1, min(size, n_rows)).astype(np.int64)
        rows = _dense(matrix, positions, columns)
        may_be = np.array(_candidates(rows, y[positions]))
        columns, may_be = columns[may_be.any(axis=0)], may_be[:, may_be.any(axis=0)]
        if not len(columns):
            return found
    codes = _codes(y) if may_be[2].any() else np.empty(0, np.int64)
    for column, kinds in zip(columns.tolist(), may_be.T, strict=True):
        values = _dense(matrix, slice(None), [column])[:, 0]
        is_stored = isinstance(matrix, np.ndarray) or bool(np.any(values))
        if kinds[0] and _is_key_column(values):
            found.keys.append(column)
        elif kinds[1] and is_stored and (values == values[0]).all():
            found.constants.append(column)
        elif kinds[2] and is_target_copy(values, codes):
            found.target_copies.append(column)
    return found


def is_target_copy(values: np.ndarray, codes: np.ndarray) -> bool:
    """Tell whether each class has one value, and no two classes the same.

    ``codes`` number the class of each row from 0, without gaps.
    """
    classes, firsts = np.unique(codes, return_index=True)
    own = values[firsts]
    is_copy = len(np.unique(own)) == len(classes) > 1 and (values == own[codes]).all()
    return bool(is_copy)


def _dense(matrix: Any, rows: Any, columns: Any) -> np.ndarray:
    """Return some rows of some columns as an array."""
    if isinstance(matrix, np.ndarray):
        every = len(columns) == matrix.shape[1]
        taken: np.ndarray = matrix[rows] if every else matrix[rows][:, columns]
        return taken
    taken = matrix[rows][:, columns].toarray()
    return taken


def _candidates(
    rows: np.ndarray, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tell by some rows which columns may be keys, constants and copies of the target."""
    n_rows = len(rows)
    # A column of few values has the first value twice, or a later one where that is rare.
    like_first = np.count_nonzero(rows == rows[0], axis=0)
    is_few = (like_first > 1) | (np.count_nonzero(rows == rows[n_rows // 2], axis=0) > 1)
    is_constant = like_first == n_rows
    may_be_key = ~is_few
    if rows.dtype.kind == "f":
        may_be_key &= (rows == np.rint(rows)).all(axis=0)
    if may_be_key.any():
        ordered = np.sort(rows[:, may_be_key], axis=0)
        may_be_key[may_be_key] = (ordered[1:] != ordered[:-1]).all(axis=0)
    if is_few.any():
        is_few[is_few] = _is_one_value_per_class(rows[:, is_few], classes)
    return may_be_key, is_constant, is_few


def _is_one_value_per_class(rows: np.ndarray, classes: np.ndarray) -> np.ndarray:
    codes = _codes(classes)
    _, firsts = np.unique(codes, return_index=True)
    alike: np.ndarray = (rows == rows[firsts][codes]).all(axis=0)
    return alike


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


@contextmanager
def columns_named(names: Sequence[Any] | None) -> Iterator[None]:
    """Give the columns of matrices these names in warnings from within."""
    token = _names_given.set(names)
    try:
        yield
    finally:
        _names_given.reset(token)


def columns_checked() -> AbstractContextManager[None]:
    """Have no columns checked within: they were before."""
    return columns_named(_CHECKED)


def warn_about_columns(
    parts: Iterable[tuple[Any, Sequence[int]]],
    y: np.ndarray,
    names: Sequence[Any] | None,
) -> None:
    """Warn about columns of X that are keys, constants or copies of the target.

    Parameters
    ----------
    parts
        Matrices of some columns, each with where its columns stand in X.
    y
        The class of each row.
    names
        Of all columns; None for their positions.
    """
    given = _names_given.get()
    if given is _CHECKED:
        return
    names = given if names is None else names
    named = Suspects([], [], [])
    for matrix, positions in parts:
        for of, columns in zip(named, suspect_columns(matrix, y), strict=True):
            of += [positions[j] if names is None else names[positions[j]] for j in columns]
    if any(named):
        warn_resampling([describe(named), "Leave such columns out of X."])


def describe(found: Suspects) -> str:
    """Say which columns were found, and what is wrong with them."""
    parts = []
    if found.keys:
        parts.append(
            f"{_listed(found.keys)} a different value in every row, as row numbers and keys "
            "have: keys do not tell how alike rows are, and a new row must not have one."
        )
    if found.constants:
        parts.append(f"{_listed(found.constants)} the same value in every row.")
    if found.target_copies:
        parts.append(
            f"{_listed(found.target_copies)} one value for each class, as a copy of the target "
            "has."
        )
    return f"Check the columns: {' '.join(parts)}"


def _listed(names: Sequence[Any]) -> str:
    if len(names) == 1:
        return f"column {list_names(names)} has"
    return f"columns {list_names(names)} have"
