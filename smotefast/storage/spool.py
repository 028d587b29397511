"""Open a source of any kind; copy one that is read only once to a Parquet file first."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.exceptions import ArgumentError, SourceError
from smotefast.storage.file_access import ListedFile, Location
from smotefast.storage.files import file_checksum
from smotefast.storage.formats.csv_files import csv_streams
from smotefast.storage.formats.delta import open_delta
from smotefast.storage.partitions import Partitions, find_partitions
from smotefast.storage.paths import arrow_path
from smotefast.storage.remote.locations import locations
from smotefast.storage.sink import open_file
from smotefast.storage.source import ParquetSource, open_listed, repeated
from smotefast.storage.source_file import SourceFile, check_regular
from smotefast.storage.source_folder import describe_paths, file_format, list_source_files
from smotefast.storage.streams import (
    FileStreams,
    Stream,
    WiderColumnError,
    arrow_streams,
    is_dataset,
    is_lazy_frame,
    is_relation,
    object_stream,
)

# Bytes of a row group in memory, about.
GROUP_BYTES = 16 << 20
_NAME, _TASK = "source.parquet", "source"


Report = Callable[[int], None]


class _Journal(Protocol):
    def result(self, task: str) -> dict[str, Any] | None: ...

    def record(self, task: str, **result: Any) -> None: ...


@dataclass(frozen=True)
class StreamSource:
    """A source that is read once: text, Arrow files, or an object.

    Attributes
    ----------
    path
        What the user gave, for messages.
    paths, files
        The paths that the user gave, and the files; none for objects.
    schema
        The columns. Their types may be others after the source has been read.
    copy
        Copies the rows to a Parquet file; its second argument is called with numbers of rows.
    reread
        Returns the rows as a stream, again at each call; see ``csv_streams`` for its argument.
        None if they can be read only once, or would have to be computed.
    partitioned
        Names of the partition columns.
    """

    path: str
    paths: list[str]
    files: list[SourceFile]
    schema: pa.Schema
    copy: Callable[[str, Report], None]
    reread: Callable[[dict[str, pa.DataType]], Stream] | None = None
    partitioned: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Names of the columns."""
        return frozenset(self.schema.names)

    def check_unchanged(self) -> None:
        """Raise SourceChangedError if a file changed since it was opened."""
        for file in self.files:
            file.check_unchanged()

    def to_parquet(
        self, folder: str, report: Report, journal: _Journal | None = None
    ) -> ParquetSource:
        """Copy the rows to a file in a folder, unless a journal says that this is done.

        ``report`` is called with the rows of each batch.
        """
        path = os.path.join(folder, _NAME)
        recorded = None if journal is None else journal.result(_TASK)
        if recorded is None or not _is_recorded(path, recorded):
            try:
                self.copy(path, report)
            except SourceError:
                self.check_unchanged()
                raise
            self.check_unchanged()
            if journal is not None and self.files:  # objects are read again by another job
                # Not flushed: after a power failure it is copied again. Most jobs remove it
                # before the system has written it to the disk.
                checksum = file_checksum(path, lambda: report(0))
                journal.record(_TASK, bytes=os.path.getsize(path), checksum=checksum)
        if not _n_rows(path):
            used = "" if self.files else " It may have been read before."
            raise ValueError(f"{self.path!r} has no rows.{used}")
        copied = open_listed([Location(path)], [ListedFile(path, folder)])
        return replace(
            copied,
            path=self.path,
            paths=self.paths,
            partitioned=self.partitioned,
            is_copy=True,
        )


@contextmanager
def opened_for_reading(
    source: Source,
    begin: Callable[[], None] = lambda: None,
    report: Report = lambda n_rows: None,
) -> Iterator[ParquetSource]:
    """Yield a source as Parquet files; one that is none is copied for that long.

    ``begin`` is called before it is copied, and ``report`` with the rows of each step. Changes
    of the files are reported as ``SourceChangedError``.
    """
    with ExitStack() as stack:
        if isinstance(source, StreamSource):
            begin()
            folder = stack.enter_context(TemporaryDirectory(prefix="smotefast-"))
            source = source.to_parquet(folder, report)
        stack.enter_context(source.report_changes())
        yield source


def _is_recorded(path: str, recorded: dict[str, Any]) -> bool:
    """Whether a copy is there as a journal says."""
    try:
        is_whole = os.path.getsize(path) == recorded["bytes"]
        return is_whole and file_checksum(path) == recorded.get("checksum")
    except OSError:
        return False


def _n_rows(path: str) -> int:
    with arrow_path(path) as name:
        n_rows: int = pq.read_metadata(name).num_rows
    return n_rows


def _copy_batches(
    open_stream: Callable[[dict[str, pa.DataType]], Stream], path: str, report: Report
) -> None:
    """Copy a stream, again from its start each time a column gets a wider type."""
    types: dict[str, pa.DataType] = {}
    while True:
        try:
            _write(open_stream(types), path, report)
            return
        except WiderColumnError:
            continue


def _copy_lazy_frame(frame: Any, path: str, report: Report) -> None:
    """Let polars write the rows of a LazyFrame."""
    frame.sink_parquet(path, compression="uncompressed", statistics=False)


