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
    # Share of each column of numbers in the distance of unscaled values.
    shares: dict[int, float] = field(default_factory=dict)
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
        """The spread of the columns with a share in the distance and a spread above 0."""
        return {j: self.figures[j].spread for j in self.shares if self.figures[j].spread > 0}

    @property
    def dominant(self) -> list[int]:
        """The columns that dominate the distance because of their larger scale."""
        return dominant_columns(self.shares, self.spreads)


def dominant_columns(shares: Mapping[int, float], spreads: Mapping[int, float]) -> list[int]:
    """Return the column, or the few of many, that make up most of the distance.

    Parameters
    ----------
    shares
        Share of each column in the distance.
    spreads
        Robust spread of each column; not 0.
    """
    if len(spreads) < 2 or not shares:
        return []
    if max(spreads.values()) / min(spreads.values()) <= _SCALE_RATIO:
        return []
    ordered = sorted(shares, key=lambda j: -shares[j])
    if shares[ordered[0]] > SCALE_SHARE:
        return ordered[:1]
    few = ordered[: len(ordered) // _SCALE_FEW]
    return few if sum(shares[j] for j in few) > SCALE_SHARE_SERIOUS else []


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
        others = _of_class(results.neighborhoods, sample, code)
        noise, danger, safe = _kind_shares(others, sampler.m)
        item = ClassFigures(
            label=label,
            n_rows=sizes[code],
            n_new=sampler.n_to_generate.get(label, 0),
            n_searched=len(others),
            noise=noise,
            danger=danger,
            safe=safe,
            overlap=float(others[:, 0].mean()) if len(others) else None,
            unevenness=float(np.std(others.mean(axis=1))) if len(others) else None,
            repeated=float(is_repeated[sampled].mean()),
            conflicting=float(is_conflicting[sampled].mean()),
        )
        figures.append(item)
    return tuple(figures)


def _of_class(neighborhoods: Neighborhoods | None, sample: Sample, code: int) -> np.ndarray:
    """Return ``is_other_class`` for the rows of a class; empty if none was searched for."""
    if neighborhoods is None:
        return np.empty((0, 1), dtype=bool)
    is_of_class = sample.classes[neighborhoods.rows] == code
    return np.asarray(neighborhoods.is_other_class[is_of_class])


def row_kinds(is_other_class: np.ndarray, m: int) -> np.ndarray:
    """Return the kind of each row, as an index into ``KINDS``."""
    n_others = is_other_class.sum(axis=1)
    return np.select([is_noise(n_others, m), is_in_danger(n_others, m)], [0, 1], 2)


def _kind_shares(is_other_class: np.ndarray, m: int) -> list[float] | list[None]:
    """Return the shares of noise, danger and safe rows."""
    if not len(is_other_class):
        return [None] * len(KINDS)
    counts = np.bincount(row_kinds(is_other_class, m), minlength=len(KINDS))
    shares: list[float] = (counts / len(is_other_class)).tolist()
    return shares


def rows_by_kind(
    neighborhoods: Neighborhoods | None, data: Data, sample: Sample, m: int
) -> dict[Hashable, dict[str, list[int]]]:
    """Return the positions in X of the searched rows of each class and kind."""
    rows: dict[Hashable, dict[str, list[int]]] = {}
    for code, label in enumerate(data.labels):
        rows[label] = {kind: [] for kind in KINDS}
        if neighborhoods is None:
            continue
        searched = neighborhoods.rows[sample.classes[neighborhoods.rows] == code]
        kinds = row_kinds(_of_class(neighborhoods, sample, code), m)
        for i, kind in enumerate(KINDS):
            rows[label][kind] = sample.positions[searched[kinds == i]].tolist()
    return rows
