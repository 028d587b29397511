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

BORDER_KIND: list[Any] = [StrOptions({"borderline-1", "borderline-2"})]

SHRINKAGE: list[Any] = [Interval(Real, 0, None, closed="left"), dict, None]
