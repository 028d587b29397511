"""Memory of columns, estimated from Parquet footers and samples before the files are read.

Values of varying size are looked up in every row group, because the first may hold the
shortest strings. Estimates are rather too high than too low.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.storage import ParquetSource
from smotefast.storage.source_file import READ_BUFFER

# Writers known to cut column chunks into pages of this size. Others may write a chunk as one
# page, which is then read whole.
_PAGE = 1 << 20
_PAGE_ROWS = 1024
_WRITERS_OF_PAGES = ("parquet-cpp", "parquet-mr", "parquet-rs", "polars", "impala")
# Row groups of a file that are sampled besides the widest one, and the size of a sample: the
# first rows, and more up to the second number or so many bytes.
_SAMPLED_GROUPS = 4
_SAMPLE_ROWS = (16, 1_000)
_SAMPLE_BYTES = 4 << 20
# Allocations of a reader are rounded up by this factor; its objects take so many bytes.
_ROUNDING, _READER = 1.25, 10_000
# Writers usually stop dictionary encoding at a megabyte: a dictionary below this is complete.
_COMPLETE = 1 << 19


class _Chunk(NamedTuple):
    """A column's part of a row group."""

    group: int
    n_rows: int
    stored_bytes: int


class ColumnSizes:
    """Memory that the columns of a source take.

    Parameters
    ----------
    source
        The files; all footers are read.
    columns
        Names of the columns.
    sample
        Some of the rows instead of the files, for a source that is not in Parquet yet.
    """

    def __init__(
        self, source: ParquetSource, columns: list[str], sample: pq.ParquetFile | None = None
    ) -> None:
        self._types = {name: source.schema.field(name).type for name in columns}
        self._reader: dict[str, int] = dict.fromkeys(columns, 0)
        self._page = dict(self._reader)
        self._dictionary = dict.fromkeys(columns, 0)
        self._row = {name: fixed_bytes(each) or 0.0 for name, each in self._types.items()}
        stored = [name for name in columns if name not in source.in_paths]
        if sample is not None:
            self._add_file(sample, stored, READ_BUFFER)
        for file in source.files if sample is None else ():
            for name in source.in_paths.intersection(columns):
                self._row[name] = max(self._row[name], len(str(file.partition[name])) * 4 + 5)
            if file.n_rows:
                with file.opened() as parquet:
                    self._add_file(parquet, stored, file.read_buffer)

    def row_bytes(self, columns: Iterable[str]) -> float:
        """Return the bytes of a row, without the entries of dictionaries."""
        return max(sum(self._row[name] for name in columns), 1.0)

    def dictionary_bytes(self, columns: Iterable[str]) -> int:
        """Return the bytes of the largest dictionary of each column, together."""
        return sum(self._dictionary[name] for name in columns)

    def reader_bytes(self, columns: Iterable[str]) -> int:
        """Return what an open file holds for the columns.

        Each column has a buffer, a page as read, and perhaps a dictionary; those that are just
        being read have the page as stored, too. The estimate for 20 columns of 1,000,000
        float32 is 56 MiB; 51 MiB were measured.
        """
        names = list(columns)
        at_once = min(len(names), int(pa.cpu_count()))
        page: int = max((self._page[name] for name in names), default=0)
        return sum(self._reader[name] for name in names) + at_once * page

    def _add_file(self, parquet: pq.ParquetFile, columns: list[str], buffer: int) -> None:
        metadata = parquet.metadata
        groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
        cuts_pages = str(metadata.created_by).lower().startswith(_WRITERS_OF_PAGES)
        for name, leaves in _leaves(metadata, columns).items():
            is_fixed = fixed_bytes(self._types[name]) is not None
            is_category = pa.types.is_dictionary(self._types[name])
            indices: Iterable[int] = range(len(groups))
            if is_fixed and not is_category:  # one row group is enough
                indices = [max(indices, key=lambda group: groups[group].num_rows)]
            chunks = []
            for group in indices:
                if groups[group].num_rows:
                    stored = [groups[group].column(leaf) for leaf in leaves]
                    chunk = _Chunk(group, groups[group].num_rows, _stored_bytes(stored))
                    self._add_reader(name, chunk, stored, cuts_pages, buffer)
                    chunks.append(chunk)
            if is_category:
                largest = _dictionary_bytes(parquet, chunks, name)
                self._dictionary[name] = max(self._dictionary[name], largest)
            elif not is_fixed:
                row = 1.5 * _widest_row(parquet, chunks, name)
                self._row[name] = max(self._row[name], row)

    def _add_reader(
        self, name: str, chunk: _Chunk, stored: list[Any], cuts_pages: bool, buffer: int
    ) -> None:
        pages = [_page_bytes(column, chunk.n_rows, cuts_pages) for column in stored]
        reader = sum(
            _reader_bytes(column, page, buffer)
            for column, page in zip(stored, pages, strict=True)
        )
        self._reader[name] = max(self._reader[name], reader)
        self._page[name] = max(self._page[name], *map(_stored_page_bytes, stored, pages))


