"""Points about sizes, on data generated for each."""

from __future__ import annotations

from dataclasses import replace

import pytest

import smotefast
from smotefast import SMOTE, Combination, RandomUnderSampler
from smotefast.diagnosis.rules import find_points
from smotefast.over_sampling import ADASYN, RandomOverSampler
from tests.helpers.diagnosis_data import facts_of, find_point, point_names, two_classes


def test_few_rows_for_the_columns__are_a_warning_and_fewer_than_one_a_problem():
    X, y = two_classes(400, 100, n_features=20)
    point = find_point(smotefast.diagnose(X, y), "rows_per_feature")
    assert (point.level, point.label) == ("warning", 1)
    assert point.values == {"rows_per_feature": {1: 5.0}}
    X, y = two_classes(100, 15, n_features=20)
    assert find_point(smotefast.diagnose(X, y), "rows_per_feature").level == "problem"


@pytest.mark.parametrize("small_class", ["error", "clamp"])
def test_small_classes__are_refused_unless_small_class_says_otherwise(small_class):
    X, y = two_classes(400, 4)
    point = find_point(smotefast.diagnose(X, y, SMOTE(small_class=small_class)), "small_class")
    assert point.level == {"error": "problem", "clamp": "warning"}[small_class]
    assert point.label == 1
    assert point.code == "smotefast.SMOTE(small_class='clamp')"


def test_small_classes__need_fewer_neighbors_without_small_class():
    point = find_point(smotefast.diagnose(*two_classes(400, 2), "kmeans-smote"), "small_class")
    assert (point.level, point.code) == ("problem", "smotefast.KMeansSMOTE(k_neighbors=1)")


def test_small_classes__depend_on_the_neighbors_of_the_sampler():
    X, y = two_classes(400, 8)
    assert "small_class" not in point_names(smotefast.diagnose(X, y))
    diagnosis = smotefast.diagnose(X, y, ADASYN(n_neighbors=8))
    assert "n_neighbors=8 needs one row more" in find_point(diagnosis, "small_class").text
    assert "small_class" not in point_names(smotefast.diagnose(X, y, RandomOverSampler()))


@pytest.mark.parametrize(
    ("small_class", "level"), [("clamp", "problem"), ("duplicate", "warning")]
)
def test_a_class_of_one__has_no_neighbor(small_class, level):
    X, y = two_classes(400, 1)
    diagnosis = smotefast.diagnose(X, y, SMOTE(small_class=small_class))
    point = find_point(diagnosis, "small_class")
    assert (point.level, point.code) == (level, "smotefast.SMOTE(small_class='duplicate')")


def test_many_new_rows_per_row__are_a_warning_then_a_problem():
    assert "far_past_the_data" not in point_names(smotefast.diagnose(*two_classes(900, 100)))
    point = find_point(smotefast.diagnose(*two_classes(2000, 100)), "far_past_the_data")
    assert (point.level, point.values) == ("warning", {"new_per_row": {1: 19.0}})
    assert (
        find_point(smotefast.diagnose(*two_classes(3000, 50)), "far_past_the_data").level
        == "problem"
    )


def test_many_new_rows__depend_on_the_strategy_of_the_sampler():
    X, y = two_classes(2000, 100)
    diagnosis = smotefast.diagnose(X, y, SMOTE(sampling_strategy={1: 300}))
    assert "far_past_the_data" not in point_names(diagnosis)
    assert diagnosis.classes[1].n_new == 200


def test_points_of_several_classes__list_them():
    X, y = two_classes(400, 100)
    y[400:403], y[403:407] = 2, 3
    point = find_point(smotefast.diagnose(X, y), "small_class")
    assert point.label is None
    assert point.values == {"rows": {2: 3, 3: 4}}
    assert "classes 2 (3 rows) and 3 (4 rows)" in point.text


def test_under_samplers__are_reported_if_they_keep_few_rows():
    X, y = two_classes(2_000, 100)
    diagnosis = smotefast.diagnose(X, y, "random-under")
    assert find_point(diagnosis, "rows_removed").values == {"share_removed": {0: 0.95}}
    assert [item.n_new for item in diagnosis.classes] == [0, 0]
    half = smotefast.diagnose(X, y, RandomUnderSampler(sampling_strategy=0.2))
    assert "rows_removed" not in point_names(half)
    both = Combination(SMOTE(sampling_strategy=0.09), RandomUnderSampler())
    assert find_point(smotefast.diagnose(X, y, both), "rows_removed").level == "note"


def test_a_refused_parameter__is_a_point():
    facts = facts_of()
    facts = replace(facts, sampler=replace(facts.sampler, parameter_errors=("no",)))
    assert [point.name for point in find_points(facts)] == ["refused_parameter"]
