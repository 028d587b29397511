"""All measurements of the data, from which points and advice are derived."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.data import Columns, Data
from smotefast.diagnosis.findings import ClassFigures
from smotefast.diagnosis.neighborhoods import Neighborhoods
from smotefast.diagnosis.sample import Sample
from smotefast.diagnosis.sampler_facts import SamplerFacts
from smotefast.diagnosis.thresholds import JUDGED_ROWS
from smotefast.diagnosis.wording import listed
from smotefast.over_sampling.border import is_in_danger, is_noise


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about the data and the sampler.

    Attributes
    ----------
    n_rows, columns, figures
        The data, and figures of each column by its index.
    sampler
        The sampler.
    classes
        Figures of each class.
    shares
        Share of each column of numbers in the distance, by its index.
    is_scaled
        Whether the figures of the classes use scaled columns.
    n_incomplete
        Rows without neighbors, because numbers are missing or infinite.
    excluded
        Columns of numbers that distances exclude, because most values are missing.
    unevenness
        Standard deviation of the share of other classes among a row's neighbors, by class.
    groups
        Sizes of separate groups among the sampled rows, by class.
    """

    n_rows: int
    columns: Columns
    figures: dict[int, ColumnFigures]
    sampler: SamplerFacts
    classes: tuple[ClassFigures, ...] = ()
    shares: dict[int, float] = field(default_factory=dict)
    is_scaled: bool = False
    n_incomplete: int = 0
    excluded: frozenset[int] = frozenset()
    unevenness: dict[Hashable, float] = field(default_factory=dict)
    groups: dict[Hashable, list[int]] = field(default_factory=dict)

    @property
    def n_features(self) -> int:
        """Number of columns of X."""
        return len(self.columns.names)

    @property
    def oversampled(self) -> list[ClassFigures]:
        """The classes to over-sample."""
        return [item for item in self.classes if item.n_new]

    @property
    def studied(self) -> list[ClassFigures]:
        """The classes that the advice is about: over-sampled now, or by default."""
        return [item for item in self.classes if self.sampler.weights.get(item.label)]

    @property
    def searched(self) -> list[ClassFigures]:
        """The studied classes with enough searched rows for shares to be meaningful."""
        return [item for item in self.studied if item.n_searched >= JUDGED_ROWS]

    @property
    def separate_groups(self) -> dict[Hashable, list[int]]:
        """Sizes of the groups of the classes that have several."""
        return {label: sizes for label, sizes in self.groups.items() if len(sizes) > 1}

    def mean_share(self, name: str) -> float:
        """Return the mean of a share over the searched classes, weighted by new rows."""
        return self.weighted_mean({item.label: getattr(item, name) for item in self.searched})

    def weighted_mean(self, figures: Mapping[Hashable, float]) -> float:
        """Return the mean of a figure over classes, weighted by new rows."""
        weights = np.array([self.sampler.weights[label] for label in figures], dtype=float)
        return float(np.average(list(figures.values()), weights=weights))

    def by_name(self, figures: Mapping[int, Any]) -> dict[Hashable, Any]:
        """Return figures of columns with names instead of indices as keys."""
        return {self.columns.names[j]: value for j, value in figures.items()}

    def listed(self, columns: Sequence[int], figures: Sequence[str] = ()) -> str:
        """List columns for a text: "columns 'age' and 'income'"."""
        return listed("column", self.columns.named(columns), figures)


class RowResults(NamedTuple):
    """What the pass over all rows found out about the sampled rows.

    Attributes
    ----------
    neighborhoods, unscaled
        Neighbors by the distance that counts, and by unscaled values if that is another one.
    n_equal, n_in_class
        Rows that equal each sampled row, itself included, and those of its class.
    """

    neighborhoods: Neighborhoods | None
    unscaled: Neighborhoods | None
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
        is_other_class = _of_class(results.neighborhoods, sample, code)
        noise, danger, safe = _border_shares(is_other_class, sampler.m)
        item = ClassFigures(
            label=label,
            n_rows=sizes[code],
            n_new=sampler.n_to_generate.get(label, 0),
            n_searched=len(is_other_class),
            noise=noise,
            danger=danger,
            safe=safe,
            overlap=_overlap(is_other_class),
            overlap_as_it_is=_overlap(_of_class(results.unscaled, sample, code)),
            repeated=float(is_repeated[sampled].mean()),
            conflicting=float(is_conflicting[sampled].mean()),
        )
        figures.append(item)
    return tuple(figures)


def unevenness(
    neighborhoods: Neighborhoods | None, data: Data, sample: Sample
) -> dict[Hashable, float]:
    """Return for each class how much the share of other classes varies between its rows.

    This is the standard deviation of the share, or 0 if no row was searched for.
    """
    result = {}
    for code, label in enumerate(data.labels):
        shares = _of_class(neighborhoods, sample, code).mean(axis=1)
        result[label] = float(np.std(shares)) if len(shares) else 0.0
    return result


def _of_class(neighborhoods: Neighborhoods | None, sample: Sample, code: int) -> np.ndarray:
    """Return ``is_other_class`` for the rows of a class; empty if none was searched for."""
    if neighborhoods is None:
        return np.empty((0, 1), dtype=bool)
    is_of_class = sample.classes[neighborhoods.rows] == code
    return np.asarray(neighborhoods.is_other_class[is_of_class])


def _overlap(is_other_class: np.ndarray) -> float | None:
    return float(is_other_class[:, 0].mean()) if len(is_other_class) else None


def _border_shares(
    is_other_class: np.ndarray, m: int
) -> tuple[float | None, float | None, float | None]:
    """Return the shares of noise, danger and safe rows."""
    if not len(is_other_class):
        return None, None, None
    n_others = is_other_class.sum(axis=1)
    noise, danger = is_noise(n_others, m), is_in_danger(n_others, m)
    return float(noise.mean()), float(danger.mean()), float((~noise & ~danger).mean())
