"""What a job will occupy, said before it begins, and blocks sized to fit the limit.

The source's layout, the rows to gather and the limit flow in; the sizes of blocks flow
out, or an error that says how much would be needed. Everything is counted on top of what
the process occupies when its libraries are loaded and its kernels compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.storage import (
    ParquetSource,
    allocator_returns,
    format_size,
    relax_allocator,
    release_memory,
    resident_bytes,
)
from smotefast.storage.source import READ_BUFFER

# Row groups aim at the second size, and are cut down to the first where memory is short:
# larger ones save nothing, smaller ones cost readers.
_GROUP_BYTES = (8 << 20, 48 << 20)
_GROUP_ROWS = (1_000, 1_000_000)
# What a writer remembers of each column of a row group, until the footer is written.
_CHUNK_BYTES = 1_000
_BATCH_ROWS = 1 << 16
# What allocators keep beyond what is in use.
_SLACK = 32 << 20
# With so much to spare, and a row group, allocators may be lazy.
_ROOM = 128 << 20
_PAGE = 1 << 20  # of a column chunk, as most writers cut them


@dataclass(frozen=True)
class Plan:
    """Sizes that keep a job under its limit.

    Attributes
    ----------
    group_rows
        Rows of a row group of the destination.
    batch_rows
        Rows read or made at a time.
    need
        Resident set to expect at most, in bytes.
    """

    group_rows: int
    batch_rows: int
    need: int


def make_plan(
    source: ParquetSource,
    columns: list[str],
    *,
    n_written: int,
    kept: int,
    search: int,
    limit: int,
) -> Plan:
    """Size the blocks.

    Parameters
    ----------
    source, columns
        What will be read.
    n_written
        Rows of the destination at most.
    kept
        Bytes held from the second pass to the end: class rows and their neighbours.
    search
        Bytes held while neighbours are being searched, besides.
    limit
        Bytes the process may occupy.

    Raises
    ------
    MemoryError
        If it does not fit; the message says what would.
    """
    release_memory()
    base = resident_bytes() + _SLACK
    row = row_bytes(source, columns)
    reader = _reader_bytes(source, columns)

    def streaming(group_rows: int) -> int:
        # One row group is written while the next is made of batches; in making one, a
        # batch exists as rows, as columns and with its draws. See choose_allocator.
        groups = 2.2 if allocator_returns() else 3.2
        batch = min(group_rows, _BATCH_ROWS)
        footer = n_written / group_rows * len(columns) * _CHUNK_BYTES
        return int(reader + row * (groups * group_rows + 3 * batch) + 64 * batch + footer)

    def need(group_rows: int) -> int:
        return base + kept + max(search, streaming(group_rows))

    least, wanted = (
        int(min(max(size / row, _GROUP_ROWS[0]), _GROUP_ROWS[1])) for size in _GROUP_BYTES
    )
    least = min(least, 100_000)
    if need(least) > limit:
        raise MemoryError(
            f"memory_limit={format_size(limit)} is not enough: this job needs about "
            f"{format_size(1.02 * need(least))}, of which "
            f"{format_size(base)} is the program itself. Nothing was written."
        )
    group_rows = max(min(wanted, n_written), least)
    while need(group_rows) > limit:
        group_rows = max(least, int(group_rows * 0.8))
    if need(group_rows) + row * group_rows + _ROOM < limit:
        relax_allocator()
    return Plan(group_rows, min(group_rows, _BATCH_ROWS), need(group_rows))


def row_bytes(source: ParquetSource, columns: list[str]) -> float:
    """Return how many bytes a row takes in memory, estimated high.

    Fixed widths are known; what varies (texts, lists) is measured on the first rows and
    in the footer, and the larger counts, with a half more for rows that differ.
    """
    widths, varying = 0.0, []
    for name in columns:
        kind = source.schema.field(name).type
        try:
            widths += kind.bit_width / 8 + 1 / 8
        except ValueError:
            varying.append(name)
    if varying:
        sample = next(source.batches(varying, 1_000))
        measured = sample.nbytes / max(sample.num_rows, 1)
        widths += 1.5 * max(measured, _stored_bytes(source, varying))
    return max(widths, 1.0)


def _stored_bytes(source: ParquetSource, columns: list[str]) -> float:
    rows, stored = 0, 0
    for chunk, n_rows in _chunks(source, columns):
        rows = max(rows, n_rows)
        stored += chunk.total_uncompressed_size
    return stored / max(rows, 1)


def _reader_bytes(source: ParquetSource, columns: list[str]) -> int:
    """Return what the columns of an open file hold.

    Each has a buffer, a page as stored and as read, and perhaps a dictionary. For 20
    columns of float32 this comes to 62 MiB, and 61 MiB were measured.
    """
    return sum(
        min(chunk.total_compressed_size, READ_BUFFER)
        + 2 * min(chunk.total_uncompressed_size, _PAGE)
        + min(chunk.total_uncompressed_size, _PAGE) * bool(chunk.has_dictionary_page)
        for chunk, _ in _chunks(source, columns)
    )


def _chunks(source: ParquetSource, columns: list[str]) -> list[tuple[Any, int]]:
    """Return the column chunks of the first row group, with its number of rows."""
    wanted = set(columns)
    file = next(file for file in source.files if file.n_rows)
    with pq.ParquetFile(file.path) as parquet:
        group = parquet.metadata.row_group(0)
        chunks = [group.column(i) for i in range(group.num_columns)]
        return [
            (chunk, group.num_rows)
            for chunk in chunks
            if chunk.path_in_schema in wanted or chunk.path_in_schema.split(".")[0] in wanted
        ]


def schema_of(source: ParquetSource, columns: list[str]) -> pa.Schema:
    """Return the schema of the destination: fields and metadata of the source."""
    fields = [source.schema.field(name) for name in columns]
    return pa.schema(fields, metadata=source.schema.metadata)
