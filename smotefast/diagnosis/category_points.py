"""Points about categories and numbers that are taken for each other."""

from __future__ import annotations

from collections.abc import Iterator

from smotefast.diagnosis.column_kinds import (
    few_valued,
    reads_as_number,
    real_categories,
    real_numbers,
    texts_of_numbers,
)
from smotefast.diagnosis.facts import Facts, has, percent, several
from smotefast.diagnosis.findings import Point
from smotefast.diagnosis.thresholds import FEW_VALUES


def category_points(facts: Facts) -> Iterator[Point]:
    """Yield what the kinds of columns give reason to say."""
    for find in (
        categories_as_numbers,
        numbers_as_categories,
        numbers_as_text,
        missing_markers,
        code_columns,
        two_valued_columns,
    ):
        yield from find(facts)


def numbers_as_text(facts: Facts) -> Iterator[Point]:
    """Tell which columns of text hold numbers."""
    columns = texts_of_numbers(facts)
    if columns:
        odd = {
            repr(text)
            for j in columns
            for text in facts.figures[j].texts
            if not reads_as_number(text)
        }
        beside = f" beside {', '.join(sorted(odd)[:3])}" if odd else ""
        yield Point(
            "numbers_as_text",
            "warning",
            f"{facts.these_have(columns)} numbers written as text{beside}.",
            "Convert to numbers, with what is no number as a missing value "
            "(pandas.to_numeric(..., errors='coerce')): as text each number is a category of "
            "its own.",
            columns=facts.columns.named(columns),
            values={"not_numbers": sorted(odd)[:20]},
        )


def missing_markers(facts: Facts) -> Iterator[Point]:
    """Tell which columns of text say in words that a value is missing."""
    marked = {j: one.marked for j, one in facts.figures.items() if one.marked}
    columns = sorted(marked, key=lambda j: -marked[j])
    if columns:
        named = ", ".join(f"{facts.named([j])} ({percent(marked[j])})" for j in columns[:6])
        yield Point(
            "missing_markers",
            "note",
            f"Texts such as '?', 'NA' or nothing stand for missing values in {named} of the "
            "rows looked at.",
            "Nothing, if missing may count as one more category; otherwise read them as "
            "missing values and fill them in.",
            columns=facts.columns.named(columns),
            values={"share": facts.keyed(marked)},
        )


def categories_as_numbers(facts: Facts) -> Iterator[Point]:
    """Tell which columns a sampler of numbers cannot take."""
    judged = facts.judged
    known = facts.columns.categories if judged.name else real_categories(facts)
    columns = [j for j in known if j not in judged.declared]
    kinds = sorted({facts.columns.kinds[j] for j in columns})
    # Arrow and pandas booleans are numbers to these samplers; what they make is no category.
    numbers = kinds == ["boolean"]
    if not columns or judged.copies or (numbers and not judged.makes_values):
        return
    refused = judged.name is not None and judged.refuses and not numbers
    yield Point(
        "categorical_columns",
        "problem" if refused else "warning" if judged.name else "note",
        f"{several(len(columns), 'column')} of {' and '.join(kinds)} "
        f"{'hold' if len(columns) > 1 else 'holds'} categories: {facts.named(columns)}."
        + (f" {judged.shown} refuses them as they are." if refused else ""),
        _taking_categories(facts),
        columns=facts.columns.named(columns),
        values={"kinds": kinds},
    )


def _taking_categories(facts: Facts) -> str:
    """Return which samplers take categories, or what to do where numbers are compared."""
    judged, only = facts.judged, not real_numbers(facts)
    fitting = "SMOTEN" if only else "SMOTENC with categorical_features='not numeric'"
    if judged.cleaner:
        alone = f"{fitting} alone, or RandomUnderSampler" if judged.makes_rows else ""
        return (
            f"{judged.cleaner} compares numbers: encode these columns before (OneHotEncoder, "
            f"TargetEncoder), or use {alone or 'RandomUnderSampler'}, which copies rows of any "
            "type."
        )
    return (
        f"Use {fitting}"
        + (", which wants no numbers." if only else ", which takes them beside numbers.")
        + " One-hot columns of 0 and 1 would be filled with fractions."
    )


def numbers_as_categories(facts: Facts) -> Iterator[Point]:
    """Tell which columns of amounts are taken as categories."""
    columns = [
        j
        for j in facts.columns.categories
        if facts.columns.kinds[j] == "number"
        and facts.figures[j].n_distinct > max(FEW_VALUES, facts.figures[j].n_drawn / 10)
    ]
    if columns and facts.judged.name:
        yield Point(
            "numbers_as_categories",
            "problem",
            f"{facts.judged.shown} takes {facts.named(columns)} as categories, and nearly "
            "every value there is one of its own: no two rows are alike.",
            "Leave them out of categorical_features (SMOTENC), or put amounts into a few bins.",
            columns=facts.columns.named(columns),
        )


def code_columns(facts: Facts) -> Iterator[Point]:
    """Tell which whole numbers may be names."""
    columns = few_valued(facts)[1]
    if columns and facts.judged.makes_values:
        yield Point(
            "code_columns",
            "note",
            f"{several(len(columns), 'numeric column')} {has(columns)} {FEW_VALUES} whole "
            f"numbers or fewer: {facts.named(columns)}. Such numbers may be codes.",
            "If they count or grade something, there is nothing to do. If they are codes "
            "(regions, kinds, stages without order), give them to SMOTENC as "
            "categorical_features: halfway between code 1 and code 3 is not code 2.",
            columns=facts.columns.named(columns),
            values={"distinct": facts.keyed({j: facts.figures[j].n_distinct for j in columns})},
        )


def two_valued_columns(facts: Facts) -> Iterator[Point]:
    """Tell which numbers are yes or no."""
    columns = few_valued(facts)[0]
    if columns and facts.judged.makes_values:
        yield Point(
            "two_valued_columns",
            "note",
            f"{several(len(columns), 'numeric column')} {has(columns)} two values: "
            f"{facts.named(columns)}. {facts.judged.shown} makes fractions there, or cuts them "
            "down to the lower value where the type is whole numbers.",
            "Name such columns in categorical_features of SMOTENC; one-hot columns are better "
            "put back into the one column they came from.",
            columns=facts.columns.named(columns),
        )
