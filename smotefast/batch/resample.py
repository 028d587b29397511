"""The file-to-file job: count classes, plan memory, find neighbors, write, commit.

The source is read three times for SMOTE: the target column, the classes to over-sample, and
everything to be copied. Synthetic samples come from the same ``Job`` that ``fit_resample``
fills, block by block.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any, Literal

from smotefast.batch.arguments import check_arguments, split_columns
from smotefast.batch.prepare import PreparedJob, prepare_job
from smotefast.batch.request import Request, make_request
from smotefast.batch.scan import scan_classes
from smotefast.batch.writing import row_groups
from smotefast.exceptions import warn_resampling
from smotefast.report.progress import Progress, make_progress
from smotefast.report.summary import Summary
from smotefast.storage import (
    Destination,
    ParquetSink,
    PeakMemory,
    Staging,
    check_destination,
    exit_on_signals,
    explain_full_disk,
    explain_limit,
    open_source,
    release_memory,
    remove_leftovers,
    uses_jemalloc,
    writer_options,
)


def resample_dataset(
    source: str | os.PathLike[str],
    destination: str | os.PathLike[str],
    *,
    target: str,
    sampler: Any = "smote",
    memory_limit: int | str | None = None,
    rows: Literal["all", "synthetic"] = "all",
    overwrite: bool = False,
    progress: bool | Callable[[int, int], object] | None = None,
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    keep_fill: Literal["null", "base"] = "null",
    if_balanced: Literal["error", "copy"] = "error",
    absent_classes: Literal["error", "ignore"] = "error",
) -> Summary:
    """Resample a data set in Parquet files that may be larger than memory.

    The rows equal those of the sampler's ``fit_resample`` on the whole table with the same
    seed: the originals in their order, then the synthetic samples, class after class. Columns
    keep their order, types and metadata. The classes to over-sample must fit into the memory
    limit; the other classes and the result need not.

    Parameters
    ----------
    source
        A Parquet file, or a folder of Parquet files with the same schema, which are read in the
        order of their names.
    destination
        The output: one file if the name ends in ``.parquet``, ``.pq`` or ``.parq``, otherwise a
        folder of part files. At any moment it is absent, unchanged or complete.
    target
        The column with the class. All other columns, except those in ``drop`` and ``keep``, are
        features.
    sampler
        A name such as "smote" or "borderline-smote" (``smotefast samplers`` lists them), or a
        sampler object, which is not changed.
    memory_limit
        Largest resident memory of the whole process, such as "2GiB". None means 2 GiB, but at
        most three quarters of the memory of the container or the machine, and not more than
        other processes leave free.
    rows
        "all" writes the originals and the synthetic samples, "synthetic" only the latter.
    overwrite
        Whether an existing destination is replaced when the new one is complete.
    progress
        None shows a progress bar in a terminal or a notebook; True or False shows it or not; a
        callable is called with ``(rows_done, rows_total)`` as rows are written.
    drop
        Columns to leave out of the features and of the output.
    keep
        Columns of any type that are not features and are copied to the output, such as keys
        and dates; original rows keep their values.
    keep_fill
        Value of these columns in synthetic samples: "null", or "base" for the value of the
        base row.
    if_balanced
        "copy" leaves a class unchanged if it already has enough rows (for samplers that remove
        rows: few enough rows). If no class needs to change, all rows are copied and the summary
        says so. "error" raises an error.
    absent_classes
        "ignore" accepts classes in ``sampling_strategy`` that have no rows, and copies the rows
        if there is only one class. "error" raises an error.

    Returns
    -------
    Summary
        Class sizes before and after, number of rows written, time, peak memory, and the recall
        of an approximate search.

    Raises
    ------
    ValueError, TypeError
        If an argument or the data are not valid; nothing was written.
    OSError
        If a file cannot be read or written; the destination is unchanged.
    MemoryError
        If the job would not stay under the limit; the message says how much it needs.

    Examples
    --------
    >>> import os, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> import smotefast
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, result = os.path.join(folder, "in.parquet"), os.path.join(folder, "out")
    ...     pq.write_table(pa.table({"x": [1.0, 2.0, 3.0], "y": ["a", "a", "b"]}), source)
    ...     summary = smotefast.resample_dataset(
    ...         source, result, target="y", sampler="random", progress=False
    ...     )
    >>> summary.counts_after
    {'a': 2, 'b': 2}
    """
    started, peak = time.perf_counter(), PeakMemory()
    arguments = check_arguments(
        source,
        destination,
        sampler=sampler,
        memory_limit=memory_limit,
        rows=rows,
        drop=drop,
        keep=keep,
        keep_fill=keep_fill,
        if_balanced=if_balanced,
        absent_classes=absent_classes,
    )
    files = open_source(arguments.source, arguments.drop)
    remove_leftovers(os.path.realpath(arguments.destination))
    output = check_destination(arguments.destination, files, overwrite=overwrite)
    columns = split_columns(files, target, arguments.drop, arguments.keep)
    with (
        explain_limit(arguments.limit),
        exit_on_signals(),
        files.report_changes(),
        make_progress(progress) as shown,
    ):
        shown.phase("counting classes", files.n_rows)
        classes = scan_classes(files, target, shown, allow_one=arguments.allowed.absent)
        request = make_request(arguments, files, target, columns, classes)
        prepared = prepare_job(request, shown)
        warn_resampling(prepared.job.messages)
        n_rows = _write(request, prepared, output, overwrite, shown, peak)
    return Summary(
        destination=arguments.destination,
        counts_before=classes.counts,
        counts_after=prepared.rows.counts,
        counts_made=prepared.job.counts(),
        rows_written=n_rows,
        seconds=time.perf_counter() - started,
        peak_memory=peak.result(),
        memory_limit=arguments.limit.n_bytes,
        search=prepared.job.method,
        recall=prepared.recall,
        copied=not prepared.changes_rows,
    )


def _write(
    request: Request,
    prepared: PreparedJob,
    output: Destination,
    overwrite: bool,
    progress: Progress,
    peak: PeakMemory,
) -> int:
    """Write the row groups next to the destination and move them there in one step."""
    source, rows = request.source, prepared.rows
    total = rows.n_synthetic + (rows.n_originals if request.arguments.writes_originals else 0)
    options = writer_options(source, source.names - set(request.columns))
    groups = row_groups(
        source if request.arguments.writes_originals else None,
        prepared.synthetic,
        rows,
        request.schema,
        prepared.plan,
        request.limit,
    )
    with (
        explain_full_disk(output.path),
        Staging(output, overwrite=overwrite) as staging,
        closing(groups),
    ):
        progress.phase("writing", total, writes=True)
        sink = ParquetSink(staging.path, request.schema, options, is_folder=output.is_folder)
        try:
            for table in groups:
                sink.write(table)
                progress.advance(table.num_rows)
                peak.sample()
                if not uses_jemalloc():
                    release_memory()
            sink.finish()
        except BaseException:
            sink.abort()
            raise
        if sink.n_rows != total:
            raise OSError(f"{sink.n_rows} rows were written instead of {total}.")
        source.check_unchanged()
        # Once more: links and folders may have changed since the job began.
        check_destination(output.path, source, overwrite=overwrite)
        staging.publish()
    return total
