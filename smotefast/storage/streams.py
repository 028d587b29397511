"""Sources that are read once, in order: text, Arrow files, and objects that yield batches.

A job reads its source several times, so it copies such a source to a Parquet file first.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa

from smotefast.exceptions import SourceError
from smotefast.storage.file_access import Location, one_line
from smotefast.storage.schemas import common_schema

BATCH_ROWS = 1 << 16


class Stream(NamedTuple):
    """Record batches of a source.

    Attributes
    ----------
    schema
        Their schema; for text as inferred so far.
    batches
        Returns them. Those of an object that can be read once are returned once.
    """

    schema: pa.Schema
    batches: Callable[[], Iterator[pa.RecordBatch]]


class FileStreams(NamedTuple):
    """Record batches of files.

    Attributes
    ----------
    schema
        Their common schema; for text as inferred so far.
    of_files
        Return those of each file.
    """

    schema: pa.Schema
    of_files: list[Callable[[], Iterator[pa.RecordBatch]]]


class WiderColumnError(Exception):
    """A column of text has a value that does not fit its type; a new stream has a wider one."""


def object_stream(source: Any) -> Stream | None:
    """Return the batches of a pyarrow Dataset or RecordBatchReader, or of a DuckDB relation.

    None for other objects.
    """
    if is_dataset(source):
        return Stream(source.schema, lambda: source.to_batches(batch_size=BATCH_ROWS))
    if isinstance(source, pa.RecordBatchReader):
        return Stream(source.schema, lambda: iter(source))
    if is_relation(source):
        # DuckDB 1 has the second method only.
        read = getattr(source, "to_arrow_reader", None) or source.fetch_record_batch
        reader = read(BATCH_ROWS)
        return Stream(reader.schema, lambda: iter(reader))
    return None


def is_relation(source: Any) -> bool:
    """Whether an object is a relation of DuckDB."""
    has_reader = hasattr(source, "to_arrow_reader") or hasattr(source, "fetch_record_batch")
    return has_reader and hasattr(source, "columns")


def is_dataset(source: Any) -> bool:
    """Whether an object is a pyarrow Dataset; the module that has them imports pandas."""
    module = sys.modules.get("pyarrow.dataset")
    return module is not None and isinstance(source, module.Dataset)


def is_lazy_frame(source: Any) -> bool:
    """Whether an object is a LazyFrame of polars, which writes Parquet files itself."""
    return hasattr(source, "sink_parquet") and hasattr(source, "collect_schema")


def arrow_streams(locations: Sequence[Location], how: str) -> FileStreams:
    """Return the batches of Arrow IPC and Feather files."""
    schemas = []
    for location in locations:
        with closing(_open_arrow(location)) as opened:
            schemas.append(opened.schema)
    schema = common_schema(schemas, [location.path for location in locations], (), how)

    def batches(location: Location) -> Iterator[pa.RecordBatch]:
        with closing(_open_arrow(location)) as opened, read_errors(location):
            for batch in opened.batches():
                yield batch.select(schema.names).cast(schema)

    return FileStreams(schema, [partial(batches, location) for location in locations])


class _ArrowFile:
    """An Arrow file in either of its two formats."""

    def __init__(self, location: Location) -> None:
        self._stack = ExitStack()
        path, files = location
        file = self._stack.enter_context(files.opened(path))
        if not files.is_remote:  # the name
            file = self._stack.enter_context(pa.OSFile(file))
        try:
            self._reader = self._stack.enter_context(pa.ipc.open_file(file))
        except pa.ArrowInvalid:
            file.seek(0)
            self._reader = self._stack.enter_context(pa.ipc.open_stream(file))
        self.schema = self._reader.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        if hasattr(self._reader, "num_record_batches"):
            for i in range(self._reader.num_record_batches):
                yield self._reader.get_batch(i)
        else:
            yield from self._reader

    def close(self) -> None:
        self._stack.close()


def _open_arrow(location: Location) -> _ArrowFile:
    try:
        return _ArrowFile(location)
    except SourceError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"Cannot read {location.path!r} as an Arrow file: {one_line(error)}"
        ) from error


@contextlib.contextmanager
def read_errors(location: Location) -> Iterator[None]:
    """Replace errors of a store, and of reading a file, by SourceError."""
    try:
        yield
    except SourceError:
        raise
    except (OSError, pa.ArrowException) as error:
        if location.files.is_remote and isinstance(error, OSError):
            raise location.files.error(location.files.explain(location.path, error)) from error
        raise SourceError(f"Cannot read {location.path!r}: {one_line(error)}") from error
