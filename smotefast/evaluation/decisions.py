"""Decisions from probabilities: their metrics, and the threshold that is best for one of them.

With two classes a row is positive from a threshold on. With more classes, probabilities are
divided by a power of the share of their class before the largest is taken: the exponent 0 takes
the most probable class, 1 treats all classes as equally frequent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DECISIONS = ("f1", "mcc", "recall", "precision", "balanced_accuracy")
# Exponents that are tried for more than two classes.
EXPONENTS = np.linspace(0, 1.5, 31)


@dataclass(frozen=True)
class Scoring:
    """How predictions are scored.

    Attributes
    ----------
    n_classes
        Number of classes.
    positive
        The class that is looked for, as a code.
    cost_fn, cost_fp
        Cost of a missed positive row, and of a false alarm; None without costs.
    tuned_for
        The metric of decisions for which thresholds are tuned.
    """

    n_classes: int
    positive: int
    cost_fn: float | None = None
    cost_fp: float | None = None
    tuned_for: str = "f1"

    @property
    def is_binary(self) -> bool:
        """Whether there are two classes."""
        return self.n_classes == 2

    @property
    def neutral(self) -> float:
        """The threshold that takes the more probable class."""
        return 0.5 if self.is_binary else 0.0

    @property
    def decisions(self) -> tuple[str, ...]:
        """Names of the metrics of decisions."""
        return DECISIONS if self.cost_fn is None else (*DECISIONS, "cost")


def decide(
    probability: np.ndarray, threshold: float, priors: np.ndarray, scoring: Scoring
) -> np.ndarray:
    """Return the class of each row.

    ``priors`` are the shares of the classes among the training rows.
    """
    if scoring.is_binary:
        positive = scoring.positive
        return np.where(probability[:, positive] >= threshold, positive, 1 - positive)
    return np.asarray((probability / priors**threshold).argmax(axis=1))


def decision_scores(y: np.ndarray, predicted: np.ndarray, scoring: Scoring) -> dict[str, float]:
    """Return the metrics of decisions; with more than two classes, means over the classes."""
    if not scoring.is_binary:
        return {name: _multiclass(name, y, predicted) for name in DECISIONS}
    is_positive, is_found = y == scoring.positive, predicted == scoring.positive
    counts = _Counts(
        np.array([np.sum(is_positive & is_found)], dtype=float),
        np.array([np.sum(~is_positive & is_found)], dtype=float),
        float(is_positive.sum()),
        float((~is_positive).sum()),
    )
    return {name: float(counts.score(name, scoring)[0]) for name in scoring.decisions}


def _multiclass(name: str, y: np.ndarray, predicted: np.ndarray) -> float:
    from sklearn import metrics

    if name == "mcc":
        return float(metrics.matthews_corrcoef(y, predicted))
    if name in ("recall", "balanced_accuracy"):
        # Equal for classes that occur in y, which all do.
        return float(metrics.recall_score(y, predicted, average="macro", zero_division=0))
    score = {"f1": metrics.f1_score, "precision": metrics.precision_score}[name]
    return float(score(y, predicted, average="macro", zero_division=0))


@dataclass(frozen=True)
class _Counts:
    """True and false positives for one threshold or many, and the rows of both classes."""

    true: np.ndarray
    false: np.ndarray
    n_positive: float
    n_negative: float

    def score(self, name: str, scoring: Scoring) -> np.ndarray:
        """Return a metric for each threshold; a ratio without rows is 0."""
        true, false = self.true, self.false
        recall = _ratio(true, np.full_like(true, self.n_positive))
        match name:
            case "recall":
                return recall
            case "precision":
                return _ratio(true, true + false)
            case "f1":
                return _ratio(2 * true, self.n_positive + true + false)
            case "balanced_accuracy":
                rejected = _ratio(self.n_negative - false, np.full_like(false, self.n_negative))
                return np.asarray((recall + rejected) / 2)
            case "cost":
                missed = self.n_positive - true
                total = (scoring.cost_fn or 0) * missed + (scoring.cost_fp or 0) * false
                return np.asarray(total / (self.n_positive + self.n_negative))
        return self._mcc()

    def _mcc(self) -> np.ndarray:
        found = self.true + self.false
        n = self.n_positive + self.n_negative
        covariance = self.true * n - self.n_positive * found
        variance = found * (n - found) * self.n_positive * self.n_negative
        return _ratio(covariance, np.sqrt(variance))


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    result = np.zeros_like(numerator)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result


def tune_threshold(
    y: np.ndarray, probability: np.ndarray, priors: np.ndarray, scoring: Scoring
) -> float:
    """Return the threshold that is best for ``scoring.tuned_for`` on these rows.

    Of equally good thresholds it is the one nearest to the neutral one; between two
    probabilities it is their mean.
    """
    if scoring.is_binary:
        thresholds, scores = _all_thresholds(y, probability, scoring)
    else:
        thresholds = EXPONENTS
        scores = np.array(
            [
                _multiclass(scoring.tuned_for, y, decide(probability, each, priors, scoring))
                for each in thresholds
            ]
        )
    if scoring.tuned_for == "cost":
        scores = -scores
    best = thresholds[scores >= scores.max() - 1e-12]
    return float(best[np.argmin(np.abs(best - scoring.neutral))])


def _all_thresholds(
    y: np.ndarray, probability: np.ndarray, scoring: Scoring
) -> tuple[np.ndarray, np.ndarray]:
    """Return a threshold between any two probabilities, and the metric for each."""
    p = probability[:, scoring.positive]
    order = np.argsort(-p, kind="stable")
    values, is_positive = p[order], (y == scoring.positive)[order]
    ends = np.flatnonzero(np.r_[values[1:] != values[:-1], True])
    true = np.cumsum(is_positive)[ends].astype(float)
    counts = _Counts(
        np.r_[0.0, true],
        np.r_[0.0, ends + 1 - true],
        float(is_positive.sum()),
        float((~is_positive).sum()),
    )
    levels = values[ends]
    between = (levels[:-1] + levels[1:]) / 2
    # All rows are positive from the lowest probability on, and none above the highest.
    thresholds = np.r_[np.nextafter(levels[0], 2.0), between, levels[-1]]
    return thresholds, counts.score(scoring.tuned_for, scoring)
