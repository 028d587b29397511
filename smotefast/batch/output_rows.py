"""Rows of the output by position, in the source order: which tasks yield ``start..stop``."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import methodcaller
from typing import NamedTuple, Protocol

import pyarrow as pa

from smotefast.batch.block_plan import Plan
from smotefast.batch.tasks import CopyRows, GenerateRows, SourceTask
from smotefast.batch.writing import RowGroups


class RowRange(NamedTuple):
    """Rows of the output that follow each other.

    Attributes
    ----------
    tasks
        The tasks that yield them.
    skip
        Rows that these tasks yield before.
    n_rows
        Number of the rows.
    """

    tasks: Sequence[SourceTask]
    skip: int
    n_rows: int


class OutputRows(Protocol):
    """All rows of the output, in their order."""

    @property
    def schema(self) -> pa.Schema:
        """Schema of the rows."""
        ...

    @property
    def plan(self) -> Plan:
        """Sizes of blocks."""
        ...

    @property
    def batch_rows(self) -> int | None:
        """Rows of each batch; None for one of each row group."""
        ...

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        ...

    def with_columns(self, names: Collection[str]) -> OutputRows:
        """Return the same rows with some columns, among them those that others follow from."""
        ...

    def tables(self, start: int, stop: int) -> Iterator[pa.Table]:
        """Yield the rows ``start..stop`` in blocks.

        Raises
        ------
        SourceChangedError
            If the rows are read from a source that was changed.
        """
        ...

    def n_skipped(self, start: int) -> int:
        """Return how many rows before the row ``start`` are read to get at it."""
        ...


def batches_of(
    rows: OutputRows, start: int, stop: int, names: list[str]
) -> Iterator[pa.RecordBatch]:
    """Yield columns of the rows ``start..stop`` in batches."""
    # A generator expression would hold a block while the next one is made.
    selected = map(methodcaller("select", names), rows.tables(start, stop))
    if rows.batch_rows is not None:
        yield from batches_of_size(selected, rows.batch_rows)
        return
    for table in selected:
        yield from record_batches(table)


class SourceOrderRows:
    """The originals in their order, then the synthetic samples; see ``OutputRows``.

    Parameters
    ----------
    groups
        The rows of tasks.
    tasks
        All tasks: those that copy rows, then those that generate samples.
    batch_rows
        Rows of each batch; None for one of each row group.
    """

    def __init__(
        self, groups: RowGroups, tasks: Sequence[SourceTask], batch_rows: int | None
    ) -> None:
        self.groups, self.tasks, self.batch_rows = groups, tasks, batch_rows
        self.schema, self.plan = groups.output_schema, groups.plan
        self.n_rows = groups.n_originals + groups.rows.n_synthetic

    def with_columns(self, names: Collection[str]) -> SourceOrderRows:
        """Return the same rows with some columns, see ``RowGroups.with_columns``."""
        return SourceOrderRows(self.groups.with_columns(names), self.tasks, self.batch_rows)

    def tables(self, start: int, stop: int) -> Iterator[pa.Table]:
        """Yield the rows ``start..stop`` in blocks; see ``OutputRows``."""
        source = self.groups.source
        with source.report_changes():
            # Memory of the caller, such as that of a model, must not end an iteration.
            groups = replace(self.groups, limit=sys.maxsize)
            yield from groups.of_rows(*self._between(start, stop))
            source.check_unchanged()

    def n_skipped(self, start: int) -> int:
        """Return how many rows before the row ``start`` are read to get at it."""
        return self._between(start, self.n_rows).skip

    def _between(self, start: int, stop: int) -> RowRange:
        """Return the rows ``start..stop``; tasks begin as close to the first as possible."""
        if start >= stop:
            return RowRange([], 0, 0)
        position = self.groups.position
        first = bisect_right(self.tasks, start, key=position) - 1
        last = bisect_left(self.tasks, stop, key=position)
        begin = self._beginning_at(self.tasks[first], start)
        tasks = [begin, *self.tasks[first + 1 : last]]
        tasks[-1] = self._ending_at(tasks[-1], stop)
        return RowRange(tasks, start - position(begin), stop - start)

    def _beginning_at(self, task: SourceTask, start: int) -> SourceTask:
        """Return a task without rows before the output's row ``start``, if it can be cut."""
        rows, skip = self.groups.rows, start - self.groups.position(task)
        if isinstance(task, GenerateRows):
            if rows.synthetic is not None:
                return task
            return GenerateRows(task.start + skip, task.n_rows - skip)
        return self._without_groups(task, skip) if rows.originals is None else task

    def _ending_at(self, task: SourceTask, stop: int) -> SourceTask:
        """Return a task without samples from the output's row ``stop`` on, if it can be cut."""
        if isinstance(task, CopyRows) or self.groups.rows.synthetic is not None:
            return task
        return task._replace(n_rows=min(task.n_rows, stop - self.groups.position(task)))

    def _without_groups(self, task: CopyRows, skip: int) -> CopyRows:
        """Return a task without its first row groups that have at most ``skip`` rows."""
        group, n_left_out = task.first_group, 0
        for n_rows in self.groups.source.files[task.file].group_rows[group : task.last_group]:
            if n_left_out + n_rows > skip:
                break
            group, n_left_out = group + 1, n_left_out + n_rows
        start, n_rows = task.start + n_left_out, task.n_rows - n_left_out
        return CopyRows(task.file, group, task.last_group, start, n_rows)


def batches_of_size(tables: Iterable[pa.Table], n_rows: int) -> Iterator[pa.RecordBatch]:
    """Cut tables into batches of ``n_rows`` rows; the last one may have fewer."""
    pending: list[pa.Table] = []
    n_pending = 0
    for table in tables:
        pending.append(table)
        n_pending += table.num_rows
        del table
        n_complete = n_pending // n_rows * n_rows
        if n_complete:
            joined = pa.concat_tables(pending)
            yield from _slices(joined.slice(0, n_complete), n_rows)
            n_pending -= n_complete
            pending = [joined.slice(n_complete)] if n_pending else []
            del joined
    if n_pending:
        yield from record_batches(pa.concat_tables(pending))


def _slices(table: pa.Table, n_rows: int) -> Iterator[pa.RecordBatch]:
    batches = record_batches(table)
    for start in range(0, table.num_rows, n_rows):
        if len(batches) == 1:
            yield batches[0].slice(start, n_rows)
        else:
            yield from record_batches(table.slice(start, n_rows))


def record_batches(table: pa.Table) -> list[pa.RecordBatch]:
    """Return a table as one batch; as several, if a column is too large for one array."""
    if any(map(pa.types.is_dictionary, table.schema.types)):
        table = table.unify_dictionaries()
    batches: list[pa.RecordBatch] = table.combine_chunks().to_batches()
    return batches
