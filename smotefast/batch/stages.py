"""First and last stages that a job, its plan and an iterator over its rows have in common.

They check the columns, copy a source that is not Parquet, count the classes, and make the row
groups of the output.
"""

from __future__ import annotations

from smotefast.batch.arguments import Arguments, split_columns
from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.job_report import check_report_path
from smotefast.batch.layout import check_part_size
from smotefast.batch.partition_by import check_partition_by
from smotefast.batch.prepare import PreparedJob
from smotefast.batch.provenance import check_names
from smotefast.batch.request import Request, make_request
from smotefast.batch.scan import scan_classes
from smotefast.batch.tasks import PART_BYTES, CopyRows, copy_tasks
from smotefast.batch.weights import check_weight_column, make_weight_column
from smotefast.batch.writing import RowGroups
from smotefast.report import Progress
from smotefast.storage import (
    Destination,
    ParquetSource,
    StreamSource,
    Workspace,
    check_resident_memory,
)

Columns = tuple[list[str], list[str]]


def checked_columns(
    arguments: Arguments,
    source: ParquetSource | StreamSource,
    target: str,
    output: Destination,
) -> Columns:
    """Check what is known before rows are read; return the columns to write, and features."""
    check_part_size(arguments.layout, output)
    if arguments.report is not None:
        check_report_path(arguments.report, source, output)
    columns = split_columns(source, target, arguments.drop, arguments.keep, arguments.feature)
    check_partition_by(arguments.partition_by, source, target, columns, output)
    if arguments.provenance:
        check_names(columns[0])
    check_weight_column(arguments, source, target, columns[0])
    return columns


def count_classes(
    arguments: Arguments,
    files: ParquetSource,
    target: str,
    columns: Columns,
    progress: Progress,
) -> tuple[Request, list[CopyRows], int]:
    """Return what the job does, the tasks that copy all rows, and the rows of a part."""
    sizes = ColumnSizes(files, columns[0])
    part_bytes = arguments.layout.part_size or PART_BYTES
    part_rows = max(1, int(part_bytes / sizes.row_bytes(columns[0])))
    copies = copy_tasks(files, part_rows)
    progress.phase("counting classes", files.n_rows)
    allow_one = arguments.allowed.absent
    classes = scan_classes(files, target, copies, progress, allow_one=allow_one)
    return make_request(arguments, files, target, columns, sizes, classes), copies, part_rows


def in_parquet(
    source: ParquetSource | StreamSource,
    workspace: Workspace,
    arguments: Arguments,
    progress: Progress,
) -> ParquetSource:
    """Return the source as Parquet files, which are copied to the workspace if necessary."""
    if isinstance(source, ParquetSource):
        return source
    progress.phase("copying the source")

    def report(n_rows: int) -> None:
        progress.advance(n_rows)
        check_resident_memory(arguments.limit.n_bytes)

    return source.to_parquet(workspace.path, report, workspace.journal)


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
    )
