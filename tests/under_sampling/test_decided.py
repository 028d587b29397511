"""Editing without finding neighbors, as on large data: the same rows as with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs

from smotefast import under_sampling
from smotefast.combine import SMOTEENN
from smotefast.neighbors import same_class_comes_first
from smotefast.under_sampling import EditedNearestNeighbours, NeighbourhoodCleaningRule
from smotefast.under_sampling import _editing as editing
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import classes
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples


@pytest.fixture
def used(monkeypatch):
    """Judge small data by their classes alone; list the sizes of the classes judged."""
    sizes = []

    def noted(matrix, class_rows, *how, **more):
        sizes.append(len(class_rows))
        return same_class_comes_first(matrix, class_rows, *how, **more)

    monkeypatch.setattr(editing, "same_class_first_pays", lambda *how, **more: True)
    monkeypatch.setattr(editing, "same_class_comes_first", noted)
    return sizes


CASES = given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(9, 90), min_size=2, max_size=3, unique=True),
    n_features=st.integers(1, 12),
    dtype=st.sampled_from([np.float32, np.float64]),
    k=st.integers(1, 6),
    kind_sel=st.sampled_from(["all", "mode"]),
    strategy=st.sampled_from(["auto", "all", "majority", "not majority"]),
)


@pytest.mark.hypothesis
def test_edited_nearest_neighbours__gives_imbalanced_learns_rows_by_decisions(used):
    @CASES
    @examples(80)
    def check(seed, sizes, n_features, dtype, k, kind_sel, strategy):
        how = {"n_neighbors": k, "kind_sel": kind_sel, "sampling_strategy": strategy}
        mine = EditedNearestNeighbours(search="exact", **how)
        X, y = without_ties(classes, seed, sizes, n_features, dtype)
        assert_same(mine, theirs.EditedNearestNeighbours(**how), X, y)
        assert mine.search_ == "exact"

    check()
    assert len(used) > 20


@pytest.mark.hypothesis
def test_neighbourhood_cleaning_rule__gives_imbalanced_learns_rows_by_decisions(used):
    @CASES
    @examples(60)
    def check(seed, sizes, n_features, dtype, k, kind_sel, strategy):
        how = {"n_neighbors": k, "sampling_strategy": strategy}
        mine = NeighbourhoodCleaningRule(search="exact", **how)
        other = theirs.NeighbourhoodCleaningRule(**how)
        assert_same(mine, other, *without_ties(classes, seed, sizes, n_features, dtype))

    check()
    assert len(used) > 10


@pytest.mark.parametrize("kind_sel", ["all", "mode"])
@pytest.mark.parametrize("round_to", [0, 1])
def test_decisions__on_ties_and_copies_are_those_of_neighbours(kind_sel, round_to, monkeypatch):
    X, y = classes(4, (300, 60), 3)
    X = np.round(np.vstack([X, X[:90]]), round_to)
    y = np.append(y, 1 - y[:90])
    how = {"kind_sel": kind_sel, "sampling_strategy": "all", "search": "exact"}
    by_neighbors = EditedNearestNeighbours(**how).fit_resample(X, y)
    monkeypatch.setattr(editing, "same_class_first_pays", lambda *how, **more: True)
    by_decisions = EditedNearestNeighbours(**how).fit_resample(X, y)
    for one, other in zip(by_neighbors, by_decisions, strict=True):
        assert_equal(one, other)


def test_smote_enn__decides_in_both_classes(used):
    X, y = classes(1, (400, 90), 5)
    SMOTEENN(random_state=0, search="exact").fit_resample(X, y)
    assert used == [400, 400]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_decisions__on_thousands_do_not_depend_on_threads(n_jobs):
    X, y = classes(2, (9_000, 900), 8)
    sampler = under_sampling.EditedNearestNeighbours(n_jobs=n_jobs)
    kept = sampler.fit(X, y).fit_resample(X, y)
    assert sampler.search_ == "exact"
    assert_equal(kept[0], theirs.EditedNearestNeighbours().fit_resample(X, y)[0])
