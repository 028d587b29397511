"""Points about what columns hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smotefast.diagnosis.column_kinds import (
    identifiers,
)
from smotefast.diagnosis.facts import Facts, percent, sentence, several
from smotefast.diagnosis.findings import Point
from smotefast.diagnosis.thresholds import LARGEST

# Points that say why a sampler refuses data.
_SAID_BY = {
    "categorical_columns",
    "infinite_values",
    "missing_values",
    "refused_parameter",
    "unread_columns",
}


def column_points(facts: Facts) -> Iterator[Point]:
    """Yield what columns give reason to say."""
    for find in (
        missing_values,
        infinite_values,
        constant_columns,
        identifier_columns,
        unread_columns,
    ):
        yield from find(facts)


def missing_values(facts: Facts) -> Iterator[Point]:
    """Tell which columns have values missing, and who minds."""
    found = {j: one.n_missing for j, one in facts.figures.items() if one.n_missing}
    numbers = [j for j in facts.columns.numbers if j in found]
    texts = [j for j in facts.columns.categories if j in found]
    if numbers:
        refuses = facts.judged.refuses
        yield Point(
            "missing_values",
            "problem" if refuses else "note",
            f"Values are missing in {several(len(numbers), 'numeric column')}: "
            f"{_with_counts(facts, numbers, found)}."
            + (f" {facts.judged.shown} refuses them." if refuses else "")
            + _left_out(facts),
            "Fill them in before resampling, fitted on the training rows (SimpleImputer, "
            "KNNImputer), or drop the columns or the rows. RandomOverSampler copies them as "
            "they are.",
            columns=facts.columns.named(numbers),
            values=_counted(facts, numbers, found),
        )
    if texts:
        yield Point(
            "missing_categories",
            "note",
            "Values are missing in columns of categories: "
            f"{_with_counts(facts, texts, found)}.",
            "Nothing, if a missing value may count as one more category, as SMOTENC and SMOTEN "
            "do. Otherwise fill them in.",
            columns=facts.columns.named(texts),
            values=_counted(facts, texts, found),
        )


def _left_out(facts: Facts) -> str:
    parts = []
    if facts.unusable:
        mostly = facts.named(sorted(facts.unusable))
        parts.append(f"distances leave out {mostly}, where most values are missing")
    if facts.n_left_out:
        parts.append(
            f"{several(facts.n_left_out, 'row')} ({percent(facts.n_left_out / facts.n_rows)}) "
            "with missing or infinite numbers have no neighbours in this report"
        )
    text = "; ".join(parts)
    return f" {sentence(text)}." if text else ""


def infinite_values(facts: Facts) -> Iterator[Point]:
    """Tell which columns hold infinity."""
    found = {j: one.n_infinite for j, one in facts.figures.items() if one.n_infinite}
    columns = sorted(found)
    if columns:
        refuses = f" {facts.judged.shown} refuses them." if facts.judged.refuses else ""
        yield Point(
            "infinite_values",
            "problem" if refuses else "note",
            f"Infinite values, or ones above {LARGEST:.0e}, stand in "
            f"{_with_counts(facts, columns, found)}.{refuses}",
            "Look where they come from, often a division by zero, and replace them by a "
            "number or by a missing value that is filled in later.",
            columns=facts.columns.named(columns),
            values=_counted(facts, columns, found),
        )


def constant_columns(facts: Facts) -> Iterator[Point]:
    """Tell which columns have one value throughout."""
    columns = sorted(j for j, one in facts.figures.items() if one.is_constant)
    if columns:
        yield Point(
            "constant_columns",
            "note",
            f"{facts.these_have(columns)} the same value in all rows.",
            "Leave constant columns out: they tell nothing apart.",
            columns=facts.columns.named(columns),
        )


def identifier_columns(facts: Facts) -> Iterator[Point]:
    """Tell which columns name rows rather than describe them."""
    columns = identifiers(facts)
    if columns:
        yield Point(
            "identifier_columns",
            "warning",
            f"{facts.these_have(columns)} another value in each row looked "
            "at, as names, numbers of rows and keys do.",
            "Leave keys out of X before resampling: a distance between them has no meaning, "
            "and a new row must not carry the key of an old one.",
            columns=facts.columns.named(columns),
        )


def unread_columns(facts: Facts) -> Iterator[Point]:
    """Tell which columns were not looked at."""
    columns = facts.columns.others
    if not columns:
        return
    undeclared = set(columns) - facts.judged.declared
    refuses = facts.judged.name is not None and facts.judged.refuses and bool(undeclared)
    yield Point(
        "unread_columns",
        "problem" if refuses else "warning",
        f"{facts.these_have(columns)} neither numbers nor categories (dates, "
        "lists, very wide sparse rows) and no part in distances here."
        + (f" {facts.judged.shown} refuses them." if refuses else ""),
        "Turn dates into numbers such as days since a date, or drop the columns.",
        columns=facts.columns.named(columns),
    )


def refused_data(facts: Facts, points: list[Point]) -> Iterator[Point]:
    """Pass on why samplers refuse the data, where no other point has said so."""
    judged = facts.judged
    if judged.refused_by_all:
        yield Point(
            "refused_data",
            "problem",
            f"No sampler takes these data: {judged.refused_by_all}",
            "Change the data as the message says, before resampling.",
        )
    elif judged.refused and not any(
        point.level == "problem" and point.name in _SAID_BY for point in points
    ):
        yield Point(
            "refused_data",
            "problem",
            f"{judged.shown} refuses these data: {judged.refused}",
            "Change the data as the message says, or judge another sampler.",
        )


def _with_counts(facts: Facts, columns: list[int], counts: dict[int, int]) -> str:
    most = sorted(columns, key=lambda j: -counts[j])
    shown = ", ".join(f"{facts.named([j])} ({counts[j]:,})" for j in most[:6])
    return f"{shown} and {len(most) - 6} more" if len(most) > 6 else shown


def _counted(facts: Facts, columns: list[int], counts: dict[int, int]) -> dict[str, Any]:
    return {"rows": facts.keyed({j: counts[j] for j in columns})}
