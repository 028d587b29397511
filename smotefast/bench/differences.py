"""Two runs side by side: which measurements changed by more than the noise of both.

A measurement of n processes is an interval, from the smallest to the largest value. It is worse
beyond noise if three conditions hold: both runs have at least three values, the new interval
lies above the old one, and the medians differ by more than the tolerance. If nothing changed,
all of three values lie above three others in one of 20 cases, and of five in one of 252; the
tolerance excludes differences that are too small to matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

TOLERANCE = 0.1
_FEWEST = 3
# What is compared; CPU seconds say the same as those of the process.
QUANTITIES = {
    "first_call": "first call",
    "later_calls": "later calls",
    "process_wall": "whole process",
    "peak_bytes": "peak memory",
    "added_bytes": "added memory",
}
# Changes below this many bytes are those of an allocator.
_SMALLEST_BYTES = 8 << 20

Verdict = Literal["worse", "better", "no change", "too few runs", "not measured now"]


@dataclass(frozen=True)
class Difference:
    """A measurement in two runs.

    Attributes
    ----------
    case, contender, quantity
        What was measured.
    old, new
        Summaries of both runs; ``new`` is None if it was refused, stopped or not run.
    verdict
        What changed.
    """

    case: str
    contender: str
    quantity: str
    old: dict[str, Any]
    new: dict[str, Any] | None
    verdict: Verdict

    @property
    def ratio(self) -> float | None:
        """The new median divided by the old one."""
        if self.new is None or not self.old["median"]:
            return None
        return float(self.new["median"] / self.old["median"])


def judge(
    quantity: str, old: dict[str, Any], new: dict[str, Any], tolerance: float = TOLERANCE
) -> Verdict:
    """Return what changed between two summaries.

    Examples
    --------
    >>> from smotefast.bench.spread import summarize
    >>> judge("first_call", summarize([1.0, 1.1, 1.2]), summarize([1.5, 1.6, 1.7]))
    'worse'
    >>> judge("first_call", summarize([1.0, 1.1, 1.2]), summarize([1.1, 1.6, 1.7]))
    'no change'
    """
    if min(old["n"], new["n"]) < _FEWEST:
        return "too few runs"
    smallest = _SMALLEST_BYTES if quantity.endswith("bytes") else 0
    low, high = sorted((old["median"], new["median"]))
    if high <= low * (1 + tolerance) or high - low < smallest:
        return "no change"
    if new["minimum"] > old["maximum"]:
        return "worse"
    return "better" if new["maximum"] < old["minimum"] else "no change"


def compare_runs(
    old: dict[str, Any], new: dict[str, Any], tolerance: float = TOLERANCE
) -> list[Difference]:
    """Return the differences of two runs, for each measurement of the old one.

    Cases and contenders that only one run was started with are left out. A contender that the
    new run stopped or that refused, and that the old one measured, is "worse".

    Parameters
    ----------
    old, new
        Runs as ``load_run`` returns them.
    tolerance
        Relative difference of medians that is never a change.

    Raises
    ------
    ValueError
        If ``tolerance`` is negative, or the runs have no measurement in common.
    """
    if tolerance < 0:
        raise ValueError(f"tolerance={tolerance} must be 0 or more.")
    differences = list(_differences(old, new, tolerance))
    if not differences:
        raise ValueError(
            "The runs have no case and contender in common. Measure the same grid with the "
            "same contenders."
        )
    return differences


def _differences(
    old: dict[str, Any], new: dict[str, Any], tolerance: float
) -> Iterator[Difference]:
    now = _by_name(new)
    for key, before in _by_name(old).items():
        if key not in now:
            continue
        after = now[key]
        is_gone = "refused" in after or "stopped" in after
        for quantity in QUANTITIES:
            values = before.get(quantity)
            if values is None:
                continue
            if is_gone:
                yield Difference(*key, quantity, values, None, "worse")
                break
            if after.get(quantity) is None:
                yield Difference(*key, quantity, values, None, "not measured now")
                continue
            verdict = judge(quantity, values, after[quantity], tolerance)
            yield Difference(*key, quantity, values, after[quantity], verdict)


def _by_name(run: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (case["name"], each["name"]): each
        for case in run["cases"]
        for each in case["contenders"]
    }


def has_regression(differences: list[Difference]) -> bool:
    """Return whether anything became worse beyond noise."""
    return any(each.verdict == "worse" for each in differences)


def machine_warning(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    """Return a warning if the runs come from different machines."""
    names = "cpu", "cores", "memory_gib"
    both = [tuple(run["machine"].get(name) for name in names) for run in (old, new)]
    if both[0] == both[1]:
        return None
    texts = ["{} with {} cores and {} GiB".format(*machine) for machine in both]
    return f"The runs come from different machines: {texts[0]}, and {texts[1]}."
