"""Figures of each column, and what it seems to hold: a key, numbers as text, codes."""

from __future__ import annotations

from collections.abc import Iterator
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
# A column of at most this many whole numbers often holds codes rather than counts (12 months,
# fewer grades); ages, hours and amounts have more values.
FEW_VALUES = 20
# Each value must occur this often in the sample on average, or the column is merely short.
_FEW_VALUES_REPEAT = 20
# Number of expected duplicates, for values drawn uniformly from their range, at which their
# absence is significant: it has a probability of e**-3, or 5%.
_KEY_REPEATS = 3.0
# Fewer rows than this do not show that text never repeats.
_KEY_ROWS = 50
# A text column holds numbers if nine in ten of at least ten texts read as numbers.
_NUMBER_TEXTS, _NUMBER_TEXTS_LEAST = 0.9, 10
# Distances exclude a column with more missing than given values: excluding its incomplete
# rows would exclude most rows.
_MOSTLY_MISSING = 0.5


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

    @property
    def is_key(self) -> bool:
        """Whether no sampled value occurs twice, although some of them should."""
        n = self.n_sampled
        if n < _KEY_ROWS or self.n_distinct < n:
            return False
        if not self.is_whole:
            return bool(self.texts) and not self.holds_number_texts
        return bool(n**2 / 2 / (self.high - self.low + 1) >= _KEY_REPEATS)

    @property
    def holds_number_texts(self) -> bool:
        """Whether nearly all texts read as numbers."""
        n_numbers = sum(map(reads_as_number, self.texts))
        is_many = len(self.texts) >= _NUMBER_TEXTS_LEAST
        return is_many and n_numbers >= _NUMBER_TEXTS * len(self.texts)

    @property
    def is_two_valued(self) -> bool:
        """Whether it holds two whole numbers."""
        return self.is_whole and not self.is_constant and self.n_distinct == 2

    @property
    def has_few_values(self) -> bool:
        """Whether it holds more than two whole numbers, but few and frequent ones."""
        most = min(FEW_VALUES, self.n_sampled / _FEW_VALUES_REPEAT)
        return self.is_whole and 2 < self.n_distinct <= most

    def is_mostly_missing(self, n_rows: int) -> bool:
        """Whether more values are missing or infinite than given."""
        return self.n_missing + self.n_infinite > _MOSTLY_MISSING * n_rows


def reads_as_number(text: str) -> bool:
    """Whether a text is a number.

    Examples
    --------
    >>> reads_as_number(" 1e3"), reads_as_number("12 kg")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True


def means_missing(text: str) -> bool:
    """Whether a text stands for a missing value, as "?" and "NA" do."""
    return text.strip().lower() in MISSING_MARKERS


class ColumnTotals:
    """Counts and ranges of the columns over all rows, collected block by block."""

    def __init__(self, columns: Columns) -> None:
        n_numbers, n_categories = len(columns.numbers), len(columns.categories)
        self.missing = np.zeros(n_numbers, dtype=np.int64)
        self.infinite = np.zeros(n_numbers, dtype=np.int64)
        self.low = np.full(n_numbers, np.inf)
        self.high = np.full(n_numbers, -np.inf)
        self.nulls = np.zeros(n_categories, dtype=np.int64)
        self.values: list[set[Any]] = [set() for _ in range(n_categories)]

    def add(self, block: Block) -> None:
        """Count the values of a block, and the first two categories of each column."""
        missing, infinite = np.isnan(block.numbers), np.isinf(block.numbers)
        self.missing += missing.sum(axis=0)
        self.infinite += infinite.sum(axis=0)
        bad = missing | infinite
        self.low = np.minimum(self.low, np.where(bad, np.inf, block.numbers).min(axis=0))
        self.high = np.maximum(self.high, np.where(bad, -np.inf, block.numbers).max(axis=0))
        for i, column in enumerate(block.categories):
            self.nulls[i] += column.null_count
            if len(self.values[i]) < 2:
                self.values[i] |= _two_values(column)


def _two_values(column: pa.Array) -> set[Any]:
    import pyarrow.compute as pc

    return set(plain_values(pc.unique(column).drop_null()[:2]).to_pylist())


def column_figures(
    columns: Columns, totals: ColumnTotals, sample: Sample
) -> dict[int, ColumnFigures]:
    """Return the figures of each column of numbers or categories, by its index in X."""
    return dict(sorted(_figures(columns, totals, sample)))


def _figures(
    columns: Columns, totals: ColumnTotals, sample: Sample
) -> Iterator[tuple[int, ColumnFigures]]:
    for i, j in enumerate(columns.numbers):
        yield j, _figures_of_numbers(totals, i, sample.numbers[:, i])
    for i, j in enumerate(columns.categories):
        yield j, _figures_of_categories(totals, i, sample)


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
    n_marked = counts[: len(texts)][[means_missing(text) for text in texts]].sum()
    return ColumnFigures(
        n_missing=int(totals.nulls[i]),
        n_infinite=0,
        is_constant=len(totals.values[i]) < 2,
        n_distinct=len(known),
        n_sampled=int(counts[: len(known)].sum()),
        texts=tuple(texts),
        marked_missing=float(n_marked / max(1, len(sample.positions))),
    )
