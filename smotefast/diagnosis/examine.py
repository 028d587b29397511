"""The diagnosis, step by step: two passes over the data, then points and advice.

The first pass samples rows and measures the columns. The second one searches all rows for the
neighbors and duplicates of the sampled rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from smotefast._threads import thread_count
from smotefast.diagnosis.advice import recommend
from smotefast.diagnosis.category_points import category_points
from smotefast.diagnosis.column_kinds import identifiers
from smotefast.diagnosis.column_points import column_points, data_errors
from smotefast.diagnosis.columns import ColumnFigures, ColumnTotals, column_figures
from smotefast.diagnosis.data import Block, Columns, Data
from smotefast.diagnosis.duplicate_rows import DuplicateCounter, row_hashes
from smotefast.diagnosis.facts import Facts, RowResults, class_figures, unevenness
from smotefast.diagnosis.findings import LEVELS, Point
from smotefast.diagnosis.metric import (
    Metric,
    scaled_metric,
    shares_of_distance,
    unscaled_metric,
)
from smotefast.diagnosis.neighbor_points import column_spreads, needs_scaling, neighbor_points
from smotefast.diagnosis.neighborhoods import NeighborSearch, group_sizes
from smotefast.diagnosis.report import Diagnosis
from smotefast.diagnosis.sample import Sample, SampleCollector
from smotefast.diagnosis.sampler_facts import SamplerFacts
from smotefast.diagnosis.size_points import size_points
from smotefast.diagnosis.thresholds import COMPARED_PER_CLASS, LARGEST, MOSTLY_MISSING

OnBlock = Callable[[Block], None]


def examine(data: Data, sampler: SamplerFacts, on_block: OnBlock) -> Diagnosis:
    """Diagnose data.

    Parameters
    ----------
    data
        The rows.
    sampler
        The sampler.
    on_block
        A function to call after each block of each pass.
    """
    sample, figures = _first_pass(data, on_block)
    facts = _column_facts(data, sampler, sample, figures)
    metrics = _metrics(facts, sample)
    results = _second_pass(data, sampler, sample, metrics, on_block)
    facts = _row_facts(facts, data, sample, metrics[0], results)
    checks = (size_points, column_points, category_points, neighbor_points)
    points = [point for check in checks for point in check(facts)]
    points += data_errors(facts, points)
    return _diagnosis(facts, data, sample, points)


def _first_pass(data: Data, on_block: OnBlock) -> tuple[Sample, dict[int, ColumnFigures]]:
    totals, collector = ColumnTotals(data.columns), SampleCollector(data)
    for block in _blocks(data):
        totals.add(block)
        collector.add(block)
        on_block(block)
    sample = collector.sample()
    return sample, column_figures(data.columns, totals, sample)


def _blocks(data: Data) -> Iterator[Block]:
    """Read all rows, with numbers whose squares overflow as infinite."""
    for block in data.blocks():
        too_large = np.abs(block.numbers) > LARGEST
        if too_large.any():
            numbers = np.where(too_large, np.inf, block.numbers)
            block = replace(block, numbers=np.copysign(numbers, block.numbers))
        yield block


def _column_facts(
    data: Data, sampler: SamplerFacts, sample: Sample, figures: dict[int, ColumnFigures]
) -> Facts:
    """Return the facts before any search: columns, and their shares of the distance."""
    n_rows = len(data.classes)
    excluded = _mostly_missing(data.columns, figures, n_rows)
    metric = unscaled_metric(data.columns, figures, sample, excluded)
    shares: dict[int, float] = {}
    if metric.is_complete(sample.numbers).any() and len(metric.used):
        columns = [data.columns.numbers[i] for i in metric.used]
        shares = dict(zip(columns, shares_of_distance(metric, sample).tolist(), strict=True))
    return Facts(
        n_rows=n_rows,
        columns=data.columns,
        figures=figures,
        sampler=sampler,
        shares=shares,
        is_scaled=needs_scaling(shares, column_spreads(shares, figures)),
        excluded=frozenset(excluded),
    )


def _mostly_missing(
    columns: Columns, figures: dict[int, ColumnFigures], n_rows: int
) -> set[int]:
    """Return the columns of numbers with more missing than given values."""
    n_bad = {j: figures[j].n_missing + figures[j].n_infinite for j in columns.numbers}
    return {j for j, n in n_bad.items() if n > MOSTLY_MISSING * n_rows}


def _metrics(facts: Facts, sample: Sample) -> list[Metric]:
    """Return the distance that counts, then the unscaled one if that is another."""
    excluded = set(facts.excluded)
    unscaled = unscaled_metric(facts.columns, facts.figures, sample, excluded)
    if not facts.is_scaled:
        return [unscaled]
    excluded |= set(identifiers(facts))
    return [scaled_metric(facts.columns, facts.figures, sample, excluded), unscaled]


def _second_pass(
    data: Data, sampler: SamplerFacts, sample: Sample, metrics: list[Metric], on_block: OnBlock
) -> RowResults:
    n_rows = len(data.classes)
    searches = [NeighborSearch(metrics[0], sample, sampler.m, n_rows)]
    for unscaled in metrics[1:]:
        searches.append(NeighborSearch(unscaled, sample, 1, n_rows, COMPARED_PER_CLASS))
    duplicates = DuplicateCounter(row_hashes(sample.numbers, sample.codes), sample.classes)
    for block in _blocks(data):
        encoded = sample.encode(block, data.classes)
        duplicates.add(row_hashes(encoded.numbers, encoded.codes), encoded.classes)
        for search in searches:
            search.add(encoded)
        on_block(block)
    neighborhoods = [search.result() for search in searches]
    unscaled_result = neighborhoods[1] if len(neighborhoods) > 1 else None
    return RowResults(neighborhoods[0], unscaled_result, *duplicates.counts())


def _row_facts(
    facts: Facts, data: Data, sample: Sample, metric: Metric, results: RowResults
) -> Facts:
    """Add the facts about neighbors and duplicates."""
    groups = {}
    for code, label in enumerate(data.labels):
        if facts.sampler.weights.get(label) and results.neighborhoods is not None:
            groups[label] = group_sizes(metric, sample, code, thread_count(None))
    neighborhoods = results.neighborhoods
    return replace(
        facts,
        classes=class_figures(facts.sampler, data, sample, results),
        unevenness=unevenness(neighborhoods, data, sample),
        groups=groups,
        n_incomplete=0 if neighborhoods is None else neighborhoods.n_incomplete,
    )


def _diagnosis(facts: Facts, data: Data, sample: Sample, points: list[Point]) -> Diagnosis:
    points.sort(key=lambda point: LEVELS.index(point.level))
    n_sampled = np.bincount(sample.classes, minlength=len(data.labels)).tolist()
    sampler = facts.sampler
    return Diagnosis(
        n_rows=facts.n_rows,
        n_features=facts.n_features,
        counts={item.label: item.n_rows for item in facts.classes},
        sampled=dict(zip(data.labels, n_sampled, strict=True)),
        judged=sampler.name or f"SMOTE's defaults (k_neighbors={sampler.k})",
        distance=_describe_distance(facts),
        n_neighbors=sampler.m,
        classes=facts.classes,
        points=tuple(points),
        advice=recommend(facts),
    )


def _describe_distance(facts: Facts) -> str:
    if not facts.columns.numbers and facts.columns.categories:
        return "the number of columns that differ"
    numbers = "the numbers as they are"
    if facts.is_scaled:
        numbers = (
            "numbers divided by their standard deviation, because one or a few columns would "
            "dominate the distance otherwise"
        )
    if not facts.columns.categories:
        return numbers
    weight = "one standard deviation" if facts.is_scaled else "their median standard deviation"
    return f"{numbers}; a differing category counts as {weight}"
