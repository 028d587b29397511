"""A run as stored: its JSON format, and the functions that make, save and load it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from smotefast.bench.cases import Case, Contender, value_of
from smotefast.bench.machine import describe_machine, load
from smotefast.bench.measure import Plan, call_seconds, measure_cases
from smotefast.bench.spread import log_log_slope, rounded

FORMAT, VERSION = "smotefast-bench", 1
KINDS = ("speed", "memory", "scale")
# The axes of numbers: seconds and memory are drawn against them.
SCALED = ("rows", "features", "k", "classes", "threads")

Run = dict[str, Any]


def measure_run(
    kind: str,
    cases: Sequence[Case],
    contenders: Sequence[Contender],
    plan: Plan,
    *,
    base: str,
    left_out: dict[str, str] | None = None,
    progress: Callable[[str], object] | None = None,
) -> Run:
    """Measure cases and return the run, as JSON has it.

    Ctrl-C ends it after the last finished case; "stopped" is then true.

    Parameters
    ----------
    kind : {"speed", "memory", "scale"}
        What the run is about; "scale" adds slopes.
    cases, contenders
        Each contender runs on each case.
    plan
        Rounds, calls and limits.
    base
        The contender that ratios of medians refer to.
    left_out
        Contenders that cannot run here, with the reason.
    progress
        Gets a line before each case.

    Returns
    -------
    dict
        See ``docs/bench.md`` for the fields.

    Raises
    ------
    ValueError
        If a number of the plan or the data of a case cannot be used.
    """
    plan.check()
    run: Run = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind,
        "date": date.today().isoformat(),
        "machine": describe_machine(),
        "load_before": load(),
        "rounds": plan.rounds,
        "later": plan.later,
        "in_process": plan.in_process,
        "base": base,
        "left_out": left_out or {},
        "stopped": False,
        "cases": [],
    }
    try:
        for case in measure_cases(cases, contenders, plan, base, progress):
            run["cases"].append(case)
    except KeyboardInterrupt:
        run["stopped"] = True
    if kind == "scale":
        run["slopes"] = slopes(run["cases"])
    result: Run = rounded(run)
    return result


def slopes(cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return, for each axis and contender, the points and slopes on log-log axes.

    The points are the cases that differ from the first one on this axis alone.
    """
    return [
        found
        for axis in SCALED
        for name in dict.fromkeys(each["name"] for case in cases for each in case["contenders"])
        if len((found := _along(cases, axis, name))["seconds"]["points"]) > 1
    ]


def _along(cases: Sequence[dict[str, Any]], axis: str, contender: str) -> dict[str, Any]:
    seconds, n_bytes = [], []
    for case in cases:
        if not _differs_only(case, cases[0], axis):
            continue
        x = value_of(case, axis)
        for each in case["contenders"]:
            if each["name"] == contender:
                memory = each.get("added_bytes") or each.get("peak_bytes")
                seconds += [(x, its)] if (its := call_seconds(each)) else []
                n_bytes += [(x, float(memory["median"]))] if memory else []
    return {
        "axis": axis,
        "contender": contender,
        "seconds": {"points": sorted(seconds), "slope": log_log_slope(seconds)},
        "bytes": {"points": sorted(n_bytes), "slope": log_log_slope(n_bytes)},
    }


def _differs_only(case: dict[str, Any], first: dict[str, Any], axis: str) -> bool:
    others = ("shape", "ratio", *SCALED)
    same = all(value_of(case, name) == value_of(first, name) for name in others if name != axis)
    return same and case["sampler"] == first["sampler"]


def save_run(run: Run, path: str | Path) -> None:
    """Write a run as JSON."""
    Path(path).write_text(to_json(run))


def to_json(run: Run) -> str:
    """Return the text of a run."""
    return json.dumps(run, indent=1, ensure_ascii=False) + "\n"


def load_run(path: str | Path) -> Run:
    """Return a stored run.

    Raises
    ------
    OSError, ValueError
        If the file cannot be read, is no run, or is of a later version.
    """
    try:
        run = json.loads(Path(path).read_text())
    except ValueError as error:
        raise ValueError(f"{str(path)!r} is not a JSON file: {error}") from None
    if not isinstance(run, dict) or run.get("format") != FORMAT:
        raise ValueError(
            f"{str(path)!r} is no run of 'smotefast bench'. Write one with --json FILE."
        )
    if run.get("version") != VERSION:
        raise ValueError(
            f"{str(path)!r} has version {run.get('version')} of the format, and this "
            f"smotefast reads version {VERSION}. Measure again, or use the smotefast that "
            "wrote it."
        )
    result: Run = run
    return result
