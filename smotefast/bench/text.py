"""Runs and differences as text: units, tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smotefast.bench.differences import FEWEST, QUANTITIES, Difference

Cells = list[str]


def seconds_text(value: float) -> str:
    """Write a time in s or ms with three digits.

    Examples
    --------
    >>> seconds_text(0.0123), seconds_text(1.5), seconds_text(1234.0)
    ('12.3 ms', '1.5 s', '1,234 s')
    """
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:,.0f} s" if value >= 100 else f"{value:.3g} s"


def bytes_text(value: float) -> str:
    """Write a size in MB or GB.

    Examples
    --------
    >>> bytes_text(12_300_000), bytes_text(2_500_000_000)
    ('12 MB', '2.50 GB')
    """
    return f"{value / 1e6:,.0f} MB" if value < 1e9 else f"{value / 1e9:.2f} GB"


def spread_text(values: Mapping[str, Any] | None, quantity: str) -> str:
    """Write a median, with the smallest and the largest value if there are several."""
    if values is None:
        return ""
    write = bytes_text if quantity.endswith("bytes") else seconds_text
    if values["n"] == 1:
        return write(values["median"])
    return f"{write(values['median'])} ({write(values['minimum'])}-{write(values['maximum'])})"


def machine_text(machine: Mapping[str, Any]) -> str:
    """Write a machine and the versions of its packages in a line."""
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']:.0f} GiB, "
        f"{machine['system']} {machine['architecture']}, Python {machine['python']}; {packages}"
    )


# The columns of each kind of run.
_COLUMNS = {
    "speed": ("first_call", "later_calls", "process_wall"),
    "memory": ("peak_bytes", "added_bytes"),
    "scale": ("later_calls", "added_bytes"),
}


def columns_of(run: Mapping[str, Any]) -> list[str]:
    """Return the quantities of a run's table: those of its kind that were measured."""
    measured = [each for case in run["cases"] for each in case["contenders"]]
    names = [name for name in _COLUMNS[run["kind"]] if any(one.get(name) for one in measured)]
    return names or ["first_call"]


def case_table(run: Mapping[str, Any], case: Mapping[str, Any]) -> list[Cells]:
    """Return the cells of the table of a case, its head first.

    Speeds are left out of runs about memory, which have a single call.
    """
    quantities, has_speed = columns_of(run), run["kind"] != "memory"
    speed = [f"speed to {run['base']}"] if has_speed else []
    rows = [["contender", *(QUANTITIES[name] for name in quantities), *speed]]
    for each in case["contenders"]:
        if why := cut_short_text(each):
            rows.append([each["name"], why, *[""] * (len(rows[0]) - 2)])
            continue
        ratio = each["times_as_fast"]
        cells = [spread_text(each.get(name), name) for name in quantities]
        cells += ["" if ratio is None else f"{ratio:.3g}x"] if has_speed else []
        rows.append([each["name"], *cells])
    return rows


def cut_short_text(contender: Mapping[str, Any]) -> str:
    """Write why a contender has no numbers; nothing if it has."""
    if "refused" in contender:
        return f"refused: {contender['refused']}"
    if "stopped" in contender:
        return f"stopped after {contender['stopped']:g} s"
    return ""


def sizes_left_out(sizes: Mapping[str, Any]) -> str:
    """Write how many columns and rows of a file are not measured; nothing if all are."""
    counts = {noun: sizes.get(f"{noun}s_left_out") for noun in ("column", "row")}
    shown = [f"{n:,} {noun}{'s' * (n > 1)} left out" for noun, n in counts.items() if n]
    return "; ".join(shown)


def run_text(run: Mapping[str, Any]) -> str:
    """Return a run as text: machine, a table for each case, slopes, what was left out."""
    load = f"load average before: {run['load_before']:g}"
    lines = [machine_text(run["machine"]), load, ""]
    for case in run["cases"]:
        sizes = filter(None, [sizes_left_out(case["sizes"])])
        lines += [case["name"], *sizes, *_aligned(case_table(run, case)), ""]
    if run.get("slopes"):
        lines += ["Slopes on log-log axes", *_aligned(slope_rows(run)), ""]
    lines += [f"left out: {name}: {why}" for name, why in run["left_out"].items()]
    lines += [end] if (end := end_text(run, "above")) else []
    return "\n".join(lines).rstrip()


def end_text(run: Mapping[str, Any], where: str) -> str:
    """Write what ended a run early; nothing if it is whole. ``where`` its cases are."""
    if run["stopped"]:
        signal = run.get("stopped_by") or "SIGINT"
        by = "Ctrl-C" if signal == "SIGINT" else signal
        return f"Stopped by {by}: the cases {where} are complete."
    if run.get("error"):
        return f"The cases {where} are complete; an error ended the run: {run['error']}"
    return ""


def slope_rows(run: Mapping[str, Any]) -> list[Cells]:
    """Return the cells of the table of slopes, its head first."""
    rows = [["contender", "axis", "from", "to", "seconds", "memory"]]
    for each in run["slopes"]:
        points = each["seconds"]["points"]
        ends = [f"{points[i][0]:,}" for i in (0, -1)]
        found = [each[name]["slope"] for name in ("seconds", "bytes")]
        slopes = ["" if slope is None else f"{slope:.2f}" for slope in found]
        rows.append([each["contender"], each["axis"], *ends, *slopes])
    return rows


def differences_text(
    differences: Sequence[Difference],
    all_rows: bool = False,
    changed: Mapping[str, str] | None = None,
) -> str:
    """Return the differences as a table, and a sentence that counts them.

    Rows without a change are left out unless ``all_rows``. ``changed`` has the cases that were
    not compared, with what differs in their data.
    """
    shown = [each for each in differences if all_rows or each.verdict not in _QUIET]
    rows = [["", "old", "new", "ratio", "verdict"]]
    for each in shown:
        name = f"{each.case}, {each.contender}, {QUANTITIES[each.quantity]}"
        old, new = (spread_text(values, each.quantity) for values in (each.old, each.new))
        ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
        rows.append([name, old, new, ratio, each.verdict])
    counts = {
        verdict: n
        for verdict in ("worse", "better", "no change", "too few runs", "not measured now")
        if (n := sum(each.verdict == verdict for each in differences))
    }
    total = ", ".join(f"{n} {verdict}" for verdict, n in counts.items())
    table = [*_aligned(rows), ""] if shown else []
    left_out = (
        f"not compared, because the data changed: {name}: {what}"
        for name, what in (changed or {}).items()
    )
    total = f"{len(differences)} measurements: {total}."
    if "too few runs" in counts:
        total += f" Both runs need {FEWEST} processes to tell a change from noise: --rounds."
    return "\n".join([*table, *left_out, total])


_QUIET = ("no change", "too few runs")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines; the first column to the left, the others to the right."""
    short = [row for row in rows if not _is_message(row)]
    widths = [max(len(row[i]) for row in short) for i in range(len(rows[0]))]
    widths[0] = max(widths[0], *(len(row[0]) for row in rows))
    return [
        f"  {row[0]:<{widths[0]}}  {row[1]}"
        if _is_message(row)
        else ("  " + f"{row[0]:<{widths[0]}}" + "".join(
            f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)
        )).rstrip()
        for row in rows
    ]  # fmt: skip


def _is_message(row: Sequence[str]) -> bool:
    return row[1].startswith(("refused: ", "stopped after "))
