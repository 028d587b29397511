"""Points about distances, and about the neighbors of the rows of a class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smotefast.diagnosis.column_kinds import identifiers
from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.findings import Point, class_point
from smotefast.diagnosis.thresholds import (
    CONFLICTING,
    CONFLICTING_OFTEN,
    DANGER,
    GROUP_NEIGHBORS,
    JUDGED_ROWS,
    NOISE,
    NOISE_SERIOUS,
    OVERLAP,
    OVERLAP_SERIOUS,
    REPEATED,
    REPEATED_OFTEN,
    SCALE_FEW,
    SCALE_RATIO,
    SCALE_SHARE,
    SCALE_SHARE_SERIOUS,
)
from smotefast.diagnosis.wording import counted, listed, percent


class SharePoint(NamedTuple):
    """A point about the classes with a share above a threshold.

    ``figure`` is the share, and ``levels`` are ascending thresholds with the level of the
    point above each. ``text`` may name {k}, {m}, {Samplers}, and the {classes} with their
    shares.
    """

    name: str
    figure: str
    levels: tuple[tuple[float, str], ...]
    text: str
    advice: str


_SHARE_POINTS = (
    SharePoint(
        "duplicates",
        "repeated",
        ((REPEATED, "note"), (REPEATED_OFTEN, "warning")),
        "Rows with a duplicate in their class: {classes}. Interpolation between duplicates "
        "generates more duplicates; a row with {k} or more of them generates nothing else.",
        "Drop duplicates before splitting and resampling (drop_duplicates): duplicates on both "
        "sides of a split also inflate scores. Keep them if each is a separate observation.",
    ),
    SharePoint(
        "conflicting_labels",
        "conflicting",
        ((CONFLICTING, "note"), (CONFLICTING_OFTEN, "warning")),
        "Rows with a duplicate in another class: {classes}. No model can separate them, and "
        "resampling multiplies them.",
        "Find out which label is right, add a column that separates these rows, or drop them.",
    ),
    SharePoint(
        "noise",
        "noise",
        ((NOISE, "warning"), (NOISE_SERIOUS, "problem")),
        "Rows whose {m} nearest neighbors are all of other classes: {classes}. {Samplers} also "
        "start from these rows and place synthetic rows inside other classes.",
        "Check whether these rows have wrong labels, or whether the data lack a useful column. "
        "Clean after resampling (SMOTEENN, SMOTETomek), or use BorderlineSMOTE, which skips "
        "these rows. If most of a class is noise, synthetic rows do not help; class weights "
        "may.",
    ),
    SharePoint(
        "danger",
        "danger",
        ((DANGER, "note"),),
        "Rows with at least half, but not all, of their {m} nearest neighbors in other "
        "classes: {classes}. The decision boundary runs through these rows.",
        "BorderlineSMOTE and SVMSMOTE (numbers only) start from rows near the border only.",
    ),
    SharePoint(
        "overlap",
        "overlap",
        ((OVERLAP, "note"), (OVERLAP_SERIOUS, "warning")),
        "Rows whose nearest neighbor is of another class: {classes}. A 1-NN classifier would "
        "misclassify this share of the class.",
        "More informative, scaled or selected columns help more than resampling here. Evaluate "
        "by precision and recall on rows that were not resampled.",
    ),
)


def neighbor_points(facts: Facts) -> Iterator[Point]:
    """Yield the points about distances and neighbors."""
    yield from _scales(facts)
    for kind in _SHARE_POINTS:
        if facts.sampler.k or kind.name != "duplicates":
            yield from _share_point(facts, kind)
    yield from _separate_groups(facts)
    yield from _too_few_to_tell(facts)


def _share_point(facts: Facts, kind: SharePoint) -> Iterator[Point]:
    sampler = facts.sampler
    shares = {item.label: getattr(item, kind.figure) or 0.0 for item in facts.searched}
    labels = [label for label in shares if shares[label] > kind.levels[0][0]]
    labels.sort(key=lambda label: -shares[label])
    if not labels:
        return
    rounded = {label: round(shares[label], 4) for label in labels}
    largest = max(rounded.values())
    levels = [level for threshold, level in kind.levels[1:] if largest > threshold]
    text = kind.text.format(
        k=sampler.k,
        m=sampler.m,
        Samplers="Samplers" if sampler.adds_rows else "Over-samplers",
        classes=listed("class", labels, [percent(shares[label]) for label in labels]),
    )
    level = levels[-1] if levels else kind.levels[0][1]
    yield class_point(kind.name, level, text, kind.advice, "share", rounded)


def _separate_groups(facts: Facts) -> Iterator[Point]:
    groups = facts.separate_groups
    if groups:
        shown = [
            f"{len(sizes)} groups: {', '.join(map(str, sizes[:5]))} rows"
            for sizes in groups.values()
        ]
        yield Point(
            "separate_groups",
            "note",
            f"Separate groups within a class: {listed('class', list(groups), shown)}. The "
            f"numbers are distinct sampled rows. The {GROUP_NEIGHBORS} nearest neighbors of a "
            "row within its class are all in its group.",
            "KMeansSMOTE resamples by cluster and generates more rows in sparse clusters. If "
            "the groups are known subtypes, they may be classes of their own.",
            label=next(iter(groups)) if len(groups) == 1 else None,
            values={"sizes": groups},
        )


def _too_few_to_tell(facts: Facts) -> Iterator[Point]:
    n_searched = {
        item.label: item.n_searched
        for item in facts.studied
        if facts.sampler.k < item.n_rows and item.n_searched < JUDGED_ROWS
    }
    if n_searched:
        counts = [counted(n, "row") for n in n_searched.values()]
        yield class_point(
            "too_few_to_tell",
            "note",
            f"Fewer than {JUDGED_ROWS} searched rows, too few to judge noise, danger and "
            f"overlap: {listed('class', list(n_searched), counts)}.",
            "Nothing to do; the table of classes shows the shares.",
            "searched",
            dict(n_searched),
        )


def needs_scaling(shares: dict[int, float], spreads: dict[int, float]) -> bool:
    """Whether one or a few columns dominate the distance because of their larger scale.

    Parameters
    ----------
    shares
        Share of each column in the distance.
    spreads
        Robust spread of each column; not 0.
    """
    if len(spreads) < 2 or not shares:
        return False
    ratio = max(spreads.values()) / min(spreads.values())
    largest, few = _dominant(shares)
    return ratio > SCALE_RATIO and (shares[largest] > SCALE_SHARE or bool(few))


def column_spreads(
    shares: dict[int, float], figures: dict[int, ColumnFigures]
) -> dict[int, float]:
    """Return the spread of the columns with a share in the distance and a spread above 0."""
    return {j: figures[j].spread for j in shares if figures[j].spread > 0}


def _dominant(shares: dict[int, float]) -> tuple[int, list[int]]:
    """Return the column with the largest share, and the few with nearly all, if they do."""
    ordered = sorted(shares, key=lambda j: -shares[j])
    few = ordered[: len(ordered) // SCALE_FEW]
    return ordered[0], few if sum(shares[j] for j in few) > SCALE_SHARE_SERIOUS else []


def _scales(facts: Facts) -> Iterator[Point]:
    if not facts.is_scaled or not facts.sampler.measures_distance:
        return
    spreads = column_spreads(facts.shares, facts.figures)
    largest, few = _dominant(facts.shares)
    columns = [largest] if facts.shares[largest] > SCALE_SHARE else few
    share = sum(facts.shares[j] for j in columns)
    widest = max(spreads, key=spreads.__getitem__)
    narrowest = min(spreads, key=spreads.__getitem__)
    is_key = ", an identifier to drop" if set(columns) & set(identifiers(facts)) else ""
    yield Point(
        "scales",
        "problem" if share > SCALE_SHARE_SERIOUS else "warning",
        f"Of the distance between two rows, {percent(share)} comes from "
        f"{facts.listed(columns)}{is_key}. Spreads range from {spreads[narrowest]:.3g} "
        f"({facts.listed([narrowest])}) to {spreads[widest]:.3g} ({facts.listed([widest])})."
        + _effect_of_scaling(facts, len(columns)),
        "Scale the columns before resampling, in the same pipeline, fitted on the training "
        "rows: StandardScaler, or RobustScaler or a logarithm for columns with outliers.",
        columns=facts.columns.named(columns),
        values={
            "share": round(share, 4),
            "widest": facts.columns.names[widest],
            "narrowest": facts.columns.names[narrowest],
            "spread_ratio": float(f"{spreads[widest] / spreads[narrowest]:.4g}"),
        },
    )


def _effect_of_scaling(facts: Facts, n_columns: int) -> str:
    """Compare the overlap with and without scaling, for the smallest class searched."""
    classes = [item for item in facts.searched if item.overlap_as_it_is is not None]
    if not classes:
        return ""
    item = min(classes, key=lambda item: item.n_rows)
    assert item.overlap is not None
    assert item.overlap_as_it_is is not None
    leak = ""
    if item.overlap_as_it_is < item.overlap / 2:
        subject = "This column alone separates" if n_columns == 1 else "These columns separate"
        leak = (
            f" {subject} the classes: are the values available at prediction time, or do they "
            "leak the label?"
        )
    return (
        f" For {listed('class', [item.label])}, the nearest neighbor is of another class for "
        f"{percent(item.overlap_as_it_is)} of the rows without scaling, and for "
        f"{percent(item.overlap)} with scaling. The figures of this report use scaled "
        f"columns.{leak}"
    )