def stored_sample(batches: list[pa.RecordBatch]) -> pq.ParquetFile:
    """Return the first rows of a stream as the copy would store them, in memory."""
    schema, sink = storable_schema(batches[0].schema), pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, **_copy_options(schema)) as writer:
        _write_group(writer, [batch.cast(schema) for batch in batches])
    return pq.ParquetFile(pa.BufferReader(sink.getvalue()))


def _copy_options(schema: pa.Schema) -> dict[str, Any]:
    text = [each.name for each in schema if pa.types.is_dictionary(each.type)]
    return {"compression": "none", "use_dictionary": text or False, "write_statistics": False}


def _write(stream: Stream, path: str, report: Report) -> None:
    """Write batches to an uncompressed file, in row groups of limited size."""
    schema = storable_schema(stream.schema)
    options = _copy_options(schema)
    with open_file(path) as file, pq.ParquetWriter(file, schema, **options) as writer:
        pending: list[pa.RecordBatch] = []
        n_bytes = 0
        for batch in stream.batches():
            if batch.num_rows:
                pending.append(batch if batch.schema.equals(schema) else batch.cast(schema))
                n_bytes += pending[-1].nbytes
            report(batch.num_rows)
            if n_bytes >= GROUP_BYTES:
                _write_group(writer, pending)
                pending, n_bytes = [], 0
        _write_group(writer, pending)


def _write_group(writer: pq.ParquetWriter, batches: list[pa.RecordBatch]) -> None:
    if batches:
        table = pa.Table.from_batches(batches).unify_dictionaries()
        writer.write_table(table, row_group_size=table.num_rows)


def storable_schema(schema: pa.Schema) -> pa.Schema:
    """Return a schema without views, which Parquet does not store."""
    views = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
    return pa.schema(
        [each.with_type(views.get(each.type, each.type)) for each in schema],
        metadata=schema.metadata,
    )


Source = ParquetSource | StreamSource


def check_source(source: Any) -> Any:
    """Return the locations of a source, or an object that yields batches as it is."""
    if is_lazy_frame(source) or _is_object(source):
        return source
    return locations(source, "source")


def open_any_source(
    source: Any,
    drop: Collection[str] = (),
    schema: Literal["unify", "strict"] = "unify",
    format: str | None = None,
) -> Source:
    """Open a source that ``check_source`` has returned; ``format`` may be "delta".

    The other parameters and the errors are those of ``open_source``.
    """
    if format == "delta":
        if not isinstance(source, list):
            raise ArgumentError("format='delta' needs the path of a table, not an object.")
        return open_delta(source, drop, schema)
    if is_lazy_frame(source):
        names = source.collect_schema().names()
        columns = pa.schema([(name, pa.null()) for name in names])
        copy = partial(_copy_lazy_frame, source)
        return StreamSource("the LazyFrame", [], [], columns, copy)
    if not isinstance(source, list):
        stream = object_stream(source)
        assert stream is not None
        name = f"the {type(source).__name__}"
        copy = partial(_copy_batches, lambda types: stream)
        reread = (lambda types: stream) if is_dataset(source) else None
        return StreamSource(name, [], [], stream.schema, copy, reread)
    listed = list_source_files(source)
    files = [Location(file.path, file.files) for file in listed]
    paths = [location.path for location in source]
    formats = {file_format(file) for file in files}
    if formats == {"parquet"}:
        return open_listed(source, listed, drop, schema)
    if len(formats) > 1:
        raise ValueError(
            f"{describe_paths(paths)!r} has files of several formats "
            f"({', '.join(sorted(formats))}). Name files of one format."
        )
    for file in files:
        check_regular(file)
    states = [SourceFile(path, (), access.state(path), files=access) for path, access in files]
    (kind,) = formats
    open_files = _stream_opener(kind, files, schema, drop)
    opened = open_files({})
    partitions = find_partitions(listed, frozenset(opened.schema.names))

    def open_stream(types: dict[str, pa.DataType]) -> Stream:
        return _joined(open_files(types), partitions)

    found = _joined(opened, partitions).schema
    copy = partial(_copy_batches, open_stream)
    partitioned = frozenset(field.name for field in partitions.fields)
    return StreamSource(
        describe_paths(paths), paths, states, found, copy, open_stream, partitioned
    )


def _stream_opener(
    kind: str, files: list[Location], how: str, drop: Collection[str]
) -> Callable[[dict[str, pa.DataType]], FileStreams]:
    if kind == "csv":
        return lambda types: csv_streams(files, how, types, drop)
    return lambda types: arrow_streams(files, how)


def _joined(found: FileStreams, partitions: Partitions) -> Stream:
    """Return the batches of all files, with their partition columns."""
    fields = partitions.fields
    schema = pa.schema([*found.schema, *fields], found.schema.metadata)

    def batches() -> Iterator[pa.RecordBatch]:
        for read, values in zip(found.of_files, partitions.values, strict=True):
            for batch in read():
                for field in fields:
                    value = repeated(values[field.name], field, batch.num_rows)
                    batch = batch.append_column(field, value)
                yield batch

    return Stream(schema, batches)


def _is_object(source: Any) -> bool:
    """Whether ``object_stream`` takes an object; DuckDB would begin to compute."""
    is_reader = isinstance(source, pa.RecordBatchReader)
    return is_reader or is_dataset(source) or is_relation(source)