def _stored_bytes(columns: list[Any]) -> int:
    return sum(column.total_uncompressed_size for column in columns)


def _page_bytes(column: Any, n_rows: int, cuts_pages: bool) -> int:
    """Return the largest size of a page of a stored column, as read."""
    stored = int(column.total_uncompressed_size)
    # The writer checks the size of a page after so many rows, however wide they are.
    rows = _PAGE_ROWS * stored / n_rows
    return min(stored, int(max(_PAGE, rows))) if cuts_pages else stored


def _stored_page_bytes(column: Any, page: int) -> int:
    """Return the size of a page as stored, which is in memory while it is decompressed."""
    return int(_ROUNDING * min(page, column.total_compressed_size))


def _reader_bytes(column: Any, page: int, buffer: int) -> int:
    """Return what the reader of a stored column holds: a buffer, a page, a dictionary.

    The memory of a page also holds the dictionary as it is read. A chunk of one page and its
    dictionary takes no more than both twice. Allocators round up: 600 columns of 60,000
    float32, each with a dictionary of 240 kB and a page of 117, have 387 MiB allocated and 398
    resident; 4,000 nearly empty columns 33 MiB.
    """
    stored, dictionary = column.total_uncompressed_size, 0
    if column.has_dictionary_page and column.dictionary_page_offset:
        dictionary = max(0, column.data_page_offset - column.dictionary_page_offset)
    data = min(page, stored - min(dictionary, stored))
    pages = min((1 + column.has_dictionary_page) * page, stored + data)
    return int(_ROUNDING * (min(column.total_compressed_size, buffer) + pages)) + _READER


def fixed_bytes(arrow_type: pa.DataType) -> float | None:
    """Return the bytes of a value and its validity bit; None if values vary in size."""
    try:
        return float(arrow_type.bit_width) / 8 + 1 / 8
    except ValueError:
        return None


def _leaves(metadata: Any, names: Iterable[str]) -> dict[str, list[int]]:
    """Return the indices of the stored columns of each column; names may contain dots."""
    exact: dict[str, list[int]] = {}
    nested: dict[str, list[int]] = {}
    for leaf in range(metadata.num_columns):
        path = metadata.schema.column(leaf).path
        exact[path] = [leaf]
        parts = path.split(".")
        for depth in range(1, len(parts)):
            nested.setdefault(".".join(parts[:depth]), []).append(leaf)
    return {name: exact.get(name) or nested.get(name, []) for name in names}


def _sampled(chunks: list[_Chunk], first: _Chunk) -> set[_Chunk]:
    """Return a chunk and a few more, evenly spread over the file."""
    step = max(1, len(chunks) // _SAMPLED_GROUPS)
    return {first, *chunks[::step][:_SAMPLED_GROUPS]}


def _dictionary_bytes(parquet: pq.ParquetFile, chunks: list[_Chunk], name: str) -> int:
    """Return the size of the largest dictionary.

    A small one is complete with the first row. Of a large one a writer may have stored a
    part, and the rest as plain values, which the reader adds to it.
    """
    largest = max(chunks, key=lambda chunk: chunk.stored_bytes)
    read = max(_first_dictionary(parquet, chunk, name) for chunk in _sampled(chunks, largest))
    return read if 0 < read < _COMPLETE else largest.stored_bytes


def _first_dictionary(parquet: pq.ParquetFile, chunk: _Chunk, name: str) -> int:
    """Return the bytes of a row group's dictionary; 0 if it is built from plain values."""
    batch = next(_batches(parquet, chunk, name, 1))
    dictionary = batch.column(0).dictionary
    return int(dictionary.nbytes) if len(dictionary) > 1 else 0


def _batches(
    parquet: pq.ParquetFile, chunk: _Chunk, name: str, n_rows: int
) -> Iterator[pa.RecordBatch]:
    """Read a column of a row group.

    In this thread: Arrow's threads would keep 0 to 18 MiB, by chance, and two processes would
    plan the same job differently.
    """
    yield from parquet.iter_batches(
        n_rows, row_groups=[chunk.group], columns=[name], use_threads=False
    )


def _widest_row(parquet: pq.ParquetFile, chunks: list[_Chunk], name: str) -> float:
    """Return the bytes of the widest row: as stored on average, or as read in samples.

    Strings stored by a dictionary are wider when read.
    """
    widest = max(chunks, key=lambda chunk: chunk.stored_bytes / chunk.n_rows)
    sampled = (_sampled_width(parquet, chunk, name) for chunk in _sampled(chunks, widest))
    return max(widest.stored_bytes / widest.n_rows, *sampled)


def _sampled_width(parquet: pq.ParquetFile, chunk: _Chunk, name: str) -> float:
    """Read the first rows of a row group: a few, and more unless they are wide."""
    few, enough = _SAMPLE_ROWS
    n_rows, n_bytes, width = 0, 0, 0.0
    for batch in _batches(parquet, chunk, name, few):
        n_rows += batch.num_rows
        n_bytes += batch.nbytes
        width = max(width, n_bytes / n_rows)
        if n_rows >= enough or n_bytes >= _SAMPLE_BYTES:
            break
    return width
