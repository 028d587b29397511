"""Points about the values of columns, and about data that samplers do not accept."""

from __future__ import annotations

from collections.abc import Iterator

from smotefast.diagnosis.column_kinds import identifiers
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.findings import Point
from smotefast.diagnosis.thresholds import LARGEST
from smotefast.diagnosis.wording import counted, percent

# Points that explain why a sampler does not accept the data.
_EXPLAINING = {
    "categorical_columns",
    "infinite_values",
    "missing_values",
    "refused_parameter",
    "unread_columns",
}


def column_points(facts: Facts) -> Iterator[Point]:
    """Yield the points about values."""
    yield from _missing_values(facts)
    yield from _missing_categories(facts)
    yield from _infinite_values(facts)
    yield from _constant_columns(facts)
    yield from _identifier_columns(facts)
    yield from _unread_columns(facts)


def _missing_values(facts: Facts) -> Iterator[Point]:
    n_missing = _counts({j: facts.figures[j].n_missing for j in facts.columns.numbers})
    is_refused = facts.sampler.refuses_missing
    if n_missing:
        yield _count_point(
            "missing_values",
            "problem" if is_refused else "note",
            f"Missing values: {_listed_counts(facts, n_missing)}."
            + _not_accepted(facts, is_refused)
            + _excluded(facts),
            "Impute them before resampling, fitted on the training rows (SimpleImputer, "
            "KNNImputer), or drop the columns or the rows. RandomOverSampler copies them as "
            "they are.",
            facts,
            n_missing,
        )


def _missing_categories(facts: Facts) -> Iterator[Point]:
    n_missing = _counts({j: facts.figures[j].n_missing for j in facts.columns.categories})
    if n_missing:
        yield _count_point(
            "missing_categories",
            "note",
            f"Missing categories: {_listed_counts(facts, n_missing)}.",
            "Nothing to do if a missing value may count as one more category, as in SMOTENC "
            "and SMOTEN. Otherwise impute them.",
            facts,
            n_missing,
        )


def _infinite_values(facts: Facts) -> Iterator[Point]:
    n_infinite = _counts({j: figures.n_infinite for j, figures in facts.figures.items()})
    is_refused = facts.sampler.refuses_missing
    if n_infinite:
        yield _count_point(
            "infinite_values",
            "problem" if is_refused else "note",
            f"Infinite values, or values above {LARGEST:.0e}: "
            f"{_listed_counts(facts, n_infinite)}." + _not_accepted(facts, is_refused),
            "Find out where they come from, often a division by zero. Replace them by numbers, "
            "or by missing values to impute later.",
            facts,
            n_infinite,
        )


def _counts(counts: dict[int, int]) -> dict[int, int]:
    """Return the counts above 0, in the order of the columns."""
    return {j: n for j, n in sorted(counts.items()) if n}


def _listed_counts(facts: Facts, counts: dict[int, int]) -> str:
    """List columns with their counts, the largest first."""
    columns = sorted(counts, key=lambda j: -counts[j])
    return facts.listed(columns, [counted(counts[j], "row") for j in columns])


def _count_point(
    name: str, level: str, text: str, advice: str, facts: Facts, counts: dict[int, int]
) -> Point:
    """Return a point about columns with a number of rows for each."""
    columns, values = facts.columns.named(list(counts)), {"rows": facts.by_name(counts)}
    return Point(name, level, text, advice, columns=columns, values=values)


def _not_accepted(facts: Facts, is_refused: bool) -> str:
    return f" {facts.sampler.display_name} does not accept them." if is_refused else ""


def _excluded(facts: Facts) -> str:
    """Say which columns and rows the neighbor search excludes."""
    text = ""
    if facts.excluded:
        columns = facts.listed(sorted(facts.excluded))
        text += f" Distances exclude {columns}, where most values are missing."
    if facts.n_incomplete:
        share = percent(facts.n_incomplete / facts.n_rows)
        text += (
            f" The neighbor search excludes {counted(facts.n_incomplete, 'row')} ({share}) "
            "with missing or infinite numbers."
        )
    return text


def _constant_columns(facts: Facts) -> Iterator[Point]:
    columns = sorted(j for j, figures in facts.figures.items() if figures.is_constant)
    if columns:
        yield Point(
            "constant_columns",
            "note",
            f"The same value in all rows: {facts.listed(columns)}.",
            "Drop constant columns: they carry no information.",
            columns=facts.columns.named(columns),
        )


def _identifier_columns(facts: Facts) -> Iterator[Point]:
    columns = identifiers(facts)
    if columns:
        yield Point(
            "identifier_columns",
            "warning",
            "A different value in each sampled row, like names, row numbers and keys: "
            f"{facts.listed(columns)}.",
            "Drop identifiers from X before resampling: distances between them have no "
            "meaning, and a synthetic row must not carry the identifier of an original one.",
            columns=facts.columns.named(columns),
        )


def _unread_columns(facts: Facts) -> Iterator[Point]:
    columns = facts.columns.others
    if not columns:
        return
    sampler = facts.sampler
    is_refused = sampler.name is not None and sampler.refuses_missing
    is_refused = is_refused and not sampler.categorical.issuperset(columns)
    yield Point(
        "unread_columns",
        "problem" if is_refused else "warning",
        "Neither numbers nor categories (but dates, lists, or very wide sparse rows): "
        f"{facts.listed(columns)}. Distances in this report exclude them."
        + _not_accepted(facts, is_refused),
        "Convert dates to numbers, such as days since a date, or drop the columns.",
        columns=facts.columns.named(columns),
    )


def data_errors(facts: Facts, points: list[Point]) -> Iterator[Point]:
    """Yield the error of ``fit``, unless another point explains it."""
    sampler = facts.sampler
    if sampler.data_error_for_all:
        yield Point(
            "refused_data",
            "problem",
            f"No sampler accepts these data: {sampler.data_error_for_all}",
            "Change the data as the message says, before resampling.",
        )
    elif sampler.data_error and not any(
        point.level == "problem" and point.name in _EXPLAINING for point in points
    ):
        yield Point(
            "refused_data",
            "problem",
            f"{sampler.display_name} does not accept these data: {sampler.data_error}",
            "Change the data as the message says, or choose another sampler.",
        )
