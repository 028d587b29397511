"""A comparison as a self-contained HTML page: verdict, tables, charts and code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from smotefast.evaluation.curves import Curve
from smotefast.evaluation.options import NONE, THRESHOLD
from smotefast.evaluation.reporting.charts import Bar, Chart, key_of, rows_chart
from smotefast.evaluation.reporting.text import (
    estimate_words,
    legend,
    short_metric,
    summary_line,
)
from smotefast.evaluation.reporting.wording import (
    interval_words,
    metric_words,
    model_words,
    number,
)
from smotefast.evaluation.scores import (
    CORRECTED,
    PROBABILITIES,
    RANKING,
    TUNED,
)
from smotefast.evaluation.summary import OptionSummary

if TYPE_CHECKING:
    from smotefast.evaluation.comparison import Comparison

_PROBABILITIES_HELP = (
    '<p class="how">As predicted, then after prior correction. slope: of a logistic regression '
    "on the predicted log odds, ideally 1. in the large: by how much log odds are too low on "
    "average, ideally 0.</p>"
)
_COLORS = "#2563a8 #c2571a #2f8f4e #8e4fb0 #b8930b #b8345b #2b8f9e #6b6b6b".split()
_STYLE = """
.smotefast-compare { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif;
  max-width: 76rem; margin: 0 auto; padding: 1rem; color: CanvasText; background: Canvas; }
.smotefast-compare h1 { font-size: 1.4em; margin: 0 0 .3em; }
.smotefast-compare h2 { font-size: 1.15em; margin: 1.8em 0 .4em; }
.smotefast-compare p { margin: .4em 0; overflow-wrap: anywhere; }
.smotefast-compare .verdict { border-left: .35em solid #2563a8; padding: .3em .9em;
  font-size: 1.1em; }
