"""First and last stages that a job, its plan and an iterator over its rows have in common.

They check the columns, copy a source that is not Parquet, count the classes, and make the row
groups of the output.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, TypedDict

from smotefast._threads import thread_count
from smotefast.batch.arguments import Arguments, split_columns
from smotefast.batch.block_plan import check_copying
from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.engines import THIS_MACHINE, Engine
from smotefast.batch.job_report import check_report_path
from smotefast.batch.layout import check_part_size
from smotefast.batch.partition_by import check_partition_by, check_partitions
from smotefast.batch.partitioned_sink import EXTRA_GROUPS, MOST_WORKERS
from smotefast.batch.prepare import PreparedJob
from smotefast.batch.provenance import check_names
from smotefast.batch.request import Request, make_request
from smotefast.batch.scan import Classes, scan_classes
from smotefast.batch.tasks import CopyRows, check_part_count, copy_tasks
from smotefast.batch.weights import check_weight_column, make_weight_column
from smotefast.batch.writing import RowGroups
from smotefast.report import Progress
from smotefast.storage import (
    Destination,
    Journal,
    ParquetSource,
    StreamSource,
    check_resident_memory,
)

Columns = tuple[list[str], list[str]]
# Surrounds each check: a job raises the first error, a plan collects all of them.
Guard = Callable[[], AbstractContextManager[object]]


class Counted(NamedTuple):
    """A source whose classes are counted.

    Attributes
    ----------
    sizes
        Memory of its columns.
    copies
        The tasks that copy all rows.
    part_rows
        Rows of a part.
    classes
        The classes.
    """

    sizes: ColumnSizes
    copies: list[CopyRows]
    part_rows: int
    classes: Classes


def checked_columns(
    arguments: Arguments,
    source: ParquetSource | StreamSource,
    target: str,
    output: Destination | None = None,
    guard: Guard = nullcontext,
    *,
    may_write: bool = True,
) -> Columns:
    """Check what is known before rows are read; return the columns to write, and features.

    ``output`` is None if no rows are written.
    """
    if output is not None:
        with guard():
            check_part_size(arguments.layout, output)
        if arguments.report is not None:
            with guard():
                check_report_path(arguments.report, source, output, may_write=may_write)
    columns = split_columns(source, target, arguments.drop, arguments.keep, arguments.feature)
    if output is not None:
        with guard():
            check_partition_by(arguments.partition_by, source, target, columns, output)
    if arguments.provenance:
        with guard():
            check_names(columns[0])
    with guard():
        check_weight_column(arguments, source, target, columns[0])
    return columns


def count_classes(
    arguments: Arguments,
    files: ParquetSource,
    target: str,
    columns: Columns,
    progress: Progress,
    engine: Engine = THIS_MACHINE,
) -> tuple[Request, list[CopyRows], int]:
    """Return what the job does, the tasks that copy all rows, and the rows of a part."""
    sizes, copies, part_rows, classes = read_classes(
        arguments, files, target, columns, progress, engine
    )
    request = make_request(arguments, files, target, columns, sizes, classes)
    return request, copies, part_rows


def read_classes(
    arguments: Arguments,
    files: ParquetSource,
    target: str,
    columns: Columns,
    progress: Progress,
    engine: Engine = THIS_MACHINE,
) -> Counted:
    """Read the target column of all rows, and samples of the others for their sizes."""
    sizes = ColumnSizes(files, columns[0])
    part_bytes = arguments.layout.part_bytes
    part_rows = max(1, int(part_bytes / sizes.row_bytes(columns[0])))
    copies = copy_tasks(files, part_rows)
    progress.phase("counting classes", files.n_rows)
    allow_one = arguments.allowed.absent
    classes = scan_classes(files, target, copies, progress, allow_one=allow_one, engine=engine)
    return Counted(sizes, copies, part_rows, classes)


def in_parquet(
    source: ParquetSource | StreamSource,
    folder: str,
    arguments: Arguments,
    progress: Progress,
    journal: Journal | None = None,
) -> ParquetSource:
    """Return the source as Parquet files, which are copied to a folder if necessary."""
    if isinstance(source, ParquetSource):
        return source
    begin, report = copying_within(arguments.limit.n_bytes, progress)
    begin()
    return source.to_parquet(folder, report, journal)


def copying_within(
    limit: int, progress: Progress
) -> tuple[Callable[[], None], Callable[[int], None]]:
    """Return what is called before a source is copied, and with the rows of each batch.

    Both raise MemoryLimitError.
    """

    def begin() -> None:
        check_copying(limit)
        progress.phase("copying the source")

    def report(n_rows: int) -> None:
        progress.advance(n_rows)
        check_resident_memory(limit)

    return begin, report


def check_parts(
    request: Request,
    copies: list[CopyRows],
    part_rows: int,
    progress: Progress,
    *,
    checks_partitions: bool = True,
) -> None:
    """Refuse a folder with too many files, before the classes are read.

    Without ``checks_partitions``, the values of partitions are not read.
    """
    arguments, source = request.arguments, request.source
    n_originals = source.n_rows if arguments.writes_originals else 0
    n_rows = n_originals + sum(request.n_to_generate.values())
    # Parts of a shuffled output have rows of all partitions, as those of synthetic samples.
    has_copies = arguments.writes_originals and arguments.order == "source"
    n_mixed = n_rows - (n_originals if has_copies else 0)
    check_part_count(copies if has_copies else (), n_mixed, part_rows)
    if arguments.partition_by and checks_partitions:
        parts = -(-n_mixed // part_rows), n_rows
        row_bytes = request.column_sizes.row_bytes(request.columns)
        by = arguments.partition_by
        check_partitions(by, source, copies, parts, has_copies, row_bytes, progress)


class AtOnce(TypedDict):
    """Arguments of ``make_plan`` about writing at the same time."""

    n_workers: int
    extra_groups: float


def writing_at_once(arguments: Arguments, output: Destination) -> AtOnce:
    """Return how many parts a process may write at a time, and what they hold."""
    is_parallel = output.is_folder and not arguments.on_cluster
    n_workers = thread_count(None) if is_parallel else 1
    if arguments.partition_by:
        return AtOnce(n_workers=min(n_workers, MOST_WORKERS), extra_groups=EXTRA_GROUPS)
    return AtOnce(n_workers=n_workers, extra_groups=0.0)


def row_groups(request: Request, prepared: PreparedJob) -> RowGroups:
    """Return the row groups of the output."""
    arguments, rows = request.arguments, prepared.rows
    return RowGroups(
        request.source,
        request.columns,
        prepared.synthetic,
        rows,
        request.schema,
        make_weight_column(arguments, request.target, request.classes.counts, rows.counts),
        prepared.plan,
        request.limit,
        arguments.writes_originals,
    )
