"""CSV files as streams of record batches; their types are inferred from the first rows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from smotefast._threads import map_ahead, thread_count
from smotefast.exceptions import SourceError
from smotefast.storage.file_access import Location, one_line
from smotefast.storage.paths import is_utf8
from smotefast.storage.process_memory import format_size
from smotefast.storage.schemas import common_schema
from smotefast.storage.streams import FileStreams, WiderColumnError, read_errors

# The types of text columns are inferred from so many bytes of each file. Afterwards blocks are
# smaller, because Arrow reads about 35 of them ahead.
_INFERRED, _CSV_BLOCK = 8 << 20, 1 << 20
# Text without quotes is read in pieces of so many bytes, which so many threads parse at most.
_PIECE, _MAX_THREADS = 1 << 20, 4
_HEADER, _BYTE_ORDER_MARK = 1 << 16, b"\xef\xbb\xbf"
_CONVERT = "Convert it, for example with iconv."
# The first bytes of files of other kinds, and what to do about them.
_OTHER_KINDS = {
    b"\x1f\x8b": "it is compressed with gzip, and its name must end in .gz then.",
    b"\xff\xfe": f"it is in UTF-16, not in UTF-8. {_CONVERT}",
    b"\xfe\xff": f"it is in UTF-16, not in UTF-8. {_CONVERT}",
}
# Integers from this number on may be rounded by float64. They have 16 digits or more.
_EXACT, _INTEGER = 2.0**53, r"^[ \t]*[+-]?[0-9]{16,308}[ \t]*$"
# If a value does not fit the type inferred for its column, the next one that does.
_WIDER = {"null": pa.int64(), "int64": pa.float64()}
_UNFIT = re.compile(
    r"In CSV column #(\d+): .*conversion error to (\w+)(?:: invalid value '(.*)')?", re.DOTALL
)
_Batches = Generator[pa.RecordBatch, None, None]


class _OtherWayError(Exception):
    """A text file has to be read in another way: a row is too long, or has quotes."""


def csv_streams(
    locations: Sequence[Location],
    how: str,
    types: dict[str, pa.DataType],
    as_bytes: Collection[str] = (),
) -> FileStreams:
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
    as_bytes
        Columns that nobody uses, with any values.
    """
    known = types | dict.fromkeys(as_bytes, pa.binary())
    schemas = []
    for location in locations:
        with closing(_open_csv(location, known, _INFERRED, only_start=True)) as opened:
            schemas.append(opened.reader.schema)
        for field in schemas[-1]:
            if pa.types.is_binary(field.type) and field.name not in as_bytes:
                raise _not_utf8(location.path, field.name)
    schema = common_schema(schemas, [location.path for location in locations], (), how)
    common = {field.name: field.type for field in schema} | known

    columns = schema.names  # pyarrow makes a new list each time
    floats = [field.name for field in schema if field.type == pa.float64()]

    def batches(location: Location, names: list[str]) -> Iterator[pa.RecordBatch]:
        large: set[str] = set()
        for batch in _csv_batches(location, names, common, types):
            large.update(_large_numbers(batch, floats))
            yield batch if names == columns else batch.select(columns)
        if large:  # the reader is closed: two would need twice the memory
            with read_errors(location):
                _refuse_rounded(location, sorted(large))

    files = zip(locations, schemas, strict=True)
    return FileStreams(schema, [partial(batches, each, found.names) for each, found in files])


