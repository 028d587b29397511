"""What a job will occupy, said before it begins, and blocks sized to fit the limit.

The widths of the columns, the rows to gather and the limit flow in; the sizes of blocks
flow out, or an error that says how much would be needed. Everything is counted on top of
what the process occupies when its libraries are loaded and its kernels compiled.
"""

from __future__ import annotations

from dataclasses import dataclass

from smotefast.batch.widths import Widths
from smotefast.storage import (
    allocator_returns,
    format_size,
    relax_allocator,
    release_memory,
    resident_bytes,
)

# Row groups aim at the second size, and are cut down to the first where memory is short:
# larger ones save nothing, smaller ones cost readers.
_GROUP_BYTES = (8 << 20, 48 << 20)
_GROUP_ROWS = (16, 1_000_000)
# What a writer remembers of each column of a row group, until the footer is written.
_CHUNK_BYTES = 1_000
BATCH_ROWS = 1 << 16
# What a job takes for one byte of a dictionary: in the reader (7 to 9), in taking the rows of
# a class (3), in unifying and writing one row group while the next is read. Dictionaries of
# 31 and 33 MiB took 14 and 24 times as much.
_DICTIONARIES = 26
# What allocators keep beyond what is in use. Peaks of one job, run 24 times while other work
# kept both cores busy, were 24 MiB apart.
_SLACK = 56 << 20
# With so much to spare, and a row group, allocators may be lazy.
_ROOM = 128 << 20


@dataclass(frozen=True)
class Plan:
    """Sizes that keep a job under its limit.

    Attributes
    ----------
    group_rows
        Rows of a row group of the destination, at most.
    group_bytes
        Bytes of a row group in memory, at most: rows may be wider than was estimated.
    batch_rows
        Rows read or made at a time.
    need
        Resident set to expect at most, in bytes.
    """

    group_rows: int
    group_bytes: int
    batch_rows: int
    need: int


def make_plan(
    widths: Widths,
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
    widths
        Of the source.
    columns
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
    row = widths.row_bytes(columns)
    standing = widths.reader_bytes(columns) + _DICTIONARIES * widths.dictionary_bytes(columns)

    def streaming(group_rows: int) -> int:
        # One row group is written while the next is made of batches; in making one, a
        # batch exists as rows, as columns and with its draws. See choose_allocator.
        groups = 2.2 if allocator_returns() else 3.2
        batch = min(group_rows, BATCH_ROWS)
        footer = n_written / group_rows * len(columns) * _CHUNK_BYTES
        return int(standing + row * (groups * group_rows + 3 * batch) + 64 * batch + footer)

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
    group_bytes = max(int(row * group_rows), _GROUP_BYTES[0])
    return Plan(group_rows, group_bytes, min(group_rows, BATCH_ROWS), need(group_rows))
