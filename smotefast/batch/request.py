"""Request of a job: samplers, columns and classes, checked before any row is read."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from smotefast.batch.block_plan import Plan
from smotefast.batch.column_sizes import Widths
from smotefast.batch.passthrough import nullable_field
from smotefast.batch.reading import Reading
from smotefast.batch.scan import STRICT, Classes, Lenience
from smotefast.combine.combination import BaseCombination
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.over_sampling import RandomOverSampler
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.report.progress import Progress
from smotefast.storage import ParquetSource


class Steps(NamedTuple):
    """The samplers of a job.

    Attributes
    ----------
    creation
        Adds rows; one that adds none where the job only takes rows away.
    selection
        Takes rows away; None where the job only adds some.
    """

    creation: Any
    selection: Any


def steps_of(sampler: Any) -> Steps:
    """Return the steps of a job, which is not begun.

    Raises
    ------
    ValueError
        If a parameter does not serve, or a step cannot be done with files; says why, and what
        comes nearest.
    """
    sampler.check_params()
    _refuse_overrides(sampler)
    if isinstance(sampler, BaseOverSampler):
        return Steps(sampler, None)
    steps = Steps(RandomOverSampler(sampling_strategy={}), sampler)
    if isinstance(sampler, BaseCombination):
        steps = Steps(*sampler.steps())
        for step in steps:
            if isinstance(step, BaseSampler):
                step.check_params()
                _refuse_overrides(step)
    _refuse_what_needs_all(steps)
    return steps


def _refuse_overrides(sampler: Any) -> None:
    """Refuse subclasses of samplers with methods of their own, which no job calls."""
    kind = type(sampler)
    for name in ("fit_resample", "fit"):
        if not getattr(kind, name).__module__.startswith("smotefast."):
            raise ValueError(
                f"{kind.__name__} has a {name} of its own, which a job does not call: rows "
                "come from files in blocks. Resample in memory with fit_resample, or use the "
                "sampler that the class derives from."
            )


def _refuse_what_needs_all(steps: Steps) -> None:
    creation, selection = steps
    if not isinstance(creation, BaseOverSampler):
        raise ValueError(
            f"{type(creation).__name__} is no over-sampler of smotefast.over_sampling, and a "
            "job generates samples with these only."
        )
    name = type(selection).__name__
    if not isinstance(selection, BaseSampler):
        raise ValueError(
            f"{name} is not of smotefast.under_sampling, and a job removes rows with these "
            "samplers only. Resample in memory with fit_resample, or take 'tomek-links'."
        )
    needs = selection.needs()
    if needs.reads == "everything":
        raise ValueError(
            f"{name} {needs.why_everything}, which rows in files do not allow. Resample in "
            f"memory with fit_resample, or take {needs.alternative!r}, which works from files."
        )
    if needs.reads == "neighbors" and creation.needs().takes_categories:
        raise ValueError(
            f"{type(creation).__name__} generates categories. {links_advice(creation)}"
        )


def links_advice(creation: Any) -> str:
    """Say what to do about columns that Tomek links, as a second step, cannot compare."""
    return (
        f"TomekLinks, the step after {type(creation).__name__}, compares rows by numbers "
        "alone. Take 'random-under' in its place, leave the second step out, or encode the "
        "columns as numbers in the files."
    )


@dataclass(frozen=True)
class Request:
    """What is to be done, checked as far as arguments and files go.

    ``sampler`` adds rows, ``selection`` then takes some away, or is None. The columns in
    ``keep`` are no features; new rows get nulls there, or the values of their base row.
    """

    source: ParquetSource
    sampler: Any
    target: str
    columns: list[str]
    features: list[str]
    classes: Classes
    quota: Counts
    limit: int
    selection: Any = None
    keep: tuple[str, ...] = ()
    keep_fill: str = "null"
    lenience: Lenience = STRICT

    @functools.cached_property
    def needs(self) -> Needs:
        """What the over-sampler needs of the data."""
        needs: Needs = self.sampler.needs()
        return needs

    @property
    def cleans(self) -> bool:
        """Whether the second step searches neighbors; otherwise it draws rows."""
        return self.selection is not None and self.selection.needs().reads == "neighbors"

    @functools.cached_property
    def widths(self) -> Widths:
        """What the columns take in memory."""
        return Widths(self.source, self.columns)

    @functools.cached_property
    def schema(self) -> pa.Schema:
        """Schema of the destination: fields and metadata of the source."""
        fields = [self.source.schema.field(name) for name in self.columns]
        nulled = self.null_columns
        fields = [nullable_field(field) if field.name in nulled else field for field in fields]
        return pa.schema(fields, metadata=self.source.schema.metadata)

    @functools.cached_property
    def null_columns(self) -> frozenset[str]:
        """Columns that are null in new rows."""
        return frozenset(self.keep if self.keep_fill == "null" and self.wanted else ())

    def reading(self, plan: Plan, progress: Progress) -> Reading:
        """Say how the files are read."""
        return Reading(
            self.source,
            self.target,
            list(self.classes.counts),
            plan.batch_rows,
            progress,
            self.limit,
            plan.query_rows,
        )

    @property
    def sizes(self) -> Counts:
        """Rows in the source of each class that gets new ones."""
        return {label: self.classes.counts[label] for label in self.wanted}

    @property
    def wanted(self) -> Counts:
        """Rows to make, of the classes that get any."""
        return {label: n for label, n in self.quota.items() if n}
