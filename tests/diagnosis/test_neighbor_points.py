"""Points about distances and neighbors, on data generated for each."""

from __future__ import annotations

import numpy as np
import pytest

import smotefast
from smotefast.diagnosis.facts import dominant_columns
from smotefast.over_sampling import (
    BorderlineSMOTE,
)
from tests.helpers.diagnosis_data import find_point, point_names, two_classes


def test_a_wide_column__is_reported_with_its_share_and_scaled():
    X, y = two_classes()
    X[:, 2] *= 1000
    diagnosis = smotefast.diagnose(X, y)
    point = find_point(diagnosis, "scales")
    assert (point.level, point.columns) == ("problem", (2,))
    assert point.values["share"][2] > 0.99
    assert "(column 2)" in point.text
    assert "divided by their standard deviation" in diagnosis.distance
    assert diagnosis.classes[1].overlap < 0.05


def test_a_few_wide_columns_of_many__are_reported_together():
    X, y = two_classes(n_features=15)
    X[:, [3, 7, 9]] *= 1000
    point = find_point(smotefast.diagnose(X, y), "scales")
    assert set(point.columns) == {3, 7, 9}
    assert point.level == "problem"


def test_duplicates__are_counted_among_all_rows_of_the_class():
    X, y = two_classes(n_rare=120)
    X[400:460] = X[460:520]
    point = find_point(smotefast.diagnose(X, y), "duplicates")
    assert point.values == {"share": {1: 1.0}}
    assert point.level == "warning"
    X, y = two_classes(n_rare=100)
    X[400:405] = X[405:410]
    point = find_point(smotefast.diagnose(X, y), "duplicates")
    assert (point.level, point.values) == ("note", {"share": {1: 0.1}})


def test_rows_under_two_labels__are_reported():
    X, y = two_classes()
    X[:10] = X[400:410]
    point = find_point(smotefast.diagnose(X, y), "conflicting_labels")
    assert (point.level, point.values) == ("warning", {"share": {1: 0.1}})
    pd = pytest.importorskip("pandas")
    X[20:30] = X[30:40]  # of one class
    assert len(eval(point.code, {"pd": pd, "X": X, "y": y})) == 20


def test_zero_and_its_negative__are_one_value_for_duplicates():
    X, y = two_classes()
    X[400:410, 1:] = 0.0
    X[405:410] = X[400:405]
    X[405:410, 1:] = -0.0
    assert find_point(smotefast.diagnose(X, y), "duplicates").values == {"share": {1: 0.1}}


def test_noise_and_overlap__are_reported_for_random_classes():
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1], [950, 50])
    diagnosis = smotefast.diagnose(rng.normal(size=(1000, 4)), y)
    assert find_point(diagnosis, "noise").level == "problem"
    assert find_point(diagnosis, "overlap").level == "warning"
    rare = diagnosis.classes[1]
    assert rare.noise + rare.danger + rare.safe == pytest.approx(1)


def test_danger__is_noted_at_the_class_border():
    rng = np.random.RandomState(0)
    X = rng.uniform(size=(1000, 2))
    y = ((X[:, 0] < 0.15) & (rng.uniform(size=1000) < 0.45)).astype(int)
    assert find_point(smotefast.diagnose(X, y), "danger").level == "note"


def test_m_neighbors_of_the_sampler__decides_about_noise():
    X, y = two_classes()
    assert smotefast.diagnose(X, y, BorderlineSMOTE(m_neighbors=4)).n_neighbors == 4


def test_separate_groups__are_noted():
    X, y = two_classes(400, 200)
    X[400:470, 1] += 40
    point = find_point(smotefast.diagnose(X, y), "separate_groups")
    assert point.values == {"groups": {1: 2}}
    assert "groups of class 1: 130, 70." in point.text


def test_few_rows__have_no_findings_about_neighbors():
    rng = np.random.RandomState(0)
    diagnosis = smotefast.diagnose(rng.normal(size=(212, 4)), np.repeat([0, 1], [200, 12]))
    assert diagnosis.classes[1].noise > 0.2
    assert not {"noise", "danger", "overlap"} & set(point_names(diagnosis))
    assert "Too few rows were searched" in str(diagnosis)


def test_rows_that_are_all_equal__are_all_duplicates():
    diagnosis = smotefast.diagnose(np.ones((60, 2)), np.repeat([0, 1], [40, 20]))
    assert find_point(diagnosis, "constant_columns").columns == (0, 1)
    assert find_point(diagnosis, "duplicates").values == {"share": {1: 1.0}}
    assert find_point(diagnosis, "conflicting_labels").values == {"share": {1: 1.0}}
    assert "scales" not in point_names(diagnosis)


def test_rows_that_all_have_missing_values__have_no_neighbors():
    X, y = two_classes()
    X[::2, 0] = np.nan
    X[1::2, 1] = np.nan
    diagnosis = smotefast.diagnose(X, y)
    assert [item.n_searched for item in diagnosis.classes] == [0, 0]
    assert [sum(map(len, rows.values())) for rows in diagnosis.rows.values()] == [0, 0]


def test_scales__matter_only_to_samplers_that_measure_distances():
    X, y = two_classes()
    X[:, 2] *= 1000
    for name, is_said in (("tomek-links", 1), ("random-under", 0), ("smote-enn", 1)):
        assert ("scales" in point_names(smotefast.diagnose(X, y, name))) == bool(is_said)
    assert "scales" not in point_names(smotefast.diagnose(X, y, "instance-hardness-threshold"))


@pytest.mark.parametrize(
    ("spreads", "expected"),
    [
        ([1, 1], {}),
        ([1, 10], {}),
        ([1, 11], {1: 121 / 122}),
        ([1, *[10.5] * 4], {}),
        ([11, 11, *[1] * 8], {0: 242 / 250, 1: 242 / 250}),
        ([11, 11, *[1] * 7], {}),  # two of nine are not few
        ([5], {}),
        ([], {}),
    ],
)
def test_columns_dominate__by_large_shares_and_wide_spreads(spreads, expected):
    found = dominant_columns(dict(enumerate(spreads)))
    assert found == pytest.approx(expected)
