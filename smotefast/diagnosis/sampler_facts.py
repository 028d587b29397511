"""What a diagnosis knows of a sampler: its neighbors, its classes, and what it refuses."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.base import clone

from smotefast.combine.combination import BaseCombination
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.engine.sampling_strategy import counts_to_generate
from smotefast.engine.single_sampler import SingleSampler
from smotefast.engine.strategy_checks import check_two_classes
from smotefast.engine.user_estimators import number_of_neighbors
from smotefast.over_sampling import RandomOverSampler
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.over_sampling.columns.positions import categorical_positions
from smotefast.tables import TableSchema
from smotefast.under_sampling.base import BaseCleaner, BaseSelector

# Neighbors that decide between noise, danger and safe, unless the sampler has its own number:
# the default of BorderlineSMOTE and SVMSMOTE.
_BORDER_NEIGHBORS = 10
# Default of most samplers for the number of neighbors, used if no sampler is given.
_NEIGHBORS = 5


@dataclass(frozen=True)
class SamplerFacts:
    """A sampler and its parameters, as far as the diagnosis depends on them."""

    name: str | None = None  # of its class; None for SMOTE's defaults
    over: str = "SMOTE"  # the class of its step that adds rows
    parameters: dict[str, Any] = field(default_factory=dict)  # of that step, as code can have
    under: str = ""  # the class of its step that removes rows
    copies_rows: bool = False  # of any type
    categorical: frozenset[int] = frozenset()  # columns that it treats as categories
    k: int = _NEIGHBORS  # neighbors to interpolate with; 0 for none
    k_name: str = "k_neighbors"
    m: int = _BORDER_NEIGHBORS  # neighbors that decide between noise, danger and safe
    small_class: str | None = "error"  # how it treats classes of at most k rows
    n_to_generate: Counts = field(default_factory=dict)  # by class
    n_to_keep: Counts = field(default_factory=dict)  # by class, of some under-samplers
    # Rows to generate, or those of the default strategy: weights of the classes in the guide.
    weights: Counts = field(default_factory=dict)
    interpolates: bool = True
    measures_distance: bool = True
    cleaner: str = ""  # the class of its step that compares numbers to remove rows
    parameter_errors: tuple[str, ...] = ()
    data_error: str | None = None  # of ``fit``; empty without one, None if it was not called
    all_refuse: bool = False  # whether each sampler has this error
    file_error: str = ""  # why it cannot resample files, if the data are files

    @property
    def display_name(self) -> str:
        """Its name in texts."""
        return self.name or "SMOTE"

    @property
    def refuses_missing(self) -> bool:
        """Whether it refuses missing and infinite values."""
        return not self.copies_rows and self.data_error != ""


def describe_sampler(
    sampler: BaseSampler | None, columns: TableSchema, counts: Counts, y: np.ndarray | None
) -> SamplerFacts:
    """Collect the facts about a sampler, or SMOTE's defaults, before it sees any row.

    ``counts`` are the rows of each class, and ``y`` the labels, for a function as strategy.
    """
    check_two_classes(counts)
    errors: list[str] = []

    def attempt(default: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (TypeError, ValueError) as error:
            errors.append(one_line(error))
            return default

    labels = np.empty(0) if y is None else y
    over, under = sampler_steps(sampler)
    steps = [step for step in (over, under) if step is not None]
    n_to_generate = defaults = counts_to_generate("auto", counts, labels)
    if sampler is not None:
        strategy = {} if over is None else getattr(over, "sampling_strategy", "auto")
        n_to_generate = attempt(defaults, counts_to_generate, strategy, counts, labels)
    categorical = attempt((), _categorical, over, columns)
    n_to_keep = {}
    if isinstance(under, SingleSampler):
        after = {label: n + n_to_generate.get(label, 0) for label, n in counts.items()}
        n_to_keep = attempt({}, under.resolve_strategy, under.sampling_strategy, after, labels)
    cleaner = "" if under is None or _needs(under).copies_rows else type(under).__name__
    k_name = _needs(over).neighbors_parameter or "k_neighbors"
    return SamplerFacts(
        name=None if sampler is None else type(sampler).__name__,
        over="SMOTE" if over is None else type(over).__name__,
        parameters=_parameters(over),
        under="" if under is None else type(under).__name__,
        copies_rows=bool(steps) and all(_needs(step).copies_rows for step in steps),
        categorical=frozenset() if cleaner else frozenset(map(int, categorical)),
        k=number_of_neighbors(getattr(over, k_name, _NEIGHBORS if sampler is None else 0)),
        k_name=k_name,
        m=number_of_neighbors(getattr(over, "m_neighbors", _BORDER_NEIGHBORS)),
        small_class="error" if sampler is None else getattr(over, "small_class", None),
        n_to_generate=n_to_generate,
        n_to_keep={} if isinstance(under, BaseCleaner) else n_to_keep,
        parameter_errors=tuple(errors),
        weights=n_to_generate if any(n_to_generate.values()) else defaults,
        interpolates=not steps or any(map(_interpolates, steps)),
        measures_distance=not steps or any(_needs(step).measures_distance for step in steps),
        cleaner=cleaner,
    )


def sampler_steps(sampler: BaseSampler | None) -> tuple[Any, Any]:
    """Return the over-sampling and the under-sampling step; None for a missing step."""
    if isinstance(sampler, BaseCombination):
        return sampler.steps()
    if sampler is None or isinstance(sampler, BaseOverSampler):
        return sampler, None
    return None, sampler


def _needs(step: Any) -> Needs:
    """Return what a step needs; the defaults for samplers of other packages and for None."""
    return step.needs() if isinstance(step, BaseSampler) else Needs()


def _parameters(step: Any) -> dict[str, Any]:
    """Return the parameters that are not defaults and that ``repr`` writes as code."""
    if step is None:
        return {}
    defaults = inspect.signature(type(step)).parameters
    return {
        name: value
        for name, value in step.get_params(deep=False).items()
        if isinstance(value, str | int | float | dict | list | tuple | None)
        and value != defaults[name].default
    }


def _interpolates(step: Any) -> bool:
    return not (_needs(step).copies_rows or isinstance(step, BaseSelector))


def _categorical(over: Any, columns: TableSchema) -> Iterable[int]:
    """Return the columns that an over-sampler treats as categories."""
    if not _needs(over).takes_categories:
        return ()
    if not hasattr(over, "categorical_features"):
        return range(columns.n_features)
    return categorical_positions(over.categorical_features, columns)


def with_data_error(
    facts: SamplerFacts, sampler: BaseSampler | None, X: Any, y: Any
) -> SamplerFacts:
    """Add the error of ``fit``, which checks the data and resamples nothing."""
    if error := _fit_error(RandomOverSampler(), X, y):
        return replace(facts, data_error=error, all_refuse=True)
    if sampler is None:
        return facts
    errors = (_fit_error(step, X, y) for step in sampler_steps(sampler) if step is not None)
    return replace(facts, data_error=next(filter(None, errors), ""))


def _fit_error(step: Any, X: Any, y: Any) -> str:
    """Return the message with which a step refuses the data; empty if it accepts them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clone(step).fit(X, y)
    except MemoryError:
        raise
    except Exception as error:  # resampling would end with the same error
        return one_line(error)
    return ""


def one_line(error: Exception) -> str:
    """Return the message of an error without line breaks."""
    return " ".join(str(error).split())