def _csv_batches(
    location: Location,
    names: list[str],
    common: dict[str, pa.DataType],
    types: dict[str, pa.DataType],
) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a file, read in the fastest way that serves its rows.

    A slower way begins at the start of the file again, and its rows up to there are left out.
    """
    n_done = 0
    ways: list[Callable[[], _Batches]] = [
        lambda: _batches_of_pieces(location, names, common),
        lambda: _batches_in_blocks(location, common, types, _CSV_BLOCK),
        lambda: _batches_in_blocks(location, common, types, _INFERRED),
    ]
    # A stream is decompressed in another thread than it is parsed in.
    for way in ways[_is_compressed(location) :]:
        n_again = n_done
        try:
            with read_errors(location), closing(way()) as batches:
                for batch in batches:
                    new = batch.slice(min(n_again, batch.num_rows)) if n_again else batch
                    n_again -= batch.num_rows - new.num_rows
                    n_done += new.num_rows
                    yield new
            return
        except _OtherWayError:
            continue


def _batches_of_pieces(
    location: Location, names: list[str], types: dict[str, pa.DataType]
) -> _Batches:
    """Yield the batches of a file without quotes: a line is a row, so it can be cut anywhere.

    Arrow parses a stream in one thread, so each piece is parsed in another one. Arrow's own
    threads are not used for a piece: those of version 20 wait for themselves for ever after a
    row that is longer than a block. In the main thread, it would handle signals itself while it
    parses a piece: of 3,000 that came during short calls, 59 were lost.

    Raises
    ------
    _OtherWayError
        At the first quote after the header, and if a piece is not as expected.
    """
    converting = pa_csv.ConvertOptions(column_types=types)

    def parse(text: pa.Buffer) -> pa.Table:
        reading = pa_csv.ReadOptions(
            use_threads=False, block_size=text.size, column_names=names
        )
        return pa_csv.read_csv(text, read_options=reading, convert_options=converting)

    n_threads = min(thread_count(None), _MAX_THREADS)
    with _opened_text(location) as file:
        texts = _lines_without_quotes(file, ",".join(names))
        with closing(map_ahead(parse, texts, n_threads)) as tables:
            try:
                for table in tables:
                    yield from table.to_batches()
            except pa.ArrowInvalid as error:  # the other way finds out which row it is
                raise _OtherWayError from error


def _lines_without_quotes(file: pa.NativeFile, columns: str) -> Iterator[pa.Buffer]:
    """Yield the lines of a text, some at a time, after the first one with the columns.

    Raises
    ------
    _OtherWayError
        If the first line is another one, a piece has no line break, or there are quotes.
    """
    header, _, rest = file.read(_PIECE).partition(b"\n")
    if _columns_of(header) != columns:
        raise _OtherWayError
    while read := file.read(_PIECE):
        text = rest + read
        end = text.rfind(b"\n") + 1
        if not end or b'"' in text:
            raise _OtherWayError
        yield pa.py_buffer(text).slice(0, end)
        rest = text[end:]
    if b'"' in rest:
        raise _OtherWayError
    if rest:
        yield pa.py_buffer(rest)


def _columns_of(header: bytes) -> str:
    """Return the columns in the first line of a file, without quotes around them."""
    line = header.removeprefix(_BYTE_ORDER_MARK).removesuffix(b"\r")
    return line.replace(b'"', b"").decode(errors="replace")


def _batches_in_blocks(
    location: Location,
    common: dict[str, pa.DataType],
    types: dict[str, pa.DataType],
    block: int,
    names: Sequence[str] = (),
) -> _Batches:
    """Yield the batches of a file of any form; all its columns, or those with some names.

    Raises
    ------
    _OtherWayError
        If a row is longer than a block that may be larger.
    WiderColumnError
        If a value does not fit the type of its column; a wider one is in ``types`` then.
    """
    path = location.path
    with closing(_open_csv(location, common, block, names=names)) as opened:
        while True:
            try:
                batch = opened.reader.read_next_batch()
            except StopIteration:
                return
            except pa.ArrowInvalid as error:
                _check_length(error, block, path)
                unfit = _UNFIT.search(str(error))
                if unfit is None:
                    raise SourceError(f"Cannot read {path!r}: {one_line(error)}") from error
                name = opened.reader.schema.names[int(unfit[1])]
                if unfit[2] == "string":
                    raise _not_utf8(path, name) from error
                types[name] = _wider(unfit[2], unfit[3])
                raise WiderColumnError from error
            yield batch


def _wider(arrow_type: str, value: str | None) -> pa.DataType:
    """Return the next type that may hold a value; text for one that is no number."""
    if value is not None:
        try:
            float(value)
        except ValueError:
            return pa.string()
    return _WIDER.get(arrow_type, pa.string())


def _check_length(error: Exception, block: int, path: str) -> None:
    """Raise an error if a row is longer than a block; _OtherWayError if that may be larger."""
    if "straddling" in str(error):
        if block < _INFERRED:
            raise _OtherWayError from error
        raise SourceError(
            f"Cannot read {path!r} as CSV: a row is longer than {format_size(_INFERRED)}, or a "
            "quote has no end."
        ) from error


def _large_numbers(batch: pa.RecordBatch, floats: list[str]) -> list[str]:
    """Return the columns of float64 that have numbers from which on integers are rounded."""
    if not floats or not batch.num_rows:
        return []
    values = batch.select(floats).to_tensor(null_to_nan=True, row_major=False).to_numpy()
    largest = np.fmax(np.fmax.reduce(values), -np.fmin.reduce(values))
    return [name for name, size in zip(floats, largest, strict=True) if size >= _EXACT]


def _refuse_rounded(location: Location, names: list[str]) -> None:
    """Raise SourceError for integers in columns of float64 that it does not hold exactly."""
    for batch in _texts(location, names):
        for name, column in zip(names, batch.columns, strict=True):
            long = column.filter(pc.match_substring_regex(column, _INTEGER))
            for text in long.to_pylist():
                number = int(text)
                if int(float(text)) != number:
                    raise SourceError(
                        f"Column {name!r} of {location.path!r} has integers above 2**53, such "
                        f"as {number}, and numbers that are no 64-bit integers, so its type is "
                        "float64, which does not hold them exactly. Leave it out with "
                        f"drop={[name]}, or write the file as Parquet with the column as text."
                    )


def _texts(location: Location, names: list[str]) -> _Batches:
    """Yield columns as text; rows before a long one come twice."""
    types = dict.fromkeys(names, pa.string())
    for block in (_CSV_BLOCK, _INFERRED):
        with contextlib.suppress(_OtherWayError):
            yield from _batches_in_blocks(location, types, {}, block, names)
            return


def _not_utf8(path: str, name: str) -> SourceError:
    return SourceError(
        f"Cannot read {path!r} as CSV: column {name!r} is not in UTF-8. {_CONVERT}"
    )


class _CsvFile:
    """A CSV file, or the rows in its first bytes, and its reader."""

    def __init__(
        self,
        location: Location,
        types: dict[str, pa.DataType],
        block: int,
        names: Sequence[str],
        only_start: bool,
    ) -> None:
        self._stack = ExitStack()
        file: Any = location.path
        if only_start:  # with a byte more, a row that goes on after the block is left out
            text = _first_bytes(location, block + 1)
            if text[:2] in _OTHER_KINDS:
                raise SourceError(
                    f"Cannot read {location.path!r} as CSV: {_OTHER_KINDS[text[:2]]}"
                )
            file = pa.BufferReader(text)
        elif location.files.is_remote or not is_utf8(location.path):
            file = self._stack.enter_context(_opened_text(location))
        self.reader = pa_csv.open_csv(
            file,
            read_options=pa_csv.ReadOptions(block_size=block),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(column_types=types, include_columns=names),
        )

    def close(self) -> None:
        self._stack.close()


@contextlib.contextmanager
def _opened_text(location: Location) -> Iterator[pa.NativeFile]:
    """Yield the text of a file, decompressed."""
    path, files = location
    compression = "gzip" if _is_compressed(location) else None
    with files.opened(path) as opened, pa.input_stream(opened, compression) as file:
        yield file


def _is_compressed(location: Location) -> bool:
    return location.path.lower().endswith(".gz")


def _first_bytes(location: Location, n_bytes: int) -> bytes:
    with _opened_text(location) as file:
        return bytes(file.read(n_bytes))


def _open_csv(
    location: Location,
    types: dict[str, pa.DataType],
    block: int,
    *,
    names: Sequence[str] = (),
    only_start: bool = False,
) -> _CsvFile:
    path = location.path
    try:
        opened = _CsvFile(location, types, block, names, only_start)
        found = opened.reader.schema.names
    except SourceError:
        raise
    except UnicodeDecodeError as error:
        raise SourceError(
            f"Cannot read {path!r} as CSV: it is not in UTF-8. {_CONVERT}"
        ) from error
    except (pa.ArrowException, OSError) as error:
        _check_length(error, block, path)
        message = f"Cannot read {path!r} as CSV: {one_line(error)}{_separator_advice(location)}"
        raise SourceError(message) from error
    if len(found) == 1 and (advice := _separator_advice(location)):
        raise SourceError(f"Cannot read {path!r} as CSV.{advice}")
    return opened


def _separator_advice(location: Location) -> str:
    """Say so if the header of a file seems to have another separator than a comma."""
    with contextlib.suppress(pa.ArrowException, OSError):
        header = _first_bytes(location, _HEADER).split(b"\n")[0]
        for separator in (b";", b"\t", b"|"):
            if separator in header and b"," not in header:
                return (
                    f" Its columns seem to be separated by {separator.decode()!r}, and only "
                    "commas are read."
                )
    return ""
