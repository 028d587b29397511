"""The file-to-file job: count classes, plan memory, find neighbors, write, commit.

The source is read three times for SMOTE: the target column, the classes to over-sample, and
everything to be copied. Synthetic samples come from the same ``Job`` that ``fit_resample``
fills, block by block. Searches and parts of the output that are done are recorded, so that the
same job goes on from them after an interruption. Tasks run in threads, or on a cluster.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from smotefast._allocator import RELAXED_LIMIT
from smotefast._messages import COMPLETE_WITHOUT_REPORT
from smotefast._open_files import files_closed_after, files_for_other_processes
from smotefast.batch.arguments import Arguments
from smotefast.batch.engines import THIS_MACHINE, Engine
from smotefast.batch.gathered_files import GatheredFiles
from smotefast.batch.job_report import describe_output, write_report
from smotefast.batch.partitioned_sink import without_columns
from smotefast.batch.parts import PartWriter, finished_parts, write_parts
from smotefast.batch.peak_memory import process_memory
from smotefast.batch.prepare import PreparedJob, prepare_job
from smotefast.batch.reading import ClassRows
from smotefast.batch.request import Request
from smotefast.batch.resume import open_journal, package_versions
from smotefast.batch.row_order import RowOrder, keys_of, row_order
from smotefast.batch.search_steps import SearchSteps
from smotefast.batch.stages import (
    check_parts,
    checked_columns,
    count_classes,
    in_parquet,
    row_groups,
    writing_at_once,
)
from smotefast.batch.tasks import Part, generate_tasks
from smotefast.cluster import open_engine
from smotefast.exceptions import ClusterError, warn_resampling
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
    ParquetSource,
    PeakMemory,
    StreamSource,
    Workspace,
    check_destination,
    exit_on_signals,
    explain_full_disk,
    explain_limit,
    open_any_source,
    open_workspace,
    recover_any,
    relax_allocator,
    writer_options,
)
from smotefast.storage.remote.shared_folder import MountedFolder, SharedFolder

# The fact that names the size of row groups.
_PLAN = "plan"


def run_job(
    arguments: Arguments,
    target: str,
    *,
    overwrite: bool,
    progress: bool | Callable[[int, int], object] | None,
    cluster: Any = None,
) -> Summary:
    """Resample files; see ``resample_dataset``."""
    times, peak = StepTimes("counting"), PeakMemory()
    if arguments.limit.n_bytes >= RELAXED_LIMIT:
        relax_allocator()
    source = _open(arguments)
    recover_any(Location(arguments.destination, arguments.files), arguments.scratch)
    output = _checked_destination(arguments, source, overwrite=overwrite)
    columns = checked_columns(arguments, source, target, output)
    with (
        explain_limit(arguments.limit),
        explain_full_disk(*_disk(output)),
        exit_on_signals(),
        LoggedProgress(make_progress(progress)) as shown,
        open_workspace(output, overwrite=overwrite) as workspace,
        ExitStack() as stack,
    ):
        stack.enter_context(files_closed_after(workspace.path))
        journal = open_journal(workspace, arguments, source, target)
        keys = keys_of(arguments)
        engine: Engine = THIS_MACHINE
        shared: SharedFolder = MountedFolder(workspace.path)
        if cluster is not None:
            in_store = output.files.is_remote and arguments.scratch is None
            shared = stack.enter_context(workspace.shared_folder(in_store=in_store))
            engine = stack.enter_context(
                open_engine(cluster, shared, package_versions, process_memory)
            )
            stack.enter_context(files_closed_after(shared.path))
            stack.enter_context(files_for_other_processes(shared.path, shared))
            arguments = arguments.on(engine)
        files = in_parquet(source, workspace.path, arguments, shown, journal)
        if cluster is not None:
            files = files.shared()
        stack.enter_context(files.report_changes())
        counted = count_classes(arguments, files, target, columns, shown, engine)
        request, copies, part_rows = counted
        if output.is_folder:
            check_parts(request, copies, part_rows, shown)
        gathered = step_engine = None
        if cluster is not None:
            gathered = GatheredFiles(engine, shared, copies)
            step_engine = SearchSteps(engine, shared, journal, request.limit)
        with save_searches(journal, step_engine):
            prepared = _prepare(request, journal, output, shared.path, shown, times, gathered)
        warn_resampling(prepared.job.messages)
        tasks = [
            *(copies if arguments.writes_originals else ()),
            *generate_tasks(prepared.job.n_rows, part_rows),
        ]
        n_rows = _rows_to_write(request, prepared)
        order = row_order(row_groups(request, prepared), keys, n_rows, workspace)
        parts = order.parts(tasks, part_rows, is_folder=output.is_folder)
        writer = _part_writer(request, prepared, order, workspace, shared)
        finished = finished_parts(parts, writer, journal)
        if keys is not None and len(finished) < len(parts):
            times.begin("sorting")
            order.sort(tasks, prepared.plan.n_workers, shown, peak)
        times.begin("writing")
        shown.phase("writing", n_rows, writes=True)
        n_workers = prepared.plan.n_workers
        written = _write(parts, finished, writer, journal, engine, n_workers, shown, peak)
        _check_rows(written, n_rows)
        if cluster is not None:
            _check_files(written, workspace)
        written = [part._replace(file=workspace.public_name(part.file)) for part in written]
        times.begin("committing")
        files.check_unchanged()
        # Once more: links and folders may have changed since the job began.
        again = Location(output.path, output.files)
        check_destination(again, source, overwrite=overwrite, scratch=arguments.scratch)
        counts, by = prepared.rows.counts, arguments.partition_by
        workspace.publish(describe_output(target, by, counts, written))
    summary = _summary(request, prepared, written, times.result(), peak, order)
    if arguments.report is not None:
        try:
            write_report(arguments.report, summary, arguments, source, target, output)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(COMPLETE_WITHOUT_REPORT)
            raise
    return summary


def check_job(arguments: Arguments, target: str, *, overwrite: bool) -> None:
    """Check source, destination and columns of a job, without reading rows.

    The errors are those of ``run_job``.
    """
    source = _open(arguments)
    output = _checked_destination(arguments, source, overwrite=overwrite)
    checked_columns(arguments, source, target, output)


def _open(arguments: Arguments) -> ParquetSource | StreamSource:
    given = arguments.source, arguments.drop, arguments.schema, arguments.format
    return open_any_source(*given)


def _checked_destination(
    arguments: Arguments, source: ParquetSource | StreamSource, *, overwrite: bool
) -> Destination:
    location, scratch = Location(arguments.destination, arguments.files), arguments.scratch
    return check_destination(location, source, overwrite=overwrite, scratch=scratch)


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
    order: RowOrder,
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
        scratch_bytes=prepared.scratch_bytes + order.scratch_bytes,
    )


def _prepare(
    request: Request,
    journal: Journal,
    output: Destination,
    scratch: str,
    progress: Progress,
    times: StepTimes,
    gathered: ClassRows | None,
) -> PreparedJob:
    """Prepare the job with the row groups that an interrupted run had, if it has a journal."""
    recorded = journal.fact(_PLAN)
    prepared = prepare_job(
        request,
        progress,
        times,
        **writing_at_once(request.arguments, output),
        group_rows=None if recorded is None else recorded["group_rows"],
        run_bytes=None if recorded is None else recorded["run_bytes"],
        scratch=scratch,
        gathered=gathered,
    )
    if request.arguments.on_cluster or prepared.plan.n_workers > 1:
        prepared.job.n_threads = 1  # of each task; the samples do not depend on it
    if recorded is None:
        plan = prepared.plan
        run_bytes = None if plan.shuffle is None else plan.shuffle.run_bytes
        journal.add_fact(_PLAN, group_rows=plan.group_rows, run_bytes=run_bytes)
    return prepared


def _rows_to_write(request: Request, prepared: PreparedJob) -> int:
    """Return the number of rows of the output."""
    rows = prepared.rows
    return rows.n_synthetic + (rows.n_originals if request.arguments.writes_originals else 0)


def _part_writer(
    request: Request,
    prepared: PreparedJob,
    order: RowOrder,
    workspace: Workspace,
    folder: SharedFolder,
) -> PartWriter:
    source, plan, layout = request.source, prepared.plan, request.arguments.layout
    by = request.arguments.partition_by
    names = without_columns(order.schema, by).names
    return PartWriter(
        order.of_part,
        order.schema,
        writer_options(
            source,
            frozenset({*source.names, *by} - {*names}),
            names,
            codec=layout.compression,
            level=layout.compression_level,
        ),
        folder,
        workspace.files,
        plan.group_rows,
        reads_ahead=plan.n_workers == 1,
        layout=order.layout,
        partition_by=by,
        has_rivals=request.arguments.on_cluster,
    )


def _write(
    parts: list[Part],
    finished: dict[str, list[WrittenPart]],
    writer: PartWriter,
    journal: Journal,
    engine: Engine,
    n_workers: int,
    progress: Progress,
    peak: PeakMemory,
) -> list[WrittenPart]:
    """Write the parts that are not finished; return those that have a file."""

    def report(n_rows: int) -> None:
        progress.advance(n_rows)
        peak.sample()

    if finished:
        progress.skip(sum(file.n_rows for files in finished.values() for file in files))
    return write_parts(parts, finished, writer, journal, engine, n_workers, report)


def _check_files(written: list[WrittenPart], workspace: Workspace) -> None:
    """Raise an error unless this machine sees the files that workers have written."""
    sizes = sorted(workspace.files.sizes().values())
    if sizes != sorted(part.n_bytes for part in written):
        raise ClusterError(
            f"The files in {workspace.output!r} are not those that workers have written. Check "
            "that all machines see the same files there, and run the job again."
        )


def _check_rows(written: list[WrittenPart], expected: int) -> None:
    n_rows = sum(part.n_rows for part in written)
    if n_rows != expected:
        raise OSError(f"{n_rows} rows were written instead of {expected}.")
