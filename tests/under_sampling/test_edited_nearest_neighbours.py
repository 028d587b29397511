"""EditedNearestNeighbours: imbalanced-learn's rows; the naive ones where distances tie."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.utils._param_validation import InvalidParameterError

from smotefast.under_sampling import EditedNearestNeighbours
from tests.helpers import reference_kernels as naive
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import classes
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples
from tests.helpers.wrong_search import spoil

WORDS = ["auto", "majority", "not minority", "not majority", "all"]
SOME = examples(60)
both_kinds = pytest.mark.parametrize("kind_sel", ["all", "mode"])


def pair(**kwargs):
    return EditedNearestNeighbours(**kwargs), theirs.EditedNearestNeighbours(**kwargs)


def assert_same_choice(mine, other, X, y):
    X_new, y_new = mine.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X[mine.sample_indices_])
    np.testing.assert_array_equal(y_new, y[mine.sample_indices_])
    assert_same(mine, other, X, y)
    np.testing.assert_array_equal(mine.sample_indices_, other.sample_indices_)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(4, 70), min_size=2, max_size=5),
    n_features=st.integers(1, 25),
    dtype=st.sampled_from([np.float32, np.float64]),
    k=st.integers(1, 7),
    kind_sel=st.sampled_from(["all", "mode"]),
    n_jobs=st.sampled_from([None, 1, 2]),
    data=st.data(),
)
def test_enn__gives_imbalanced_learns_rows(
    seed, sizes, n_features, dtype, k, kind_sel, n_jobs, data
):
    X, y = without_ties(classes, seed, sizes, n_features, dtype)
    some = st.lists(st.integers(0, len(sizes) - 1), unique=True)
    strategy = data.draw(st.sampled_from(WORDS) | some)
    how = {"sampling_strategy": strategy, "kind_sel": kind_sel, "n_jobs": n_jobs}
    assert_same_choice(*pair(n_neighbors=k, **how), X, y)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(2, 25), min_size=2, max_size=5),
    n_features=st.integers(1, 3),
    n_values=st.integers(1, 6),
    k=st.integers(1, 3),
    kind_sel=st.sampled_from(["all", "mode"]),
    is_sparse=st.booleans(),
    data=st.data(),
)
def test_enn__among_duplicates_gives_the_naive_rows(
    seed, sizes, n_features, n_values, k, kind_sel, is_sparse, data
):
    X, y = classes(seed, sizes, n_features)
    X = np.random.default_rng(seed).integers(0, n_values, X.shape).astype(float)
    cleaned = data.draw(st.lists(st.integers(0, len(sizes) - 1), unique=True))
    mine = EditedNearestNeighbours(sampling_strategy=cleaned, n_neighbors=k, kind_sel=kind_sel)
    mine.fit_resample(sparse.csr_array(X) if is_sparse else X, y)
    assert mine.sample_indices_.tolist() == naive.edited(X, y, cleaned, k, kind_sel)


def test_enn__of_equal_rows_of_two_classes_removes_both_where_imbalanced_learn_may_not():
    X = np.repeat(np.random.default_rng(0).normal(size=(40, 2)), 2, axis=0)
    y = np.tile([0, 1], 40)
    mine, other = pair(sampling_strategy="all", n_neighbors=1)
    assert len(mine.fit_resample(X, y)[0]) == 0  # each row's nearest is its double
    assert len(other.fit_resample(X, y)[0]) > 0  # for some it is the row itself


@both_kinds
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_enn__gives_imbalanced_learns_rows_on_thousands_in_any_threads(kind_sel, dtype):
    X, y = classes(0, (5_000, 2_500, 1_000), 12, dtype)
    mine, other = pair(kind_sel=kind_sel, n_neighbors=5, n_jobs=2)
    assert_same_choice(mine, other, X, y)
    assert (mine.search_, mine.recall_, mine.disagreement_) == ("exact", None, None)
    in_one, _ = pair(kind_sel=kind_sel, n_neighbors=5, n_jobs=1)
    np.testing.assert_array_equal(in_one.fit_resample(X, y)[0], mine.fit_resample(X, y)[0])


@both_kinds
@pytest.mark.parametrize("metric", ["manhattan", "chebyshev"])
def test_enn__uses_a_users_estimator_as_given(kind_sel, metric):
    estimator = NearestNeighbors(n_neighbors=5, metric=metric)
    X, y = classes(1, (90, 40, 60))
    mine, other = pair(n_neighbors=estimator, kind_sel=kind_sel, sampling_strategy="all")
    assert_same_choice(mine, other, X, y)
    assert not hasattr(estimator, "n_samples_fit_")  # it was cloned
    assert mine.nn_.n_samples_fit_ == len(X)
    assert (mine.search_, mine.recall_, mine.disagreement_) == ("estimator", None, None)
    mine.set_params(n_neighbors=4).fit_resample(X, y)
    assert set(mine.sample_indices_) != set(other.sample_indices_)


@both_kinds
def test_enn__takes_a_classifier_where_imbalanced_learn_raises(kind_sel):
    X, y = classes(1, (90, 40, 60))
    mine, other = pair(n_neighbors=KNeighborsClassifier(5), kind_sel=kind_sel)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        other.fit_resample(X, y)
    mine.fit_resample(X, y)
    expected = theirs.EditedNearestNeighbours(n_neighbors=4, kind_sel=kind_sel)
    expected.fit_resample(X, y)
    np.testing.assert_array_equal(mine.sample_indices_, expected.sample_indices_)
    assert isinstance(mine.nn_, KNeighborsClassifier)


def test_enn__shows_an_estimator_for_a_number_after_resampling():
    mine = EditedNearestNeighbours(n_neighbors=4)
    with pytest.raises(AttributeError, match="no nn_ yet"):
        _ = mine.nn_
    mine.fit_resample(*classes(0))
    assert mine.nn_.n_neighbors == 5
    assert mine.nn_.n_samples_fit_ == len(classes(0)[1])


@both_kinds
@pytest.mark.parametrize("flavour", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_enn__gives_imbalanced_learns_rows_on_sparse_data(kind_sel, flavour, dtype):
    dense, y = classes(6, (70, 30, 20), 15, dtype)
    dense[np.random.default_rng(0).random(dense.shape) < 0.6] = 0
    mine, other = pair(kind_sel=kind_sel)
    assert_same(mine, other, getattr(sparse, flavour)(dense), y)
    assert len(mine.sample_indices_) < len(y)
    np.testing.assert_array_equal(mine.fit_resample(dense, y)[0], dense[mine.sample_indices_])


@both_kinds
def test_enn__gives_imbalanced_learns_frames(kind_sel):
    pd = pytest.importorskip("pandas")
    X, y = classes(3, (60, 40, 25))
    frame = pd.DataFrame(X, columns=list("abcd")).astype({"b": "float32"})
    frame["n"] = (X[:, 0] * 1e6).astype(int)
    frame.index += 1_000
    target = pd.Series(y, name="target")
    assert_same(*pair(kind_sel=kind_sel), frame, target)
    X_new, y_new = EditedNearestNeighbours(kind_sel=kind_sel).fit_resample(frame, target)
    assert (X_new.dtypes == frame.dtypes).all()
    assert isinstance(X_new.index, pd.RangeIndex)
    assert y_new.index.equals(X_new.index)


def test_enn__gives_polars_frames_lists_and_one_hot_labels():
    pl = pytest.importorskip("polars")
    X, y = classes(3, (60, 40, 25))
    mine = EditedNearestNeighbours()
    mine.fit_resample(X, y)
    kept = mine.sample_indices_.tolist()
    frame = pl.DataFrame(X, schema=list("abcd"))
    X_new, y_new = mine.fit_resample(frame, pl.Series("t", y))
    assert X_new.equals(frame[kept])
    assert y_new.to_list() == y[kept].tolist()
    assert_same(*pair(), X.tolist(), y.tolist())
    assert_same(*pair(), X, np.eye(3, dtype=int)[y])


@pytest.mark.parametrize("names", [["b", "a", "c"], [False, True], [3, -1, 7], [1.0, -1.0]])
def test_enn__keeps_labels_of_any_type(names):
    X, y = classes(8, (60, 25, 12)[: len(names)])
    labels = np.array(names)[y]
    assert_same_choice(*pair(), X, labels)
    mine, other = pair(kind_sel="mode")
    if labels.dtype.kind in "bU":
        with pytest.raises(TypeError, match="not recognized as numeric"):
            other.fit_resample(X, labels)
    known, places = np.unique(labels, return_inverse=True)
    X_other, y_other = other.fit_resample(X, places)
    X_new, y_new = mine.fit_resample(X, labels)
    assert_equal(X_new, X_other)
    assert_equal(y_new, known[y_other])


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"n_neighbors": 0}, "'n_neighbors' parameter of EditedNearestNeighbours must be"),
        ({"n_neighbors": "3"}, "'n_neighbors' parameter of EditedNearestNeighbours must be"),
        ({"kind_sel": "most"}, "'kind_sel' parameter of EditedNearestNeighbours must be"),
        ({"sampling_strategy": {0: 5}}, "'sampling_strategy' parameter of Edited"),
        ({"sampling_strategy": 0.5}, "'clean-sampling' methods"),
        ({"sampling_strategy": [7]}, r"\{7\} target class is/are not present in the data"),
        ({"n_neighbors": 85}, "n_neighbors = 86, n_samples_fit = 85"),
        ({}, "Input X contains NaN"),
        ({}, "needs to have more than 1 class. Got 1 class instead"),
    ],
)
def test_enn__refuses_in_imbalanced_learns_words(kwargs, words):
    X, y = classes(0)
    if "NaN" in words:
        X[3, 1] = np.nan
    elif "1 class" in words:
        y[:] = 1
    kind = InvalidParameterError if "parameter" in words else ValueError
    for sampler in pair(**kwargs):
        with pytest.raises(kind, match=words):
            sampler.fit_resample(X, y)


def test_enn__asks_for_no_more_rows_than_it_needs():
    mine, other = pair(n_neighbors=84, sampling_strategy="all", kind_sel="mode")
    assert_same_choice(mine, other, *classes(0))


def test_enn__refuses_what_only_it_knows():
    X, y = classes(0)
    with pytest.raises(InvalidParameterError, match="'search' parameter"):
        EditedNearestNeighbours(search="fast").fit_resample(X, y)
    with pytest.raises(ValueError, match="search='approximate' needs dense rows"):
        EditedNearestNeighbours(search="approximate").fit_resample(sparse.csr_array(X), y)
    with pytest.raises(ValueError, match=r"n_neighbors=1\).*n_neighbors=2 or more"):
        EditedNearestNeighbours(n_neighbors=NearestNeighbors(n_neighbors=1)).fit_resample(X, y)


def test_attributes__come_with_resampling_and_go_with_a_failure():
    learned = {"sample_indices_", "search_", "recall_", "disagreement_", "nn_"}
    X, y = classes(0)
    mine = EditedNearestNeighbours()
    mine.fit(X, y)
    assert dict(mine.sampling_strategy_) == {0: 25}
    assert not any(hasattr(mine, name) for name in learned)
    mine.fit_resample(X, y)
    assert all(hasattr(mine, name) for name in learned)
    with pytest.raises(ValueError, match="Lower n_neighbors"):
        mine.set_params(n_neighbors=99).fit_resample(X, y)
    assert not any(hasattr(mine, name) for name in {*learned, "sampling_strategy_"})


def test_enn__serves_two_threads_at_once():
    tables = [classes(seed, (300, 200)) for seed in range(2)] * 10
    mine = EditedNearestNeighbours(n_jobs=2, kind_sel="mode")
    expected = [mine.fit_resample(*table)[0] for table in tables]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda table: mine.fit_resample(*table)[0], tables)
    for one, other in zip(found, expected, strict=True):
        assert_equal(one, other)


@both_kinds
def test_approximate_search__differs_little_and_says_how_much(kind_sel):
    X, y = classes(0, (7_000, 3_000, 2_000), 8)
    exact = EditedNearestNeighbours(search="exact", kind_sel=kind_sel)
    exact.fit_resample(X, y)
    assert (exact.search_, exact.recall_, exact.disagreement_) == ("exact", None, None)
    found = []
    for n_jobs in (1, 2):
        mine = EditedNearestNeighbours(search="approximate", kind_sel=kind_sel, n_jobs=n_jobs)
        mine.fit_resample(X, y)
        found.append(mine.sample_indices_)
        assert mine.search_ == "approximate"
        assert 0.95 <= mine.recall_ <= 1
        assert 0 <= mine.disagreement_ <= 0.02
    np.testing.assert_array_equal(*found)
    assert len(np.setxor1d(found[0], exact.sample_indices_)) < 0.005 * len(y)


@both_kinds
@pytest.mark.parametrize("every", [None, 5])
def test_disagreement__is_the_share_that_exact_search_decides_otherwise(
    kind_sel, every, monkeypatch
):
    X, y = classes(5, (150, 120, 90), 2)
    exact = EditedNearestNeighbours(kind_sel=kind_sel)
    exact.fit_resample(X, y)
    is_wrong = np.zeros(len(y), dtype=bool)
    is_wrong[:: every or len(y)] = every is not None
    spoil(monkeypatch, is_wrong, 3)
    mine = EditedNearestNeighbours(search="approximate", kind_sel=kind_sel)
    mine.fit_resample(X, y)
    n_differ = len(np.setxor1d(mine.sample_indices_, exact.sample_indices_))
    assert (n_differ > 0) == (every is not None)
    assert mine.disagreement_ == n_differ / 270
    assert (mine.search_, mine.recall_) == ("approximate", 0.8)
