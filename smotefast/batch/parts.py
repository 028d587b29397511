"""Write the parts of a job where its engine runs tasks, and record those that are done.

A part is written to a file of its own, which gets its final name when it is complete and on
disk. What a journal of an earlier run says about it counts if the file is still the same.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

import pyarrow as pa

from smotefast._threads import one_ahead
from smotefast.batch.engines import Engine, Report
from smotefast.batch.partitioned_sink import PartitionedSink, WrittenFile
from smotefast.batch.tasks import Part
from smotefast.report import WrittenPart
from smotefast.storage import ParquetSink, release_memory, uses_jemalloc
from smotefast.storage.files import OutputFiles, file_checksum, remove
from smotefast.storage.journal import Journal
from smotefast.storage.remote.shared_folder import SharedFolder


class PartWriter(NamedTuple):
    """Writes parts.

    Attributes
    ----------
    row_groups
        Returns the row groups of a part.
    schema, options
        Schema of the output, and arguments of ``ParquetWriter``.
    folder
        Where this process writes a part.
    output
        Where complete files are kept.
    group_rows
        Largest number of rows of a row group.
    reads_ahead
        Whether a row group is put together in another thread while one is written.
    layout
        What else the bytes of a part follow from, besides the job.
    partition_by
        Columns whose values name folders.
    has_rivals
        Whether another process may write the same part at the same time, such as a worker that
        a cluster takes for lost. Each attempt has a file of its own then.
    """

    row_groups: Callable[[Part], Generator[pa.Table, None, None]]
    schema: pa.Schema
    options: Mapping[str, object]
    folder: SharedFolder
    output: OutputFiles
    group_rows: int
    reads_ahead: bool
    layout: Sequence[int] = ()
    partition_by: tuple[str, ...] = ()
    has_rivals: bool = False

    def write(self, part: Part, report: Report) -> list[WrittenPart]:
        """Write a part; ``report`` is called with the rows of each row group, and with 0 often.

        A part without rows, other than the first one, gets no file; nor does the first one, if
        there are partitions.
        """
        number = f"{secrets.token_hex(4)}-" if self.has_rivals else ""
        attempt = os.path.join(self.folder.path, f"attempt-{number}{part.name}")
        if self.partition_by:
            remove(attempt)
        files = self._write_files(part, attempt, report)
        if not any(file.n_rows for file in files) and part.number > 0:
            files = []
        written = [self._keep(file, report) for file in files]
        if self.partition_by or not written:
            remove(attempt)
        return written

    def _keep(self, file: WrittenFile, report: Report) -> WrittenPart:
        """Give a complete file its final name."""

        def check() -> None:
            report(0)

        n_bytes, checksum = os.path.getsize(file.path), file_checksum(file.path, check)
        check()  # from here on, the part is complete and recorded
        self.output.keep(file.path, file.name, check)
        return WrittenPart(file.name, file.n_rows, n_bytes, checksum, self.group_rows)

    def _write_files(self, part: Part, path: str, report: Report) -> list[WrittenFile]:
        tables = self.row_groups(part)
        sink = self._sink(part, path, lambda: report(0))
        try:
            with closing(one_ahead(tables) if self.reads_ahead else tables) as groups:
                for table in groups:
                    sink.write(table)
                    report(table.num_rows)
                    if not uses_jemalloc():
                        release_memory()
            sink.finish()
        except BaseException:
            sink.abort()
            raise
        if isinstance(sink, PartitionedSink):
            return sink.files
        return [WrittenFile(path, part.name, sink.n_rows)]

    def _sink(
        self, part: Part, path: str, check: Callable[[], object]
    ) -> ParquetSink | PartitionedSink:
        if not self.partition_by:
            return ParquetSink(path, self.schema, self.options, check)
        by, group_rows = self.partition_by, self.group_rows
        return PartitionedSink(
            path, part.name, self.schema, self.options, by, group_rows, check
        )

    def finished(self, part: Part, journal: Journal) -> list[WrittenPart] | None:
        """Return what an earlier run wrote of a part, if its files are as they were."""
        recorded = journal.result(part.name)
        if recorded is None or recorded["group_rows"] != self.group_rows:
            return None
        if recorded.get("layout", []) != list(self.layout):
            return None
        files = [
            WrittenPart(name, n_rows, n_bytes, checksum, self.group_rows, is_resumed=True)
            for name, n_rows, n_bytes, checksum in recorded["files"]
        ]
        is_there = (self.output.has(file.file, file.n_bytes, file.checksum) for file in files)
        return files if all(is_there) else None


def finished_parts(
    parts: Sequence[Part], writer: PartWriter, journal: Journal
) -> dict[str, list[WrittenPart]]:
    """Return what an earlier run has written, by the names of the parts."""
    results = {part.name: writer.finished(part, journal) for part in parts}
    return {name: result for name, result in results.items() if result is not None}


def write_parts(
    parts: Sequence[Part],
    finished: Mapping[str, list[WrittenPart]],
    writer: PartWriter,
    journal: Journal,
    engine: Engine,
    n_workers: int,
    report: Report,
) -> list[WrittenPart]:
    """Write the parts that are not finished; return the files of all of them.

    ``n_workers`` is how many parts this process may write at a time. ``report`` is called in
    this thread, with numbers of rows.
    """
    writer.output.remove_others({file.file for files in finished.values() for file in files})
    rest = [part for part in parts if part.name not in finished]

    def record(part: Part, files: list[WrittenPart]) -> None:
        journal.record(
            part.name,
            files=[file[:4] for file in files],
            group_rows=writer.group_rows,
            layout=list(writer.layout),
        )

    results = engine.run(writer.write, rest, report, n_at_once=n_workers, done=record)
    names = (part.name for part in rest)
    written = {**finished, **dict(zip(names, results, strict=True))}
    return [file for part in parts for file in written[part.name]]
