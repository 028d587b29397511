"""RepeatedEditedNearestNeighbours and AllKNN: imbalanced-learn's rows, pass after pass."""

import re
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
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import classes
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples

WORDS = ["auto", "majority", "not minority", "not majority", "all"]
RENN = "RepeatedEditedNearestNeighbours"
SOME = examples(60)
each_sampler = pytest.mark.parametrize("name", [RENN, "AllKNN"])


def pair(name, **kwargs):
    return getattr(ours, name)(**kwargs), getattr(theirs, name)(**kwargs)


def apart(seed, sizes, gap=3, n_features=3, dtype=np.float64):
    """Make classes that overlap less and less, which takes more and more passes."""
    X, y = classes(seed, sizes, n_features)
    return (X + gap * y[:, np.newaxis]).astype(dtype), y


def assert_same_choice(mine, other, X, y):
    try:
        other.fit_resample(X, y)
    except ValueError as refusal:
        words = re.escape(str(refusal).partition(", n_samples =")[0])
        with pytest.raises(ValueError, match=words + ".*Lower n_neighbors"):
            mine.fit_resample(X, y)
        return
    X_new, y_new = mine.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X[mine.sample_indices_])
    np.testing.assert_array_equal(y_new, y[mine.sample_indices_])
    assert getattr(mine, "n_iter_", None) == getattr(other, "n_iter_", None)
    assert_same(mine, other, X, y)
    if getattr(other, "n_iter_", 2) > 1:  # else theirs may be wrong, see below
        np.testing.assert_array_equal(mine.sample_indices_, other.sample_indices_)


@st.composite
def edits(draw):
    """Draw data, and parameters that both samplers take."""
    sizes = st.lists(st.integers(3, 60), min_size=2, max_size=5, unique=True)
    sizes = draw(sizes)  # of two smallest classes imbalanced-learn takes another one
    gap, n_features = draw(st.sampled_from([0, 2, 3, 5])), draw(st.integers(1, 25))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    some = st.lists(st.integers(0, len(sizes) - 1), unique=True)
    how = {
        "sampling_strategy": draw(st.sampled_from(WORDS) | some),
        "n_neighbors": draw(st.integers(1, 6)),
        "kind_sel": draw(st.sampled_from(["all", "mode"])),
        "n_jobs": draw(st.sampled_from([None, 1, 2])),
    }
    seed = draw(st.integers(0, 2**31))
    return without_ties(apart, seed, sizes, gap, n_features, dtype), how


@SOME
@given(drawn=edits(), max_iter=st.sampled_from([1, 2, 3, 100]))
def test_renn__gives_imbalanced_learns_rows(drawn, max_iter):
    (X, y), how = drawn
    assert_same_choice(*pair(RENN, max_iter=max_iter, **how), X, y)


@SOME
@given(drawn=edits(), allow_minority=st.booleans())
def test_all_knn__gives_imbalanced_learns_rows(drawn, allow_minority):
    (X, y), how = drawn
    assert_same_choice(*pair("AllKNN", allow_minority=allow_minority, **how), X, y)


def test_renn__of_clear_classes_has_the_indices_that_imbalanced_learn_gets_wrong():
    X, y = apart(0, (40, 30), gap=90)
    mine, other = pair(RENN)
    X_new, _ = mine.fit_resample(X, y)
    X_other, _ = other.fit_resample(X, y)
    assert mine.n_iter_ == other.n_iter_ == 1
    np.testing.assert_array_equal(X_new, X_other)
    np.testing.assert_array_equal(X_new, X[mine.sample_indices_])
    assert (X_other != X[other.sample_indices_]).any()


@pytest.mark.parametrize("kind_sel", ["all", "mode"])
@pytest.mark.parametrize("name", [RENN, "AllKNN"])
def test_passes__are_many_and_give_imbalanced_learns_rows_in_any_threads(name, kind_sel):
    X, y = apart(0, (2_000, 1_200, 200), gap=2, n_features=6)
    for n_jobs in (1, 2):
        mine, other = pair(name, kind_sel=kind_sel, n_neighbors=4, n_jobs=n_jobs)
        assert_same_choice(mine, other, X, y)
        assert mine.search_ == "exact"
        if name == RENN:
            assert mine.n_iter_ > 4
            shorter, _ = pair(name, kind_sel=kind_sel, n_neighbors=4, max_iter=3)
            assert len(shorter.fit_resample(X, y)[0]) > len(mine.sample_indices_)
            assert shorter.n_iter_ == 3


