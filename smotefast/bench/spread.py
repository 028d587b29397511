"""From values to what is stored of them: median, extremes, ratios of medians, slopes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any


def summarize(values: Sequence[float]) -> dict[str, Any]:
    """Return minimum, median, maximum, the number of values, and the values.

    Examples
    --------
    >>> summarize([3.0, 1.0, 2.0])
    {'minimum': 1.0, 'median': 2.0, 'maximum': 3.0, 'n': 3, 'values': [3.0, 1.0, 2.0]}
    """
    return {
        "minimum": min(values),
        "median": statistics.median(values),
        "maximum": max(values),
        "n": len(values),
        "values": list(values),
    }


def summarize_calls(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the answers of processes together, as ``worker.time_calls`` returns them.

    What cut a process short ("refused" or "stopped") stands for all. A process stands for the
    median of its later calls. Numbers of whole processes and of memory are None if a call was
    not made in a process of its own, or the system does not tell.
    """
    for answer in answers:
        for why in ("refused", "stopped"):
            if why in answer:
                return {why: answer[why]}
    later = [statistics.median(answer["later"]) for answer in answers if answer["later"]]
    result = {
        "first_call": summarize([answer["first"] for answer in answers]),
        "later_calls": summarize(later) if later else None,
        **dict.fromkeys(("process_wall", "process_cpu", "peak_bytes", "added_bytes")),
    }
    if all("process" in answer for answer in answers):
        runs = [{**answer["process"], "peak": answer["peak"]} for answer in answers]
        result |= summarize_processes(runs)
        if all(answer["added"] is not None for answer in answers):
            result["added_bytes"] = summarize([answer["added"] for answer in answers])
    return result


def summarize_processes(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is stored of whole processes: seconds, CPU seconds and peak memory."""
    return {
        "process_wall": summarize([run["wall"] for run in runs]),
        "process_cpu": summarize([run["cpu"] for run in runs]),
        "peak_bytes": summarize([run["peak"] for run in runs]),
    }


def log_log_slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the slope of a line through points on logarithmic axes, by least squares.

    None if fewer than two positions on the x axis have positive values.

    Examples
    --------
    >>> log_log_slope([(10, 1.0), (100, 100.0)])
    2.0
    """
    usable = [(math.log10(x), math.log10(y)) for x, y in points if x > 0 and y > 0]
    if len({x for x, _ in usable}) < 2:
        return None
    xs, ys = zip(*usable, strict=True)
    return round(statistics.linear_regression(xs, ys).slope, 3)


def rounded(value: Any) -> Any:
    """Keep six digits of each number of stored results.

    Examples
    --------
    >>> rounded({"seconds": [0.123456789]})
    {'seconds': [0.123457]}
    """
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
