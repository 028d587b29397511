"""Block sizes that keep a job under its memory limit, or the error that names the need.

Everything is added to the resident memory of the process after its libraries and kernels are
loaded.
"""

from __future__ import annotations

from dataclasses import dataclass

from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.memory_needs import MemoryNeed
from smotefast.storage import (
    format_size,
    relax_allocator,
    release_memory,
    resident_bytes,
    uses_jemalloc,
)

# Row groups aim at the larger size, and shrink to the smaller one where memory is short: larger
# groups save nothing, smaller ones cost readers.
_GROUP_BYTES = (8 << 20, 48 << 20)
_GROUP_ROWS = (16, 1_000_000)
# What a writer remembers of each column of a row group, until the footer is written.
_CHUNK_BYTES = 1_000
BATCH_ROWS = 1 << 16
# Bytes of a job for one byte of a dictionary: in the reader (7 to 9), in taking the rows of a
# class (3), in unifying and writing one row group while the next is read. Dictionaries of 31
# and 33 MiB took 14 and 24 times as much.
_DICTIONARY_COPIES = 26
# What allocators keep beyond the memory in use. Peaks of one job, run 24 times while other work
# kept both cores busy, were 24 MiB apart.
_ALLOCATOR_SLACK = 56 << 20
# With so much to spare besides a row group, allocators may return memory later.
_PLENTY = 128 << 20


@dataclass(frozen=True)
class Plan:
    """Block sizes that keep a job under its limit.

    Attributes
    ----------
    group_rows
        Largest number of rows of a row group of the output.
    group_bytes
        Largest size of a row group in memory: rows may be wider than was estimated.
    batch_rows
        Rows to read or generate at a time.
    query_rows
        Queries to search at a time.
    pool_rows
        Rows to search at a time for them, if more than a batch.
    n_workers
        Parts to write at a time.
    peak_bytes
        Expected peak of resident memory.
    """

    group_rows: int
    group_bytes: int
    batch_rows: int
    query_rows: int
    pool_rows: int
    n_workers: int
    peak_bytes: int


def make_plan(
    sizes: ColumnSizes,
    columns: list[str],
    *,
    n_written: int,
    need: MemoryNeed,
    limit: int,
    n_workers: int = 1,
    group_rows: int | None = None,
    row_group_size: int | None = None,
    extra_groups: float = 0.0,
) -> Plan:
    """Choose the block sizes.

    Parameters
    ----------
    sizes
        Memory of the columns of the source.
    columns
        Names of the columns to read.
    n_written
        Largest number of rows of the output.
    need
        Memory besides the blocks.
    limit
        Largest resident memory of the process, in bytes.
    n_workers
        Parts to write at a time, if the largest row groups fit then.
    group_rows
        Rows of a row group that an earlier run chose; used if it fits.
    row_group_size
        Rows of a row group that the user chose; there is no other choice.
    extra_groups
        Row groups that a part holds besides those that are read and written.

    Raises
    ------
    MemoryError
        If the job does not fit; the message names a limit that is enough.
    """
    release_memory()
    peak = _Peak(sizes, columns, n_written, need, extra_groups)
    candidates = _block_sizes(peak.row_bytes, n_written, group_rows, row_group_size)
    choices = [(candidates[0], n) for n in range(n_workers, 1, -1)]
    choices += [(candidate, 1) for candidate in candidates]
    blocks, n_at_once = next(
        (choice for choice in choices if peak.of_blocks(*choice) <= limit), (None, 1)
    )
    if blocks is None:
        least = 1.02 * min(map(peak.of_blocks, candidates))
        raise MemoryError(_too_much(limit, least, peak.program, row_group_size))
    fitting, batch_rows = blocks
    expected = peak.of_blocks(blocks, n_at_once)
    spare = limit - expected - peak.row_bytes * fitting - _PLENTY
    if spare > 0:
        relax_allocator()
    query_rows, pool_rows = _search_sizes(need, batch_rows, n_written, max(0, spare))
    group_bytes = max(int(peak.row_bytes * fitting), _GROUP_BYTES[0])
    return Plan(fitting, group_bytes, batch_rows, query_rows, pool_rows, n_at_once, expected)


