"""All measurements of the data, from which findings and candidates are derived."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.data import Columns, Data
from smotefast.diagnosis.neighborhoods import Neighborhoods
from smotefast.diagnosis.report import KINDS, ClassFigures
from smotefast.diagnosis.sample import Sample
from smotefast.diagnosis.sampler_facts import SamplerFacts
from smotefast.over_sampling.border import is_in_danger, is_noise

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
    # Columns that the distance leaves out: keys, and those that are mostly missing.
    excluded: frozenset[int] = frozenset()
    # Rows without neighbors, because numbers are missing or infinite.
    n_incomplete: int = 0
    # Sizes of separate groups among the sampled rows of each class.
    groups: dict[Hashable, list[int]] = field(default_factory=dict)

    @property
    def n_features(self) -> int:
        """Number of columns of X."""
        return len(self.columns.names)

    @property
    def keys(self) -> list[int]:
        """Columns that identify rows."""
        return [j for j, figures in self.figures.items() if figures.is_key]

    @property
    def constants(self) -> list[int]:
        """Columns with one value, or none; beside missing values one is information."""
        return [
            j
            for j, figures in self.figures.items()
            if figures.is_constant and figures.n_missing in (0, self.n_rows)
        ]

    @property
    def texts_of_numbers(self) -> list[int]:
        """Columns of text that hold numbers."""
        return [j for j in self.columns.categories if self.figures[j].holds_number_texts]

    @property
    def real_categories(self) -> list[int]:
        """Columns of categories, without keys and numbers written as text."""
        others = {*self.keys, *self.texts_of_numbers}
        return [j for j in self.columns.categories if j not in others]

    @property
    def real_numbers(self) -> list[int]:
        """Columns of numbers, also those written as text, without keys."""
        numbers = {*self.columns.numbers, *self.texts_of_numbers}
        return sorted(numbers.difference(self.keys))

    @property
    def categorical_sampler(self) -> str:
        """The over-sampler for these columns, if some are categories."""
        return "SMOTENC" if len(self.real_numbers) > len(self.two_valued) else "SMOTEN"

    @property
    def two_valued(self) -> list[int]:
        """Columns of numbers with two whole numbers."""
        return [j for j in self.columns.numbers if self.figures[j].is_two_valued]

    @property
    def oversampled(self) -> list[ClassFigures]:
        """The classes to over-sample."""
        return [item for item in self.classes if item.n_new]

    @property
    def too_small(self) -> dict[Hashable, int]:
        """Sizes of the classes to over-sample that have too few rows for the neighbors."""
        return {
            item.label: item.n_rows
            for item in self.oversampled
            if item.n_rows <= self.sampler.k
        }

    @property
    def studied(self) -> list[ClassFigures]:
        """The classes that the guide is about: over-sampled now, or by default."""
        return [item for item in self.classes if self.sampler.weights.get(item.label)]

    @property
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

    @property
    def spreads(self) -> dict[int, float]:
        """The spread of each column of numbers that varies and counts in the distance."""
        used = [j for j in self.columns.numbers if j not in self.excluded]
        return {j: self.figures[j].spread for j in used if self.figures[j].spread > 0}

    @property
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


class RowResults(NamedTuple):
    """What the pass over all rows found out about the sampled rows."""

    neighborhoods: Neighborhoods | None
    # Rows that equal each sampled row, itself included, and those of its class.
    n_equal: np.ndarray
    n_in_class: np.ndarray


def class_figures(
    sampler: SamplerFacts, data: Data, sample: Sample, results: RowResults
) -> tuple[ClassFigures, ...]:
    """Return the figures of each class."""
    has_values = bool(data.columns.numbers or data.columns.categories)
    is_repeated = (results.n_in_class > 1) & has_values
    is_conflicting = (results.n_equal > results.n_in_class) & has_values
    sizes = np.bincount(data.classes, minlength=len(data.labels)).tolist()
    figures = []
    for code, label in enumerate(data.labels):
        sampled = sample.classes == code
        is_other_class, kinds, _ = _searched(results.neighborhoods, sample, code, sampler.m)
        shares = {
            name: float(np.mean(kinds == i)) for i, name in enumerate(KINDS) if len(kinds)
        }
        item = ClassFigures(
            label=label,
            n_rows=sizes[code],
            n_new=sampler.n_to_generate.get(label, 0),
            n_searched=len(kinds),
            **(shares or dict.fromkeys(KINDS)),
            overlap=float(is_other_class[:, 0].mean()) if shares else None,
            unevenness=float(np.std(is_other_class.mean(axis=1))) if shares else None,
            repeated=float(is_repeated[sampled].mean()),
            conflicting=float(is_conflicting[sampled].mean()),
        )
        figures.append(item)
    return tuple(figures)


def rows_by_kind(
    neighborhoods: Neighborhoods | None, data: Data, sample: Sample, m: int
) -> dict[Hashable, dict[str, list[int]]]:
    """Return the positions in X of the searched rows of each class and kind."""
    rows: dict[Hashable, dict[str, list[int]]] = {}
    for code, label in enumerate(data.labels):
        _, kinds, positions = _searched(neighborhoods, sample, code, m)
        rows[label] = {name: positions[kinds == i].tolist() for i, name in enumerate(KINDS)}
    return rows


def _searched(
    neighborhoods: Neighborhoods | None, sample: Sample, code: int, m: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the searched rows of a class: ``is_other_class``, kinds and positions in X."""
    if neighborhoods is None:
        return np.empty((0, 1), dtype=bool), np.empty(0, int), np.empty(0, int)
    is_of_class = sample.classes[neighborhoods.rows] == code
    is_other_class = neighborhoods.is_other_class[is_of_class]
    positions = sample.positions[neighborhoods.rows[is_of_class]]
    return is_other_class, row_kinds(is_other_class, m), positions


def row_kinds(is_other_class: np.ndarray, m: int) -> np.ndarray:
    """Return the kind of each row, as an index into ``KINDS``."""
    n_others = is_other_class.sum(axis=1)
    return np.select([is_noise(n_others, m), is_in_danger(n_others, m)], [0, 1], 2)
