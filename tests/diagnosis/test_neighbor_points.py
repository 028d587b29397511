"""Each point is found on data made for it; clean data have none."""

from __future__ import annotations

import numpy as np
import pytest

import smotefast
from smotefast.diagnosis.neighbor_points import needs_scaling
from smotefast.over_sampling import (
    BorderlineSMOTE,
)
from tests.helpers.diagnosis_data import find_point, point_names, two_classes


def test_a_wide_column__is_named_with_its_share_and_neighbors_are_scaled():
    X, y = two_classes()
    X[:, 2] *= 1000
    diagnosis = smotefast.diagnose(X, y)
    found = find_point(diagnosis, "scales")
    assert (found.level, found.columns) == ("problem", (2,))
    assert found.values["share"] > 0.99
    assert found.values["widest"] == 2
    assert "divided by their standard deviation" in diagnosis.distance
    rare = diagnosis.classes[1]
    assert rare.overlap < 0.05 < rare.overlap_as_it_is


def test_a_few_wide_columns_of_many__are_named_together():
    X, y = two_classes(n_features=15)
    X[:, [3, 7, 9]] *= 1000
    found = find_point(smotefast.diagnose(X, y), "scales")
    assert set(found.columns) == {3, 7, 9}
    assert found.level == "problem"


def test_columns_that_tell_the_classes_apart_only_unscaled__are_asked_about():
    X, y = two_classes()
    X[:, 0] = np.random.RandomState(1).normal(size=500)
    X[:, 1] = np.where(y == 1, 30_000, 0) + np.arange(500) % 7 * 5_000
    text = find_point(smotefast.diagnose(X, y), "scales").text
    assert "do they leak the label?" in text


def test_duplicates__are_counted_among_all_rows_of_the_class():
    X, y = two_classes(n_rare=120)
    X[400:460] = X[460:520]
    found = find_point(smotefast.diagnose(X, y), "duplicates")
    assert found.values == {"share": {1: 1.0}}
    assert found.level == "warning"
    X, y = two_classes(n_rare=100)
    X[400:405] = X[405:410]
    found = find_point(smotefast.diagnose(X, y), "duplicates")
    assert (found.level, found.values) == ("note", {"share": {1: 0.1}})


def test_rows_under_two_labels__are_found():
    X, y = two_classes()
    X[:10] = X[400:410]
    found = find_point(smotefast.diagnose(X, y), "conflicting_labels")
    assert (found.level, found.values) == ("warning", {"share": {1: 0.1}})


def test_zero_and_its_negative__are_one_value_for_duplicates():
    X, y = two_classes()
    X[400:410, 1:] = 0.0
    X[405:410] = X[400:405]
    X[405:410, 1:] = -0.0
    assert find_point(smotefast.diagnose(X, y), "duplicates").values == {"share": {1: 0.1}}


def test_noise_and_overlap__are_found_where_classes_are_one():
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1], [950, 50])
    diagnosis = smotefast.diagnose(rng.normal(size=(1000, 4)), y)
    assert find_point(diagnosis, "noise").level == "problem"
    assert find_point(diagnosis, "overlap").level == "warning"
    rare = diagnosis.classes[1]
    assert rare.noise + rare.danger + rare.safe == pytest.approx(1)


def test_danger__is_noted_where_classes_meet():
    rng = np.random.RandomState(0)
    X = rng.uniform(size=(1000, 2))
    y = ((X[:, 0] < 0.15) & (rng.uniform(size=1000) < 0.45)).astype(int)
    assert find_point(smotefast.diagnose(X, y), "danger").level == "note"


def test_neighbors_of_the_sampler__are_those_that_tell_noise():
    X, y = two_classes()
    assert smotefast.diagnose(X, y, BorderlineSMOTE(m_neighbors=4)).n_neighbors == 4


def test_groups_that_are_apart__are_noted():
    X, y = two_classes(400, 200)
    X[400:470, 1] += 40
    found = find_point(smotefast.diagnose(X, y), "separate_groups")
    assert found.values == {"sizes": {1: [130, 70]}}


def test_few_rows__are_said_to_be_too_few_to_tell():
    found = smotefast.diagnose(*two_classes(200, 12))
    assert find_point(found, "too_few_to_tell").values == {"searched": {1: 12}}
    assert "noise" not in point_names(found)


def test_rows_that_are_all_the_same__are_all_copies():
    found = smotefast.diagnose(np.ones((60, 2)), np.repeat([0, 1], [40, 20]))
    assert find_point(found, "constant_columns").columns == (0, 1)
    assert find_point(found, "duplicates").values == {"share": {1: 1.0}}
    assert find_point(found, "conflicting_labels").values == {"share": {1: 1.0}}
    assert "scales" not in point_names(found)


def test_rows_that_all_have_holes__have_no_neighbors():
    X, y = two_classes()
    X[::2, 0] = np.nan
    X[1::2, 1] = np.nan
    found = smotefast.diagnose(X, y)
    assert [one.n_searched for one in found.classes] == [0, 0]
    assert find_point(found, "too_few_to_tell").values == {"searched": {1: 0}}


def test_scaling__is_advised_though_too_few_rows_show_what_it_changes():
    X, y = two_classes(200, 12)
    X[:, 2] *= 1000
    text = find_point(smotefast.diagnose(X, y), "scales").text
    assert "use scaled columns" not in text


def test_scales__matter_to_samplers_that_measure_distances_only():
    X, y = two_classes()
    X[:, 2] *= 1000
    for name, is_said in (("tomek-links", 1), ("random-under", 0), ("smote-enn", 1)):
        assert ("scales" in point_names(smotefast.diagnose(X, y, name))) == bool(is_said)
    assert "scales" not in point_names(smotefast.diagnose(X, y, "instance-hardness-threshold"))


@pytest.mark.parametrize(
    ("shares", "spreads", "expected"),
    [
        ([0.5, 0.5], [1, 1], False),
        ([0.5, 0.5], [1, 11], False),
        ([0.51, 0.49], [1, 10], False),
        ([0.51, 0.49], [1, 11], True),
        ([0.45, 0.46, *[0.01] * 8, 0.01], [1, 11], True),
        ([0.45, 0.44, *[0.012] * 9], [1, 11], False),
        ([1.0], [1], False),
        ([], [], False),
    ],
)
def test_scaling__is_needed_for_large_shares_of_wide_columns(shares, spreads, expected):
    assert needs_scaling(dict(enumerate(shares)), dict(enumerate(spreads))) == expected
