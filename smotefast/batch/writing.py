"""The rows of parts: originals are copied, synthetic samples follow."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

import numpy as np
import pyarrow as pa

from smotefast.batch.block_plan import Plan
from smotefast.batch.provenance import original_columns
from smotefast.batch.row_filters import (
    RowFilter,
    RowsToWrite,
    filtered_batches,
    rows_before,
)
from smotefast.batch.scan import Classes
from smotefast.batch.tasks import CopyRows, GenerateRows, Part, SourceTask, Task
from smotefast.batch.weights import WeightColumn
from smotefast.engine.job import Job
from smotefast.storage import ParquetSource, check_resident_memory
from smotefast.storage.sorted_runs import bytes_without_categories
from smotefast.tables.arrow_tables import take_arrow

# Rows of the first batch of synthetic samples, which shows how wide they are.
_FIRST_ROWS = 1_000


class ColumnSource(Protocol):
    """Some columns of the synthetic samples."""

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the synthetic samples ``start..stop``, by name."""
        ...


class SyntheticSamples:
    """The synthetic samples of a job as record batches in the schema of the output.

    Parameters
    ----------
    job
        The samples.
    schema
        Of the output.
    sources
        Features, columns to keep and the target.
    """

    def __init__(self, job: Job, schema: pa.Schema, sources: Sequence[ColumnSource]) -> None:
        self._job = job
        self._schema = schema
        self._sources = sources

    def batches(self, task: GenerateRows, plan: Plan) -> Iterator[pa.RecordBatch]:
        """Yield the samples of a task in order.

        The rows of a class may be wider than was estimated. Each batch has as many rows as
        would be in ``group_bytes`` if they are as wide as those of the batch before.
        """
        start, end = task.start, task.start + task.n_rows
        n_rows = min(_FIRST_ROWS, plan.generated_rows)
        while start < end:
            stop = min(start + n_rows, end)
            table = self._table(start, stop)
            n_bytes = sum(map(bytes_without_categories, table.to_batches()))
            fitting = int((stop - start) * plan.group_bytes / max(1, n_bytes))
            n_rows, start = max(1, min(plan.generated_rows, fitting)), stop
            yield from table.to_batches()

    def _table(self, start: int, stop: int) -> pa.Table:
        columns: dict[str, pa.Array] = {}
        for source in self._sources:
            columns |= source.columns(self._job, start, stop)
        arrays = [columns[name] for name in self._schema.names]
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def in_schema(self, schema: pa.Schema) -> SyntheticSamples:
        """Return the same samples with some of the columns."""
        return SyntheticSamples(self._job, schema, self._sources)


