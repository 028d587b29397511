"""What of a sampler is judged: its numbers of neighbours, its classes, its columns.

A sampler or none flows in; the few facts that points are made of flow out, so that nothing
else asks a sampler anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from smotefast.combine.combination import BaseCombination
from smotefast.diagnosis.thresholds import BORDER_NEIGHBORS, CHOICES
from smotefast.engine.base import BaseSampler, SingleSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.sampling_strategy import check_two_classes, counts_to_generate
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.tables import Columns
from smotefast.under_sampling.base import BaseSelector


@dataclass(frozen=True)
class Judged:
    """A sampler as far as a diagnosis looks at it.

    Attributes
    ----------
    name
        Its class; None where none was given. Then SMOTE's defaults are judged.
    copies
        Whether it copies rows, whatever they hold.
    declared
        Columns that it takes as categories, by position.
    only_categories
        Whether it takes every column as categories.
    k, k_name
        Neighbours to choose from, 0 for none, and the parameter that says so.
    m
        Neighbours that tell noise from danger.
    small_class
        What becomes of classes smaller than ``k + 1``: "error", "clamp" or "duplicate".
    quota
        Rows to create by class; of the default strategy if ``refusals`` say why not.
    refusals
        What the sampler would say at once, whatever the rows hold.
    weights
        Classes that are studied for the advice, by the rows that they get or would get.
    makes_rows, makes_values
        Whether it adds rows; whether these hold values that no row had.
    measures
        Whether it measures distances.
    cleaner
        The step that takes rows away by comparing numbers; empty where there is none.
    kept
        Rows to keep by class, for samplers that are told so.
    takes
        Whether it has accepted the data; None where this was not tried.
    refused, refused_by_all
        Why it has not; and why no sampler does.
    not_for_files
        Why a job does not take the sampler, where the data are files.
    """

    name: str | None
    copies: bool
    declared: frozenset[int]
    only_categories: bool
    k: int
    k_name: str
    m: int
    small_class: str
    quota: Counts
    refusals: tuple[str, ...]
    weights: Counts
    makes_rows: bool = True
    makes_values: bool = True
    measures: bool = True
    cleaner: str = ""
    kept: Counts = field(default_factory=dict)
    takes: bool | None = None
    refused: str = ""
    refused_by_all: str = ""
    not_for_files: str = ""

    @property
    def shown(self) -> str:
        """The sampler's name for texts."""
        return self.name or "SMOTE"

    @property
    def refuses(self) -> bool:
        """Whether it refuses values that are no finite numbers."""
        return not self.copies and not self.takes


def judge(sampler: Any, columns: Columns, counts: Counts, y: np.ndarray | None) -> Judged:
    """Read a sampler.

    Parameters
    ----------
    sampler
        A sampler of this package, or None.
    columns
        Those of the data.
    counts
        Rows of each class.
    y
        The labels, for a ``sampling_strategy`` that is a function.
    """
    refusals: list[str] = []
    labels = np.empty(0) if y is None else y
    creation, selection = both_steps(sampler)
    steps = [step for step in (creation, selection) if step is not None]
    quota = _created(sampler, creation, counts, labels, refusals)
    declared, only = _categories(creation, columns, refusals)
    cleaner = "" if selection is None or _copies(selection) else type(selection).__name__
    k_name = "k_neighbors"
    if isinstance(creation, BaseSampler):
        k_name = creation.needs().neighbors_parameter or k_name
    return Judged(
        name=None if sampler is None else type(sampler).__name__,
        copies=bool(steps) and all(map(_copies, steps)),
        declared=frozenset() if cleaner else declared,
        only_categories=only and not cleaner,
        k=_number(getattr(creation, k_name, CHOICES if sampler is None else 0)),
        k_name=k_name,
        m=_number(getattr(creation, "m_neighbors", BORDER_NEIGHBORS)),
        small_class=getattr(creation, "small_class", "error"),
        quota=quota,
        kept=_kept(selection, counts, quota, labels, refusals),
        refusals=tuple(refusals),
        weights=quota if any(quota.values()) else counts_to_generate("auto", counts, labels),
        makes_rows=sampler is None or creation is not None,
        makes_values=not steps or any(map(_makes_values, steps)),
        measures=not steps or any(map(_measures, steps)),
        cleaner=cleaner,
    )


def both_steps(sampler: Any) -> tuple[Any, Any]:
    """Return what adds rows and what takes rows away; None for what a sampler does not do."""
    if isinstance(sampler, BaseCombination):
        return sampler.steps()
    if sampler is None or isinstance(sampler, BaseOverSampler):
        return sampler, None
    return None, sampler


def _copies(step: Any) -> bool:
    return isinstance(step, BaseSampler) and step.needs().copies_rows


def _makes_values(step: Any) -> bool:
    return not (_copies(step) or isinstance(step, BaseSelector))


def _measures(step: Any) -> bool:
    return not isinstance(step, BaseSampler) or step.needs().measures_distance


def _number(given: Any) -> int:
    """Return a number of neighbours; an estimator counts the row itself."""
    return int(given.n_neighbors) - 1 if hasattr(given, "kneighbors") else int(given)


def _categories(
    sampler: Any, columns: Columns, refusals: list[str]
) -> tuple[frozenset[int], bool]:
    if not (isinstance(sampler, BaseSampler) and sampler.needs().takes_categories):
        return frozenset(), False
    if not hasattr(sampler, "categorical_features"):
        return frozenset(range(columns.n_features)), True
    from smotefast.over_sampling._categorical import categorical_positions

    try:
        found = categorical_positions(sampler.categorical_features, columns)
    except ValueError as error:
        refusals.append(one_line(error))
        return frozenset(), False
    return frozenset(map(int, found)), False


def _created(
    sampler: Any, creation: Any, counts: Counts, labels: np.ndarray, refusals: list[str]
) -> Counts:
    """Return the rows to create by class; of the default strategy if this one is refused."""
    if sampler is not None and creation is None:
        check_two_classes(counts)
        return {}
    strategy = getattr(creation, "sampling_strategy", "auto")
    try:
        return counts_to_generate(strategy, counts, labels)
    except (TypeError, ValueError) as error:
        check_two_classes(counts)
        refusals.append(one_line(error))
        return counts_to_generate("auto", counts, labels)


def _kept(
    selection: Any, counts: Counts, quota: Counts, labels: np.ndarray, refusals: list[str]
) -> Counts:
    """Return the rows to keep by class, where a sampler is told so."""
    if not isinstance(selection, SingleSampler):
        return {}
    after = {label: n + quota.get(label, 0) for label, n in counts.items()}
    try:
        kept = selection.resolve_strategy(selection.sampling_strategy, after, labels)
    except (TypeError, ValueError) as error:
        refusals.append(one_line(error))
        return {}
    return kept if selection._sampling_type == "under-sampling" else {}


def one_line(error: Exception) -> str:
    """Return what an error says, without line breaks."""
    return " ".join(str(error).split())
