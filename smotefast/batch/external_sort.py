"""External sort of the rows of a job by their keys.

The rows are read or generated in the source order, and sorted in runs that fit into memory
(``sort_in_runs``). Runs stay in memory as far as the plan allows, and are files otherwise. The
rows of a range of keys are merged from all runs (``MergedRuns``).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from smotefast.batch.engines import THIS_MACHINE, Report
from smotefast.batch.shuffle_keys import ShuffleKeys
from smotefast.batch.shuffle_plan import ShuffleSizes
from smotefast.batch.tasks import ShuffledRows, Task
from smotefast.batch.writing import RowGroups
from smotefast.storage import Journal, check_resident_memory
from smotefast.storage.files import remove
from smotefast.storage.sorted_runs import (
    SortedRows,
    SortedRun,
    bytes_to_sort,
    describe_run,
    recorded_run,
    run_in_memory,
    write_run,
)
from smotefast.storage.source import reuse_dictionary
from smotefast.tables.arrow_tables import take_arrow

_PREFIX, _SUFFIX = "run-", ".arrow"


class RunTask(NamedTuple):
    """Read or generate the rows of tasks that follow each other, and sort them."""

    number: int
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """Name of the task in the journal; those of its files begin with it."""
        return f"{_PREFIX}{self.number:05d}"


class RunWriter:
    """Sorts rows by their keys, and keeps or writes them.

    Parameters
    ----------
    groups
        The rows in the source order.
    keys
        Their keys.
    n_rows
        Number of all rows.
    sizes
        Of runs.
    folder
        Of the job.

    Attributes
    ----------
    layout
        What the runs follow from, besides the job.
    """

    def __init__(
        self,
        groups: RowGroups,
        keys: ShuffleKeys,
        n_rows: int,
        sizes: ShuffleSizes,
        folder: str,
    ) -> None:
        self._groups, self._keys, self._n_rows, self._sizes = groups, keys, n_rows, sizes
        self._folder = folder
        self._lock, self._spare = threading.Lock(), sizes.kept_bytes
        self.layout = [groups.plan.group_rows, sizes.run_bytes, sizes.range_bytes]

    def finished(self, task: RunTask, journal: Journal) -> list[SortedRun] | None:
        """Return the runs that an earlier run of the job wrote, if their files are the same."""
        recorded = journal.result(task.name)
        if recorded is None or recorded["layout"] != self.layout:
            return None
        runs = [recorded_run(self._folder, each) for each in recorded["runs"]]
        found = [run for run in runs if run is not None]
        return found if len(found) == len(runs) else None

    def write(self, task: RunTask, report: Report) -> list[SortedRun]:
        """Return the runs of a task; ``report`` is called with the rows of each batch."""
        runs: list[SortedRun] = []
        with closing(self._sorted(task, report)) as sorted_rows:
            while (rows := next(sorted_rows, None)) is not None:
                runs.append(self._stored(rows, f"{task.name}-{len(runs):04d}{_SUFFIX}"))
                del rows
        return runs

    def remove_others(self, runs: Sequence[SortedRun]) -> None:
        """Remove the files of other runs, which an earlier run of the job has left."""
        used = {run.stored for run in runs}
        for name in sorted(os.listdir(self._folder)):
            path = os.path.join(self._folder, name)
            if name.startswith(_PREFIX) and name.endswith(_SUFFIX) and path not in used:
                remove(path)

    def _sorted(self, task: RunTask, report: Report) -> Generator[SortedRows, None, None]:
        """Yield the rows of a task, sorted in memory by their keys."""
        position = self._groups.position(task.tasks[0])
        pending: list[pa.RecordBatch] = []
        n_bytes = 0
        for batch in self._groups.batches(task.tasks):
            pending.append(batch)
            n_bytes += bytes_to_sort(batch)
            report(batch.num_rows)
            check_resident_memory(self._groups.limit)
            if n_bytes >= self._sizes.run_bytes:
                n_rows = sum(each.num_rows for each in pending)
                yield _in_order(pending, self._keys.of_rows(position, n_rows))
                position, n_bytes = position + n_rows, 0
        if pending:
            n_rows = sum(each.num_rows for each in pending)
            yield _in_order(pending, self._keys.of_rows(position, n_rows))

    def _stored(self, rows: SortedRows, name: str) -> SortedRun:
        n_bytes, batch_rows = bytes_to_sort(rows.rows), self._batch_rows(rows)
        with self._lock:
            is_kept = n_bytes <= self._spare
            self._spare -= n_bytes * is_kept
        if is_kept:
            return run_in_memory(rows, batch_rows)
        return write_run(os.path.join(self._folder, name), rows, batch_rows)

    def _batch_rows(self, rows: SortedRows) -> int:
        """Return the rows of a batch: those of all runs at one key are half a range."""
        share = self._sizes.range_bytes / 2 / self._n_rows
        return max(1, int(share * len(rows.keys) ** 2 / bytes_to_sort(rows.rows)))


def _in_order(pending: list[pa.RecordBatch], keys: np.ndarray) -> SortedRows:
    """Return the rows of batches in the order of their keys; ``pending`` is emptied."""
    table = pa.Table.from_batches(pending)
    pending.clear()
    return _sorted_by(keys, table)


def _sorted_by(keys: np.ndarray, table: pa.Table) -> SortedRows:
    """Sort rows; those with equal keys stay in their order."""
    order = np.argsort(keys, kind="stable")
    columns = [take_arrow(column, order).combine_chunks() for column in table.columns]
    rows = pa.RecordBatch.from_arrays(columns, schema=table.schema)
    return SortedRows(rows, keys[order])


def finished_runs(
    tasks: Sequence[RunTask], writer: RunWriter, journal: Journal | None
) -> dict[str, list[SortedRun]]:
    """Return the runs that an earlier run of the job wrote, by the names of the tasks."""
    if journal is None:
        return {}
    return {task.name: runs for task in tasks if (runs := writer.finished(task, journal))}


def sort_in_runs(
    tasks: Sequence[RunTask],
    finished: Mapping[str, list[SortedRun]],
    writer: RunWriter,
    journal: Journal | None,
    n_workers: int,
    report: Report,
) -> list[SortedRun]:
    """Return the sorted runs of all tasks, in the order of the tasks.

    ``report`` is called in this thread, with numbers of rows.
    """
    writer.remove_others([run for runs in finished.values() for run in runs])
    rest = [task for task in tasks if task.name not in finished]

    def record(task: RunTask, runs: list[SortedRun]) -> None:
        if journal is not None and runs and all(run.file_bytes for run in runs):
            described = [describe_run(run) for run in runs]
            journal.record(task.name, layout=writer.layout, runs=described)

    written = THIS_MACHINE.run(writer.write, rest, report, n_at_once=n_workers, done=record)
    found = {**finished, **{task.name: runs for task, runs in zip(rest, written, strict=True)}}
    return [run for task in tasks for run in found[task.name]]


class MergedRuns(NamedTuple):
    """The rows of all runs in the order of their keys.

    Attributes
    ----------
    runs
        In the source order of their rows.
    schema
        Of the rows.
    range_bytes
        Bytes to merge at a time.
    """

    runs: Sequence[SortedRun]
    schema: pa.Schema
    range_bytes: int

    def batches(self, task: ShuffledRows) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a range of keys."""
        dictionaries: dict[str, pa.Array] = {}
        names = frozenset(self.schema.names)
        cursors = [_Cursor(run, task.first_key, names, dictionaries) for run in self.runs]
        for last_key in self._last_keys(task):
            pieces = [piece for cursor in cursors for piece in cursor.until(last_key)]
            if pieces:
                yield _merged(pieces, self.schema)

    def _last_keys(self, task: ShuffledRows) -> list[int]:
        """Cut a range of keys into ranges with about half of ``range_bytes`` of new batches.

        The other half are batches that began before.
        """
        if not self.runs:
            return []
        firsts = np.concatenate([run.first_keys for run in self.runs])
        sizes = np.concatenate([run.n_bytes for run in self.runs])
        is_new = (firsts > np.uint64(task.first_key)) & (firsts <= np.uint64(task.last_key))
        order = np.argsort(firsts[is_new])
        firsts, ends = firsts[is_new][order], np.cumsum(sizes[is_new][order])
        n_bytes = int(ends[-1]) if len(ends) else 0
        steps = np.arange(1, n_bytes, max(1, self.range_bytes // 2))[1:]
        cuts = np.unique(firsts[np.searchsorted(ends, steps)])
        return [*(int(key) - 1 for key in cuts), task.last_key]


class _Cursor:
    """Position in a run, from a key on. Cursors share dictionaries that are equal."""

    def __init__(
        self,
        run: SortedRun,
        first_key: int,
        names: Collection[str],
        dictionaries: dict[str, pa.Array],
    ) -> None:
        self._run, self._names, self._dictionaries = run, names, dictionaries
        self._first_key = np.uint64(first_key)
        self._next = max(0, int(np.searchsorted(run.first_keys, self._first_key)) - 1)
        self._rest: list[SortedRows] = []

    def until(self, last_key: int) -> list[SortedRows]:
        """Return the next rows, up to a key."""
        key = np.uint64(last_key)
        stop = int(np.searchsorted(self._run.first_keys, key, side="right"))
        batches = [*self._rest, *self._read(stop)]
        self._rest = []
        found = []
        for rows, keys in batches:
            first = int(np.searchsorted(keys, self._first_key))
            last = int(np.searchsorted(keys, key, side="right"))
            if first < last:
                found.append(SortedRows(rows.slice(first, last - first), keys[first:last]))
            if last < len(keys):
                self._rest.append(SortedRows(rows.slice(last), keys[last:]))
        return found

    def _read(self, stop: int) -> Iterator[SortedRows]:
        """Read the batches up to a number."""
        for rows, keys in self._run.read(self._next, stop, self._names):
            columns = [
                reuse_dictionary(column, name, self._dictionaries)
                for column, name in zip(rows.columns, rows.schema.names, strict=True)
            ]
            yield SortedRows(pa.RecordBatch.from_arrays(columns, schema=rows.schema), keys)
        self._next = max(self._next, stop)


def _merged(pieces: list[SortedRows], schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of pieces of runs in the order of their keys."""
    keys = np.concatenate([piece.keys for piece in pieces])
    columns = zip(*(piece.rows.columns for piece in pieces), strict=True)
    chunked = [
        pa.chunked_array(list(chunks), type=field.type)
        for chunks, field in zip(columns, schema, strict=True)
    ]
    return _sorted_by(keys, pa.Table.from_arrays(chunked, schema=schema)).rows
