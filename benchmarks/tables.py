"""Markdown tables of stored measurements."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.programs import OURS, THEIRS

Stored = dict[str, dict[str, Any]]
_NOTHING = (
    "*Not measured yet: run `python -m benchmarks.run`, then `python -m benchmarks.render`.*"
)


def number(value: float, unit: str = "") -> str:
    """Write a number with its unit as people read it."""
    if unit == "bytes":
        return f"{value / 1e6:,.0f} MB" if value < 1e9 else f"{value / 1e9:.2f} GB"
    if unit == "s":
        return seconds(value)
    if unit == "x":
        return f"{value:.0f}x" if value >= 10 else f"{value:.2g}x"
    return f"{value:.4g}"


def seconds(value: float) -> str:
    """Write a time in s or ms with three digits."""
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:,.0f} s" if value >= 100 else f"{value:.3g} s"


def summary(stored: Stored) -> str:
    """Make the README's table: what, both sides, how many times faster."""
    lines = []
    for case in stored.values():
        ours, theirs = (_shown(case["sides"].get(side)) for side in (OURS, THEIRS))
        speeds = [one for one in case["claims"] if one["unit"] == "x"]
        if ours is None or theirs is None or not speeds:
            continue
        scaled = speeds[0]["what"].endswith("scaled")
        theirs = speeds[0]["measured"] * ours if scaled else theirs
        ratio = number(speeds[0]["measured"], "x")
        shown = f"{'about ' if scaled else ''}{seconds(theirs)}"
        lines.append(f"| {case['title']} | {shown} | {seconds(ours)} | {ratio} |")
    return _table("what | imbalanced-learn | smotefast | faster", lines)


def batch(stored: Stored) -> str:
    """Make the README's table of the file-to-file job."""
    case = stored.get("batch_20m")
    if case is None:
        return _NOTHING
    plain, ours = case["sides"]["plain pyarrow copy"], case["sides"][OURS]
    cells = (
        case["title"],
        seconds(plain["until closed"]["median"]),
        seconds(ours["process_wall"]["median"]),
        number(ours["peak_bytes"], "bytes"),
    )
    header = "what | plain pyarrow copy of the result | smotefast | its peak memory"
    return _table(header, [f"| {' | '.join(cells)} |"])


def targets(stored: Stored) -> str:
    """Hold every measured number against its target."""
    lines = []
    for case in stored.values():
        for one in case["claims"]:
            bound = "at most" if one["at_most"] else "at least"
            target = f"{bound} {number(one['target'], one['unit'])}"
            verdict = "yes" if one["holds"] else "**no**"
            measured = number(one["measured"], one["unit"])
            lines.append(
                f"| {case['title']} | {one['what']} | {target} | {measured} | {verdict} |"
            )
    return _table("case | what | target | measured | reached", lines)


def details(stored: Stored) -> str:
    """Give each case a section: every side, the memory, the notes, the command."""
    parts = [_section(case) for case in stored.values()]
    return "\n\n".join(parts) if parts else _NOTHING


def first_calls(stored: Stored) -> str:
    """Say what the first call on a machine costs."""
    case = stored.get("cold_start")
    if case is None:
        return _NOTHING
    lines = [
        f"| {name} | {_spread(side['first_call'])} |" for name, side in case["sides"].items()
    ]
    return _table("first call, nothing compiled yet | seconds", lines)


def machines(stored: Stored) -> str:
    """Describe the machine or machines that the numbers come from."""
    texts: dict[str, list[str]] = {}
    for case in stored.values():
        machine = case["machine"]
        packages = ", ".join(
            f"{name} {version}" for name, version in machine["packages"].items()
        )
        text = (
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']:.0f} GiB, "
            f"{machine['system']} {machine['architecture']}, Python {machine['python']}; "
            f"{packages}."
        )
        texts.setdefault(text, []).append(case["case"])
    if len(texts) == 1:
        return next(iter(texts))
    return (
        "\n".join(f"- {', '.join(f'`{n}`' for n in names)}: {t}" for t, names in texts.items())
        or _NOTHING
    )


def _section(case: dict[str, Any]) -> str:
    lines = [f"### {case['title']}", "", f"`python -m benchmarks.run {case['case']}`"]
    lines += [f"({case['date']}; load before: {case['load_before']})", ""]
    rows = []
    for name, side in case["sides"].items():
        cells = [_spread(value) for value in _times(side)]
        peak = side.get("peak_bytes")
        cells.append(number(peak, "bytes") if peak else "")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    lines.append(
        _table("side | first call | later calls | whole process | its CPU | peak memory", rows)
    )
    if case["data"]:
        lines += [
            "",
            "Data: " + ", ".join(_datum(*item) for item in case["data"].items()) + ".",
        ]
    lines += [f"\n{note}" for note in case["notes"]]
    return "\n".join(lines)


def _times(side: dict[str, Any]) -> list[dict[str, Any] | None]:
    names = ("first_call", "later_calls", "process_wall", "process_cpu")
    return [side.get(name) for name in names]


def _spread(times: dict[str, Any] | None) -> str:
    """Write a median, with minimum and maximum where there are more than one."""
    if not times:
        return ""
    median = seconds(times["median"])
    if times["n"] == 1:
        return median
    return (
        f"{median} ({seconds(times['minimum'])} to {seconds(times['maximum'])}, n={times['n']})"
    )


def _shown(side: dict[str, Any] | None) -> float | None:
    """Return the seconds that stand for a side: later calls if there were any."""
    if side is None:
        return None
    found = side.get("later_calls") or side.get("first_call") or side["process_wall"]
    return float(found["median"])


def _datum(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if name.endswith("bytes") or "bytes_" in name:
        return f"{words.replace(' bytes', '')} {number(value, 'bytes')}"
    return f"{words} {value:,}" if isinstance(value, int) else f"{words} {json.dumps(value)}"


def _table(header: str, lines: list[str]) -> str:
    if not lines:
        return _NOTHING
    return "\n".join([f"| {header} |", "|" + " --- |" * (header.count("|") + 1), *lines])
