"""All measurements of the data, from which findings and candidates are derived."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.data import Columns
from smotefast.diagnosis.report import ClassFigures
from smotefast.diagnosis.sampler_facts import SamplerFacts

# A share of fewer rows says little: of 20 rows the margin of error is 22 points.
JUDGED_ROWS = 20
# One column with half of every distance outweighs all others together.
SCALE_SHARE = 0.5
# Above nine tenths the neighbors depend on that column alone.
SCALE_SHARE_SERIOUS = 0.9
# One in so many columns may dominate together, with at least SCALE_SHARE_SERIOUS.
_SCALE_FEW = 5
# Columns whose spreads differ by a factor of less than ten need no scaling.
_SCALE_RATIO = 10.0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about the data and the sampler; columns are indices, classes labels."""

    n_rows: int
    columns: Columns
    figures: dict[int, ColumnFigures]
    sampler: SamplerFacts
    classes: tuple[ClassFigures, ...] = ()
    # Rows without neighbors, because numbers are missing or infinite.
    n_incomplete: int = 0
    # Sizes of separate groups among the sampled rows of each class.
    groups: dict[Hashable, list[int]] = field(default_factory=dict)

    @property
    def n_features(self) -> int:
        """Number of columns of X."""
        return len(self.columns.names)

    @cached_property
    def keys(self) -> list[int]:
        """Columns that identify rows."""
        return [j for j, figures in self.figures.items() if figures.is_key]

    @cached_property
    def excluded(self) -> set[int]:
        """Columns of numbers that the distance leaves out: keys, and mostly missing ones."""
        figures = ((j, self.figures[j]) for j in self.columns.numbers)
        return {j for j, each in figures if each.is_key or each.is_mostly_missing(self.n_rows)}

    @cached_property
    def constants(self) -> list[int]:
        """Columns with one value, or none; beside missing values one is information."""
        return [
            j
            for j, figures in self.figures.items()
            if figures.is_constant and figures.n_missing in (0, self.n_rows)
        ]

    @cached_property
    def texts_of_numbers(self) -> list[int]:
        """Columns of text that hold numbers."""
        return [j for j in self.columns.categories if self.figures[j].holds_number_texts]

    @cached_property
    def real_categories(self) -> list[int]:
        """Columns of categories, without keys and numbers written as text."""
        others = {*self.keys, *self.texts_of_numbers}
        return [j for j in self.columns.categories if j not in others]

    @cached_property
    def real_numbers(self) -> list[int]:
        """Columns of numbers, also those written as text, without keys."""
        numbers = {*self.columns.numbers, *self.texts_of_numbers}
        return sorted(numbers.difference(self.keys))

    @property
    def categorical_sampler(self) -> str:
        """The over-sampler for these columns, if some are categories."""
        return "SMOTENC" if len(self.real_numbers) > len(self.two_valued) else "SMOTEN"

    @cached_property
    def two_valued(self) -> list[int]:
        """Columns of numbers with two whole numbers."""
        return [j for j in self.columns.numbers if self.figures[j].is_two_valued]

    @property
    def oversampled(self) -> list[ClassFigures]:
        """The classes to over-sample."""
        return [item for item in self.classes if item.n_new]

    @cached_property
    def too_small(self) -> dict[Hashable, int]:
        """Sizes of the classes to over-sample that have too few rows for the neighbors."""
        return {
            item.label: item.n_rows
            for item in self.oversampled
            if item.n_rows <= self.sampler.k
        }

    @cached_property
    def studied(self) -> list[ClassFigures]:
        """The classes that the guide is about: over-sampled now, or by default."""
        return [item for item in self.classes if self.sampler.weights.get(item.label)]

    @cached_property
    def searched(self) -> list[ClassFigures]:
        """The studied classes with enough searched rows for shares to be meaningful."""
        return [item for item in self.studied if item.n_searched >= JUDGED_ROWS]

    @property
    def imbalance(self) -> float:
        """Size of the largest class divided by that of the smallest."""
        sizes = [item.n_rows for item in self.classes]
        return max(sizes) / min(sizes)

    def mean(self, figure: str) -> float:
        """Return the mean of a figure over the searched classes, weighted by new rows."""
        weights = [self.sampler.weights[item.label] for item in self.searched]
        figures = [getattr(item, figure) for item in self.searched]
        return float(np.average(figures, weights=weights))

    @cached_property
    def spreads(self) -> dict[int, float]:
        """The spread of each column of numbers that varies and counts in the distance."""
        used = [j for j in self.columns.numbers if j not in self.excluded]
        return {j: self.figures[j].spread for j in used if self.figures[j].spread > 0}

    @cached_property
    def dominant(self) -> dict[int, float]:
        """The columns that dominate the distance, with their share of it together."""
        return dominant_columns(self.spreads)


def dominant_columns(spreads: Mapping[int, float]) -> dict[int, float]:
    """Return the column, or the few of many, that make up most of the distance.

    The share of a column is its squared spread divided by the sum of all, as in the mean
    squared distance of two rows.

    ``spreads`` are above 0. The result has for each of these columns their share together; it
    is empty if none dominates.
    """
    if len(spreads) < 2 or max(spreads.values()) / min(spreads.values()) <= _SCALE_RATIO:
        return {}
    total = sum(spread**2 for spread in spreads.values())
    ordered = sorted(spreads, key=lambda j: -spreads[j])
    for n, least in ((1, SCALE_SHARE), (len(ordered) // _SCALE_FEW, SCALE_SHARE_SERIOUS)):
        share = sum(spreads[j] ** 2 for j in ordered[:n]) / total
        if share > least:
            return dict.fromkeys(ordered[:n], share)
    return {}
