"""The file-to-file job: count classes, plan memory, find neighbors, write, commit.

The source is read three times for SMOTE: the target column, the classes to over-sample, and
everything to be copied. Synthetic samples come from the same ``Job`` that ``fit_resample``
fills, block by block. Searches and parts of the output that are done are recorded, so that the
same job goes on from them after an interruption.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack

from smotefast._threads import thread_count
from smotefast.batch.arguments import Arguments, split_columns
from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.job_report import check_report_path, write_report
from smotefast.batch.layout import check_part_size
from smotefast.batch.parts import PartWriter, finished_parts, write_parts
from smotefast.batch.prepare import PreparedJob, prepare_job
from smotefast.batch.provenance import check_names
from smotefast.batch.request import Request, make_request
from smotefast.batch.resume import open_journal
from smotefast.batch.scan import scan_classes
from smotefast.batch.tasks import (
    PART_BYTES,
    CopyRows,
    Part,
    check_part_count,
    copy_tasks,
    generate_tasks,
    group_into_parts,
)
from smotefast.batch.weights import check_weight_column, make_weight_column
from smotefast.batch.writing import RowGroups
from smotefast.exceptions import warn_resampling
from smotefast.neighbors import save_searches
from smotefast.report import (
    LoggedProgress,
    Progress,
    StepTimes,
    Summary,
    WrittenPart,
    make_progress,
)
from smotefast.storage import (
    Destination,
    Journal,
    ParquetSource,
    PeakMemory,
    StreamSource,
    Workspace,
    check_destination,
    check_resident_memory,
    exit_on_signals,
    explain_full_disk,
    explain_limit,
    open_any_source,
    recover,
    writer_options,
)

# The fact that names the size of row groups.
_PLAN = "plan"
Columns = tuple[list[str], list[str]]


def run_job(
    arguments: Arguments,
    target: str,
    *,
    overwrite: bool,
    progress: bool | Callable[[int, int], object] | None,
) -> Summary:
    """Resample files; see ``resample_dataset``."""
    times, peak = StepTimes("counting"), PeakMemory()
    source = open_any_source(arguments.source, arguments.drop, arguments.schema)
    recover(os.path.realpath(arguments.destination))
    output = check_destination(arguments.destination, source, overwrite=overwrite)
    columns = _checked_columns(arguments, source, target, output)
    with (
        explain_limit(arguments.limit),
        explain_full_disk(output.path),
        exit_on_signals(),
        LoggedProgress(make_progress(progress)) as shown,
        Workspace(output, overwrite=overwrite) as workspace,
        ExitStack() as stack,
    ):
        journal = open_journal(workspace, arguments, source, target)
        files = _in_parquet(source, workspace, arguments, shown)
        stack.enter_context(files.report_changes())
        request, copies, part_rows = _count_classes(arguments, files, target, columns, shown)
        if output.is_folder:
            check_part_count(copies, sum(request.n_to_generate.values()), part_rows)
        with save_searches(journal):
            prepared = _prepare(request, journal, output, shown, times)
        warn_resampling(prepared.job.messages)
        tasks = [
            *(copies if arguments.writes_originals else ()),
            *generate_tasks(prepared.job.n_rows, part_rows),
        ]
        parts = group_into_parts(tasks, part_rows, is_folder=output.is_folder)
        times.begin("writing")
        written = _write(request, prepared, parts, workspace, output, shown, peak)
        times.begin("committing")
        files.check_unchanged()
        # Once more: links and folders may have changed since the job began.
        check_destination(output.path, source, overwrite=overwrite)
        workspace.publish()
    summary = _summary(request, prepared, written, times.result(), peak)
    if arguments.report is not None:
        write_report(arguments.report, summary, arguments, source, target, output)
    return summary


def _checked_columns(
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
    if arguments.provenance:
        check_names(columns[0])
    check_weight_column(arguments, source, target, columns[0])
    return columns


def _count_classes(
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


def _summary(
    request: Request,
    prepared: PreparedJob,
    written: list[WrittenPart],
    seconds: dict[str, float],
    peak: PeakMemory,
) -> Summary:
    return Summary(
        destination=request.arguments.destination,
        counts_before=request.classes.counts,
        counts_after=prepared.rows.counts,
        counts_made=prepared.job.counts(),
        rows_written=sum(part.n_rows for part in written),
        seconds=sum(seconds.values()),
        peak_memory=peak.result(),
        memory_limit=request.limit,
        search=prepared.job.method,
        recall=prepared.recall,
        copied=not prepared.changes_rows,
        parts=tuple(written),
        seconds_by_step=seconds,
    )


def _in_parquet(
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


def _prepare(
    request: Request,
    journal: Journal,
    output: Destination,
    progress: Progress,
    times: StepTimes,
) -> PreparedJob:
    """Prepare the job with the row groups that an interrupted run had, if it has a journal."""
    recorded = journal.fact(_PLAN)
    prepared = prepare_job(
        request,
        progress,
        times,
        n_workers=thread_count(None) if output.is_folder else 1,
        group_rows=None if recorded is None else recorded["group_rows"],
    )
    if recorded is None:
        journal.add_fact(_PLAN, group_rows=prepared.plan.group_rows)
    return prepared


def _write(
    request: Request,
    prepared: PreparedJob,
    parts: list[Part],
    workspace: Workspace,
    output: Destination,
    progress: Progress,
    peak: PeakMemory,
) -> list[WrittenPart]:
    """Write the parts; return those that have a file."""
    source, rows, plan = request.source, prepared.rows, prepared.plan
    total = rows.n_synthetic + (rows.n_originals if request.arguments.writes_originals else 0)
    counts = request.classes.counts
    weights = make_weight_column(request.arguments, request.target, counts, rows.counts)
    groups = RowGroups(
        source,
        request.columns,
        prepared.synthetic,
        rows,
        request.schema,
        weights,
        plan,
        request.limit,
    )
    writer = PartWriter(
        groups.of_part,
        groups.output_schema,
        writer_options(
            source,
            source.names - set(request.columns),
            groups.output_schema.names,
            codec=request.arguments.layout.compression,
            level=request.arguments.layout.compression_level,
        ),
        workspace.path,
        workspace.output if output.is_folder else None,
        plan.group_rows,
        reads_ahead=plan.n_workers == 1,
    )

    def report(n_rows: int) -> None:
        progress.advance(n_rows)
        peak.sample()

    progress.phase("writing", total, writes=True)
    finished = finished_parts(parts, writer, workspace.journal)
    if finished:
        progress.skip(sum(part.n_rows for part in finished.values()))
    journal = workspace.journal
    written = write_parts(parts, finished, writer, journal, plan.n_workers, report)
    if not output.is_folder:
        written = [part._replace(file=os.path.basename(output.path)) for part in written]
    n_rows = sum(part.n_rows for part in written)
    if n_rows != total:
        raise OSError(f"{n_rows} rows were written instead of {total}.")
    return written
