"""The diagnosis, step by step: two passes over the data, then findings and candidates.

The first pass samples rows and measures the columns. The second one searches all rows for the
neighbors and duplicates of the sampled rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from smotefast._threads import thread_count
from smotefast.diagnosis.columns import ColumnFigures, ColumnTotals, column_figures
from smotefast.diagnosis.data import Block, Data
from smotefast.diagnosis.facts import Facts, RowResults, class_figures, rows_by_kind
from smotefast.diagnosis.guide import candidates, guide
from smotefast.diagnosis.metric import Metric, make_metric
from smotefast.diagnosis.neighborhoods import (
    DuplicateCounter,
    NeighborSearch,
    group_sizes,
    row_hashes,
)
from smotefast.diagnosis.pictures import draw_pictures
from smotefast.diagnosis.report import Diagnosis
from smotefast.diagnosis.rules import find_points
from smotefast.diagnosis.sample import Sample, SampleCollector
from smotefast.diagnosis.sampler_facts import SamplerFacts

OnBlock = Callable[[Block], None]


def examine(data: Data, sampler: SamplerFacts, on_block: OnBlock) -> Diagnosis:
    """Diagnose data; ``on_block`` is called after each block of each pass."""
    sample, figures = _first_pass(data, on_block)
    facts = _column_facts(data, sampler, figures)
    metric = make_metric(
        data.columns, figures, sample, facts.excluded, is_scaled=bool(facts.dominant)
    )
    results = _second_pass(data, sampler, sample, metric, on_block)
    facts = _row_facts(facts, data, sample, metric, results)
    return _diagnosis(facts, data, sample, metric, results)


def _first_pass(data: Data, on_block: OnBlock) -> tuple[Sample, dict[int, ColumnFigures]]:
    totals, collector = ColumnTotals(data.columns), SampleCollector(data)
    for block in data.blocks():
        totals.add(block)
        collector.add(block)
        on_block(block)
    sample = collector.sample()
    return sample, column_figures(data.columns, totals, sample)


def _column_facts(
    data: Data, sampler: SamplerFacts, figures: dict[int, ColumnFigures]
) -> Facts:
    """Return the facts about columns, before any search."""
    n_rows = len(data.classes)
    excluded = frozenset(
        j
        for j in data.columns.numbers
        if figures[j].is_key or figures[j].is_mostly_missing(n_rows)
    )
    return Facts(
        n_rows=n_rows, columns=data.columns, figures=figures, sampler=sampler, excluded=excluded
    )


def _second_pass(
    data: Data, sampler: SamplerFacts, sample: Sample, metric: Metric, on_block: OnBlock
) -> RowResults:
    search = NeighborSearch(metric, sample, sampler.m, len(data.classes))
    duplicates = DuplicateCounter(row_hashes(sample.numbers, sample.codes), sample.classes)
    for block in data.blocks():
        duplicates.add(row_hashes(block.numbers, block.codes), block.classes)
        search.add(block)
        on_block(block)
    return RowResults(search.result(), *duplicates.counts())


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
        groups=groups,
        n_incomplete=0 if neighborhoods is None else neighborhoods.n_incomplete,
    )


def _diagnosis(
    facts: Facts, data: Data, sample: Sample, metric: Metric, results: RowResults
) -> Diagnosis:
    sampler, steps, points = facts.sampler, guide(facts), find_points(facts)
    n_sampled = np.bincount(sample.classes, minlength=len(data.labels)).tolist()
    return Diagnosis(
        n_rows=facts.n_rows,
        n_features=facts.n_features,
        counts={item.label: item.n_rows for item in facts.classes},
        minority=min(facts.classes, key=lambda item: item.n_rows).label,
        imbalance=round(facts.imbalance, 4),
        sampled=dict(zip(data.labels, n_sampled, strict=True)),
        judged=sampler.name or f"SMOTE's defaults (k_neighbors={sampler.k})",
        distance=_describe_distance(facts),
        n_neighbors=sampler.m,
        classes=facts.classes,
        points=tuple(points),
        guide=steps,
        candidates=candidates(steps),
        rows=rows_by_kind(results.neighborhoods, data, sample, sampler.m),
        pictures=draw_pictures(facts, data, sample, metric, results.neighborhoods, points),
    )


def _describe_distance(facts: Facts) -> str:
    if not facts.columns.numbers and facts.columns.categories:
        return "the number of columns that differ"
    numbers = "the numbers as they are"
    if facts.dominant:
        numbers = (
            "numbers divided by their standard deviation, because one or a few columns would "
            "dominate the distance otherwise"
        )
    if not facts.columns.categories:
        return numbers
    weight = "one standard deviation" if facts.dominant else "their median standard deviation"
    return f"{numbers}; a differing category counts as {weight}"
