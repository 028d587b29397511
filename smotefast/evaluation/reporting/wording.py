"""Words and numbers of reports: names of metrics, classifiers and options; rounded numbers."""

from __future__ import annotations

import math

from smotefast.evaluation.intervals import Interval
from smotefast.evaluation.options import CLASS_WEIGHT, NONE, THRESHOLD, WEIGHTED, Option
from smotefast.evaluation.scores import CORRECTED, TUNED, base_name
from smotefast.registry import sampler_class

METRICS = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "f1": "F1",
    "mcc": "MCC",
    "recall": "recall",
    "precision": "precision",
    "balanced_accuracy": "balanced accuracy",
    "cost": "cost per row",
    "brier": "Brier score",
    "log_loss": "log loss",
    "calibration_slope": "calibration slope",
    "calibration_in_the_large": "calibration in the large",
}
_MODELS = {"logistic": "logistic regression", "forest": "random forest"}
_OPTIONS = {
    NONE: "doing nothing",
    CLASS_WEIGHT: "class weights",
    THRESHOLD: "a moved threshold",
    WEIGHTED: "RandomUnderSampler with weights",
}


def metric_words(metric: str) -> str:
    """Return a metric in words.

    Examples
    --------
    >>> metric_words("f1_tuned"), metric_words("brier_corrected")
    ('F1 at the tuned threshold', 'Brier score after prior correction')
    """
    words = METRICS[base_name(metric)]
    if metric.endswith(TUNED):
        return f"{words} at the tuned threshold"
    return f"{words} after prior correction" if metric.endswith(CORRECTED) else words


def model_words(model: str) -> str:
    """Return a classifier in words."""
    return _MODELS.get(model, model)


def option_words(option: Option) -> str:
    """Return an option in words, such as "SMOTE at ratio 0.3"."""
    words = _OPTIONS.get(option.name)
    if words is None:
        words = option.name
        if option.sampler is not None and option.given is None:
            words = sampler_class(option.sampler).__name__
    if option.ratio is not None:
        words += f" at ratio {option.ratio:g}"
    return words


def number(value: float | None, digits: int = 3) -> str:
    """Return a rounded number, or a dash for none.

    Examples
    --------
    >>> number(0.12345), number(None), number(float("nan")), number(0.0004)
    ('0.123', '-', '-', '0.0004')
    """
    if value is None or not math.isfinite(value):
        return "-"
    if value and abs(value) < 0.5 * 10**-digits:
        return f"{value:.1g}"
    return f"{value:.{digits}f}"


def interval_words(interval: Interval, digits: int = 3) -> str:
    """Return a difference with its interval, such as "0.040 (0.010 to 0.070)"."""
    if interval.low is None:
        return number(interval.mean, digits)
    low, high = number(interval.low, digits), number(interval.high, digits)
    return f"{number(interval.mean, digits)} ({low} to {high})"


def join_words(words: list[str]) -> str:
    """Join words by commas and "and".

    Examples
    --------
    >>> join_words(["a", "b", "c"]), join_words(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
