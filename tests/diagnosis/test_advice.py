"""The recommended sampler and what to try first, by the figures of the data."""

from __future__ import annotations

import pytest

import smotefast
from smotefast import SMOTE, combine
from smotefast.diagnosis.advice import recommend
from tests.helpers.diagnosis_data import class_figures, column_figures, facts_of, two_classes

FLAG = column_figures(is_whole=True, n_distinct=2, low=0.0, high=1.0)
# Figures of the smaller class, and the recommended sampler.
ADVICE = [
    ({}, "SMOTE"),
    ({"n_rows": 6_000}, None),
    ({"noise": 0.31}, "SMOTEENN"),
    ({"overlap": 0.51}, "SMOTEENN"),
    ({"danger": 0.31}, "BorderlineSMOTE"),
    ({"danger": 0.31, "noise": 0.21}, "SMOTE"),
    ({"n_searched": 5, "n_rows": 5}, "RandomOverSampler"),
    ({"n_searched": 10, "n_rows": 10}, "SMOTE"),
]


@pytest.mark.parametrize(("changes", "sampler"), ADVICE)
def test_advice__follows_its_table(changes, sampler):
    assert recommend(facts_of(class_figures(**changes))).sampler == sampler


@pytest.mark.parametrize(
    ("uneven", "noise", "sampler"),
    [(0.3, 0.0, "ADASYN"), (0.29, 0.0, "SMOTE"), (0.3, 0.11, "SMOTE")],
)
def test_advice__is_adasyn_for_uneven_rows_and_little_noise(uneven, noise, sampler):
    facts = facts_of(class_figures(noise=noise), unevenness={"rare": uneven})
    assert recommend(facts).sampler == sampler


def test_advice__is_kmeans_smote_for_groups():
    assert recommend(facts_of(groups={"rare": [600, 400]})).sampler == "KMeansSMOTE"


@pytest.mark.parametrize(
    ("kinds", "sampler"),
    [
        (["number", "text"], "SMOTENC"),
        (["number", "boolean", "category"], "SMOTENC"),
        (["text", "category"], "SMOTEN"),
    ],
)
def test_advice__depends_on_the_kinds_of_columns(kinds, sampler):
    assert recommend(facts_of(kinds=kinds)).sampler == sampler


def test_advice__is_smoten_for_columns_of_two_values():
    flags = {
        j: column_figures(is_whole=True, n_distinct=2, low=0.0, high=1.0) for j in range(4)
    }
    advice = recommend(facts_of(columns=flags))
    assert advice.sampler == "SMOTEN"
    assert "one-hot" in advice.reason


@pytest.mark.parametrize(
    ("n_flags", "n_columns", "sampler"),
    [(1, 4, "SMOTE"), (2, 4, "SMOTENC"), (3, 4, "SMOTENC"), (45, 52, "SMOTENC")],
)
def test_advice__is_smotenc_if_half_of_the_columns_have_two_values(n_flags, n_columns, sampler):
    facts = facts_of(
        class_figures(danger=0.31 if sampler == "SMOTENC" else 0.1),
        columns=dict.fromkeys(range(n_flags), FLAG),
        n_features=n_columns,
    )
    advice = recommend(facts)
    assert advice.sampler == sampler
    others = [name for name, _ in advice.alternatives]
    assert ("SMOTENC" in others) == (sampler == "SMOTE")
    assert ("BorderlineSMOTE" in others) == (sampler == "SMOTENC")


def test_advice__does_not_offer_smotenc_without_amounts():
    flags = {
        j: column_figures(is_whole=True, n_distinct=2, low=0.0, high=1.0) for j in range(4)
    }
    assert "SMOTENC" not in dict(recommend(facts_of(columns=flags)).alternatives)


@pytest.mark.parametrize("overlap", [0.04, 0.1])
@pytest.mark.parametrize("n_rows", [1_500, 1_600])
def test_advice__states_that_weights_and_resampling_both_shift_probabilities(n_rows, overlap):
    first = recommend(facts_of(class_figures(n_rows=n_rows, overlap=overlap))).first
    assert "Only a moved threshold leaves predicted probabilities unchanged" in first
    assert "Class weights and resampling both shift them" in first
    assert "calibrate" in first
    assert "correct for the class shares" in first


def test_advice__offers_smotenc_for_possible_codes():
    codes = {0: column_figures(is_whole=True, n_distinct=12, low=1.0, high=12.0)}
    assert "SMOTENC" in dict(recommend(facts_of(columns=codes)).alternatives)


def test_advice__ignores_identifiers():
    texts = tuple(f"person {i}" for i in range(100))
    keys = {3: column_figures(texts=texts, n_distinct=100, n_sampled=100)}
    kinds = ["number", "number", "number", "text"]
    assert recommend(facts_of(columns=keys, kinds=kinds)).sampler == "SMOTE"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_rows": 1_600, "overlap": 0.1}, ["imbalance is mild"]),
        ({"n_rows": 1_500, "overlap": 0.04}, ["overlap little"]),
        ({"n_rows": 1_600, "overlap": 0.04}, ["imbalance is mild", "overlap little"]),
        ({"n_rows": 1_500, "overlap": 0.1}, ["as a baseline"]),
    ],
)
def test_weights_come_first__if_they_may_suffice(changes, words):
    first = recommend(facts_of(class_figures(**changes))).first
    assert all(word in first for word in words)
    assert ("baseline" in first) == (words == ["as a baseline"])


def test_advice__to_clean_names_samplers_that_exist():
    advice = recommend(facts_of(class_figures(noise=0.4)))
    assert "SMOTETomek" in advice.reason
    assert hasattr(combine, advice.sampler)


def test_a_strategy_that_generates_no_rows__does_not_count_as_balanced():
    X, y = two_classes(400, 100)
    diagnosis = smotefast.diagnose(X, y, SMOTE(sampling_strategy={}))
    assert diagnosis.advice.sampler == smotefast.diagnose(X, y).advice.sampler


def test_balanced_classes__need_no_sampler():
    diagnosis = smotefast.diagnose(*two_classes(100, 90))
    assert diagnosis.advice.sampler is None
    assert diagnosis.advice.alternatives == ()
    assert "Recommended sampler: none. The classes are balanced" in str(diagnosis)
