"""From counted classes to a job that can be filled, within the limit.

Everything that can refuse the job happens here, before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast._messages import MAX_NAMES
from smotefast.batch.block_plan import Need, Plan, make_plan
from smotefast.batch.column_checks import advice, check_columns
from smotefast.batch.file_rows import FileRows
from smotefast.batch.gathering import gather_everything, gather_matrices, gather_table
from smotefast.batch.layouts import (
    Layout,
    NumberLayout,
    category_layout,
    category_rows,
    split_features,
)
from smotefast.batch.memory_needs import (
    need_of_categories,
    need_of_numbers,
    need_of_selection,
)
from smotefast.batch.passthrough import Passthrough
from smotefast.batch.reading import Reading
from smotefast.batch.request import Request, links_advice
from smotefast.batch.row_filters import Kept
from smotefast.batch.selection import Matrices, held_classes, refuse_by_counts, select_rows
from smotefast.batch.warmup import RUN_AGAIN, JustCompiledError, load_kernels, load_links
from smotefast.batch.writing import NewRows
from smotefast.engine.job import Job
from smotefast.engine.rows import ClassRows, MatrixRows
from smotefast.exceptions import NotNumericError, warn_resampling
from smotefast.kernels import kernels_were_compiled
from smotefast.report.progress import Progress
from smotefast.storage import ParquetSource, check_resident_memory, release_memory
from smotefast.tables.arrow_columns import check_numeric_fields, non_numeric_fields
from smotefast.tables.arrow_tables import take_arrow


@dataclass(frozen=True)
class Prepared:
    """A job, its rows as batches and their sizes, its recall, and which rows are written."""

    job: Job
    new_rows: NewRows
    plan: Plan
    recall: float | None
    kept: Kept

    @property
    def changes(self) -> bool:
        """Whether any row is made or taken away."""
        return self.job.n_rows > 0 or self.kept.originals is not None


def prepare_job(request: Request, progress: Progress) -> Prepared:
    """Plan the memory, gather the classes, find neighbours.

    Raises
    ------
    MemoryError
        If the job would not stay under the limit.
    ValueError
        If the rows of a class do not serve.
    """
    refuse_by_counts(request)
    if request.needs.copies_rows:
        return _prepare_copies(request, progress)
    refuse_index(request.source, request.features)
    if request.needs.takes_categories:
        return _prepare_categories(request, progress)
    return _prepare_numbers(request, progress)


def _prepare_copies(request: Request, progress: Progress) -> Prepared:
    n_kept = sum(request.sizes.values())
    columns = [name for name in request.columns if name not in request.null_columns]
    widths = request.widths
    held = n_kept * (widths.row_bytes(columns) + 8) + widths.dictionary_bytes(columns)
    # One column is held twice while its pieces are joined.
    joining = max(n_kept * widths.row_bytes([name]) for name in columns)
    dtype = None
    if request.cleans:
        refuse_index(request.source, request.features)
        dtype = _matrix_dtype(request, request.features)
        _load(request, progress, len(request.features), 0, dtype)
    plan = _plan(request, need_of_selection(request, dtype, Need(int(held), int(joining))))
    if dtype is not None:  # rows that are copied are not looked at
        _warn_about_columns(request, plan)
    reading = request.reading(plan, progress)
    rows = gather_table(reading, columns, request.sizes)
    job = request.sampler.prepare(rows, request.wanted)

    def copied(start: int, stop: int) -> dict[str, Any]:
        picked = job.positions(start, stop)
        return {name: take_arrow(rows.table.column(name), picked) for name in columns}

    fields = [request.schema.field(name) for name in request.null_columns]
    passthrough = Passthrough(fields, None, None)
    kept = select_rows(request, job, reading, dtype, ({}, {}))
    check_resident_memory(request.limit)
    release_memory()
    new_rows = _new_rows(request, job, copied, passthrough)
    return Prepared(job, new_rows, plan, None, kept)


def _prepare_numbers(request: Request, progress: Progress) -> Prepared:
    dtype = _matrix_dtype(request, request.features)
    _load(request, progress, len(request.features), 0, dtype)
    plan = _plan(request, need_of_selection(request, dtype, need_of_numbers(request, dtype)))
    _warn_about_columns(request, plan)
    reading = request.reading(plan, progress)
    features = request.features
    rows: ClassRows
    have: Matrices = ({}, {})
    if request.needs.reads == "everything":
        rows = MatrixRows(*gather_everything(reading, features, dtype))
    else:
        held = {*request.wanted, *held_classes(request)}
        sizes = {of: n for of, n in request.classes.counts.items() if of in held}
        have = gather_matrices(reading, features, dtype, sizes)
        rows = FileRows(reading, features, *have)
    layout = NumberLayout([request.schema.field(name) for name in features], dtype)
    passthrough = _passthrough(request, reading, rows)
    job = _job(request, progress, rows)
    kept = select_rows(request, job, reading, dtype, have)
    return _prepared(request, plan, job, layout, kept, passthrough)


def _prepare_categories(request: Request, progress: Progress) -> Prepared:
    continuous, categorical = split_features(request.sampler, request.schema, request.features)
    dtype = np.dtype(np.int32)  # of codes, where there are no numbers
    if continuous:
        dtype = _matrix_dtype(request, continuous)
    _load(request, progress, len(continuous), len(categorical), dtype)
    need = need_of_categories(request, continuous, dtype)
    plan = _plan(request, need_of_selection(request, None, need))
    _warn_about_columns(request, plan)
    reading = request.reading(plan, progress)
    numbers = None
    if continuous:
        numbers = gather_matrices(reading, continuous, dtype, request.sizes)[0]
    table = gather_table(reading, categorical, request.sizes)
    rows, codes = category_rows(request.sampler, reading, table, numbers, request.sizes)
    fields = [request.schema.field(name) for name in request.features]
    layout = category_layout(fields, dtype, categorical, table, codes)
    passthrough = _passthrough(request, reading, rows)
    job = _job(request, progress, rows)
    kept = select_rows(request, job, reading, None, ({}, {}))
    return _prepared(request, plan, job, layout, kept, passthrough)


def _load(
    request: Request, progress: Progress, n_features: int, n_codes: int, dtype: np.dtype[Any]
) -> None:
    """Load all code that the job may need, so that memory is counted with it."""
    progress.phase("loading kernels")
    n_rows = max(request.sizes.values(), default=0)
    load_kernels(request.sampler, n_rows, n_features, n_codes, dtype)
    if request.cleans:
        load_links(n_features, dtype, request.selection.n_jobs)


def _job(request: Request, progress: Progress, rows: ClassRows) -> Job:
    progress.phase("finding neighbours")
    job: Job = request.sampler.prepare(rows, request.wanted)
    check_resident_memory(request.limit)
    return job


def _prepared(
    request: Request, plan: Plan, job: Job, layout: Layout, kept: Kept, passthrough: Passthrough
) -> Prepared:
    check_resident_memory(request.limit)
    release_memory()

    def made(start: int, stop: int) -> dict[str, Any]:
        return dict(zip(request.features, layout.columns(job, start, stop), strict=True))

    new_rows = _new_rows(request, job, made, passthrough)
    return Prepared(job, new_rows, plan, getattr(request.sampler, "recall_", None), kept)


def _new_rows(
    request: Request,
    job: Job,
    made: Callable[[int, int], dict[str, Any]],
    passthrough: Passthrough,
) -> NewRows:
    return NewRows(job, request.schema, request.target, request.classes, made, passthrough)


def _passthrough(request: Request, reading: Reading, rows: ClassRows) -> Passthrough:
    """Gather what new rows get in the columns that are kept."""
    names, schema = list(request.keep), request.schema
    fields = [schema.field(name) for name in names]
    if request.keep_fill == "null" or not names:
        return Passthrough(fields, None, None)
    return Passthrough(fields, gather_table(reading, names, request.sizes), rows)


def _warn_about_columns(request: Request, plan: Plan) -> None:
    """Warn of features that say nothing about how alike rows are."""
    found = check_columns(
        request.source,
        request.target,
        list(request.classes.counts),
        request.features,
        batch_rows=plan.batch_rows,
    )
    if any(found):
        warn_resampling(advice(found))


def _plan(request: Request, need: Need) -> Plan:
    need = _with_kept_columns(request, need)
    try:
        return make_plan(
            request.widths,
            request.columns,
            n_written=request.source.n_rows + sum(request.wanted.values()),
            need=need,
            limit=request.limit,
        )
    except MemoryError as error:
        message = str(error)
        if request.needs.reads == "everything":
            message += (
                f" {type(request.sampler).__name__} needs the rows of all classes in memory "
                "at once; SMOTE, BorderlineSMOTE and ADASYN do not."
            )
        if kernels_were_compiled():
            raise JustCompiledError(f"{message} {RUN_AGAIN}") from error
        raise MemoryError(message) from error


def _with_kept_columns(request: Request, need: Need) -> Need:
    """Add what the kept columns of the classes take, where new rows get values of them."""
    if request.keep_fill == "null" or request.needs.copies_rows:  # copies count them
        return need
    names, n_rows = request.keep, sum(request.sizes.values())
    each = [request.widths.row_bytes([name]) for name in names]
    held = n_rows * sum(each) + request.widths.dictionary_bytes(names)
    joining = int(n_rows * max(each, default=0))
    return need._replace(kept=need.kept + int(held), search=max(need.search, joining))


def _matrix_dtype(request: Request, features: list[str]) -> np.dtype[Any]:
    """Return the type that the sampler computes in; refuse what it cannot compute with."""
    fields = [request.schema.field(name) for name in features]
    try:
        dtype = check_numeric_fields(fields)
    except NotNumericError as error:
        names = list(non_numeric_fields(fields))[:20]
        advice = f"Leave it out with drop={names}, or carry it through with keep={names}."
        raise error.with_advice(f"{advice} {_if_not_numeric(request)}") from error.__cause__
    if dtype.kind == "b" and not request.needs.takes_categories:
        raise TypeError(
            f"{type(request.sampler).__name__} cannot interpolate between booleans, and all "
            "features are. Use the sampler 'random', which copies rows."
        )
    return np.dtype(np.float64) if dtype.kind == "b" else dtype


def _if_not_numeric(request: Request) -> str:
    """Return what else to do about a column of text."""
    creation, selection = request.sampler, request.selection
    if selection is not None and creation.needs().copies_rows and request.wanted:
        return links_advice(creation)
    only_takes_away = selection is not None and not request.wanted
    advice: str | None = (selection if only_takes_away else creation).needs().text_advice
    usual = "Or encode it; sampler='smote-nc' takes categories, and sampler='random' any type."
    return advice or usual


def refuse_index(source: ParquetSource, features: list[str]) -> None:
    """Refuse features that pandas wrote of an index; it notes those that have a name."""
    noted = (source.schema.pandas_metadata or {}).get("index_columns", [])
    named = [name for name in noted if isinstance(name, str)]  # a range is noted as a dict
    index = [name for name in features if name in named or name.startswith("__index_level_")]
    if index:
        few = index[:MAX_NAMES]
        raise ValueError(
            f"Column {index[0]!r} is the index of a pandas frame, not a feature. Leave it out "
            f"with drop={few}, or carry it through with keep={few}."
        )
