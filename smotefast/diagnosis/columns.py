"""Figures of each column, over all rows or over the sampled rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast.diagnosis.data import Block, Columns
from smotefast.diagnosis.sample import Sample
from smotefast.tables.column_types import plain_values

if TYPE_CHECKING:
    import pyarrow as pa

# Common ways to write a missing value as text.
MISSING_MARKERS = frozenset({"?", "", "na", "n/a", "nan", "null", "none", "-", "missing"})


@dataclass(frozen=True, kw_only=True)
class ColumnFigures:
    """Figures of one column.

    Attributes
    ----------
    n_missing, n_infinite
        Counts over all rows.
    is_constant
        Whether all rows with a value have the same value.
    low, high
        Minimum and maximum over all rows; NaN for categories.
    n_distinct, n_sampled
        Number of distinct values in the sampled rows, and number of sampled rows with a value.
    is_whole
        Whether the sampled values are whole numbers.
    spread, deviation
        The interquartile range over 1.349, which is the standard deviation of normal values
        (the standard deviation itself if the range is 0), and the standard deviation.
    texts
        The distinct texts of the sampled rows; empty for other columns.
    marked_missing
        Share of the sampled rows whose text means a missing value.
    """

    n_missing: int
    n_infinite: int
    is_constant: bool
    low: float = np.nan
    high: float = np.nan
    n_distinct: int
    n_sampled: int
    is_whole: bool = False
    spread: float = np.nan
    deviation: float = np.nan
    texts: tuple[str, ...] = ()
    marked_missing: float = 0.0


class ColumnTotals:
    """Counts and ranges of the columns over all rows, collected block by block."""

    def __init__(self, columns: Columns) -> None:
        n_numbers, n_categories = len(columns.numbers), len(columns.categories)
        self.missing = np.zeros(n_numbers, dtype=np.int64)
        self.infinite = np.zeros(n_numbers, dtype=np.int64)
        self.low = np.full(n_numbers, np.inf)
        self.high = np.full(n_numbers, -np.inf)
        self.nulls = np.zeros(n_categories, dtype=np.int64)
        self._values: list[set[Any]] = [set() for _ in range(n_categories)]

    def add(self, block: Block) -> None:
        """Count the values of a block."""
        missing, infinite = np.isnan(block.numbers), np.isinf(block.numbers)
        self.missing += missing.sum(axis=0)
        self.infinite += infinite.sum(axis=0)
        bad = missing | infinite
        self.low = np.minimum(self.low, np.where(bad, np.inf, block.numbers).min(axis=0))
        self.high = np.maximum(self.high, np.where(bad, -np.inf, block.numbers).max(axis=0))
        for i, column in enumerate(block.categories):
            self.nulls[i] += column.null_count
            if len(self._values[i]) < 2:
                self._values[i] |= _two_values(column)

    def is_constant(self, i: int) -> bool:
        """Whether the categories of column ``i`` have at most one value."""
        return len(self._values[i]) < 2


def _two_values(column: pa.Array) -> set[Any]:
    import pyarrow.compute as pc

    return set(plain_values(pc.unique(column).drop_null()[:2]).to_pylist())


def column_figures(
    columns: Columns, totals: ColumnTotals, sample: Sample
) -> dict[int, ColumnFigures]:
    """Return the figures of each column of numbers or categories, by its index in X."""
    figures = {}
    for i, j in enumerate(columns.numbers):
        figures[j] = _figures_of_numbers(totals, i, sample.numbers[:, i])
    for i, j in enumerate(columns.categories):
        figures[j] = _figures_of_categories(totals, i, sample)
    return figures


def _figures_of_numbers(totals: ColumnTotals, i: int, sampled: np.ndarray) -> ColumnFigures:
    values = sampled[np.isfinite(sampled)]
    low, high = float(totals.low[i]), float(totals.high[i])
    lower, upper = np.quantile(values, [0.25, 0.75]) if len(values) else (0.0, 0.0)
    deviation = float(np.std(values)) if len(values) else 0.0
    spread = float(upper - lower) / 1.349
    return ColumnFigures(
        n_missing=int(totals.missing[i]),
        n_infinite=int(totals.infinite[i]),
        is_constant=not low < high,
        low=low,
        high=high,
        n_distinct=len(np.unique(values)),
        n_sampled=len(values),
        is_whole=bool(len(values)) and bool((values == np.rint(values)).all()),
        spread=spread if spread > 0 else deviation,
        deviation=deviation,
    )


def _figures_of_categories(totals: ColumnTotals, i: int, sample: Sample) -> ColumnFigures:
    known = sample.encoders[i].known
    counts = np.bincount(sample.codes[:, i], minlength=len(known) + 1)
    texts = [value for value in known.to_pylist() if isinstance(value, str)]
    is_marker = [text.strip().lower() in MISSING_MARKERS for text in texts]
    n_marked = counts[: len(texts)][is_marker].sum()
    return ColumnFigures(
        n_missing=int(totals.nulls[i]),
        n_infinite=0,
        is_constant=totals.is_constant(i),
        n_distinct=len(known),
        n_sampled=int(counts[: len(known)].sum()),
        texts=tuple(texts),
        marked_missing=float(n_marked / max(1, len(sample.positions))),
    )
