"""Checks of X: names of the columns, and finite numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from smotefast._messages import list_names
from smotefast._typing import Matrix
from smotefast.engine.column_checks import described_columns
from smotefast.exceptions import NotNumericError
from smotefast.tables import Table
from smotefast.tables.arrays import is_float_array
from smotefast.tables.protocol import duplicate_names

if TYPE_CHECKING:
    from smotefast.engine.base import BaseSampler


def columns_of(X: Any) -> tuple[np.ndarray | None, int]:
    """Return the names of the columns, None unless all are strings, and their number."""
    if is_float_array(X):
        return None, X.shape[1]
    reader = BaseEstimator()
    try:
        validate_data(reader, X=X, reset=True, skip_check_array=True)
    except ValueError as error:
        if type(error).__name__ != "DuplicateError":
            raise
        raise ValueError(
            f"X has several columns of the same name: {list_names(duplicate_names(X))}. "
            "scikit-learn reads the names of a frame only if they differ. Rename the columns."
        ) from error
    return getattr(reader, "feature_names_in_", None), int(reader.n_features_in_)


def n_rows_of(y: Any) -> int:
    """Return the number of rows of a target in any container."""
    return int(y.shape[0]) if hasattr(y, "shape") else len(y)


def finite_numbers(table: Table, sampler: BaseSampler) -> Matrix:
    """Return the numbers of a table as an array or CSR matrix.

    Raises
    ------
    ValueError
        If a column is not numeric, or a value is infinite, or missing unless the sampler takes
        such values in dense rows. The message names the column, the sampler and what to do.
    """
    try:
        numbers = table.to_matrix()
    except NotNumericError as error:
        advice = sampler.needs().text_advice
        raise (error.with_advice(advice) if advice else error) from error.__cause__
    if is_float_array(numbers) and _has_finite_sum(numbers):
        return numbers
    takes_missing = sampler.needs().takes_missing and isinstance(numbers, np.ndarray)
    try:
        checked: Matrix = check_array(
            numbers,
            accept_sparse="csr",
            ensure_all_finite="allow-nan" if takes_missing else True,
            estimator=sampler,
            input_name="X",
        )
        return checked
    except ValueError as error:
        if "Input X contains" not in str(error):
            raise
        if takes_missing and isinstance(numbers, np.ndarray):  # then others are infinite
            numbers = np.where(np.isnan(numbers), 0, numbers)
        raise ValueError(_not_finite_message(numbers, table.display_names, sampler)) from None


def _has_finite_sum(numbers: np.ndarray) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(numbers.sum()))


def _not_finite_message(numbers: Matrix, labels: Sequence[Any], sampler: BaseSampler) -> str:
    per_column, name, what = count_values(numbers, np.isnan), "NaN", "missing"
    repair = "Impute them, for example with sklearn.impute.SimpleImputer"
    if isinstance(numbers, np.ndarray) and _may_take_missing(sampler):
        repair += ", set missing='distance'"
    if not per_column.any():
        per_column, what, repair = count_values(numbers, np.isinf), "infinite", "Replace them"
        name = f"infinity or a value too large for {numbers.dtype!r}"
    first, *others = np.flatnonzero(per_column).tolist()
    count = f"{per_column[first]} {what} value{'s' if per_column[first] > 1 else ''}"
    more = ""
    if others:
        more = " (another column has some too)"
        more = f" ({len(others)} other columns have some too)" if len(others) > 1 else more
    return (
        f"Input X contains {name}: column {labels[first]!r} has {count}{more}, and "
        f"{type(sampler).__name__} computes with all values. {repair}, or drop these rows or "
        "columns."
    )


def _may_take_missing(sampler: BaseSampler) -> bool:
    """Return whether missing='distance' is allowed with the other parameters.

    In a combination it is not, because the second step reads the values as well.
    """
    is_step = described_columns() is not None
    if is_step or "missing" not in sampler.get_params(deep=False):
        return False
    try:
        copy(sampler).set_params(missing="distance").check_params()
    except ValueError:
        return False
    return True


def count_values(numbers: Matrix, test: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Count the values of each column that pass a test; the zeros of CSR do not pass."""
    if isinstance(numbers, np.ndarray):
        return np.asarray(test(numbers).sum(axis=0))
    return np.bincount(numbers.indices[test(numbers.data)], minlength=numbers.shape[1])
