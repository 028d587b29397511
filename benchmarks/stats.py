"""From seconds to what is stored of them."""

from __future__ import annotations

import statistics
from typing import Any


def summarise(values: list[float]) -> dict[str, Any]:
    """Return minimum, median, maximum and how many there were."""
    return {
        "minimum": min(values),
        "median": statistics.median(values),
        "maximum": max(values),
        "n": len(values),
    }


def summarise_calls(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the answers of the processes of one side together.

    Each answer has "first", "later", "peak" (of the calls) and "process" (of the whole), or
    "stopped" or "refused" and "peak": then the limit or the words stand for all.
    """
    for why in ("stopped", "refused"):
        told = [answer[why] for answer in answers if why in answer]
        if told:
            return {why: told[0], "peak_bytes": max(answer["peak"] for answer in answers)}
    later = [seconds for answer in answers for seconds in answer["later"]]
    return {
        "first_call": summarise([answer["first"] for answer in answers]),
        "later_calls": summarise(later) if later else None,
        "process_wall": summarise([answer["process"]["wall"] for answer in answers]),
        "process_cpu": summarise([answer["process"]["cpu"] for answer in answers]),
        "peak_bytes": max(answer["peak"] for answer in answers),
    }


def summarise_processes(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Put whole processes of one side together."""
    return {
        "process_wall": summarise([run["wall"] for run in runs]),
        "process_cpu": summarise([run["cpu"] for run in runs]),
        "peak_bytes": max(run["peak"] for run in runs),
    }


def claim(
    what: str, target: float, measured: float, unit: str, *, at_most: bool = False
) -> dict[str, Any]:
    """Hold a measured number against its target.

    ``unit`` is "x" for a ratio, "s", "bytes", or empty for a share.
    """
    holds = measured <= target if at_most else measured >= target
    return {
        "what": what,
        "target": target,
        "measured": measured,
        "unit": unit,
        "at_most": at_most,
        "holds": bool(holds),
    }
