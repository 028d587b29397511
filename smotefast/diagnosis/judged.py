"""What of a sampler is judged: its numbers of neighbours, its classes, its columns.

A sampler or none flows in; the few facts that points are made of flow out, so that nothing
else asks a sampler anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.diagnosis.thresholds import BORDER_NEIGHBORS, CHOICES
from smotefast.engine.quota import Counts, sampling_quota


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
        Rows to create by class; of the default strategy if ``refusal`` says why not.
    refusals
        What the sampler would say at once, whatever the rows hold.
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

    @property
    def shown(self) -> str:
        """The sampler's name for texts."""
        return self.name or "SMOTE"


def judge(sampler: Any, table: Any, counts: Counts, y: np.ndarray | None) -> Judged:
    """Read a sampler.

    Parameters
    ----------
    sampler
        One of ``smotefast.over_sampling``, or None.
    table
        Anything that tells names and kinds of columns as a table does.
    counts
        Rows of each class.
    y
        The labels, for a ``sampling_strategy`` that is a function.
    """
    refusals: list[str] = []
    declared, only = _categories(sampler, table, refusals)
    k_name = getattr(sampler, "_neighbors_parameter", "k_neighbors")
    return Judged(
        name=None if sampler is None else type(sampler).__name__,
        copies=bool(getattr(sampler, "_copies_rows", False)),
        declared=declared,
        only_categories=only,
        k=_number(getattr(sampler, k_name, 0 if sampler is not None else CHOICES)),
        k_name=k_name,
        m=_number(getattr(sampler, "m_neighbors", BORDER_NEIGHBORS)),
        small_class=getattr(sampler, "small_class", "error"),
        quota=_quota(sampler, counts, y, refusals),
        refusals=tuple(refusals),
    )


def _number(given: Any) -> int:
    """Return a number of neighbours; an estimator counts the row itself."""
    return int(given.n_neighbors) - 1 if hasattr(given, "kneighbors") else int(given)


def _categories(sampler: Any, table: Any, refusals: list[str]) -> tuple[frozenset[int], bool]:
    if not getattr(sampler, "_takes_categories", False):
        return frozenset(), False
    if not hasattr(sampler, "categorical_features"):
        return frozenset(range(table.n_features)), True
    from smotefast.engine.categorical import categorical_positions

    try:
        found = categorical_positions(sampler.categorical_features, table)
    except ValueError as error:
        refusals.append(" ".join(str(error).split()))
        return frozenset(), False
    return frozenset(map(int, found)), False


def _quota(sampler: Any, counts: Counts, y: np.ndarray | None, refusals: list[str]) -> Counts:
    strategy = getattr(sampler, "sampling_strategy", "auto")
    labels = np.empty(0) if y is None else y
    try:
        return sampling_quota(strategy, counts, labels)
    except (TypeError, ValueError) as error:
        if len(counts) < 2:
            raise
        refusals.append(" ".join(str(error).split()))
        return sampling_quota("auto", counts, labels)
