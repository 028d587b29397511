"""NeighbourhoodCleaningRule: imbalanced-learn's rows; the naive ones where distances tie."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.utils._param_validation import InvalidParameterError

from smotefast import under_sampling as ours
from smotefast.under_sampling import NeighbourhoodCleaningRule
from tests.helpers import reference_kernels as naive
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import classes
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples
from tests.helpers.wrong_search import spoil

WORDS = ["auto", "majority", "not minority", "not majority", "all"]
EDITED = "edited_nearest_neighbours_"
LEARNED = ["sample_indices_", "search_", "recall_", "disagreement_", "nn_", "classes_to_clean_"]
SOME = examples(60)


def pair(**kwargs):
    return NeighbourhoodCleaningRule(**kwargs), theirs.NeighbourhoodCleaningRule(**kwargs)


def assert_same_choice(mine, other, X, y):
    X_new, y_new = mine.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X[mine.sample_indices_])
    np.testing.assert_array_equal(y_new, y[mine.sample_indices_])
    assert_same(mine, other, X, y)
    np.testing.assert_array_equal(mine.sample_indices_, other.sample_indices_)
    assert set(mine.classes_to_clean_) == set(other.classes_to_clean_)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(4, 70), min_size=2, max_size=5, unique=True),
    n_features=st.integers(1, 25),
    dtype=st.sampled_from([np.float32, np.float64]),
    k=st.integers(1, 7),
    threshold=st.sampled_from([0.1, 0.5, 1.0, 1.7]),
    n_jobs=st.sampled_from([None, 1, 2]),
    data=st.data(),
)
def test_ncr__gives_imbalanced_learns_rows(
    seed, sizes, n_features, dtype, k, threshold, n_jobs, data
):
    X, y = without_ties(classes, seed, sizes, n_features, dtype)
    some = st.lists(st.integers(0, len(sizes) - 1), unique=True)
    strategy = data.draw(st.sampled_from(WORDS) | some)
    how = {"sampling_strategy": strategy, "threshold_cleaning": threshold, "n_jobs": n_jobs}
    assert_same_choice(*pair(n_neighbors=k, **how), X, y)


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
def test_ncr__among_duplicates_gives_the_naive_rows(
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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ncr__gives_imbalanced_learns_rows_on_thousands_in_any_threads(dtype):
    X, y = classes(0, (4_000, 2_000, 1_000), 12, dtype)
    for n_jobs in (1, 2):
        mine, other = pair(n_neighbors=5, n_jobs=n_jobs)
        assert_same_choice(mine, other, X, y)


@pytest.mark.parametrize(
    ("threshold", "cleaned"), [(0.5, {0, 1, 2}), (1, {0, 1}), (2, {0}), (3, set())]
)
def test_threshold_cleaning__says_which_classes_lose_neighbours(threshold, cleaned):
    X, y = classes(3, (75, 50, 25))
    mine, other = pair(threshold_cleaning=threshold, sampling_strategy="all")
    assert_same_choice(mine, other, X, y)
    assert set(mine.classes_to_clean_) == cleaned
    edited = ours.EditedNearestNeighbours(kind_sel="mode", sampling_strategy="all")
    edited.fit_resample(X, y)
    around = np.setdiff1d(edited.sample_indices_, mine.sample_indices_)
    assert set(y[around]) == cleaned


def test_ncr__takes_the_number_and_edits_with_a_users_estimator():
    estimator = NearestNeighbors(n_neighbors=5, metric="manhattan")
    X, y = classes(1, (90, 60, 40))
    mine, other = pair(n_neighbors=estimator)
    assert_same_choice(mine, other, X, y)
    assert mine.nn_.n_neighbors == other.nn_.n_neighbors == 4
    assert mine.edited_nearest_neighbours_.nn_.metric == "manhattan"


def test_ncr__judges_with_a_users_classifier_and_edits_with_it_where_imbalanced_learn_raises():
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


@pytest.mark.parametrize("room", [ours, theirs], ids=["ours", "theirs"])
@pytest.mark.parametrize("name", ["EditedNearestNeighbours", "AllKNN", "TomekLinks"])
def test_ncr__edits_with_a_users_sampler(room, name):
    X, y = classes(2, (90, 60, 40))
    editor = getattr(room, name)(sampling_strategy="all")
    mine, _ = pair(edited_nearest_neighbours=editor)
    _, other = pair(edited_nearest_neighbours=getattr(theirs, name)(sampling_strategy="all"))
    assert_same_choice(mine, other, X, y)
    assert type(mine.edited_nearest_neighbours_) is type(editor)
    assert hasattr(getattr(mine, EDITED), "sample_indices_")
    assert not hasattr(editor, "sample_indices_")


def test_smallest_class__of_two_is_the_lowest_label_there_the_first_to_appear():
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


@pytest.mark.parametrize("flavour", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
def test_ncr__gives_imbalanced_learns_rows_on_sparse_data(flavour):
    for dtype in (np.float32, np.float64):
        dense, y = classes(6, (70, 50, 20), 15, dtype)
        dense[np.random.default_rng(0).random(dense.shape) < 0.6] = 0
        mine, other = pair()
        assert_same(mine, other, getattr(sparse, flavour)(dense), y)
        assert len(mine.sample_indices_) < len(y)
        expected = mine.fit_resample(dense, y)[0]
        np.testing.assert_array_equal(expected, dense[mine.sample_indices_])


def test_ncr__gives_imbalanced_learns_frames_lists_and_one_hot_labels():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    X, y = classes(3, (60, 40, 25))
    frame = pd.DataFrame(X, columns=list("abcd")).astype({"b": "float32"})
    frame["n"] = (X[:, 0] * 1e6).astype(int)
    frame.index += 1_000
    mine, other = pair()
    assert_same(mine, other, frame, pd.Series(y, name="target"))
    X_new, y_new = mine.fit_resample(frame, pd.Series(y))
    assert (X_new.dtypes == frame.dtypes).all()
    assert isinstance(X_new.index, pd.RangeIndex)
    assert y_new.index.equals(X_new.index)
    assert_same(mine, other, X.tolist(), y.tolist())
    assert_same(mine, other, X, np.eye(3, dtype=int)[y])
    X_new, y_new = mine.fit_resample(pl.DataFrame(X), pl.Series("t", y))
    assert X_new.equals(pl.DataFrame(X[mine.sample_indices_]))
    assert y_new.to_list() == y[mine.sample_indices_].tolist()


@pytest.mark.parametrize("names", [["b", "a", "c"], [False, True], [3, -1, 7], [1.0, -1.0]])
def test_ncr__keeps_labels_of_any_type(names):
    X, y = classes(8, (60, 40, 25)[: len(names)])
    known, places = np.unique(np.array(names)[y], return_inverse=True)
    mine, other = pair()
    X_new, y_new = mine.fit_resample(X, known[places])
    assert set(mine.classes_to_clean_) <= set(names)
    X_other, y_other = other.fit_resample(X, places)
    assert_equal(X_new, X_other)
    assert_equal(y_new, known[y_other])
    if known.dtype.kind in "bU":
        with pytest.raises(TypeError, match="not recognized as numeric"):
            other.fit_resample(X, known[places])


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"n_neighbors": 0}, "'n_neighbors' parameter of NeighbourhoodCleaningRule must be"),
        ({"threshold_cleaning": 0}, "'threshold_cleaning' parameter of Neighbourhood"),
        ({"edited_nearest_neighbours": 3}, "'edited_nearest_neighbours' parameter of"),
        ({"sampling_strategy": {0: 5}}, "'sampling_strategy' parameter of"),
        ({"sampling_strategy": 0.5}, "'clean-sampling' methods"),
        ({"sampling_strategy": [7]}, r"\{7\} target class is/are not present in the data"),
        ({"n_neighbors": 85}, "n_neighbors = 86, n_samples_fit = 85"),
        ({"edited_nearest_neighbours": ours.TomekLinks(), "n_neighbors": 85}, "n_neighbors"),
        ({}, "Input X contains NaN"),
        ({}, "needs to have more than 1 class. Got 1 class instead"),
    ],
)
def test_ncr__refuses_in_imbalanced_learns_words(kwargs, words):
    X, y = classes(0)
    if "NaN" in words:
        X[3, 1] = np.nan
    elif "1 class" in words:
        y[:] = 1
    kind = InvalidParameterError if "parameter" in words else ValueError
    for sampler in pair(**kwargs):
        with pytest.raises(kind, match=words):
            sampler.fit_resample(X, y)


def test_attributes__come_with_resampling_and_go_with_a_failure():
    X, y = classes(0)
    mine = NeighbourhoodCleaningRule(n_neighbors=4).fit(X, y)
    assert dict(mine.sampling_strategy_) == {0: 25}
    assert not any(hasattr(mine, each) for each in [*LEARNED, EDITED])
    mine.fit_resample(X, y)
    assert all(hasattr(mine, each) for each in [*LEARNED, EDITED])
    assert (mine.nn_.n_neighbors, mine.edited_nearest_neighbours_.n_neighbors) == (4, 4)
    with pytest.raises(ValueError, match="Lower n_neighbors"):
        mine.set_params(n_neighbors=99).fit_resample(X, y)
    assert not any(hasattr(mine, each) for each in [*LEARNED, EDITED, "sampling_strategy_"])


def test_ncr__serves_two_threads_at_once():
    tables = [classes(seed, (200, 100, 60)) for seed in range(2)] * 8
    mine = NeighbourhoodCleaningRule(n_jobs=2)
    expected = [mine.fit_resample(*table)[0].tolist() for table in tables]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda table: mine.fit_resample(*table)[0].tolist(), tables)
    assert list(found) == expected


def test_approximate_search__differs_little_and_says_how_much():
    X, y = classes(0, (7_000, 3_000, 2_000), 8)
    exact = NeighbourhoodCleaningRule(search="exact")
    exact.fit_resample(X, y)
    assert (exact.search_, exact.recall_, exact.disagreement_) == ("exact", None, None)
    found = []
    for n_jobs in (1, 2):
        mine = NeighbourhoodCleaningRule(search="approximate", n_jobs=n_jobs)
        mine.fit_resample(X, y)
        found.append(mine.sample_indices_)
        assert mine.search_ == "approximate"
        assert 0.95 <= mine.recall_ <= 1
        assert 0 <= mine.disagreement_ <= 0.02
    np.testing.assert_array_equal(*found)
    assert len(np.setxor1d(found[0], exact.sample_indices_)) < 0.01 * len(y)


@pytest.mark.parametrize("spoiled", [[], [0], [2], [0, 2]])
def test_disagreement__is_the_share_of_both_decisions_that_exact_search_makes_otherwise(
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
