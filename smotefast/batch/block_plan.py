"""Block sizes that keep a job under its memory limit, or the error that names the need."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import NamedTuple

from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.memory_needs import MemoryNeed
from smotefast.batch.peak_memory import PeakMemory, copying_bytes, program_bytes
from smotefast.batch.shuffle_plan import ShuffleNeed, ShuffleSizes
from smotefast.cluster.worker_memory import WorkerMemory
from smotefast.storage import (
    format_size,
    process_spread,
    relax_allocator,
    release_memory,
    release_often,
)

# Row groups aim at the larger size, and shrink to the smaller one where memory is short: larger
# groups save nothing, smaller ones cost readers.
_GROUP_BYTES = (8 << 20, 48 << 20)
_GROUP_ROWS = (16, 1_000_000)
# Rows of a batch, and where memory is short.
BATCH_ROWS, _FEWEST_BATCH_ROWS = 1 << 16, 1 << 14
# With so much to spare besides a row group, allocators may return memory later.
_PLENTY = 128 << 20
_NO_WORKERS = WorkerMemory()


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
        Rows to read at a time.
    generated_rows
        Samples to generate at a time: more than a batch if their rows are read from files.
    query_rows
        Queries to search at a time.
    pool_rows
        Rows to search at a time for them, if more than a batch.
    n_workers
        Parts to write at a time.
    peak_bytes
        Expected peak of resident memory.
    program_bytes
        What the program itself takes of it.
    least_bytes
        The lowest limit that is enough.
    step_bytes
        Peak of each step that handles rows.
    shuffle
        Sizes of the sort of a shuffled output; None for the source order.
    """

    group_rows: int
    group_bytes: int
    batch_rows: int
    generated_rows: int
    query_rows: int
    pool_rows: int
    n_workers: int
    peak_bytes: int
    program_bytes: int
    least_bytes: int
    step_bytes: dict[str, int]
    shuffle: ShuffleSizes | None = None


