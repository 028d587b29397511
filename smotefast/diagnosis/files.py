"""Parquet files as blocks, within a limit of memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from smotefast.batch.arguments import column_names
from smotefast.batch.class_names import name_classes
from smotefast.batch.column_sizes import Widths
from smotefast.batch.layouts import split_features
from smotefast.batch.prepare import refuse_index
from smotefast.batch.request import Steps, steps_of
from smotefast.batch.scan import (
    Classes,
    all_target_values,
    label_codes,
    scan_classes,
    split_columns,
)
from smotefast.batch.warmup import RUN_AGAIN, JustCompiledError
from smotefast.diagnosis.data import BLOCK_ROWS, Block, Columns, small_codes, take_columns
from smotefast.diagnosis.examine import examine
from smotefast.diagnosis.report import Diagnosis
from smotefast.diagnosis.sample import without_view
from smotefast.diagnosis.sampler_facts import Judged, both_steps, judge, one_line
from smotefast.diagnosis.thresholds import SEARCHED_IN_ALL, SEARCHED_PER_CLASS
from smotefast.kernels import kernels_were_compiled
from smotefast.report.progress import Progress, make_progress
from smotefast.storage import (
    ParquetSource,
    format_size,
    limit_explained,
    open_source,
    refuse_above,
    release_memory,
    resident_bytes,
    resolve_limit,
)
from smotefast.tables.arrow_columns import check_numeric_fields, features_to_matrix
from smotefast.tables.categories import arrow_kind

# A number is there as float64, as part of the rows that are offered, and twice in the tiles of
# the search. For 3,000,000 x 21 the resident set rose to 426 MiB of 450 allowed, and to 478 of
# 600 and of 2,048 (blocks grow no further).
_COPIES = 4
# Rows of a block: fewer make many searches of few rows each.
_LEAST_ROWS = 256
# Kernels that are loaded on the way, and what allocators keep.
_SLACK = 160 << 20


class FileData:
    """Rows of Parquet files.

    Parameters
    ----------
    source, target, classes
        The files, and the classes that their target column holds.
    columns
        How the features are taken; names are those in the files.
    batch_rows
        Rows of a block.
    """

    def __init__(
        self,
        source: ParquetSource,
        target: str,
        classes: Classes,
        columns: Columns,
        batch_rows: int,
    ) -> None:
        self._source, self._target, self._batch_rows = source, target, batch_rows
        self.columns = columns
        self.labels = list(classes.counts)
        self.classes = np.empty(source.n_rows, small_codes(len(self.labels)))
        start = 0
        for batch in source.batches([target], 1 << 18):
            stop = start + batch.num_rows
            self.classes[start:stop] = label_codes(batch.column(0), self.labels)
            start = stop

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order."""
        numbers = list(self.columns.named(self.columns.numbers))
        categories = list(self.columns.named(self.columns.categories))
        start = 0
        # The target counts the rows where no other column is taken.
        for batch in self._source.batches(
            [*numbers, *categories, self._target], self._batch_rows
        ):
            columns = batch.columns[:-1]
            values = np.empty((batch.num_rows, 0))
            if numbers:
                values = features_to_matrix(
                    columns[: len(numbers)], numbers, np.dtype(np.float64), nulls="nan"
                )
            yield Block(start, values, list(map(without_view, columns[len(numbers) :])))
            start += batch.num_rows


class _Described:
    """Names and kinds of columns, asked for as of a table."""

    has_dtypes = True

    def __init__(self, source: ParquetSource, features: list[str]) -> None:
        self.names = features
        self.n_features = len(features)
        self._fields = [source.schema.field(name) for name in features]

    def kinds(self) -> list[str]:
        return [arrow_kind(field.type) for field in self._fields]


