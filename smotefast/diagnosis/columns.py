"""Figures of each column, and what it seems to hold: a key, numbers as text, codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.diagnosis.data import Block, Columns
from smotefast.diagnosis.sample import Sample

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
    """Figures of one column."""

    n_missing: int  # of all rows, as the next three
    n_infinite: int
    is_constant: bool  # all rows with a value have the same one
    low: float = np.nan  # NaN for categories
    high: float = np.nan
    n_distinct: int  # of the sampled rows, as all that follow
    n_sampled: int  # with a value
    is_whole: bool = False
    # The interquartile range over 1.349, which is the standard deviation of normal values (the
    # standard deviation itself if the range is 0).
    spread: float = np.nan
    deviation: float = np.nan
    texts: tuple[str, ...] = ()  # distinct; empty for columns without text
    marked_missing: float = 0.0  # share of rows whose text means a missing value

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
        """Whether it holds two whole numbers, or a few more that are frequent."""
        most = min(FEW_VALUES, self.n_sampled / _FEW_VALUES_REPEAT)
        return self.is_two_valued or (self.is_whole and 2 < self.n_distinct <= most)

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
    """Counts and ranges of the columns over all rows, collected block by block.

    Columns of categories come after those of numbers, with their codes as values.
    """

    def __init__(self, columns: Columns) -> None:
        n_columns = len(columns.numbers) + len(columns.categories)
        self.missing = np.zeros(n_columns, dtype=np.int64)
        self.infinite = np.zeros(n_columns, dtype=np.int64)
        self.low = np.full(n_columns, np.inf)
        self.high = np.full(n_columns, -np.inf)

    def add(self, block: Block) -> None:
        """Count the values of a block."""
        values = _values(block)
        missing, infinite = np.isnan(values), np.isinf(values)
        self.missing += missing.sum(axis=0)
        self.infinite += infinite.sum(axis=0)
        bad = missing | infinite
        self.low = np.minimum(self.low, np.where(bad, np.inf, values).min(axis=0))
        self.high = np.maximum(self.high, np.where(bad, -np.inf, values).max(axis=0))


def _values(rows: Block | Sample) -> np.ndarray:
    """Return the numbers and the codes of categories; NaN for missing values."""
    return np.column_stack([rows.numbers, np.where(rows.codes < 0, np.nan, rows.codes)])


def column_figures(
    columns: Columns, totals: ColumnTotals, sample: Sample
) -> dict[int, ColumnFigures]:
    """Return the figures of each column of numbers or categories, by its index in X."""
    figures, n_numbers = {}, len(columns.numbers)
    sampled = _values(sample)
    for i, j in enumerate([*columns.numbers, *columns.categories]):
        values = sampled[np.isfinite(sampled[:, i]), i]
        others = (
            _of_numbers(float(totals.low[i]), float(totals.high[i]), values)
            if i < n_numbers
            else _of_categories(
                sample.codes[:, i - n_numbers], sample.categories[i - n_numbers]
            )
        )
        figures[j] = ColumnFigures(
            n_missing=int(totals.missing[i]),
            n_infinite=int(totals.infinite[i]),
            is_constant=not totals.low[i] < totals.high[i],
            n_distinct=len(np.unique(values)),
            n_sampled=len(values),
            **others,
        )
    return dict(sorted(figures.items()))


def _of_numbers(low: float, high: float, values: np.ndarray) -> dict[str, Any]:
    if not len(values):
        return {"low": low, "high": high, "spread": 0.0, "deviation": 0.0}
    lower, upper = np.quantile(values, [0.25, 0.75])
    deviation = float(np.std(values))
    return {
        "low": low,
        "high": high,
        "is_whole": bool((values == np.rint(values)).all()),
        "spread": float(upper - lower) / 1.349 or deviation,
        "deviation": deviation,
    }


def _of_categories(codes: np.ndarray, categories: dict[int, Any]) -> dict[str, Any]:
    texts = {code: value for code, value in categories.items() if isinstance(value, str)}
    markers = [code for code, text in texts.items() if means_missing(text)]
    marked = float(np.isin(codes, markers).mean())
    return {"texts": tuple(texts.values()), "marked_missing": marked}
