"""A comparison as a self-contained HTML page: verdict, tables, charts and code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from smotefast.evaluation.curves import Curve
from smotefast.evaluation.options import NONE, THRESHOLD
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
from smotefast.report.charts import Bar, Chart, key_of, rows_chart
from smotefast.report.html_page import html_figure, html_fragment, html_page, html_table

if TYPE_CHECKING:
    from smotefast.evaluation.comparison import Comparison

_PROBABILITIES_HELP = (
    '<p class="how">As predicted, then after prior correction. slope: of a logistic regression '
    "on the predicted log odds, ideally 1. in the large: by how much log odds are too low on "
    "average, ideally 0.</p>"
)
_TITLE = "Does resampling help?"


def to_html_page(comparison: Comparison) -> str:
    """Return the comparison as a complete HTML page."""
    return html_page(_TITLE, to_html_fragment(comparison))


def to_html_fragment(comparison: Comparison) -> str:
    """Return the content of the page and its style, for notebooks."""
    return html_fragment(
        [
            f"<h1>{_TITLE}</h1>",
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
    rows = []
    for each in options:
        cells = [(each.label, ""), (each.model, "")]
        for name in names:
            cells += _metric_cells(each, name, differences=differences)
        cells += [(number(each.threshold), "")] if threshold else []
        rows.append(cells)
    yield from html_table(heads, rows, n_texts=2)


def _metric_cells(
    each: OptionSummary, name: str, *, differences: bool
) -> Iterator[tuple[str, str]]:
    interval = each.difference[name]
    kind = "better" if interval.better else ""
    yield number(each.mean(name)), kind
    if differences:
        yield "" if each.option.name == NONE else interval_words(interval), kind


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
    return html_figure(chart.svg(), title)


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
    caption = f"{model_words(model)}; dashed: doing nothing"
    return html_figure(chart.svg(), caption, key_of(list(lines)))


def _seconds_chart(comparison: Comparison) -> Iterator[str]:
    bars = [
        Bar(_named(each), each.seconds)
        for each in comparison.options
        if each.option.name != THRESHOLD
    ]
    yield "<h2>Seconds to resample and fit once</h2>"
    chart = rows_chart("Seconds to resample and fit once", "seconds", bars, is_interval=False)
    yield f'<div class="wide">{chart}</div>'
