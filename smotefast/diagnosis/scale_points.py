"""The point about columns on different scales."""

from __future__ import annotations

from collections.abc import Iterator

from smotefast.diagnosis.column_kinds import identifiers
from smotefast.diagnosis.facts import Facts, percent, sentence
from smotefast.diagnosis.findings import Point
from smotefast.diagnosis.thresholds import (
    SCALE_FEW,
    SCALE_RATIO,
    SCALE_SHARE,
    SCALE_SHARE_SERIOUS,
)


def needs_scaling(shares: dict[int, float], spreads: dict[int, float]) -> bool:
    """Tell whether few columns have most of the distance, for being wider than others.

    Parameters
    ----------
    shares
        Share of the distance, by column.
    spreads
        Robust spread, by column; not 0.
    """
    if len(spreads) < 2 or not shares:
        return False
    ratio = max(spreads.values()) / min(spreads.values())
    widest, few = _dominant(shares)
    return ratio > SCALE_RATIO and (shares[widest] > SCALE_SHARE or bool(few))


def _dominant(shares: dict[int, float]) -> tuple[int, list[int]]:
    """Return the column with the largest share, and a few that have nearly all, if they do."""
    ordered = sorted(shares, key=lambda j: -shares[j])
    few = ordered[: len(ordered) // SCALE_FEW]
    return ordered[0], few if sum(shares[j] for j in few) > SCALE_SHARE_SERIOUS else []


def spreads_of(facts: Facts) -> dict[int, float]:
    """Return the spread of the numeric columns that have one and count."""
    return {j: facts.figures[j].spread for j in facts.shares if facts.figures[j].spread > 0}


def scales(facts: Facts) -> Iterator[Point]:
    """Tell which column has most of the distance."""
    if not facts.is_scaled or not facts.judged.measures:
        return
    spreads = spreads_of(facts)
    widest_share, few = _dominant(facts.shares)
    most = [widest_share] if facts.shares[widest_share] > SCALE_SHARE else few
    widest = max(spreads, key=spreads.__getitem__)
    narrowest = min(spreads, key=spreads.__getitem__)
    share = sum(facts.shares[j] for j in most)
    is_key = " (a key: leave it out)" if set(most) & set(identifiers(facts)) else ""
    make = "make" if len(most) > 1 else "makes"
    yield Point(
        "scales",
        "problem" if share > SCALE_SHARE_SERIOUS else "warning",
        f"{sentence(facts.named(most))}{is_key} {make} up {percent(share)} of the "
        f"distance between two rows. Spreads go from {spreads[narrowest]:.3g} "
        f"({facts.named([narrowest])}) to {spreads[widest]:.3g} ({facts.named([widest])})."
        + _scaling_helps(facts),
        "Scale the columns before resampling, fitted on the training rows (StandardScaler; "
        "RobustScaler or a logarithm where a few values are far out), in the same pipeline.",
        columns=facts.columns.named(most),
        values={
            "share": round(share, 4),
            "widest": facts.columns.names[widest],
            "narrowest": facts.columns.names[narrowest],
            "spread_ratio": float(f"{spreads[widest] / spreads[narrowest]:.4g}"),
        },
    )


def _scaling_helps(facts: Facts) -> str:
    """Say what scaling changes, of the smallest class that was searched."""
    some = [one for one in facts.searched if one.overlap_as_it_is is not None]
    if not some:
        return ""
    one = min(some, key=lambda one: one.n_rows)
    assert one.overlap is not None
    assert one.overlap_as_it_is is not None
    leak = ""
    if one.overlap_as_it_is < one.overlap / 2:
        leak = " The wide column tells the classes apart by itself: is it known in time?"
    return (
        f" The nearest row of a row of class {one.label!r} is of another class in "
        f"{percent(one.overlap_as_it_is)} of cases as it is, in {percent(one.overlap)} with "
        "columns scaled; the figures of this report are with columns scaled." + leak
    )
