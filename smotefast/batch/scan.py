"""First pass over the files: how many rows each class has.

Only the target column is read. The resolved sampling strategy follows from the class counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast._messages import one_class
from smotefast.batch.engines import THIS_MACHINE, Engine, Report
from smotefast.batch.tasks import CopyRows
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.exceptions import warn_at_caller
from smotefast.report.progress import Progress
from smotefast.storage import ParquetSource
from smotefast.tables.column_types import arrow_column_type, plain_values, value_type
from smotefast.tables.decimals import decimals_to_labels, widen_decimals

_BATCH_ROWS = 1 << 18
# A column with more distinct values does not hold classes: the wrong column was named.
_MAX_CLASSES = 100_000


class Allowed(NamedTuple):
    """Cases in which a job copies rows instead of raising an error.

    Attributes
    ----------
    balanced
        Classes that already have enough rows (for samplers that remove rows: few enough).
    absent
        Classes of the sampling strategy that have no rows; a target with a single class.
    """

    balanced: bool = False
    absent: bool = False


@dataclass(frozen=True)
class Classes:
    """The classes of a source.

    Attributes
    ----------
    counts
        Rows of each class, in label order.
    type
        Arrow type of the target column.
    dictionary
        All categories of a dictionary column, in their order; None for other types.
    task_counts
        The position of the first row of each task that copies rows, and its rows of each class.
    """

    counts: Counts
    type: pa.DataType
    dictionary: pa.Array | None
    task_counts: Sequence[tuple[int, Counts]] = ()

    def counts_before(self, position: int) -> Counts:
        """Return the rows of each class before the first row of a task."""
        before = dict.fromkeys(self.counts, 0)
        for start, counts in self.task_counts:
            if start < position:
                add_counts(before, counts)
        return before


class TargetCounts(NamedTuple):
    """What some tasks have found in the target column.

    Attributes
    ----------
    counts
        Rows of each class.
    categories
        Categories of a dictionary column, in the order of their first occurrence.
    n_missing
        Rows without a class.
    by_task
        The position of the first row of each task, and its rows of each class.
    """

    counts: Counts
    categories: list[Any]
    n_missing: int
    by_task: list[tuple[int, Counts]]


@dataclass(frozen=True)
class TargetCounter:
    """Counts the rows of each class that a task copies, and adds up what several have found."""

    source: ParquetSource
    target: str

    def count(self, task: CopyRows, report: Report) -> TargetCounts:
        """Count the classes of a task; ``report`` is called with numbers of rows."""
        counts: Counts = {}
        categories: dict[Any, None] = {}
        n_missing = 0
        for batch in task.batches(self.source, [self.target], _BATCH_ROWS):
            column = batch.column(0)
            if pa.types.is_dictionary(column.type):
                categories.update(dict.fromkeys(column.dictionary.to_pylist()))
            n_missing += _count(column, counts)
            _check_labels(self.target, counts)
            report(batch.num_rows)
        return TargetCounts(counts, list(categories), n_missing, [(task.start, counts)])

    def add_up(self, found: Iterable[TargetCounts]) -> TargetCounts:
        """Add up the counts of tasks that follow each other."""
        counts: Counts = {}
        categories: dict[Any, None] = {}  # keeps the order, and adds those of later files
        n_missing = 0
        by_task: list[tuple[int, Counts]] = []
        for each in found:
            add_counts(counts, each.counts)
            _check_labels(self.target, counts)
            categories.update(dict.fromkeys(each.categories))
            n_missing += each.n_missing
            by_task += each.by_task
        return TargetCounts(counts, list(categories), n_missing, by_task)


def scan_classes(
    source: ParquetSource,
    target: str,
    tasks: Sequence[CopyRows],
    progress: Progress,
    *,
    allow_one: bool = False,
    engine: Engine = THIS_MACHINE,
) -> Classes:
    """Count the rows of each class; with ``allow_one`` there may be a single class.

    ``tasks`` copy all rows of the source; rows are counted for each of them as well, where the
    engine runs them.

    Raises
    ------
    ValueError
        If the column cannot be a target: missing or continuous values, other types, one
        value, too many distinct values.
    """
    arrow_type = source.schema.field(target).type
    _check_type(target, arrow_type)
    counter = TargetCounter(source, target)
    found = engine.reduce(counter.count, counter.add_up, tasks, progress.advance)
    counts = found.counts
    _check_counts(source, target, counts, found.n_missing, allow_one)
    if source.is_copy and "" in counts:  # in a CSV file, a missing text
        warn_at_caller(
            f"The target column {target!r} is an empty text in {counts['']:,} of "
            f"{source.n_rows:,} rows, which is a class like others. Remove these rows if they "
            "have none.",
            UserWarning,
        )
    dictionary = None
    if pa.types.is_dictionary(arrow_type):
        dictionary = pa.array(found.categories, type=arrow_type.value_type)
    ordered = {label: counts[label] for label in sorted(counts)}
    return Classes(ordered, arrow_type, dictionary, found.by_task)


def add_counts(counts: Counts, more: Counts) -> None:
    """Add the rows of each class to counts."""
    for label, n_rows in more.items():
        counts[label] = counts.get(label, 0) + n_rows


def _count(column: pa.Array, counts: Counts) -> int:
    """Add the labels of a batch to the counts; return the number of missing ones."""
    n_missing = 0
    for entry in pc.value_counts(widen_decimals(column)):
        label, n_rows = _label(entry["values"]), entry["counts"].as_py()
        if label is None or (isinstance(label, float) and math.isnan(label)):
            n_missing += n_rows
        else:
            counts[label] = counts.get(label, 0) + n_rows
    return n_missing


def _label(scalar: pa.Scalar) -> Any:
    value = scalar.as_py()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    is_number = isinstance(value, float | np.floating)
    return float(value) + 0.0 if is_number else value  # -0.0 becomes 0.0


def _check_type(target: str, arrow_type: pa.DataType) -> None:
    of = value_type(arrow_type)
    strings = pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view
    is_number = arrow_column_type(of) in ("number", "boolean")
    if not is_number and not any(test(of) for test in strings):
        raise ValueError(
            f"The target column {target!r} is of type {arrow_type}; a class must be a string, "
            "an integer, a boolean or a category of these."
        )


def _check_labels(target: str, counts: Counts) -> None:
    if len(counts) > _MAX_CLASSES:
        raise ValueError(
            f"The target column {target!r} has more than {_MAX_CLASSES} different values; "
            "they cannot be classes. Name the column that holds the class."
        )
    continuous = [
        label for label in counts if isinstance(label, float) and not label.is_integer()
    ]
    if continuous:
        raise ValueError(
            f"Unknown label type: continuous. The target column {target!r} holds values "
            f"such as {continuous[0]!r}, which are not classes. Name the column that holds "
            "the class, or make classes of these values first."
        )


def _check_counts(
    source: ParquetSource, target: str, counts: Counts, n_missing: int, allow_one: bool
) -> None:
    if n_missing:
        raise ValueError(
            f"The target column {target!r} has no value in {n_missing} of {source.n_rows} "
            "rows. Fill or remove these rows."
        )
    if len(counts) == 1 and not allow_one:
        raise ValueError(one_class(target, next(iter(counts))))


def label_codes(column: pa.Array, labels: list[Any]) -> np.ndarray:
    """Return the index in ``labels`` of each value of a target; -1 for other values."""
    column = widen_decimals(plain_values(column))
    if pa.types.is_floating(column.type):  # pyarrow cannot look up float16
        column = pc.add(column.cast(pa.float64()), 0.0)  # -0.0 becomes 0.0
    codes = pc.index_in(column, value_set=pa.array(labels, type=column.type))
    return np.asarray(pc.fill_null(codes, -1))


def all_target_values(source: ParquetSource, target: str) -> np.ndarray:
    """Read the target column as an array."""
    columns = (batch.column(0) for batch in source.batches([target], _BATCH_ROWS))
    if pa.types.is_decimal(source.schema.field(target).type):
        return np.concatenate([decimals_to_labels(column) for column in columns])
    return np.concatenate([np.asarray(column) for column in columns])


def resolve_strategy(
    sampler: BaseSampler,
    counts: Counts,
    read_labels: Callable[[], np.ndarray],
    allowed: Allowed,
) -> Counts:
    """Return the target counts of a sampler: samples to generate or to keep, by class.

    Parameters
    ----------
    sampler
        Its ``sampling_strategy`` is resolved, as ``fit_resample`` would.
    counts
        Rows of each class, in label order.
    read_labels
        Returns the class of every row, for strategies that are functions of it.
    allowed
        Cases that are not an error.
    """
    if len(counts) == 1 and allowed.absent:
        return {}
    strategy = sampler.sampling_strategy
    y = np.empty(0)
    if callable(strategy):
        y = read_labels()
        if allowed.absent:
            strategy = strategy(y)
    if allowed.absent:
        strategy = _without_absent_classes(strategy, counts)
    target_counts: Counts = sampler.resolve_strategy(
        strategy, counts, y, allow_reached=allowed.balanced
    )
    return target_counts


def _without_absent_classes(strategy: Any, counts: Counts) -> Any:
    if isinstance(strategy, Mapping):
        return {label: n for label, n in strategy.items() if label in counts}
    if isinstance(strategy, list):
        return [label for label in strategy if label in counts]
    return strategy
