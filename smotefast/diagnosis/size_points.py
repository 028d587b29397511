"""Points about how many rows there are, and how many are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smotefast.diagnosis.facts import Facts, listed_classes, percent, several, shown_label
from smotefast.diagnosis.findings import ClassFigures, Point
from smotefast.diagnosis.thresholds import (
    KEPT_SHARE,
    MANY_FEATURES,
    MANY_FEATURES_ROWS,
    NEW_PER_ROW,
    NEW_PER_ROW_SERIOUS,
    ROWS_PER_FEATURE,
    ROWS_PER_FEATURE_LEAST,
)


def size_points(facts: Facts) -> Iterator[Point]:
    """Yield what sizes give reason to say."""
    for find in (
        refusals,
        single_rows,
        small_classes,
        rows_per_feature,
        many_features,
        far_past,
        rows_removed,
    ):
        yield from find(facts)


def class_point(
    name: str, level: str, figures: dict[Any, float], what: str, text: str, advice: str
) -> Point:
    """Return a point about one class, or about several with a figure for each."""
    label = next(iter(figures)) if len(figures) == 1 else None
    return Point(name, level, text, advice, label=label, values={what: figures})


def refusals(facts: Facts) -> Iterator[Point]:
    """Pass on what the sampler says before it looks at any row."""
    for text in facts.judged.refusals:
        yield Point(
            "refused_parameter",
            "problem",
            f"{facts.judged.shown} refuses its parameters for these data: {text}",
            "Change the parameter. The rest of this report takes the default instead.",
        )
    if facts.judged.not_for_files:
        yield Point(
            "not_for_files",
            "problem",
            f"{facts.judged.shown} cannot resample files. {facts.judged.not_for_files}",
            "Resample in memory, or judge a sampler that 'smotefast samplers' lists.",
        )


def _sizes(some: list[ClassFigures]) -> dict[Any, float]:
    return {one.label: one.n_rows for one in some}


def _listed_sizes(some: list[ClassFigures]) -> str:
    return listed_classes(
        [one.label for one in some], [several(one.n_rows, "row") for one in some]
    )


def single_rows(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes have one row."""
    some = [one for one in facts.growing if one.n_rows == 1]
    if not some or not facts.judged.k:
        return
    labels = ", ".join(shown_label(one.label) for one in some[:4])
    copied = facts.judged.small_class == "duplicate"
    yield class_point(
        "single_row",
        "warning" if copied else "problem",
        _sizes(some),
        "rows",
        f"{several(len(some), 'class')} with one row: {labels}"
        + (f" and {len(some) - 4} more" if len(some) > 4 else "")
        + (". New rows will be copies of it." if copied else ". It has no neighbour to go to.")
        + ("" if copied else f" {facts.judged.shown} refuses it."),
        "Join the class with a related one or collect more rows; or copy the row with "
        "small_class='duplicate', or leave the class out with a dict as sampling_strategy.",
    )


def small_classes(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes have too few rows for the number of neighbours."""
    k = facts.judged.k
    some = sorted(
        (one for one in facts.growing if 1 < one.n_rows <= k), key=lambda one: one.n_rows
    )
    if not some:
        return
    goes_on = facts.judged.small_class != "error"
    yield class_point(
        "small_class",
        "warning" if goes_on else "problem",
        _sizes(some),
        "rows",
        f"{facts.judged.k_name}={k} needs {k + 1} rows in a class that grows; too small: "
        f"{_listed_sizes(some)}."
        + (
            " They get by with fewer neighbours."
            if goes_on
            else f" {facts.judged.shown} refuses them."
        ),
        f"Set {facts.judged.k_name}={some[0].n_rows - 1} or small_class='clamp', or leave "
        "these classes out with a dict as sampling_strategy. So few rows show little of a "
        "class: collecting more beats any sampler.",
    )


def rows_per_feature(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes have few rows for the number of columns."""
    n_features = facts.n_features
    k = facts.judged.k
    some = [one for one in facts.growing if k < one.n_rows < ROWS_PER_FEATURE * n_features]
    if not some or not k:
        return
    some.sort(key=lambda one: one.n_rows)
    ratios = {one.label: round(one.n_rows / n_features, 2) for one in some}
    least = some[0].n_rows / n_features
    yield class_point(
        "rows_per_feature",
        "problem" if least < ROWS_PER_FEATURE_LEAST else "warning",
        ratios,
        "rows_per_feature",
        f"Fewer than {ROWS_PER_FEATURE:.0f} rows for each of the "
        f"{several(n_features, 'column')}: {_listed_sizes(some)}. New rows will not show in "
        "which directions such a class extends.",
        "Use fewer columns (drop, select or combine them, fitted on the training rows), or try "
        "class weights first.",
    )


def many_features(facts: Facts) -> Iterator[Point]:
    """Tell where neighbours lose their meaning for the number of columns."""
    n_features = facts.n_features
    if n_features <= MANY_FEATURES or not facts.judged.k:
        return
    some = [one for one in facts.growing if one.n_rows < MANY_FEATURES_ROWS * n_features]
    if some:
        yield class_point(
            "many_features",
            "warning",
            _sizes(some),
            "rows",
            f"In {n_features:,} columns the nearest row is hardly nearer than any other, and "
            f"few rows cannot make up for it: {_listed_sizes(some)}.",
            "Reduce the columns (selection, PCA, an embedding) and resample there. Or use "
            "class weights, or RandomOverSampler, which look for no neighbours.",
        )


def far_past(facts: Facts) -> Iterator[Point]:
    """Tell where many new rows are made of few."""
    some = [one for one in facts.growing if one.n_new > NEW_PER_ROW * one.n_rows]
    if not some:
        return
    some.sort(key=lambda one: -one.n_new / one.n_rows)
    ratios = {one.label: round(one.n_new / one.n_rows, 1) for one in some}
    labels = [one.label for one in some]
    most = some[0].n_new / some[0].n_rows
    binary = len(facts.classes) == 2
    less = "sampling_strategy=0.1 to 0.5, or a dict of rows by class"
    less = less if binary else "a dict of rows by class as sampling_strategy"
    yield class_point(
        "far_past_the_data",
        "problem" if most > NEW_PER_ROW_SERIOUS else "warning",
        ratios,
        "new_per_row",
        "The strategy makes many new rows of each one there is: "
        f"{listed_classes(labels, [f'{ratios[label]:,.0f} of each' for label in labels])}. "
        "Beyond about 10 they fill the same places more densely.",
        f"Ask for less: {less}, chosen by validation on rows that were not resampled. "
        "Under-sampling the large classes does part of the same work.",
    )


def rows_removed(facts: Facts) -> Iterator[Point]:
    """Tell which classes keep only a small part of their rows."""
    kept = facts.judged.kept
    shares = {
        one.label: kept[one.label] / (one.n_rows + one.n_new)
        for one in facts.classes
        if one.label in kept
    }
    some = {of: share for of, share in shares.items() if share < KEPT_SHARE}
    if some:
        rounded = {label: round(share, 4) for label, share in some.items()}
        shown = [f"{kept[label]:,} rows, {percent(share)}" for label, share in some.items()]
        yield class_point(
            "rows_removed",
            "note",
            rounded,
            "share_kept",
            f"{facts.judged.shown} keeps few rows of {listed_classes(list(some), shown)}. What "
            "the other rows tell of the class is lost.",
            "Keep more: sampling_strategy as a ratio or a dict of rows by class, chosen by "
            "validation. An ensemble over several draws uses more of the rows.",
        )
