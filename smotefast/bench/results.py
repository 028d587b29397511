"""A run as stored: its JSON format, and the functions that make, save and load it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from smotefast._process import SignalError, exit_on_signals, signal_name
from smotefast.bench.cases import Case, Contender, value_of
from smotefast.bench.differences import QUANTITIES
from smotefast.bench.machine import describe_machine, load
from smotefast.bench.measure import Plan, call_seconds, measure_cases
from smotefast.bench.spread import log_log_slope, rounded
from smotefast.exceptions import SourceError, SourceMissingError

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

    Ctrl-C, SIGTERM and SIGHUP end it after the last finished case; "stopped" is then true, and
    "stopped_by" the name of the signal. An error does the same once a case is finished; "error"
    is then its message.

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
        If a number of the plan or the data of the first case cannot be used.
    """
    plan.check(kind)
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
        "stopped_by": None,
        "error": None,
        "cases": [],
    }
    try:
        with exit_on_signals(SignalError):  # SystemExit would be a refusal of a sampler
            for case in measure_cases(cases, contenders, plan, base, progress):
                run["cases"].append(case)
    except KeyboardInterrupt as error:
        run["stopped"] = True
        run["stopped_by"] = signal_name(error)
    except Exception as error:
        if not run["cases"]:
            raise
        run["error"] = " ".join(str(error).split()) or type(error).__name__
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
        # Of a file, the option may be above its rows, or 0 for all.
        x = case["sizes"]["rows"] if axis == "rows" else value_of(case, axis)
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
    Path(path).write_text(to_json(run), encoding="utf-8")


def to_json(run: Run) -> str:
    """Return the text of a run."""
    return json.dumps(run, indent=1, ensure_ascii=False) + "\n"


def load_run(path: str | Path) -> Run:
    """Return a stored run.

    Raises
    ------
    SourceError, ValueError
        If the file cannot be read, is no run, lacks a part, or is of a later version.
    """
    try:
        run = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"{str(path)!r} is not found. Name a file that --json wrote."
        raise SourceMissingError(message) from None
    except OSError as error:
        raise SourceError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{str(path)!r} is not a JSON file, or not a whole one: {error}"
        ) from None
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
    _check_parts(run, str(path))
    result: Run = run
    return result


# What 'bench diff' reads of a run, and its types.
_OF_RUN = {"machine": dict, "cases": list}
_OF_CASE = {
    "name": str, "sampler": str, "k": int, "threads": int, "data": dict, "sizes": dict,
    "contenders": list,
}  # fmt: skip
_OF_VALUES = {"n": int, **dict.fromkeys(("minimum", "median", "maximum"), (int, float))}


def _check_parts(run: Run, path: str) -> None:
    """Raise ValueError if a part is missing or of another type."""
    _check_types(run, _OF_RUN, path)
    for case in run["cases"]:
        _check_types(case, _OF_CASE, path)
        for each in case["contenders"]:
            _check_types(each, {"name": str}, path)
            for name in QUANTITIES:
                if each.get(name) is not None:
                    _check_types(each[name], _OF_VALUES, path)


def _check_types(part: Any, types: dict[str, Any], path: str) -> None:
    for name, kind in types.items():
        if not isinstance(part, dict) or not isinstance(part.get(name), kind):
            raise ValueError(
                f"{path!r} is not a whole run of 'smotefast bench': {name!r} is missing or of "
                "another type. Measure again."
            )
