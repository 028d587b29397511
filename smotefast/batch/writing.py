"""Third pass over the files: originals copied through, new rows after them.

A source and a job flow in; tables of one row group each flow out, made in a thread while
the one before is being written.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
import pyarrow as pa

from smotefast.batch.block_plan import Plan
from smotefast.batch.passthrough import Passthrough
from smotefast.batch.row_filters import Kept, kept_batches
from smotefast.batch.scan import Classes
from smotefast.engine.job import Job
from smotefast.storage import ParquetSource, check_resident_memory
from smotefast.tables.arrow_tables import take_arrow


class NewRows:
    """The new rows of a job as record batches in the schema of the destination.

    Parameters
    ----------
    job
        What to fill.
    schema
        Of the destination, the target among its columns.
    target
        Name of the target column.
    classes
        For the type and the categories of the target.
    made
        Returns the features of a range of new rows, or all columns of copied rows.
    passthrough
        Columns that are no features.
    """

    def __init__(
        self,
        job: Job,
        schema: pa.Schema,
        target: str,
        classes: Classes,
        made: Callable[[int, int], dict[str, pa.Array]],
        passthrough: Passthrough,
    ) -> None:
        self._job = job
        self._schema = schema
        self._target = target
        self._classes = classes
        self._made = made
        self._passthrough = passthrough

    def batches(self, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Yield all new rows in order."""
        for start in range(0, self._job.n_rows, batch_rows):
            stop = min(start + batch_rows, self._job.n_rows)
            columns = self._made(start, stop)
            columns |= self._passthrough.columns(self._job, start, stop)
            if self._target not in columns:
                columns[self._target] = self._labels(start, stop)
            arrays = [columns[name] for name in self._schema.names]
            yield from pa.Table.from_arrays(arrays, schema=self._schema).to_batches()

    def _labels(self, start: int, stop: int) -> pa.Array:
        parts = [
            (recipe.origins.label, last - first)
            for recipe, first, last, _ in self._job.parts(start, stop)
        ]
        kind, dictionary = self._classes.type, self._classes.dictionary
        if dictionary is None:
            labels = pa.array([label for label, _ in parts], type=kind)
            return take_arrow(labels, np.repeat(np.arange(len(parts)), [n for _, n in parts]))
        place = {label.as_py(): code for code, label in enumerate(dictionary)}
        codes = np.repeat([place[label] for label, _ in parts], [n for _, n in parts])
        indices = pa.array(codes, type=kind.index_type)
        return pa.DictionaryArray.from_arrays(indices, dictionary, ordered=kind.ordered)


def row_groups(
    source: ParquetSource | None,
    new_rows: NewRows,
    kept: Kept,
    schema: pa.Schema,
    plan: Plan,
    limit: int,
) -> Generator[pa.Table, None, None]:
    """Yield the destination row group by row group, one ahead of what is being written.

    Parameters
    ----------
    source
        Copied through first; None to give only the new rows.
    new_rows
        What comes after.
    kept
        Which of these are written.
    schema
        Of the destination.
    plan
        The sizes of row groups and batches.
    limit
        Bytes the process may occupy; looked at with every batch.
    """
    rows = plan.batch_rows
    read = source.batches(schema.names, rows) if source is not None else ()
    # A kept column may hold nulls from now on, where the source allows none.
    allowed = (_in_schema(batch, schema) for batch in read)
    originals = kept_batches(allowed, 0, kept.originals)
    made = kept_batches(new_rows.batches(rows), 0, kept.new_rows)
    batches = _watched(chain(originals, made), limit)
    groups = _grouped(batches, schema, plan.group_rows, plan.group_bytes)
    with ThreadPoolExecutor(1, thread_name_prefix="smotefast-read") as pool:
        upcoming = pool.submit(next, groups, None)
        while (table := upcoming.result()) is not None:
            upcoming = pool.submit(next, groups, None)
            yield table


def _in_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        column if column.type.equals(field.type) else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _watched(batches: Iterator[pa.RecordBatch], limit: int) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch
        check_resident_memory(limit)


def _grouped(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, group_rows: int, group_bytes: int
) -> Iterator[pa.Table]:
    """Gather batches of any size to tables of ``group_rows`` rows; the last may be short.

    Where rows are wider than ``group_bytes`` foresees, tables get fewer rows.
    """
    held: list[pa.RecordBatch] = []
    n_held, n_bytes = 0, 0
    for batch in batches:
        held.append(batch)
        n_held += batch.num_rows
        n_bytes += _own_bytes(batch)
        while n_held >= group_rows or n_bytes > group_bytes:
            table = pa.Table.from_batches(held, schema=schema)
            stop = min(group_rows, max(1, int(n_held * group_bytes / n_bytes)))
            rest = table.slice(stop)
            held, n_held = rest.to_batches(), rest.num_rows
            n_bytes = sum(map(_own_bytes, held))
            yield table.slice(0, stop)
            del table, rest
    if n_held:
        yield pa.Table.from_batches(held, schema=schema)


def _own_bytes(batch: pa.RecordBatch) -> int:
    """Return the bytes of a batch without the categories, which batches share."""
    return sum(
        column.indices.nbytes if pa.types.is_dictionary(column.type) else column.nbytes
        for column in batch.columns
    )
