"""Tasks of a job: copy rows of the source, or generate samples, into parts of the output.

Tasks are data. They follow from the footers of the source and from options, so another run of
the same job, or another process, has the same tasks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from smotefast.storage import ParquetSource

# With more parts, the order of their names would no longer be that of their numbers.
_MOST_PARTS = 100_000


class CopyRows(NamedTuple):
    """Copy the rows of some row groups of a file.

    Attributes
    ----------
    file
        Index of the file in the source.
    first_group, last_group
        Row groups ``first_group..last_group`` of the file, the last one excluded.
    start, n_rows
        Position of the first row in the source, and number of rows.
    """

    file: int
    first_group: int
    last_group: int
    start: int
    n_rows: int

    def batches(
        self, source: ParquetSource, columns: Sequence[str], batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Read columns of the rows, as ``ParquetSource.batches`` does."""
        groups = range(self.first_group, self.last_group)
        return source.group_batches(self.file, groups, columns, batch_rows)


class GenerateRows(NamedTuple):
    """Generate the synthetic samples ``start..start + n_rows``."""

    start: int
    n_rows: int


class ShuffledRows(NamedTuple):
    """Merge the rows ``start..start + n_rows`` of the shuffled order: a range of keys.

    With more than a million rows, the numbers are those of about so many rows.
    """

    start: int
    n_rows: int
    first_key: int
    last_key: int


# Tasks in the source order, and all.
SourceTask = CopyRows | GenerateRows
Task = SourceTask | ShuffledRows


class Part(NamedTuple):
    """A file of the output: its number, and the tasks that write its rows, in this order."""

    number: int
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"part-{self.number:05d}.parquet"


def copy_tasks(source: ParquetSource, part_rows: int) -> list[CopyRows]:
    """Cut the source into tasks of whole row groups, of about ``part_rows`` rows at most."""
    tasks: list[CopyRows] = []
    start = 0
    for file, entry in enumerate(source.files):
        first = n_rows = 0
        for group, n_more in enumerate(entry.group_rows):
            if n_rows and n_rows + n_more > part_rows:
                tasks.append(CopyRows(file, first, group, start, n_rows))
                start, first, n_rows = start + n_rows, group, 0
            n_rows += n_more
        tasks.append(CopyRows(file, first, len(entry.group_rows), start, n_rows))
        start += n_rows
    return [task for task in tasks if task.n_rows]


def generate_tasks(n_rows: int, part_rows: int) -> list[GenerateRows]:
    """Cut the synthetic samples into tasks of equal size, of at most ``part_rows`` rows."""
    n_tasks = -(-n_rows // part_rows)
    edges = [n_rows * i // n_tasks for i in range(n_tasks + 1)] if n_tasks else []
    return [GenerateRows(edges[i], edges[i + 1] - edges[i]) for i in range(n_tasks)]


def group_into_parts(tasks: Sequence[Task], part_rows: int, *, is_folder: bool) -> list[Part]:
    """Put tasks that follow each other into parts of at most ``part_rows`` rows, if possible.

    A file has a single part.
    """
    groups = list(_groups(tasks, part_rows)) if is_folder else [tuple(tasks)]
    return [Part(number, group) for number, group in enumerate(groups)]


def check_part_count(copies: Sequence[CopyRows], n_to_generate: int, part_rows: int) -> None:
    """Raise an error if a folder would get too many parts, before any row is read.

    Raises
    ------
    ValueError
        The message names the parameter.
    """
    n_parts = len(group_into_parts(copies, part_rows, is_folder=True)) if copies else 0
    n_parts += -(-n_to_generate // part_rows)
    if n_parts > _MOST_PARTS:
        raise ValueError(
            f"The output would have about {n_parts:,} parts, more than {_MOST_PARTS:,}. Choose "
            "a larger part_size."
        )


def _groups(tasks: Sequence[Task], part_rows: int) -> Iterator[tuple[Task, ...]]:
    group: list[Task] = []
    n_rows = 0
    for task in tasks:
        if group and n_rows + task.n_rows > part_rows:
            yield tuple(group)
            group, n_rows = [], 0
        group.append(task)
        n_rows += task.n_rows
    yield tuple(group)
