"""Markdown tables of stored measurements."""

from __future__ import annotations

from typing import Any

from benchmarks.cells import NOTHING, number, seconds, spread, table
from benchmarks.programs import OURS, THEIRS
from benchmarks.sections import section

Stored = dict[str, dict[str, Any]]


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
    return table("what | imbalanced-learn | smotefast | faster", lines)


def batch(stored: Stored) -> str:
    """Make the README's table of the file-to-file job."""
    case = stored.get("batch_20m")
    if case is None:
        return NOTHING
    plain, ours = case["sides"]["plain pyarrow copy"], case["sides"][OURS]
    cells = (
        case["title"],
        seconds(plain["until closed"]["median"]),
        seconds(ours["process_wall"]["median"]),
        number(ours["peak_bytes"], "bytes"),
    )
    header = "what | plain pyarrow copy of the result | smotefast | its peak memory"
    return table(header, [f"| {' | '.join(cells)} |"])


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
    return table("case | what | target | measured | reached", lines)


def details(stored: Stored) -> str:
    """Give each case a section: every side, the memory, the notes, the command."""
    parts = [section(case) for case in stored.values()]
    return "\n\n".join(parts) if parts else NOTHING


def first_calls(stored: Stored) -> str:
    """Say what the first call on a machine costs."""
    case = stored.get("cold_start")
    if case is None:
        return NOTHING
    lines = [
        f"| {name} | {spread(side['first_call'])} |" for name, side in case["sides"].items()
    ]
    return table("first call, nothing compiled yet | seconds", lines)


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
        or NOTHING
    )


def _shown(side: dict[str, Any] | None) -> float | None:
    """Return the seconds that stand for a side: later calls if there were any."""
    if side is None:
        return None
    found = side.get("later_calls") or side.get("first_call") or side["process_wall"]
    return float(found["median"])
