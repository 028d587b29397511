"""Metrics of predicted probabilities: ranking, decisions, and the probabilities themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smotefast.calibration import prior_correction
from smotefast.evaluation.decisions import Scoring, decide, decision_scores

RANKING = ("roc_auc", "average_precision")
PROBABILITIES = ("brier", "log_loss", "calibration_slope", "calibration_in_the_large")
TUNED, CORRECTED = "_tuned", "_corrected"
_LOSSES = ("brier", "log_loss", "cost")
# Log odds are finite for probabilities of 0 and 1.
_LEAST = 1e-12
_STEPS, _ENOUGH = 50, 1e-10
# Beyond it, the rows of the two classes are separated.
_MOST_SLOPE = 1e3


def metric_names(scoring: Scoring) -> tuple[str, ...]:
    """Return the names of all metrics in the order in which they are reported."""
    return (
        *RANKING,
        *scoring.decisions,
        *(name + TUNED for name in scoring.decisions),
        *PROBABILITIES,
        *(name + CORRECTED for name in PROBABILITIES),
    )


def base_name(metric: str) -> str:
    """Return a metric without the suffix for tuned thresholds or corrected probabilities."""
    return metric.removesuffix(TUNED).removesuffix(CORRECTED)


def goodness(metric: str, values: np.ndarray) -> np.ndarray:
    """Return values of a metric as numbers of which higher ones are better."""
    name = base_name(metric)
    if name in _LOSSES:
        return -values
    if name == "calibration_slope":
        return np.asarray(-np.abs(values - 1))
    return np.asarray(-np.abs(values)) if name == "calibration_in_the_large" else values


def all_scores(
    y: np.ndarray,
    probability: np.ndarray,
    threshold: float,
    counts: tuple[np.ndarray, np.ndarray],
    scoring: Scoring,
) -> dict[str, float]:
    """Return all metrics of predictions for rows of known class.

    Parameters
    ----------
    y
        The class of each row, as a code.
    probability
        Shape (n_rows, n_classes); rows sum to 1.
    threshold
        The tuned threshold.
    counts
        Training rows of each class before resampling, and after it (or their weights).
    scoring
        How to score.
    """
    before, after = counts
    priors = before / before.sum()
    scores = _ranking(y, probability, scoring)
    for suffix, value in ("", scoring.neutral), (TUNED, threshold):
        predicted = decide(probability, value, priors, scoring)
        found = decision_scores(y, predicted, scoring)
        scores |= {name + suffix: score for name, score in found.items()}
    found = _probabilities(y, probability, scoring)
    scores |= found
    if not np.allclose(after / after.sum(), priors, rtol=1e-9):
        corrected = prior_correction(probability, before, after)
        found = _probabilities(y, corrected, scoring)
    return scores | {name + CORRECTED: score for name, score in found.items()}


def score_of(
    metric: str,
    y: np.ndarray,
    probability: np.ndarray,
    threshold: float,
    priors: np.ndarray,
    scoring: Scoring,
) -> float:
    """Return one metric of probabilities as they are; other arguments as for ``all_scores``."""
    if metric in RANKING:
        return _ranking(y, probability, scoring, [metric])[metric]
    if metric in PROBABILITIES:
        return _probabilities(y, probability, scoring)[metric]
    value = threshold if metric.endswith(TUNED) else scoring.neutral
    predicted = decide(probability, value, priors, scoring)
    return decision_scores(y, predicted, scoring)[base_name(metric)]


def _ranking(
    y: np.ndarray, probability: np.ndarray, scoring: Scoring, names: Sequence[str] = RANKING
) -> dict[str, float]:
    """Return metrics of ranking; of more classes, means of each class against the rest."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    known = {"roc_auc": roc_auc_score, "average_precision": average_precision_score}
    of_classes = [
        [known[name](y == c, probability[:, c]) for name in names]
        for c in _classes_to_rank(scoring)
    ]
    return dict(zip(names, map(float, np.mean(of_classes, axis=0)), strict=True))


def _classes_to_rank(scoring: Scoring) -> list[int]:
    return [scoring.positive] if scoring.is_binary else list(range(scoring.n_classes))


def _probabilities(
    y: np.ndarray, probability: np.ndarray, scoring: Scoring
) -> dict[str, float]:
    """Return Brier score, log loss, slope and intercept of the calibration."""
    is_class = y[:, np.newaxis] == np.arange(scoring.n_classes)
    squares = (probability - is_class) ** 2
    # Of two classes both have the same square; the usual score counts one.
    brier = squares.sum(axis=1).mean() / (2 if scoring.is_binary else 1)
    fits = [
        (
            calibration_slope(is_class[:, c], probability[:, c]),
            calibration_in_the_large(is_class[:, c], probability[:, c]),
        )
        for c in _classes_to_rank(scoring)
    ]
    # scikit-learn's log_loss checks its input for 13 ms; a comparison has thousands of calls.
    loss = -np.log(np.clip(probability[np.arange(len(y)), y], _LEAST, 1)).mean()
    values = (brier, loss, *np.mean(fits, axis=0))
    return dict(zip(PROBABILITIES, map(float, values), strict=True))


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return the logarithm of p / (1 - p), finite for 0 and 1."""
    p = np.clip(probability, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))


def calibration_slope(is_positive: np.ndarray, probability: np.ndarray) -> float:
    """Return the slope of a logistic regression of the class on the predicted log odds.

    1 is ideal; less means that the probabilities are too extreme. NaN if the slope is not
    determined: probabilities are equal, or separate the classes.
    """
    x = log_odds(probability)
    center, scale = x.mean(), x.std()
    if scale < 1e-9:
        return float("nan")
    design = np.column_stack([np.ones_like(x), (x - center) / scale])
    slope = _logistic(design, is_positive.astype(float), np.zeros_like(x))[1] / scale
    return float(slope)


def calibration_in_the_large(is_positive: np.ndarray, probability: np.ndarray) -> float:
    """Return by how much the log odds are too low: the intercept with their slope fixed at 1.

    0 is ideal; above 0 the probabilities are too low on average.
    """
    x = log_odds(probability)
    return float(_logistic(np.ones((len(x), 1)), is_positive.astype(float), x)[0])


def _logistic(design: np.ndarray, y: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Fit a logistic regression without penalty by Newton's method; NaN if there is no fit."""
    beta = np.zeros(design.shape[1])
    value = _deviance(design @ beta + offset, y)
    for _ in range(_STEPS):
        p = _sigmoid(design @ beta + offset)
        gradient = design.T @ (y - p)
        hessian = (design * (p * (1 - p))[:, np.newaxis]).T @ design
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            break
        while (lower := _deviance(design @ (beta + step) + offset, y)) > value + _ENOUGH:
            step = step / 2
            if np.abs(step).max() < _ENOUGH:
                break
        beta, value = beta + step, lower
        if not np.isfinite(beta).all() or np.abs(beta).max() > _MOST_SLOPE:
            break
        if np.abs(step).max() < _ENOUGH * max(1.0, float(np.abs(beta).max())):
            return beta
    return np.full(design.shape[1], np.nan)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return np.asarray(expit(x))


def _deviance(x: np.ndarray, y: np.ndarray) -> float:
    """Return the negative log likelihood of log odds."""
    return float(np.logaddexp(0, x).sum() - (y * x).sum())
