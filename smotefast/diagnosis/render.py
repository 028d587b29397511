"""A diagnosis as text for terminals, as HTML, and as plain Python for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from html import escape
from textwrap import fill
from typing import Any

import numpy as np

from smotefast._messages import short_label
from smotefast.diagnosis.findings import ClassFigures, Findings, Point

WIDTH = 96
HEADS = ("class", "rows", "new rows", "searched", "noise", "danger", "safe", "overlap")
_MOST_CLASSES = 20
_LONGEST_LABEL = 24
_NO_POINTS = "no check found a problem."

_STYLE = """
.smotefast-diagnosis { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif;
  max-width: 60rem; margin: 0 auto; padding: 1rem; color: CanvasText; background: Canvas; }
.smotefast-diagnosis h1 { font-size: 1.4em; margin: 0 0 .3em; }
.smotefast-diagnosis h2 { font-size: 1.1em; margin: 1.6em 0 .4em; }
.smotefast-diagnosis p { margin: .3em 0; overflow-wrap: anywhere; }
.smotefast-diagnosis .how { opacity: .75; font-size: .9em; }
.smotefast-diagnosis .wide { overflow-x: auto; }
.smotefast-diagnosis table { border-collapse: collapse; }
.smotefast-diagnosis th, .smotefast-diagnosis td { text-align: right; padding: .15em .7em;
  border-bottom: 1px solid GrayText; background: none; color: inherit;
  font-variant-numeric: tabular-nums; }
.smotefast-diagnosis th:first-child, .smotefast-diagnosis td:first-child { text-align: left; }
.smotefast-diagnosis .point { border-left: .35em solid GrayText; padding: .1em .9em;
  margin: .8em 0; }
