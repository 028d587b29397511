"""Markdown tables of stored measurements."""

from __future__ import annotations

from typing import Any

from benchmarks.cells import NOTHING, not_timed, number, seconds, spread, table
from benchmarks.programs import OURS, THEIRS
from benchmarks.sections import section

Stored = dict[str, dict[str, Any]]
# At most eight rows; docs/benchmarks.md has all of them.
README_CASES = (
    "smote_300k",
    "smote_300k_exact",
    "smote_300k_process",
    "small_10k",
    "smote_nc_55k",
    "svm_smote_10k",
    "smote_enn_55k",
    "edited_500k",
)


def selected(stored: Stored) -> str:
    """Make the README's table: the rows of ``summary`` for a few cases."""
    return summary({name: stored[name] for name in README_CASES if name in stored})


def summary(stored: Stored) -> str:
    """Make a table of every comparison: the times of both libraries and the speedup."""
    lines = []
    for case in stored.values():
        ours, theirs = (case["sides"].get(side) for side in (OURS, THEIRS))
        speed = _speed(case)
        if ours is None or theirs is None:
            continue
        if speed is not None or not_timed(theirs):
            shown = (_their_time(theirs, ours, speed), seconds(_shown(ours)), _times(speed))
            lines.append(f"| {case['title']} | {' | '.join(shown)} |")
    return table("case | imbalanced-learn | smotefast | speedup", lines)


def _speed(case: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first speed that has a target, or else the one without."""
    found = (one for one in case["claims"] if one["unit"] == "x")
    return next(found, case.get("speed"))


def _times(speed: dict[str, Any] | None) -> str:
    if speed is None:
        return ""
    least = "more than " if speed.get("is_least") else ""
    return least + number(speed["measured"], "x")


def _their_time(
    theirs: dict[str, Any], ours: dict[str, Any], speed: dict[str, Any] | None
) -> str:
    """Write a time that was measured, scaled to this size, or what there is instead."""
    if cut_short := not_timed(theirs):
        return cut_short
    if speed and speed.get("what", "").endswith("scaled"):
        return f"about {seconds(speed['measured'] * _shown(ours))}"
    return seconds(_shown(theirs))


def batch(stored: Stored) -> str:
    """Make the README's table of the file-to-file job: time and peak memory."""
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
    header = "case | pyarrow copy of the result | smotefast | peak memory of smotefast"
    return table(header, [f"| {' | '.join(cells)} |"])


def targets(stored: Stored) -> str:
    """Compare every measured number with its target."""
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
    return table("case | quantity | target | measured | met", lines)


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
    return table("first call with an empty compilation cache | time", lines)


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


def _shown(side: dict[str, Any]) -> float:
    """Return the seconds that stand for a side: later calls if there were any."""
    found = side.get("later_calls") or side.get("first_call") or side["process_wall"]
    return float(found["median"])
