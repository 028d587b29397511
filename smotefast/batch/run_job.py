"""The file-to-file job: count classes, plan memory, find neighbors, write, commit.

The source is read three times for SMOTE: the target column, the classes to over-sample, and
everything to be copied. Synthetic samples come from the same ``Job`` that ``fit_resample``
fills, block by block. Searches and parts of the output that are done are recorded, so that the
same job goes on from them after an interruption.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from smotefast._threads import thread_count
from smotefast.batch.arguments import Arguments
from smotefast.batch.job_report import describe_output, write_report
from smotefast.batch.partition_by import (
    EXTRA_GROUPS,
    MOST_WORKERS,
    check_partitions,
    without_columns,
)
from smotefast.batch.parts import PartWriter, finished_parts, write_parts
from smotefast.batch.prepare import PreparedJob, prepare_job
from smotefast.batch.request import Request
from smotefast.batch.resume import open_journal
from smotefast.batch.stages import checked_columns, count_classes, in_parquet, row_groups
from smotefast.batch.tasks import (
    CopyRows,
    Part,
    check_part_count,
    generate_tasks,
    group_into_parts,
)
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
    Location,
    PeakMemory,
    Workspace,
    check_destination,
    exit_on_signals,
    explain_full_disk,
    explain_limit,
    open_any_source,
    open_workspace,
    recover_any,
    writer_options,
)

# The fact that names the size of row groups.
_PLAN = "plan"


def run_job(
    arguments: Arguments,
    target: str,
    *,
    overwrite: bool,
    progress: bool | Callable[[int, int], object] | None,
) -> Summary:
    """Resample files; see ``resample_dataset``."""
    times, peak = StepTimes("counting"), PeakMemory()
    source = open_any_source(
        arguments.source, arguments.drop, arguments.schema, arguments.format
    )
    destination = Location(arguments.destination, arguments.files)
    recover_any(destination, arguments.scratch)
    output = check_destination(
        destination, source, overwrite=overwrite, scratch=arguments.scratch
    )
    columns = checked_columns(arguments, source, target, output)
    with (
        explain_limit(arguments.limit),
        explain_full_disk(*_disk(output)),
        exit_on_signals(),
        LoggedProgress(make_progress(progress)) as shown,
        open_workspace(output, overwrite=overwrite) as workspace,
        ExitStack() as stack,
    ):
        journal = open_journal(workspace, arguments, source, target)
        files = in_parquet(source, workspace, arguments, shown)
        stack.enter_context(files.report_changes())
        request, copies, part_rows = count_classes(arguments, files, target, columns, shown)
        if output.is_folder:
            _check_parts(request, copies, part_rows, shown)
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
        again = Location(output.path, output.files)
        check_destination(again, source, overwrite=overwrite, scratch=arguments.scratch)
        counts, by = prepared.rows.counts, arguments.partition_by
        workspace.publish(describe_output(target, by, counts, written))
    summary = _summary(request, prepared, written, times.result(), peak)
    if arguments.report is not None:
        write_report(arguments.report, summary, arguments, source, target, output)
    return summary


def _disk(output: Destination) -> tuple[str, str]:
    """Return what is on the disk that may be full, and what to choose on another."""
    if output.files.is_remote:
        return output.workspace, "a folder for scratch"
    return output.path, "a destination"


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


def _check_parts(
    request: Request, copies: list[CopyRows], part_rows: int, progress: Progress
) -> None:
    """Refuse a folder with too many files, before the classes are read."""
    n_to_generate = sum(request.n_to_generate.values())
    check_part_count(copies, n_to_generate, part_rows)
    by = request.arguments.partition_by
    if by:
        parts = -(-n_to_generate // part_rows), n_to_generate
        row_bytes = request.column_sizes.row_bytes(request.columns)
        check_partitions(by, request.source, copies, parts, row_bytes, progress)


def _prepare(
    request: Request,
    journal: Journal,
    output: Destination,
    progress: Progress,
    times: StepTimes,
) -> PreparedJob:
    """Prepare the job with the row groups that an interrupted run had, if it has a journal."""
    recorded = journal.fact(_PLAN)
    n_workers = thread_count(None) if output.is_folder else 1
    is_partitioned = bool(request.arguments.partition_by)
    prepared = prepare_job(
        request,
        progress,
        times,
        n_workers=min(n_workers, MOST_WORKERS) if is_partitioned else n_workers,
        extra_groups=EXTRA_GROUPS if is_partitioned else 0.0,
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
    source, plan = request.source, prepared.plan
    total = prepared.rows.n_synthetic
    if request.arguments.writes_originals:
        total += prepared.rows.n_originals
    groups = row_groups(request, prepared)
    by = request.arguments.partition_by
    names = without_columns(groups.output_schema, by).names
    writer = PartWriter(
        groups.of_part,
        groups.output_schema,
        writer_options(
            source,
            frozenset({*source.names, *by} - {*names}),
            names,
            codec=request.arguments.layout.compression,
            level=request.arguments.layout.compression_level,
        ),
        workspace.path,
        workspace.files,
        plan.group_rows,
        reads_ahead=plan.n_workers == 1,
        partition_by=by,
    )

    def report(n_rows: int) -> None:
        progress.advance(n_rows)
        peak.sample()

    progress.phase("writing", total, writes=True)
    finished = finished_parts(parts, writer, workspace.journal)
    if finished:
        progress.skip(sum(file.n_rows for files in finished.values() for file in files))
    journal = workspace.journal
    written = write_parts(parts, finished, writer, journal, plan.n_workers, report)
    written = [part._replace(file=workspace.public_name(part.file)) for part in written]
    n_rows = sum(part.n_rows for part in written)
    if n_rows != total:
        raise OSError(f"{n_rows} rows were written instead of {total}.")
    return written
