"""What a plan can know of a source that a job copies to Parquet first.

Text and Arrow files, and data sets, are read once more by the job, so a plan may read them too:
to count the classes, and for a sample. Nothing is read of an object that can be read only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import pyarrow as pa

from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.scan import scan_classes
from smotefast.batch.stages import Columns, Counted
from smotefast.batch.tasks import CopyRows
from smotefast.report import Progress
from smotefast.storage import Destination, ParquetSource, StreamSource
from smotefast.storage.source_file import SourceFile
from smotefast.storage.spool import GROUP_BYTES, storable_schema, stored_sample
from smotefast.storage.streams import Stream, WiderColumnError

_STORE_TIME = "Requests to a store take time that the estimate does not have."
_STORE_SCRATCH = (
    "Each part of a folder in a store is removed here when it is uploaded: the job has less "
    "scratch at a time than the whole result."
)


class _CountedStream(CopyRows):
    """The rows of a stream, as the one task that copies them all."""

    stream: Stream
    files: list[SourceFile]
    sample: list[pa.RecordBatch]

    def batches(
        self, source: ParquetSource, columns: Sequence[str], batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Yield columns of all rows; keep the first rows, and count all of them."""
        n_rows = n_bytes = 0
        for batch in self.stream.batches():
            n_rows += batch.num_rows
            if n_bytes < GROUP_BYTES and batch.num_rows:
                self.sample.append(batch)
                n_bytes += batch.nbytes
            yield batch.select(columns).cast(
                pa.schema([source.schema.field(c) for c in columns])
            )
        if not n_rows:
            raise _no_rows(source.path)
        # The number of rows of the source is known from here on.
        self.files.append(SourceFile(source.path, (n_rows,), ()))


def count_stream(
    source: StreamSource,
    target: str,
    columns: Columns,
    progress: Progress,
    *,
    allow_one: bool,
    part_bytes: int,
) -> tuple[ParquetSource, Counted]:
    """Count the classes of a stream; return the copy that a job would make, and the classes.

    The copy has no file: it knows its schema and its number of rows.
    """
    assert source.reread is not None
    types: dict[str, pa.DataType] = {}
    while True:
        with suppress(WiderColumnError):
            stream = source.reread(types)
            return _count(source, stream, target, columns, progress, allow_one, part_bytes)


def _count(
    source: StreamSource,
    stream: Stream,
    target: str,
    columns: Columns,
    progress: Progress,
    allow_one: bool,
    part_bytes: int,
) -> tuple[ParquetSource, Counted]:
    schema = storable_schema(stream.schema)
    copied = ParquetSource(
        source.path,
        source.paths,
        [],
        schema,
        frozenset(schema.names),
        source.partitioned,
        is_copy=True,
    )
    # A text file without rows has no types.
    if pa.types.is_null(schema.field(target).type) and not _has_rows(stream):
        raise _no_rows(source.path)
    task = _CountedStream(0, 0, 1, 0, 0)
    task.stream, task.files, task.sample = stream, copied.files, []
    classes = scan_classes(copied, target, [task], progress, allow_one=allow_one)
    sizes = ColumnSizes(copied, columns[0], stored_sample(task.sample))
    part_rows = max(1, int(part_bytes / sizes.row_bytes(columns[0])))
    copies = [CopyRows(0, 0, 1, 0, copied.n_rows)]
    return replace(copied), Counted(sizes, copies, part_rows, classes)


def _has_rows(stream: Stream) -> bool:
    return any(batch.num_rows for batch in stream.batches())


def _no_rows(path: str) -> ValueError:
    return ValueError(f"{path!r} has no rows.")


def unknown_of_stores(source: ParquetSource | StreamSource, output: Destination) -> list[str]:
    """Say what a plan does not know about files in stores."""
    if not output.files.is_remote:
        return [_STORE_TIME] if any(file.files.is_remote for file in source.files) else []
    return [_STORE_TIME, _STORE_SCRATCH] if output.is_folder else [_STORE_TIME]
