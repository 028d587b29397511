"""The diagnosis, step by step: two passes over the data, then findings and candidates.

The first pass samples rows and measures the columns. The second one searches all rows for the
neighbors and duplicates of the sampled rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from smotefast.diagnosis.columns import ColumnTotals, column_figures
from smotefast.diagnosis.data import Block, Data
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.guide import candidates, guide
from smotefast.diagnosis.metric import make_metric
from smotefast.diagnosis.neighborhoods import (
    DuplicateCounter,
    Neighborhoods,
    NeighborSearch,
    group_sizes,
    row_hashes,
)
from smotefast.diagnosis.pictures import draw_pictures
from smotefast.diagnosis.report import KINDS, ClassFigures, Diagnosis
from smotefast.diagnosis.rules import find_points
from smotefast.diagnosis.sample import Sample, SampleCollector
from smotefast.diagnosis.sampler_facts import SamplerFacts

OnBlock = Callable[[Block], None]


def examine(data: Data, sampler: SamplerFacts, on_block: OnBlock) -> Diagnosis:
    """Diagnose data; ``on_block`` is called after each block of each pass."""
    totals, collector = ColumnTotals(data.columns), SampleCollector(data)
    for block in data.blocks():
        totals.add(block)
        collector.add(block)
        on_block(block)
    sample = collector.sample()
    figures = column_figures(data.columns, totals, sample)
    facts = Facts(
        n_rows=len(data.classes), columns=data.columns, figures=figures, sampler=sampler
    )
    metric = make_metric(facts, sample)
    search = NeighborSearch(metric, sample, sampler.m, facts.n_rows)
    duplicates = DuplicateCounter(_hashes(facts, sample), sample.classes)
    for block in data.blocks():
        duplicates.add(_hashes(facts, block), block.classes)
        search.add(block)
        on_block(block)
    found = search.result()
    groups = {
        label: group_sizes(metric, sample, code)
        for code, label in enumerate(data.labels)
        if sampler.weights.get(label) and len(found.rows)
    }
    classes = class_figures(facts, data, sample, found, *duplicates.counts())
    facts = replace(facts, classes=classes, groups=groups, n_incomplete=found.n_incomplete)
    steps, points = guide(facts), find_points(facts)
    n_sampled = np.bincount(sample.classes, minlength=len(data.labels)).tolist()
    return Diagnosis(
        n_rows=facts.n_rows,
        n_features=facts.n_features,
        counts={item.label: item.n_rows for item in classes},
        minority=min(classes, key=lambda item: item.n_rows).label,
        imbalance=round(facts.imbalance, 4),
        sampled=dict(zip(data.labels, n_sampled, strict=True)),
        judged=sampler.name or f"SMOTE's defaults (k_neighbors={sampler.k})",
        distance=_describe_distance(facts),
        n_neighbors=sampler.m,
        classes=classes,
        points=tuple(points),
        guide=steps,
        candidates=candidates(steps),
        rows=rows_by_kind(data, sample, found),
        pictures=draw_pictures(facts, data, sample, metric, found, points),
    )


def _hashes(facts: Facts, rows: Block | Sample) -> np.ndarray:
    """Hash rows without keys: rows with different keys are duplicates all the same."""
    numbers, categories = (
        [i for i, j in enumerate(columns) if j not in facts.keys]
        for columns in (facts.columns.numbers, facts.columns.categories)
    )
    return row_hashes(rows.numbers[:, numbers], rows.codes[:, categories])


def class_figures(
    facts: Facts,
    data: Data,
    sample: Sample,
    found: Neighborhoods,
    n_equal: np.ndarray,
    n_in_class: np.ndarray,
) -> tuple[ClassFigures, ...]:
    """Return the figures of each class.

    ``n_equal`` and ``n_in_class`` are the rows that equal each sampled row, itself included,
    and those of its class.
    """
    has_values = not {*data.columns.numbers, *data.columns.categories} <= {*facts.keys}
    is_repeated = (n_in_class > 1) & has_values
    is_conflicting = (n_equal > n_in_class) & has_values
    sizes = np.bincount(data.classes, minlength=len(data.labels)).tolist()
    classes = []
    for code, label in enumerate(data.labels):
        sampled, searched = sample.classes == code, sample.classes[found.rows] == code
        shares: dict[str, Any] = dict.fromkeys((*KINDS, "overlap", "unevenness"))
        if searched.any():
            is_other_class, kinds = found.is_other_class[searched], found.kinds[searched]
            shares = {name: float(np.mean(kinds == i)) for i, name in enumerate(KINDS)}
            shares["overlap"] = float(is_other_class[:, 0].mean())
            shares["unevenness"] = float(np.std(is_other_class.mean(axis=1)))
        item = ClassFigures(
            label=label,
            n_rows=sizes[code],
            n_new=facts.sampler.n_to_generate.get(label, 0),
            n_searched=int(searched.sum()),
            repeated=float(is_repeated[sampled].mean()),
            conflicting=float(is_conflicting[sampled].mean()),
            **shares,
        )
        classes.append(item)
    return tuple(classes)


def rows_by_kind(
    data: Data, sample: Sample, found: Neighborhoods
) -> dict[Hashable, dict[str, list[int]]]:
    """Return the positions in X of the searched rows of each class and kind."""
    classes, positions = sample.classes[found.rows], sample.positions[found.rows]
    return {
        label: {
            name: positions[(classes == code) & (found.kinds == i)].tolist()
            for i, name in enumerate(KINDS)
        }
        for code, label in enumerate(data.labels)
    }


def _describe_distance(facts: Facts) -> str:
    if not facts.columns.numbers and facts.columns.categories:
        return "the number of columns that differ"
    numbers, weight = "the numbers as they are", "their median standard deviation"
    if facts.dominant:
        numbers = (
            "numbers divided by their standard deviation, because one or a few columns would "
            "dominate the distance otherwise"
        )
        weight = "one standard deviation"
    if not facts.columns.categories:
        return numbers
    return f"{numbers}; a differing category counts as {weight}"
