"""From counted classes to synthetic samples that can be generated, within the memory limit.

Every error about the data is raised here, before anything is written.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from smotefast._phases import job_displayed_on
from smotefast.batch.block_plan import Plan
from smotefast.batch.class_tables import GatheredTable, gather_table
from smotefast.batch.feature_plan import (
    check_counts,
    labels_in_files,
    not_copied,
    plan_features,
    scratch_need,
    warn_about_features,
)
from smotefast.batch.features import Features
from smotefast.batch.kept_columns import BaseRowColumns, NullColumns
from smotefast.batch.link_removal import LinkRemoval
from smotefast.batch.packed_rows import gather_into_files
from smotefast.batch.provenance import ProvenanceColumns
from smotefast.batch.random_selection import RandomSelection
from smotefast.batch.reading import ClassRows, FileReader
from smotefast.batch.request import Request
from smotefast.batch.row_filters import RowsToWrite
from smotefast.batch.selection import SecondStep
from smotefast.batch.writing import ColumnSource, SyntheticSamples, TargetColumn
from smotefast.engine.job import Job
from smotefast.report import Progress, SearchDisplay, StepTimes
from smotefast.report.job_plan import files_text
from smotefast.storage import check_resident_memory, release_memory

_logger = logging.getLogger("smotefast")


@dataclass(frozen=True)
class PreparedJob:
    """A job that is ready to be written.

    Attributes
    ----------
    job
        How the samples are generated.
    synthetic
        The samples as batches.
    plan
        Sizes of blocks.
    recall
        Recall of an approximate search, or None.
    rows
        The rows to write.
    scratch_bytes
        Size of the temporary files of classes that are not in memory.
    """

    job: Job
    synthetic: SyntheticSamples
    plan: Plan
    recall: float | None
    rows: RowsToWrite
    scratch_bytes: int

    @property
    def changes_rows(self) -> bool:
        """Whether any row is generated or removed."""
        return self.job.n_rows > 0 or self.rows.originals is not None


def prepare_job(
    request: Request,
    progress: Progress,
    times: StepTimes,
    *,
    n_workers: int = 1,
    group_rows: int | None = None,
    run_bytes: int | None = None,
    is_written: bool = True,
    extra_groups: float = 0.0,
    scratch: str,
    gathered: ClassRows | None = None,
) -> PreparedJob:
    """Plan the memory, read the classes, find neighbors.

    ``times`` gets these steps, and ``scratch`` is a folder for temporary files. ``gathered`` is
    where the rows of classes are read, if not from the source. The other parameters are those
    of ``make_plan``.

    Raises
    ------
    MemoryError
        If the job would not stay under the limit.
    ValueError
        If the sampler cannot work with the data.
    """
    times.begin("planning")
    second = second_step(request)
    check_counts(request, second)
    features, plan = plan_features(
        request,
        second,
        progress,
        n_workers=n_workers,
        group_rows=group_rows,
        run_bytes=run_bytes,
        is_written=is_written,
        extra_groups=extra_groups,
    )
    if features.in_files:
        _logger.info(files_text(labels_in_files(request, features)))
    warn_about_features(request, features, plan)
    reader = _reader(request, plan, progress, scratch, gathered)
    times.begin("gathering")
    found = features.gather(reader)
    sources = _column_sources(request, features, reader, found.rows)
    times.begin("searching")
    progress.phase(features.phase)
    with _search_display(request, features, progress):
        job = request.over_sampler.prepare(found.rows, request.n_to_generate)
    check_resident_memory(request.limit)
    in_files = bool(features.in_files)
    with _search_display(request, features, progress) if in_files else nullcontext():
        rows_to_write = second.select(
            job, reader, features.dtype, found.in_memory, in_files=in_files
        )
    check_resident_memory(request.limit)
    release_memory()
    return PreparedJob(
        job,
        SyntheticSamples(job, request.schema, sources),
        plan,
        getattr(request.over_sampler, "recall_", None),
        rows_to_write,
        sum(scratch_need(request, features, second)),
    )


def second_step(request: Request) -> SecondStep:
    """Return what a job does after over-sampling."""
    if request.selector is None:
        return SecondStep(request)
    if request.selector.needs().reads == "neighbors":
        return LinkRemoval(request, request.selector)
    return RandomSelection(request, request.selector)


def _search_display(
    request: Request, features: Features, progress: Progress
) -> AbstractContextManager[None]:
    """Return what displays the phases of a search.

    A search among all rows that stream by is many searches, one for each block of the files;
    the display counts the rows of the files instead.
    """
    if request.needs.reads == "neighbors" and not features.in_files:
        return nullcontext()
    return job_displayed_on(SearchDisplay(progress))


def _reader(
    request: Request,
    plan: Plan,
    progress: Progress,
    scratch: str,
    gathered: ClassRows | None,
) -> FileReader:
    return FileReader(
        request.source,
        request.target,
        list(request.classes.counts),
        plan.batch_rows,
        plan.query_rows,
        plan.pool_rows,
        progress,
        request.limit,
        scratch,
        gathered,
    )


def _column_sources(
    request: Request, features: Features, reader: FileReader, rows: Any
) -> list[ColumnSource]:
    """Return where the columns of synthetic samples come from."""
    sources: list[ColumnSource] = [features]
    nulls = not_copied(request.null_columns, features)
    sources.append(NullColumns(request.fields(nulls)))
    carried = not_copied(request.base_columns, features)
    if carried and request.n_to_generate:
        gather = gather_into_files if features.in_files else gather_table
        table: GatheredTable = gather(reader, carried, request.class_sizes)
        positions = {label: rows.positions(label) for label in request.class_sizes}
        sources.append(BaseRowColumns(table, positions))
    if request.arguments.provenance:
        sources.append(ProvenanceColumns(getattr(rows, "source_rows", None)))
    if request.target not in features.names:
        sources.append(TargetColumn(request.target, request.classes))
    return sources
