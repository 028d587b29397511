"""Points about distances, and about what stands around the rows of a class."""

from __future__ import annotations

from collections.abc import Iterator

from smotefast.diagnosis.facts import Facts, listed_classes, percent, several
from smotefast.diagnosis.findings import ClassFigures, Point
from smotefast.diagnosis.scale_points import scales
from smotefast.diagnosis.size_points import class_point
from smotefast.diagnosis.thresholds import (
    CONFLICTING,
    CONFLICTING_OFTEN,
    DANGER,
    JUDGED_ROWS,
    NOISE,
    NOISE_SERIOUS,
    OVERLAP,
    OVERLAP_SERIOUS,
    REPEATED,
    REPEATED_OFTEN,
)


def neighbor_points(facts: Facts) -> Iterator[Point]:
    """Yield what distances and neighbours give reason to say."""
    for find in (scales, repeats, conflicts, noise, danger, overlap, groups, too_few_to_tell):
        yield from find(facts)


def repeats(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes hold the same rows again and again."""
    some = _above(facts, "repeated", REPEATED)
    if some and facts.judged.k:
        figures = {one.label: round(one.repeated, 4) for one in some}
        often = max(figures.values()) > REPEATED_OFTEN
        yield class_point(
            "duplicates",
            "warning" if often else "note",
            figures,
            "share",
            f"Rows that repeat another row of their class: {_shares(some, 'repeated')}. "
            "Between a row and its copy there is nothing new: with "
            f"{several(facts.judged.k, 'copy')} or more a row makes only copies.",
            "Drop the copies before splitting and resampling (drop_duplicates): copies on both "
            "sides of a split also make scores too good. Keep them if each is an observation "
            "of its own.",
        )


def conflicts(facts: Facts) -> Iterator[Point]:
    """Tell which classes share rows with others."""
    some = _above(facts, "conflicting", CONFLICTING)
    if some:
        figures = {one.label: round(one.conflicting, 4) for one in some}
        often = max(figures.values()) > CONFLICTING_OFTEN
        yield class_point(
            "conflicting_labels",
            "warning" if often else "note",
            figures,
            "share",
            f"Rows that come again under another label: {_shares(some, 'conflicting')}. No "
            "model can tell these apart, and new rows multiply them.",
            "Find out which label holds, add the column that would tell them apart, or leave "
            "these rows out.",
        )


def noise(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes have many rows alone among others."""
    some = _above(facts, "noise", NOISE)
    if some:
        figures = {one.label: round(one.noise or 0.0, 4) for one in some}
        serious = max(figures.values()) > NOISE_SERIOUS
        yield class_point(
            "noise",
            "problem" if serious else "warning",
            figures,
            "share",
            f"Rows with {facts.judged.m} foreign rows for their {facts.judged.m} nearest: "
            f"{_shares(some, 'noise')}. "
            + ("Samplers go out" if facts.judged.makes_rows else "Over-samplers go out")
            + " from them too, and put new rows among other classes.",
            "Look at some of these rows: wrong labels, or a column that is missing? Clean "
            "after resampling (SMOTEENN, SMOTETomek), or use BorderlineSMOTE, which leaves "
            "them out. If most of a class is like this, new rows will not help; weights may.",
        )


def danger(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes have many rows at the border."""
    some = _above(facts, "danger", DANGER)
    if some:
        yield class_point(
            "danger",
            "note",
            {one.label: round(one.danger or 0.0, 4) for one in some},
            "share",
            f"Rows with foreign rows for at least half of their {facts.judged.m} nearest: "
            f"{_shares(some, 'danger')}. What is to be learned lies there.",
            "BorderlineSMOTE and SVMSMOTE (numbers only) make new rows there and nowhere else.",
        )


def overlap(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes are seldom next to their own."""
    some = _above(facts, "overlap", OVERLAP)
    if some:
        figures = {one.label: round(one.overlap or 0.0, 4) for one in some}
        serious = max(figures.values()) > OVERLAP_SERIOUS
        yield class_point(
            "overlap",
            "warning" if serious else "note",
            figures,
            "share",
            f"Rows whose nearest row is of another class: {_shares(some, 'overlap')}. A "
            "nearest-neighbour classifier errs so often on the class.",
            "More telling columns, or scaled and selected ones, do more than resampling here. "
            "Judge by precision and recall on rows that were not resampled.",
        )


def groups(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes lie in pieces."""
    found = {label: sizes for label, sizes in facts.groups.items() if len(sizes) > 1}
    if found:
        shown = [
            f"{len(sizes)}: {', '.join(map(str, sizes[:5]))} rows" for sizes in found.values()
        ]
        yield Point(
            "separate_groups",
            "note",
            f"Groups that are apart: {listed_classes(list(found), shown)}. These are the "
            "different rows looked at, and none has one of another group among its 10 nearest "
            "of the class.",
            "KMeansSMOTE resamples by cluster and gives sparse ones more. If the groups are "
            "known kinds, they may be classes of their own.",
            label=next(iter(found)) if len(found) == 1 else None,
            values={"sizes": found},
        )


def too_few_to_tell(facts: Facts) -> Iterator[Point]:
    """Tell which growing classes nothing is said about for want of rows."""
    k = facts.judged.k
    some = [one for one in facts.studied if k < one.n_rows and one.n_searched < JUDGED_ROWS]
    if some:
        counts = [several(one.n_searched, "row") for one in some]
        yield class_point(
            "too_few_to_tell",
            "note",
            {one.label: one.n_searched for one in some},
            "searched",
            f"Noise, danger and overlap say nothing with fewer than {JUDGED_ROWS} rows "
            f"searched: {listed_classes([one.label for one in some], counts)}.",
            "Nothing; the table shows what was counted.",
        )


def _above(facts: Facts, name: str, least: float) -> list[ClassFigures]:
    """Return the classes with a share above a threshold, the largest share first."""
    some = [one for one in facts.searched if (getattr(one, name) or 0.0) > least]
    return sorted(some, key=lambda one: -getattr(one, name))


def _shares(some: list[ClassFigures], name: str) -> str:
    shares = [percent(getattr(one, name)) for one in some]
    return listed_classes([one.label for one in some], shares)
