"""How much memory columns take, estimated from footers and samples before they are read.

A source flows in; bytes of rows, of dictionaries and of readers flow out. Sizes that vary
from row to row are looked up in every row group, because the first may hold the shortest
texts. Estimates lean to the high side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.storage import ParquetSource
from smotefast.storage.source_file import READ_BUFFER

# Writers known to cut column chunks into pages of this size. Others may make one page of a
# chunk, which is then read whole.
_PAGE = 1 << 20
_PAGE_ROWS = 1024
_CUT_PAGES = ("parquet-cpp", "parquet-mr", "parquet-rs", "polars", "impala")
# Row groups of a file that are sampled besides the widest, and how much of a sample is enough.
_SAMPLES = 4
_SAMPLE_ROWS = (16, 1_000)
_SAMPLE_BYTES = 4 << 20
# What a reader's allocations are rounded up to, and what its objects take.
_ROUNDED, _READER = 1.25, 10_000
# Writers give up dictionaries of a megabyte, as a rule.
_COMPLETE = 1 << 19


class _Chunk(NamedTuple):
    """A column's part of a row group."""

    group: int
    n_rows: int
    stored: int


class Widths:
    """What columns of a source take.

    Parameters
    ----------
    source
        The files; all footers are read.
    columns
        Of which anything will be asked.
    """

    def __init__(self, source: ParquetSource, columns: list[str]) -> None:
        self._kinds = {name: source.schema.field(name).type for name in columns}
        self._reader = dict.fromkeys(columns, 0)
        self._dictionary = dict.fromkeys(columns, 0)
        self._rows = {name: _fixed_width(kind) or 0.0 for name, kind in self._kinds.items()}
        for file in source.files:
            if file.n_rows:
                with file.opened() as parquet:
                    self._look_at(parquet)

    def row_bytes(self, columns: Iterable[str]) -> float:
        """Return the bytes of a row; entries of dictionaries are not in it."""
        return max(sum(self._rows[name] for name in columns), 1.0)

    def dictionary_bytes(self, columns: Iterable[str]) -> int:
        """Return the bytes of the largest dictionary of each column, together."""
        return sum(self._dictionary[name] for name in columns)

    def reader_bytes(self, columns: Iterable[str]) -> int:
        """Return what the columns of an open file hold.

        Each has a buffer, a page as stored and as read, and perhaps a dictionary. For 20
        columns of float32 this comes to 62 MiB, and 61 MiB were measured.
        """
        return sum(self._reader[name] for name in columns)

    def _look_at(self, parquet: pq.ParquetFile) -> None:
        metadata = parquet.metadata
        groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
        sizes = [group.num_rows for group in groups]
        cuts_pages = str(metadata.created_by).lower().startswith(_CUT_PAGES)
        for name, leaves in _leaves(metadata, self._kinds).items():
            is_fixed = _fixed_width(self._kinds[name]) is not None
            is_category = pa.types.is_dictionary(self._kinds[name])
            # A fixed width needs a look at one row group only.
            some = range(len(groups)) if is_category or not is_fixed else [_largest(sizes)]
            found = []
            for place in some:
                if sizes[place]:
                    columns = [groups[place].column(leaf) for leaf in leaves]
                    found.append(self._note(name, place, sizes[place], columns, cuts_pages))
            if is_category:
                largest = _dictionary_bytes(parquet, found, name)
                self._dictionary[name] = max(self._dictionary[name], largest)
            elif not is_fixed:
                width = 1.5 * _varying_width(parquet, found, name)
                self._rows[name] = max(self._rows[name], width)

    def _note(
        self, name: str, place: int, n_rows: int, columns: list[Any], cuts_pages: bool
    ) -> _Chunk:
        """Keep the largest reader; return the chunk."""
        stored = sum(column.total_uncompressed_size for column in columns)
        reader = sum(_reader_bytes(column, n_rows, cuts_pages) for column in columns)
        self._reader[name] = max(self._reader[name], reader)
        return _Chunk(place, n_rows, stored)


