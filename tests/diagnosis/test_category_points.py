"""Points about categories and numbers, on data generated for each."""

from __future__ import annotations

import smotefast
from smotefast import SMOTE, SMOTENC, Combination, RandomUnderSampler, TomekLinks
from smotefast.over_sampling import SMOTEN, RandomOverSampler
from tests.helpers.diagnosis_data import find_point, mixed_frame, point_names


def test_text_and_categories__are_refused_by_samplers_of_numbers_only():
    frame, y = mixed_frame()
    assert find_point(smotefast.diagnose(frame, y), "categorical_columns").level == "problem"
    point = find_point(smotefast.diagnose(frame, y, SMOTE()), "categorical_columns")
    assert (point.level, point.columns) == ("problem", ("city",))
    for sampler in (SMOTENC(["city"]), SMOTENC("not numeric"), SMOTEN(), RandomOverSampler()):
        assert "categorical_columns" not in point_names(smotefast.diagnose(frame, y, sampler))


def test_text_that_was_not_declared__is_a_problem_of_smotenc():
    frame, y = mixed_frame()
    point = find_point(smotefast.diagnose(frame, y, SMOTENC(["stage"])), "categorical_columns")
    assert (point.level, point.columns) == ("problem", ("city",))


def test_codes_and_two_values__are_noted_unless_declared():
    frame, y = mixed_frame()
    frame["flag"] = (frame["age"] > 0).astype(int)
    point = find_point(smotefast.diagnose(frame, y), "code_columns")
    assert point.columns == ("stage", "flag")
    assert point.values == {"distinct": {"stage": 5, "flag": 2}}
    assert point.code == "X = X.astype(dict.fromkeys(['stage', 'flag'], 'category'))"
    declared = smotefast.diagnose(frame, y, SMOTENC(["city", "stage", "flag"]))
    assert "code_columns" not in point_names(declared)


def test_amounts_taken_as_categories__are_a_problem():
    frame, y = mixed_frame()
    point = find_point(smotefast.diagnose(frame, y, SMOTEN()), "numbers_as_categories")
    assert point.columns == ("age", "<income>")
    assert point.level == "problem"


def test_text_for_missing_values__is_noted():
    frame, y = mixed_frame()
    frame.loc[:29, "city"] = "?"
    point = find_point(smotefast.diagnose(frame, y), "missing_markers")
    assert point.values == {"share": {"city": 0.1}}


def test_numbers_as_text__are_reported_with_other_text():
    frame, y = mixed_frame()
    frame["total"] = frame["age"].round(2).astype(str)
    frame.loc[3, "total"] = "n.a."
    point = find_point(smotefast.diagnose(frame, y), "numbers_as_text")
    assert point.columns == ("total",)
    assert "Other texts: 'n.a.'" in point.text


def test_categories_before_cleaning__come_with_advice_to_encode_them():
    frame, y = mixed_frame()
    for sampler in (Combination(SMOTENC(["city"]), TomekLinks()), TomekLinks(), "smote-enn"):
        point = find_point(smotefast.diagnose(frame, y, sampler), "categorical_columns")
        assert point.level == "problem"
        assert "encode them before a step that compares numbers" in point.advice
        assert point.code.startswith("make_column_transformer((OneHotEncoder(), ['city'])")
    both = Combination(SMOTENC(["city"]), RandomUnderSampler())
    assert "categorical_columns" not in point_names(smotefast.diagnose(frame, y, both))
