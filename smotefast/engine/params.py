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

from sklearn.utils._param_validation import HasMethods, Interval, Options, StrOptions

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

_LESS = StrOptions({"auto", "majority", "not minority", "not majority", "all"})

UNDER_SAMPLER: dict[str, list[Any]] = {
    "sampling_strategy": [Interval(Real, 0, 1, closed="right"), _LESS, Mapping, callable],
}

# A ratio passes here and is refused in words of its own.
CLEANER: dict[str, list[Any]] = {
    "sampling_strategy": [Interval(Real, 0, 1, closed="right"), _LESS, list, callable],
}

RANDOM_STATE: dict[str, list[Any]] = {"random_state": ["random_state"]}

NEIGHBOR_COUNT: list[Any] = [
    Interval(Integral, 1, None, closed="left"),
    HasMethods(["kneighbors", "kneighbors_graph"]),
]

THREADS: dict[str, list[Any]] = {"n_jobs": [Integral, None]}

SEARCH: dict[str, list[Any]] = {
    "search": [StrOptions({"auto", "exact", "approximate"})],
    **THREADS,
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

VOTE: dict[str, list[Any]] = {"kind_sel": [StrOptions({"all", "mode"})]}

NEAREST_CLASSIFIER: dict[str, list[Any]] = {
    "n_neighbors": [*NEIGHBOR_COUNT, None],
    "n_seeds_S": [Interval(Integral, 1, None, closed="left")],
}

CLEANING_RULE: dict[str, list[Any]] = {
    "edited_nearest_neighbours": [HasMethods(["fit_resample"]), None],
    "threshold_cleaning": [Interval(Real, 0, None, closed="neither")],
}

NEAR_MISS: dict[str, list[Any]] = {
    "version": [Options(Integral, {1, 2, 3})],
    "n_neighbors_ver3": NEIGHBOR_COUNT,
}

HARDNESS: dict[str, list[Any]] = {
    "estimator": [HasMethods(["fit", "predict_proba"]), None],
    "cv": ["cv_object"],
}

CENTROIDS: dict[str, list[Any]] = {
    "estimator": [HasMethods(["fit", "predict"]), None],
    "voting": [StrOptions({"auto", "hard", "soft"})],
}

TIMES: dict[str, list[Any]] = {"max_iter": [Interval(Integral, 1, None, closed="left")]}
YES_NO: list[Any] = ["boolean"]

STEP: list[Any] = [HasMethods(["fit_resample"])]