.smotefast-diagnosis .problem { border-color: #d33; }
.smotefast-diagnosis .warning { border-color: #c80; }
.smotefast-diagnosis .level { font-weight: 600; text-transform: uppercase; font-size: .8em; }
.smotefast-diagnosis code { font-size: .95em; }
"""


def to_text(diagnosis: Findings) -> str:
    """Return the report as text, most serious points first."""
    return "\n".join(_text_lines(diagnosis))


def _text_lines(diagnosis: Findings) -> Iterator[str]:
    yield _wrapped(_summary(diagnosis))
    yield ""
    yield from _text_table(diagnosis.classes)
    yield ""
    yield _wrapped(_legend(diagnosis))
    yield ""
    if not diagnosis.points:
        yield f"No points: {_NO_POINTS}"
    for point in diagnosis.points:
        yield from _text_point(point)
    yield ""
    advice = diagnosis.advice
    yield _wrapped(f"Recommended sampler: {advice.sampler or 'none'}. {advice.reason}")
    for name, reason in advice.alternatives:
        yield _wrapped(f"or {name}: {reason}", first="   ", rest="      ")
    yield _wrapped(f"First: {advice.first}")


def _summary(diagnosis: Findings) -> str:
    return (
        f"{diagnosis.n_rows:,} rows, {diagnosis.n_features:,} columns, "
        f"{len(diagnosis.counts):,} classes; checked for {diagnosis.judged}"
    )


def _legend(diagnosis: Findings) -> str:
    """Explain the columns of the table of classes."""
    is_sample = any(diagnosis.sampled[item.label] < item.n_rows for item in diagnosis.classes)
    searched = ", for a random sample of each class" if is_sample else ""
    return (
        "noise, danger, safe: share of the searched rows with all, at least half, or fewer "
        f"than half of their {diagnosis.n_neighbors} nearest neighbors in other classes. "
        "overlap: share whose nearest neighbor is of another class. Neighbors come from an "
        f"exact search among all rows{searched}. Distance: {diagnosis.distance}."
    )


def _text_table(classes: tuple[ClassFigures, ...]) -> Iterator[str]:
    shown = _shown_classes(classes)
    rows = [list(HEADS), *map(_cells, shown)]
    widths = [max(len(row[j]) for row in rows) for j in range(len(HEADS))]
    for row in rows:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(widths[0]), *numbers])
    if len(shown) < len(classes):
        yield f"... and {_more_classes(len(classes) - len(shown))}"


def _cells(item: ClassFigures) -> list[str]:
    """Return a class as a row of the table of classes."""
    counts = [f"{item.n_rows:,}", f"{item.n_new:,}", f"{item.n_searched:,}"]
    shares = [item.noise, item.danger, item.safe, item.overlap]
    shown = ("-" if share is None else f"{share:.1%}" for share in shares)
    return [short_label(item.label, _LONGEST_LABEL), *counts, *shown]


def _shown_classes(classes: tuple[ClassFigures, ...]) -> list[ClassFigures]:
    """Return the classes to show: of very many, the smallest ones and the three largest."""
    if len(classes) <= _MOST_CLASSES:
        return list(classes)
    by_size = sorted(classes, key=lambda item: item.n_rows)
    shown = {id(item) for item in [*by_size[: _MOST_CLASSES - 3], *by_size[-3:]]}
    return [item for item in classes if id(item) in shown]


def _more_classes(n: int) -> str:
    return f"{n:,} more classes of intermediate size"


def _text_point(point: Point) -> Iterator[str]:
    mark = point.level.upper().ljust(9)
    yield _wrapped(f"{mark}{point.name}: {point.text}", rest=" " * 9)
    yield _wrapped(f"-> {point.advice}", first=" " * 9, rest=" " * 12)


def _wrapped(text: str, *, first: str = "", rest: str = "") -> str:
    text = "".join(character if character.isprintable() else " " for character in text)
    return fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def to_html_page(diagnosis: Findings) -> str:
    """Return the report as a complete HTML page."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<title>Diagnosis before resampling</title>\n</head>\n"
        f'<body style="margin: 0">\n{to_html_fragment(diagnosis)}\n</body>\n</html>\n'
    )


def to_html_fragment(diagnosis: Findings) -> str:
    """Return the content of the page and its style, for notebooks."""
    return "\n".join(
        [
            f'<div class="smotefast-diagnosis">\n<style>{_STYLE}</style>',
            "<h1>Diagnosis before resampling</h1>",
            f"<p>{escape(_summary(diagnosis))}</p>",
            *_html_table(diagnosis.classes),
            f'<p class="how">{escape(_legend(diagnosis))}</p>',
            *_html_points(diagnosis.points),
            *_html_advice(diagnosis),
            "</div>",
        ]
    )


def _html_table(classes: tuple[ClassFigures, ...]) -> Iterator[str]:
    shown = _shown_classes(classes)
    yield '<h2>Classes</h2>\n<div class="wide"><table>\n<thead><tr>'
    yield "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    yield "</tr></thead>\n<tbody>"
    for item in shown:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(item)) + "</tr>"
    yield "</tbody>\n</table></div>"
    if len(shown) < len(classes):
        yield f"<p>{_more_classes(len(classes) - len(shown))}.</p>"


def _html_points(points: tuple[Point, ...]) -> Iterator[str]:
    yield "<h2>Points</h2>"
    if not points:
        yield f"<p>None: {_NO_POINTS}</p>"
    yield from map(_html_point, points)


def _html_point(point: Point) -> str:
    level = escape(point.level)
    return (
        f'<div class="point {level}">\n'
        f'<p><span class="level">{level}</span> <code>{escape(point.name)}</code></p>\n'
        f"<p>{escape(point.text)}</p>\n<p><em>{escape(point.advice)}</em></p>\n</div>"
    )


def _html_advice(diagnosis: Findings) -> Iterator[str]:
    advice = diagnosis.advice
    name = escape(advice.sampler or "None")
    yield "<h2>Recommended sampler</h2>"
    yield f"<p><strong>{name}</strong>: {escape(advice.reason)}</p>"
    if advice.alternatives:
        items = (
            f"<li>{escape(name)}: {escape(reason)}</li>" for name, reason in advice.alternatives
        )
        yield f"<p>Or:</p>\n<ul>{''.join(items)}</ul>"
    yield f"<p>{escape(advice.first)}</p>"


def to_plain(value: Any) -> Any:
    """Return dataclasses and mappings as dicts, sequences as lists, and values as in JSON.

    NaN and infinity become None. Dates and other values that JSON cannot hold become strings.

    Examples
    --------
    >>> import numpy as np
    >>> to_plain({np.int64(1): (np.float32(0.5), np.nan), "when": np.datetime64("2020-01-01")})
    {'1': [0.5, None], 'when': '2020-01-01'}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, np.datetime64 | np.timedelta64):
        return str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)