def test_renn__fits_a_users_estimator_anew_in_each_pass():
    estimator = NearestNeighbors(n_neighbors=4, metric="manhattan")
    X, y = apart(2, (90, 60, 25))
    mine, other = pair(RENN, n_neighbors=estimator)
    assert_same_choice(mine, other, X, y)
    assert mine.n_iter_ > 2
    assert mine.nn_.n_samples_fit_ < len(X)
    assert (mine.search_, mine.recall_, mine.disagreement_) == ("estimator", None, None)
    assert not hasattr(estimator, "n_samples_fit_")


@each_sampler
def test_repeated_edits__take_a_classifier_where_imbalanced_learn_may_not(name):
    X, y = apart(2, (90, 60, 25))
    mine, other = pair(name, n_neighbors=KNeighborsClassifier(4))
    if name == RENN:
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
            other.fit_resample(X, y)
    expected = pair(name)[0].fit_resample(X, y)[0]
    np.testing.assert_array_equal(mine.fit_resample(X, y)[0], expected)


def test_all_knn__takes_only_the_number_of_a_users_estimator():
    X, y = apart(2, (90, 60, 25))
    estimator = NearestNeighbors(n_neighbors=4, metric="manhattan")
    mine, other = pair("AllKNN", n_neighbors=estimator)
    assert_same_choice(mine, other, X, y)
    assert_same_choice(mine, pair("AllKNN")[1], X, y)
    assert mine.search_ == "exact"


def test_all_knn__goes_on_beyond_the_smallest_class_where_that_is_allowed():
    X, y = classes(0, (60, 40, 25))
    sizes = []
    for allow_minority in (False, True):
        mine, other = pair("AllKNN", n_neighbors=6, allow_minority=allow_minority)
        assert_same_choice(mine, other, X, y)
        sizes.append(len(mine.sample_indices_))
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize(("name", "kind_sel"), [(RENN, "mode"), ("AllKNN", "all")])
def test_smallest_class__of_two_is_the_lowest_label_there_the_first_to_appear(name, kind_sel):
    X, y = classes(0, (60, 25, 25), 2)
    orders = [np.r_[start, np.delete(np.arange(len(y)), start)] for start in find_first(y)]
    kept = []
    for order in orders:
        mine, other = pair(name, kind_sel=kind_sel)
        mine.fit_resample(X[order], y[order])
        X_other, _ = other.fit_resample(X[order], y[order])
        kept.append((set(order[mine.sample_indices_]), set(X_other[:, 0])))
    assert kept[0][0] == kept[1][0]  # ours does not depend on the order of the rows
    assert kept[0][1] != kept[1][1]
    assert {X[row, 0] for row in kept[0][0]} == kept[0][1]  # and is theirs if 1 comes first


def find_first(y):
    return [np.flatnonzero(y == label)[0] for label in (1, 2)]


