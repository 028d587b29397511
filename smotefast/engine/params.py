"""Parameter checks in scikit-learn's words, so that errors match imbalanced-learn's.

The constraint classes live in a private scikit-learn module, but the class attribute
``_parameter_constraints`` is how its estimators and imbalanced-learn's declare what a
parameter may be, and how their test suites find it. This file is the only one to import
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

WORDS = {"auto", "minority", "not minority", "not majority", "all"}

OVER_SAMPLER: dict[str, list[Any]] = {
    "sampling_strategy": [
        Interval(Real, 0, 1, closed="right"),
        StrOptions(WORDS),
        Mapping,
        callable,
    ],
    "random_state": ["random_state"],
}

NEIGHBOR_COUNT: list[Any] = [
    Interval(Integral, 1, None, closed="left"),
    HasMethods(["kneighbors", "kneighbors_graph"]),
]

SEARCH: dict[str, list[Any]] = {
    "search": [StrOptions({"auto", "exact", "approximate"})],
    "n_jobs": [Integral, None],
}

SMALL_CLASS: dict[str, list[Any]] = {
    "small_class": [StrOptions({"error", "clamp", "duplicate"})]
}

CATEGORIES: dict[str, list[Any]] = {
    "categorical_features": ["array-like", StrOptions({"auto", "not numeric"})]
}
ENCODER: dict[str, list[Any]] = {
    "categorical_encoder": [HasMethods(["fit_transform", "inverse_transform"]), None]
}

BORDER_KIND: list[Any] = [StrOptions({"borderline-1", "borderline-2"})]

SHRINKAGE: list[Any] = [Interval(Real, 0, None, closed="left"), dict, None]

CLUSTERING: dict[str, list[Any]] = {
    "kmeans_estimator": [
        HasMethods(["fit", "predict", "fit_predict"]),
        Interval(Integral, 1, None, closed="left"),
        None,
    ],
    "cluster_balance_threshold": [StrOptions({"auto"}), Real],
    "density_exponent": [StrOptions({"auto"}), Real],
}

SUPPORT_VECTORS: dict[str, list[Any]] = {
    "svm_estimator": [HasMethods(["fit", "predict"]), None],
    "out_step": [Interval(Real, 0, 1, closed="both")],
}
