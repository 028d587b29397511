"""The section of one case in docs/benchmarks.md."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.cells import number, seconds, spread, table
from benchmarks.programs import OURS, THEIRS

_TIMES = ("first_call", "later_calls", "process_wall", "process_cpu")


def section(case: dict[str, Any]) -> str:
    """Write what was measured, the command, and every side."""
    lines = [f"### {case['title']}", "", f"`python -m benchmarks.run {case['case']}`"]
    lines += [f"({case['date']}; load before: {case['load_before']})", ""]
    lines.append(_pairs(case) if "pairs" in case else _sides(case["sides"]))
    if case["data"]:
        data = ", ".join(_datum(*item) for item in case["data"].items())
        lines += ["", f"Data: {data}."]
    counts = [] if "pairs" in case else _counts(case["sides"])
    lines += [f"\n{note}" for note in (*counts, *case["notes"])]
    return "\n".join(lines)


def _sides(sides: dict[str, Any]) -> str:
    """Give each side a row; a column for equal rows only where they were compared."""
    header = "side | first call | later calls | whole process | its CPU | peak memory"
    compares = any("rows_equal" in side for side in sides.values())
    rows = []
    for name, side in sides.items():
        cells = [*(spread(side.get(times)) for times in _TIMES), _peak(side)]
        if compares:
            cells.append(f"{side['rows_equal']:.2%}" if "rows_equal" in side else "")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return table(f"{header} | rows equal" if compares else header, rows)


def _pairs(case: dict[str, Any]) -> str:
    """Give each sampler a row, both libraries beside each other."""
    rows = []
    for name, pair in case["pairs"].items():
        both = [case["sides"][f"{name}, {library}"] for library in (THEIRS, OURS)]
        first, whole = (
            ", ".join(seconds(side[times]["median"]) for side in both)
            for times in ("first_call", "process_wall")
        )
        cells = [*(spread(side["later_calls"]) for side in both), number(pair["speed"], "x")]
        cells += [first, whole, ", ".join(_peak(side) for side in both)]
        cells += ["; ".join(_told_counts(both)), f"{pair['rows_equal']:.2%}"]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    header = (
        f"sampler | {THEIRS}, later calls | {OURS}, later calls | faster | first call of each"
    )
    header += " | whole process of each | peak memory of each | rows afterwards | rows equal"
    return table(header, rows)


def _peak(side: dict[str, Any]) -> str:
    peak = side.get("peak_bytes")
    return number(peak, "bytes") if peak else ""


def _counts(sides: dict[str, Any]) -> list[str]:
    """Say how many rows each class has afterwards, where the sides know."""
    counted = {name: side for name, side in sides.items() if "counts" in side}
    told = _told_counts(list(counted.values()))
    if len(told) > 1:
        told = [f"{name} {_told_counts([side])[0]}" for name, side in counted.items()]
    return [f"Rows of each class afterwards: {'; '.join(told)}."] if told else []


def _told_counts(sides: list[dict[str, Any]]) -> list[str]:
    """Write the counts of each side, once where all sides agree."""
    texts = [" : ".join(f"{n:,}" for n in side["counts"].values()) for side in sides]
    return list(dict.fromkeys(texts))


def _datum(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if name.endswith("bytes") or "bytes_" in name:
        return f"{words.replace(' bytes', '')} {number(value, 'bytes')}"
    return f"{words} {value:,}" if isinstance(value, int) else f"{words} {json.dumps(value)}"
