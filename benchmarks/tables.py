"""Markdown tables of stored cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.libraries import EXACT, OURS, THEIRS
from benchmarks.store import Stored
from smotefast.bench.text import bytes_text, machine_text
from smotefast.bench.text import seconds_text as seconds

_SIDES = (OURS, EXACT, THEIRS)
_TIMES = {
    "first_call": "first call",
    "later_calls": "later calls",
    "process_wall": "whole process",
    "process_cpu": "CPU time",
}
_SHARES = {
    "decisions_equal": "same decisions",
    "rows_equal": "identical rows",
    "outputs_equal": "same output",
}
Found = dict[str, Any]


def markdown(rows: Sequence[dict[str, str]]) -> str:
    """Write rows as a table, without columns that are empty in all of them."""
    names = dict.fromkeys(name for row in rows for name in row)
    head = [name for name in names if any(row.get(name) for row in rows)]
    lines = [head, ["---"] * len(head), *([row.get(name, "") for name in head] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines if line)


def number(value: float, unit: str = "") -> str:
    """Write a number with its unit as people read it."""
    if unit == "bytes":
        return bytes_text(value)
    if unit == "s":
        return seconds(value)
    if unit == "x":
        return f"{value:.0f}x" if value >= 10 else f"{value:.2g}x"
    return f"{value:.4g}"


def spread(times: Found | None) -> str:
    """Write a median, with minimum and maximum where they are known of more than one."""
    if not times:
        return ""
    median = seconds(times["median"])
    if times["n"] == 1 or "minimum" not in times:
        return median
    ends = f"{seconds(times['minimum'])} to {seconds(times['maximum'])}"
    return f"{median} ({ends}, n={times['n']})"


def shown_times(side: Found) -> Found | None:
    """Return the times that stand for a side: later calls if there were any."""
    found = side.get("later_calls") or side.get("first_call") or side.get("process_wall")
    return found if found is None else dict(found)


def not_timed(side: Found) -> str:
    """Write what stands in place of the time of a side; nothing if it has one."""
    if "stopped" in side:
        return f"stopped after {side['stopped']:.0f} s"
    if "refused" in side:
        return "refused: " + side["refused"].replace("|", "\\|").replace("\n", " ")
    return ""


def speed_of(case: Found) -> str:
    """Write how many times as fast as imbalanced-learn we are: the first claim, or a ratio."""
    claims = [claim for claim in case["claims"] if claim["unit"] == "x"]
    if claims:
        return number(claims[0]["measured"], "x")
    ours, theirs = (case["sides"].get(of, {}) for of in (OURS, THEIRS))
    times = shown_times(ours)
    if times is None or "refused" in theirs or not theirs:
        return ""
    if "stopped" in theirs:
        return f"more than {number(theirs['stopped'] / times['median'], 'x')}"
    return number((shown_times(theirs) or {})["median"] / times["median"], "x")


def class_sizes(counts: dict[str, int] | None) -> str:
    """Write the sizes of up to three classes, or of the largest and the smallest of many."""
    if not counts:
        return ""
    if len(counts) <= 3:
        return " : ".join(f"{n:,}" for _, n in sorted(counts.items()))
    return f"{len(counts)} classes, {max(counts.values()):,} : {min(counts.values()):,}"


def search_of(side: Found) -> str:
    """Write how a side searched, and how far that can be relied on."""
    text = side.get("search") or ""
    if side.get("recall") is not None:
        text += f", recall {side['recall']:.3f}"
    if side.get("disagreement") is not None:
        text += f", disagreement {side['disagreement']:.2%}"
    return text


def each_side(sides: Sequence[Found], write: Callable[[Found], str], *, once: bool) -> str:
    """Write something of each side in the order of the columns, or once what is equal."""
    texts = [text for side in sides if (text := write(side))]
    return " / ".join(dict.fromkeys(texts)) if once else ", ".join(texts)


def _row(case: Found) -> dict[str, str]:
    """Return the cells of a case, the sides beside each other."""
    data = case["data"]
    sides = [case["sides"][of] for of in _SIDES if of in case["sides"]]
    size = f"{data['rows']:,} x {data['features']}" if "features" in data else ""
    sizes = [number(data[of], "bytes") for of in ("input_bytes", "result_bytes") if of in data]
    row = {
        "case": case["title"],
        "rows x columns": size,
        "class sizes": class_sizes(data.get("before")),
        "class sizes after": each_side(sides, _sizes_after, once=True),
        "synthetic samples": each_side(sides, _new_rows, once=True),
        "input, result": ", ".join(sizes),
    }
    for name in _SIDES:
        side = case["sides"].get(name, {})
        row[name] = not_timed(side) or spread(shown_times(side))
    row["speedup"] = speed_of(case)
    for name, title in _TIMES.items():
        is_shown = name == "later_calls" or all(shown_times(s) == s.get(name) for s in sides)
        texts = each_side(sides, lambda s, n=name: _median(s.get(n)), once=False)
        row[title] = "" if is_shown else texts
    row["peak memory"] = each_side(sides, _peak, once=False)
    for name, title in _SHARES.items():
        row[title] = each_side(sides, lambda s, n=name: _share(s.get(n)), once=True)
    row["search"] = each_side(sides, search_of, once=True)
    name = f"`{case['name']}`" if case["name"] != case["title"] else ""
    return row | {"measured": _measured(case), "name": name}


def _measured(case: Found) -> str:
    load = f", load {case['load_before']}" if "load_before" in case else ""
    return f"{case['date']}{load}" if "date" in case else ""


def _sizes_after(side: Found) -> str:
    return class_sizes(side.get("counts"))


def _new_rows(side: Found) -> str:
    return f"{side['new_rows']:,}" if "new_rows" in side else ""


def _median(times: Found | None) -> str:
    return seconds(times["median"]) if times else ""


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2%}"


def _peak(side: Found) -> str:
    return number(side["peak_bytes"]["maximum"], "bytes") if side.get("peak_bytes") else ""


def cases(stored: Stored) -> str:
    """Write the cases of a group: a table, tables of those with other sides, and notes."""
    parts = [markdown([_row(case) for case in stored if {*case["sides"]} <= {*_SIDES}])]
    for case in stored:
        if not {*case["sides"]} <= {*_SIDES}:
            parts.append(f"{case['title']} (`{case['name']}`; {_measured(case)}):")
            parts.append(markdown([*_by_side(case)]))
    notes: dict[str, list[str]] = {}
    for case in stored:
        for note in case["notes"]:
            notes.setdefault(note, []).append(f"`{case['name']}`")
    parts.append("\n".join(f"- {', '.join(names)}: {note}" for note, names in notes.items()))
    return "\n\n".join(part for part in parts if part)


def _by_side(case: Found) -> Iterator[dict[str, str]]:
    for name, side in case["sides"].items():
        times = {title: spread(side.get(of)) for of, title in _TIMES.items()}
        shares = {title: _share(side.get(of)) for of, title in _SHARES.items()}
        more = {"peak memory": _peak(side), "search": search_of(side)}
        yield {"run": name, **times, **more, **shares}


def searches(stored: Stored) -> str:
    """Write the seconds of each library beside each other, with the recall in brackets."""
    return markdown([_search_row(case) for case in stored])


def _search_row(case: Found) -> dict[str, str]:
    row = {"data": case["title"]}
    for name, side in case["sides"].items():
        recall = f" ({side['recall']:.3f})" if "recall" in side else ""
        row[name] = f"{_median(side['first_call'])}{recall}"
    return row


def summary(stored: Stored) -> str:
    """Make a table of every comparison: the times of both libraries and the speedup."""
    rows = []
    for case in stored:
        ours, theirs = (case["sides"].get(side) for side in (OURS, THEIRS))
        if ours is None or theirs is None:
            continue
        rows.append(
            {
                "case": case["title"],
                THEIRS: _their_time(case, theirs, ours),
                OURS: _median(shown_times(ours)),
                "speedup": speed_of(case),
            }
        )
    return markdown([row for row in rows if row["speedup"] or "refused" in row[THEIRS]])


def _their_time(case: Found, theirs: Found, ours: Found) -> str:
    """Write a time that was measured, scaled to this size, or what there is instead."""
    for claim in case["claims"]:
        if claim["what"] == "speed, scaled":
            return f"about {seconds(claim['measured'] * (shown_times(ours) or {})['median'])}"
    return not_timed(theirs) or _median(shown_times(theirs))


def batch(case: Found) -> str:
    """Make the README's table of the job from file to file: time and peak memory."""
    ours, (copy,) = case["sides"][OURS], (s for n, s in case["sides"].items() if n != OURS)
    return markdown(
        [
            {
                "case": case["title"],
                "pyarrow copy of the result": _median(copy["until_closed"]),
                OURS: _median(ours["process_wall"]),
                f"peak memory of {OURS}": _peak(ours),
            }
        ]
    )


def targets(stored: Stored) -> str:
    """Compare every measured number with its target."""
    return markdown(
        [
            {
                "case": case["title"],
                "quantity": claim["what"],
                "target": f"at {'most' if claim['at_most'] else 'least'} "
                f"{number(claim['target'], claim['unit'])}",
                "measured": number(claim["measured"], claim["unit"]),
                "met": "yes" if claim["holds"] else "**no**",
            }
            for case in stored
            for claim in case["claims"]
        ]
    )


def machines(groups: dict[str, Stored]) -> str:
    """Describe the machines that the numbers come from, with the groups of each."""
    texts: dict[str, dict[str, None]] = {}
    for group, stored in groups.items():
        for case in stored:
            if "machine" in case:
                texts.setdefault(f"{machine_text(case['machine'])}.", {})[f"`{group}`"] = None
    return "\n".join(f"- {', '.join(names)}: {text}" for text, names in texts.items())
