"""Points about categories that look like numbers, and numbers that look like categories."""

from __future__ import annotations

from collections.abc import Iterator

from smotefast.diagnosis.column_kinds import (
    few_valued,
    reads_as_number,
    real_categories,
    real_numbers,
    texts_of_numbers,
)
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.findings import Point
from smotefast.diagnosis.thresholds import FEW_VALUES
from smotefast.diagnosis.wording import percent


def category_points(facts: Facts) -> Iterator[Point]:
    """Yield the points about categories."""
    yield from _categories_as_numbers(facts)
    yield from _numbers_as_categories(facts)
    yield from _numbers_as_text(facts)
    yield from _missing_markers(facts)
    yield from _codes(facts)
    yield from _two_values(facts)


def _categories_as_numbers(facts: Facts) -> Iterator[Point]:
    sampler = facts.sampler
    candidates = facts.columns.categories if sampler.name else real_categories(facts)
    columns = [j for j in candidates if j not in sampler.categorical]
    kinds = sorted({facts.columns.kinds[j] for j in columns})
    # Booleans of Arrow and pandas are numbers for these samplers; interpolation breaks them.
    are_numbers = kinds == ["boolean"]
    if not columns or sampler.copies_rows or (are_numbers and not sampler.interpolates):
        return
    is_refused = sampler.name is not None and sampler.refuses_missing and not are_numbers
    refusal = f" {sampler.display_name} does not accept them without encoding."
    refusal = refusal if is_refused else ""
    yield Point(
        "categorical_columns",
        "problem" if is_refused else "warning" if sampler.name else "note",
        f"Categories ({' and '.join(kinds)}): {facts.listed(columns)}."
        + (
            f" {sampler.display_name} does not accept them without encoding."
            if is_refused
            else ""
        ),
        _advice_for_categories(facts),
        columns=facts.columns.named(columns),
        values={"kinds": kinds},
    )


def _advice_for_categories(facts: Facts) -> str:
    """Name the samplers that take categories, or say how to encode them for a cleaner."""
    sampler, has_numbers = facts.sampler, bool(real_numbers(facts))
    fitting = "SMOTENC with categorical_features='not numeric'" if has_numbers else "SMOTEN"
    if sampler.cleaner:
        others = f"{fitting} alone, or RandomUnderSampler" if sampler.adds_rows else ""
        return (
            f"{sampler.cleaner} compares numbers: encode these columns first (OneHotEncoder, "
            f"TargetEncoder). Or use {others or 'RandomUnderSampler'}, which copies rows of "
            "any type."
        )
    taken = "numbers and categories" if has_numbers else "categories only"
    return (
        f"Use {fitting}, which takes {taken}. Interpolating one-hot columns would give "
        "fractions."
    )


def _numbers_as_categories(facts: Facts) -> Iterator[Point]:
    columns = [
        j
        for j in facts.columns.categories
        if facts.columns.kinds[j] == "number"
        and facts.figures[j].n_distinct > max(FEW_VALUES, facts.figures[j].n_sampled / 10)
    ]
    if columns and facts.sampler.name:
        yield Point(
            "numbers_as_categories",
            "problem",
            f"{facts.sampler.name} treats numbers as categories, with a different category in "
            f"nearly every row: {facts.listed(columns)}.",
            "Remove them from categorical_features (SMOTENC), or bin the values.",
            columns=facts.columns.named(columns),
        )


def _numbers_as_text(facts: Facts) -> Iterator[Point]:
    columns = texts_of_numbers(facts)
    if columns:
        texts = {text for j in columns for text in facts.figures[j].texts}
        not_numbers = sorted(repr(text) for text in texts if not reads_as_number(text))
        examples = f", with {', '.join(not_numbers[:3])}" if not_numbers else ""
        yield Point(
            "numbers_as_text",
            "warning",
            f"Numbers written as text{examples}: {facts.listed(columns)}.",
            "Convert them to numbers, and other text to missing values "
            "(pandas.to_numeric(..., errors='coerce')). As text, each number is a category of "
            "its own.",
            columns=facts.columns.named(columns),
            values={"not_numbers": not_numbers[:20]},
        )


def _missing_markers(facts: Facts) -> Iterator[Point]:
    shares = {j: figures.marked_missing for j, figures in facts.figures.items()}
    shares = {j: share for j, share in shares.items() if share}
    columns = sorted(shares, key=lambda j: -shares[j])
    if columns:
        yield Point(
            "missing_markers",
            "note",
            "Text such as '?', 'NA' or an empty string instead of a missing value, in the "
            f"sampled rows: {facts.listed(columns, [percent(shares[j]) for j in columns])}.",
            "Nothing to do if missing may count as one more category. Otherwise read this text "
            "as missing values, and impute them.",
            columns=facts.columns.named(columns),
            values={"share": facts.by_name(shares)},
        )


def _codes(facts: Facts) -> Iterator[Point]:
    columns = few_valued(facts)[1]
    n_distinct = {j: facts.figures[j].n_distinct for j in columns}
    if columns and facts.sampler.interpolates:
        yield Point(
            "code_columns",
            "note",
            f"At most {FEW_VALUES} different whole numbers: {facts.listed(columns)}. Such "
            "numbers may be codes.",
            "Nothing to do if they count or grade something. If they are codes (regions, "
            "types, stages without order), name the columns in categorical_features of "
            "SMOTENC: halfway between code 1 and code 3 is not code 2.",
            columns=facts.columns.named(columns),
            values={"distinct": facts.by_name(n_distinct)},
        )


def _two_values(facts: Facts) -> Iterator[Point]:
    columns = few_valued(facts)[0]
    if columns and facts.sampler.interpolates:
        yield Point(
            "two_valued_columns",
            "note",
            f"Two different whole numbers: {facts.listed(columns)}. "
            f"{facts.sampler.display_name} generates fractions there, and truncates them in "
            "integer columns.",
            "Name such columns in categorical_features of SMOTENC. Decode one-hot columns into "
            "the column that they encode.",
            columns=facts.columns.named(columns),
        )
