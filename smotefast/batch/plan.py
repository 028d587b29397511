"""``plan_dataset``: what ``resample_dataset`` would do with the same arguments.

Everything is checked by the functions of the job. The classes are counted, the kernels loaded
and the memory planned as in the job; then nothing is read into memory or written.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

from smotefast._threads import thread_count
from smotefast.batch.arguments import Arguments, check_arguments
from smotefast.batch.block_plan import MemoryLimitError, Plan
from smotefast.batch.features import Features
from smotefast.batch.layout import Codec
from smotefast.batch.planned_search import Searches, open_searches, planned_searches
from smotefast.batch.planned_source import count_stream
from smotefast.batch.planned_steps import StoredColumns, expected_output, planned_steps
from smotefast.batch.prepare import (
    check_counts,
    choose_features,
    plan_features,
    warn_about_features,
)
from smotefast.batch.request import Request, make_request
from smotefast.batch.selection import SecondStep, second_step
from smotefast.batch.stages import (
    AtOnce,
    Columns,
    Counted,
    check_parts,
    checked_columns,
    read_classes,
    writing_at_once,
)
from smotefast.report import LoggedProgress, Progress, make_progress
from smotefast.report.job_plan import JobPlan, PlannedClass, Refusal
from smotefast.storage import (
    Destination,
    Location,
    ParquetSource,
    StreamSource,
    check_destination,
    explain_limit,
    open_any_source,
)
from smotefast.storage.limits import Limit

Path = str | os.PathLike[str]
# Errors that a job reports; others are mistakes of the program.
_REFUSALS = (ValueError, TypeError, OSError, MemoryError, RuntimeError)
_ANY_FILE, _ANY_FOLDER = "result.parquet", "result"
_STORE_TIME = "Requests to a store take time that the estimate does not have."
_STORE_SCRATCH = (
    "Each part of a folder in a store is removed here when it is uploaded: the job has less "
    "scratch at a time than the whole result."
)
_NOT_COUNTED = (
    "The rows of this source are read once, when the job runs: its classes were not counted, "
    "and memory and time are not known."
)


def plan_dataset(
    source: Path | Sequence[Path] | Any,
    destination: Path | None = None,
    *,
    target: str,
    sampler: Any = "smote",
    memory_limit: int | str | None = None,
    rows: Literal["all", "synthetic"] = "all",
    order: Literal["source", "shuffled"] = "source",
    schema: Literal["unify", "strict"] = "unify",
    overwrite: bool = False,
    progress: bool | Callable[[int, int], object] | None = None,
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    keep_fill: Literal["null", "base"] = "null",
    feature: Iterable[str] = (),
    if_balanced: Literal["error", "copy"] = "error",
    absent_classes: Literal["error", "ignore"] = "error",
    weight_column: str | None = None,
    weights_from: str | None = None,
    provenance: bool = False,
    compression: Codec | None = None,
    compression_level: int | None = None,
    row_group_size: int | None = None,
    part_size: int | str | None = None,
    partition_by: Iterable[str] = (),
    report: Path | None = None,
    scratch: Path | None = None,
    format: Literal["delta"] | None = None,
) -> JobPlan:
    """Say what a job would do, what it would take, and whether it would be refused.

    Only the target column, samples of the rows, and columns that look like keys are read.
    Nothing is written or removed.

    Parameters
    ----------
    source
        As for ``resample_dataset``. The classes of text and Arrow files, and of a pyarrow
        Dataset, are counted by reading all their rows. No row is read of other objects.
    destination
        Where the job would write; None for any new file, or any new folder if there is a
        ``part_size``.
    target, sampler, memory_limit, rows, order, schema, overwrite, progress, drop, keep
        As for ``resample_dataset``.
    keep_fill, feature, if_balanced, absent_classes, weight_column, weights_from, provenance
        As for ``resample_dataset``.
    compression, compression_level, row_group_size, part_size, partition_by, report
        As for ``resample_dataset``.
    scratch, format
        As for ``resample_dataset``.

    Returns
    -------
    JobPlan
        Classes, searches, steps with memory, bytes and time, errors that the job would raise,
        and warnings. ``print`` shows it as tables.

    Raises
    ------
    ValueError, TypeError
        If an argument is not valid, whatever the data are.

    See Also
    --------
    smotefast.resample_dataset : Do it.

    Examples
    --------
    >>> import os, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> import smotefast
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = os.path.join(folder, "in.parquet")
    ...     pq.write_table(pa.table({"x": [1.0, 2.0, 3.0], "y": ["a", "a", "b"]}), source)
    ...     plan = smotefast.plan_dataset(source, target="y", sampler="random")
    >>> [tuple(each) for each in plan.classes], plan.refused
    ([('a', 2, 0, 2), ('b', 1, 1, 2)], ())
    """
    anywhere = _ANY_FILE if part_size is None and not partition_by else _ANY_FOLDER
    arguments = check_arguments(
        source,
        anywhere if destination is None else destination,
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
        compression=compression,
        compression_level=compression_level,
        row_group_size=row_group_size,
        part_size=part_size,
        partition_by=partition_by,
        report=report,
        scratch=scratch,
        format=format,
    )
    planning = _Planning(arguments, target, has_destination=destination is not None)
    with LoggedProgress(make_progress(progress)) as shown:
        return planning.run(overwrite, shown)


def check_memory(arguments: Arguments, target: str, *, overwrite: bool) -> None:
    """Raise the first error of a job that is known when its memory is planned.

    The parameters are those of ``run_job``.
    """
    planning = _Planning(arguments, target, has_destination=True, stops_at_memory=True)
    with LoggedProgress(make_progress(False)) as shown:
        for refused in planning.run(overwrite, shown).refused:
            raise refused.error


class _Planning:
    """Collects what is found out, and the errors of the job."""

    def __init__(
        self,
        arguments: Arguments,
        target: str,
        *,
        has_destination: bool,
        stops_at_memory: bool = False,
    ) -> None:
        self._arguments, self._target = arguments, target
        self._has_destination, self._stops_at_memory = has_destination, stops_at_memory
        self._refused: list[Refusal] = []
        self._unknown: list[str] = []
        self._plan = JobPlan(
            _path_of(arguments.source),
            arguments.destination if has_destination else None,
            arguments.limit.n_bytes,
            n_threads=thread_count(getattr(arguments.steps.over_sampler, "n_jobs", None)),
        )

    def run(self, overwrite: bool, progress: Progress) -> JobPlan:
        """Go through the stages of a job up to the first one that cannot be known."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with self._guard():
                self._go(overwrite, progress)
        messages = dict.fromkeys(str(each.message) for each in caught)
        return replace(
            self._plan,
            refused=tuple(self._refused),
            warnings=tuple(messages),
            unknown=tuple(self._unknown),
        )

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Record an error of the job, and go on after it."""
        try:
            with explain_limit(self._arguments.limit):
                yield
        except _REFUSALS as error:
            self._refused.append(Refusal(error))

    def _go(self, overwrite: bool, progress: Progress) -> None:
        arguments = self._arguments
        source = open_any_source(
            arguments.source, arguments.drop, arguments.schema, arguments.format
        )
        self._add(source=source.path, n_files=len(source.files))
        output = self._output(source, overwrite)
        self._explain_stores(source, output)
        columns = checked_columns(
            arguments, source, self._target, output, self._guard, may_write=False
        )
        self._add(n_columns=len(columns[0]), n_features=len(columns[1]))
        counted = self._counted(source, columns, progress)
        if counted is None:
            self._unknown.append(_NOT_COUNTED)
            return
        files, found = counted
        counts = found.classes.counts
        unchanged = (PlannedClass(label, n, 0, None) for label, n in counts.items())
        self._add(n_rows=files.n_rows, classes=tuple(unchanged))
        request = make_request(
            arguments, files, self._target, columns, found.sizes, found.classes
        )
        if output.is_folder:
            with self._guard():
                check_parts(
                    request,
                    found.copies,
                    found.part_rows,
                    progress,
                    checks_partitions=self._has_partitions(files, columns),
                )
        self._plan_request(request, found, output, source, progress)

    def _explain_stores(
        self, source: ParquetSource | StreamSource, output: Destination
    ) -> None:
        """Say what is not known about files in stores."""
        if output.files.is_remote or any(file.files.is_remote for file in source.files):
            self._unknown.append(_STORE_TIME)
        if output.files.is_remote and output.is_folder:
            self._unknown.append(_STORE_SCRATCH)

    def _has_partitions(self, files: ParquetSource, columns: Columns) -> bool:
        """Tell whether the values of partitions can be read."""
        by, (written, features) = self._arguments.partition_by, columns
        if by and files.is_copy:
            self._unknown.append(
                "The number of files of each partition is known when the source is copied."
            )
        return not files.is_copy and {*by} <= {*written} - {*features}

    def _output(self, source: ParquetSource | StreamSource, overwrite: bool) -> Destination:
        """Return the destination; a new one if there is none, or it cannot be written."""
        path, scratch = self._arguments.destination, self._arguments.scratch
        if self._has_destination:
            location = Location(path, self._arguments.files)
            with self._guard():
                return check_destination(location, source, overwrite=overwrite, scratch=scratch)
        is_folder = not path.lower().endswith((".parquet", ".pq", ".parq"))
        return Destination(os.path.realpath(path), is_folder)

    def _counted(
        self, source: ParquetSource | StreamSource, columns: Columns, progress: Progress
    ) -> tuple[ParquetSource, Counted] | None:
        """Count the classes; None if no row of the source may be read."""
        arguments, target = self._arguments, self._target
        if isinstance(source, ParquetSource):
            return source, read_classes(arguments, source, target, columns, progress)
        if source.reread is None:
            return None
        progress.phase("counting classes")
        allow_one = arguments.allowed.absent
        part_bytes = arguments.layout.part_bytes
        return count_stream(
            source, target, columns, progress, allow_one=allow_one, part_bytes=part_bytes
        )

    def _plan_request(
        self,
        request: Request,
        counted: Counted,
        output: Destination,
        source: ParquetSource | StreamSource,
        progress: Progress,
    ) -> None:
        second = second_step(request)
        n_refused = len(self._refused)
        with self._guard():
            check_counts(request, second)
            self._add(classes=_classes(request, second))
        with self._guard():
            choose_features(request, second)
        if len(self._refused) > n_refused:
            return
        at_once = writing_at_once(self._arguments, output)
        features, plan = self._memory(request, second, progress, at_once)
        if self._stops_at_memory:
            return
        if isinstance(source, ParquetSource):
            progress.phase("checking columns")
            with self._guard():
                warn_about_features(request, features, plan)
        else:
            self._unknown.append(
                "Columns are checked for keys, and values for missing ones, when the job has "
                "copied them."
            )
        searches = self._searches(request, features, second, counted, plan)
        self._unknown += open_searches(request, features, searches.searches)
        sizes = request.column_sizes
        row_bytes = {name: sizes.row_bytes([name]) for name in request.columns}
        stored_names = [n for n in request.columns if n not in request.source.partitioned]
        stored = StoredColumns(request.source, stored_names, row_bytes)
        size = expected_output(
            replace(request, columns=stored_names), stored, self._plan.classes
        )
        n_copied = 0 if isinstance(source, ParquetSource) else _bytes_of(source)
        steps = planned_steps(request, features, second, searches, stored, size, plan, n_copied)
        self._add(steps=tuple(steps), searches=tuple(searches.searches), n_written=size.stored)

    def _memory(
        self,
        request: Request,
        second: SecondStep,
        progress: Progress,
        at_once: AtOnce,
    ) -> tuple[Features, Plan]:
        """Plan the memory; if it does not fit, as with a limit that is enough."""
        features, plan = self._fitting(request, second, progress, at_once)
        self._add(
            n_parts=plan.n_workers,
            memory_expected=plan.peak_bytes,
            memory_needed=plan.least_bytes,
            memory_program=plan.program_bytes,
        )
        return features, plan

    def _fitting(
        self, request: Request, second: SecondStep, progress: Progress, at_once: AtOnce
    ) -> tuple[Features, Plan]:
        try:
            return plan_features(request, second, progress, **at_once)
        except MemoryLimitError:
            pass
        least = 0
        with self._guard():
            try:
                # Once more: what this process has loaded now counts as memory of the program.
                return plan_features(request, second, progress, **at_once)
            except MemoryLimitError as error:
                least = error.least_bytes
                raise
        enough = request.arguments._replace(limit=Limit(least, ""))
        return plan_features(replace(request, arguments=enough), second, progress, **at_once)

    def _searches(
        self,
        request: Request,
        features: Features,
        second: SecondStep,
        counted: Counted,
        plan: Plan,
    ) -> Searches:
        searches = Searches([], None, 0)
        with self._guard():
            searches = planned_searches(request, features, second, counted.copies, plan)
        return searches

    def _add(self, **found: Any) -> None:
        self._plan = replace(self._plan, **found)


def _classes(request: Request, second: SecondStep) -> tuple[PlannedClass, ...]:
    """Return the classes with the rows that are expected after each step."""
    after = second.counts_after()
    return tuple(
        PlannedClass(label, n, request.n_to_generate.get(label, 0), after[label])
        for label, n in request.classes.counts.items()
    )


def _path_of(source: Any) -> str:
    paths = [each.path for each in source] if isinstance(source, list) else []
    return ", ".join(paths) if paths else f"the {type(source).__name__}"


def _bytes_of(source: StreamSource) -> int:
    return sum(file.content_state[0] for file in source.files)
