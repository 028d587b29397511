"""TomekLinks: imbalanced-learn's rows where no distances tie, the naive ones where some do."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.base import clone
from sklearn.utils._param_validation import InvalidParameterError

from smotefast.under_sampling import TomekLinks
from tests.helpers import reference_kernels as naive
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import classes
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples
from tests.helpers.wrong_search import spoil

WORDS = ["auto", "majority", "not minority", "not majority", "all"]
SOME = examples(60)


def assert_same_choice(mine, other, X, y):
    X_new, y_new = mine.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X[mine.sample_indices_])
    np.testing.assert_array_equal(y_new, y[mine.sample_indices_])
    assert_same(mine, other, X, y)
    np.testing.assert_array_equal(mine.sample_indices_, other.sample_indices_)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(3, 70), min_size=2, max_size=5),
    n_features=st.integers(1, 25),
    dtype=st.sampled_from([np.float32, np.float64]),
    n_jobs=st.sampled_from([None, 1, 2]),
    data=st.data(),
)
def test_tomek_links__gives_imbalanced_learns_rows(
    seed, sizes, n_features, dtype, n_jobs, data
):
    X, y = without_ties(classes, seed, sizes, n_features, dtype)
    some = st.lists(st.integers(0, len(sizes) - 1), unique=True)
    strategy = data.draw(st.sampled_from(WORDS) | some)
    kwargs = {"sampling_strategy": strategy, "n_jobs": n_jobs}
    assert_same_choice(TomekLinks(**kwargs), theirs.TomekLinks(**kwargs), X, y)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(2, 25), min_size=2, max_size=5),
    n_features=st.integers(1, 3),
    n_values=st.integers(1, 6),
    is_sparse=st.booleans(),
    data=st.data(),
)
def test_tomek_links__among_duplicates_gives_the_naive_rows(
    seed, sizes, n_features, n_values, is_sparse, data
):
    X, y = classes(seed, sizes, n_features)
    X = np.random.default_rng(seed).integers(0, n_values, X.shape).astype(float)
    cleaned = data.draw(st.lists(st.integers(0, len(sizes) - 1), unique=True))
    mine = TomekLinks(sampling_strategy=cleaned)
    mine.fit_resample(sparse.csr_array(X) if is_sparse else X, y)
    removed = naive.linked(y, naive.nearest_rows(X, 1)[:, 0], cleaned)
    assert mine.sample_indices_.tolist() == [i for i in range(len(y)) if i not in removed]


def test_tomek_links__of_two_equal_rows_links_them_where_imbalanced_learn_may_not():
    X = np.repeat(np.random.default_rng(0).normal(size=(40, 2)), 2, axis=0)
    y = np.tile([0, 1], 40)
    mine, other = (one(sampling_strategy="all") for one in (TomekLinks, theirs.TomekLinks))
    assert len(mine.fit_resample(X, y)[0]) == 0  # each row's nearest is its double
    assert len(other.fit_resample(X, y)[0]) > 0  # for some it is the row itself


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("strategy", ["auto", "not majority"])
def test_tomek_links__gives_imbalanced_learns_rows_on_thousands_in_any_threads(strategy, dtype):
    X, y = classes(0, (5_000, 2_500, 1_000), 12, dtype)
    kwargs = {"sampling_strategy": strategy, "n_jobs": 2}
    mine = TomekLinks(**kwargs)
    assert_same_choice(mine, theirs.TomekLinks(**kwargs), X, y)
    assert (mine.search_, mine.recall_, mine.disagreement_) == ("exact", None, None)
    in_one = TomekLinks(sampling_strategy=strategy, n_jobs=1)
    np.testing.assert_array_equal(in_one.fit_resample(X, y)[0], mine.fit_resample(X, y)[0])


@pytest.mark.parametrize(
    ("strategy", "may_go"),
    [("auto", {0, 2}), ("majority", {0}), ("not majority", {1, 2}), ("all", {0, 1, 2})],
)
def test_tomek_links__removes_only_classes_to_clean(strategy, may_go):
    X, y = classes(1, (90, 40, 60), 2)
    mine = TomekLinks(sampling_strategy=strategy)
    mine.fit_resample(X, y)
    assert set(np.delete(y, mine.sample_indices_)) == may_go == set(mine.sampling_strategy_)


def test_tomek_links__takes_a_callable_where_imbalanced_learn_raises():
    X, y = classes(2, (60, 40, 30))
    expected = TomekLinks(sampling_strategy=[0, 2]).fit_resample(X, y)[0]
    seen = []
    for answer, kind in [([0, 2], AttributeError), ({2: 5, 0: 9}, ValueError)]:

        def choose(labels, answer=answer):
            seen.append(labels)
            return answer

        mine = TomekLinks(sampling_strategy=choose)
        np.testing.assert_array_equal(mine.fit_resample(X, y)[0], expected)
        np.testing.assert_array_equal(seen[-1], y)
        with pytest.raises(kind, match=r"keys|as a dict for cleaning"):
            theirs.TomekLinks(sampling_strategy=choose).fit_resample(X, y)


@pytest.mark.parametrize("sizes", [(40, 40), (30, 50, 30), (50, 20, 50, 20)])
@pytest.mark.parametrize("strategy", WORDS)
def test_tomek_links__of_classes_of_one_size_gives_imbalanced_learns_rows(sizes, strategy):
    kwargs = {"sampling_strategy": strategy}
    X, y = classes(3, sizes)
    assert_same_choice(TomekLinks(**kwargs), theirs.TomekLinks(**kwargs), X[::-1], y[::-1])


@pytest.mark.parametrize("flavour", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tomek_links__gives_imbalanced_learns_rows_on_sparse_data(flavour, dtype):
    dense, y = classes(6, (70, 30, 20), 15, dtype)
    dense[np.random.default_rng(0).random(dense.shape) < 0.6] = 0
    mine = TomekLinks()
    assert_same(mine, theirs.TomekLinks(), getattr(sparse, flavour)(dense), y)
    assert len(mine.sample_indices_) < len(y)
    np.testing.assert_array_equal(mine.fit_resample(dense, y)[0], dense[mine.sample_indices_])


@pytest.mark.parametrize("index", [None, "odd"])
def test_tomek_links__gives_imbalanced_learns_frames(index):
    pd = pytest.importorskip("pandas")
    X, y = classes(3, (60, 40, 25))
    frame = pd.DataFrame(X, columns=list("abcd")).astype({"b": "float32"})
    frame["n"] = (X[:, 0] * 1e6).astype(int)
    frame.index += 1_000 if index else 0
    target = pd.Series(y, name="target")
    assert_same(TomekLinks(), theirs.TomekLinks(), frame, target)
    X_new, y_new = TomekLinks().fit_resample(frame, target)
    assert (X_new.dtypes == frame.dtypes).all()
    assert isinstance(X_new.index, pd.RangeIndex)
    assert isinstance(y_new.index, pd.RangeIndex)


def test_tomek_links__gives_polars_frames_and_lists():
    pl = pytest.importorskip("polars")
    X, y = classes(3, (60, 40, 25))
    mine = TomekLinks()
    mine.fit_resample(X, y)
    kept = mine.sample_indices_.tolist()
    frame = pl.DataFrame(X, schema=list("abcd")).with_columns(pl.col("b").cast(pl.Float32))
    X_new, y_new = mine.fit_resample(frame, pl.Series("t", y))
    assert X_new.equals(frame[kept])
    assert X_new.schema == frame.schema
    assert y_new.to_list() == y[kept].tolist()
    assert_same(TomekLinks(), theirs.TomekLinks(), X.tolist(), y.tolist())


@pytest.mark.parametrize(
    "names", [["b", "a", "c"], [False, True], [3, -1, 7], [1.0, -1.0, 2.0], ["one", "two"]]
)
def test_tomek_links__keeps_labels_of_any_type(names):
    X, y = classes(8, (60, 25, 12)[: len(names)])
    labels = np.array(names)[y]
    assert_same_choice(TomekLinks(), theirs.TomekLinks(), X, labels)
    if labels.dtype.kind == "U":
        assert_same_choice(TomekLinks(), theirs.TomekLinks(), X, labels.astype(object))


def test_tomek_links__takes_one_hot_labels():
    X, y = classes(8, (60, 25, 12))
    assert_same(TomekLinks(), theirs.TomekLinks(), X, np.eye(3, dtype=int)[y])


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"sampling_strategy": "minority"}, "'sampling_strategy' parameter of TomekLinks"),
        ({"sampling_strategy": {0: 5}}, "'sampling_strategy' parameter of TomekLinks"),
        ({"sampling_strategy": 0.0}, "'sampling_strategy' parameter of TomekLinks"),
        ({"n_jobs": 1.5}, "'n_jobs' parameter of TomekLinks"),
    ],
)
def test_tomek_links__refuses_parameters_in_imbalanced_learns_words(kwargs, words):
    for sampler in (TomekLinks, theirs.TomekLinks):
        with pytest.raises(InvalidParameterError, match=words):
            sampler(**kwargs).fit_resample(*classes(0))


def test_tomek_links__refuses_an_unknown_search():
    with pytest.raises(InvalidParameterError, match="'search' parameter of TomekLinks"):
        TomekLinks(search="fast").fit_resample(*classes(0))


@pytest.mark.parametrize(
    ("strategy", "spoil", "words"),
    [
        (0.5, None, "'clean-sampling' methods"),
        ([7], None, r"\{7\} target class is/are not present in the data"),
        ("auto", "one class", "needs to have more than 1 class. Got 1 class instead"),
        ("auto", "nan", "Input X contains NaN"),
    ],
)
def test_tomek_links__refuses_data_in_imbalanced_learns_words(strategy, spoil, words):
    X, y = classes(0)
    if spoil == "nan":
        X[3, 1] = np.nan
    elif spoil:
        y[:] = 1
    for sampler in (TomekLinks, theirs.TomekLinks):
        with pytest.raises(ValueError, match=words):
            sampler(sampling_strategy=strategy).fit_resample(X, y)


def test_attributes__come_with_resampling_and_go_with_a_failure():
    learned = {"sample_indices_", "search_", "recall_", "disagreement_"}
    X, y = classes(0)
    mine = TomekLinks()
    assert not any(hasattr(mine, name) for name in {*learned, "sampling_strategy_"})
    mine.fit(X, y)
    assert dict(mine.sampling_strategy_) == {0: 25}
    assert not any(hasattr(mine, name) for name in learned)
    mine.fit_resample(X, y)
    assert all(hasattr(mine, name) for name in learned)
    assert not hasattr(clone(mine), "sample_indices_")
    with pytest.raises(ValueError, match="more than 1 class"):
        mine.fit_resample(X, np.zeros(len(y)))
    assert not any(hasattr(mine, name) for name in {*learned, "sampling_strategy_"})


def test_tomek_links__serves_two_threads_at_once():
    tables = [classes(seed, (300, 200)) for seed in range(2)] * 10
    mine = TomekLinks(n_jobs=2)
    expected = [mine.fit_resample(*table)[0] for table in tables]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda table: mine.fit_resample(*table)[0], tables)
    for one, other in zip(found, expected, strict=True):
        assert_equal(one, other)


def test_approximate_search__differs_little_and_says_how_much():
    X, y = classes(0, (7_000, 3_000, 2_000), 8)
    exact = TomekLinks(search="exact")
    exact.fit_resample(X, y)
    assert (exact.search_, exact.recall_, exact.disagreement_) == ("exact", None, None)
    found = []
    for n_jobs in (1, 2):
        mine = TomekLinks(search="approximate", n_jobs=n_jobs)
        mine.fit_resample(X, y)
        found.append(mine.sample_indices_)
        assert mine.search_ == "approximate"
        assert 0.95 <= mine.recall_ <= 1
        assert 0 <= mine.disagreement_ <= 0.02
    np.testing.assert_array_equal(*found)
    assert len(np.setxor1d(found[0], exact.sample_indices_)) < 0.005 * len(y)


@pytest.mark.parametrize("strategy", [[0], [1], [0, 1, 2]])
@pytest.mark.parametrize("every", [None, 5])
def test_disagreement__is_the_share_that_exact_search_decides_otherwise(
    strategy, every, monkeypatch
):
    X, y = classes(5, (150, 120, 90), 2)
    exact = TomekLinks(sampling_strategy=strategy)
    exact.fit_resample(X, y)
    is_wrong = np.zeros(len(y), dtype=bool)
    is_wrong[:: every or len(y)] = every is not None
    spoil(monkeypatch, is_wrong, 3)
    mine = TomekLinks(sampling_strategy=strategy, search="approximate")
    mine.fit_resample(X, y)
    n_differ = len(np.setxor1d(mine.sample_indices_, exact.sample_indices_))
    assert (n_differ > 0) == (every is not None)
    assert mine.disagreement_ == n_differ / np.isin(y, strategy).sum()
    assert (mine.search_, mine.recall_) == ("approximate", 0.8)
