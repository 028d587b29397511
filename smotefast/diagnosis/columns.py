"""What each column holds: figures over all rows, and figures of the drawn rows.

Blocks and a sample flow in; a ``ColumnFigures`` for each column flows out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.diagnosis.data import Block, Columns
from smotefast.diagnosis.sample import Sample

# How tables of all sorts write that a value is missing.
MARKERS = frozenset({"?", "", "na", "n/a", "nan", "null", "none", "-", "missing"})


@dataclass(frozen=True)
class ColumnFigures:
    """Figures of one column.

    Attributes
    ----------
    n_missing, n_infinite
        Over all rows.
    is_constant
        Whether all rows that have a value have the same.
    low, high
        Over all rows; NaN for categories.
    n_distinct, n_drawn
        Different values among the drawn rows that have one, and how many these are.
    is_whole
        Whether the drawn values are whole numbers.
    spread, deviation
        Interquartile range over 1.349, which is the standard deviation of normal values (the
        standard deviation itself where the range is 0), and the standard deviation.
    texts
        The texts that drawn rows hold; empty for other columns.
    marked
        Share of the drawn rows whose text is a way to write that nothing is there.
    """

    n_missing: int
    n_infinite: int
    is_constant: bool
    low: float
    high: float
    n_distinct: int
    n_drawn: int
    is_whole: bool
    spread: float
    deviation: float
    texts: tuple[str, ...] = ()
    marked: float = 0.0


class Totals:
    """Collects from the blocks that pass by what only all rows can tell."""

    def __init__(self, columns: Columns) -> None:
        n_numbers, n_categories = len(columns.numbers), len(columns.categories)
        self.missing = np.zeros(n_numbers, dtype=np.int64)
        self.infinite = np.zeros(n_numbers, dtype=np.int64)
        self.low = np.full(n_numbers, np.inf)
        self.high = np.full(n_numbers, -np.inf)
        self.nulls = np.zeros(n_categories, dtype=np.int64)
        self._values: list[set[Any]] = [set() for _ in range(n_categories)]

    def see(self, block: Block) -> None:
        """Count what a block holds."""
        numbers = block.numbers
        missing, infinite = np.isnan(numbers), np.isinf(numbers)
        self.missing += missing.sum(axis=0)
        self.infinite += infinite.sum(axis=0)
        bad = missing | infinite
        self.low = np.minimum(self.low, np.where(bad, np.inf, numbers).min(axis=0))
        self.high = np.maximum(self.high, np.where(bad, -np.inf, numbers).max(axis=0))
        for place, column in enumerate(block.categories):
            self.nulls[place] += column.null_count
            if len(self._values[place]) < 2:
                self._values[place] |= _two_of(column)

    def is_constant(self, place: int) -> bool:
        """Tell whether a column of categories has at most one value."""
        return len(self._values[place]) < 2


def _two_of(column: Any) -> set[Any]:
    import pyarrow.compute as pc

    from smotefast.diagnosis.sample import plain

    return set(plain(pc.unique(column).drop_null()[:2]).to_pylist())


def column_figures(
    columns: Columns, totals: Totals, sample: Sample
) -> dict[int, ColumnFigures]:
    """Return the figures of each column that is taken, by position in X."""
    figures = {}
    for place, j in enumerate(columns.numbers):
        figures[j] = _of_numbers(totals, place, sample.numbers[:, place])
    for place, j in enumerate(columns.categories):
        figures[j] = _of_categories(totals, place, sample)
    return figures


def _of_numbers(totals: Totals, place: int, drawn: np.ndarray) -> ColumnFigures:
    values = drawn[np.isfinite(drawn)]
    low, high = float(totals.low[place]), float(totals.high[place])
    quarter, three = np.quantile(values, [0.25, 0.75]) if len(values) else (0.0, 0.0)
    deviation = float(np.std(values)) if len(values) else 0.0
    spread = float(three - quarter) / 1.349
    return ColumnFigures(
        n_missing=int(totals.missing[place]),
        n_infinite=int(totals.infinite[place]),
        is_constant=not low < high,
        low=low,
        high=high,
        n_distinct=len(np.unique(values)),
        n_drawn=len(values),
        is_whole=bool(len(values)) and bool((values == np.rint(values)).all()),
        spread=spread if spread > 0 else deviation,
        deviation=deviation,
    )


def _of_categories(totals: Totals, place: int, sample: Sample) -> ColumnFigures:
    known = sample.dictionaries[place].known
    counts = np.bincount(sample.codes[:, place], minlength=len(known) + 1)
    names = [one for one in known.to_pylist() if isinstance(one, str)]
    marked = [one.strip().lower() in MARKERS for one in names]
    return ColumnFigures(
        n_missing=int(totals.nulls[place]),
        n_infinite=0,
        is_constant=totals.is_constant(place),
        low=np.nan,
        high=np.nan,
        n_distinct=len(known),
        n_drawn=int(counts[: len(known)].sum()),
        is_whole=False,
        spread=np.nan,
        deviation=np.nan,
        texts=tuple(names),
        marked=float(counts[: len(names)][marked].sum() / max(1, len(sample.positions))),
    )
