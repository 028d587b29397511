"""What findings are about: longer figures, what samplers refuse, and details of the texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from smotefast.diagnosis.columns import FEW_VALUES, reads_as_number
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.wording import counted, listed, percent

Figures = Mapping[Any, float]


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


def refuses_small_classes(facts: Facts, figures: Figures) -> bool:
    """Whether the sampler refuses these classes; single rows can only be copied."""
    accepting = ("duplicate",) if 1 in figures.values() else ("duplicate", "clamp")
    return facts.sampler.small_class not in accepting


def rows_without_neighbors(facts: Facts, figures: Figures) -> str:
    """Say which columns and rows the neighbor search leaves out."""
    text = ""
    if left_out := sorted(facts.excluded.difference(facts.keys)):
        columns = listed("column", facts.columns.named(left_out))
        text += f" Distances leave out {columns}, where most values are missing."
    if n := facts.n_incomplete:
        text += (
            f" The neighbor search leaves out {counted(n, 'row')} ({percent(n / facts.n_rows)})"
            " with missing or infinite numbers."
        )
    return text


def categories_as_numbers(facts: Facts) -> list[int]:
    """Return the categories that the sampler would use as numbers."""
    sampler = facts.sampler
    columns = [j for j in facts.columns.categories if j not in sampler.categorical]
    # Booleans of Arrow and pandas are numbers for samplers; interpolation breaks them.
    are_taken = not sampler.interpolates and _are_booleans(facts, columns)
    return [] if sampler.copies_rows or are_taken else columns


def _are_booleans(facts: Facts, columns: Iterable[int]) -> bool:
    return all(facts.columns.kinds[j] == "boolean" for j in columns)


def refuses_categories(facts: Facts, figures: Figures) -> bool:
    """Whether the sampler refuses these categories."""
    return facts.sampler.refuses_missing and not _are_booleans(facts, figures)


def samplers_of_categories(facts: Facts, figures: Figures) -> str:
    """Say which sampler takes text, if none was given."""
    is_said = facts.sampler.name is None and not _are_booleans(facts, figures)
    return f" {facts.categorical_sampler} does." if is_said else ""


def numbers_as_categories(facts: Facts) -> Figures:
    """Return the number of values of numbers that the sampler uses as categories."""
    known = {j: facts.figures[j] for j in facts.columns.categories if facts.sampler.name}
    return {
        j: each.n_distinct
        for j, each in known.items()
        if facts.columns.kinds[j] == "number"
        and each.n_distinct > max(FEW_VALUES, each.n_sampled / 10)
    }


def range_of_spreads(facts: Facts, figures: Figures) -> str:
    """Return the least and the largest spread."""
    spreads = sorted(facts.spreads.items(), key=lambda item: item[1])
    low, high = (
        f"{spread:.3g} ({listed('column', facts.columns.named([j]))})"
        for j, spread in (spreads[0], spreads[-1])
    )
    return (
        f" Spreads range from {low} to {high}. The figures of this report use scaled columns."
    )


def sizes_of_groups(facts: Facts, figures: Figures) -> str:
    """Return the sizes of the groups of the first class."""
    label = next(iter(figures))
    sizes = ", ".join(map(str, facts.groups[label][:5]))
    return f" Distinct sampled rows in the groups of {listed('class', [label])}: {sizes}."
