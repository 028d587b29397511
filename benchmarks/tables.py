"""Markdown tables of stored cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.measure import EXACT, OURS, THEIRS, Found, Stored
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


def markdown(rows: Sequence[dict[str, str]]) -> str:
    """Write rows as a table, without columns that are empty in all of them."""
    names = dict.fromkeys(name for row in rows for name in row)
    head = [name for name in names if any(row.get(name) for row in rows)]
    lines = [head, ["---"] * len(head), *([row.get(name, "") for name in head] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines if line)


def spread(times: Found | None) -> str:
    """Write a median, with minimum and maximum where they are known of more than one."""
    if not times or times["n"] == 1 or "minimum" not in times:
        return _median(times)
    ends = f"{seconds(times['minimum'])} to {seconds(times['maximum'])}"
    return f"{_median(times)} ({ends}, n={times['n']})"


def shown_times(side: Found) -> Found | None:
    """Return the times that stand for a side: later calls if there were any."""
    return side.get("later_calls") or side.get("first_call") or side.get("process_wall")


def not_timed(side: Found) -> str:
    """Write what stands in place of the time of a side; nothing if it has one."""
    if "stopped" in side:
        return f"stopped after {side['stopped']:.0f} s"
    if "refused" in side:
        return "refused: " + side["refused"].replace("|", "\\|").replace("\n", " ")
    return ""


def speed_of(case: Found) -> str:
    """Write how many times as fast as imbalanced-learn we are, if both were measured."""
    ours, theirs = (case["sides"].get(of, {}) for of in (OURS, THEIRS))
    times, their_times = shown_times(ours), shown_times(theirs)
    if not times or not (their_times or "stopped" in theirs):
        return ""
    ratio = (their_times["median"] if their_times else theirs["stopped"]) / times["median"]
    text = f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.2g}x"
    return text if their_times else f"more than {text}"


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


def _row(case: Found) -> dict[str, str]:
    """Return the cells of a case, the sides beside each other."""
    data, known = case["data"], case["sides"]
    sides = [known[of] for of in _SIDES if of in known]
    size = f"{data['rows']:,} x {data['features']}" if "features" in data else ""
    known_sizes = (data.get(of, 0) for of in ("input_bytes", "result_bytes"))
    sizes = [bytes_text(size) for size in known_sizes if size >= 1e6]

    def texts(write: Callable[[Found], str]) -> list[str]:
        return [text for side in sides if (text := write(side))]

    def once(write: Callable[[Found], str]) -> str:
        return " / ".join(dict.fromkeys(texts(write)))

    row = {
        "case": case["title"],
        "rows x columns": size,
        "class sizes": class_sizes(data.get("before")),
        "class sizes after": once(lambda side: class_sizes(side.get("counts"))),
        "synthetic samples": once(lambda s: f"{s['new_rows']:,}" if "new_rows" in s else ""),
        "input, result": ", ".join(sizes),
    }
    for name in _SIDES:
        side = known.get(name, {})
        row[name] = not_timed(side) or spread(shown_times(side))
    row["speedup"] = speed_of(case)
    for of, title in _TIMES.items():
        is_shown = of == "later_calls" or all(shown_times(s) == s.get(of) for s in sides)
        row[title] = "" if is_shown else ", ".join(texts(lambda s, of=of: _median(s.get(of))))
    row["peak memory"] = ", ".join(texts(_peak))
    row |= {title: once(lambda s, of=of: _share(s.get(of))) for of, title in _SHARES.items()}
    name = f"`{case['name']}`" if case["name"] != case["title"] else ""
    return row | {"search": once(search_of), "measured": _measured(case), "name": name}


def _measured(case: Found) -> str:
    load = f", load {case['load_before']}" if "load_before" in case else ""
    return f"{case['date']}{load}" if "date" in case else ""


def _median(times: Found | None) -> str:
    return seconds(times["median"]) if times else ""


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2%}"


def _peak(side: Found) -> str:
    return bytes_text(side["peak_bytes"]["maximum"]) if side.get("peak_bytes") else ""


def cases(stored: Stored) -> str:
    """Write the cases of a group: a table, tables of those with other sides, and notes."""
    has_others = {case["name"]: not {*case["sides"]} <= {*_SIDES} for case in stored}
    parts = [markdown([_row(case) for case in stored if not has_others[case["name"]]])]
    for case in stored:
        if has_others[case["name"]]:
            parts.append(f"{case['title']} (`{case['name']}`; {_measured(case)}):")
            parts.append(markdown([_by_side(*side) for side in case["sides"].items()]))
    notes: dict[str, list[str]] = {}
    for case in stored:
        for note in case["notes"]:
            notes.setdefault(note, []).append(f"`{case['name']}`")
    parts.append("\n".join(f"- {', '.join(names)}: {note}" for note, names in notes.items()))
    return "\n\n".join(part for part in parts if part)


def _by_side(name: str, side: Found) -> dict[str, str]:
    times = {title: spread(side.get(of)) for of, title in _TIMES.items()}
    shares = {title: _share(side.get(of)) for of, title in _SHARES.items()}
    return {
        "run": name,
        **times,
        "peak memory": _peak(side),
        "search": search_of(side),
        **shares,
    }


def searches(stored: Stored) -> str:
    """Write the seconds of each library beside each other, with the recall in brackets."""

    def cell(side: Found) -> str:
        recall = f" ({side['recall']:.3f})" if "recall" in side else ""
        return f"{_median(side['first_call'])}{recall}"

    names = dict.fromkeys(name for case in stored for name in case["sides"])
    ours_first = sorted(names, key=lambda name: not name.startswith(OURS))
    rows = []
    for case in stored:
        found = {name: cell(side) for name, side in case["sides"].items()}
        rows.append({"data": case["title"]} | {of: found.get(of, "") for of in ours_first})
    return markdown(rows)


def summary(stored: Stored) -> str:
    """Make a table of every comparison: the times of both libraries and the speedup."""
    rows = []
    for case in stored:
        if {OURS, THEIRS} <= case["sides"].keys():
            ours, theirs = (case["sides"][side] for side in (OURS, THEIRS))
            their_time = not_timed(theirs) or _median(shown_times(theirs))
            row = {"case": case["title"], THEIRS: their_time, OURS: _median(shown_times(ours))}
            rows.append(row | {"speedup": speed_of(case)})
    return markdown([row for row in rows if row["speedup"] or "refused" in row[THEIRS]])


def batch(case: Found) -> str:
    """Make the README's table of the job from file to file: time and peak memory."""
    ours, (copy,) = case["sides"][OURS], (s for n, s in case["sides"].items() if n != OURS)
    row = {
        "case": case["title"],
        "pyarrow copy of the result": _median(copy["first_call"]),
        OURS: _median(ours["process_wall"]),
        f"peak memory of {OURS}": _peak(ours),
    }
    return markdown([row])


def machines(groups: dict[str, Stored]) -> str:
    """Describe the machines that the numbers come from, with the groups of each."""
    texts: dict[str, dict[str, None]] = {}
    for group, stored in groups.items():
        for case in stored:
            if "machine" in case:
                texts.setdefault(f"{machine_text(case['machine'])}.", {})[f"`{group}`"] = None
    return "\n".join(f"- {', '.join(names)}: {text}" for text, names in texts.items())
