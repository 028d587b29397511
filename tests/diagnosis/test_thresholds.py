"""From which figure on a point is made, and which advice is given: one table each."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from smotefast.diagnosis.scale_points import needs_scaling

from smotefast import combine
from smotefast.diagnosis import thresholds
from smotefast.diagnosis.advice import recommend
from smotefast.diagnosis.neighbor_points import neighbor_points
from smotefast.diagnosis.size_points import size_points
from tests.helpers.diagnosis_data import column, facts, figures

# name of the point, what makes it, level; None where it is not made yet
TABLE = [
    ("rows_per_feature", {"n_rows": 24}, None),
    ("rows_per_feature", {"n_rows": 23}, "warning"),
    ("far_past_the_data", {"n_new": 10_000}, None),
    ("far_past_the_data", {"n_new": 10_001}, "warning"),
    ("far_past_the_data", {"n_new": 50_001}, "problem"),
    ("small_class", {"n_rows": 6}, None),
    ("small_class", {"n_rows": 5}, "problem"),
    ("single_row", {"n_rows": 1}, "problem"),
    ("noise", {"noise": 0.2}, None),
    ("noise", {"noise": 0.21}, "warning"),
    ("noise", {"noise": 0.51}, "problem"),
    ("noise", {"noise": 0.51, "n_searched": 19}, None),
    ("danger", {"danger": 0.3}, None),
    ("danger", {"danger": 0.31}, "note"),
    ("overlap", {"overlap": 0.3}, None),
    ("overlap", {"overlap": 0.31}, "note"),
    ("overlap", {"overlap": 0.51}, "warning"),
    ("duplicates", {"repeated": 0.05}, None),
    ("duplicates", {"repeated": 0.06}, "note"),
    ("duplicates", {"repeated": 0.26}, "warning"),
    ("conflicting_labels", {"conflicting": 0.01}, None),
    ("conflicting_labels", {"conflicting": 0.02}, "note"),
    ("conflicting_labels", {"conflicting": 0.06}, "warning"),
]


@pytest.mark.parametrize(("name", "changes", "level"), TABLE)
def test_points__begin_at_their_thresholds(name, changes, level):
    made = facts(figures(**changes))
    found = {point.name: point.level for point in [*size_points(made), *neighbor_points(made)]}
    assert found.get(name) == level


@pytest.mark.parametrize(
    ("n_features", "n_rows", "is_made"), [(50, 900, False), (51, 900, True), (51, 1_020, False)]
)
def test_many_features__begin_at_51_columns_of_few_rows(n_features, n_rows, is_made):
    made = facts(figures(n_rows=n_rows, n_new=100), n_features=n_features)
    assert ("many_features" in {point.name for point in size_points(made)}) == is_made


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
    assert recommend(facts(figures(**changes))).sampler == sampler


@pytest.mark.parametrize(
    ("uneven", "noise", "sampler"),
    [(0.3, 0.0, "ADASYN"), (0.29, 0.0, "SMOTE"), (0.3, 0.11, "SMOTE")],
)
def test_advice__is_adasyn_where_rows_differ_and_few_are_noise(uneven, noise, sampler):
    made = facts(figures(noise=noise), uneven={"rare": uneven})
    assert recommend(made).sampler == sampler


def test_advice__is_kmeans_smote_for_groups():
    assert recommend(facts(groups={"rare": [600, 400]})).sampler == "KMeansSMOTE"


@pytest.mark.parametrize(
    ("kinds", "sampler"),
    [
        (["number", "text"], "SMOTENC"),
        (["number", "boolean", "category"], "SMOTENC"),
        (["text", "category"], "SMOTEN"),
    ],
)
def test_advice__goes_by_the_kinds_of_columns(kinds, sampler):
    assert recommend(facts(kinds=kinds)).sampler == sampler


def test_advice__is_smoten_for_columns_of_two_values():
    flags = {j: column(is_whole=True, n_distinct=2, low=0.0, high=1.0) for j in range(4)}
    found = recommend(facts(columns=flags))
    assert found.sampler == "SMOTEN"
    assert "one-hot" in found.reason


@pytest.mark.parametrize(
    ("n_flags", "n_columns", "sampler"),
    [(1, 4, "SMOTE"), (2, 4, "SMOTENC"), (3, 4, "SMOTENC"), (45, 52, "SMOTENC")],
)
def test_advice__is_smotenc_where_half_of_the_columns_have_two_values(
    n_flags, n_columns, sampler
):
    flag = column(is_whole=True, n_distinct=2, low=0.0, high=1.0)
    made = facts(
        figures(danger=0.31 if sampler == "SMOTENC" else 0.1),
        columns=dict.fromkeys(range(n_flags), flag),
        n_features=n_columns,
    )
    found = recommend(made)
    assert found.sampler == sampler
    others = [name for name, _ in found.alternatives]
    assert ("SMOTENC" in others) == (sampler == "SMOTE")
    assert ("BorderlineSMOTE" in others) == (sampler == "SMOTENC")


def test_advice__offers_no_smotenc_where_no_column_is_an_amount():
    flags = {j: column(is_whole=True, n_distinct=2, low=0.0, high=1.0) for j in range(4)}
    assert "SMOTENC" not in dict(recommend(facts(columns=flags)).alternatives)


@pytest.mark.parametrize("overlap", [0.04, 0.1])
@pytest.mark.parametrize("n_rows", [1_500, 1_600])
def test_advice__says_that_weights_and_resampling_both_shift_probabilities(n_rows, overlap):
    first = recommend(facts(figures(n_rows=n_rows, overlap=overlap))).first
    assert "Only a moved threshold leaves predicted probabilities as they are" in first
    assert "Class weights and resampling both shift them" in first
    assert "calibrate" in first
    assert "correct for the class shares" in first


def test_advice__offers_smotenc_where_numbers_may_be_codes():
    codes = {0: column(is_whole=True, n_distinct=12, low=1.0, high=12.0)}
    assert "SMOTENC" in dict(recommend(facts(columns=codes)).alternatives)


def test_advice__ignores_keys_when_it_looks_at_kinds():
    texts = tuple(f"person {i}" for i in range(100))
    keys = {3: column(texts=texts, n_distinct=100, n_drawn=100)}
    kinds = ["number", "number", "number", "text"]
    assert recommend(facts(columns=keys, kinds=kinds)).sampler == "SMOTE"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_rows": 1_600, "overlap": 0.1}, ["imbalance is mild"]),
        ({"n_rows": 1_500, "overlap": 0.04}, ["overlap little"]),
        ({"n_rows": 1_600, "overlap": 0.04}, ["imbalance is mild", "overlap little"]),
        ({"n_rows": 1_500, "overlap": 0.1}, ["as a baseline"]),
    ],
)
def test_weights_come_first__where_they_may_do(changes, words):
    first = recommend(facts(figures(**changes))).first
    assert all(word in first for word in words)
    assert ("baseline" in first) == (words == ["as a baseline"])


def test_advice__that_cleans_names_where_to_find_it():
    found = recommend(facts(figures(noise=0.4)))
    assert "SMOTETomek" in found.reason
    assert hasattr(combine, found.sampler)


def test_a_refused_parameter__is_passed_on():
    made = facts()
    made = replace(made, judged=replace(made.judged, refusals=("no",)))
    assert [point.name for point in size_points(made)] == ["refused_parameter"]


def test_thresholds__each_have_their_reason():
    lines = Path(thresholds.__file__).read_text().splitlines()
    places = [i for i, line in enumerate(lines) if re.match(r"[A-Z_]+ = ", line)]
    assert len(places) > 30
    assert [lines[i] for i in places if not lines[i - 1].startswith("#")] == []