def _reader_bytes(column: Any, n_rows: int, cuts_pages: bool) -> int:
    """Return what the reader of a stored column holds: a buffer, a page twice, a dictionary.

    A chunk of one page and its dictionary holds no more than both. Allocators round up: 600
    columns of 60,000 float32, each with a dictionary of 240 kB and a page of 117, have 354 MiB
    allocated and 435 resident; 4,000 columns of next to nothing 33 MiB.
    """
    stored = column.total_uncompressed_size
    # The size is looked at after so many rows, however wide they are.
    rows = _PAGE_ROWS * stored / n_rows
    page = min(stored, int(max(_PAGE, rows))) if cuts_pages else stored
    dictionary = 0
    if column.has_dictionary_page and column.dictionary_page_offset:
        dictionary = max(0, column.data_page_offset - column.dictionary_page_offset)
    data = min(page, stored - min(dictionary, stored))
    pages = min((2 + column.has_dictionary_page) * page, stored + data)
    return int(_ROUNDED * (min(column.total_compressed_size, READ_BUFFER) + pages)) + _READER


def _fixed_width(kind: pa.DataType) -> float | None:
    """Return the bytes of a value and its validity; None where they vary."""
    try:
        return float(kind.bit_width) / 8 + 1 / 8
    except ValueError:
        return None


def _leaves(metadata: Any, names: Iterable[str]) -> dict[str, list[int]]:
    """Return which stored columns belong to each column; names may hold dots."""
    exact: dict[str, list[int]] = {}
    within: dict[str, list[int]] = {}
    for place in range(metadata.num_columns):
        path = metadata.schema.column(place).path
        exact[path] = [place]
        parts = path.split(".")
        for depth in range(1, len(parts)):
            within.setdefault(".".join(parts[:depth]), []).append(place)
    return {name: exact.get(name) or within.get(name, []) for name in names}


def _largest(sizes: list[int]) -> int:
    return max(range(len(sizes)), key=sizes.__getitem__)


def _some(chunks: list[_Chunk], first: _Chunk) -> set[_Chunk]:
    """Return a chunk and a few more from all over the file."""
    return {first, *chunks[:: max(1, len(chunks) // _SAMPLES)][:_SAMPLES]}


def _dictionary_bytes(parquet: pq.ParquetFile, chunks: list[_Chunk], name: str) -> int:
    """Return the size of the largest dictionary.

    A small one is complete with the first row. Of a large one a writer may have stored a
    part, and the rest as plain values, which the reader adds to it.
    """
    largest = max(chunks, key=lambda chunk: chunk.stored)
    read = max(_first_dictionary(parquet, one, name) for one in _some(chunks, largest))
    return read if 0 < read < _COMPLETE else largest.stored


def _first_dictionary(parquet: pq.ParquetFile, chunk: _Chunk, name: str) -> int:
    """Return the bytes of a row group's dictionary; 0 if it is built from plain values."""
    batch = next(_batches_of(parquet, chunk, name, 1))
    dictionary = batch.column(0).dictionary
    return int(dictionary.nbytes) if len(dictionary) > 1 else 0


def _batches_of(
    parquet: pq.ParquetFile, chunk: _Chunk, name: str, n_rows: int
) -> Iterator[pa.RecordBatch]:
    """Read a column of a row group.

    In this thread: Arrow's threads would keep 0 to 18 MiB, by chance, and two processes would
    plan the same job differently.
    """
    yield from parquet.iter_batches(
        n_rows, row_groups=[chunk.group], columns=[name], use_threads=False
    )


def _varying_width(parquet: pq.ParquetFile, chunks: list[_Chunk], name: str) -> float:
    """Return the bytes of a row where it is widest: as stored, or as read in samples.

    Texts stored by a dictionary are wider when read.
    """
    widest = max(chunks, key=lambda chunk: chunk.stored / chunk.n_rows)
    sampled = (_sampled_width(parquet, one, name) for one in _some(chunks, widest))
    return max(widest.stored / widest.n_rows, *sampled)


def _sampled_width(parquet: pq.ParquetFile, chunk: _Chunk, name: str) -> float:
    """Read the first rows of a row group: few, and more unless they are wide."""
    few, enough = _SAMPLE_ROWS
    n_rows, n_bytes, width = 0, 0, 0.0
    for batch in _batches_of(parquet, chunk, name, few):
        n_rows += batch.num_rows
        n_bytes += batch.nbytes
        width = max(width, n_bytes / n_rows)
        if n_rows >= enough or n_bytes >= _SAMPLE_BYTES:
            break
    return width
