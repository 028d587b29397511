"""Rows of the output by position, in the shuffled order: sorted once, merged in each pass."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from smotefast.batch.block_plan import Plan
from smotefast.batch.external_sort import MergedRuns
from smotefast.batch.output_rows import SourceOrderRows
from smotefast.batch.row_order import ShuffledOrder
from smotefast.batch.shuffle_keys import CountedKeys, ShuffleKeys
from smotefast.batch.tasks import ShuffledRows
from smotefast.batch.writing import joined_tables, rows_between
from smotefast.report import Progress
from smotefast.storage import PeakMemory


@dataclass(frozen=True)
class ShuffledOrderRows:
    """All rows in the order of their keys; see ``OutputRows``.

    The rows are in files, so copies of this object are small, and the source is not read any
    more.

    Attributes
    ----------
    merged
        The sorted rows.
    counted
        Numbers of their keys.
    plan, batch_rows, n_rows
        See ``OutputRows``.
    """

    merged: MergedRuns
    counted: CountedKeys
    plan: Plan
    batch_rows: int | None
    n_rows: int

    @property
    def schema(self) -> pa.Schema:
        """Schema of the rows."""
        return self.merged.schema

    def with_columns(self, names: Collection[str]) -> ShuffledOrderRows:
        """Return the same rows with some columns; others are not read."""
        fields = [field for field in self.schema if field.name in names]
        schema = pa.schema(fields, metadata=self.schema.metadata)
        return replace(self, merged=self.merged._replace(schema=schema))

    def tables(self, start: int, stop: int) -> Iterator[pa.Table]:
        """Yield the rows ``start..stop`` in blocks; see ``OutputRows``."""
        if start >= stop:
            return
        first_key, n_before = self.counted.at(start)
        last_key = self.counted.last_key(stop - 1)
        task = ShuffledRows(n_before, stop - n_before, first_key, last_key)
        batches = rows_between(self.merged.batches(task), start - n_before, stop - n_before)
        yield from joined_tables(batches, self.schema, self.plan, sys.maxsize)

    def n_skipped(self, start: int) -> int:
        """Return how many rows before the row ``start`` are read to get at it."""
        return start - self.counted.at(start)[1] if start < self.n_rows else 0


def sort_rows(
    rows: SourceOrderRows, keys: ShuffleKeys, folder: str, progress: Progress, peak: PeakMemory
) -> tuple[ShuffledOrderRows, int]:
    """Sort rows in files of a folder; return them and the size of the files.

    No row stays in memory, which is for the caller then; workers read the same files.
    """
    plan, n_rows = rows.plan, rows.n_rows
    assert plan.shuffle is not None
    sizes = replace(plan.shuffle, kept_bytes=0)
    order = ShuffledOrder(rows.groups, keys, n_rows, sizes, folder, journal=None)
    order.sort(rows.tasks, plan.n_workers, progress, peak)
    counted = keys.counted_for_positions(n_rows)
    shuffled = ShuffledOrderRows(order.merged, counted, plan, rows.batch_rows, n_rows)
    return shuffled, order.scratch_bytes
