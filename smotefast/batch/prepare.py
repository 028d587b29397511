"""From counted classes to synthetic samples that can be generated, within the memory limit.

Every error about the data is raised here, before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, cast

from smotefast._phases import job_displayed_on
from smotefast.batch.block_plan import MemoryLimitError, Plan, make_plan
from smotefast.batch.categorical_features import CategoricalFeatures
from smotefast.batch.class_tables import gather_table
from smotefast.batch.copied_features import CopiedFeatures
from smotefast.batch.features import Features, warn_about_columns
from smotefast.batch.file_rows import refuse_estimator
from smotefast.batch.kept_columns import BaseRowColumns, NullColumns
from smotefast.batch.memory_needs import MemoryNeed, with_kept_columns
from smotefast.batch.numeric_features import AllNumericFeatures, NumericFeatures
from smotefast.batch.provenance import ProvenanceColumns
from smotefast.batch.reading import FileReader
from smotefast.batch.request import Request
from smotefast.batch.row_filters import RowsToWrite
from smotefast.batch.selection import SecondStep, second_step
from smotefast.batch.shuffle_plan import ShuffleNeed
from smotefast.batch.warmup import RUN_AGAIN, JustCompiledError, load_kernels
from smotefast.batch.writing import ColumnSource, SyntheticSamples, TargetColumn
from smotefast.engine.job import Job
from smotefast.engine.rows import AllRows, ClassPositions
from smotefast.kernels import kernels_were_compiled
from smotefast.report import Progress, SearchDisplay, StepTimes
from smotefast.storage import check_resident_memory, release_memory
from smotefast.storage.sorted_runs import KEY_BYTES


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
    """

    job: Job
    synthetic: SyntheticSamples
    plan: Plan
    recall: float | None
    rows: RowsToWrite

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
) -> PreparedJob:
    """Plan the memory, read the classes, find neighbors.

    ``times`` gets these steps. The other parameters are those of ``make_plan``.

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
    features = choose_features(request, second)
    plan = plan_memory(
        request,
        features,
        second,
        progress,
        n_workers=n_workers,
        group_rows=group_rows,
        run_bytes=run_bytes,
        is_written=is_written,
        extra_groups=extra_groups,
    )
    warn_about_features(request, features, plan)
    reader = _reader(request, plan, progress)
    times.begin("gathering")
    gathered = features.gather(reader)
    sources = _column_sources(request, features, reader, gathered.rows)
    times.begin("searching")
    progress.phase(features.phase)
    rows = cast(AllRows, gathered.rows)  # the sampler reads only what its needs() tell
    with _search_display(request, progress):
        job = request.over_sampler.prepare(rows, request.n_to_generate)
    check_resident_memory(request.limit)
    rows_to_write = second.select(job, reader, features.dtype, gathered.in_memory)
    check_resident_memory(request.limit)
    release_memory()
    return PreparedJob(
        job,
        SyntheticSamples(job, request.schema, sources),
        plan,
        getattr(request.over_sampler, "recall_", None),
        rows_to_write,
    )


def _search_display(request: Request, progress: Progress) -> AbstractContextManager[None]:
    """Return what displays the phases of a search.

    A search among all rows is many searches, one for each block of the files; the display
    counts the rows of the files instead.
    """
    if request.needs.reads == "neighbors":
        return nullcontext()
    return job_displayed_on(SearchDisplay(progress))


def check_counts(request: Request, second: SecondStep) -> None:
    """Raise an error if the class sizes alone show that the job must fail."""
    sampler = request.over_sampler
    sampler.check_counts(request.classes.counts, request.target_counts)
    for parameter in request.needs.searches_all:
        refuse_estimator(getattr(sampler, parameter))
    second.check_counts()


def choose_features(request: Request, second: SecondStep) -> Features:
    """Choose how the job handles its features."""
    needs = request.needs
    if needs.copies_rows:
        return CopiedFeatures(request, are_compared=second.compares_rows)
    if needs.takes_categories:
        return CategoricalFeatures(request)
    if needs.reads == "everything":
        return AllNumericFeatures(request)
    return NumericFeatures(request, second.classes_to_search())


def plan_memory(
    request: Request,
    features: Features,
    second: SecondStep,
    progress: Progress,
    **options: float | None,
) -> Plan:
    """Load the kernels, and plan the memory on top of them.

    Raises
    ------
    MemoryLimitError
        If the job would not stay under the limit.
    """
    dtype = features.dtype
    if dtype is not None:
        progress.phase("loading kernels")
        n_rows = max(request.class_sizes.values(), default=0)
        if request.needs.reads in ("neighbors", "everything"):
            n_rows = request.source.n_rows
        sizes = features.n_numbers, features.n_codes
        load_kernels(request.over_sampler, n_rows, *sizes, dtype)
        second.load_kernels(features.n_numbers, dtype)
    need = second.add_memory(features.memory_need(), dtype)
    n_rows = sum(request.class_sizes.values())
    carried = _not_copied(request.base_columns, features)
    need = with_kept_columns(need, request.column_sizes, carried, n_rows)
    return _fitting_plan(request, need, options)


def warn_about_features(request: Request, features: Features, plan: Plan) -> None:
    """Warn about features such as keys, if the job computes with their values."""
    if features.dtype is not None:
        warn_about_columns(request, plan.batch_rows)


def _fitting_plan(request: Request, need: MemoryNeed, options: dict[str, Any]) -> Plan:
    """Return block sizes; say in an error what may help."""
    n_written = request.source.n_rows + sum(request.n_to_generate.values())
    try:
        return make_plan(
            request.column_sizes,
            request.columns,
            n_written=n_written,
            shuffle=_shuffle_need(request, n_written),
            need=need,
            limit=request.limit,
            row_group_size=request.arguments.layout.row_group_size,
            **options,
        )
    except MemoryLimitError as error:
        message = str(error)
        if request.needs.reads == "everything":
            message += (
                f" {type(request.over_sampler).__name__} needs the rows of all classes in "
                "memory at once; SMOTE, BorderlineSMOTE and ADASYN do not."
            )
        if kernels_were_compiled():
            message = f"{message} {RUN_AGAIN}"
            raise JustCompiledError(message, error.least_bytes) from error
        raise MemoryLimitError(message, error.least_bytes) from error


def _shuffle_need(request: Request, n_rows: int) -> ShuffleNeed | None:
    """Return what the sort of a shuffled output needs, or None for the source order."""
    arguments, sizes = request.arguments, request.column_sizes
    if arguments.order == "source":
        return None
    row_bytes = sizes.row_bytes(request.columns) + KEY_BYTES
    part_bytes = arguments.layout.part_bytes
    dictionaries = sizes.dictionary_bytes(request.columns)
    return ShuffleNeed(int(n_rows * row_bytes), part_bytes, dictionaries)


def _reader(request: Request, plan: Plan, progress: Progress) -> FileReader:
    return FileReader(
        request.source,
        request.target,
        list(request.classes.counts),
        plan.batch_rows,
        plan.query_rows,
        plan.pool_rows,
        progress,
        request.limit,
    )


def _not_copied(names: Iterable[str], features: Features) -> list[str]:
    """Return the columns that are not copied along with the features."""
    copied = frozenset(features.names)
    return [name for name in names if name not in copied]


def _column_sources(
    request: Request, features: Features, reader: FileReader, rows: ClassPositions
) -> list[ColumnSource]:
    """Return where the columns of synthetic samples come from."""
    sources: list[ColumnSource] = [features]
    nulls = _not_copied(request.null_columns, features)
    sources.append(NullColumns(request.fields(nulls)))
    carried = _not_copied(request.base_columns, features)
    if carried and request.n_to_generate:
        table = gather_table(reader, carried, request.class_sizes)
        positions = {label: rows.positions(label) for label in request.class_sizes}
        sources.append(BaseRowColumns(table, positions))
    if request.arguments.provenance:
        sources.append(ProvenanceColumns(getattr(rows, "source_rows", None)))
    if request.target not in features.names:
        sources.append(TargetColumn(request.target, request.classes))
    return sources
