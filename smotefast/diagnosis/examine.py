"""The way from data to diagnosis: two passes, then points and advice.

The first pass draws rows and counts what columns hold. The second looks for the drawn rows'
neighbours and copies among all rows. Everything that is said is made from what these found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from smotefast._threads import thread_count
from smotefast.diagnosis.advice import recommend
from smotefast.diagnosis.category_points import category_points
from smotefast.diagnosis.class_figures import Around, class_figures, unevenness
from smotefast.diagnosis.column_kinds import identifiers
from smotefast.diagnosis.column_points import column_points, refused_data
from smotefast.diagnosis.columns import ColumnFigures, Totals, column_figures
from smotefast.diagnosis.data import Block, Data
from smotefast.diagnosis.duplicate_rows import Repeats, row_bits
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.findings import LEVELS, Point
from smotefast.diagnosis.groups import group_sizes
from smotefast.diagnosis.metric import (
    Metric,
    metric_as_it_is,
    metric_scaled,
    mostly_missing,
    shares_of_distance,
)
from smotefast.diagnosis.neighbor_points import neighbor_points
from smotefast.diagnosis.neighborhoods import Search
from smotefast.diagnosis.report import Diagnosis
from smotefast.diagnosis.sample import Coded, Drawing, Sample
from smotefast.diagnosis.sampler_facts import Judged
from smotefast.diagnosis.scale_points import needs_scaling, spreads_of
from smotefast.diagnosis.size_points import size_points
from smotefast.diagnosis.thresholds import COMPARED_PER_CLASS, LARGEST

Watch = Callable[[Block], None]


def examine(data: Data, judged: Judged, watch: Watch) -> Diagnosis:
    """Diagnose data.

    Parameters
    ----------
    data
        The rows.
    judged
        The sampler.
    watch
        Called with each block when it was looked at.
    """
    sample, figures = _first_pass(data, watch)
    facts = _facts_of_columns(data, judged, sample, figures)
    metrics = _metrics(facts, sample)
    around = _second_pass(data, judged, sample, metrics, watch)
    facts = _facts_of_rows(facts, data, sample, metrics[0], around)
    makers = (size_points, column_points, category_points, neighbor_points)
    points = [point for make in makers for point in make(facts)]
    points += refused_data(facts, points)
    return _diagnosis(facts, data, sample, points)


def _first_pass(data: Data, watch: Watch) -> tuple[Sample, dict[int, ColumnFigures]]:
    totals, drawing = Totals(data.columns), Drawing(data)
    for block in _blocks(data):
        totals.see(block)
        drawing.see(block)
        watch(block)
    sample = drawing.result()
    return sample, column_figures(data.columns, totals, sample)


def _blocks(data: Data) -> Iterator[Block]:
    """Read all rows; numbers too large to be squared count as infinite."""
    for block in data.blocks():
        too_large = np.abs(block.numbers) > LARGEST
        if too_large.any():
            numbers = np.where(too_large, np.inf, block.numbers)
            block = replace(block, numbers=np.copysign(numbers, block.numbers))
        yield block


def _facts_of_columns(
    data: Data, judged: Judged, sample: Sample, figures: dict[int, ColumnFigures]
) -> Facts:
    """Return what is known before neighbours are: columns, and which has the distance."""
    n_rows = len(data.classes)
    unusable = mostly_missing(data.columns, figures, n_rows)
    metric = metric_as_it_is(data.columns, figures, sample, unusable)
    shares = {}
    if metric.usable(sample.numbers).any() and len(metric.used):
        places = [data.columns.numbers[place] for place in metric.used]
        shares = dict(zip(places, shares_of_distance(metric, sample).tolist(), strict=True))
    facts = Facts(
        n_rows, data.columns, figures, judged, (), shares, False, 0, frozenset(unusable), {}, {}
    )
    scaled = needs_scaling(shares, spreads_of(facts))
    return replace(facts, is_scaled=scaled)


def _metrics(facts: Facts, sample: Sample) -> list[Metric]:
    """Return the distance that counts, then the one of values as they are if it is another."""
    left_out = set(facts.unusable)
    as_it_is = metric_as_it_is(facts.columns, facts.figures, sample, left_out)
    if not facts.is_scaled:
        return [as_it_is]
    keys = left_out | set(identifiers(facts))
    return [metric_scaled(facts.columns, facts.figures, sample, keys), as_it_is]


def _second_pass(
    data: Data, judged: Judged, sample: Sample, metrics: list[Metric], watch: Watch
) -> Around:
    n_rows = len(data.classes)
    searches = [Search(metrics[0], sample, judged.m, n_rows)]
    for as_it_is in metrics[1:]:
        searches.append(Search(as_it_is, sample, 1, n_rows, COMPARED_PER_CLASS))
    repeats = Repeats(row_bits(sample.numbers, sample.codes), sample.classes)
    for block in _blocks(data):
        coded = _coded(block, data, sample)
        repeats.see(row_bits(coded.numbers, coded.codes), coded.classes)
        for search in searches:
            search.see(coded)
        watch(block)
    found = [search.result() for search in searches]
    return Around(found[0], found[1] if len(found) > 1 else None, *repeats.counts())


def _coded(block: Block, data: Data, sample: Sample) -> Coded:
    codes = np.empty((block.n_rows, len(block.categories)), dtype=np.int32)
    for place, column in enumerate(block.categories):
        codes[:, place] = sample.dictionaries[place].codes(column)
    classes = data.classes[block.start : block.start + block.n_rows]
    return Coded(block.start, block.numbers, codes, classes)


def _facts_of_rows(
    facts: Facts, data: Data, sample: Sample, metric: Metric, around: Around
) -> Facts:
    groups = {}
    for code, label in enumerate(data.labels):
        if facts.judged.weights.get(label) and around.main is not None:
            groups[label] = group_sizes(metric, sample, code, thread_count(None))
    return replace(
        facts,
        classes=class_figures(facts.judged, data, sample, around),
        uneven=dict(zip(data.labels, unevenness(around.main, data, sample), strict=True)),
        groups=groups,
        n_left_out=0 if around.main is None else around.main.n_left_out,
    )


def _diagnosis(facts: Facts, data: Data, sample: Sample, points: list[Point]) -> Diagnosis:
    points.sort(key=lambda point: LEVELS.index(point.level))
    drawn = np.bincount(sample.classes, minlength=len(data.labels)).tolist()
    judged = facts.judged
    return Diagnosis(
        n_rows=facts.n_rows,
        n_features=facts.n_features,
        counts={one.label: one.n_rows for one in facts.classes},
        sampled=dict(zip(data.labels, drawn, strict=True)),
        judged=judged.name or f"SMOTE's defaults (k_neighbors={judged.k})",
        distance=_distance_in_words(facts),
        n_neighbors=judged.m,
        classes=facts.classes,
        points=tuple(points),
        advice=recommend(facts),
    )


def _distance_in_words(facts: Facts) -> str:
    numbers = "numbers as they are"
    if facts.is_scaled:
        numbers = "numbers divided by their standard deviation, as one column has most of the "
        numbers += "distance otherwise"
    if not facts.columns.categories:
        return numbers
    if not facts.columns.numbers:
        return "the number of columns that differ"
    weight = "one standard deviation" if facts.is_scaled else "their median standard deviation"
    return f"{numbers}; a category that differs counts as much as {weight}"
