"""NeighbourhoodCleaningRule: naive rows for tied distances, user's estimators and samplers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast import under_sampling as ours
from smotefast.under_sampling import NeighbourhoodCleaningRule
from tests.helpers import reference_kernels as naive
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.wrong_search import spoil

EDITED = "edited_nearest_neighbours_"
SOME = examples(60)


def pair(**kwargs):
    return NeighbourhoodCleaningRule(**kwargs), theirs.NeighbourhoodCleaningRule(**kwargs)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(2, 25), min_size=2, max_size=5),
    n_features=st.integers(1, 3),
    n_values=st.integers(1, 6),
    k=st.integers(1, 3),
    threshold=st.sampled_from([0.5, 1.0, 1.7]),
    is_sparse=st.booleans(),
    data=st.data(),
)
def test_ncr__of_duplicates_selects_the_rows_of_a_naive_loop(
    seed, sizes, n_features, n_values, k, threshold, is_sparse, data
):
    X, y = classes(seed, sizes, n_features)
    X = np.random.default_rng(seed).integers(0, n_values, X.shape).astype(float)
    cleaned = data.draw(st.lists(st.integers(0, len(sizes) - 1), unique=True))
    how = {"sampling_strategy": cleaned, "threshold_cleaning": threshold}
    mine = NeighbourhoodCleaningRule(n_neighbors=k, **how)
    mine.fit_resample(sparse.csr_array(X) if is_sparse else X, y)
    expected = naive.cleaned_around(X, y, cleaned, np.argmin(sizes), k, threshold)
    assert mine.sample_indices_.tolist() == expected


@pytest.mark.parametrize(
    ("threshold", "cleaned"), [(0.5, {0, 1, 2}), (1, {0, 1}), (2, {0}), (3, set())]
)
def test_threshold_cleaning__selects_the_classes_of_the_second_step(threshold, cleaned):
    X, y = classes(3, (75, 50, 25))
    mine, other = pair(threshold_cleaning=threshold, sampling_strategy="all")
    assert_same_choice(mine, other, X, y)
    assert set(mine.classes_to_clean_) == set(other.classes_to_clean_) == cleaned
    edited = ours.EditedNearestNeighbours(kind_sel="mode", sampling_strategy="all")
    edited.fit_resample(X, y)
    around = np.setdiff1d(edited.sample_indices_, mine.sample_indices_)
    assert set(y[around]) == cleaned


def test_ncr__edits_with_an_estimator_and_votes_with_its_n_neighbors():
    estimator = NearestNeighbors(n_neighbors=5, metric="manhattan")
    X, y = classes(1, (90, 60, 40))
    mine, other = pair(n_neighbors=estimator)
    assert_same_choice(mine, other, X, y)
    assert mine.nn_.n_neighbors == other.nn_.n_neighbors == 4
    assert mine.edited_nearest_neighbours_.nn_.metric == "manhattan"


def test_ncr__edits_with_a_classifier_where_imbalanced_learn_raises():
    X, y = classes(1, (90, 60, 40))
    judge = KNeighborsClassifier(4, metric="manhattan")
    edit = theirs.TomekLinks()
    how = {"n_neighbors": judge, "sampling_strategy": "all"}
    assert_same_choice(*pair(edited_nearest_neighbours=edit, **how), X, y)
    mine, other = pair(n_neighbors=judge)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        other.fit_resample(X, y)
    alike = NearestNeighbors(n_neighbors=4, metric="manhattan")
    edit = theirs.EditedNearestNeighbours(n_neighbors=alike, kind_sel="mode")
    assert_same_choice(mine, other.set_params(edited_nearest_neighbours=edit), X, y)
    assert mine.nn_.n_samples_fit_ == len(X)
    assert not hasattr(judge, "n_samples_fit_")


@pytest.mark.parametrize("library", [ours, theirs], ids=["ours", "theirs"])
@pytest.mark.parametrize("name", ["EditedNearestNeighbours", "AllKNN", "TomekLinks"])
def test_ncr__edits_with_a_sampler_of_both_libraries(library, name):
    X, y = classes(2, (90, 60, 40))
    editor = getattr(library, name)(sampling_strategy="all")
    mine, _ = pair(edited_nearest_neighbours=editor)
    _, other = pair(edited_nearest_neighbours=getattr(theirs, name)(sampling_strategy="all"))
    assert_same_choice(mine, other, X, y)
    assert type(mine.edited_nearest_neighbours_) is type(editor)
    assert hasattr(getattr(mine, EDITED), "sample_indices_")
    assert not hasattr(editor, "sample_indices_")


def test_the_smallest_of_two_classes__is_the_lowest_label_unlike_imbalanced_learn():
    X, y = classes(0, (60, 25, 25), 2)
    mine, other = pair()
    kept = []
    for label in (1, 2):
        first = np.flatnonzero(y == label)[0]
        order = np.r_[first, np.delete(np.arange(len(y)), first)]
        mine.fit_resample(X[order], y[order])
        other.fit_resample(X[order], y[order])
        kept.append([set(order[one.sample_indices_]) for one in (mine, other)])
    assert kept[0][0] == kept[1][0] == kept[0][1]  # ours, whatever the order of the rows
    assert kept[1][1] != kept[0][1]


def test_ncr__accepts_text_labels_where_imbalanced_learn_raises():
    X, y = classes(8, (60, 40, 25))
    labels = np.array(["a", "b", "c"])[y]
    mine, other = pair()
    mine.fit_resample(X, labels)
    assert mine.classes_to_clean_ == ["a", "b"]
    with pytest.raises(TypeError, match="not recognized as numeric"):
        other.fit_resample(X, labels)


@pytest.mark.parametrize("edit", [None, ours.TomekLinks()])
def test_ncr__needs_one_row_more_than_neighbors(edit):
    for sampler in pair(edited_nearest_neighbours=edit, n_neighbors=85):
        with pytest.raises(ValueError, match="n_neighbors"):
            sampler.fit_resample(*classes(0))


@pytest.mark.parametrize("spoiled", [[], [0], [2], [0, 2]])
def test_disagreement__is_the_share_of_decisions_that_exact_search_makes_differently(
    spoiled, monkeypatch
):
    X, y = classes(5, (150, 120, 90), 2)
    is_wrong = np.isin(y, spoiled) & (np.arange(len(y)) % 3 == 0)
    stray = np.flatnonzero(y == 1)[0]
    spoil(monkeypatch, is_wrong, stray)
    mine = NeighbourhoodCleaningRule(search="approximate")
    mine.fit_resample(X, y)
    ways = [naive.nearest_rows(X, 3) for _ in range(2)]
    ways[1][is_wrong] = stray
    edited, judged = np.flatnonzero(y < 2), np.flatnonzero(y == 2)
    edits = [[naive.agrees(y, row, way[row], "mode") for row in edited] for way in ways]
    votes = [[naive.choice_of(y[[row, *way[row, :2]]]) for row in judged] for way in ways]
    differ = [np.not_equal(*two).sum() for two in (edits, np.equal(votes, 2))]
    assert [count > 0 for count in differ] == [0 in spoiled, 2 in spoiled]
    assert mine.disagreement_ == pytest.approx(sum(differ) / (len(edited) + len(judged)))
    assert (mine.search_, mine.recall_) == ("approximate", 0.8)
