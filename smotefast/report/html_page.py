"""Self-contained HTML pages of reports: their style, tables and figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from smotefast.report.charts import N_COLORS

_COLORS = "#2563a8 #c2571a #2f8f4e #8e4fb0 #b8930b #b8345b #2b8f9e #6b6b6b".split()
_STYLE = """
.smotefast-report { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif;
  max-width: 76rem; margin: 0 auto; padding: 1rem; color: CanvasText; background: Canvas; }
.smotefast-report h1 { font-size: 1.4em; margin: 0 0 .3em; }
.smotefast-report h2 { font-size: 1.15em; margin: 1.8em 0 .4em; }
.smotefast-report p { margin: .4em 0; overflow-wrap: anywhere; }
.smotefast-report .verdict { border-left: .35em solid #2563a8; padding: .3em .9em;
  font-size: 1.1em; }
.smotefast-report .point { border-left: .35em solid GrayText; padding: .1em .9em;
  margin: .8em 0; }
.smotefast-report .warning { border-left: .35em solid #c80; padding: .1em .9em; }
.smotefast-report .problem { border-color: #d33; }
.smotefast-report .level { font-weight: 600; text-transform: uppercase; font-size: .8em; }
.smotefast-report .how { opacity: .75; font-size: .9em; }
.smotefast-report .wide { overflow-x: auto; }
.smotefast-report .charts { display: flex; flex-wrap: wrap; gap: 1rem; }
.smotefast-report figure { margin: 0; }
.smotefast-report figcaption { max-width: 380px; overflow-wrap: anywhere; font-size: .9em; }
.smotefast-report table { border-collapse: collapse; font-size: .9em; }
.smotefast-report th, .smotefast-report td { text-align: right; padding: .15em .6em;
  border-bottom: 1px solid color-mix(in srgb, GrayText 40%, transparent); background: none;
  color: inherit; font-variant-numeric: tabular-nums; white-space: nowrap; }
.smotefast-report th.text, .smotefast-report td.text { text-align: left; }
.smotefast-report td.better { font-weight: 700; color: #2f8f4e; }
.smotefast-report pre { overflow-x: auto; padding: .8em; border: 1px solid GrayText; }
.smotefast-report .point pre { padding: .3em .6em; border-color: color-mix(in srgb, GrayText
  40%, transparent); margin: .4em 0; }
.smotefast-report svg { max-width: 100%; height: auto; font-size: 12px; }
.smotefast-report svg text { fill: CanvasText; }
.smotefast-report .grid { stroke: GrayText; stroke-opacity: .25; }
.smotefast-report .reference { stroke: GrayText; stroke-dasharray: 4 3; }
.smotefast-report .line { fill: none; stroke-width: 1.8; }
.smotefast-report .whisker { stroke-width: 2; }
.smotefast-report .plain { stroke: #7a8594; fill: #7a8594; }
.smotefast-report .strong { stroke: #2f8f4e; fill: #2f8f4e; }
.smotefast-report .bar { fill: #2563a8; }
.smotefast-report .dot { fill-opacity: .75; }
.smotefast-report .key { list-style: none; display: flex; flex-wrap: wrap; gap: .2em 1em;
  padding: 0; margin: .3em 0; font-size: .9em; }
.smotefast-report .swatch { display: inline-block; width: .8em; height: .8em;
  margin-right: .4em; }
""" + "".join(
    f".smotefast-report .line.c{i} {{ stroke: {color}; }}\n"
    f".smotefast-report .dot.c{i} {{ fill: {color}; }}\n"
    f".smotefast-report .swatch.c{i} {{ background: {color}; }}\n"
    for i, color in enumerate(_COLORS[:N_COLORS])
)


def html_page(title: str, fragment: str) -> str:
    """Return a complete page."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n</head>\n"
        f'<body style="margin: 0">\n{fragment}\n</body>\n</html>\n'
    )


def html_fragment(parts: Iterable[str]) -> str:
    """Return parts of a page with their style, for pages and notebooks."""
    lines = (f'<div class="smotefast-report">\n<style>{_STYLE}</style>', *parts, "</div>")
    return "\n".join(lines)


def html_table(
    heads: Sequence[str], rows: Iterable[Iterable[tuple[str, str]]], n_texts: int = 1
) -> Iterator[str]:
    """Return a table.

    Parameters
    ----------
    heads
        The head of each column.
    rows
        The text of each cell with its CSS class, which may be empty.
    n_texts
        Number of columns of text; the others hold numbers.
    """
    kinds = ["text"] * n_texts + [""] * (len(heads) - n_texts)
    yield '<div class="wide"><table>\n<thead><tr>'
    for head, kind in zip(heads, kinds, strict=True):
        yield f'<th scope="col"{_class(kind)}>{escape(head)}</th>'
    yield "</tr></thead>\n<tbody>"
    for row in rows:
        cells = (
            f"<td{_class(kind or given)}>{escape(text)}</td>"
            for (text, given), kind in zip(row, kinds, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table></div>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def html_figure(chart: str, caption: str, key: str = "") -> str:
    """Return a chart with its key and its caption."""
    return f"<figure>{chart}{key}<figcaption>{escape(caption)}</figcaption></figure>"
