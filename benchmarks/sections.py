"""The section of one case in docs/benchmarks.md."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.cells import not_timed, number, reliability, seconds, spread, table
from benchmarks.programs import OURS, THEIRS

_TIMES = ("first_call", "later_calls", "process_wall", "process_cpu")
_SHARES = {"decisions_equal": "same decisions", "rows_equal": "identical rows"}


def section(case: dict[str, Any]) -> str:
    """Write the title of a case, its command, its tables and its notes."""
    lines = [f"### {case['title']}", "", f"`python -m benchmarks.run {case['case']}`"]
    lines += [f"({case['date']}; load average before: {case['load_before']})", ""]
    lines.append(_pairs(case) if "pairs" in case else _sides(case["sides"]))
    if case["data"]:
        data = ", ".join(_datum(*item) for item in case["data"].items())
        lines += ["", f"Data: {data}."]
    told = [] if "pairs" in case else [*_counts(case["sides"]), *_searches(case["sides"])]
    lines += [f"\n{note}" for note in (*told, *case["notes"])]
    return "\n".join(lines)


def _sides(sides: dict[str, Any]) -> str:
    """Give each side a row; columns for what is equal only where that was compared."""
    header = "run | first call | later calls | whole process | CPU time | peak memory"
    shares = _compared(sides)
    rows = []
    for name, side in sides.items():
        cells = [*_times(side), _peak(side), *(_share(side, of) for of in shares)]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return table(" | ".join([header, *(_SHARES[of] for of in shares)]), rows)


def _times(side: dict[str, Any]) -> list[str]:
    if cut_short := not_timed(side):
        return [cut_short, *("" for _ in _TIMES[1:])]
    return [spread(side.get(times)) for times in _TIMES]


def _compared(parts: dict[str, Any]) -> list[str]:
    """Return what was compared of some sides or pairs."""
    return [of for of in _SHARES if any(of in part for part in parts.values())]


def _share(part: dict[str, Any], of: str) -> str:
    return f"{part[of]:.2%}" if of in part else ""


def _pairs(case: dict[str, Any]) -> str:
    """Give each sampler a row, both libraries beside each other."""
    rows, shares = [], _compared(case["pairs"])
    for name, pair in case["pairs"].items():
        both = [case["sides"][f"{name}, {library}"] for library in (THEIRS, OURS)]
        first, whole = (
            ", ".join(seconds(side[times]["median"]) for side in both)
            for times in ("first_call", "process_wall")
        )
        cells = [*(spread(side["later_calls"]) for side in both), number(pair["speed"], "x")]
        cells += [first, whole, ", ".join(_peak(side) for side in both)]
        cells += ["; ".join(_told_counts(both)), *(_share(pair, of) for of in shares)]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    header = f"sampler | {THEIRS}, later calls | {OURS}, later calls | speedup | first calls"
    header += " | whole processes | peak memory | class sizes after"
    return table(" | ".join([header, *(_SHARES[of] for of in shares)]), rows)


def _peak(side: dict[str, Any]) -> str:
    peak = side.get("peak_bytes")
    return number(peak, "bytes") if peak else ""


def _counts(sides: dict[str, Any]) -> list[str]:
    """Write the class sizes after resampling, where they are stored."""
    counted = {name: side for name, side in sides.items() if "counts" in side}
    told = _told_counts(list(counted.values()))
    if len(told) > 1:
        told = [f"{name} {_told_counts([side])[0]}" for name, side in counted.items()]
    return [f"Class sizes after resampling: {'; '.join(told)}."] if told else []


def _searches(sides: dict[str, Any]) -> list[str]:
    """Say how the sides searched that know how far that can be relied on."""
    told = [
        f"{name} {reliability(side)}" for name, side in sides.items() if "disagreement" in side
    ]
    return [f"Searches: {'; '.join(told)}."] if told else []


def _told_counts(sides: list[dict[str, Any]]) -> list[str]:
    """Write the counts of each side, once where all sides agree."""
    texts = [" : ".join(f"{n:,}" for n in side["counts"].values()) for side in sides]
    return list(dict.fromkeys(texts))


def _datum(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if name.endswith("bytes") or "bytes_" in name:
        return f"{words.replace(' bytes', '')} {number(value, 'bytes')}"
    return f"{words} {value:,}" if isinstance(value, int) else f"{words} {json.dumps(value)}"
