"""The file-to-file job: scan, plan, gather, find neighbours, write, commit.

Paths and a sampler flow in; a destination that is complete, and a ``Summary``, flow out.
The source is read three times: the target column, the classes that get new rows, and
everything to be copied through. New rows come from the same job that ``fit_resample``
fills, block by block.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any, Literal

import numpy as np

from smotefast.batch.arguments import check_arguments
from smotefast.batch.class_names import name_classes
from smotefast.batch.prepare import Prepared, prepare_job
from smotefast.batch.request import Request
from smotefast.batch.scan import (
    all_target_values,
    resolve_quota,
    scan_classes,
    split_columns,
)
from smotefast.batch.writing import row_groups
from smotefast.exceptions import warn_resampling
from smotefast.over_sampling import RandomOverSampler
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
    rows: str = "all",
    overwrite: bool = False,
    progress: bool | Callable[[int, int], object] | None = None,
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    keep_fill: Literal["null", "base"] = "null",
    if_balanced: Literal["error", "copy"] = "error",
    absent_classes: Literal["error", "ignore"] = "error",
) -> Summary:
    """Resample a data set in Parquet files that may be larger than memory.

    The rows are those that the sampler's ``fit_resample`` gives for the whole table in
    memory with the same seed: the originals in their order, then the new rows, class after
    class. Column order, types and metadata stay. The classes that get new rows must fit
    into the memory limit; the others need not.

    Parameters
    ----------
    source
        A Parquet file, or a folder of Parquet files of one schema (read in the order of
        their names).
    destination
        With the suffix ``.parquet``, ``.pq`` or ``.parq`` one file, otherwise a folder of part
        files. It is absent or complete at any moment.
    target
        The column that holds the class. All others, except dropped ones, are features.
    sampler
        A name, such as "smote" or "borderline-smote" (``smotefast samplers`` lists them), or
        a sampler of ``smotefast.over_sampling``; it is not changed.
    memory_limit
        What the resident set of the whole process stays under, such as "2GiB". None means 2
        GiB, but at most three quarters of the memory of the container or the machine, and no
        more than other processes leave of it.
    rows
        "all" writes the originals and the new rows, "synthetic" only the new rows.
    overwrite
        Whether an existing destination is replaced, once the new one is complete.
    progress
        None shows a bar in a terminal or a notebook; True, False; or a callable that is
        called with ``(rows_done, rows_total)`` as rows are written.
    drop
        Columns to leave out of the features and of the destination.
    keep
        Columns of any type to leave out of the features and to carry through, such as keys
        and dates: original rows have their own values.
    keep_fill
        What new rows get in these columns: "null", or "base" for the value of the row that a
        new row was made from.
    if_balanced
        "copy" leaves a class as it is that has the rows asked for already, or more (for
        samplers that take rows away: or fewer). Where that holds for all classes, the rows are
        copied and the summary says so. "error" refuses.
    absent_classes
        "ignore" passes over classes that ``sampling_strategy`` names and that have no rows, and
        copies the rows where there is only one class. "error" refuses.

    Returns
    -------
    Summary
        Class counts before and after, rows written, seconds, peak memory, and the
        recall of an approximate search.

    Raises
    ------
    ValueError, TypeError
        If an argument or the data do not serve; nothing was written.
    OSError
        If a file cannot be read or written; the destination is as it was.
    MemoryError
        If the job would not stay under the limit; says how much it needs.

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
    given = check_arguments(
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
    made, selection = given.steps
    limit, lenience = given.limit, given.lenience
    opened = open_source(given.source, given.drop)
    remove_leftovers(os.path.realpath(given.destination))
    place = check_destination(given.destination, opened, overwrite=overwrite)
    columns, features = split_columns(opened, target, given.drop, given.keep)
    with (
        explain_limit(limit),
        exit_on_signals(),
        opened.report_changes(),
        make_progress(progress) as shown,
    ):
        shown.phase("counting classes", opened.n_rows)
        classes = scan_classes(opened, target, shown, allow_one=lenience.ignore_absent)
        for step in given.steps:
            name_classes(step, classes.counts)

        def labels() -> np.ndarray:
            return all_target_values(opened, target)

        quota = resolve_quota(made, classes.counts, labels, lenience)
        if any(lenience) and not any(quota.values()):
            made, quota = RandomOverSampler(sampling_strategy={}), {}  # nothing to search for
        request = Request(
            opened,
            made,
            target,
            columns,
            features,
            classes,
            quota,
            limit.n_bytes,
            selection,
            given.keep,
            keep_fill,
            lenience,
        )
        prepared = prepare_job(request, shown)
        warn_resampling(prepared.job.messages)
        n_rows = _write(request, prepared, place, rows == "all", overwrite, shown, peak)
    return Summary(
        destination=given.destination,
        counts_before=classes.counts,
        counts_after=prepared.kept.counts,
        counts_made=prepared.job.counts(),
        rows_written=n_rows,
        seconds=time.perf_counter() - started,
        peak_memory=peak.result(),
        memory_limit=limit.n_bytes,
        search=prepared.job.method,
        recall=prepared.recall,
        copied=not prepared.changes,
    )


def _write(
    request: Request,
    prepared: Prepared,
    place: Destination,
    originals: bool,
    overwrite: bool,
    progress: Progress,
    peak: PeakMemory,
) -> int:
    """Write all row groups beside the destination, then move them there in one step."""
    schema, plan = request.schema, prepared.plan
    kept = prepared.kept
    total = kept.n_new + (kept.n_originals if originals else 0)
    dropped = request.source.names - set(request.columns)
    options = writer_options(request.source, dropped)
    copied = request.source if originals else None
    groups = row_groups(copied, prepared.new_rows, kept, schema, plan, request.limit)
    with (
        explain_full_disk(place.path),
        Staging(place, overwrite=overwrite) as staging,
        closing(groups),
    ):
        progress.phase("writing", total, writes=True)
        sink = ParquetSink(staging.path, schema, options, is_folder=place.is_folder)
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
        request.source.check_unchanged()
        # Once more: the links and folders of an hour ago may lead elsewhere now.
        check_destination(place.path, request.source, overwrite=overwrite)
        staging.publish()
    return total
