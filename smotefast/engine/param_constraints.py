"""Parameter constraints in scikit-learn's form: errors have the words of imbalanced-learn's.

The constraint classes are in a private module of scikit-learn, but ``_parameter_constraints``
is how its estimators and imbalanced-learn's declare their parameters, and what their test
suites read. Only this file imports that module; samplers import the classes from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
)

from smotefast._messages import did_you_mean, quote_name

__all__ = ["HasMethods", "Interval", "Options", "StrOptions"]

Constraints = dict[str, list[Any]]

_RATIO = Interval(Real, 0, 1, closed="right")
_OVER_WORDS = StrOptions({"auto", "minority", "not minority", "not majority", "all"})
_UNDER_WORDS = StrOptions({"auto", "majority", "not minority", "not majority", "all"})

OVER_SAMPLER: Constraints = {
    "sampling_strategy": [_RATIO, _OVER_WORDS, Mapping, callable],
    "random_state": ["random_state"],
}
UNDER_SAMPLER: Constraints = {"sampling_strategy": [_RATIO, _UNDER_WORDS, Mapping, callable]}
# A ratio passes here; resolving the strategy raises an error that says what to do.
CLEANER: Constraints = {"sampling_strategy": [_RATIO, _UNDER_WORDS, list, callable]}

RANDOM_STATE: Constraints = {"random_state": ["random_state"]}
THREADS: Constraints = {"n_jobs": [Integral, None]}
SEARCH: Constraints = {
    "search": [StrOptions({"auto", "exact", "approximate"})],
    **THREADS,
}
SMALL_CLASS: Constraints = {"small_class": [StrOptions({"error", "clamp", "duplicate"})]}
COLUMN_OPTIONS: Constraints = {
    "missing": [StrOptions({"error", "distance"})],
    "metric": [StrOptions({"euclidean", "manhattan", "cosine", "mahalanobis"})],
    "distance_columns": ["array-like", None],
    "bounds": [Mapping, "array-like", None],
    "round_columns": [StrOptions({"integer"}), "array-like", None],
}
NEIGHBOR_COUNT: list[Any] = [
    Interval(Integral, 1, None, closed="left"),
    HasMethods(["kneighbors", "kneighbors_graph"]),
]


class Instance(HasMethods):  # type: ignore[misc]  # scikit-learn ships no types
    """Constraint: an object with these methods, and not its class."""

    def is_satisfied_by(self, val: Any) -> bool:
        """Return whether a parameter is such an object."""
        return not isinstance(val, type) and super().is_satisfied_by(val)


class SamplerThat(HasMethods):  # type: ignore[misc]  # scikit-learn ships no types
    """Constraint: a sampler that only adds rows, or one that only removes rows.

    Samplers of this package and of imbalanced-learn say which they do. Any other object with
    ``fit_resample`` is accepted.
    """

    def __init__(self, adds_rows: bool) -> None:
        super().__init__(["fit_resample"])
        self._refused = {"under-sampling", "clean-sampling", "combination"}
        self._description = "an over-sampler (such as SMOTE())"
        if not adds_rows:
            self._refused = {"over-sampling", "combination"}
            self._description = "a sampler that removes rows (such as TomekLinks())"

    def is_satisfied_by(self, val: Any) -> bool:
        """Return whether a parameter is such a sampler."""
        if isinstance(val, type) or not super().is_satisfied_by(val):
            return False
        return sampling_type(val) not in self._refused

    def __str__(self) -> str:
        return self._description


def sampling_type(sampler: object) -> str | None:
    """Return what a sampler, or a class of samplers, does with rows.

    "over-sampling", "under-sampling", "clean-sampling", "combination" (adds and removes rows),
    or None if it does not tell.
    """
    cls = sampler if isinstance(sampler, type) else type(sampler)
    modules = (base.__module__ for base in cls.__mro__)
    if any(name.startswith(("smotefast.combine", "imblearn.combine")) for name in modules):
        return "combination"
    return getattr(sampler, "_sampling_type", None)


CREATION: list[Any] = [SamplerThat(adds_rows=True)]
SELECTION: list[Any] = [SamplerThat(adds_rows=False)]

VOTE: Constraints = {"kind_sel": [StrOptions({"all", "mode"})]}

NEAREST_CLASSIFIER: Constraints = {
    "n_neighbors": [*NEIGHBOR_COUNT, None],
    "n_seeds_S": [Interval(Integral, 1, None, closed="left")],
}

CLEANING_RULE: Constraints = {
    "edited_nearest_neighbours": [*SELECTION, None],
    "threshold_cleaning": [Interval(Real, 0, None, closed="neither")],
}

NEAR_MISS: Constraints = {
    "version": [Options(Integral, {1, 2, 3})],
    "n_neighbors_ver3": NEIGHBOR_COUNT,
}

HARDNESS: Constraints = {
    "estimator": [HasMethods(["fit", "predict_proba"]), None],
    "cv": ["cv_object"],
}

CENTROIDS: Constraints = {
    "estimator": [HasMethods(["fit", "predict"]), None],
    "voting": [StrOptions({"auto", "hard", "soft"})],
}

TIMES: Constraints = {"max_iter": [Interval(Integral, 1, None, closed="left")]}
YES_NO: list[Any] = ["boolean"]

# What to do about text in a sampler that removes rows.
TAKES_NUMBERS = (
    "Encode the column as numbers or drop it, or use RandomUnderSampler, which takes rows of "
    "any type."
)


@contextmanager
def with_suggestions(estimator: BaseEstimator) -> Iterator[None]:
    """Add to an error about a parameter's value which of the allowed values may be meant."""
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


def _words(estimator: BaseEstimator, name: str) -> list[str]:
    """Return the strings that a parameter may be."""
    constraints = estimator._parameter_constraints[name]
    return sorted(
        word for each in constraints if isinstance(each, StrOptions) for word in each.options
    )
