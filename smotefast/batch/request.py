"""What a job is asked to do, checked as far as arguments and files go."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from smotefast.batch.passthrough import nullable_field
from smotefast.batch.plan import Plan
from smotefast.batch.scan import STRICT, Classes, Lenience
from smotefast.batch.stream import Reading
from smotefast.batch.widths import Widths
from smotefast.engine.quota import Counts
from smotefast.report.progress import Progress
from smotefast.storage import ParquetSource


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
