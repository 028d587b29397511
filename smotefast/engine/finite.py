"""The numbers of X, without missing or infinite ones; the refusal names the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import check_array

from smotefast.exceptions import NotNumericError
from smotefast.tables import Table


def finite_numbers(table: Table, sampler: Any) -> Any:
    """Return the numbers of a table as an array or CSR matrix.

    Raises
    ------
    ValueError
        If a column is not numeric, with what to do about it for the sampler; if a value is
        missing or infinite. The message names the columns.
    """
    try:
        numbers = table.to_matrix()
    except NotNumericError as error:
        advice = sampler.needs().text_advice
        raise (error.with_advice(advice) if advice else error) from error.__cause__
    try:
        return check_array(numbers, accept_sparse="csr", estimator=sampler, input_name="X")
    except ValueError as error:
        if "Input X contains" not in str(error):
            raise
        raise ValueError(
            _not_finite(numbers, table.display_names, type(sampler).__name__)
        ) from None


def _not_finite(numbers: Any, labels: Sequence[Any], sampler: str) -> str:
    bad, words, what = _per_column(numbers, np.isnan), "NaN", "missing"
    repair = "Impute them, for example with sklearn.impute.SimpleImputer"
    if not bad.any():
        bad, what, repair = _per_column(numbers, np.isinf), "infinite", "Replace them"
        words = f"infinity or a value too large for {numbers.dtype!r}"
    first, *others = np.flatnonzero(bad).tolist()
    count = f"{bad[first]} {what} value{'s' if bad[first] > 1 else ''}"
    more = ""
    if others:
        more = " (another column has some too)"
        more = f" ({len(others)} other columns have some too)" if len(others) > 1 else more
    return (
        f"Input X contains {words}: column {labels[first]!r} has {count}{more}, and {sampler} "
        f"computes with all values. {repair}, or drop these rows or columns."
    )


def _per_column(numbers: Any, test: Any) -> np.ndarray:
    """Count the values of each column for which a test holds."""
    if isinstance(numbers, np.ndarray):
        return np.asarray(test(numbers).sum(axis=0))
    return np.bincount(numbers.indices[test(numbers.data)], minlength=numbers.shape[1])
