"""Each point is found on data made for it; clean data have none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smotefast
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    BorderlineSMOTE,
    RandomOverSampler,
)
from tests.helpers.diagnosis_data import clean, mixed, names, point


def test_clean_data__have_no_points():
    found = smotefast.diagnose(*clean())
    assert found.points == ()
    assert found.counts == {0: 400, 1: 100}
    assert "No points" in str(found)


def test_few_rows_for_the_columns__are_a_warning_and_fewer_than_one_a_problem():
    X, y = clean(400, 100, n_features=20)
    found = point(smotefast.diagnose(X, y), "rows_per_feature")
    assert (found.level, found.label) == ("warning", 1)
    assert found.values == {"rows_per_feature": {1: 5.0}}
    X, y = clean(100, 15, n_features=20)
    assert point(smotefast.diagnose(X, y), "rows_per_feature").level == "problem"


def test_many_columns__are_a_warning_unless_rows_make_up_for_them():
    few = smotefast.diagnose(*clean(600, 400, n_features=60))
    assert point(few, "many_features").level == "warning"
    assert "many_features" not in names(smotefast.diagnose(*clean(2600, 1300, n_features=60)))


def test_a_wide_column__is_named_with_its_share_and_neighbours_are_scaled():
    X, y = clean()
    X[:, 2] *= 1000
    diagnosis = smotefast.diagnose(X, y)
    found = point(diagnosis, "scales")
    assert (found.level, found.columns) == ("problem", (2,))
    assert found.values["share"] > 0.99
    assert found.values["widest"] == 2
    assert "divided by their standard deviation" in diagnosis.distance
    rare = diagnosis.classes[1]
    assert rare.overlap < 0.05 < rare.overlap_as_it_is


def test_a_few_wide_columns_of_many__are_named_together():
    X, y = clean(n_features=15)
    X[:, [3, 7, 9]] *= 1000
    found = point(smotefast.diagnose(X, y), "scales")
    assert set(found.columns) == {3, 7, 9}
    assert found.level == "problem"


def test_columns_that_tell_the_classes_apart_only_unscaled__are_asked_about():
    X, y = clean()
    X[:, 0] = np.random.RandomState(1).normal(size=500)
    X[:, 1] = np.where(y == 1, 30_000, 0) + np.arange(500) % 7 * 5_000
    text = point(smotefast.diagnose(X, y), "scales").text
    assert "is it known in time?" in text


def test_text_and_categories__are_refused_by_samplers_of_numbers_only():
    frame, y = mixed()
    assert point(smotefast.diagnose(frame, y), "categorical_columns").level == "note"
    found = point(smotefast.diagnose(frame, y, SMOTE()), "categorical_columns")
    assert (found.level, found.columns) == ("problem", ("city",))
    for sampler in (SMOTENC(["city"]), SMOTENC("not numeric"), SMOTEN(), RandomOverSampler()):
        assert "categorical_columns" not in names(smotefast.diagnose(frame, y, sampler))


def test_text_that_was_not_declared__is_a_problem_of_smotenc():
    frame, y = mixed()
    found = point(smotefast.diagnose(frame, y, SMOTENC(["stage"])), "categorical_columns")
    assert (found.level, found.columns) == ("problem", ("city",))


def test_codes_and_two_values__are_noted_unless_declared():
    frame, y = mixed()
    frame["flag"] = (frame["age"] > 0).astype(int)
    found = smotefast.diagnose(frame, y)
    assert point(found, "code_columns").columns == ("stage",)
    assert point(found, "code_columns").values == {"distinct": {"stage": 5}}
    assert point(found, "two_valued_columns").columns == ("flag",)
    declared = smotefast.diagnose(frame, y, SMOTENC(["city", "stage", "flag"]))
    assert not {"code_columns", "two_valued_columns"} & set(names(declared))


def test_amounts_taken_as_categories__are_a_problem():
    frame, y = mixed()
    found = point(smotefast.diagnose(frame, y, SMOTEN()), "numbers_as_categories")
    assert found.columns == ("age", "<income>")
    assert found.level == "problem"


def test_duplicates__are_counted_among_all_rows_of_the_class():
    X, y = clean(n_rare=120)
    X[400:460] = X[460:520]
    found = point(smotefast.diagnose(X, y), "duplicates")
    assert found.values == {"share": {1: 1.0}}
    assert found.level == "warning"
    X, y = clean(n_rare=100)
    X[400:405] = X[405:410]
    found = point(smotefast.diagnose(X, y), "duplicates")
    assert (found.level, found.values) == ("note", {"share": {1: 0.1}})


def test_rows_under_two_labels__are_found():
    X, y = clean()
    X[:10] = X[400:410]
    found = point(smotefast.diagnose(X, y), "conflicting_labels")
    assert (found.level, found.values) == ("warning", {"share": {1: 0.1}})


def test_zero_and_its_negative__are_one_value_for_duplicates():
    X, y = clean()
    X[400:410, 1:] = 0.0
    X[405:410] = X[400:405]
    X[405:410, 1:] = -0.0
    assert point(smotefast.diagnose(X, y), "duplicates").values == {"share": {1: 0.1}}


def test_noise_and_overlap__are_found_where_classes_are_one():
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1], [950, 50])
    diagnosis = smotefast.diagnose(rng.normal(size=(1000, 4)), y)
    assert point(diagnosis, "noise").level == "problem"
    assert point(diagnosis, "overlap").level == "warning"
    rare = diagnosis.classes[1]
    assert rare.noise + rare.danger + rare.safe == pytest.approx(1)


def test_danger__is_noted_where_classes_meet():
    rng = np.random.RandomState(0)
    X = rng.uniform(size=(1000, 2))
    y = ((X[:, 0] < 0.15) & (rng.uniform(size=1000) < 0.45)).astype(int)
    assert point(smotefast.diagnose(X, y), "danger").level == "note"


def test_neighbours_of_the_sampler__are_those_that_tell_noise():
    X, y = clean()
    assert smotefast.diagnose(X, y, BorderlineSMOTE(m_neighbors=4)).n_neighbors == 4


@pytest.mark.parametrize("small_class", ["error", "clamp"])
def test_small_classes__are_refused_unless_small_class_says_otherwise(small_class):
    X, y = clean(400, 4)
    found = point(smotefast.diagnose(X, y, SMOTE(small_class=small_class)), "small_class")
    assert found.level == {"error": "problem", "clamp": "warning"}[small_class]
    assert found.label == 1
    assert "k_neighbors=3" in found.advice


def test_small_classes__are_told_by_the_neighbours_of_the_sampler():
    X, y = clean(400, 8)
    assert "small_class" not in names(smotefast.diagnose(X, y))
    found = smotefast.diagnose(X, y, ADASYN(n_neighbors=8))
    assert "n_neighbors=8 needs 9 rows" in point(found, "small_class").text
    assert "small_class" not in names(smotefast.diagnose(X, y, RandomOverSampler()))


@pytest.mark.parametrize(
    ("small_class", "level"), [("clamp", "problem"), ("duplicate", "warning")]
)
def test_a_class_of_one__has_no_neighbour(small_class, level):
    X, y = clean(400, 1)
    found = smotefast.diagnose(X, y, SMOTE(small_class=small_class))
    assert point(found, "single_row").level == level
    assert "small_class" not in names(found)


def test_many_new_rows_of_each__are_a_warning_then_a_problem():
    assert "far_past_the_data" not in names(smotefast.diagnose(*clean(900, 100)))
    found = point(smotefast.diagnose(*clean(2000, 100)), "far_past_the_data")
    assert (found.level, found.values) == ("warning", {"new_per_row": {1: 19.0}})
    assert point(smotefast.diagnose(*clean(3000, 50)), "far_past_the_data").level == "problem"


def test_many_new_rows__are_judged_by_the_samplers_strategy():
    X, y = clean(2000, 100)
    found = smotefast.diagnose(X, y, SMOTE(sampling_strategy={1: 300}))
    assert "far_past_the_data" not in names(found)
    assert found.classes[1].n_new == 200


def test_a_strategy_that_is_refused__is_a_problem_and_the_rest_is_still_said():
    X, y = clean()
    y[:50] = 2
    found = smotefast.diagnose(X, y, SMOTE(sampling_strategy=0.5))
    assert "binary" in point(found, "refused_parameter").text
    assert found.points[0].level == "problem"
    assert found.classes[1].n_new == 250


def test_groups_that_are_apart__are_noted():
    X, y = clean(400, 200)
    X[400:470, 1] += 40
    found = point(smotefast.diagnose(X, y), "separate_groups")
    assert found.values == {"sizes": {1: [130, 70]}}


def test_points_of_several_classes__say_which():
    X, y = clean(400, 100)
    y[400:403], y[403:407] = 2, 3
    found = point(smotefast.diagnose(X, y), "small_class")
    assert found.label is None
    assert found.values == {"rows": {2: 3, 3: 4}}
    assert "classes 2 (3 rows) and 3 (4 rows)" in found.text


def test_few_rows__are_said_to_be_too_few_to_tell():
    found = smotefast.diagnose(*clean(200, 12))
    assert point(found, "too_few_to_tell").values == {"searched": {1: 12}}
    assert "noise" not in names(found)


def test_samplers__may_be_named():
    X, y = clean()
    assert smotefast.diagnose(X, y, "smote").judged == "SMOTE"
    with pytest.raises(ValueError, match="'smoot' is not one of"):
        smotefast.diagnose(X, y, "smoot")
    with pytest.raises(TypeError, match="nor a sampler of"):
        smotefast.diagnose(X, y, 5)
    with pytest.raises(ValueError, match=r"'smoot' is not one of .*Did you mean 'smote'"):
        smotefast.diagnose(X, y, "smoot")
    with pytest.raises(ValueError, match="k_neighbors"):
        smotefast.diagnose(X, y, SMOTE(k_neighbors=0))


def test_one_class_and_uneven_lengths__are_refused():
    X, _ = clean()
    with pytest.raises(ValueError, match="more than 1 class"):
        smotefast.diagnose(X, np.zeros(500, dtype=int))
    with pytest.raises(ValueError, match="X has 500 rows and y has 3"):
        smotefast.diagnose(X, [0, 1, 1])


def test_data__are_not_changed():
    frame, y = mixed()
    before, labels = frame.copy(), y.copy()
    smotefast.diagnose(frame, y)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_series_equal(y, labels)


def test_categorical_features_that_do_not_exist__are_a_problem():
    frame, y = mixed()
    found = smotefast.diagnose(frame, y, SMOTENC(["town"]))
    assert "'town'" in point(found, "refused_parameter").text
    assert point(found, "categorical_columns").columns == ("city",)


def test_rows_that_are_all_the_same__are_all_copies():
    found = smotefast.diagnose(np.ones((60, 2)), np.repeat([0, 1], [40, 20]))
    assert point(found, "constant_columns").columns == (0, 1)
    assert point(found, "duplicates").values == {"share": {1: 1.0}}
    assert point(found, "conflicting_labels").values == {"share": {1: 1.0}}
    assert "scales" not in names(found)


def test_rows_that_all_have_holes__have_no_neighbours():
    X, y = clean()
    X[::2, 0] = np.nan
    X[1::2, 1] = np.nan
    found = smotefast.diagnose(X, y)
    assert [one.n_searched for one in found.classes] == [0, 0]
    assert point(found, "too_few_to_tell").values == {"searched": {1: 0}}


def test_scaling__is_advised_though_too_few_rows_show_what_it_changes():
    X, y = clean(200, 12)
    X[:, 2] *= 1000
    text = point(smotefast.diagnose(X, y), "scales").text
    assert "with columns scaled" not in text
