"""The classes to over-sample on a cluster: workers copy their rows to files that all share.

For each task that copies rows of the source there is a file with the rows of these classes and
their positions. The process that plans the job reads the files in the order of the tasks, so it
gets the rows that it would read from the source, in the same order.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from smotefast.batch.engines import Engine, Report
from smotefast.batch.gathering import split_by_class
from smotefast.batch.reading import FileReader
from smotefast.batch.tasks import CopyRows
from smotefast.storage import ParquetSource, check_resident_memory
from smotefast.storage.files import remove
from smotefast.storage.remote.shared_folder import SharedFolder

# The metadata of a batch that holds the number of its class.
_LABEL = "label"


class ClassRowWriter(NamedTuple):
    """Copies rows of some classes to a file.

    Attributes
    ----------
    source, columns
        The source, and the names of the columns to read. The first one is the target.
    labels
        The classes.
    batch_rows, limit
        Rows to read at a time, and largest resident memory of the process in bytes.
    folder, prefix
        Where the files are published, and what their names begin with.
    """

    source: ParquetSource
    columns: list[str]
    labels: list[Any]
    batch_rows: int
    limit: int
    folder: SharedFolder
    prefix: str

    def write(self, task: CopyRows, report: Report) -> str | None:
        """Publish the file of a task; return its name, or None if it has no rows.

        Another attempt writes another file, and gives it the same name.
        """
        path = os.path.join(self.folder.path, f"{self.prefix}-{task.start}.arrow")
        attempt = f"{path}.{secrets.token_hex(4)}"
        fields = [self.source.schema.field(name) for name in self.columns]
        schema = pa.schema([*fields, pa.field("", pa.int64())])  # the positions
        n_rows = 0
        # Batches of a stream, unlike those of a file, may have dictionaries that differ.
        with pa.OSFile(attempt, "wb") as file, pa.ipc.new_stream(file, schema) as writer:
            for number, batch in self._batches(task, schema, report):
                writer.write_batch(batch, custom_metadata={_LABEL: str(number)})
                n_rows += batch.num_rows
        if not n_rows:
            remove(attempt)
            return None
        os.replace(attempt, path)
        return self.folder.publish(path)

    def _batches(
        self, task: CopyRows, schema: pa.Schema, report: Report
    ) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield the rows of each class, with their positions as the last column."""
        start = task.start
        numbers = {label: number for number, label in enumerate(self.labels)}
        for batch in task.batches(self.source, self.columns, self.batch_rows):
            for label, positions, rows in split_by_class(batch, self.labels):
                columns = [*rows.columns, pa.array(positions + start)]
                yield numbers[label], pa.RecordBatch.from_arrays(columns, schema=schema)
            start += batch.num_rows
            report(batch.num_rows)
            check_resident_memory(self.limit)


class GatheredFiles:
    """Rows of classes that the workers of a cluster gather; see ``reading.ClassRows``.

    Parameters
    ----------
    engine, folder
        The cluster, and the folder for the files.
    tasks
        The tasks that copy all rows of the source.
    """

    def __init__(self, engine: Engine, folder: SharedFolder, tasks: Sequence[CopyRows]) -> None:
        self._engine, self._folder, self._tasks = engine, folder, tasks

    def read(
        self, reader: FileReader, columns: list[str], labels: list[Any]
    ) -> Iterator[tuple[Any, np.ndarray, pa.RecordBatch]]:
        """Gather rows of some classes, and yield them; see ``gathering.rows_of_classes``."""
        progress, folder = reader.progress, self._folder
        progress.phase("reading classes", reader.source.n_rows)
        prefix = f"rows-{secrets.token_hex(4)}"
        writer = ClassRowWriter(
            reader.source, columns, labels, reader.batch_rows, reader.limit, folder, prefix
        )
        names = self._engine.run(writer.write, self._tasks, progress.advance)
        for name in filter(None, names):
            for number, positions, rows in _read_file(folder.fetch(name)):
                yield labels[number], positions, rows
                check_resident_memory(reader.limit)
            folder.remove(name)


def _read_file(path: str) -> Iterator[tuple[int, np.ndarray, pa.RecordBatch]]:
    """Yield the number of the class of each batch, the positions, and the rows."""
    with closing(pa.OSFile(path)) as file, pa.ipc.open_stream(file) as stream:
        while True:
            try:
                batch, metadata = stream.read_next_batch_with_custom_metadata()
            except StopIteration:
                return
            number = int(metadata[_LABEL])
            positions = batch.column(batch.num_columns - 1).to_numpy()
            columns = batch.columns[:-1]
            fields = [batch.schema.field(j) for j in range(len(columns))]
            rows = pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
            yield number, positions, rows
