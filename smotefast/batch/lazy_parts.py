"""Parts of a job that a caller fills when it needs them, such as partitions of a collection.

The stages are those of ``run_job.py`` until something is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pyarrow as pa

from smotefast._open_files import files_for_other_processes
from smotefast.batch.arguments import (
    Arguments,
    check_arguments,
    column_names,
    split_columns,
)
from smotefast.batch.engines import Engine, Report
from smotefast.batch.gathered_files import GatheredFiles
from smotefast.batch.prepare import prepare_job
from smotefast.batch.search_steps import SearchSteps
from smotefast.batch.stages import checked_columns, count_classes, row_groups
from smotefast.batch.tasks import CopyRows, GenerateRows, Part, generate_tasks, group_into_parts
from smotefast.batch.writing import RowGroups
from smotefast.exceptions import warn_resampling
from smotefast.neighbors import save_searches
from smotefast.report import LoggedProgress, StepTimes, make_progress
from smotefast.storage import (
    Journal,
    Location,
    ParquetSource,
    exit_on_signals,
    explain_limit,
)
from smotefast.storage.remote.shared_folder import SharedFolder, store_of
from smotefast.storage.source import open_listed
from smotefast.storage.source_folder import list_source_files


class LazyParts(NamedTuple):
    """Parts of a job in the source order, and what fills them.

    Attributes
    ----------
    groups
        The rows; they can be pickled.
    parts
        The parts.
    """

    groups: RowGroups
    parts: list[Part]

    def table(self, part: Part, report: Report) -> pa.Table:
        """Return the rows of a part; ``report`` is called with their number."""
        tables = list(self.groups.of_part(part))
        table = pa.concat_tables(tables or [self.groups.output_schema.empty_table()])
        report(table.num_rows)
        return table


def check_frame(
    name: str,
    columns: Sequence[Any],
    *,
    target: str,
    sampler: Any,
    keep: Iterable[str],
    memory_limit: int | str | None,
    scratch: str | os.PathLike[str] | None,
) -> Arguments:
    """Check the arguments of a data frame before its rows are computed.

    Columns to keep get the values of the base row, so that no type has to allow nulls.

    Parameters
    ----------
    name, columns
        The parameter with the frame, for messages, and the names of its columns.
    target, sampler, keep, memory_limit, scratch
        As for ``resample_dataset``.

    Raises
    ------
    ValueError, TypeError
        The message names the argument and the allowed values.
    """
    kept = column_names(keep, "keep")
    if store_of(scratch) is not None:
        scratch = None  # which is a folder of this machine
    arguments = check_arguments(
        name,
        "",
        sampler=sampler,
        keep=kept,
        keep_fill="base" if kept else "null",
        memory_limit=memory_limit,
        scratch=scratch,
        is_written=False,
        on_cluster=True,
    )
    for column in columns:
        if not isinstance(column, str):
            raise TypeError(
                f"Column {column!r} of {name} is no text. Rename it: the rows are written to "
                "Parquet files, whose columns have text as names."
            )
    schema = pa.schema([(column, pa.null()) for column in columns])
    split_columns(ParquetSource(name, [], [], schema), target, (), kept)
    return arguments


def prepare_parts(
    arguments: Arguments,
    rows: Sequence[Location],
    target: str,
    *,
    engine: Engine,
    scratch: SharedFolder,
    progress: bool | None,
) -> LazyParts:
    """Count classes, gather rows and find neighbors for the Parquet files of a frame.

    Parameters
    ----------
    arguments
        Those that ``check_frame`` has returned.
    rows
        Files with the rows of the frame, or a folder of them.
    target
        The column with the class.
    engine
        Runs the tasks.
    scratch
        Folder for files of the job, such as those of classes that do not fit into memory.
        What fills the parts reads them.
    progress
        Whether a progress bar is shown; None shows one in a terminal.
    """
    (frame,) = arguments.source
    source = _opened(rows, frame.path)
    columns = checked_columns(arguments, source, target)
    with (
        explain_limit(arguments.limit),
        exit_on_signals(),
        LoggedProgress(make_progress(progress)) as shown,
        files_for_other_processes(scratch.path, scratch),
    ):
        arguments = arguments.on(engine)
        counted = count_classes(arguments, source, target, columns, shown, engine)
        request, copies, part_rows = counted
        journal = Journal(scratch.path)
        steps = SearchSteps(engine, scratch, journal, request.limit)
        with save_searches(journal, steps):
            prepared = prepare_job(
                request,
                shown,
                StepTimes("counting"),
                is_written=False,
                scratch=scratch.path,
                gathered=GatheredFiles(engine, scratch, copies),
            )
    warn_resampling(prepared.job.messages)
    prepared.job.n_threads = 1  # of each task; the samples do not depend on it
    tasks: list[CopyRows | GenerateRows] = [*copies]
    tasks += generate_tasks(prepared.job.n_rows, part_rows)
    parts = group_into_parts(tasks, part_rows, is_folder=True)
    return LazyParts(row_groups(request, prepared), parts)


def _opened(rows: Sequence[Location], frame: str) -> ParquetSource:
    """Open the rows of a frame; messages name the frame, as the files will be removed."""
    try:
        source = open_listed(rows, list_source_files(rows))
        return replace(source.shared(), path=frame)
    except (ValueError, TypeError) as error:
        raise type(error)(str(error).replace(rows[0].path, frame)) from error
