"""The decision guide: its path, and the candidates it suggests."""

from __future__ import annotations

import numpy as np
import pytest

import smotefast
from smotefast import SMOTE
from smotefast.diagnosis.guide import FIRST, candidates, guide
from smotefast.registry import all_names
from tests.helpers.diagnosis_data import (
    class_figures,
    column_figures,
    facts_of,
    mixed_frame,
    two_classes,
)

FLAG = column_figures(is_whole=True, n_distinct=2, low=0.0, high=1.0)
# Figures of the smaller class, and what is suggested besides weights and thresholds.
SUGGESTED = [
    ({}, ("random", "smote")),
    ({"n_rows": 6_000}, ()),
    ({"noise": 0.31}, ("random", "smote", "smote-enn", "smote-tomek")),
    ({"overlap": 0.51}, ("random", "smote", "smote-enn", "smote-tomek")),
    ({"danger": 0.31}, ("random", "smote", "borderline-smote", "svm-smote")),
    ({"danger": 0.31, "noise": 0.21}, ("random", "smote")),
    ({"unevenness": 0.3}, ("random", "smote", "adasyn")),
    ({"unevenness": 0.29}, ("random", "smote")),
    ({"unevenness": 0.3, "noise": 0.11}, ("random", "smote")),
    ({"n_searched": 5, "n_rows": 5}, ("random",)),
    ({"n_searched": 10, "n_rows": 10}, ("random", "smote")),
]


def suggested(facts):
    names = candidates(guide(facts))
    assert names[:2] == FIRST
    return names[2:]


@pytest.mark.parametrize(("changes", "names"), SUGGESTED)
def test_candidates__follow_their_table(changes, names):
    assert suggested(facts_of(class_figures(**changes))) == names


def test_groups__suggest_kmeans_smote():
    facts = facts_of(groups={"rare": [600, 400]})
    assert suggested(facts) == ("random", "smote", "kmeans-smote")
    (step,) = [step for step in guide(facts) if "groups" in step.question]
    assert step.answer
    assert step.reason.endswith("class 'rare' (2 groups).")


@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        (["number", "text"], "smote-nc"),
        (["number", "boolean", "category"], "smote-nc"),
        (["text", "category"], "smote-n"),
    ],
)
def test_categories__suggest_a_sampler_for_them(kinds, name):
    facts = facts_of(class_figures(noise=0.9), kinds=kinds)
    assert suggested(facts) == ("random", name)


def test_keys__are_no_categories():
    texts = tuple(f"person {i}" for i in range(100))
    keys = {3: column_figures(texts=texts, n_distinct=100, n_sampled=100)}
    kinds = ["number", "number", "number", "text"]
    assert suggested(facts_of(columns=keys, kinds=kinds)) == ("random", "smote")


def test_columns_of_two_values__may_be_named_as_categories():
    some = guide(facts_of(columns={0: FLAG}))
    assert any("1 of them have two values" in step.reason for step in some)
    assert "smote-n" not in candidates(some)
    every = facts_of(columns=dict.fromkeys(range(4), FLAG))
    assert suggested(every) == ("random", "smote", "smote-n")


def test_many_mixed_columns__are_a_case_for_a_generative_model():
    steps = guide(facts_of(kinds=["text"] * 10 + ["number"]))
    assert steps[-1].answer
    assert "generative model" in steps[-1].reason


@pytest.mark.parametrize(
    ("changes", "answer", "words"),
    [
        ({"n_rows": 1_600}, True, "The imbalance is mild (5 to 1)"),
        (
            {"n_rows": 1_500, "overlap": 0.04},
            True,
            "Few nearest neighbors are of other classes (4%)",
        ),
        ({"n_rows": 1_500}, False, "baseline"),
    ],
)
def test_the_first_step__is_about_weights_and_thresholds(changes, answer, words):
    first = guide(facts_of(class_figures(**changes)))[0]
    assert (first.answer, first.candidates) == (answer, FIRST)
    assert words in first.reason
    assert "Only a moved threshold leaves predicted probabilities unchanged" in first.reason


def test_a_strategy_that_generates_no_rows__does_not_count_as_balanced():
    X, y = two_classes(400, 100)
    diagnosis = smotefast.diagnose(X, y, SMOTE(sampling_strategy={}))
    assert diagnosis.candidates == smotefast.diagnose(X, y).candidates


def test_balanced_classes__end_the_guide():
    diagnosis = smotefast.diagnose(*two_classes(100, 90))
    assert diagnosis.candidates == FIRST
    assert diagnosis.guide[-1].answer
    assert "Candidates: threshold, class-weight. None of them is known" in str(diagnosis)


@pytest.mark.parametrize("kind", ["numbers", "mixed", "flags"])
def test_candidates__are_what_compare_takes(kind):
    if kind == "mixed":
        X, y = mixed_frame(150)
    else:
        X, y = two_classes(120, 30)
        X[y == 1, 0] -= 4.5
        X = (X > 0).astype(float) if kind == "flags" else X
    report = smotefast.diagnose(X, y)
    known = {*FIRST, *all_names()}
    assert known.issuperset(report.candidates)
    result = smotefast.compare(
        X, y, samplers=report.candidates, models="logistic", ratios=[1.0], folds=2, repeats=1
    )
    assert {option.option.name for option in result.options} == {"none", *report.candidates}
    assert np.isfinite(result.options[-1].seconds)


def test_reasons__name_the_figure_that_decided():
    def reason(question, **figures):
        (step,) = [
            step for step in guide(facts_of(class_figures(**figures)))
            if question in step.question
        ]  # fmt: skip
        return step.answer, step.reason

    answer, text = reason("border", danger=0.31, noise=0.21)
    assert (answer, "With more than 20% noise" in text) == (False, True)
    answer, text = reason("border", danger=0.29, noise=0.21)
    assert (answer, "With more than" in text) == (False, False)
    answer, text = reason("harder", unevenness=0.3, noise=0.11)
    assert (answer, "With more than 10% noise" in text) == (False, True)
    answer, text = reason("harder", unevenness=0.3, noise=0.1)
    assert (answer, "With more than" in text) == (True, False)


def test_classes_that_are_too_small__are_named_beside_larger_ones():
    X, y = two_classes(400, 60)
    y[-3:] = 2
    report = smotefast.diagnose(X, y)
    (step,) = [step for step in report.guide if "interpolated" in step.question]
    assert step.answer
    assert step.reason.startswith("Not in class 2, with 5 rows or fewer; the other classes")
