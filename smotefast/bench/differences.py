"""Two runs side by side: which measurements changed by more than the noise of both.

A measurement of n processes is an interval, from the smallest to the largest value. It is worse
beyond noise if three conditions hold: both runs have at least three values, the new interval
lies above the old one, and the medians differ by more than the tolerance. If nothing changed,
all of three values lie above three others in one of 20 cases, and of five in one of 252; the
tolerance excludes differences that are too small to matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

TOLERANCE = 0.1
FEWEST = 3
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
    if min(old["n"], new["n"]) < FEWEST:
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

    Cases and contenders that only one run was started with are left out, and so are
    ``changed_cases``. A contender that the new run stopped or that refused, and that the old
    one measured, is "worse".

    Parameters
    ----------
    old, new
        Runs as ``load_run`` returns them.
    tolerance
        Relative difference of medians that is never a change.

    Raises
    ------
    ValueError
        If ``tolerance`` is negative, infinite or NaN, the runs have no measurement in common,
        or one run measured in fresh processes and the other in one.
    """
    if not 0 <= tolerance < math.inf:
        raise ValueError(f"tolerance={tolerance} must be a finite number from 0 on.")
    if old["in_process"] != new["in_process"]:
        raise ValueError(
            "One run measured calls in one process (--in-process), the other one fresh "
            "processes. Their seconds are not those of the same thing: measure both alike."
        )
    differences = list(_differences(old, new, tolerance))
    if not differences:
        changed = (f" {name}: {what}." for name, what in changed_cases(old, new).items())
        raise ValueError(
            "The runs have no case and contender in common. Measure the same grid on the same "
            f"data with the same contenders.{''.join(changed)}"
        )
    return differences


def _differences(
    old: dict[str, Any], new: dict[str, Any], tolerance: float
) -> Iterator[Difference]:
    for key, before, after in _common_measurements(old, new):
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


def _common_measurements(
    old: dict[str, Any], new: dict[str, Any]
) -> Iterator[tuple[tuple[str, str], dict[str, Any], dict[str, Any]]]:
    """Yield the names and both entries of each contender that both runs have on a case."""
    for before, after in _pairs(old, new):
        if _changes(before, after):
            continue
        now = {each["name"]: each for each in after["contenders"]}
        for each in before["contenders"]:
            if each["name"] in now:
                yield (before["name"], each["name"]), each, now[each["name"]]


def changed_cases(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """Return the cases with the same options on other data, with what differs.

    The data differ if their seed, their sizes or the values of their file do. Their seconds say
    nothing about what was measured.
    """
    changes = ((before["name"], _changes(before, after)) for before, after in _pairs(old, new))
    return {name: ", ".join(found) for name, found in changes if found}


def _pairs(
    old: dict[str, Any], new: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the cases of both runs that have the same name, or else the same options."""
    by_name = {case["name"]: case for case in new["cases"]}
    by_options = {_options(case): case for case in new["cases"]}
    for case in old["cases"]:
        after = by_name.get(case["name"]) or by_options.get(_options(case))
        if after is not None:
            yield case, after


def _options(case: dict[str, Any]) -> str:
    """Return what a case was measured with, without the seed of its data."""
    data = {name: value for name, value in case["data"].items() if name != "seed"}
    return repr([case["sampler"], case["k"], case["threads"], sorted(data.items())])


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what differs in the data of a case; values are named if nothing else differs."""
    both = before["sizes"], after["sizes"]
    seeds = [case["data"].get("seed") for case in (before, after)]
    found = [] if seeds[0] == seeds[1] else ["seed {} -> {}".format(*seeds)]
    for name, value in both[0].items():
        if name != "checksum" and value != both[1].get(name, value):
            found.append(f"{name.replace('_', ' ')} {value} -> {both[1][name]}")
    sums = [sizes.get("checksum") for sizes in both]
    return found if found or sums[0] == sums[1] else ["the values in the file"]


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
