"""Write the parts of a job with several threads, and record those that are done.

A part is written to a file of its own, which gets its final name when it is complete and on
disk. What a journal of an earlier run says about it counts if the file is still the same.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Generic, NamedTuple, TypeVar

import pyarrow as pa

from smotefast.batch.tasks import Part
from smotefast.report import WrittenPart
from smotefast.storage import ParquetSink, release_memory, uses_jemalloc
from smotefast.storage.files import file_checksum, flush_to_disk, remove
from smotefast.storage.journal import Journal
from smotefast.storage.workspace import OUTPUT

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
# Seconds between two looks at the threads, at most: a signal is handled then.
_INTERVAL = 0.2


class PartWriter(NamedTuple):
    """Writes parts.

    Attributes
    ----------
    row_groups
        Returns the row groups of a part.
    schema, options
        Schema of the output, and arguments of ``ParquetWriter``.
    folder
        Folder of the job.
    output
        The folder of the parts; None if the output is a single file.
    group_rows
        Largest number of rows of a row group.
    reads_ahead
        Whether a row group is put together in another thread while one is written.
    layout
        What else the bytes of a part follow from, besides the job.
    """

    row_groups: Callable[[Part], Generator[pa.Table, None, None]]
    schema: pa.Schema
    options: Mapping[str, object]
    folder: str
    output: str | None
    group_rows: int
    reads_ahead: bool
    layout: Sequence[int] = ()

    def path_of(self, part: Part) -> str:
        """Return the path of the file of a part."""
        return (
            os.path.join(self.folder, OUTPUT)
            if self.output is None
            else os.path.join(self.output, part.name)
        )

    def write(self, part: Part, report: Callable[[int], None]) -> WrittenPart:
        """Write a part; ``report`` is called with the rows of each row group.

        A part without rows, other than the first one, gets no file, and has no checksum.
        """
        attempt = os.path.join(self.folder, f"attempt-{part.name}")
        n_rows = self._write_file(part, attempt, report)
        if not n_rows and part.number > 0:
            os.unlink(attempt)
            return WrittenPart(part.name, 0, 0, "", self.group_rows)
        path = self.path_of(part)
        os.replace(attempt, path)
        flush_to_disk(os.path.dirname(path))
        n_bytes, checksum = os.path.getsize(path), file_checksum(path)
        return WrittenPart(part.name, n_rows, n_bytes, checksum, self.group_rows)

    def _write_file(self, part: Part, path: str, report: Callable[[int], None]) -> int:
        tables = self.row_groups(part)
        sink = ParquetSink(path, self.schema, self.options)
        try:
            with closing(_one_ahead(tables) if self.reads_ahead else tables) as groups:
                for table in groups:
                    sink.write(table)
                    report(table.num_rows)
                    if not uses_jemalloc():
                        release_memory()
            sink.finish()
        except BaseException:
            sink.abort()
            raise
        return sink.n_rows

    def finished(self, part: Part, journal: Journal) -> WrittenPart | None:
        """Return what an earlier run wrote of a part, if its file is as it was."""
        recorded = journal.result(part.name)
        if recorded is None or recorded["group_rows"] != self.group_rows:
            return None
        if recorded.get("layout", []) != list(self.layout):
            return None
        result = WrittenPart(
            part.name,
            recorded["rows"],
            recorded["bytes"],
            recorded["checksum"],
            self.group_rows,
            is_resumed=True,
        )
        if not result.checksum:
            return result
        path = self.path_of(part)
        try:
            is_same = os.path.getsize(path) == result.n_bytes
            return result if is_same and file_checksum(path) == result.checksum else None
        except OSError:
            return None

    def remove_others(self, written: Mapping[str, WrittenPart]) -> None:
        """Remove what is in the folder of the parts, but is none of those that are written.

        If an earlier run has exchanged the folder with an old destination, it has old files.
        """
        if self.output is not None:
            names = {name for name, result in written.items() if result.checksum}
            for name in sorted({*os.listdir(self.output)} - names):
                remove(os.path.join(self.output, name))


def finished_parts(
    parts: Sequence[Part], writer: PartWriter, journal: Journal
) -> dict[str, WrittenPart]:
    """Return what an earlier run has written, by the names of the parts."""
    results = {part.name: writer.finished(part, journal) for part in parts}
    return {name: result for name, result in results.items() if result is not None}


def write_parts(
    parts: Sequence[Part],
    finished: Mapping[str, WrittenPart],
    writer: PartWriter,
    journal: Journal,
    n_workers: int,
    report: Callable[[int], None],
) -> list[WrittenPart]:
    """Write the parts that are not finished; return all that have a file.

    ``report`` is called in this thread, with numbers of rows.
    """
    writer.remove_others(finished)
    rest = [part for part in parts if part.name not in finished]

    def write(part: Part, count: Callable[[int], None]) -> WrittenPart:
        result = writer.write(part, count)
        journal.record(
            part.name,
            rows=result.n_rows,
            bytes=result.n_bytes,
            checksum=result.checksum,
            group_rows=writer.group_rows,
            layout=list(writer.layout),
        )
        return result

    with closing(Workers(write, n_workers)) as workers:
        results = workers.run(rest, report)
    written = {**finished, **{result.file: result for result in results}}
    ordered = [written[part.name] for part in parts]
    return [result for result in ordered if result.checksum]


class _StoppedError(Exception):
    """The other threads are to end, because one has failed or the job was interrupted."""


class Workers(Generic[_Task, _Result]):
    """Threads that work on tasks. ``close`` ends them within a row group.

    Parameters
    ----------
    work
        Does a task. Its second argument is to be called with numbers of rows.
    n_workers
        Tasks at a time.
    """

    def __init__(
        self, work: Callable[[_Task, Callable[[int], None]], _Result], n_workers: int
    ) -> None:
        self._work = work
        self._n_rows: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._must_stop = threading.Event()
        self._pool = ThreadPoolExecutor(n_workers, thread_name_prefix="smotefast-part")

    def run(self, tasks: Sequence[_Task], report: Callable[[int], None]) -> list[_Result]:
        """Do tasks; return their results. ``report`` is called in this thread."""
        futures = [self._pool.submit(self._do, task) for task in tasks]
        pending = futures
        while pending:
            self._report(report, _INTERVAL)
            for future in [each for each in pending if each.done()]:
                future.result()
            pending = [each for each in pending if not each.done()]
        self._report(report, 0)
        return [future.result() for future in futures]

    def _do(self, task: _Task) -> _Result:
        try:
            return self._work(task, self._count)
        finally:
            self._n_rows.put(0)  # wakes the thread that waits

    def _count(self, n_rows: int) -> None:
        if self._must_stop.is_set():
            raise _StoppedError
        self._n_rows.put(n_rows)

    def _report(self, report: Callable[[int], None], timeout: float) -> None:
        """Report the rows that were written; wait for the first ones."""
        with contextlib.suppress(queue.Empty):
            n_rows = self._n_rows.get(timeout=timeout) if timeout else 0
            while True:
                if n_rows:
                    report(n_rows)
                n_rows = self._n_rows.get_nowait()

    def close(self) -> None:
        """End the threads."""
        self._must_stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _one_ahead(
    tables: Generator[pa.Table, None, None],
) -> Generator[pa.Table, None, None]:
    """Yield tables; the next one is made in another thread while one is used."""
    with closing(tables), ThreadPoolExecutor(1, thread_name_prefix="smotefast-read") as pool:
        upcoming = pool.submit(next, tables, None)
        while (table := upcoming.result()) is not None:
            upcoming = pool.submit(next, tables, None)
            yield table
