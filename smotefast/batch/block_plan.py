"""What a job will occupy, said before it begins, and blocks sized to fit the limit.

The widths of the columns, the rows to gather and the limit flow in; the sizes of blocks
flow out, or an error that says how much would be needed. Everything is counted on top of
what the process occupies when its libraries are loaded and its kernels compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from smotefast.batch.column_sizes import Widths
from smotefast.storage import (
    format_size,
    relax_allocator,
    release_memory,
    resident_bytes,
    uses_jemalloc,
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
    query_rows
        Rows searched for at a time in a batch.
    need
        Resident set to expect at most, in bytes.
    """

    group_rows: int
    group_bytes: int
    batch_rows: int
    query_rows: int
    need: int


class Need(NamedTuple):
    """Bytes of a job besides what streams through.

    Attributes
    ----------
    kept
        Held from the second pass to the end.
    search
        The most that is held besides, while neighbours are found in memory.
    streamed
        What is held besides ``kept`` while all rows stream past those that are searched for,
        without the blocks.
    block_row, query_row
        What each row of a block of the files takes then, and each row that is searched for in
        a block at once.
    n_queries
        Rows of the largest class that is searched for so.
    """

    kept: int
    search: int
    streamed: int = 0
    block_row: int = 0
    query_row: int = 0
    n_queries: int = 0

    def most(self, other: Need) -> Need:
        """Return the larger of each, of searches that run one after the other."""
        return Need(*map(max, self, other))

    def past(self, block_rows: int) -> int:
        """Return what is held besides ``kept`` while blocks of so many rows stream past."""
        at_once = min(block_rows, self.n_queries)
        return self.streamed + self.block_row * block_rows + self.query_row * at_once


def make_plan(
    widths: Widths, columns: list[str], *, n_written: int, need: Need, limit: int
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
    need
        What is held besides the blocks.
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

    def streaming(group_rows: int) -> float:
        # One row group is written while the next is made of batches; in making one, a
        # batch exists as rows, as columns and with its draws. See choose_allocator.
        groups = 2.2 if uses_jemalloc() else 3.2
        batch = min(group_rows, BATCH_ROWS)
        footer = n_written / group_rows * len(columns) * _CHUNK_BYTES
        return row * (groups * group_rows + 3 * batch) + 64 * batch + footer

    def occupied(group_rows: int) -> int:
        past = need.past(min(group_rows, BATCH_ROWS))
        reading = standing + max(past, streaming(group_rows))
        return int(base + need.kept + max(need.search, reading))

    sizes = _group_sizes(row, n_written)
    fitting = next((size for size in sizes if occupied(size) <= limit), None)
    if fitting is None:
        raise MemoryError(
            f"memory_limit={format_size(limit)} is not enough: this job needs about "
            f"{format_size(1.02 * min(map(occupied, sizes)), round_up=True)}, of which "
            f"{format_size(base)} is the program itself. Nothing was written."
        )
    spare = limit - occupied(fitting) - row * fitting - _ROOM
    if spare > 0:
        relax_allocator()
    batch_rows = min(fitting, BATCH_ROWS)
    query_rows = batch_rows + int(max(0, spare) / max(1, need.query_row))
    group_bytes = max(int(row * fitting), _GROUP_BYTES[0])
    return Plan(fitting, group_bytes, batch_rows, query_rows, occupied(fitting))


def _group_sizes(row: float, n_written: int) -> list[int]:
    """Return numbers of rows that a row group may have, the largest first.

    Rows of the smallest are not always the least need: a writer remembers each row group.
    """
    least, most = (
        int(min(max(size / row, _GROUP_ROWS[0]), _GROUP_ROWS[1])) for size in _GROUP_BYTES
    )
    least = min(least, 100_000, n_written)
    sizes = [max(min(most, n_written), least)]
    while sizes[-1] > least:
        sizes.append(max(least, int(sizes[-1] * 0.8)))
    return sizes
