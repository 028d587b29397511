"""The figures at which points start, in one table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smotefast.diagnosis import thresholds
from smotefast.diagnosis.neighbor_points import neighbor_points
from smotefast.diagnosis.size_points import size_points
from tests.helpers.diagnosis_data import class_figures, facts_of

# Name of a point, figures of the smaller class, level; None below the threshold.
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
def test_points__start_at_their_thresholds(name, changes, level):
    facts = facts_of(class_figures(**changes))
    found = {
        point.name: point.level for point in [*size_points(facts), *neighbor_points(facts)]
    }
    assert found.get(name) == level


@pytest.mark.parametrize(
    ("n_features", "n_rows", "is_made"), [(50, 900, False), (51, 900, True), (51, 1_020, False)]
)
def test_many_features__start_at_51_columns_of_few_rows(n_features, n_rows, is_made):
    facts = facts_of(class_figures(n_rows=n_rows, n_new=100), n_features=n_features)
    assert ("many_features" in {point.name for point in size_points(facts)}) == is_made


def test_thresholds__each_have_their_reason():
    lines = Path(thresholds.__file__).read_text().splitlines()
    places = [i for i, line in enumerate(lines) if re.match(r"[A-Z_]+ = ", line)]
    assert len(places) > 30
    assert [lines[i] for i in places if not lines[i - 1].startswith("#")] == []
