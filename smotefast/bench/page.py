"""A run as a self-contained HTML page: tables, bars, and log-log charts of a scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from smotefast.bench.measure import call_seconds
from smotefast.bench.text import (
    case_table,
    end_text,
    machine_text,
    sizes_left_out,
    slope_rows,
)
from smotefast.report.charts import Bar, Chart, key_of, log_ticks, rows_chart
from smotefast.report.html_page import html_figure, html_fragment, html_page, html_table

_MARGIN = 0.1
_WORDS = {"seconds": "seconds", "bytes": "memory, MB"}
_UNITS = {"seconds": 1.0, "bytes": 1e6}


def to_html_page(run: Mapping[str, Any]) -> str:
    """Return a run as a complete HTML page."""
    title = f"Benchmark: {run['kind']}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(run['date'])}; {escape(machine_text(run['machine']))}; load average "
        f"before: {run['load_before']:g}.</p>",
        f'<p class="how">{escape(_method(run))}</p>',
        *_stopped(run),
        *_slopes(run),
        *_cases(run),
        *_left_out(run),
    ]
    return html_page(title, html_fragment(parts))


def _method(run: Mapping[str, Any]) -> str:
    processes = "calls in one process" if run["in_process"] else "fresh processes in turn"
    return (
        f"{run['rounds']} rounds of {processes}, {run['later']} later calls in each. Cells are "
        "the median, with the smallest and the largest value; speed is the ratio of medians to "
        f"{run['base']}."
    )


def _stopped(run: Mapping[str, Any]) -> Iterator[str]:
    if end := end_text(run, "below"):
        yield f'<p class="warning">{escape(end)}</p>'


def _cases(run: Mapping[str, Any]) -> Iterator[str]:
    for case in run["cases"]:
        yield f"<h2>{escape(case['name'])}</h2>"
        yield f'<p class="how">{escape(_sizes(case["sizes"]))}</p>'
        head, *rows = case_table(run, case)
        yield from html_table(head, ([(cell, "") for cell in row] for row in rows))
        if run["kind"] != "scale":
            yield from _bars(case, run["kind"])


def _sizes(sizes: Mapping[str, Any]) -> str:
    """Write the sizes of a data set."""
    classes = " : ".join(f"{n:,}" for n in sizes["class_sizes"])
    text = f"{sizes['rows']:,} rows, {sizes['features']} columns, class sizes {classes}"
    return "; ".join(filter(None, [text, sizes_left_out(sizes)]))


def _bars(case: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Draw what the kind of run is about, a bar for each contender."""
    is_memory = kind == "memory"
    bars = []
    for each in case["contenders"]:
        memory = each.get("added_bytes") or each.get("peak_bytes")
        value = call_seconds(each) if not is_memory else memory and memory["median"] / 1e6
        if value:
            bars.append(Bar(each["name"], value))
    if bars:
        axis = "memory, MB" if is_memory else "seconds of a call, median"
        chart = rows_chart(f"{axis}: {case['name']}", axis, bars, is_interval=False)
        yield f'<div class="wide">{chart}</div>'


def _slopes(run: Mapping[str, Any]) -> Iterator[str]:
    """Draw seconds and memory against each axis, and list the slopes."""
    if not run.get("slopes"):
        return
    yield "<h2>Slopes on log-log axes</h2>"
    head, *rows = slope_rows(run)
    yield from html_table(head, ([(cell, "") for cell in row] for row in rows), n_texts=2)
    yield '<div class="charts">'
    for axis in dict.fromkeys(each["axis"] for each in run["slopes"]):
        lines = [each for each in run["slopes"] if each["axis"] == axis]
        for quantity, words in _WORDS.items():
            yield _log_chart(axis, words, quantity, lines)
    yield "</div>"


def _log_chart(axis: str, words: str, quantity: str, lines: Sequence[Mapping[str, Any]]) -> str:
    """Return a chart with a line for each contender; nothing without positive values."""
    drawn = {
        each["contender"]: [
            (math.log10(x), math.log10(y / _UNITS[quantity]))
            for x, y in each[quantity]["points"]
            if x > 0 and y > 0
        ]
        for each in lines
    }
    drawn = {name: points for name, points in drawn.items() if len(points) > 1}
    if not drawn:
        return ""
    ends = [_ends([point[i] for points in drawn.values() for point in points]) for i in (0, 1)]
    chart = Chart(f"{words} against {axis}", ends[0], ends[1])
    low, high = ends[0]
    chart.x_axis(axis, log_ticks(low, high - _MARGIN * (high - low) / 2))  # no text is cut off
    chart.y_axis(words, log_ticks(*ends[1]))
    for color, points in enumerate(drawn.values()):
        chart.line(points, color, dots=True)
    return html_figure(chart.svg(), f"{words} against {axis}", key_of(list(drawn)))


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = max(_MARGIN, _MARGIN * (high - low))
    return low - margin, high + margin


def _left_out(run: Mapping[str, Any]) -> Iterator[str]:
    if run["left_out"]:
        texts = (f"{name} ({why})" for name, why in run["left_out"].items())
        yield f"<p>Left out: {escape(', '.join(texts))}.</p>"
