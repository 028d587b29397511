"""Imputation, scaling and encoding as scikit-learn transformers, fitted on training rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.evaluation.data import EvaluationData

# Scalers of numbers, by the value of ``scaling``.
SCALERS = {
    "standard": "StandardScaler",
    "minmax": "MinMaxScaler",
    "robust": "RobustScaler",
    "none": None,
}
# Rarer categories of a column share one column of the encoding.
MOST_CATEGORIES = 100


def to_numbers_and_codes(data: EvaluationData) -> Any:
    """Return a transformer: scaled numbers without missing values, then category codes.

    A missing category becomes a category of its own.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer

    impute = SimpleImputer(strategy="median", keep_empty_features=True)
    known = SimpleImputer(strategy="constant", fill_value=-1.0, keep_empty_features=True)
    steps = [
        ("numbers", _with_scaler(impute, data.scaling), np.flatnonzero(~data.categorical)),
        ("categories", known, np.flatnonzero(data.categorical)),
    ]
    return ColumnTransformer([step for step in steps if len(step[2])])


def _with_scaler(impute: Any, scaling: str) -> Any:
    from sklearn import preprocessing
    from sklearn.pipeline import make_pipeline

    name = SCALERS[scaling]
    return make_pipeline(impute, *([getattr(preprocessing, name)()] if name else []))


def to_one_hot(data: EvaluationData) -> Any:
    """Return a transformer of numbers and codes: the codes become columns of 0 and 1.

    Without categories it returns the rows as they are.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OneHotEncoder

    encode = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=MOST_CATEGORIES,
        sparse_output=False,
    )
    codes = code_positions(data)
    if not len(codes):
        return "passthrough"
    return ColumnTransformer([("categories", encode, codes)], remainder="passthrough")


def code_positions(data: EvaluationData) -> list[int]:
    """Return the columns of codes in the result of ``to_numbers_and_codes``."""
    n_codes = int(data.categorical.sum())
    n_columns = len(data.categorical)
    return list(range(n_columns - n_codes, n_columns))
