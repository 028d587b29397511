"""A diagnosis as a page that stands alone."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from smotefast.diagnosis.findings import Findings, Point
from smotefast.diagnosis.render import HEADS, cells, how_it_was_found, shown_classes

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


def as_page(diagnosis: Findings) -> str:
    """Return a whole page."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<title>Diagnosis before resampling</title>\n</head>\n"
        f'<body style="margin: 0">\n{as_fragment(diagnosis)}\n</body>\n</html>\n'
    )


def as_fragment(diagnosis: Findings) -> str:
    """Return what stands in the page, with its style, for a notebook."""
    return "\n".join(
        [
            f'<div class="smotefast-diagnosis">\n<style>{_STYLE}</style>',
            *_head(diagnosis),
            *_table(diagnosis),
            f'<p class="how">{_text(how_it_was_found(diagnosis))}</p>',
            *_points(diagnosis),
            *_advice(diagnosis),
            "</div>",
        ]
    )


def _head(diagnosis: Findings) -> Iterator[str]:
    yield "<h1>Diagnosis before resampling</h1>"
    yield (
        f"<p>{diagnosis.n_rows:,} rows, {diagnosis.n_features:,} columns, "
        f"{len(diagnosis.counts):,} classes; judged for {_text(diagnosis.judged)}</p>"
    )


def _table(diagnosis: Findings) -> Iterator[str]:
    shown = shown_classes(diagnosis.classes)
    yield '<h2>Classes</h2>\n<div class="wide"><table>\n<thead><tr>'
    yield "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    yield "</tr></thead>\n<tbody>"
    for one in shown:
        yield "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells(one)) + "</tr>"
    yield "</tbody>\n</table></div>"
    if len(shown) < len(diagnosis.classes):
        yield f"<p>{len(diagnosis.classes) - len(shown):,} more classes of sizes between.</p>"


def _points(diagnosis: Findings) -> Iterator[str]:
    yield "<h2>Points</h2>"
    if not diagnosis.points:
        yield "<p>None: nothing stands in the way of resampling.</p>"
    for point in diagnosis.points:
        yield _point(point)


def _point(point: Point) -> str:
    return (
        f'<div class="point {_text(point.level)}">\n'
        f'<p><span class="level">{_text(point.level)}</span> '
        f"<code>{_text(point.name)}</code></p>\n"
        f"<p>{_text(point.text)}</p>\n<p><em>{_text(point.advice)}</em></p>\n</div>"
    )


def _advice(diagnosis: Findings) -> Iterator[str]:
    advice = diagnosis.advice
    yield "<h2>Sampler</h2>"
    yield f"<p><strong>{_text(advice.sampler or 'None')}</strong>: {_text(advice.reason)}</p>"
    if advice.alternatives:
        items = (f"<li>{_text(name)}: {_text(when)}</li>" for name, when in advice.alternatives)
        yield f"<p>Or:</p>\n<ul>{''.join(items)}</ul>"
    yield f"<p>{_text(advice.first)}</p>"


def _text(text: str) -> str:
    return escape(text, quote=True)