def _search_sizes(
    need: MemoryNeed, batch_rows: int, n_written: int, spare: float
) -> tuple[int, int]:
    """Return the queries and the rows to search at a time in a search of all rows.

    Half of the spare memory is for more queries than the rows of a batch, as far as there are
    any; the rest is for more rows.
    """
    more_queries = max(0, min(need.n_queries - batch_rows, int(spare / 2 / max(1, need.query))))
    spare -= more_queries * need.query
    more_rows = int(min(n_written, spare / max(1, need.block_row)))
    return batch_rows + more_queries, batch_rows + more_rows


class _Peak:
    """Peak of resident memory as a function of the size of row groups."""

    def __init__(
        self,
        sizes: ColumnSizes,
        columns: list[str],
        n_written: int,
        need: MemoryNeed,
        extra_groups: float,
    ) -> None:
        self.program = resident_bytes() + _ALLOCATOR_SLACK
        self.row_bytes = sizes.row_bytes(columns)
        dictionaries = _DICTIONARY_COPIES * sizes.dictionary_bytes(columns)
        self._reader = sizes.reader_bytes(columns) + dictionaries
        self._n_columns, self._n_written, self._need = len(columns), n_written, need
        # One row group is written while the next is put together from batches, or several
        # workers do both in turn. An allocator that returns no memory keeps one more.
        self._groups = (2.2 if uses_jemalloc() else 3.2) + extra_groups

    def of_blocks(self, blocks: tuple[int, int], n_workers: int = 1) -> int:
        """Return the peak of searching, reading or writing.

        ``blocks`` are the rows of a row group and of a batch.
        """
        (group_rows, batch_rows), need = blocks, self._need
        searching = self._reader + self._searching(batch_rows)
        writing = n_workers * (self._reader + self._writing(group_rows, batch_rows))
        return int(self.program + need.gathered + max(need.search, searching, writing))

    def _searching(self, batch_rows: int) -> int:
        """Return the memory of a search while batches stream past the queries."""
        need = self._need
        at_once = min(batch_rows, need.n_queries)
        return need.streaming + need.block_row * batch_rows + need.query * at_once

    def _writing(self, group_rows: int, batch_rows: int) -> float:
        """Return the memory of batches that exist as rows, as columns and with their draws."""
        footer = self._n_written / group_rows * self._n_columns * _CHUNK_BYTES
        rows = self._groups * group_rows + 3 * batch_rows
        return self.row_bytes * rows + 64 * batch_rows + footer


def _too_much(limit: int, least: float, program: int, row_group_size: int | None) -> str:
    message = (
        f"memory_limit={format_size(limit)} is not enough: this job needs about "
        f"{format_size(least, round_up=True)}, of which {format_size(program)} is the program "
        "itself. Nothing was written."
    )
    if row_group_size is not None:
        message += f" It may need less with another size than row_group_size={row_group_size}."
    return message


def _block_sizes(
    row_bytes: float, n_written: int, group_rows: int | None, row_group_size: int | None
) -> list[tuple[int, int]]:
    """Return rows of a row group and of a batch that a job may have, the best first.

    Batches are as large as the row groups would be without ``row_group_size``: with batches of
    one row, a job would take days.
    """
    sizes = _group_sizes(row_bytes, n_written)
    if row_group_size is not None:
        group = min(row_group_size, max(1, n_written))
        return [(group, min(rows, BATCH_ROWS)) for rows in sizes]
    if group_rows is not None:
        sizes = [group_rows, *sizes]
    return [(rows, min(rows, BATCH_ROWS)) for rows in sizes]


def _group_sizes(row_bytes: float, n_written: int) -> list[int]:
    """Return numbers of rows that a row group may have, the largest first.

    The smallest groups do not always need least memory: a writer remembers each row group.
    """
    least, most = (
        int(min(max(size / row_bytes, _GROUP_ROWS[0]), _GROUP_ROWS[1])) for size in _GROUP_BYTES
    )
    least = min(least, 100_000, n_written)
    sizes = [max(min(most, n_written), least)]
    while sizes[-1] > least:
        sizes.append(max(least, int(sizes[-1] * 0.8)))
    return sizes