class MemoryLimitError(MemoryError):
    """The limit is not enough; ``least_bytes`` would be, if it is not 0."""

    def __init__(self, message: str, least_bytes: int = 0) -> None:
        super().__init__(message)
        self.least_bytes = least_bytes


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
    shuffle: ShuffleNeed | None = None,
    run_bytes: int | None = None,
    is_written: bool = True,
    extra_groups: float = 0.0,
    workers: WorkerMemory = _NO_WORKERS,
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
    shuffle
        Rows to shuffle; None for the source order.
    run_bytes
        Size of the runs to sort that an earlier run chose; used if it fits.
    is_written
        Whether row groups are written to files. If not, they are blocks of batches for the
        caller, who calls ``row_group_size`` ``batch_rows``, and nothing is remembered of them.
    extra_groups
        Row groups that a part holds besides those that are read and written.
    workers
        Memory of the program on the workers of a cluster.

    Raises
    ------
    MemoryLimitError
        If the job does not fit; the message names a limit that is enough.
    """
    release_memory()
    peak = PeakMemory(
        sizes,
        columns,
        n_written,
        need,
        shuffle,
        is_written=is_written,
        extra_groups=extra_groups,
        workers=workers,
    )
    candidates = _block_sizes(peak.row_bytes, n_written, group_rows, row_group_size)
    if not is_written:
        candidates = [_block_of_batches(rows, row_group_size) for _, rows in candidates]
    runs = _run_sizes(shuffle, run_bytes)
    least = min(peak.of_blocks(each, 1, run) for each in candidates for run in runs)
    least += process_spread()
    choice = _first_fitting(peak, candidates, runs, n_workers, limit)
    if choice is None:
        name = "row_group_size" if is_written else "batch_rows"
        given = None if row_group_size is None else f"{name}={row_group_size}"
        raise MemoryLimitError(_too_much(limit, least, peak.program, given), least)
    sort = None
    if shuffle is not None:
        sort = shuffle.sizes(choice.run_bytes, limit - peak.while_writing(*choice))
    return _plan_of(choice, peak, need, sort, n_written, limit, least)


class _Choice(NamedTuple):
    """Rows of a row group and of a batch, parts to write at a time, and size of a run."""

    blocks: tuple[int, int]
    n_workers: int
    run_bytes: int


def _first_fitting(
    peak: PeakMemory,
    candidates: list[tuple[int, int]],
    runs: list[int],
    n_workers: int,
    limit: int,
) -> _Choice | None:
    """Return the first choice below the limit: the largest blocks with all workers first."""
    choices = [(candidates[0], n) for n in range(n_workers, 1, -1)]
    choices += [(candidate, 1) for candidate in candidates]
    for choice, run in itertools.product(choices, runs):
        if peak.of_blocks(*choice, run) <= limit:
            return _Choice(*choice, run)
    return None


def _plan_of(
    choice: _Choice,
    peak: PeakMemory,
    need: MemoryNeed,
    sort: ShuffleSizes | None,
    n_written: int,
    limit: int,
    least: int,
) -> Plan:
    """Return the plan of a choice: what is to spare is for more queries, rows and samples."""
    (group_rows, batch_rows), n_workers, _ = choice
    expected = peak.of_blocks(*choice)
    spare = limit - expected - peak.row_bytes * group_rows - _PLENTY
    kept = 0
    if sort is not None:
        kept = min(sort.kept_bytes, sort.total_bytes)
        expected = max(expected, peak.while_writing(*choice) + kept)
    if spare > kept:
        relax_allocator()
    else:
        release_often()
    steps = peak.of_steps(*choice)
    more_rows = peak.more_generated_rows(choice.blocks, (spare - kept) / n_workers)
    steps["writing"] += n_workers * more_rows * peak.generated_row_bytes
    query_rows, pool_rows = _search_sizes(need, batch_rows, n_written, max(0, spare))
    return Plan(
        group_rows,
        max(int(peak.row_bytes * group_rows), _GROUP_BYTES[0]),
        batch_rows,
        batch_rows + more_rows,
        query_rows,
        pool_rows,
        n_workers,
        max(expected, steps["writing"]),
        peak.program,
        least,
        steps,
        sort,
    )


def _run_sizes(shuffle: ShuffleNeed | None, run_bytes: int | None) -> list[int]:
    """Return sizes that a sorted run may have, the best first; 0 without sorting."""
    if shuffle is None:
        return [0]
    return [*([] if run_bytes is None else [run_bytes]), *shuffle.run_sizes()]


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


def check_copying(limit: int) -> None:
    """Raise MemoryLimitError if a source cannot be copied to Parquet within a limit."""
    release_memory()
    needed = copying_bytes()
    if needed > limit:
        needed += process_spread()
        message = _too_much(limit, needed, program_bytes(), None, "copying the source")
        raise MemoryLimitError(
            f"{message} Other steps may need more; a plan says how much.", needed
        )


def _too_much(
    limit: int, least: float, program: int, given: str | None, what: str = "this job"
) -> str:
    message = (
        f"memory_limit={format_size(limit)} is not enough: {what} needs about "
        f"{format_size(least, round_up=True)}, of which {format_size(program)} is the program "
        "itself. No output was written."
    )
    if given is not None:
        message += f" It may need less with another size than {given}."
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
        return [(group, min(rows, BATCH_ROWS)) for rows in [*sizes, _FEWEST_BATCH_ROWS]]
    if group_rows is not None:
        sizes = [group_rows, *sizes]
    batches = [(rows, min(rows, BATCH_ROWS)) for rows in sizes]
    return [*batches, (sizes[-1], min(sizes[-1], _FEWEST_BATCH_ROWS))]


def _block_of_batches(read_rows: int, batch_rows: int | None) -> tuple[int, int]:
    """Return the rows of a block of whole batches, and the rows to read at a time.

    By default a block is one batch. Small batches are cut from blocks of the usual size: each
    block takes several calls of Python for each column.
    """
    if batch_rows is None:
        return read_rows, read_rows
    block = batch_rows * max(1, read_rows // batch_rows)
    return block, min(read_rows, block)


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
