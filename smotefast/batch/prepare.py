"""From counted classes to synthetic samples that can be generated, within the memory limit.

Every error about the data is raised here, before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from smotefast._phases import job_displayed_on
from smotefast._row_files import HAS_ROW_FILES
from smotefast.batch.block_plan import MemoryLimitError, Plan, make_plan
from smotefast.batch.categorical_features import CategoricalFeatures
from smotefast.batch.class_tables import GatheredTable, gather_table
from smotefast.batch.copied_features import CopiedFeatures
from smotefast.batch.features import Features, warn_about_columns
from smotefast.batch.file_rows import refuse_estimator
from smotefast.batch.kept_columns import BaseRowColumns, NullColumns
from smotefast.batch.memory_needs import (
    MemoryNeed,
    ScratchNeed,
    distinct_draws,
    neighbor_count,
    with_kept_columns,
)
from smotefast.batch.numeric_features import AllNumericFeatures, NumericFeatures
from smotefast.batch.packed_rows import can_be_packed, gather_into_files
from smotefast.batch.provenance import ProvenanceColumns
from smotefast.batch.reading import ClassRows, FileReader
from smotefast.batch.request import Request
from smotefast.batch.row_filters import RowsToWrite
from smotefast.batch.selection import SecondStep, second_step
from smotefast.batch.shuffle_plan import ShuffleNeed
from smotefast.batch.warmup import RUN_AGAIN, JustCompiledError, load_kernels
from smotefast.batch.writing import ColumnSource, SyntheticSamples, TargetColumn
from smotefast.engine.job import Job
from smotefast.kernels import kernels_were_compiled
from smotefast.neighbors import needs_rows_in_memory
from smotefast.report import Progress, SearchDisplay, StepTimes
from smotefast.storage import check_resident_memory, release_memory
from smotefast.storage.sorted_runs import KEY_BYTES

_NN_DESCENT = (
    "search='approximate' improves neighbors by NN-descent, which needs the rows of a class in "
    "memory; with search='auto' or 'exact', they can be in temporary files."
)


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


def check_counts(request: Request, second: SecondStep) -> None:
    """Raise an error if the class sizes alone show that the job must fail."""
    sampler = request.over_sampler
    sampler.check_counts(request.classes.counts, request.target_counts)
    for parameter in request.needs.searches_all:
        refuse_estimator(getattr(sampler, parameter))
    second.check_counts()


def choose_features(
    request: Request, second: SecondStep, in_files: Collection[Any] = ()
) -> Features:
    """Choose how the job handles its features.

    The rows of the classes ``in_files`` are in temporary files instead of in memory.
    """
    needs = request.needs
    if needs.copies_rows:
        is_compared = second.compares_rows
        return CopiedFeatures(request, are_compared=is_compared, in_files=in_files)
    if needs.takes_categories:
        return CategoricalFeatures(request)
    if needs.reads == "everything":
        return AllNumericFeatures(request)
    return NumericFeatures(request, second.classes_to_search(), in_files)


def plan_features(
    request: Request, second: SecondStep, progress: Progress, **options: float | None
) -> tuple[Features, Plan]:
    """Choose how the job handles its features, and plan the memory.

    Rows of as few classes as possible are in temporary files: none, if all fit.

    Raises
    ------
    MemoryLimitError
        If the job would not stay under the limit. The message names the lowest one.
    """
    refused: list[MemoryLimitError] = []
    for in_files in classes_in_files(request, second):
        features = choose_features(request, second, in_files)
        if len(refused) < 2:  # without files, and with some: 300 classes took a minute
            _load_kernels(request, features, second, progress)
        try:
            return features, plan_memory(request, features, second, options)
        except JustCompiledError:
            raise
        except MemoryLimitError as error:
            refused.append(error)
    raise min(refused, key=lambda error: error.least_bytes)


def classes_in_files(request: Request, second: SecondStep) -> Iterator[list[Any]]:
    """Yield the classes that may be in files: none, the largest, the two largest, and so on."""
    yield []
    if why_in_memory(request, second) is not None:
        return
    sizes = request.class_sizes
    can_be = [label for label in sizes if not _needs_memory(request, label)]
    largest = sorted(can_be, key=lambda label: -sizes[label])
    for n_classes in range(1, len(largest) + 1):
        if n_classes == len(sizes) or not request.needs.copies_rows:
            yield largest[:n_classes]


def why_in_memory(request: Request, second: SecondStep) -> str | None:
    """Say in a sentence why no class can be in files; None if classes can, or none changes."""
    needs, name = request.needs, type(request.over_sampler).__name__
    if request.arguments.on_cluster:
        return "On a cluster, each process has the classes to over-sample in memory."
    if needs.reads == "everything":
        more = f", nor does {needs.alternative}" if needs.alternative else ""
        return (
            f"{name} needs the rows of all classes in memory at once; SMOTE, BorderlineSMOTE "
            f"and ADASYN do not{more}."
        )
    if second.compares_rows and not request.class_sizes:
        return (
            f"{type(request.selector).__name__} alone compares rows in memory; after an "
            "over-sampler, it can have them in temporary files."
        )
    if not needs.takes_files:
        return (
            f"{name} needs the rows of the classes to over-sample in memory; SMOTE, "
            "BorderlineSMOTE, ADASYN, and RandomOverSampler without shrinkage, can have them "
            "in temporary files."
        )
    return _why_not_in_files(request) if request.class_sizes else None


def _why_not_in_files(request: Request) -> str | None:
    """Say what keeps rows in memory although the sampler takes files; None if nothing does."""
    parameter = request.needs.neighbors_parameter
    searched_by = None if parameter is None else getattr(request.over_sampler, parameter)
    if hasattr(searched_by, "kneighbors"):
        return (
            f"{type(searched_by).__name__} searches rows in memory; with a number as "
            f"{parameter}, rows can be in temporary files."
        )
    if all(_needs_memory(request, label) for label in request.class_sizes):
        return _NN_DESCENT
    copied = request.columns if request.needs.copies_rows else request.base_columns
    names = [name for name in copied if name not in request.null_columns]
    for field in request.fields(names):
        if not can_be_packed(field.type):
            return (
                f"Column {field.name!r} ({field.type}) has to be in memory; without it, rows "
                f"can be in temporary files. Leave it out with drop={[field.name]}."
            )
    return None if HAS_ROW_FILES else "On this system, rows cannot be in temporary files."


def _needs_memory(request: Request, label: Any) -> bool:
    """Return whether the search within a class needs its rows in memory, by the sizes.

    Samplers that choose base rows by their neighbors may search for all rows.
    """
    sampler, n_rows = request.over_sampler, request.class_sizes[label]
    k = neighbor_count(sampler)
    if not k:
        return False
    n_queries = n_rows
    if request.needs.reads == "classes":
        n_queries = distinct_draws(n_rows, request.n_to_generate[label])
    return needs_rows_in_memory(n_queries, n_rows, k, sampler.search)


def _load_kernels(
    request: Request, features: Features, second: SecondStep, progress: Progress
) -> None:
    """Load what the job may run, so that it counts as memory of the program."""
    dtype = features.dtype
    if dtype is None:
        return
    progress.phase("loading kernels")
    n_rows = max(request.class_sizes.values(), default=0)
    if request.needs.reads in ("neighbors", "everything"):
        n_rows = request.source.n_rows
    sizes = features.n_numbers, features.n_codes
    in_files = bool(features.in_files)
    load_kernels(request.over_sampler, n_rows, *sizes, dtype, in_files=in_files)
    second.load_kernels(features.n_numbers, dtype, in_files=in_files)


def plan_memory(
    request: Request, features: Features, second: SecondStep, options: dict[str, Any]
) -> Plan:
    """Plan the memory on top of that of the program.

    Raises
    ------
    MemoryLimitError
        If the job would not stay under the limit.
    """
    in_files = bool(features.in_files)
    need = second.add_memory(features.memory_need(), features.dtype, in_files=in_files)
    n_rows = 0 if in_files else sum(request.class_sizes.values())
    carried = _not_copied(request.base_columns, features)
    need = with_kept_columns(need, request.column_sizes, carried, n_rows)
    return _fitting_plan(request, second, need, options)


def warn_about_features(request: Request, features: Features, plan: Plan) -> None:
    """Warn about features such as keys, if the job computes with their values."""
    if features.dtype is not None:
        warn_about_columns(request, plan.batch_rows)


def _fitting_plan(
    request: Request, second: SecondStep, need: MemoryNeed, options: dict[str, Any]
) -> Plan:
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
        reason = why_in_memory(request, second)
        if reason is None and any(
            _needs_memory(request, label) for label in request.class_sizes
        ):
            reason = _NN_DESCENT
        message = str(error) if reason is None else f"{error} {reason}"
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


def scratch_need(request: Request, features: Features, second: SecondStep) -> ScratchNeed:
    """Return the bytes that are planned for temporary files."""
    need = features.scratch_need()
    search = need.search
    if features.in_files:
        search = max(search, second.scratch_need(features.dtype))
    return ScratchNeed(need.gathered + _carried_bytes(request, features), search, need.found)


def _carried_bytes(request: Request, features: Features) -> int:
    """Return the bytes in files of columns, beside features, with values of the base row."""
    if not features.in_files:
        return 0
    names = _not_copied(request.base_columns, features)
    row = request.column_sizes.row_bytes(names) + 8 if names else 0
    return int(sum(request.class_sizes.values()) * row)


def _not_copied(names: Iterable[str], features: Features) -> list[str]:
    """Return the columns that are not copied along with the features."""
    copied = frozenset(features.names)
    return [name for name in names if name not in copied]


def _column_sources(
    request: Request, features: Features, reader: FileReader, rows: Any
) -> list[ColumnSource]:
    """Return where the columns of synthetic samples come from."""
    sources: list[ColumnSource] = [features]
    nulls = _not_copied(request.null_columns, features)
    sources.append(NullColumns(request.fields(nulls)))
    carried = _not_copied(request.base_columns, features)
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
