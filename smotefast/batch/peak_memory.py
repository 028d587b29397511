"""Peak of resident memory of a job, as a function of its block sizes.

Everything is added to the resident memory of the process after its libraries and kernels are
loaded.
"""

from __future__ import annotations

from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.memory_needs import MemoryNeed
from smotefast.batch.shuffle_plan import ShuffleNeed
from smotefast.cluster.worker_memory import ProcessMemory, WorkerMemory
from smotefast.kernels import kernels_are_loaded
from smotefast.storage import release_memory, resident_bytes, uses_jemalloc

# What a writer remembers of each column of a row group, until the footer is written.
_CHUNK_BYTES = 1_000
# Bytes of a job for one byte of a dictionary: in the reader (7 to 9), in taking the rows of a
# class (3), in unifying and writing one row group while the next is read. Dictionaries of 31
# and 33 MiB took 14 and 24 times as much.
_DICTIONARY_COPIES = 26
# What allocators keep beyond the memory in use: jemalloc, and others. Peaks of one job, while
# other work kept both cores busy, were 3 MiB apart with jemalloc (8 runs), 24 MiB with mimalloc
# (24 runs).
_ALLOCATOR_SLACK = (16 << 20, 56 << 20)
# Of a copy of a text file: a row group, and what is read ahead, up to 40 MiB. Nine files of
# numbers and texts, also compressed, took 52 to 67 MiB with jemalloc, 83 to 122 with mimalloc.
_COPYING = 72 << 20


def program_bytes() -> int:
    """Return the resident memory, and what allocators may keep besides."""
    return resident_bytes() + _ALLOCATOR_SLACK[not uses_jemalloc()]


def process_memory() -> ProcessMemory:
    """Return what the program takes in this process, before a job."""
    release_memory()
    return ProcessMemory(program_bytes(), kernels_are_loaded())


def copying_bytes() -> int:
    """Return the peak of copying a source that is not Parquet; batches may be larger."""
    return program_bytes() + _COPYING


class PeakMemory:
    """Peak of resident memory as a function of the size of row groups.

    The parameters are those of ``make_plan``.
    """

    def __init__(
        self,
        sizes: ColumnSizes,
        columns: list[str],
        n_written: int,
        need: MemoryNeed,
        shuffle: ShuffleNeed | None,
        *,
        is_written: bool,
        extra_groups: float,
        workers: WorkerMemory,
    ) -> None:
        self.program = max(program_bytes() + workers.more, workers.least)
        self.row_bytes = sizes.row_bytes(columns)
        dictionaries = _DICTIONARY_COPIES * sizes.dictionary_bytes(columns)
        self._reader = sizes.reader_bytes(columns) + dictionaries
        self._n_columns, self._n_written, self._need = len(columns), n_written, need
        self._shuffle = shuffle
        self._chunk_bytes = _CHUNK_BYTES if is_written else 0
        # One row group is written while the next is put together from batches, or several
        # workers do both in turn. An allocator that returns no memory keeps one more.
        self._groups = (2.2 if uses_jemalloc() else 3.2) + extra_groups
        # Of a sample: as a row, as columns, in a batch; its draws; and the rows read for it.
        self.generated_row_bytes = int(3 * self.row_bytes) + 64 + need.read_row

    def more_generated_rows(self, blocks: tuple[int, int], spare: float) -> int:
        """Return by how many rows a block of samples is larger than a batch, for spare memory.

        Of a class of 10,000,000 rows x 20, a sample takes 2 microseconds of processor time in
        blocks of 65,536 and 0.9 in those of 524,288: more rows are near each other.
        """
        group_rows, batch_rows = blocks
        if not self._need.read_row:
            return 0
        fitting = int(max(0.0, spare) / self.generated_row_bytes)
        return max(0, min(group_rows - batch_rows, fitting))

    def of_blocks(self, blocks: tuple[int, int], n_workers: int = 1, run_bytes: int = 0) -> int:
        """Return the peak of searching, reading or writing; see ``of_steps``."""
        return max(self.of_steps(blocks, n_workers, run_bytes).values())

    def of_steps(
        self, blocks: tuple[int, int], n_workers: int, run_bytes: int
    ) -> dict[str, int]:
        """Return the peak of each step.

        ``blocks`` are the rows of a row group and of a batch.
        """
        (_, batch_rows), need = blocks, self._need
        held = self.program + need.gathered
        batches = self.row_bytes * 3 * batch_rows
        searching = self._reader + self._searching(batch_rows)
        writing = self.while_writing(blocks, n_workers, run_bytes)
        return {
            "gathering": int(min(held + self._reader + batches, writing)),
            "searching": int(held + max(need.search, searching)),
            **({} if self._shuffle is None else {"sorting": writing}),
            "writing": writing,
        }

    def while_writing(self, blocks: tuple[int, int], n_workers: int, run_bytes: int) -> int:
        """Return the peak of writing, and of sorting and merging runs of ``run_bytes``."""
        each = self._reader + self._writing(*blocks)
        held = self.program + self._need.gathered
        if self._shuffle is None:
            return int(held + n_workers * each)
        batches = (3 * self.row_bytes + 64) * blocks[1]
        sorting = self._reader + batches + self._shuffle.of_sorting(run_bytes)
        merging = self._writing(*blocks) + self._shuffle.of_merging(run_bytes)
        held += self._shuffle.of_runs(run_bytes)
        return int(held + n_workers * max(sorting, merging))

    def _searching(self, batch_rows: int) -> int:
        """Return the memory of a search while batches stream past the queries."""
        need = self._need
        at_once = min(batch_rows, need.n_queries)
        return need.streaming + need.block_row * batch_rows + need.query * at_once

    def _writing(self, group_rows: int, batch_rows: int) -> float:
        """Return the memory of batches that exist as rows, as columns and with their draws."""
        footer = self._n_written / group_rows * self._n_columns * self._chunk_bytes
        rows = self.row_bytes * self._groups * group_rows
        return rows + self.generated_row_bytes * batch_rows + footer
