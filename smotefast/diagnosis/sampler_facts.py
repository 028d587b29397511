"""What a diagnosis knows of a sampler: its neighbors, its classes, and what it refuses."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.base import clone

from smotefast.combine.combination import BaseCombination
from smotefast.diagnosis.thresholds import BORDER_NEIGHBORS, CHOICES
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.engine.sampling_strategy import counts_to_generate
from smotefast.engine.single_sampler import SingleSampler
from smotefast.engine.strategy_checks import check_two_classes
from smotefast.engine.user_estimators import number_of_neighbors
from smotefast.over_sampling import RandomOverSampler
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.over_sampling.categorical_features import categorical_positions
from smotefast.tables import TableSchema
from smotefast.under_sampling.base import BaseCleaner, BaseSelector


@dataclass(frozen=True)
class SamplerFacts:
    """A sampler and its parameters, as far as the diagnosis depends on them.

    Attributes
    ----------
    name
        The name of its class; None for SMOTE's defaults, if no sampler was given.
    copies_rows
        Whether it copies rows of any type.
    categorical
        Indices of the columns that it treats as categories.
    k, k_name
        Number of neighbors to interpolate with, 0 for none, and the name of its parameter.
    m
        Number of neighbors that decides between noise, danger and safe.
    small_class
        How it treats classes of at most ``k`` rows: "error", "clamp" or "duplicate".
    n_to_generate
        Rows to generate by class; of the default strategy if the given one is refused.
    parameter_errors
        Messages with which it refuses its parameters for these columns and classes.
    weights
        Rows to generate by class, or those of the default strategy if it generates none:
        the weights of the classes in the advice.
    adds_rows, interpolates
        Whether it adds rows, and whether these have values that no original row has.
    measures_distance
        Whether the scales of columns matter to it.
    cleaner
        The class of the step that removes rows by comparing numbers; empty for none.
    n_to_keep
        Rows to keep by class, of under-samplers with such a number.
    accepts_data
        Whether ``fit`` accepted the data; None if it was not called.
    data_error, data_error_for_all
        Message with which it refuses the data, and with which all samplers do.
    file_error
        Why it cannot resample files, if the data are files.
    """

    name: str | None = None
    copies_rows: bool = False
    categorical: frozenset[int] = frozenset()
    k: int = CHOICES
    k_name: str = "k_neighbors"
    m: int = BORDER_NEIGHBORS
    small_class: str = "error"
    n_to_generate: Counts = field(default_factory=dict)
    parameter_errors: tuple[str, ...] = ()
    weights: Counts = field(default_factory=dict)
    adds_rows: bool = True
    interpolates: bool = True
    measures_distance: bool = True
    cleaner: str = ""
    n_to_keep: Counts = field(default_factory=dict)
    accepts_data: bool | None = None
    data_error: str = ""
    data_error_for_all: str = ""
    file_error: str = ""

    @property
    def display_name(self) -> str:
        """Its name in texts."""
        return self.name or "SMOTE"

    @property
    def refuses_missing(self) -> bool:
        """Whether it refuses missing and infinite values."""
        return not self.copies_rows and not self.accepts_data


def describe_sampler(
    sampler: BaseSampler | None, columns: TableSchema, counts: Counts, y: np.ndarray | None
) -> SamplerFacts:
    """Collect the facts about a sampler before it sees any row.

    Parameters
    ----------
    sampler
        A sampler of this package; None for SMOTE's defaults.
    columns
        The columns of X.
    counts
        Number of rows of each class.
    y
        The labels, for a function as ``sampling_strategy``.
    """
    errors: list[str] = []
    labels = np.empty(0) if y is None else y
    over, under = sampler_steps(sampler)
    steps = [step for step in (over, under) if step is not None]
    n_to_generate = _n_to_generate(sampler, over, counts, labels, errors)
    defaults = counts_to_generate("auto", counts, labels)
    categorical = _categorical(over, columns, errors)
    cleaner = "" if under is None or _needs(under).copies_rows else type(under).__name__
    k_name = _needs(over).neighbors_parameter or "k_neighbors"
    return SamplerFacts(
        name=None if sampler is None else type(sampler).__name__,
        copies_rows=bool(steps) and all(_needs(step).copies_rows for step in steps),
        categorical=frozenset() if cleaner else categorical,
        k=number_of_neighbors(getattr(over, k_name, CHOICES if sampler is None else 0)),
        k_name=k_name,
        m=number_of_neighbors(getattr(over, "m_neighbors", BORDER_NEIGHBORS)),
        small_class=getattr(over, "small_class", "error"),
        n_to_generate=n_to_generate,
        n_to_keep=_n_to_keep(under, counts, n_to_generate, labels, errors),
        parameter_errors=tuple(errors),
        weights=n_to_generate if any(n_to_generate.values()) else defaults,
        adds_rows=sampler is None or over is not None,
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


def _interpolates(step: Any) -> bool:
    return not (_needs(step).copies_rows or isinstance(step, BaseSelector))


def _categorical(over: Any, columns: TableSchema, errors: list[str]) -> frozenset[int]:
    if not _needs(over).takes_categories:
        return frozenset()
    if not hasattr(over, "categorical_features"):
        return frozenset(range(columns.n_features))
    try:
        return frozenset(map(int, categorical_positions(over.categorical_features, columns)))
    except ValueError as error:
        errors.append(one_line(error))
        return frozenset()


def _n_to_generate(
    sampler: BaseSampler | None, over: Any, counts: Counts, y: np.ndarray, errors: list[str]
) -> Counts:
    """Return the rows to generate by class; by the default if the strategy is refused."""
    if sampler is not None and over is None:
        check_two_classes(counts)
        return {}
    strategy = getattr(over, "sampling_strategy", "auto")
    try:
        return counts_to_generate(strategy, counts, y)
    except (TypeError, ValueError) as error:
        check_two_classes(counts)
        errors.append(one_line(error))
        return counts_to_generate("auto", counts, y)


def _n_to_keep(
    under: Any, counts: Counts, n_to_generate: Counts, y: np.ndarray, errors: list[str]
) -> Counts:
    """Return the rows to keep by class; empty for steps without such a number."""
    if not isinstance(under, SingleSampler):
        return {}
    after = {label: n + n_to_generate.get(label, 0) for label, n in counts.items()}
    try:
        targets = under.resolve_strategy(under.sampling_strategy, after, y)
    except (TypeError, ValueError) as error:
        errors.append(one_line(error))
        return {}
    return {} if isinstance(under, BaseCleaner) else targets


def with_data_errors(
    facts: SamplerFacts, sampler: BaseSampler | None, X: Any, y: Any
) -> SamplerFacts:
    """Add the errors of ``fit``, which checks the data and resamples nothing."""
    error_for_all = _fit_error(RandomOverSampler(), X, y)
    if sampler is None or error_for_all:
        return replace(facts, data_error_for_all=error_for_all)
    steps = [step for step in sampler_steps(sampler) if step is not None]
    error = next(filter(None, (_fit_error(step, X, y) for step in steps)), "")
    return replace(facts, accepts_data=not error, data_error=error)


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
