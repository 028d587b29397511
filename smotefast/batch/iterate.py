"""``iter_resampled``: the rows of a job without a destination, for training and other readers.

The stages are those of ``run_job.py`` until something is written.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

from smotefast._threads import thread_count
from smotefast.batch.arguments import Arguments, check_arguments, file_path
from smotefast.batch.layout import MOST_GROUP_ROWS, check_whole
from smotefast.batch.output_rows import OutputRows, SourceOrderRows
from smotefast.batch.prepare import PreparedJob, prepare_job
from smotefast.batch.request import Request
from smotefast.batch.resampled_rows import PreparedRows, ResampledRows
from smotefast.batch.row_order import keys_of
from smotefast.batch.shuffled_rows import sort_rows
from smotefast.batch.stages import checked_columns, count_classes, in_parquet, row_groups
from smotefast.batch.tasks import CopyRows, SourceTask, generate_tasks
from smotefast.exceptions import warn_resampling
from smotefast.report import LoggedProgress, Progress, StepTimes, Summary, make_progress
from smotefast.storage import (
    ParquetSource,
    PeakMemory,
    ScratchFolder,
    StreamSource,
    exit_on_signals,
    explain_full_disk,
    explain_limit,
    open_any_source,
)
from smotefast.storage.files import remove

Path = str | os.PathLike[str]
# Blocks of rows that an iteration holds besides those that a job does: the one that is cut into
# batches, and that of the caller's batch.
_BATCH_GROUPS = 2.0


def iter_resampled(
    source: Path | Sequence[Path] | Any,
    *,
    target: str,
    sampler: Any = "smote",
    batch_rows: int | None = None,
    memory_limit: int | str | None = None,
    rows: Literal["all", "synthetic"] = "all",
    order: Literal["source", "shuffled"] = "source",
    schema: Literal["unify", "strict"] = "unify",
    progress: bool | None = None,
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    keep_fill: Literal["null", "base"] = "null",
    feature: Iterable[str] = (),
    if_balanced: Literal["error", "copy"] = "error",
    absent_classes: Literal["error", "ignore"] = "error",
    weight_column: str | None = None,
    weights_from: str | None = None,
    provenance: bool = False,
    scratch: str | os.PathLike[str] | None = None,
    format: Literal["delta"] | None = None,
) -> ResampledRows:
    """Resample a data set that may be larger than memory, without writing the result.

    The call counts the classes and finds neighbors. The rows are read and generated while one
    iterates over the result, again in each iteration, and are always the same: those that
    ``resample_dataset`` writes for the same source and options, in the same order. With a
    sampler without a seed, they are drawn once, in this call.

    Parameters
    ----------
    source, target, sampler, rows, schema, drop, keep, keep_fill, feature
        As in ``resample_dataset``.
    batch_rows
        Rows of each batch; the last one may have fewer. None means 65,536, or fewer if they
        would have more than 48 MiB, memory is short, or rows are larger than was estimated.
    order
        "source" yields the originals in their order, then the synthetic samples. "shuffled"
        yields all rows in the random order of ``resample_dataset``, the same in each iteration:
        they are read, generated and sorted once, in this call, to files in ``scratch``.
    memory_limit
        Largest resident memory of the whole process during this call, such as "2GiB". Iterating
        takes at most what the limit has left for it, but the limit is not checked any more: the
        process has other memory then, such as that of a model. None means the default of
        ``resample_dataset``.
    progress
        Whether a progress bar is shown during this call; None shows one in a terminal or a
        notebook. The logger ``smotefast`` gets lines about the progress at level INFO in any
        case.
    if_balanced, absent_classes, weight_column, weights_from, provenance, format
        As in ``resample_dataset``.
    scratch
        Existing folder for the copy of a source that is not Parquet, which is as large as the
        source without compression, for shuffled rows, which take their size in memory and up to
        24 bytes per row, and for classes to over-sample that do not fit into the limit. All are
        removed when the result is closed or no longer used, and at exit. None means the
        system's folder for temporary files (``TMPDIR``).

    Returns
    -------
    ResampledRows
        Iterating over it yields ``pyarrow.RecordBatch`` objects. ``n_rows``, ``schema`` and
        ``summary`` describe the rows; ``shard`` is a part of them for one of several workers,
        ``select`` some of the columns, ``matrix`` the features by position, and ``to_reader``
        a ``pyarrow.RecordBatchReader``. ``close``, or a ``with`` block, releases the memory.

    Raises
    ------
    ValueError, TypeError
        If an argument or the data are not valid.
    OSError
        If a file cannot be read, here or during an iteration; also if it was changed between
        the call and the end of an iteration.
    MemoryError
        If the preparation would not stay under the limit; the message says how much it needs.

    See Also
    --------
    smotefast.resample_dataset : Write the rows to files.

    Examples
    --------
    >>> import os, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> import smotefast
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = os.path.join(folder, "in.parquet")
    ...     pq.write_table(pa.table({"x": [1.0, 2.0, 3.0], "y": ["a", "a", "b"]}), source)
    ...     rows = smotefast.iter_resampled(source, target="y", sampler="random", batch_rows=3)
    ...     for batch in rows:
    ...         print(batch["x"].to_pylist(), batch["y"].to_pylist())
    [1.0, 2.0, 3.0] ['a', 'a', 'b']
    [3.0] ['b']
    >>> rows.n_rows, rows.summary.counts_after
    (4, {'a': 2, 'b': 2})
    """
    if batch_rows is not None:
        check_whole("batch_rows", batch_rows, 1, MOST_GROUP_ROWS)
    if progress is not None and not isinstance(progress, bool):
        raise TypeError(
            f"progress={progress!r} must be None, True or False: no rows are written, which a "
            "function could be told of."
        )
    arguments = check_arguments(
        source,
        "",
        sampler=sampler,
        memory_limit=memory_limit,
        rows=rows,
        order=order,
        schema=schema,
        drop=drop,
        keep=keep,
        keep_fill=keep_fill,
        feature=feature,
        if_balanced=if_balanced,
        absent_classes=absent_classes,
        weight_column=weight_column,
        weights_from=weights_from,
        provenance=provenance,
        row_group_size=batch_rows,
        format=format,
        is_written=False,
    )
    parent = None if scratch is None else file_path(scratch, "scratch", "folder")
    return ResampledRows(_prepare(arguments, target, parent, progress))


def _prepare(
    arguments: Arguments, target: str, scratch_parent: str | None, progress: bool | None
) -> PreparedRows:
    """Open the source, copy it if it is read only once, and prepare the rows."""
    source = open_any_source(
        arguments.source, arguments.drop, arguments.schema, arguments.format
    )
    needs_scratch = isinstance(source, StreamSource) or arguments.order == "shuffled"
    scratch = ScratchFolder(scratch_parent) if needs_scratch else None
    parent = scratch_parent or tempfile.gettempdir()
    folder = parent if scratch is None else scratch.path
    try:
        with (
            explain_limit(arguments.limit),
            explain_full_disk(folder, "a scratch folder"),
            exit_on_signals(),
            LoggedProgress(make_progress(progress)) as shown,
        ):
            return _prepared_rows(arguments, source, target, scratch, folder, shown)
    except BaseException:
        if scratch is not None:
            scratch.remove()
        raise


def _prepared_rows(
    arguments: Arguments,
    source: ParquetSource | StreamSource,
    target: str,
    scratch: ScratchFolder | None,
    folder: str,
    progress: Progress,
) -> PreparedRows:
    times, peak = StepTimes("counting"), PeakMemory()
    columns = checked_columns(arguments, source, target)
    files = _picklable(in_parquet(source, folder, arguments, progress))
    keys = keys_of(arguments)
    with files.report_changes():
        request, copies, part_rows = count_classes(arguments, files, target, columns, progress)
        prepared = prepare_job(
            request,
            progress,
            times,
            n_workers=1 if keys is None else thread_count(None),
            is_written=False,
            extra_groups=_BATCH_GROUPS,
            scratch=folder,
        )
        warn_resampling(prepared.job.messages)
        in_order = _source_order(request, prepared, copies, part_rows)
        output: OutputRows = in_order
        scratch_bytes = prepared.scratch_bytes
        if keys is not None:
            times.begin("sorting")
            output, in_runs = sort_rows(in_order, keys, folder, progress, peak)
            scratch_bytes += in_runs
            files.check_unchanged()
    if keys is not None and files.is_copy:  # the sorted rows are all that is needed
        for file in files.files:
            remove(file.path)
    return PreparedRows(
        output,
        target,
        tuple(request.features),
        frozenset(name for name in (target, arguments.weights_from) if name is not None),
        _summary(request, prepared, output.n_rows, times, peak, scratch_bytes),
        scratch,
    )


def _picklable(source: ParquetSource) -> ParquetSource:
    """Return the same source; read-only mappings cannot be pickled."""
    files = [file._replace(partition=dict(file.partition)) for file in source.files]
    return replace(source, files=files)


def _source_order(
    request: Request, prepared: PreparedJob, copies: Sequence[CopyRows], part_rows: int
) -> SourceOrderRows:
    groups = row_groups(request, prepared)
    tasks: list[SourceTask] = [*copies] if request.arguments.writes_originals else []
    tasks += generate_tasks(prepared.job.n_rows, part_rows)
    return SourceOrderRows(groups, tasks, request.arguments.layout.row_group_size)


def _summary(
    request: Request,
    prepared: PreparedJob,
    n_rows: int,
    times: StepTimes,
    peak: PeakMemory,
    scratch_bytes: int,
) -> Summary:
    seconds = times.result()
    return Summary(
        destination="",
        counts_before=request.classes.counts,
        counts_after=prepared.rows.counts,
        counts_made=prepared.job.counts(),
        rows_written=n_rows,
        seconds=sum(seconds.values()),
        peak_memory=peak.result(),
        memory_limit=request.limit,
        search=prepared.job.method,
        recall=prepared.recall,
        copied=not prepared.changes_rows,
        seconds_by_step=seconds,
        scratch_bytes=scratch_bytes,
    )
