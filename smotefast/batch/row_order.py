"""The order of the rows of an output: that of the source, or a random one."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import chain
from typing import Protocol

import pyarrow as pa

from smotefast.batch.arguments import Arguments
from smotefast.batch.external_sort import (
    MergedRuns,
    RunTask,
    RunWriter,
    finished_runs,
    sort_in_runs,
)
from smotefast.batch.shuffle_keys import ShuffleKeys, shuffle_seed
from smotefast.batch.shuffle_plan import ShuffleSizes
from smotefast.batch.tasks import Part, ShuffledRows, Task, group_into_parts
from smotefast.batch.writing import RowGroups
from smotefast.report import Progress
from smotefast.storage import Journal, PeakMemory, Workspace
from smotefast.storage.sorted_runs import SortedRun


class RowOrder(Protocol):
    """The parts of an output, and their rows.

    Attributes
    ----------
    schema
        Of the rows.
    layout
        What the bytes of a part follow from, besides the job and its row groups.
    scratch_bytes
        Size of the temporary files.
    """

    schema: pa.Schema
    layout: Sequence[int]
    scratch_bytes: int

    def parts(self, tasks: Sequence[Task], part_rows: int, *, is_folder: bool) -> list[Part]:
        """Return the parts; ``tasks`` are those of all rows in the source order."""
        ...

    def sort(
        self, tasks: Sequence[Task], n_workers: int, progress: Progress, peak: PeakMemory
    ) -> None:
        """Do what comes before the first part is written."""
        ...

    def of_part(self, part: Part) -> Generator[pa.Table, None, None]:
        """Yield the row groups of a part."""
        ...


class SourceOrder:
    """The originals in their order, then the synthetic samples."""

    layout: Sequence[int] = ()
    scratch_bytes = 0

    def __init__(self, groups: RowGroups) -> None:
        self._groups, self.schema = groups, groups.output_schema

    def parts(self, tasks: Sequence[Task], part_rows: int, *, is_folder: bool) -> list[Part]:
        """Return the parts; ``tasks`` are those of all rows in the source order."""
        return group_into_parts(tasks, part_rows, is_folder=is_folder)

    def sort(
        self, tasks: Sequence[Task], n_workers: int, progress: Progress, peak: PeakMemory
    ) -> None:
        """Do nothing: rows are read or generated in this order."""

    def of_part(self, part: Part) -> Generator[pa.Table, None, None]:
        """Yield the row groups of a part."""
        return self._groups.of_part(part)


class ShuffledOrder:
    """The order of the random keys of the rows. A part is a range of keys.

    Parameters
    ----------
    groups
        The rows in the source order.
    keys
        Their keys.
    n_rows
        Number of all rows.
    sizes
        Of the sort.
    folder
        Of the job.
    journal
        Where sorted runs are recorded; None if no other run goes on from them.
    """

    def __init__(
        self,
        groups: RowGroups,
        keys: ShuffleKeys,
        n_rows: int,
        sizes: ShuffleSizes,
        folder: str,
        journal: Journal | None,
    ) -> None:
        self._groups, self.schema = groups, groups.output_schema
        self._keys, self._n_rows = keys, n_rows
        self._sizes, self._folder, self._journal = sizes, folder, journal
        self._runs: list[SortedRun] = []
        self.layout: Sequence[int] = (sizes.run_bytes, sizes.range_bytes)
        self.scratch_bytes = 0

    def parts(self, tasks: Sequence[Task], part_rows: int, *, is_folder: bool) -> list[Part]:
        """Return parts of equal size, of at most ``part_rows`` rows; a file has one part."""
        n_rows = self._n_rows
        n_parts = max(1, -(-n_rows // part_rows)) if is_folder else 1
        edges = [n_rows * i // n_parts for i in range(n_parts + 1)]
        return [
            Part(i, (ShuffledRows(edges[i], edges[i + 1] - edges[i], first, last),))
            for i, (first, last) in enumerate(self._keys.ranges(n_rows, n_parts))
        ]

    def sort(
        self, tasks: Sequence[Task], n_workers: int, progress: Progress, peak: PeakMemory
    ) -> None:
        """Sort the rows in runs, except for those that an earlier run of the job sorted."""
        row_bytes = max(1.0, self._sizes.total_bytes / max(1, self._n_rows))
        run_rows = max(1, int(self._sizes.run_bytes / row_bytes))
        groups = group_into_parts(tasks, run_rows, is_folder=True)
        todo = [RunTask(group.number, group.tasks) for group in groups if group.tasks]
        writer = RunWriter(self._groups, self._keys, self._n_rows, self._sizes, self._folder)
        progress.phase("sorting", self._n_rows)

        def report(n_rows: int) -> None:
            progress.advance(n_rows)
            peak.sample()

        finished = finished_runs(todo, writer, self._journal)
        progress.skip(sum(run.n_rows for runs in finished.values() for run in runs))
        self._runs = sort_in_runs(todo, finished, writer, self._journal, n_workers, report)
        self.scratch_bytes = sum(run.file_bytes for run in self._runs)

    @property
    def merged(self) -> MergedRuns:
        """The sorted rows."""
        return MergedRuns(self._runs, self.schema, self._sizes.range_bytes)

    def of_part(self, part: Part) -> Generator[pa.Table, None, None]:
        """Yield the row groups of a part."""
        merged = self.merged
        tasks = [task for task in part.tasks if isinstance(task, ShuffledRows)]
        return self._groups.of_batches(chain.from_iterable(map(merged.batches, tasks)))


def keys_of(arguments: Arguments) -> ShuffleKeys | None:
    """Return the keys of a shuffled output, or None; call it before a sampler draws.

    Their seed is that of the first sampler that has one.
    """
    if arguments.order == "source":
        return None
    over_sampler, selector = arguments.steps
    generates = bool(over_sampler.sampling_strategy)
    return ShuffleKeys(shuffle_seed([over_sampler, selector] if generates else [selector]))


def row_order(
    groups: RowGroups, keys: ShuffleKeys | None, n_rows: int, workspace: Workspace
) -> RowOrder:
    """Return the order of an output with ``n_rows`` rows."""
    sizes = groups.plan.shuffle
    if keys is None or sizes is None:
        return SourceOrder(groups)
    return ShuffledOrder(groups, keys, n_rows, sizes, workspace.path, workspace.journal)
