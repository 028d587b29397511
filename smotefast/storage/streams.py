"""Sources that are read once, in order: text, Arrow files, and objects that yield batches.

A job reads its source several times, so it copies such a source to a Parquet file first.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from smotefast.exceptions import SourceError
from smotefast.storage.file_access import Location, one_line
from smotefast.storage.schemas import common_schema

BATCH_ROWS = 1 << 16
# The types of text columns are inferred from so many bytes of each file.
_CSV_BLOCK = 8 << 20
_HEADER = 1 << 16
# Integers from the first number on are rounded by float64; beyond the second are none.
_EXACT, _INTEGERS = 2.0**53, 2.0**63
# If a value does not fit the type inferred for its column, the next one that does.
_WIDER = {"null": pa.int64(), "int64": pa.float64()}
_UNFIT = re.compile(r"In CSV column #(\d+): .*conversion error to (\w+)")

Item = TypeVar("Item")


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


def one_ahead(items: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """Yield what a generator yields; it goes on in another thread while an item is used."""
    with closing(items), ThreadPoolExecutor(1, thread_name_prefix="smotefast-read") as pool:
        upcoming = pool.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = pool.submit(next, items, None)
            yield item


def arrow_stream(locations: Sequence[Location], how: str) -> Stream:
    """Return the batches of Arrow IPC and Feather files."""
    schemas = []
    for location in locations:
        with closing(_open_arrow(location)) as opened:
            schemas.append(opened.schema)
    schema = common_schema(schemas, [location.path for location in locations], (), how)

    def batches() -> Generator[pa.RecordBatch, None, None]:
        for location in locations:
            with closing(_open_arrow(location)) as opened, _read_errors(location):
                for batch in opened.batches():
                    yield batch.select(schema.names).cast(schema)

    return Stream(schema, lambda: one_ahead(batches()))


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
def _read_errors(location: Location) -> Iterator[None]:
    """Replace errors of a store by SourceError."""
    try:
        yield
    except OSError as error:
        if not location.files.is_remote or isinstance(error, SourceError):
            raise
        raise location.files.error(location.files.explain(location.path, error)) from error


def csv_stream(
    locations: Sequence[Location], how: str, types: dict[str, pa.DataType]
) -> Stream:
    """Return the batches of CSV files with a header.

    Parameters
    ----------
    locations
        The files; the ending .gz means compressed.
    how
        "unify" or "strict", see ``common_schema``.
    types
        Types of columns that are known not to be those inferred. The batches raise
        WiderColumnError after adding one.
    """
    schemas = []
    for location in locations:
        with closing(_open_csv(location, types)) as opened:
            schemas.append(opened.reader.schema)
    schema = common_schema(schemas, [location.path for location in locations], (), how)
    common = {field.name: field.type for field in schema} | types

    def batches() -> Generator[pa.RecordBatch, None, None]:
        for location in locations:
            with closing(_open_csv(location, common)) as opened, _read_errors(location):
                yield from _csv_batches(location.path, opened.reader, schema, types)

    return Stream(schema, lambda: one_ahead(batches()))


def _csv_batches(
    path: str,
    reader: pa_csv.CSVStreamingReader,
    schema: pa.Schema,
    types: dict[str, pa.DataType],
) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except pa.ArrowInvalid as error:
            unfit = _UNFIT.search(str(error))
            if unfit is None or unfit[2] == "string":
                raise SourceError(f"Cannot read {path!r}: {one_line(error)}") from error
            name = reader.schema.names[int(unfit[1])]
            types[name] = _WIDER.get(unfit[2], pa.string())
            raise WiderColumnError from error
        _refuse_rounded(path, batch, types)
        yield batch.select(schema.names)


def _refuse_rounded(path: str, batch: pa.RecordBatch, types: dict[str, pa.DataType]) -> None:
    """Raise SourceError for integers that became floats, and have more than 53 bits."""
    for name, arrow_type in types.items():
        if pa.types.is_floating(arrow_type):
            size = np.abs(batch.column(name).to_numpy(zero_copy_only=False))
            if ((size >= _EXACT) & (size <= _INTEGERS)).any():
                raise SourceError(
                    f"Column {name!r} of {path!r} has integers above 2**53 and numbers with a "
                    "fraction, which no type holds exactly. Leave it out of the file, or write "
                    "it as text."
                )


class _CsvFile:
    """A CSV file and its reader."""

    def __init__(self, location: Location, types: dict[str, pa.DataType]) -> None:
        self._stack = ExitStack()
        path, files = location
        file: Any = path
        if files.is_remote:
            file = self._stack.enter_context(files.opened(path))
            if _compression(path):
                file = pa.CompressedInputStream(file, "gzip")
        self.reader = pa_csv.open_csv(
            file,
            read_options=pa_csv.ReadOptions(block_size=_CSV_BLOCK),
            convert_options=pa_csv.ConvertOptions(column_types=types),
        )

    def close(self) -> None:
        self._stack.close()


def _open_csv(location: Location, types: dict[str, pa.DataType]) -> _CsvFile:
    path = location.path
    try:
        opened = _CsvFile(location, types)
        names = opened.reader.schema.names
    except SourceError:
        raise
    except UnicodeDecodeError as error:
        raise SourceError(
            f"Cannot read {path!r} as CSV: it is not in UTF-8. Convert it, for example with "
            "iconv."
        ) from error
    except (pa.ArrowException, OSError) as error:
        message = f"Cannot read {path!r} as CSV: {one_line(error)}{_separator_advice(location)}"
        raise SourceError(message) from error
    if len(names) == 1 and (advice := _separator_advice(location)):
        raise SourceError(f"Cannot read {path!r} as CSV.{advice}")
    return opened


def _separator_advice(location: Location) -> str:
    """Say so if the header of a file seems to have another separator than a comma."""
    path, files = location
    with (
        contextlib.suppress(pa.ArrowException, OSError),
        files.opened(path) as opened,
        pa.input_stream(opened, _compression(path)) as file,
    ):
        header = bytes(file.read(_HEADER)).split(b"\n")[0]
        for separator in (b";", b"\t", b"|"):
            if separator in header and b"," not in header:
                return (
                    f" Its columns seem to be separated by {separator.decode()!r}, and only "
                    "commas are read."
                )
    return ""


def _compression(path: str) -> str | None:
    return "gzip" if path.lower().endswith(".gz") else None
