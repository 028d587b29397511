"""Parquet files as blocks of rows, within a memory limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from smotefast._messages import RUN_AGAIN
from smotefast.batch.arguments import check_format, column_names, split_columns
from smotefast.batch.categorical_features import split_features
from smotefast.batch.class_names import name_classes
from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.features import index_columns, refuse_index
from smotefast.batch.scan import (
    Classes,
    all_target_values,
    label_codes,
    scan_classes,
)
from smotefast.batch.stages import copying_within
from smotefast.batch.steps import job_steps
from smotefast.batch.tasks import copy_tasks
from smotefast.batch.warmup import JustCompiledError
from smotefast.diagnosis.data import (
    BLOCK_ROWS,
    Block,
    Columns,
    Data,
    HashedColumn,
    class_dtype,
    hashed,
)
from smotefast.diagnosis.examine import OnBlock, examine
from smotefast.diagnosis.report import Diagnosis
from smotefast.diagnosis.sample import SAMPLED_IN_ALL, SAMPLED_PER_CLASS
from smotefast.diagnosis.sampler_facts import (
    SamplerFacts,
    describe_sampler,
    one_line,
    sampler_steps,
)
from smotefast.engine.base import BaseSampler
from smotefast.kernels import kernels_were_compiled
from smotefast.report.progress import Progress, make_progress
from smotefast.storage import (
    ParquetSource,
    check_resident_memory,
    check_source,
    explain_limit,
    format_size,
    open_any_source,
    opened_for_reading,
    process_spread,
    release_memory,
    resident_bytes,
    resolve_memory_limit,
)
from smotefast.tables.arrow_columns import check_numeric_fields, features_to_matrix
from smotefast.tables.arrow_tables import ArrowSchema
from smotefast.tables.categories import encode_arrow

# A number is held in float64, once more in the offered rows, and twice in the tiles of the
# search. For 3,000,000 x 21 the resident memory rose to 426 MiB of 450 allowed, and to 478 of
# 600 and of 2,048 (blocks grow no further).
_COPIES = 4
# Smaller blocks would lead to many searches of few rows each.
_LEAST_ROWS = 256
# Kernels that are loaded during the search, and memory that allocators keep.
_SLACK = 160 << 20
_TARGET_ROWS = 1 << 18


def file_data(
    source: ParquetSource, target: str, classes: Classes, columns: Columns, batch_rows: int
) -> Data:
    """Return the rows of Parquet files, in blocks of ``batch_rows``."""
    labels, numbers = list(classes.counts), list(columns.named(columns.numbers))
    categories = list(columns.named(columns.categories))

    def parts() -> Iterator[tuple[np.ndarray, list[HashedColumn]]]:
        # The target is read as well, for the number of rows if no other column is read.
        for batch in source.batches([*numbers, *categories, target], batch_rows):
            arrays = batch.columns[:-1]
            values = np.empty((batch.num_rows, 0))
            if numbers:
                values = features_to_matrix(
                    arrays[: len(numbers)], numbers, np.dtype(np.float64), nulls="nan"
                )
            yield values, [hashed(encode_arrow(array)) for array in arrays[len(numbers) :]]

    codes = np.empty(source.n_rows, class_dtype(len(labels)))
    start = 0
    for batch in source.batches([target], _TARGET_ROWS):
        codes[start : start + batch.num_rows] = label_codes(batch.column(0), labels)
        start += batch.num_rows
    return Data(columns, labels, codes, parts)


def diagnose_files(
    path: Any,
    target: str,
    sampler: BaseSampler | None,
    drop: Iterable[str],
    memory_limit: int | str | None,
    progress: bool | Callable[[int, int], object] | None,
    format: str | None = None,
) -> Diagnosis:
    """Diagnose files; see ``diagnose_dataset``."""
    given = resolve_memory_limit(memory_limit)
    limit = given.n_bytes
    dropped = column_names(drop, "drop")
    check_format(format)
    opened = open_any_source(check_source(path), dropped, format=format)
    _, features = split_columns(opened, target, dropped)
    with (
        explain_limit(given),
        make_progress(progress) as shown,
        opened_for_reading(opened, *copying_within(limit, shown)) as source,
    ):
        index = index_columns(source, features)  # no columns in memory either
        columns_of_x = [name for name in features if name not in index]
        shown.phase("counting classes", source.n_rows)
        classes = scan_classes(source, target, copy_tasks(source, source.n_rows), shown)
        name_classes(sampler, classes.counts)
        schema = ArrowSchema(map(source.schema.field, columns_of_x))
        strategies = (getattr(step, "sampling_strategy", 0) for step in sampler_steps(sampler))
        # A function as strategy is called with the labels.
        y = all_target_values(source, target) if any(map(callable, strategies)) else None
        facts = describe_sampler(sampler, schema, classes.counts, y)
        facts = _with_job_errors(facts, sampler, source, features)
        kinds: list[str] = list(schema.column_types())
        columns = Columns.from_kinds(columns_of_x, kinds, facts.categorical)
        rows = block_rows(source, target, columns, len(classes.counts), limit)
        data = file_data(source, target, classes, columns, rows)
        shown.phase("drawing and searching", 2 * source.n_rows)
        diagnosis = examine(data, facts, _after_each_block(shown, limit))
        source.check_unchanged()
        return diagnosis


def _with_job_errors(
    facts: SamplerFacts, sampler: BaseSampler | None, source: ParquetSource, features: list[str]
) -> SamplerFacts:
    """Add the errors with which a job refuses the sampler or the files before it reads rows."""
    if sampler is None:
        return facts
    try:
        over_sampler = job_steps(sampler).over_sampler
    except (TypeError, ValueError) as error:
        return replace(facts, file_error=one_line(error))
    if facts.copies_rows:
        return facts
    try:
        refuse_index(source, features)
        if over_sampler.needs().takes_categories:
            split_features(over_sampler, source.schema, features)
        else:
            check_numeric_fields([source.schema.field(name) for name in features])
    except (TypeError, ValueError) as error:
        return replace(facts, data_error=one_line(error))
    return facts


def _after_each_block(progress: Progress, limit: int) -> OnBlock:
    """Return a function that shows the progress and checks the memory limit."""

    def on_block(block: Block) -> None:
        progress.advance(block.n_rows)
        try:
            check_resident_memory(limit)
        except MemoryError as error:
            message = (
                f"memory_limit={format_size(limit)} is not enough: the process occupies "
                f"{format_size(resident_bytes())}."
            )
            if kernels_were_compiled():
                raise JustCompiledError(f"{message} {RUN_AGAIN}") from error
            raise MemoryError(f"{message} Drop columns or raise the limit.") from error

    return on_block


def block_rows(
    source: ParquetSource, target: str, columns: Columns, n_classes: int, limit: int
) -> int:
    """Return the number of rows of a block.

    Raises
    ------
    MemoryError
        If too few rows fit into the limit.
    """
    release_memory()
    names = [*columns.named([*columns.numbers, *columns.categories]), target]
    sizes = ColumnSizes(source, names)
    n_sampled = min(source.n_rows, n_classes * SAMPLED_PER_CLASS, SAMPLED_IN_ALL)
    numbers = 8.0 * (len(columns.numbers) + 1) + 4.0 * len(columns.categories)
    row = sizes.row_bytes(names) + _COPIES * numbers
    fixed = (
        resident_bytes()
        + _SLACK
        + sizes.reader_bytes(names)
        + sizes.dictionary_bytes(names)
        + source.n_rows * 3 * class_dtype(n_classes).itemsize
        + int(n_sampled * (sizes.row_bytes(names) + 4 * numbers + 600))
    )
    rows = int(min(BLOCK_ROWS, (limit - fixed) / row))
    if rows < min(_LEAST_ROWS, BLOCK_ROWS, source.n_rows):
        needed = fixed + _LEAST_ROWS * row + process_spread()
        raise MemoryError(
            f"memory_limit={format_size(limit)} is not enough: a diagnosis of these files "
            f"needs about {format_size(needed, round_up=True)}. Drop columns or raise "
            "the limit."
        )
    return max(rows, 1)
