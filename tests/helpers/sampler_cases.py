"""A row of the table in ``sampler_contract.py``: a sampler, its parameters and its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from inspect import signature
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

import smotefast
from tests.helpers.datasets import categories, classes
from tests.helpers.distance_ties import categories_are_tied, has_ties

Data = tuple[np.ndarray, np.ndarray]
FLOATS = ("float32", "float64")


class Large(NamedTuple):
    """Data that kernels and threads work on, and parameters for them."""

    sizes: tuple[int, ...] = (5_000, 2_500, 1_000)
    n_features: int = 12
    parameters: Mapping[str, Any] = MappingProxyType({})
    seed: int = 0


class Drawn(NamedTuple):
    """Random data and parameters of the property test, as Hypothesis draws them.

    Attributes
    ----------
    parameters
        A strategy for each parameter. The ``sampling_strategy`` of cleaning samplers and
        ``n_jobs`` are drawn as well.
    sizes, n_classes, n_features
        Smallest and largest class; largest number of classes and of columns.
    sizes_differ
        Whether classes of the same size are left out. Of several smallest classes
        imbalanced-learn takes the one that comes first in y, smotefast the lowest label.
    dtypes
        Dtypes of X.
    is_tied
        Whether X and y have a tie for the parameters; None if the sampler needs no distances.
    n_examples
        As for ``hypothesis_examples.examples``.
    """

    parameters: Mapping[str, Any] = MappingProxyType({})
    sizes: tuple[int, int] = (7, 90)
    n_classes: int = 5
    n_features: int = 30
    sizes_differ: bool = False
    dtypes: tuple[Any, ...] = (np.float32, np.float64)
    is_tied: Callable[..., bool] | None = lambda X, y, parameters: has_ties(X)
    n_examples: int = 60


class Case(NamedTuple):
    """A sampler with parameters, and what the tests have to know about it.

    Attributes
    ----------
    name
        Name of the class.
    parameters
        Parameters that both libraries take; a seed is added.
    columns
        "numbers", "mixed" (column 2 holds categories), "categories", or "anything".
    sizes
        Rows of each class of small data.
    make
        Makes numbers from a seed, sizes, a number of columns and a dtype.
    same
        Attributes that equal imbalanced-learn's, besides ``sampling_strategy_``.
    dtypes
        Dtypes of arrays for which imbalanced-learn returns the same rows.
    sparse_form
        A sparse type that imbalanced-learn's sampler takes.
    text_labels
        Whether imbalanced-learn's sampler takes labels that are texts.
    approximate
        Whether the rows of approximate search are compared with those of exact search.
    is_checked
        Whether the checks of scikit-learn and imbalanced-learn run; once per sampler suffices.
    large, drawn
        Larger data; the property test. None if there are none, or in a file of the sampler.
    bad_values
        Values that parameters of this sampler must refuse, besides those of the shared table.
    """

    name: str
    parameters: Mapping[str, Any] = MappingProxyType({})
    columns: str = "numbers"
    sizes: tuple[int, ...] = (60, 25, 40)
    make: Callable[..., Data] = classes
    same: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = (*FLOATS, "int32", "int64")
    sparse_form: str = "csr_matrix"
    text_labels: bool = True
    approximate: bool = False
    is_checked: bool = True
    large: Large | None = None
    drawn: Drawn | None = None
    bad_values: Mapping[str, list[Any]] = MappingProxyType({})

    def __str__(self) -> str:
        named = [
            value for value in self.parameters.values() if isinstance(value, int | float | str)
        ]
        return "-".join([self.name, *map(str, named)])

    @property
    def kind(self) -> Any:
        """The class."""
        return getattr(smotefast, self.name)

    @property
    def is_in_imblearn(self) -> bool:
        """Whether imbalanced-learn can return the same rows."""
        return self.name == "Combination" or hasattr(_their_module(self.kind), self.name)

    @property
    def takes(self) -> list[str]:
        """Names of the parameters."""
        return list(signature(self.kind).parameters)

    @property
    def reads_numbers(self) -> bool:
        """Whether the sampler computes with numbers, which must be finite."""
        return self.columns in ("numbers", "mixed")

    def sampler(self, **changes: Any) -> Any:
        """Make the sampler."""
        return self.kind(**self._seeded(changes))

    def theirs(self, **changes: Any) -> Any:
        """Make imbalanced-learn's sampler."""
        if self.name == "Combination":
            return OneAfterAnother(
                *(_theirs(type(step))(random_state=0) for step in self.parameters.values())
            )
        return _theirs(self.kind)(**self._seeded(changes))

    def _seeded(self, changes: dict[str, Any]) -> dict[str, Any]:
        seed = {"random_state": 0} if "random_state" in self.takes else {}
        return {**seed, **self.parameters, **changes}

    def data(
        self,
        seed: int = 3,
        sizes: tuple[int, ...] = (),
        dtype: str = "float64",
        n_features: int = 5,
    ) -> Data:
        """Make data that the sampler takes, without ties."""
        sizes = sizes or self.sizes
        if self.columns == "categories":
            X, y = _untied_categories(seed, sizes)
            return X.astype(dtype), y
        X, y = self.make(seed, sizes, n_features)
        if dtype.startswith("int"):
            X = X * 1e5
        if self.columns == "mixed":
            X[:, 2] = (np.random.default_rng(seed).integers(0, 4, len(y)) + y) % 5
        return X.astype(dtype), y

    def sparse_data(self, dtype: str = "float64") -> Data:
        """Make rows that are zeros for the most part, in an array."""
        X, y = self.data(6, dtype=dtype, n_features=15)
        if self.columns != "categories":
            is_zero = np.random.default_rng(0).random(X.shape) < 0.6
            is_zero[:, 2] &= self.columns != "mixed"
            X[is_zero] = 0
        return X, y


def _theirs(kind: Any) -> Any:
    """Return imbalanced-learn's class of the same name."""
    return getattr(_their_module(kind), kind.__name__)


def _their_module(kind: Any) -> Any:
    return import_module(f"imblearn.{kind.__module__.split('.')[1]}")


class OneAfterAnother:
    """Two samplers of imbalanced-learn, one after another."""

    def __init__(self, first: Any, second: Any) -> None:
        self.first, self.second = first, second

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Resample with both."""
        resampled: tuple[Any, Any] = self.second.fit_resample(*self.first.fit_resample(X, y))
        self.sampling_strategy_ = self.first.sampling_strategy_
        return resampled


@cache
def _untied_categories(seed: int, sizes: tuple[int, ...]) -> Data:
    made = (categories(each, sizes) for each in range(seed, seed + 400))
    return next((X, y) for X, y in made if not categories_are_tied(X, y, 5))


def frame_of(case: Case) -> tuple[Any, np.ndarray]:
    """Make a pandas frame of several dtypes that the sampler takes."""
    import pandas as pd

    X, y = case.data()
    frame = pd.DataFrame(X, columns=list("abcdef")[: X.shape[1]])
    if case.columns == "categories":
        frame["b"] = np.array(list("zyxwvutsr"))[X[:, 1].astype(int)]
        frame["c"] = pd.Categorical(np.array(list("zyxwvutsr"))[X[:, 2].astype(int)])
        return frame.astype({"d": int}), y
    frame["d"] = X[:, 3] * 1e6
    return frame.astype({"b": "float32", "d": int}), y