def diagnose_files(
    path: str | os.PathLike[str],
    target: str,
    sampler: Any,
    drop: Iterable[str],
    memory_limit: int | str | None,
    progress: bool | Callable[[int, int], object] | None,
) -> Diagnosis:
    """Diagnose files; see ``diagnose_dataset``."""
    given = resolve_limit(memory_limit)
    limit = given.n_bytes
    dropped = column_names(drop, "drop")
    source = open_source(path, dropped)
    _, features = split_columns(source, target, dropped)
    with limit_explained(given), source.watched(), make_progress(progress) as shown:
        shown.phase("counting classes", source.n_rows)
        classes = scan_classes(source, target, shown)
        name_classes(sampler, classes.counts)
        described = _Described(source, features)
        y = all_target_values(source, target) if _calls_for_labels(sampler) else None
        judged = judge(sampler, described, classes.counts, y)
        judged = _with_refusals(judged, sampler, source, features)
        columns = take_columns(list(features), described.kinds(), set(judged.declared))
        rows = block_rows(source, target, columns, len(classes.counts), limit)
        data = FileData(source, target, classes, columns, rows)
        shown.phase("drawing and searching", 2 * source.n_rows)
        found = examine(data, judged, _watch(shown, limit))
        source.check_unchanged()
        return found


def _with_refusals(
    judged: Judged, sampler: Any, source: ParquetSource, features: list[str]
) -> Judged:
    """Add why a job with this sampler would be refused before it reads rows."""
    if sampler is None:
        return judged
    try:
        steps = steps_of(sampler)
    except (TypeError, ValueError) as error:
        return replace(judged, not_for_files=one_line(error))
    try:
        if not judged.copies:
            refuse_index(source, features)
            _check_types(steps, source, features)
    except (TypeError, ValueError) as error:
        return replace(judged, refused=one_line(error))
    return judged


def _check_types(steps: Steps, source: ParquetSource, features: list[str]) -> None:
    if steps.creation.needs().takes_categories:
        split_features(steps.creation, source.schema, features)
    else:
        check_numeric_fields([source.schema.field(name) for name in features])


def _calls_for_labels(sampler: Any) -> bool:
    """Whether a step has a function as strategy."""
    return any(callable(getattr(one, "sampling_strategy", None)) for one in both_steps(sampler))


def _watch(progress: Progress, limit: int) -> Callable[[Block], None]:
    def watch(block: Block) -> None:
        progress.advance(block.n_rows)
        try:
            refuse_above(limit)
        except MemoryError as error:
            message = (
                f"memory_limit={format_size(limit)} is not enough: the process occupies "
                f"{format_size(resident_bytes())}."
            )
            if kernels_were_compiled():
                raise JustCompiledError(f"{message} {RUN_AGAIN}") from error
            raise MemoryError(f"{message} Drop columns or give more.") from error

    return watch


def block_rows(
    source: ParquetSource, target: str, columns: Columns, n_classes: int, limit: int
) -> int:
    """Return how many rows to read at a time.

    Raises
    ------
    MemoryError
        If too few would fit into the limit.
    """
    release_memory()
    names = [*columns.named([*columns.numbers, *columns.categories]), target]
    widths = Widths(source, names)
    drawn = min(source.n_rows, n_classes * SEARCHED_PER_CLASS, SEARCHED_IN_ALL)
    numbers = 8.0 * (len(columns.numbers) + 1) + 4.0 * len(columns.categories)
    row = widths.row_bytes(names) + _COPIES * numbers
    standing = (
        resident_bytes()
        + _SLACK
        + widths.reader_bytes(names)
        + widths.dictionary_bytes(names)
        + source.n_rows * 3 * small_codes(n_classes).itemsize
        + int(drawn * (widths.row_bytes(names) + 4 * numbers + 600))
    )
    rows = int(min(BLOCK_ROWS, (limit - standing) / row))
    if rows < min(_LEAST_ROWS, BLOCK_ROWS, source.n_rows):
        needed = standing + _LEAST_ROWS * row
        raise MemoryError(
            f"memory_limit={format_size(limit)} is not enough: a diagnosis of these files "
            f"needs about {format_size(1.02 * needed, at_least=True)}. Drop columns or give "
            "more."
        )
    return max(rows, 1)
