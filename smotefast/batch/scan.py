"""First pass over the files: how many rows each class has.

A source and the name of its target flow in; the classes in label order flow out. Only the
target column is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast._messages import did_you_mean, list_names
from smotefast.engine.class_counts import Counts
from smotefast.report.progress import Progress
from smotefast.storage import ArgumentError, ParquetSource
from smotefast.tables.column_types import plain_values
from smotefast.tables.decimals import decimals_to_labels, widen_decimals

_BATCH_ROWS = 1 << 18
# More different values than this are no classes: the wrong column was named.
_MOST_CLASSES = 100_000


class Lenience(NamedTuple):
    """What a job passes over, and copies rows instead.

    Attributes
    ----------
    copy_balanced
        Classes that have what is asked for already.
    ignore_absent
        Classes that are named and have no rows; one class alone.
    """

    copy_balanced: bool = False
    ignore_absent: bool = False


STRICT = Lenience()


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
    """

    counts: Counts
    type: pa.DataType
    dictionary: pa.Array | None


def split_columns(
    source: ParquetSource, target: str, drop: tuple[str, ...], keep: tuple[str, ...] = ()
) -> tuple[list[str], list[str]]:
    """Return the columns to write and, among them, the features.

    Columns in ``keep`` are written, and are no features.

    Raises
    ------
    ValueError
        If a column does not exist, or no feature is left.
    """
    names, dropped, kept = source.schema.names, frozenset(drop), frozenset(keep)
    known = frozenset(names)
    named = [("target", target), *(("drop", name) for name in drop)]
    for parameter, name in [*named, *(("keep", name) for name in keep)]:
        if name not in known and not (parameter == "drop" and name in source.names):
            raise ValueError(
                f"{parameter}={name!r} is not a column of {source.path!r}."
                f"{did_you_mean(name, names)} Its columns are {list_names(names)}."
            )
    if target in dropped:
        raise ArgumentError(f"The target column {target!r} cannot be dropped.")
    if target in kept:
        raise ArgumentError(
            f"The target column {target!r} is written anyway; leave it out of keep."
        )
    both = [name for name in keep if name in dropped]
    if both:
        raise ArgumentError(
            f"Column {both[0]!r} is named in drop and in keep; it can be in one."
        )
    written = [name for name in names if name not in dropped]
    features = [name for name in written if name != target and name not in kept]
    if not features:
        raise ValueError(
            f"{source.path!r} has no feature: no column besides the target {target!r}"
            f"{' and those to keep' if keep else ''}."
        )
    return written, features


def scan_classes(
    source: ParquetSource, target: str, progress: Progress, *, allow_one: bool = False
) -> Classes:
    """Count the rows of each class; with ``allow_one`` there may be a single one.

    Raises
    ------
    ValueError
        If the column cannot be a target: missing or continuous values, other types, one
        value, too many different ones.
    """
    kind = source.schema.field(target).type
    _check_type(target, kind)
    found: Counts = {}
    categories: list[Any] = []
    n_missing = 0
    for batch in source.batches([target], _BATCH_ROWS):
        column = batch.column(0)
        if pa.types.is_dictionary(kind):
            # As a dict, to keep the order and add what only later files have.
            categories = list(dict.fromkeys([*categories, *column.dictionary.to_pylist()]))
        for entry in pc.value_counts(widen_decimals(column)):
            label, n_rows = _label(entry["values"]), entry["counts"].as_py()
            if label is None or (isinstance(label, float) and math.isnan(label)):
                n_missing += n_rows
            else:
                found[label] = found.get(label, 0) + n_rows
        _check_labels(target, found)
        progress.advance(batch.num_rows)
    if n_missing:
        raise ValueError(
            f"The target column {target!r} has no value in {n_missing} of {source.n_rows} "
            "rows. Fill or remove these rows."
        )
    if len(found) == 1 and not allow_one:
        raise ValueError(
            f"The target column {target!r} needs to have more than 1 class, and all rows are "
            f"of class {next(iter(found))!r}."
        )
    dictionary = None
    if pa.types.is_dictionary(kind):
        dictionary = pa.array(categories, type=kind.value_type)
    return Classes({label: found[label] for label in sorted(found)}, kind, dictionary)


def _label(scalar: pa.Scalar) -> Any:
    value = scalar.as_py()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    is_number = isinstance(value, float | np.floating)
    return float(value) + 0.0 if is_number else value  # -0.0 becomes 0.0


def label_codes(column: pa.Array, labels: list[Any]) -> np.ndarray:
    """Return the position in ``labels`` of each value of a target; -1 where it is not there."""
    column = widen_decimals(plain_values(column))
    if pa.types.is_floating(column.type):  # pyarrow cannot look up float16
        column = pc.add(column.cast(pa.float64()), 0.0)  # -0.0 becomes 0.0
    codes = pc.index_in(column, value_set=pa.array(labels, type=column.type))
    return np.asarray(pc.fill_null(codes, -1))


def _check_type(target: str, kind: pa.DataType) -> None:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    is_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    text = any(test(value) for test in is_text)
    is_number = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    number = any(test(value) for test in is_number)
    if not (text or number or pa.types.is_boolean(value)):
        raise ValueError(
            f"The target column {target!r} is of type {kind}; a class must be a text, an "
            "integer, a boolean or a category of these."
        )


def _check_labels(target: str, found: Counts) -> None:
    if len(found) > _MOST_CLASSES:
        raise ValueError(
            f"The target column {target!r} has more than {_MOST_CLASSES} different values; "
            "they cannot be classes. Name the column that holds the class."
        )
    parts = [label for label in found if isinstance(label, float) and not label.is_integer()]
    if parts:
        raise ValueError(
            f"Unknown label type: continuous. The target column {target!r} holds values "
            f"such as {parts[0]!r}, which are no classes."
        )


def resolve_quota(
    sampler: Any,
    counts: Counts,
    labels: Callable[[], np.ndarray],
    lenience: Lenience = STRICT,
) -> Counts:
    """Return the rows to create or to keep per class, as ``fit_resample`` would.

    Parameters
    ----------
    sampler
        Has the strategy.
    counts
        Rows of each class, in label order.
    labels
        Returns the class of every row, for strategies that are called with them.
    lenience
        What is passed over.
    """
    if len(counts) == 1 and lenience.ignore_absent:
        return {}
    strategy = sampler.sampling_strategy
    y = np.empty(0)
    if callable(strategy):
        y = labels()
        if lenience.ignore_absent:
            strategy = strategy(y)
    if lenience.ignore_absent:
        strategy = _of_present_classes(strategy, counts)
    quota: Counts = sampler.resolve_strategy(
        strategy, counts, y, allow_reached=lenience.copy_balanced
    )
    return quota


def all_target_values(source: ParquetSource, target: str) -> np.ndarray:
    """Read the target column as an array."""
    columns = (batch.column(0) for batch in source.batches([target], _BATCH_ROWS))
    if pa.types.is_decimal(source.schema.field(target).type):
        return np.concatenate([decimals_to_labels(column) for column in columns])
    return np.concatenate([np.asarray(column) for column in columns])


def _of_present_classes(strategy: Any, counts: Counts) -> Any:
    """Return a strategy without the classes that the data lack."""
    if isinstance(strategy, Mapping):
        return {label: n for label, n in strategy.items() if label in counts}
    if isinstance(strategy, list):
        return [label for label in strategy if label in counts]
    return strategy
