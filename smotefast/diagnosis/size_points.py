"""Points about the sizes of classes, and about the numbers of rows to generate or to keep."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.findings import ClassFigures, Point, class_point
from smotefast.diagnosis.thresholds import (
    KEPT_SHARE,
    MANY_FEATURES,
    MANY_FEATURES_ROWS,
    NEW_PER_ROW,
    NEW_PER_ROW_SERIOUS,
    ROWS_PER_FEATURE,
    ROWS_PER_FEATURE_LEAST,
)
from smotefast.diagnosis.wording import counted, listed, percent


def size_points(facts: Facts) -> Iterator[Point]:
    """Yield the points about sizes."""
    yield from _parameter_errors(facts)
    if facts.sampler.k:
        yield from _single_rows(facts)
        yield from _small_classes(facts)
        yield from _rows_per_feature(facts)
        yield from _many_features(facts)
    yield from _many_new_rows(facts)
    yield from _few_rows_kept(facts)


def _parameter_errors(facts: Facts) -> Iterator[Point]:
    name = facts.sampler.display_name
    for text in facts.sampler.parameter_errors:
        yield Point(
            "refused_parameter",
            "problem",
            f"{name} does not accept its parameters for these data: {text}",
            "Change the parameter. The rest of this report uses its default.",
        )
    if facts.sampler.file_error:
        yield Point(
            "not_for_files",
            "problem",
            f"{name} cannot resample files. {facts.sampler.file_error}",
            "Resample in memory, or choose a sampler that 'smotefast samplers' lists.",
        )


def _single_rows(facts: Facts) -> Iterator[Point]:
    classes = [item for item in facts.oversampled if item.n_rows == 1]
    if not classes:
        return
    is_copied = facts.sampler.small_class == "duplicate"
    yield class_point(
        "single_row",
        "warning" if is_copied else "problem",
        f"Only one row: {listed('class', [item.label for item in classes])}. A single row has "
        "no neighbors: "
        + (
            "new rows will be copies of it."
            if is_copied
            else f"{facts.sampler.display_name} does not accept such a class."
        ),
        "Merge the class with a related one or collect more rows. Or copy the row with "
        "small_class='duplicate', or leave the class out with a dict as sampling_strategy.",
        "rows",
        _sizes(classes),
    )


def _small_classes(facts: Facts) -> Iterator[Point]:
    sampler, k = facts.sampler, facts.sampler.k
    classes = [item for item in facts.oversampled if 1 < item.n_rows <= k]
    if not classes:
        return
    classes.sort(key=lambda item: item.n_rows)
    is_refused = sampler.small_class == "error"
    yield class_point(
        "small_class",
        "problem" if is_refused else "warning",
        f"{sampler.k_name}={k} needs at least {k + 1} rows in a class to over-sample. Too "
        f"small: {_listed_sizes(classes)}."
        + (
            f" {sampler.display_name} does not accept such classes."
            if is_refused
            else " Such classes use all other rows as neighbors."
        ),
        f"Set {sampler.k_name}={classes[0].n_rows - 1} or small_class='clamp', or leave these "
        "classes out with a dict as sampling_strategy. Collecting more rows helps more than "
        "any sampler.",
        "rows",
        _sizes(classes),
    )


def _rows_per_feature(facts: Facts) -> Iterator[Point]:
    n_features, k = facts.n_features, facts.sampler.k
    most = ROWS_PER_FEATURE * n_features
    classes = [item for item in facts.oversampled if k < item.n_rows < most]
    if not classes:
        return
    classes.sort(key=lambda item: item.n_rows)
    least = classes[0].n_rows / n_features
    yield class_point(
        "rows_per_feature",
        "problem" if least < ROWS_PER_FEATURE_LEAST else "warning",
        f"Fewer than {ROWS_PER_FEATURE:.0f} rows per column, with "
        f"{counted(n_features, 'column')}: {_listed_sizes(classes)}. With so few rows per "
        "column, synthetic rows cannot reflect the shape of the class.",
        "Use fewer columns (drop, select or combine them, fitted on the training rows), or try "
        "class weights first.",
        "rows_per_feature",
        {item.label: round(item.n_rows / n_features, 2) for item in classes},
    )


def _many_features(facts: Facts) -> Iterator[Point]:
    n_features = facts.n_features
    most = MANY_FEATURES_ROWS * n_features
    classes = [item for item in facts.oversampled if item.n_rows < most]
    if n_features > MANY_FEATURES and classes:
        yield class_point(
            "many_features",
            "warning",
            f"In {n_features:,} dimensions nearest neighbors are hardly closer than average "
            f"rows. Too few rows to compensate: {_listed_sizes(classes)}.",
            "Reduce the number of columns (feature selection, PCA, an embedding) before "
            "resampling. Or use class weights or RandomOverSampler, which need no neighbors.",
            "rows",
            _sizes(classes),
        )


def _many_new_rows(facts: Facts) -> Iterator[Point]:
    classes = [item for item in facts.oversampled if item.n_new > NEW_PER_ROW * item.n_rows]
    if not classes:
        return
    classes.sort(key=lambda item: -item.n_new / item.n_rows)
    ratios = {item.label: round(item.n_new / item.n_rows, 1) for item in classes}
    most = classes[0].n_new / classes[0].n_rows
    per_row = [f"{ratio:,.0f} per row" for ratio in ratios.values()]
    fewer = "a dict of rows per class as sampling_strategy"
    if len(facts.classes) == 2:
        fewer = "sampling_strategy=0.1 to 0.5, or a dict of rows per class"
    yield class_point(
        "far_past_the_data",
        "problem" if most > NEW_PER_ROW_SERIOUS else "warning",
        "sampling_strategy asks for many new rows per original row: "
        f"{listed('class', list(ratios), per_row)}. Beyond about {NEW_PER_ROW:.0f} per row, "
        "more rows add density but no information.",
        f"Generate fewer rows: {fewer}, chosen by validation on rows that were not resampled. "
        "Under-sampling the majority classes also reduces the imbalance.",
        "new_per_row",
        ratios,
    )


def _few_rows_kept(facts: Facts) -> Iterator[Point]:
    n_to_keep = facts.sampler.n_to_keep
    shares = {
        item.label: n_to_keep[item.label] / (item.n_rows + item.n_new)
        for item in facts.classes
        if item.label in n_to_keep
    }
    shares = {label: share for label, share in shares.items() if share < KEPT_SHARE}
    if shares:
        shown = [f"{n_to_keep[label]:,} rows, {percent(shares[label])}" for label in shares]
        yield class_point(
            "rows_removed",
            "note",
            f"{facts.sampler.display_name} keeps few rows: "
            f"{listed('class', list(shares), shown)}. The information in the other rows is "
            "lost.",
            "Keep more rows: set sampling_strategy to a ratio or a dict of rows per class, "
            "chosen by validation. An ensemble over several random draws uses more rows.",
            "share_kept",
            {label: round(share, 4) for label, share in shares.items()},
        )


def _sizes(classes: list[ClassFigures]) -> dict[Hashable, float]:
    return {item.label: item.n_rows for item in classes}


def _listed_sizes(classes: list[ClassFigures]) -> str:
    sizes = [counted(item.n_rows, "row") for item in classes]
    return listed("class", [item.label for item in classes], sizes)
