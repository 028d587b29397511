"""A comparison as text for terminals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smotefast._messages import short_label
from smotefast.evaluation.options import THRESHOLD
from smotefast.evaluation.reporting.wording import (
    interval_words,
    metric_words,
    model_words,
    number,
    option_words,
)
from smotefast.evaluation.scores import CORRECTED, TUNED, base_name
from smotefast.evaluation.summary import OptionSummary
from smotefast.report.text_lines import text_table, wrapped

if TYPE_CHECKING:
    from smotefast.evaluation.comparison import Comparison

WIDTH = 100
_LONGEST_LABEL = 26
_SHORT = {
    "roc_auc": "ROC AUC",
    "average_precision": "avg prec",
    "balanced_accuracy": "bal acc",
    "brier": "Brier",
    "f1": "F1",
    "mcc": "MCC",
    "log_loss": "log loss",
    "calibration_slope": "slope",
    "calibration_in_the_large": "in the large",
}


def to_text(comparison: Comparison) -> str:
    """Return verdict, table, last estimate and warnings."""
    return "\n".join(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield wrapped(summary_line(comparison), WIDTH)
    yield ""
    yield from text_table(table(comparison), n_texts=2)
    yield ""
    yield wrapped(legend(comparison), WIDTH)
    yield ""
    yield wrapped(f"Verdict: {comparison.verdict}", WIDTH)
    if text := estimate_words(comparison):
        yield wrapped(text, WIDTH)
    for warning in comparison.warnings:
        yield wrapped(f"Warning: {warning}", WIDTH)
    yield ""
    yield comparison.code


def summary_line(comparison: Comparison) -> str:
    """Return the size of the data and of the comparison in words."""
    counts = list(comparison.counts.values())
    classes = ", ".join(
        f"{short_label(label, 20)}: {n:,}" for label, n in list(comparison.counts.items())[:6]
    )
    more = f" and {len(counts) - 6} more" if len(counts) > 6 else ""
    return (
        f"{sum(counts):,} rows of {len(counts)} classes ({classes}{more}); "
        f"{len(comparison.options)} options and classifiers on {comparison.n_folds} of "
        f"{comparison.planned_folds} folds; chosen by {metric_words(comparison.metric)}"
    )


def shown_metrics(comparison: Comparison) -> list[str]:
    """Return the metrics of the table besides the one to choose by."""
    tuned = comparison.scoring.tuned_for
    names = ["roc_auc", "average_precision", tuned, tuned + TUNED, "brier", "brier_corrected"]
    return [name for name in names if name != comparison.metric]


def table(comparison: Comparison) -> list[list[str]]:
    """Return the head and a row for each option with each classifier."""
    names = shown_metrics(comparison)
    head = [short_metric(comparison.metric), "difference (95%)"]
    rows = [["option", "model", *head, *map(short_metric, names), "seconds"]]
    for each in comparison.options:
        rows.append(
            [
                short_label(each.label, _LONGEST_LABEL),
                short_label(each.model, _LONGEST_LABEL),
                number(each.mean(comparison.metric)),
                difference_words(each, comparison.metric),
                *(number(each.mean(name)) for name in names),
                number(each.seconds, 2),
            ]
        )
    return rows


def short_metric(name: str) -> str:
    """Return a metric as the head of a column."""
    short = _SHORT.get(base_name(name), base_name(name))
    suffix = " tuned" if name.endswith(TUNED) else ""
    return short + (" corr" if name.endswith(CORRECTED) else suffix)


def difference_words(each: OptionSummary, metric: str) -> str:
    """Return the difference to doing nothing; a star marks what is shown to be better."""
    if each.option.name == "none" or not each.scores[metric].size:
        return ""
    interval = each.difference[metric]
    if each.option.name == THRESHOLD and interval.mean == 0:
        return ""
    return interval_words(interval) + (" *" if interval.better else "")


def legend(comparison: Comparison) -> str:
    """Explain the columns of the table."""
    tuned = metric_words(comparison.scoring.tuned_for)
    return (
        "Means over the folds. difference: to doing nothing with the same classifier, positive "
        "if better, with a 95% interval that holds for all options and classifiers together; "
        f"* shown to be better. tuned: {tuned} at a threshold tuned on the training rows. "
        "corr: after prior correction. seconds: to resample and fit once."
    )


def estimate_words(comparison: Comparison) -> str:
    """Return the last estimate in words; empty if there is none."""
    estimate = comparison.estimate
    if estimate is None:
        return ""
    metric = comparison.metric
    winner = comparison.winner
    used = metric
    if comparison.decision.moves_threshold and metric in comparison.scoring.decisions:
        used = metric + TUNED
    low, high = (number(each) for each in estimate.interval)
    text = (
        f"On {estimate.n_rows:,} rows that were not used to choose, {metric_words(used)} of "
        f"{option_words(winner.option)} with {model_words(winner.model)} is "
        f"{number(estimate.metrics[used])} ({low} to {high})"
    )
    gain, low_gain, high_gain = (number(each) for each in estimate.difference)
    if winner.option.name == "none":
        return f"{text}."
    return f"{text}, {gain} better than doing nothing ({low_gain} to {high_gain})."
