"""What the pictures of a page show: rows in two dimensions, and distributions of columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from smotefast.diagnosis.data import Data
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.metric import Metric
from smotefast.diagnosis.neighborhoods import Neighborhoods
from smotefast.diagnosis.report import Point
from smotefast.diagnosis.sample import Sample

# Marks that a browser draws at once, and that can be told apart.
_MOST_MARKS = 1_500
_MOST_COLUMNS = 12
_MOST_CLASSES = 6
_MOST_CATEGORIES = 8
_N_BINS = 30


@dataclass(frozen=True)
class RowMap:
    """Sampled rows by two principal components."""

    points: np.ndarray  # shape (n_rows, 2)
    kinds: np.ndarray  # as indices into ``report.KINDS``
    is_largest: np.ndarray  # whether a row is of the largest class


@dataclass(frozen=True)
class Distribution:
    """The values of a column in each class: shares of bins, or of frequent categories."""

    column: Hashable
    ticks: list[float] | list[str]  # edges of the bins, or names of the categories
    shares: dict[Hashable, list[float]]


@dataclass(frozen=True)
class Pictures:
    """What the pictures show; ``rows`` is None if there are fewer than two dimensions."""

    rows: RowMap | None
    columns: tuple[Distribution, ...]


def draw_pictures(
    facts: Facts,
    data: Data,
    sample: Sample,
    metric: Metric,
    found: Neighborhoods,
    points: Sequence[Point],
) -> Pictures:
    """Return a map of the searched rows, and distributions of columns that points name."""
    position = {name: j for j, name in enumerate(facts.columns.names)}
    named = dict.fromkeys(position[name] for point in points for name in point.columns)
    figures = facts.figures
    usable = [
        j for j in named if j in figures and figures[j].n_sampled and not figures[j].is_key
    ]
    columns = [_distribution(j, data, sample) for j in usable[:_MOST_COLUMNS]]
    return Pictures(_row_map(facts, sample, metric, found), tuple(columns))


def _row_map(
    facts: Facts, sample: Sample, metric: Metric, found: Neighborhoods
) -> RowMap | None:
    shown = slice(None, None, max(1, -(-len(found.rows) // _MOST_MARKS)))
    rows = found.rows[shown]
    values = np.column_stack([metric.scaled(sample.numbers[rows]), _one_hot(sample, rows)])
    if len(rows) < 2 or np.count_nonzero(np.ptp(values, axis=0)) < 2:
        return None
    largest = int(np.argmax([item.n_rows for item in facts.classes]))
    return RowMap(
        principal_components(values)[0], found.kinds[shown], sample.classes[rows] == largest
    )


def _one_hot(sample: Sample, rows: np.ndarray) -> np.ndarray:
    """Return a column for each frequent category."""
    columns = [np.empty((len(rows), 0))]
    for i in range(sample.codes.shape[1]):
        codes = sample.codes[rows, i]
        ranks, names = _frequent(codes, sample.categories[i])
        columns.append(ranks[:, np.newaxis] == range(len(names)))
    return np.column_stack(columns)


def principal_components(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Project standardized columns on two principal components.

    Returns
    -------
    tuple
        The projected rows, shape (n_rows, 2), and the share of each component in the variance.
    """
    components = PCA(2, svd_solver="full")
    with np.errstate(invalid="ignore"):  # columns that are all constant
        projected = components.fit_transform(StandardScaler().fit_transform(values))
    return projected, np.nan_to_num(components.explained_variance_ratio_)


def _distribution(column: int, data: Data, sample: Sample) -> Distribution:
    """Return the distribution of a column in the largest classes."""
    columns = data.columns
    by_size = np.argsort(-np.bincount(data.classes, minlength=len(data.labels)), kind="stable")
    codes = sorted(by_size[:_MOST_CLASSES].tolist())
    ticks: list[float] | list[str]
    if column in columns.numbers:
        values = sample.numbers[:, columns.numbers.index(column)]
        edges = _edges(values[np.isfinite(values)])
        ticks = edges.tolist()
        bins = np.digitize(values, edges[1:-1]).astype(np.intp)
        bins[~((values >= edges[0]) & (values <= edges[-1]))] = -1
        n_bins = len(edges) - 1
    else:
        i = columns.categories.index(column)
        bins, ticks = _frequent(sample.codes[:, i], sample.categories[i])
        n_bins = len(ticks)
    shares = {}
    for code in codes:
        given = bins[sample.classes == code]
        counts = np.bincount(given[given >= 0], minlength=n_bins)
        shares[data.labels[code]] = (counts / max(1, len(given))).tolist()
    return Distribution(columns.names[column], ticks, shares)


def _edges(values: np.ndarray) -> np.ndarray:
    """Return edges of bins: one for each whole number, or 30 for 98% of the values."""
    distinct = np.unique(values)
    is_whole = bool((distinct == np.rint(distinct)).all())
    if is_whole and distinct[-1] - distinct[0] < _N_BINS:
        return np.arange(distinct[0], distinct[-1] + 2) - 0.5
    low, high = np.quantile(values, [0.01, 0.99])
    return np.linspace(low, high if high > low else low + 1, _N_BINS + 1)


def _frequent(codes: np.ndarray, categories: dict[int, Any]) -> tuple[np.ndarray, list[str]]:
    """Return the rank of each row's category among the frequent ones, -1 for others."""
    known, counts = np.unique(codes[codes >= 0], return_counts=True)
    frequent = known[np.argsort(-counts, kind="stable")[:_MOST_CATEGORIES]]
    ranks = np.full(len(codes), -1)
    for rank, code in enumerate(frequent):
        ranks[codes == code] = rank
    return ranks, [str(categories[code]) for code in frequent.tolist()]