@each_sampler
@pytest.mark.parametrize("flavour", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
def test_repeated_edits__give_imbalanced_learns_rows_on_sparse_data(name, flavour):
    for dtype in (np.float32, np.float64):
        dense, y = apart(6, (70, 50, 20), 2, 15, dtype)
        dense[np.random.default_rng(0).random(dense.shape) < 0.5] = 0
        mine, other = pair(name)
        assert_same(mine, other, getattr(sparse, flavour)(dense), y)
        assert len(mine.sample_indices_) < len(y)
        expected = mine.fit_resample(dense, y)[0]
        np.testing.assert_array_equal(expected, dense[mine.sample_indices_])


@each_sampler
def test_repeated_edits__give_imbalanced_learns_frames_lists_and_labels(name):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    X, y = apart(3, (60, 40, 25))
    frame = pd.DataFrame(X, columns=list("abc")).astype({"b": "float32"})
    frame["n"] = (X[:, 0] * 1e6).astype(int)
    frame.index += 1_000
    mine, other = pair(name)
    assert_same(mine, other, frame, pd.Series(y, name="target"))
    X_new, y_new = mine.fit_resample(frame, pd.Series(y))
    assert (X_new.dtypes == frame.dtypes).all()
    assert isinstance(X_new.index, pd.RangeIndex)
    assert y_new.index.equals(X_new.index)
    assert_same(mine, other, X.tolist(), y.tolist())
    assert_same(mine, other, X, np.eye(3, dtype=int)[y])
    for labels in (np.array(["b", "a", "c"]), np.array([3, -1, 7]), np.array([False, True])):
        assert_same_choice(mine, other, X, labels[y % len(labels)])
    X_new, y_new = mine.fit_resample(pl.DataFrame(X), pl.Series("t", y))
    assert X_new.equals(pl.DataFrame(X)[mine.sample_indices_.tolist()])
    assert y_new.to_list() == y[mine.sample_indices_].tolist()


@each_sampler
def test_repeated_edits__ask_a_callable_in_each_pass(name):
    X, y = apart(3, (90, 60, 9))
    asked = []

    def choose(labels):
        asked.append(len(labels))
        return [0, 1]

    mine = pair(name, sampling_strategy=choose)[0]
    expected = pair(name, sampling_strategy=[0, 1])[1].fit_resample(X, y)[0]
    np.testing.assert_array_equal(mine.fit_resample(X, y)[0], expected)
    assert asked[0] == len(y) > asked[2] > asked[3]  # twice for all rows, then for those left


@each_sampler
@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"n_neighbors": 0}, "'n_neighbors' parameter of"),
        ({"kind_sel": "most"}, "'kind_sel' parameter of"),
        ({"max_iter": 0}, "'max_iter' parameter of"),
        ({"allow_minority": "yes"}, "'allow_minority' parameter of"),
        ({"sampling_strategy": {0: 5}}, "'sampling_strategy' parameter of"),
        ({"sampling_strategy": 0.5}, "'clean-sampling' methods"),
        ({"sampling_strategy": [7]}, r"\{7\} target class is/are not present in the data"),
        ({"n_neighbors": 85, "kind_sel": "mode"}, "n_neighbors = 86, n_samples_fit = 85"),
        ({}, "Input X contains NaN"),
        ({}, "needs to have more than 1 class. Got 1 class instead"),
    ],
)
def test_repeated_edits__refuse_in_imbalanced_learns_words(name, kwargs, words):
    name = {"max_iter": RENN, "allow_minority": "AllKNN"}.get(next(iter(kwargs), ""), name)
    X, y = apart(0, (60, 25), gap=90)
    if "NaN" in words:
        X[3, 1] = np.nan
    elif "1 class" in words:
        y[:] = 1
    kind = InvalidParameterError if "parameter" in words else ValueError
    for sampler in pair(name, **kwargs):
        with pytest.raises(kind, match=words):
            sampler.fit_resample(X, y)


@each_sampler
def test_attributes__come_with_resampling_and_go_with_a_failure(name):
    learned = {"sample_indices_", "search_", "recall_", "disagreement_", "nn_", "enn_"}
    learned |= {"n_iter_"} if name == RENN else set()
    X, y = classes(0)
    mine = pair(name, n_neighbors=4, kind_sel="mode")[0].fit(X, y)
    assert dict(mine.sampling_strategy_) == {0: 25}
    assert not any(hasattr(mine, each) for each in learned)
    mine.fit_resample(X, y)
    assert all(hasattr(mine, each) for each in learned)
    assert mine.nn_.n_neighbors == 5
    assert mine.enn_.kind_sel == "mode"
    assert len(mine.enn_.sample_indices_) == len(mine.sample_indices_)
    with pytest.raises(ValueError, match="more than 1 class"):
        mine.fit_resample(X, np.zeros(len(y)))
    assert not any(hasattr(mine, each) for each in {*learned, "sampling_strategy_"})


@each_sampler
def test_repeated_edits__serve_two_threads_at_once(name):
    tables = [apart(seed, (200, 100, 60)) for seed in range(2)] * 8
    mine = pair(name, n_jobs=2)[0]
    expected = [mine.fit_resample(*table)[0] for table in tables]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda table: mine.fit_resample(*table)[0], tables)
    for one, two in zip(found, expected, strict=True):
        assert_equal(one, two)


@each_sampler
def test_approximate_search__differs_little_and_says_how_much(name):
    X, y = apart(0, (7_000, 3_000, 2_000), 2, 8)
    exact = getattr(ours, name)(search="exact")
    exact.fit_resample(X, y)
    assert (exact.search_, exact.recall_, exact.disagreement_) == ("exact", None, None)
    found = []
    for n_jobs in (1, 2):
        mine = getattr(ours, name)(search="approximate", n_jobs=n_jobs)
        mine.fit_resample(X, y)
        found.append(mine.sample_indices_)
        assert mine.search_ == "approximate"
        assert 0.9 <= mine.recall_ <= 1
        assert 0 <= mine.disagreement_ <= 0.02
    np.testing.assert_array_equal(*found)
    assert len(np.setxor1d(found[0], exact.sample_indices_)) < 0.005 * len(y)
