"""ClusterCentroids: imbalanced-learn's centres, or the rows nearest to them.

Classes stay below the 256 rows at which scikit-learn's clustering shares work among threads,
whose sums come in any order.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.cluster import DBSCAN, Birch, BisectingKMeans, KMeans, MiniBatchKMeans
from sklearn.linear_model import LogisticRegression

from smotefast.under_sampling import ClusterCentroids
from tests.helpers.assertions import assert_same
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples

SIZES = (90, 25, 60)
VOTES = ["auto", "hard", "soft"]
all_votes = pytest.mark.parametrize("voting", VOTES)


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return ClusterCentroids(**kwargs), theirs.ClusterCentroids(**kwargs)


# As many clusters as rows, of which float32 makes two the same once in a while.
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(2, 90), min_size=2, max_size=5),
    n_features=st.integers(1, 8),
    dtype=st.sampled_from([np.float32, np.float64]),
    voting=st.sampled_from(VOTES),
)
@examples(40)
def test_cluster_centroids__gives_imbalanced_learns_rows(
    seed, sizes, n_features, dtype, voting
):
    X, y = classes(seed, sizes, n_features, dtype)
    assert_same(*pair(random_state=seed, voting=voting), X, y)


@all_votes
@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "bool", ">f8"])
def test_cluster_centroids__gives_imbalanced_learns_rows_of_any_dtype(voting, dtype):
    X, y = classes(1, SIZES, 8)
    X = (X > 0) if dtype == "bool" else (np.abs(X) * 10).astype(dtype)
    mine, other = pair(voting=voting, sampling_strategy={0: 9, 2: 5})
    (X_mine, y_mine), (X_other, y_other) = mine.fit_resample(X, y), other.fit_resample(X, y)
    np.testing.assert_array_equal(X_mine, X_other)
    np.testing.assert_array_equal(y_mine, y_other)
    assert X_mine.dtype.newbyteorder("=") == X_other.dtype.newbyteorder("=")


@pytest.mark.parametrize("strategy", ["auto", {}])
def test_hard_votes__keep_integers(strategy):
    X, y = classes(1, SIZES)
    mine, other = pair(voting="hard", sampling_strategy=strategy)
    assert_same(mine, other, (X * 10).astype(int), y)


@all_votes
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8, np.int64])
@pytest.mark.parametrize("flavour", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
def test_sparse_rows__are_those_of_imbalanced_learn(voting, dtype, flavour):
    dense, y = classes(2, SIZES, 10)
    dense[(dense < 0) | (np.random.default_rng(0).random(dense.shape) < 0.6)] = 0
    X = getattr(sparse, flavour)((dense * 9).astype(dtype))
    mine, other = pair(voting=voting)
    (X_mine, y_mine), (X_other, y_other) = mine.fit_resample(X, y), other.fit_resample(X, y)
    np.testing.assert_array_equal(X_mine.toarray(), X_other.toarray())
    np.testing.assert_array_equal(y_mine, y_other)
    assert X_mine.dtype == X_other.dtype == dtype
    assert type(X_mine) is type(X)
    assert mine.voting_ == other.voting_


@all_votes
def test_sparse_booleans__are_true_from_one_half_on(voting):
    X, y = classes(2, SIZES, 10)
    X = sparse.csr_array(X > 0)
    mine, other = pair(voting=voting)
    out = mine.fit_resample(X, y)[0]
    assert out.dtype == bool
    floats = other.fit_resample(X.astype(float), y)[0]
    np.testing.assert_array_equal(out.toarray(), floats.toarray() >= 0.5)


@pytest.mark.parametrize(
    "strategy", ["majority", "not minority", "not majority", "all", {0: 30, 1: 5}, {2: 2}, {}]
)
@pytest.mark.parametrize("voting", ["hard", "soft"])
def test_cluster_centroids__follows_every_strategy(strategy, voting):
    assert_same(*pair(sampling_strategy=strategy, voting=voting), *classes(5, SIZES))


def test_cluster_centroids__follows_a_ratio_and_a_callable():
    for strategy in (0.7, lambda y: {0: int((y == 1).sum()) + 3}):
        assert_same(*pair(sampling_strategy=strategy), *classes(5))


@all_votes
def test_cluster_centroids__continues_a_random_state_across_classes_and_calls(voting):
    one, two = np.random.RandomState(9), np.random.RandomState(9)
    for seed in range(3):
        mine, other = pair(voting=voting)
        mine.set_params(random_state=one)
        other.set_params(random_state=two)
        assert_same(mine, other, *classes(seed, SIZES))
    assert one.uniform() == two.uniform()


@pytest.mark.parametrize("voting", ["hard", "soft"])
@pytest.mark.parametrize(
    "estimator",
    [
        MiniBatchKMeans(n_init=1, random_state=0, batch_size=1024),
        KMeans(n_init=2, init="random", random_state=3),
        BisectingKMeans(random_state=0),
    ],
)
def test_cluster_centroids__asks_any_clustering(estimator, voting):
    mine, other = pair(estimator=estimator, voting=voting)
    assert_same(mine, other, *classes(6, SIZES))
    assert type(mine.estimator_) is type(estimator)
    assert mine.estimator_.n_clusters == 25
    np.testing.assert_array_equal(
        mine.estimator_.cluster_centers_, other.estimator_.cluster_centers_
    )
    assert estimator.n_clusters == 8  # it was cloned
    assert not hasattr(estimator, "cluster_centers_")


def test_centres__are_means_of_their_clusters_and_hard_ones_rows():
    X, y = classes(7, SIZES)
    soft = ClusterCentroids(random_state=0, sampling_strategy={0: 12})
    X_soft, y_soft = soft.fit_resample(X, y)
    members = X[y == 0]
    of_cluster = soft.estimator_.labels_
    means = [members[of_cluster == cluster].mean(axis=0) for cluster in range(12)]
    np.testing.assert_allclose(X_soft[y_soft == 0], means)
    for label in (1, 2):
        np.testing.assert_array_equal(X_soft[y_soft == label], X[y == label])
    hard = ClusterCentroids(random_state=0, sampling_strategy={0: 12}, voting="hard")
    X_hard, y_hard = hard.fit_resample(X, y)
    apart = np.linalg.norm(members[:, np.newaxis] - np.array(means), axis=2)
    np.testing.assert_array_equal(X_hard[y_hard == 0], members[apart.argmin(axis=0)])
    assert (soft.voting_, hard.voting_) == ("soft", "hard")


@pytest.mark.parametrize("voting", ["hard", "soft"])
def test_cluster_centroids__makes_one_centre_of_a_class(voting):
    X, y = classes(7, SIZES)
    sampler = ClusterCentroids(random_state=0, sampling_strategy={0: 1}, voting=voting)
    X_new, y_new = sampler.fit_resample(X, y)
    mean = X[y == 0].mean(axis=0)
    nearest = X[y == 0][np.linalg.norm(X[y == 0] - mean, axis=1).argmin()]
    np.testing.assert_allclose(X_new[0], mean if voting == "soft" else nearest)
    np.testing.assert_array_equal(y_new, np.repeat([0, 1, 2], [1, 25, 60]))


@pytest.mark.parametrize("voting", ["hard", "soft"])
@pytest.mark.parametrize("with_floats", [True, False])
def test_pandas_columns__keep_their_types_as_in_imbalanced_learn(voting, with_floats):
    pd = pytest.importorskip("pandas")
    X, y = classes(8, SIZES)
    columns = {"a": (X[:, 0] * 10).astype(np.int32), "b": (X[:, 1] * 100).astype(int)}
    if with_floats:
        columns |= {"c": X[:, 2], "d": X[:, 3].astype(np.float32)}
    frame = pd.DataFrame(columns, index=y * 7)
    labels = pd.Series(np.array(["z", "few", "many"])[y], name="label")
    assert_same(*pair(voting=voting), frame, labels)


@pytest.mark.parametrize("voting", ["hard", "soft"])
def test_lists__come_back_as_lists_of_numbers(voting):
    X, y = classes(9, SIZES)
    mine, other = pair(voting=voting)
    assert_same(mine, other, X.tolist(), y.tolist())
    X_new, y_new = mine.fit_resample(X.tolist(), y.tolist())
    assert type(X_new[0][0]) is float
    assert type(y_new[0]) is int


@pytest.mark.parametrize("voting", ["hard", "soft"])
@pytest.mark.parametrize("library", ["polars", "arrow"])
def test_polars_and_arrow_columns__keep_their_types(voting, library):
    pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    X, y = classes(9, SIZES)
    columns = {
        "a": (X[:, 0] * 10).astype(np.int32),
        "b": X[:, 1].astype(np.float32),
        "c": X[:, 2],
    }
    frame = pl.DataFrame(columns) if library == "polars" else pa.table(columns)
    X_new, y_new = ClusterCentroids(random_state=0, voting=voting).fit_resample(frame, y)
    expected = pair(voting=voting)[1].fit_resample(pd.DataFrame(columns), y)
    assert type(X_new) is type(frame)
    assert X_new.schema == frame.schema
    pd.testing.assert_frame_equal(X_new.to_pandas(), expected[0])
    np.testing.assert_array_equal(y_new, expected[1])


def test_cluster_centroids__does_not_change_its_input():
    X, y = classes(10, SIZES)
    kept = X.copy()
    for voting in ("hard", "soft"):
        X_new, _ = pair(voting=voting)[0].fit_resample(X, y)
        X_new[:] = 0
    np.testing.assert_array_equal(X, kept)


def test_both__refuse_a_clustering_without_a_number_of_clusters():
    for sampler in pair(estimator=LogisticRegression()):
        with pytest.raises(ValueError, match="exposing a parameter `n_clusters`"):
            sampler.fit_resample(*classes(11, SIZES))


def test_both__refuse_a_clustering_without_centres():
    for sampler in pair(estimator=Birch(threshold=0.01)):
        with pytest.raises(RuntimeError, match="fitted parameter `cluster_centers_`"):
            sampler.fit_resample(*classes(11, SIZES))


@pytest.mark.parametrize(
    "kwargs", [{"voting": "loud"}, {"estimator": DBSCAN()}, {"estimator": 5},
               {"random_state": -1}, {"sampling_strategy": "minority"}]
)  # fmt: skip
def test_both__refuse_a_bad_parameter(kwargs):
    for sampler in pair(**kwargs):
        with pytest.raises(ValueError, match=f"'{next(iter(kwargs))}'"):
            sampler.fit_resample(*classes(11, SIZES))


@pytest.mark.parametrize(("value", "words"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_cluster_centroids__refuses_what_is_not_finite(value, words):
    X, y = classes(5, SIZES)
    X[3, 1] = value
    with pytest.raises(ValueError, match=f"Input X contains {words}"):
        ClusterCentroids().fit_resample(X, y)


def test_what_failed__leaves_nothing_behind():
    X, y = classes(5, SIZES)
    sampler = ClusterCentroids(random_state=0)
    sampler.fit_resample(X, y)
    assert {"estimator_", "voting_"} <= set(vars(sampler))
    sampler.set_params(estimator=Birch(threshold=0.01))
    with pytest.raises(RuntimeError):
        sampler.fit_resample(X, y)
    left = {"estimator_", "voting_", "sampling_strategy_", "sample_indices_"}
    assert not left & set(vars(sampler))
