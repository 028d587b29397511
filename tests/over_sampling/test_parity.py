"""The rows of imbalanced-learn for the same seed, bit for bit, on data without ties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import over_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast import over_sampling as ours
from tests.helpers.distance_ties import without_ties
from tests.helpers.hypothesis_examples import examples

PAIRS = [(ours.SMOTE, theirs.SMOTE), (ours.RandomOverSampler, theirs.RandomOverSampler)]


def data(seed, sizes=(60, 25), n_features=4, dtype=np.float64, offset=0.0):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X = rng.normal(size=(len(y), n_features)) * 3 + y[:, None] + offset
    return X.astype(dtype), y


def assert_same(mine, other, X, y):
    X_mine, y_mine = mine.fit_resample(X, y)
    X_other, y_other = other.fit_resample(X, y)
    assert type(X_mine) is type(X_other)
    assert X_mine.dtype == X_other.dtype
    assert y_mine.dtype == y_other.dtype
    if sparse.issparse(X_mine):
        assert X_mine.format == X_other.format
        assert X_mine.nnz == X_other.nnz
        X_mine, X_other = X_mine.toarray(), X_other.toarray()
    np.testing.assert_array_equal(X_mine, X_other)
    np.testing.assert_array_equal(y_mine, y_other)
    assert dict(mine.sampling_strategy_) == dict(other.sampling_strategy_)


@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.integers(7, 90), min_size=2, max_size=5),
    n_features=st.integers(1, 40),
    dtype=st.sampled_from([np.float32, np.float64]),
    k=st.integers(1, 6),
    offset=st.sampled_from([0.0, 100.0]),
)
@examples(120)
def test_smote__gives_imbalanced_learns_rows(seed, sizes, n_features, dtype, k, offset):
    X, y = without_ties(data, seed, sizes, n_features, dtype, offset)
    assert_same(
        ours.SMOTE(random_state=seed, k_neighbors=k, search="exact"),
        theirs.SMOTE(random_state=seed, k_neighbors=k),
        X,
        y,
    )


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("mine", "other"), PAIRS, ids=lambda c: c.__module__.split(".")[0])
def test_samplers__give_imbalanced_learns_rows_over_seeds(mine, other, seed):
    assert_same(mine(random_state=seed), other(random_state=seed), *data(seed, (200, 40, 90)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_smote__gives_imbalanced_learns_rows_on_thousands(dtype):
    X, y = data(0, (9_000, 4_000, 2_000), 20, dtype)
    strategy = {1: 4_500, 2: 9_000}  # fewer new rows than rows, and more
    assert_same(
        ours.SMOTE(random_state=1, search="exact", sampling_strategy=strategy),
        theirs.SMOTE(random_state=1, sampling_strategy=strategy),
        X,
        y,
    )


@pytest.mark.parametrize(("mine", "other"), PAIRS, ids=lambda c: c.__module__.split(".")[0])
@pytest.mark.parametrize(
    "strategy", ["auto", "minority", "not minority", "all", {0: 65, 1: 60, 2: 25}, {2: 90}]
)
def test_samplers__follow_every_strategy(mine, other, strategy):
    kwargs = {"sampling_strategy": strategy, "random_state": 5}
    assert_same(mine(**kwargs), other(**kwargs), *data(5, (60, 45, 25)))


@pytest.mark.parametrize(("mine", "other"), PAIRS, ids=lambda c: c.__module__.split(".")[0])
@pytest.mark.parametrize("ratio", [0.5, 0.77, 1.0])
def test_samplers__follow_a_ratio(mine, other, ratio):
    kwargs = {"sampling_strategy": ratio, "random_state": 5}
    assert_same(mine(**kwargs), other(**kwargs), *data(5))


@pytest.mark.parametrize(("mine", "other"), PAIRS, ids=lambda c: c.__module__.split(".")[0])
def test_samplers__continue_a_random_state_across_classes_and_calls(mine, other):
    one, two = np.random.RandomState(9), np.random.RandomState(9)
    for _ in range(2):
        assert_same(mine(random_state=one), other(random_state=two), *data(3, (80, 30, 40)))
    assert one.uniform() == two.uniform()


@pytest.mark.parametrize(("mine", "other"), PAIRS, ids=lambda c: c.__module__.split(".")[0])
def test_samplers__draw_from_numpys_global_generator_without_a_seed(mine, other):
    X, y = data(4)
    np.random.seed(8)
    one = mine().fit_resample(X, y)[0]
    np.random.seed(8)
    np.testing.assert_array_equal(one, other().fit_resample(X, y)[0])


@pytest.mark.parametrize("flavour", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
@pytest.mark.parametrize(("mine", "other"), PAIRS, ids=lambda c: c.__module__.split(".")[0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_samplers__give_imbalanced_learns_rows_on_sparse_data(mine, other, flavour, dtype):
    dense, y = data(6, (70, 30, 20), 15, dtype)
    dense[np.random.default_rng(0).random(dense.shape) < 0.6] = 0
    X = getattr(sparse, flavour)(dense)
    assert_same(mine(random_state=2), other(random_state=2), X, y)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_smote__of_integers_gives_imbalanced_learns_rows(dtype):
    X, y = data(7, n_features=8)
    X = (X * 1e6).astype(dtype)
    assert_same(ours.SMOTE(random_state=0), theirs.SMOTE(random_state=0), X, y)


@pytest.mark.parametrize("layout", ["F", "strided", "read-only", "list"])
def test_smote__takes_any_layout(layout):
    X, y = data(8)
    expected = theirs.SMOTE(random_state=0).fit_resample(X, y)[0]
    if layout == "F":
        X = np.asfortranarray(X)
    elif layout == "strided":
        X = np.repeat(X, 2, axis=0)[::2]
    elif layout == "read-only":
        X.flags.writeable = False
    else:
        X = X.tolist()
    result = ours.SMOTE(random_state=0).fit_resample(X, y)[0]
    assert isinstance(result, list) == (layout == "list")
    np.testing.assert_array_equal(np.asarray(result), expected)


@pytest.mark.parametrize(
    "labels", [["b", "a", "c"], [True, False, None], [3, -1, 7], [0.0, 1.0, 2.0]]
)
def test_samplers__keep_labels_of_any_type(labels):
    X, y = data(8, (60, 25, 12) if labels[2] is not None else (60, 25))
    y = np.array([labels[i] for i in y])
    assert_same(ours.SMOTE(random_state=0), theirs.SMOTE(random_state=0), X, y)


@pytest.mark.parametrize(
    "estimator",
    [
        NearestNeighbors(n_neighbors=4, metric="manhattan"),
        NearestNeighbors(n_neighbors=6, algorithm="kd_tree"),
    ],
)
def test_smote__uses_a_users_neighbour_estimator_as_given(estimator):
    mine = ours.SMOTE(random_state=0, k_neighbors=estimator)
    assert_same(mine, theirs.SMOTE(random_state=0, k_neighbors=estimator), *data(1))
    assert mine.search_ == "estimator"
    assert not hasattr(estimator, "n_samples_fit_")  # it was cloned


def test_smote__takes_an_estimator_of_any_class_with_kneighbors():
    estimator = KNeighborsRows(n_neighbors=4)
    mine = ours.SMOTE(random_state=0, k_neighbors=estimator)
    other = theirs.SMOTE(random_state=0, k_neighbors=estimator)
    assert_same(mine, other, *data(1))


class KNeighborsRows(KNeighborsClassifier):
    """A neighbour estimator that fits without a target."""

    def fit(self, X, y=None):
        return super().fit(X, np.zeros(X.shape[0]))


def test_smote__in_auto_is_exact_on_small_data():
    X, y = data(2, (3_000, 1_000), 10)
    mine = ours.SMOTE(random_state=0)
    assert_same(mine, theirs.SMOTE(random_state=0), X, y)
    assert mine.search_ == "exact"


@pytest.mark.parametrize("shrinkage", [0.0, 0.3, {0: 0.0, 1: 1.0, 2: 0.5}])
@pytest.mark.parametrize("kind", ["dense", "csr_matrix", "csc_array"])
def test_random_over_sampler__gives_imbalanced_learns_smoothed_bootstrap(shrinkage, kind):
    X, y = data(3, (60, 20, 30), 6)
    if kind != "dense":
        X = getattr(sparse, kind)(X)
    kwargs = {"random_state": 4, "shrinkage": shrinkage}
    mine, other = ours.RandomOverSampler(**kwargs), theirs.RandomOverSampler(**kwargs)
    assert_same(mine, other, X, y)
    assert mine.shrinkage_ == other.shrinkage_
    np.testing.assert_array_equal(mine.sample_indices_, other.sample_indices_)


def test_random_over_sampler__keeps_float32_where_imbalanced_learn_widens():
    X, y = data(3, dtype=np.float32)
    kwargs = {"random_state": 4, "shrinkage": 0.5}
    mine = ours.RandomOverSampler(**kwargs).fit_resample(X, y)[0]
    other = theirs.RandomOverSampler(**kwargs).fit_resample(X, y)[0]
    assert (mine.dtype, other.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(mine, other.astype(np.float32))


@pytest.mark.parametrize(
    ("shrinkage", "words"),
    [
        ({0: 1.0}, "The missing classes are: {1}"),
        ({0: 1.0, 1: -1.0}, "needs to be >= 0"),
        (-1.0, "'shrinkage' parameter of RandomOverSampler must be"),
    ],
)
def test_random_over_sampler__refuses_a_bad_shrinkage(shrinkage, words):
    X, y = data(3)
    for sampler in (ours.RandomOverSampler, theirs.RandomOverSampler):
        with pytest.raises(ValueError, match=words):
            sampler(shrinkage=shrinkage).fit_resample(X, y)


def test_random_over_sampler__refuses_noise_on_text():
    X = np.array([["a"], ["b"], ["c"]], dtype=object)
    with pytest.raises(ValueError, match="needs to contain only numerical data"):
        ours.RandomOverSampler(shrinkage=1.0).fit_resample(X, [0, 0, 1])
