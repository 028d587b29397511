"""A fold: fits are those of scikit-learn pipelines, and nothing depends on the test rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from smotefast.evaluation import ResampledClassifier
from smotefast.evaluation.data import read_data
from smotefast.evaluation.decisions import Scoring
from smotefast.evaluation.fitting import PreparedSplit, can_fit, fit_predict, pipeline_of
from smotefast.evaluation.folds import Fold
from smotefast.evaluation.models import balanced_weights
from smotefast.evaluation.options import Option, TargetCounts, make_options
from smotefast.evaluation.work import FoldResults, Work
from smotefast.over_sampling import SMOTE
from tests.evaluation.tables import mixed, numbers, three_classes

quiet = pytest.mark.filterwarnings("ignore")
SAMPLERS = ["smote", "borderline-smote", "svm-smote", "adasyn", "smote-tomek", "tomek-links"]


def data_of(X, y):
    return read_data(X, y, groups=None, time=None, categorical=())[0]


def cases():
    pd = pytest.importorskip("pandas")
    columns, labels = mixed()
    yield "numbers", data_of(*numbers()), SAMPLERS
    yield "mixed", data_of(pd.DataFrame(columns), labels), ["smote-nc", "smote", "random"]
    names = ["color", "flag"]
    yield "categories", data_of(pd.DataFrame(columns)[names], labels), ["smote-n"]
    yield "three", data_of(*three_classes()), ["smote", "near-miss", "random-under-weighted"]


@quiet
@pytest.mark.parametrize("model", [LogisticRegression(), GaussianNB()], ids=["log", "bayes"])
def test_probabilities__are_those_of_a_pipeline_fitted_on_the_training_rows(model):
    for name, data, samplers in cases():
        order = np.random.default_rng(0).permutation(data.n_rows)
        train, test = order[100:], order[:100]
        split = PreparedSplit(data, train, test, seed=0)
        for option in make_options(data, samplers, None, None):
            found, counts = fit_predict(model, option, split.resample(option))
            pipeline = pipeline_of(data, option, model, seed=0)
            weights = {}
            if option.name == "class-weight" and isinstance(model, GaussianNB):
                weights["gaussiannb__sample_weight"] = balanced_weights(
                    data.y[train], len(data.labels)
                )
            pipeline.fit(data.matrix[train], data.y[train], **weights)
            expected = pipeline.predict_proba(data.matrix[test])
            np.testing.assert_allclose(found, expected, rtol=1e-6, err_msg=f"{name} {option}")
            assert counts.shape == (len(data.labels),)


@quiet
def test_test_rows__change_neither_probabilities_nor_thresholds():
    data = data_of(*numbers())
    options = make_options(data, ["smote", "random-under-weighted"], [0.5], None)
    models = {"log": LogisticRegression()}
    order = np.random.default_rng(0).permutation(data.n_rows)
    fold = Fold(0, order[100:], order[:100])
    work = Work(data, options, models, Scoring(2, 1), seed=0)
    first = work.run_fold(FoldResults(fold))
    assert first.is_complete
    matrix, y = data.matrix.copy(), data.y.copy()
    matrix[fold.test[50:]] = 1e3
    y[fold.test] = 1 - y[fold.test]
    changed = replace(work, data=replace(data, matrix=matrix, y=y))
    second = changed.run_fold(FoldResults(fold))
    for key, result in first.results.items():
        other = second.results[key]
        assert result.threshold == other.threshold
        np.testing.assert_array_equal(result.probability[:50], other.probability[:50])


def test_balanced_weights__are_those_of_scikit_learn():
    y = np.array([0, 0, 0, 1, 2, 2])
    np.testing.assert_allclose(balanced_weights(y, 3), compute_sample_weight("balanced", y))


def test_options_that_need_weights__are_not_fitted_by_classifiers_without():
    weighted, by_class = (
        Option("random-under-weighted", "random-under", 1.0),
        Option("class-weight"),
    )
    neighbors, boosting = KNeighborsClassifier(), HistGradientBoostingClassifier()
    assert not can_fit(neighbors, weighted)
    assert not can_fit(neighbors, by_class)
    assert can_fit(neighbors, Option("smote", "smote", 1.0, 5))
    assert can_fit(boosting, weighted)
    assert can_fit(boosting, by_class)
    assert can_fit(make_pipeline(StandardScaler(), LogisticRegression()), by_class)
    assert not can_fit(make_pipeline(StandardScaler(), neighbors), weighted)


def test_resampled_classifier__predicts_as_the_classifier_on_resampled_rows():
    X, y = numbers()
    sampler = SMOTE(random_state=0)
    model = ResampledClassifier(sampler, LogisticRegression()).fit(X, y)
    expected = LogisticRegression().fit(*sampler.fit_resample(X, y))
    np.testing.assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
    np.testing.assert_array_equal(model.decision_function(X), expected.decision_function(X))
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))
    assert list(model.classes_) == [0, 1]
    assert not hasattr(ResampledClassifier(sampler, DummyClassifier()), "decision_function")


@pytest.mark.parametrize("adds_rows", [True, False])
def test_target_counts__bring_all_classes_to_the_ratio(adds_rows):
    y = np.repeat(["a", "b", "c"], [100, 60, 10])
    found = TargetCounts(0.5, adds_rows)(y)
    assert found == ({"c": 50} if adds_rows else {"a": 20, "b": 20})
