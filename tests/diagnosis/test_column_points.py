"""Points about values: missing, infinite, large, constant, identifiers, dates."""

from __future__ import annotations

import numpy as np
import pandas as pd

import smotefast
from smotefast.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from tests.helpers.diagnosis_data import find_point, mixed_frame, point_names, two_classes


def test_missing_values__are_refused_by_samplers_of_numbers_and_exclude_rows():
    X, y = two_classes()
    X[:30, 1] = np.nan
    X[0, 3] = np.nan
    diagnosis = smotefast.diagnose(X, y)
    point = find_point(diagnosis, "missing_values")
    assert (point.level, point.columns) == ("problem", (1, 3))
    assert point.values == {"rows": {1: 30, 3: 1}}
    assert point.code == "make_pipeline(SimpleImputer(), ResampledClassifier(sampler, model))"
    assert "30 rows (6%)" in point.text
    assert diagnosis.classes[0].n_searched == 370
    copied = smotefast.diagnose(X, y, RandomOverSampler())
    assert find_point(copied, "missing_values").level == "note"


def test_a_column_that_is_mostly_missing__does_not_exclude_rows():
    X, y = two_classes()
    X[::3, 3] = np.nan
    X[1::3, 3] = np.nan
    diagnosis = smotefast.diagnose(X, y)
    assert diagnosis.classes[0].n_searched == 400
    text = find_point(diagnosis, "missing_values").text
    assert "Distances leave out column 3, where most values are missing" in text


def test_missing_categories__are_noted():
    frame, y = mixed_frame()
    frame.loc[:9, "city"] = None
    for sampler in (None, SMOTENC(["city"])):
        point = find_point(smotefast.diagnose(frame, y, sampler), "missing_values")
        assert (point.level, point.values) == ("note", {"rows": {"city": 10}})


def test_infinite_values__are_a_problem():
    X, y = two_classes()
    X[3, 2] = -np.inf
    point = find_point(smotefast.diagnose(X, y), "missing_values")
    assert (point.level, point.values) == ("problem", {"rows": {2: 1}})


def test_numbers_too_large_to_be_squared__count_as_infinite():
    X, y = two_classes()
    X[3, 2], X[4, 1] = -1e308, 1e151
    diagnosis = smotefast.diagnose(X, y)
    assert find_point(diagnosis, "missing_values").values == {"rows": {1: 1, 2: 1}}
    assert diagnosis.classes[0].n_searched == 398


def test_large_numbers__are_not_infinite():
    X, y = two_classes()
    assert point_names(smotefast.diagnose(X * 1e148, y)) == []


def test_constant_columns__are_noted_whatever_they_hold():
    frame, y = mixed_frame()
    frame["one"], frame["same"] = 1.0, "x"
    point = find_point(smotefast.diagnose(frame, y), "constant_columns")
    assert point.columns == ("one", "same")


def test_identifiers__are_text_or_whole_numbers_but_not_amounts():
    frame, y = mixed_frame()
    rng = np.random.RandomState(0)
    frame["name"] = [f"person {i}" for i in range(300)]
    frame["row"] = rng.permutation(300) + 1000
    frame["amount"] = rng.randint(10**9, size=300)
    diagnosis = smotefast.diagnose(frame, y)
    assert find_point(diagnosis, "identifier_columns").columns == ("name", "row")
    assert find_point(diagnosis, "categorical_columns").columns == ("city",)


def test_dates__are_reported_as_excluded():
    frame, y = mixed_frame()
    frame["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(300), "D")
    assert find_point(smotefast.diagnose(frame, y), "unread_columns").level == "problem"
    point = find_point(smotefast.diagnose(frame, y, SMOTE()), "unread_columns")
    assert (point.level, point.columns) == ("problem", ("day",))
