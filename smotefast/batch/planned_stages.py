"""The stages of a job up to the first one that cannot be known, and the errors of the job.

Everything is checked by the functions of the job. The classes are counted, the kernels loaded
and the memory planned as in the job; then nothing is read into memory or written.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from smotefast._threads import thread_count
from smotefast.batch.arguments import Arguments
from smotefast.batch.block_plan import Plan, check_copying
from smotefast.batch.feature_plan import (
    check_counts,
    choose_features,
    labels_in_files,
    plan_with_enough,
    warn_about_features,
)
from smotefast.batch.features import Features
from smotefast.batch.peak_memory import copying_bytes
from smotefast.batch.planned_search import Searches, open_searches, planned_searches
from smotefast.batch.planned_source import count_stream, unknown_of_stores
from smotefast.batch.planned_steps import StoredColumns, expected_output, planned_steps
from smotefast.batch.prepare import second_step
from smotefast.batch.request import Request, make_request
from smotefast.batch.selection import SecondStep
from smotefast.batch.stages import (
    AtOnce,
    Columns,
    Counted,
    check_parts,
    checked_columns,
    read_classes,
    writing_at_once,
)
from smotefast.report import Progress
from smotefast.report.job_plan import JobPlan, PlannedClass, Refusal
from smotefast.storage import (
    Destination,
    Location,
    ParquetSource,
    StreamSource,
    check_destination,
    explain_limit,
    open_any_source,
    process_spread,
)

# Errors that a job reports; others are mistakes of the program.
_REFUSALS = (ValueError, TypeError, OSError, MemoryError, RuntimeError)
_NOT_COUNTED = (
    "The rows of this source are read once, when the job runs: its classes were not counted, "
    "and memory and time are not known."
)


class Planning:
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
        self._unknown += unknown_of_stores(source, output)
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
        with self._guard():
            check_copying(arguments.limit.n_bytes)
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
        stored_names = [n for n in request.columns if n not in request.source.in_paths]
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
        features, plan = plan_with_enough(request, second, progress, self._guard, **at_once)
        expected, needed = plan.peak_bytes, plan.least_bytes
        if request.source.is_copy:
            copying = copying_bytes()
            plan = replace(plan, step_bytes=plan.step_bytes | {"copying": copying})
            expected, needed = max(expected, copying), max(needed, copying + process_spread())
        self._add(
            n_parts=plan.n_workers,
            memory_expected=expected,
            memory_needed=needed,
            memory_program=plan.program_bytes,
            classes_in_files=labels_in_files(request, features),
        )
        return features, plan

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