class TargetColumn:
    """The class of each synthetic sample, in the type of the target column."""

    def __init__(self, name: str, classes: Classes) -> None:
        self._name = name
        self._classes = classes

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the target of the synthetic samples ``start..stop``."""
        parts = [
            (recipe.origins.label, last - first)
            for recipe, first, last, _ in job.parts(start, stop)
        ]
        labels, counts = [label for label, _ in parts], [n for _, n in parts]
        arrow_type, dictionary = self._classes.type, self._classes.dictionary
        if dictionary is None:
            values = pa.array(labels, type=arrow_type)
            return {self._name: take_arrow(values, np.repeat(np.arange(len(parts)), counts))}
        codes = {label.as_py(): code for code, label in enumerate(dictionary)}
        repeated = np.repeat([codes[label] for label in labels], counts)
        indices = pa.array(repeated, type=arrow_type.index_type)
        column = pa.DictionaryArray.from_arrays(indices, dictionary, ordered=arrow_type.ordered)
        return {self._name: column}


@dataclass(frozen=True)
class RowGroups:
    """The row groups of parts.

    Attributes
    ----------
    source, columns
        The originals, and the names of their columns.
    synthetic
        The samples.
    rows
        Which of these rows are written.
    schema
        Of these rows.
    weights
        The column that is added to them, or None.
    plan
        Sizes of row groups and batches.
    limit
        Largest resident memory of the process in bytes; checked with every batch.
    writes_originals
        Whether the originals are among the rows.
    """

    source: ParquetSource
    columns: list[str]
    synthetic: SyntheticSamples
    rows: RowsToWrite
    schema: pa.Schema
    weights: WeightColumn | None
    plan: Plan
    limit: int
    writes_originals: bool = True

    @property
    def output_schema(self) -> pa.Schema:
        """Schema of the row groups."""
        return self.weights.added_to_schema(self.schema) if self.weights else self.schema

    def of_part(self, part: Part) -> Generator[pa.Table, None, None]:
        """Yield the row groups of a part."""
        return self.of_rows(part.tasks)

    def of_rows(
        self, tasks: Sequence[Task], skip: int = 0, n_rows: int | None = None
    ) -> Generator[pa.Table, None, None]:
        """Yield the row groups of tasks that follow each other.

        The first ``skip`` rows to write are left out, and those after the next ``n_rows``.
        """
        batches = self.batches(tasks)
        if n_rows is not None:
            batches = rows_between(batches, skip, skip + n_rows)
        return self.of_batches(batches)

    def of_batches(self, batches: Iterator[pa.RecordBatch]) -> Generator[pa.Table, None, None]:
        """Yield the row groups of batches in the output schema."""
        return joined_tables(batches, self.output_schema, self.plan, self.limit)

    def batches(self, tasks: Sequence[Task]) -> Iterator[pa.RecordBatch]:
        """Yield the rows to write of tasks that follow each other."""
        copies = [task for task in tasks if isinstance(task, CopyRows)]
        others = [task for task in tasks if isinstance(task, GenerateRows)]
        kept = chain(
            self._kept(copies, self.rows.originals), self._kept(others, self.rows.synthetic)
        )
        return map(self.weights.added_to, kept) if self.weights else kept

    def position(self, task: Task) -> int:
        """Return the position of the first row of a task among the rows to write."""
        filters = self.rows
        if isinstance(task, CopyRows):
            return rows_before(filters.originals, task.start)
        return self.n_originals + rows_before(filters.synthetic, task.start)

    @property
    def n_originals(self) -> int:
        """Number of originals to write."""
        return self.rows.n_originals if self.writes_originals else 0

    def with_columns(self, names: Collection[str]) -> RowGroups:
        """Return row groups of some columns of the source, beside those that are added.

        The target must be one of them, and a column with weights.
        """
        added = self.schema.names[len(self.columns) :]
        columns = [name for name in self.columns if name in names]
        fields = [self.schema.field(name) for name in [*columns, *added]]
        schema = pa.schema(fields, metadata=self.schema.metadata)
        return replace(
            self, columns=columns, schema=schema, synthetic=self.synthetic.in_schema(schema)
        )

    def _kept(
        self, tasks: Sequence[SourceTask], row_filter: RowFilter | None
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows to write of tasks that follow each other."""
        if tasks:
            batches = chain.from_iterable(map(self._batches, tasks))
            yield from filtered_batches(batches, tasks[0].start, row_filter)

    def _batches(self, task: SourceTask) -> Iterator[pa.RecordBatch]:
        if isinstance(task, GenerateRows):
            yield from self.synthetic.batches(task, self.plan)
            return
        for batch in task.batches(self.source, self.columns, self.plan.batch_rows):
            # A kept column may be nullable in the output, but not in the source.
            yield _with_schema(batch, self.schema)


def rows_between(
    batches: Iterable[pa.RecordBatch], start: int, stop: int
) -> Iterator[pa.RecordBatch]:
    """Yield the rows ``start..stop``; nothing is read after them."""
    position = 0
    for batch in batches:
        first, position = max(start - position, 0), position + batch.num_rows
        if position > start:
            n_rows = batch.num_rows - first - max(position - stop, 0)
            yield batch.slice(first, n_rows)
        if position >= stop:
            return


def _with_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch of the source in the schema of the output, which may have a provenance."""
    has_provenance = len(schema) > batch.num_columns
    added = original_columns(batch.num_rows) if has_provenance else []
    columns = [
        column if column.type.equals(field.type) else column.cast(field.type)
        for column, field in zip([*batch.columns, *added], schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def joined_tables(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, plan: Plan, limit: int
) -> Generator[pa.Table, None, None]:
    """Join batches of any size to tables of ``group_rows`` rows; the last may be shorter.

    If rows are wider than estimated, tables get fewer rows, to keep to ``group_bytes``.
    """
    pending: list[pa.RecordBatch] = []
    n_rows, n_bytes = 0, 0
    for batch in batches:
        pending.append(batch)
        n_rows += batch.num_rows
        n_bytes += bytes_without_categories(batch)
        while n_rows >= plan.group_rows or n_bytes > plan.group_bytes:
            table = pa.Table.from_batches(pending, schema=schema)
            stop = min(plan.group_rows, max(1, int(n_rows * plan.group_bytes / n_bytes)))
            rest = table.slice(stop)
            pending, n_rows = rest.to_batches(), rest.num_rows
            n_bytes = sum(map(bytes_without_categories, pending))
            yield table.slice(0, stop)
            del table, rest
        check_resident_memory(limit)
    if n_rows:
        yield pa.Table.from_batches(pending, schema=schema)
