"""Request: what a job does, checked as far as possible before any feature is read."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pyarrow as pa

from smotefast.batch import provenance
from smotefast.batch.arguments import Arguments
from smotefast.batch.class_names import name_classes
from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.scan import Classes, all_target_values, resolve_strategy
from smotefast.batch.steps import no_over_sampling
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.storage import ParquetSource


@dataclass(frozen=True)
class Request:
    """What a job does.

    Attributes
    ----------
    arguments
        Arguments of ``resample_dataset``.
    source, target
        The files, and the name of the column with the class.
    columns, features
        Names of the columns to write, and of the features among them.
    column_sizes
        Memory that the columns take.
    classes
        Classes of the target and their sizes.
    over_sampler
        Generates samples; for no class, if the job only removes rows.
    target_counts
        Number of samples to generate, by class; 0 for classes that stay as they are.
    """

    arguments: Arguments
    source: ParquetSource
    target: str
    columns: list[str]
    features: list[str]
    column_sizes: ColumnSizes
    classes: Classes
    over_sampler: BaseOverSampler
    target_counts: Counts

    @property
    def selector(self) -> BaseSampler | None:
        """The sampler that removes rows afterwards, or None."""
        return self.arguments.steps.selector

    @property
    def limit(self) -> int:
        """Memory limit in bytes."""
        return self.arguments.limit.n_bytes

    @functools.cached_property
    def needs(self) -> Needs:
        """What the over-sampler needs of the data."""
        return self.over_sampler.needs()

    @functools.cached_property
    def n_to_generate(self) -> Counts:
        """Number of samples to generate, of each class that gets any."""
        return {label: n for label, n in self.target_counts.items() if n}

    @property
    def class_sizes(self) -> Counts:
        """Rows in the source of each class to over-sample."""
        return {label: self.classes.counts[label] for label in self.n_to_generate}

    @functools.cached_property
    def null_columns(self) -> frozenset[str]:
        """Columns that are null in synthetic samples."""
        if self.arguments.keep_fill == "base" or not self.n_to_generate:
            return frozenset()
        return frozenset(self.arguments.keep)

    @functools.cached_property
    def base_columns(self) -> list[str]:
        """Columns that are no features, with the value of the base row in synthetic samples.

        These are partition columns, and those to keep if they are filled like that.
        """
        others = {self.target, *self.features, *self.null_columns}
        return [name for name in self.columns if name not in others]

    @functools.cached_property
    def schema(self) -> pa.Schema:
        """Schema of the rows: fields and metadata of the source, and the provenance."""
        fields = [self.source.schema.field(name) for name in self.columns]
        nulled = self.null_columns
        fields = [nullable_field(field) if field.name in nulled else field for field in fields]
        if self.arguments.provenance:
            fields += provenance.FIELDS
        return pa.schema(fields, metadata=self.source.schema.metadata)

    def fields(self, names: list[str]) -> list[pa.Field]:
        """Return the fields of the output with these names."""
        return [self.schema.field(name) for name in names]


def make_request(
    arguments: Arguments,
    source: ParquetSource,
    target: str,
    columns: tuple[list[str], list[str]],
    column_sizes: ColumnSizes,
    classes: Classes,
) -> Request:
    """Resolve the sampling strategy for the classes of the source.

    ``columns`` are the columns to write, and the features. In the samplers of ``arguments``,
    labels replace the keys that name them.
    """
    for step in arguments.steps:
        name_classes(step, classes.counts)
    allowed, over_sampler = arguments.allowed, arguments.steps.over_sampler
    target_counts = resolve_strategy(
        over_sampler, classes.counts, lambda: all_target_values(source, target), allowed
    )
    if any(allowed) and not any(target_counts.values()):
        over_sampler, target_counts = no_over_sampling(), {}  # then no search is needed
    return Request(
        arguments, source, target, *columns, column_sizes, classes, over_sampler, target_counts
    )


def nullable_field(field: pa.Field) -> pa.Field:
    """Return a field that may hold nulls, as may the fields of a struct inside it."""
    arrow_type = field.type
    if pa.types.is_struct(arrow_type):
        inner = [nullable_field(arrow_type.field(j)) for j in range(arrow_type.num_fields)]
        field = field.with_type(pa.struct(inner))
    return field.with_nullable(True)
