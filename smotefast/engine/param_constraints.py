"""Parameter checks in scikit-learn's words, so that errors match imbalanced-learn's.

The constraint classes live in a private scikit-learn module, but the class attribute
``_parameter_constraints`` is how its estimators and imbalanced-learn's declare what a
parameter may be, and how their test suites find it. This file is the only one to import
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
)

from smotefast._messages import did_you_mean, quote_name

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


class SamplerThat(HasMethods):  # type: ignore[misc]  # scikit-learn ships no types
    """A sampler that only adds rows, or only takes rows away, as far as it says.

    Samplers of this package and of imbalanced-learn say so; others with ``fit_resample`` are
    taken, as are those that do either.
    """

    def __init__(self, adds_rows: bool) -> None:
        super().__init__(["fit_resample"])
        self._refused = {"under-sampling", "clean-sampling", "combination"}
        self._words = "an over-sampler (such as SMOTE())"
        if not adds_rows:
            self._refused = {"over-sampling", "combination"}
            self._words = "a sampler that takes rows away (such as TomekLinks())"

    def is_satisfied_by(self, val: Any) -> bool:
        """Whether a parameter is such a sampler."""
        if isinstance(val, type) or not super().is_satisfied_by(val):
            return False
        return _sampling_type(val) not in self._refused

    def __str__(self) -> str:
        return self._words


def _sampling_type(sampler: Any) -> Any:
    """Return what a sampler does to a table; SMOTEENN and the like do both."""
    homes = (kind.__module__ for kind in type(sampler).__mro__)
    if any(home.startswith(("smotefast.combine", "imblearn.combine")) for home in homes):
        return "combination"
    return getattr(sampler, "_sampling_type", None)


CREATION: list[Any] = [SamplerThat(adds_rows=True)]
SELECTION: list[Any] = [SamplerThat(adds_rows=False)]

CLEANING_RULE: dict[str, list[Any]] = {
    "edited_nearest_neighbours": [*SELECTION, None],
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


@contextmanager
def with_suggestions(estimator: Any) -> Iterator[None]:
    """Add to an error about a parameter's value which of the allowed words may be meant."""
    try:
        yield
    except InvalidParameterError as error:
        text = str(error)
        for name, value in estimator.get_params(deep=False).items():
            if text.startswith(f"The {name!r} parameter "):
                text = text.replace(f"Got {value!r} ", f"Got {quote_name(value)} ")
                text += did_you_mean(value, _words(estimator, name))
                if isinstance(value, type):
                    text += f" Give an instance: {value.__name__}()."
        raise InvalidParameterError(text) from error


def _words(estimator: Any, name: str) -> list[str]:
    """Return the words that a parameter may be."""
    kinds = estimator._parameter_constraints[name]
    return sorted(
        word for kind in kinds if isinstance(kind, StrOptions) for word in kind.options
    )


# What to do about text where a sampler takes rows away.
TAKES_NUMBERS = (
    "Encode the column as numbers or drop it, or use RandomUnderSampler, which takes rows of "
    "any type."
)