.smotefast-compare .warning { border-left: .35em solid #c80; padding: .1em .9em; }
.smotefast-compare .how { opacity: .75; font-size: .9em; }
.smotefast-compare .wide { overflow-x: auto; }
.smotefast-compare .charts { display: flex; flex-wrap: wrap; gap: 1rem; }
.smotefast-compare figure { margin: 0; }
.smotefast-compare table { border-collapse: collapse; font-size: .9em; }
.smotefast-compare th, .smotefast-compare td { text-align: right; padding: .15em .6em;
  border-bottom: 1px solid color-mix(in srgb, GrayText 40%, transparent); background: none;
  color: inherit; font-variant-numeric: tabular-nums; white-space: nowrap; }
.smotefast-compare th:nth-child(-n+2), .smotefast-compare td:nth-child(-n+2) {
  text-align: left; }
.smotefast-compare td.better { font-weight: 700; color: #2f8f4e; }
.smotefast-compare pre { overflow-x: auto; padding: .8em; border: 1px solid GrayText; }
.smotefast-compare svg { max-width: 100%; height: auto; font-size: 12px; }
.smotefast-compare svg text { fill: CanvasText; }
.smotefast-compare .grid { stroke: GrayText; stroke-opacity: .25; }
.smotefast-compare .reference { stroke: GrayText; stroke-dasharray: 4 3; }
.smotefast-compare .line { fill: none; stroke-width: 1.8; }
.smotefast-compare .whisker { stroke-width: 2; }
.smotefast-compare .plain { stroke: #7a8594; fill: #7a8594; }
.smotefast-compare .strong { stroke: #2f8f4e; fill: #2f8f4e; }
.smotefast-compare .bar { fill: #2563a8; }
.smotefast-compare .key { list-style: none; display: flex; flex-wrap: wrap; gap: .2em 1em;
  padding: 0; margin: .3em 0; font-size: .9em; }
.smotefast-compare .swatch { display: inline-block; width: .8em; height: .8em;
  margin-right: .4em; }
""" + "".join(
    f".smotefast-compare .line.c{i} {{ stroke: {color}; }}\n"
    f".smotefast-compare .dot.c{i} {{ fill: {color}; }}\n"
    f".smotefast-compare .swatch.c{i} {{ background: {color}; }}\n"
    for i, color in enumerate(_COLORS)
)


def to_html_page(comparison: Comparison) -> str:
    """Return the comparison as a complete HTML page."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<title>Does resampling help?</title>\n</head>\n"
        f'<body style="margin: 0">\n{to_html_fragment(comparison)}\n</body>\n</html>\n'
    )


def to_html_fragment(comparison: Comparison) -> str:
    """Return the content of the page and its style, for notebooks."""
    return "\n".join(
        [
            f'<div class="smotefast-compare">\n<style>{_STYLE}</style>',
            "<h1>Does resampling help?</h1>",
            f"<p>{escape(summary_line(comparison))}.</p>",
            f'<p class="verdict">{escape(comparison.verdict)}</p>',
            f"<p>{escape(estimate_words(comparison))}</p>",
            *(f'<p class="warning">{escape(text)}</p>' for text in comparison.warnings),
            *_interval_chart(comparison),
            *_tables(comparison),
            *_curve_charts(comparison),
            *_ratio_charts(comparison),
            *_seconds_chart(comparison),
            "<h2>The option to use, as code</h2>",
            f"<pre>{escape(comparison.code)}</pre>",
            "</div>",
        ]
    )


def _named(each: OptionSummary) -> str:
    return f"{each.label}, {each.model}"


def _interval_chart(comparison: Comparison) -> Iterator[str]:
    metric = comparison.metric
    bars = [
        Bar(_named(each), mean, interval.low, interval.high, interval.better)
        for each in comparison.options
        if each.option.name != NONE
        and (interval := each.difference[metric])
        and (mean := interval.mean) is not None
        and not (each.option.name == THRESHOLD and mean == 0)
    ]
    if not bars:
        return
    words = metric_words(metric)
    yield f"<h2>Difference to doing nothing: {escape(words)}</h2>"
    title = f"Differences in {words} with 95% intervals"
    yield f'<div class="wide">{rows_chart(title, words, bars, is_interval=True)}</div>'
    yield (
        '<p class="how">To the right of 0 is better. The intervals hold for all options and '
        "classifiers together; green ones lie above 0.</p>"
    )


def _tables(comparison: Comparison) -> Iterator[str]:
    decisions = comparison.scoring.decisions
    yield "<h2>Ranking</h2>"
    yield from _table(comparison.options, [*RANKING], differences=True)
    yield "<h2>Decisions</h2>"
    neutral = "0.5" if comparison.scoring.is_binary else "the most probable class"
    yield f'<p class="how">At {neutral}, then at the threshold tuned on training rows.</p>'
    names = [name + suffix for suffix in ("", TUNED) for name in decisions]
    yield from _table(comparison.options, names, threshold=True)
    yield "<h2>Probabilities</h2>"
    yield _PROBABILITIES_HELP
    names = [name + suffix for suffix in ("", CORRECTED) for name in PROBABILITIES]
    yield from _table(comparison.options, names)
    yield f'<p class="how">{escape(legend(comparison))}</p>'


def _table(
    options: Sequence[OptionSummary],
    names: list[str],
    *,
    differences: bool = False,
    threshold: bool = False,
) -> Iterator[str]:
    """Return a table of means; bold green where an option is shown to be better."""
    heads = ["option", "model"]
    for name in names:
        heads += [short_metric(name), *(["difference"] if differences else [])]
    heads += ["threshold"] if threshold else []
    yield '<div class="wide"><table>\n<thead><tr>'
    yield "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    yield "</tr></thead>\n<tbody>"
    for each in options:
        cells = [f"<td>{escape(each.label)}</td><td>{escape(each.model)}</td>"]
        for name in names:
            cells += _metric_cells(each, name, differences=differences)
        cells += [f"<td>{number(each.threshold)}</td>"] if threshold else []
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table></div>"


def _metric_cells(each: OptionSummary, name: str, *, differences: bool) -> Iterator[str]:
    interval = each.difference[name]
    kind = ' class="better"' if interval.better else ""
    yield f"<td{kind}>{number(each.mean(name))}</td>"
    if differences:
        words = "" if each.option.name == NONE else interval_words(interval)
        yield f"<td{kind}>{words}</td>"


def _curve_charts(comparison: Comparison) -> Iterator[str]:
    curves = comparison.curves.curves
    if not curves:
        return
    yield f"<h2>Curves of {escape(model_words(curves[0].model))}</h2>"
    yield (
        '<p class="how">Predictions for the test rows of one round of folds, for the class '
        f"{escape(str(comparison.positive))}.</p>"
    )
    yield key_of([curve.label for curve in curves])
    yield '<div class="charts">'
    share = comparison.curves.share
    yield _curves("ROC curves", ("false positive rate", "recall"), curves, "roc", (0, 0, 1, 1))
    axes = "recall", "precision"
    flat = (0.0, share, 1.0, share)
    yield _curves("Precision-recall curves", axes, curves, "precision_recall", flat)
    axes = "mean probability", "share of the class"
    yield _curves("Reliability diagram", axes, curves, "reliability", (0, 0, 1, 1))
    yield "</div>"


def _curves(
    title: str,
    axes: tuple[str, str],
    curves: Sequence[Curve],
    name: str,
    reference: tuple[float, float, float, float],
) -> str:
    chart = Chart(title, (0.0, 1.0), (0.0, 1.0))
    chart.x_axis(axes[0])
    chart.y_axis(axes[1])
    chart.reference(reference[:2], reference[2:])
    for i, curve in enumerate(curves):
        chart.line(getattr(curve, name), i, dots=name == "reliability")
    return f"<figure>{chart.svg()}<figcaption>{escape(title)}</figcaption></figure>"


def _ratio_charts(comparison: Comparison) -> Iterator[str]:
    """Draw the metric against the ratio, for each classifier."""
    charts = [
        _ratio_chart(comparison, model)
        for model in dict.fromkeys(each.model for each in comparison.options)
    ]
    if any(charts):
        words = metric_words(comparison.metric)
        yield f"<h2>{escape(words[0].upper() + words[1:])} by ratio</h2>"
        yield f'<div class="charts">{"".join(charts)}</div>'


def _ratio_chart(comparison: Comparison, model: str) -> str:
    lines: dict[str, list[tuple[float, float]]] = {}
    level = None
    for each in comparison.options:
        mean = each.mean(comparison.metric)
        if each.model != model or mean is None:
            continue
        if each.option.name == NONE:
            level = mean
        if each.option.ratio is not None:
            name = each.label.replace(f" {each.option.ratio:g}", "", 1)
            lines.setdefault(name, []).append((each.option.ratio, mean))
    if level is None or not any(len(points) > 1 for points in lines.values()):
        return ""
    values = [level, *(y for points in lines.values() for _, y in points)]
    margin = 0.08 * ((max(values) - min(values)) or 0.1)
    title = f"{metric_words(comparison.metric)} by ratio, {model_words(model)}"
    chart = Chart(title, (0.0, 1.0), (min(values) - margin, max(values) + margin))
    chart.x_axis("ratio after resampling")
    chart.y_axis(metric_words(comparison.metric))
    chart.reference((0.0, level), (1.0, level))
    for i, points in enumerate(lines.values()):
        chart.line(sorted(points), i, dots=True)
    caption = f"{escape(model_words(model))}; dashed: doing nothing"
    return (
        f"<figure>{chart.svg()}{key_of(list(lines))}<figcaption>{caption}</figcaption></figure>"
    )


def _seconds_chart(comparison: Comparison) -> Iterator[str]:
    bars = [
        Bar(_named(each), each.seconds)
        for each in comparison.options
        if each.option.name != THRESHOLD
    ]
    yield "<h2>Seconds to resample and fit once</h2>"
    chart = rows_chart("Seconds to resample and fit once", "seconds", bars, is_interval=False)
    yield f'<div class="wide">{chart}</div>'
