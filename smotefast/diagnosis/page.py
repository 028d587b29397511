"""A diagnosis as a self-contained HTML page with pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from smotefast._messages import short_label
from smotefast.diagnosis.pictures import Distribution, RowMap
from smotefast.diagnosis.report import KINDS, Diagnosis, Point
from smotefast.diagnosis.text import (
    BEFORE_COMPARING,
    HEADS,
    NO_POINTS,
    class_cells,
    legend,
    next_step,
    shown_classes,
    step_words,
    summary,
)
from smotefast.report.charts import Bar, Chart, key_of, rows_chart
from smotefast.report.html_page import html_figure, html_fragment, html_page, html_table

_TITLE = "Diagnosis before resampling"
# Colors of noise, danger and safe rows, as indices into those of the page.
_COLORS = (5, 4, 0)
_LONGEST_LABEL = 24


def to_html_page(diagnosis: Diagnosis) -> str:
    """Return the report as a complete HTML page."""
    return html_page(_TITLE, to_html_fragment(diagnosis))


def to_html_fragment(diagnosis: Diagnosis) -> str:
    """Return the content of the page and its style, for notebooks."""
    return html_fragment(
        [
            f"<h1>{_TITLE}</h1>",
            f"<p>{escape(summary(diagnosis))}</p>",
            *_classes(diagnosis),
            *_points(diagnosis.points),
            *_guide(diagnosis),
            *_map(diagnosis.pictures.rows),
            *_distributions(diagnosis.pictures.columns),
        ]
    )


def _classes(diagnosis: Diagnosis) -> Iterator[str]:
    shown, rest = shown_classes(diagnosis.classes)
    yield "<h2>Classes</h2>"
    bars = [Bar(short_label(item.label, _LONGEST_LABEL), item.n_rows) for item in shown]
    chart = rows_chart("Rows of each class", "rows", bars, is_interval=False)
    yield f'<div class="wide">{chart}</div>'
    yield from html_table(HEADS, ([(cell, "") for cell in class_cells(item)] for item in shown))
    if rest:
        yield f"<p>{rest}.</p>"
    yield f'<p class="how">{escape(legend(diagnosis))}</p>'


def _points(points: Sequence[Point]) -> Iterator[str]:
    yield "<h2>Points</h2>"
    if not points:
        yield f"<p>None: {NO_POINTS}</p>"
    for point in points:
        level = escape(point.level)
        yield (
            f'<div class="point {level}">\n'
            f'<p><span class="level">{level}</span> <code>{escape(point.name)}</code></p>\n'
            f"<p>{escape(point.text)}</p>\n<p><em>{escape(point.advice)}</em></p>\n"
            f"<pre>{escape(point.code)}</pre>\n</div>"
        )


def _guide(diagnosis: Diagnosis) -> Iterator[str]:
    yield "<h2>Decision guide</h2>\n<ul>"
    for step in diagnosis.guide:
        yield f"<li><strong>{escape(step.question)}</strong> {escape(step_words(step))}</li>"
    yield "</ul>"
    names = escape(", ".join(diagnosis.candidates))
    last = f"{BEFORE_COMPARING} {next_step(diagnosis)}"
    yield f"<p>Candidates: <strong>{names}</strong>. {last}</p>"


def _map(rows: RowMap | None) -> Iterator[str]:
    if rows is None:
        return
    (left, bottom), (right, top) = rows.points.min(axis=0), rows.points.max(axis=0)
    chart = Chart("Searched rows", (left, right), (bottom, top), width=760, height=480)
    chart.x_axis("first principal component")
    chart.y_axis("second principal component")
    for is_largest, radius in ((True, 2.0), (False, 4.0)):
        for kind in reversed(range(len(KINDS))):
            drawn = (rows.kinds == kind) & (rows.is_largest == is_largest)
            chart.dots(rows.points[drawn].tolist(), _COLORS[kind], radius)
    yield "<h2>Map of the searched rows</h2>"
    caption = (
        "Small dots are rows of the largest class. Neighbors were searched for in all columns, "
        "not in this picture."
    )
    yield html_figure(chart.svg(), caption, key_of(KINDS, _COLORS))


def _distributions(columns: Sequence[Distribution]) -> Iterator[str]:
    if not columns:
        return
    yield "<h2>Columns that the points name</h2>"
    yield '<p class="how">Share of the sampled rows of each class.</p>'
    yield key_of([short_label(label, _LONGEST_LABEL) for label in columns[0].shares])
    yield '<div class="charts">'
    yield from map(_distribution, columns)
    yield "</div>"


def _distribution(column: Distribution) -> str:
    name = short_label(column.column, 60)
    highest = max((share for shares in column.shares.values() for share in shares), default=1)
    ticks = column.ticks
    categories = [short_label(tick, 10) for tick in ticks if isinstance(tick, str)]
    edges = [float(tick) for tick in ticks if not isinstance(tick, str)]
    x = (-0.5, len(categories) - 0.5) if categories else (edges[0], edges[-1])
    chart = Chart(name, x, (0.0, highest or 1.0), height=220)
    chart.y_axis("share")
    chart.x_axis("", dict(enumerate(categories)) or None)
    for color, shares in enumerate(column.shares.values()):
        if categories:
            chart.dots([(float(i), share) for i, share in enumerate(shares)], color, 5.0)
        else:
            steps = zip(edges[:-1], edges[1:], shares, strict=True)
            line = [(edge, share) for low, high, share in steps for edge in (low, high)]
            chart.line(line, color, dots=False)
    return html_figure(chart.svg(), name)
