"""Figures of the findings: for each column (by index) or class (by label), and details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smotefast.diagnosis.columns import FEW_VALUES, reads_as_number
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.wording import counted, listed, percent

Figures = Mapping[Any, float]


def is_never_refused(facts: Facts, figures: Figures) -> bool:
    """Return False: samplers accept such data."""
    return False


def no_detail(facts: Facts, figures: Figures) -> str:
    """Return nothing to add."""
    return ""


def refuses_unread(facts: Facts, figures: Figures) -> bool:
    """Whether the sampler refuses columns of neither numbers nor categories."""
    sampler = facts.sampler
    if sampler.name is None and facts.columns.container == "sparse":
        return False  # numbers, of too many columns for distances
    return sampler.refuses_missing and not sampler.categorical.issuperset(figures)


def texts_beside_numbers(facts: Facts, figures: Figures) -> str:
    """Return the texts that are not numbers."""
    texts = {text for j in facts.texts_of_numbers for text in facts.figures[j].texts}
    others = sorted(repr(text) for text in texts if not reads_as_number(text))
    return f" Other texts: {', '.join(others[:3])}." if others else ""


def small_classes(facts: Facts) -> Figures:
    """Return the sizes of the classes without enough neighbors."""
    return facts.too_small


def refuses_small_classes(facts: Facts, figures: Figures) -> bool:
    """Whether the sampler refuses these classes; single rows can only be copied."""
    accepting = ("duplicate",) if 1 in figures.values() else ("duplicate", "clamp")
    return facts.sampler.small_class not in accepting


def rows_per_feature(facts: Facts) -> Figures:
    """Return rows per column of classes with enough neighbors."""
    k = facts.sampler.k
    classes = [item for item in facts.oversampled if k and item.n_rows > k]
    return {item.label: item.n_rows / facts.n_features for item in classes}


def removed_shares(facts: Facts) -> Figures:
    """Return the share of each class that an under-sampler removes."""
    n_to_keep = facts.sampler.n_to_keep
    return {
        item.label: 1 - n_to_keep[item.label] / (item.n_rows + item.n_new)
        for item in facts.classes
        if item.label in n_to_keep
    }


def missing_values(facts: Facts) -> Figures:
    """Return the number of missing or infinite values by column."""
    return {j: f.n_missing + f.n_infinite for j, f in facts.figures.items()}


def refuses_missing_numbers(facts: Facts, figures: Figures) -> bool:
    """Whether the sampler refuses the missing numbers of these columns."""
    return facts.sampler.refuses_missing and not figures.keys().isdisjoint(
        facts.columns.numbers
    )


def rows_without_neighbors(facts: Facts, figures: Figures) -> str:
    """Say which columns and rows the neighbor search leaves out."""
    text = ""
    left_out = sorted(facts.excluded.difference(facts.keys))
    if left_out:
        columns = listed("column", facts.columns.named(left_out))
        text += f" Distances leave out {columns}, where most values are missing."
    if facts.n_incomplete:
        share = percent(facts.n_incomplete / facts.n_rows)
        text += (
            f" The neighbor search leaves out {counted(facts.n_incomplete, 'row')} ({share}) "
            "with missing or infinite numbers."
        )
    return text


def categories_as_numbers(facts: Facts) -> Figures:
    """Return the categories that the sampler would use as numbers."""
    sampler, kinds = facts.sampler, facts.columns.kinds
    columns = [j for j in facts.columns.categories if j not in sampler.categorical]
    # Booleans of Arrow and pandas are numbers for samplers; interpolation breaks them.
    are_booleans = all(kinds[j] == "boolean" for j in columns)
    if sampler.copies_rows or (are_booleans and not sampler.interpolates):
        return {}
    return dict.fromkeys(columns, 1.0)


def refuses_categories(facts: Facts, figures: Figures) -> bool:
    """Whether the sampler refuses these categories."""
    sampler, kinds = facts.sampler, facts.columns.kinds
    are_booleans = all(kinds[j] == "boolean" for j in figures)
    return sampler.refuses_missing and not are_booleans


def samplers_of_categories(facts: Facts, figures: Figures) -> str:
    """Say which sampler takes text, if none was given."""
    kinds = {facts.columns.kinds[j] for j in figures}
    if facts.sampler.name is not None or kinds <= {"boolean"}:
        return ""
    return f" {facts.categorical_sampler} does."


def numbers_as_categories(facts: Facts) -> Figures:
    """Return the number of values of numbers that the sampler uses as categories."""
    return {
        j: facts.figures[j].n_distinct
        for j in facts.columns.categories
        if facts.sampler.name
        and facts.columns.kinds[j] == "number"
        and facts.figures[j].n_distinct > max(FEW_VALUES, facts.figures[j].n_sampled / 10)
    }


def codes(facts: Facts) -> Figures:
    """Return the number of values of columns of few whole numbers."""
    return {
        j: facts.figures[j].n_distinct
        for j in facts.columns.numbers
        if facts.sampler.interpolates
        and (facts.figures[j].is_two_valued or facts.figures[j].has_few_values)
    }


def dominant_shares(facts: Facts) -> Figures:
    """Return the share of the distance that the columns of large scale make up together."""
    return facts.dominant if facts.sampler.measures_distance else {}


def range_of_spreads(facts: Facts, figures: Figures) -> str:
    """Return the least and the largest spread."""
    spreads = facts.spreads
    ends = [min(spreads, key=spreads.__getitem__), max(spreads, key=spreads.__getitem__)]
    low, high = (
        f"{spreads[j]:.3g} ({listed('column', facts.columns.named([j]))})" for j in ends
    )
    return (
        f" Spreads range from {low} to {high}. The figures of this report use scaled columns."
    )


def repeated(facts: Facts) -> Figures:
    """Return the shares of rows with a duplicate, if neighbors are interpolated."""
    return {item.label: item.repeated for item in facts.searched if facts.sampler.k}


def sizes_of_groups(facts: Facts, figures: Figures) -> str:
    """Return the sizes of the groups of the first class."""
    label = next(iter(figures))
    sizes = ", ".join(map(str, facts.groups[label][:5]))
    return f" Distinct sampled rows in the groups of {listed('class', [label])}: {sizes}."
