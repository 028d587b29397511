"""Metrics of probabilities against scikit-learn's and against slow, obvious ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from smotefast import prior_correction
from smotefast.evaluation.decisions import (
    EXPONENTS,
    Scoring,
    decide,
    decision_scores,
    tune_threshold,
)
from smotefast.evaluation.scores import (
    all_scores,
    calibration_in_the_large,
    calibration_slope,
    goodness,
    log_odds,
    metric_names,
    score_of,
)

BINARY = Scoring(2, 1, 5.0, 1.0)


def binary(n=400, seed=0, share=0.2):
    rng = np.random.default_rng(seed)
    odds = rng.normal(np.log(share / (1 - share)), 1.5, n)
    y = (rng.random(n) < expit(odds)).astype(int)
    p = expit(0.7 * odds - 0.4 + rng.normal(0, 0.3, n)).round(2)  # with ties
    return y, np.column_stack([1 - p, p])


def three(n=400, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([6, 2, 1], n)
    y = np.array([rng.choice(3, p=each) for each in p])
    noisy = p**0.7 * rng.uniform(0.7, 1.3, (n, 3))
    return y, noisy / noisy.sum(axis=1, keepdims=True)


def test_binary_metrics__are_those_of_scikit_learn():
    y, probability = binary()
    p = probability[:, 1]
    counts = np.array([300, 100]), np.array([300, 300])
    found = all_scores(y, probability, 0.3, counts, BINARY)
    assert set(found) == set(metric_names(BINARY))
    for suffix, cut in ("", 0.5), ("_tuned", 0.3):
        predicted = (p >= cut).astype(int)
        (_, fp), (fn, _) = metrics.confusion_matrix(y, predicted)
        expected = {
            "f1": metrics.f1_score(y, predicted),
            "mcc": metrics.matthews_corrcoef(y, predicted),
            "recall": metrics.recall_score(y, predicted),
            "precision": metrics.precision_score(y, predicted),
            "balanced_accuracy": metrics.balanced_accuracy_score(y, predicted),
            "cost": (5 * fn + fp) / len(y),
        }
        for name, value in expected.items():
            assert found[name + suffix] == pytest.approx(value)
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(y, p))
    assert found["average_precision"] == metrics.average_precision_score(y, p)
    for suffix, values in ("", p), ("_corrected", prior_correction(p, *counts)):
        assert found["brier" + suffix] == pytest.approx(metrics.brier_score_loss(y, values))
        assert found["log_loss" + suffix] == pytest.approx(metrics.log_loss(y, values))


def test_multiclass_metrics__are_those_of_scikit_learn():
    y, probability = three()
    scoring = Scoring(3, 2)
    counts = np.array([200, 80, 40]), np.array([200, 200, 200])
    found = all_scores(y, probability, 0.6, counts, scoring)
    assert set(found) == set(metric_names(scoring))
    predicted = probability.argmax(axis=1)
    assert found["f1"] == metrics.f1_score(y, predicted, average="macro")
    assert found["mcc"] == metrics.matthews_corrcoef(y, predicted)
    assert found["balanced_accuracy"] == metrics.balanced_accuracy_score(y, predicted)
    assert found["roc_auc"] == pytest.approx(
        metrics.roc_auc_score(y, probability, multi_class="ovr", average="macro")
    )
    is_class = np.eye(3)[y]
    assert found["average_precision"] == pytest.approx(
        metrics.average_precision_score(is_class, probability, average="macro")
    )
    assert found["log_loss"] == pytest.approx(metrics.log_loss(y, probability))
    assert found["brier"] == pytest.approx(((probability - is_class) ** 2).sum(axis=1).mean())


@pytest.mark.parametrize("name", ["roc_auc", "brier", "f1", "recall_tuned", "log_loss"])
def test_one_metric__is_that_of_all(name):
    y, probability = binary()
    counts = np.array([300, 100])
    everything = all_scores(y, probability, 0.3, (counts, counts), BINARY)
    priors = counts / counts.sum()
    assert score_of(name, y, probability, 0.3, priors, BINARY) == everything[name]


@pytest.mark.parametrize("seed", range(4))
def test_slope__is_that_of_a_logistic_regression_without_penalty(seed):
    y, probability = binary(seed=seed)
    x = log_odds(np.clip(probability[:, 1], 0.01, 0.99))
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(x[:, np.newaxis], y)
    found = calibration_slope(y == 1, np.clip(probability[:, 1], 0.01, 0.99))
    assert found == pytest.approx(model.coef_[0, 0], rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_calibration_in_the_large__makes_the_mean_probability_right(seed):
    y, probability = binary(seed=seed)
    x = log_odds(probability[:, 1])
    expected = brentq(lambda shift: expit(x + shift).mean() - y.mean(), -20, 20)
    assert calibration_in_the_large(y == 1, probability[:, 1]) == pytest.approx(expected)


def test_calibrated_probabilities__have_slope_1_and_intercept_0():
    rng = np.random.default_rng(0)
    odds = rng.normal(-2, 1.5, 200_000)
    y = rng.random(len(odds)) < expit(odds)
    assert calibration_slope(y, expit(odds)) == pytest.approx(1, abs=0.03)
    assert calibration_in_the_large(y, expit(odds)) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize(
    "p",
    [np.full(6, 0.3), np.array([0.1, 0.2, 0.1, 0.8, 0.9, 0.8]), np.array([0, 0, 0, 1, 1, 1.0])],
)
def test_slope__is_nan_for_equal_probabilities_and_for_separated_classes(p):
    y = np.array([0, 0, 0, 1, 1, 1], dtype=bool)
    assert np.isnan(calibration_slope(y, p))


def test_certain_and_wrong_probabilities__have_finite_scores():
    y = np.array([0, 1, 0, 1, 0, 0])
    p = np.array([0.0, 1.0, 1.0, 0.0, 0.2, 0.4])
    counts = np.array([4, 2])
    found = all_scores(y, np.column_stack([1 - p, p]), 0.5, (counts, counts), BINARY)
    assert all(np.isfinite(value) for name, value in found.items() if "slope" not in name)


def test_goodness__is_higher_for_what_is_better():
    assert goodness("f1_tuned", np.array(0.5)) == 0.5
    assert goodness("cost_tuned", np.array(0.5)) == -0.5
    assert goodness("brier_corrected", np.array(0.1)) == -0.1
    assert goodness("calibration_slope", np.array(1.3)) == pytest.approx(-0.3)
    assert goodness("calibration_slope_corrected", np.array(0.7)) == pytest.approx(-0.3)
    assert goodness("calibration_in_the_large", np.array(-0.2)) == -0.2


@pytest.mark.parametrize("metric", ["f1", "mcc", "balanced_accuracy", "cost"])
@pytest.mark.parametrize("seed", range(5))
def test_tuned_threshold__is_as_good_as_the_best_of_all(metric, seed):
    y, probability = binary(n=60, seed=seed)
    scoring = Scoring(2, 1, 5.0, 1.0, metric)
    priors = np.array([0.8, 0.2])

    def score(cut):
        found = decision_scores(y, decide(probability, cut, priors, scoring), scoring)
        return -found[metric] if metric == "cost" else found[metric]

    grid = np.unique(np.r_[np.linspace(0, 1.001, 2003), probability[:, 1]])
    found = tune_threshold(y, probability, priors, scoring)
    assert score(found) == pytest.approx(max(map(score, grid)))


def test_tuned_threshold__of_equally_good_ones_is_the_nearest_to_one_half():
    y = np.array([0, 0, 1, 1])
    p = np.array([0.1, 0.2, 0.8, 0.9])
    priors = np.array([0.5, 0.5])
    found = tune_threshold(y, np.column_stack([1 - p, p]), priors, Scoring(2, 1))
    assert found == pytest.approx(0.5)


def test_exponent__is_the_best_of_those_tried():
    y, probability = three(seed=2)
    priors = np.bincount(y) / len(y)
    scoring = Scoring(3, 2)
    found = tune_threshold(y, probability, priors, scoring)
    scores = [
        metrics.f1_score(y, (probability / priors**each).argmax(axis=1), average="macro")
        for each in EXPONENTS
    ]
    best = metrics.f1_score(y, (probability / priors**found).argmax(axis=1), average="macro")
    assert best == pytest.approx(max(scores))


def test_the_positive_class__may_be_the_first():
    y, probability = binary()
    scoring = Scoring(2, 0)
    mirrored = decision_scores(
        1 - y, decide(probability[:, ::-1], 0.4, np.ones(2), Scoring(2, 1)), Scoring(2, 1)
    )
    assert (
        decision_scores(y, decide(probability, 0.4, np.ones(2), scoring), scoring) == mirrored
    )
