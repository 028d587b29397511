"""ClusterCentroids: the centers or nearest rows of imbalanced-learn.

Classes have fewer than 256 rows. Above that scikit-learn's clustering uses threads, which add
numbers in any order.
"""

import numpy as np
import pytest
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.cluster import Birch, BisectingKMeans, KMeans, MiniBatchKMeans
from sklearn.linear_model import LogisticRegression

from smotefast.under_sampling import ClusterCentroids
from tests.helpers.assertions import assert_same
from tests.helpers.datasets import classes

SIZES = (90, 25, 60)
VOTES = ["auto", "hard", "soft"]
all_votes = pytest.mark.parametrize("voting", VOTES)


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return ClusterCentroids(**kwargs), theirs.ClusterCentroids(**kwargs)


@all_votes
@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "bool", ">f8"])
def test_rows_of_any_dtype__equal_imbalanced_learns(voting, dtype):
    X, y = classes(1, SIZES, 8)
    X = (X > 0) if dtype == "bool" else (np.abs(X) * 10).astype(dtype)
    mine, other = pair(voting=voting, sampling_strategy={0: 9, 2: 5})
    (X_mine, y_mine), (X_other, y_other) = mine.fit_resample(X, y), other.fit_resample(X, y)
    np.testing.assert_array_equal(X_mine, X_other)
    np.testing.assert_array_equal(y_mine, y_other)
    assert X_mine.dtype.newbyteorder("=") == X_other.dtype.newbyteorder("=")


@pytest.mark.parametrize("strategy", ["auto", {}])
def test_hard_voting__keeps_integers(strategy):
    X, y = classes(1, SIZES)
    mine, other = pair(voting="hard", sampling_strategy=strategy)
    assert_same(mine, other, (X * 10).astype(int), y)


@all_votes
@pytest.mark.parametrize("dtype", [np.float64, np.uint8, np.int64])
def test_sparse_rows_of_any_dtype__equal_imbalanced_learns(voting, dtype):
    dense, y = classes(2, SIZES, 10)
    dense[(dense < 0) | (np.random.default_rng(0).random(dense.shape) < 0.6)] = 0
    X = sparse.csr_array((dense * 9).astype(dtype))
    mine, other = pair(voting=voting)
    (X_mine, y_mine), (X_other, y_other) = mine.fit_resample(X, y), other.fit_resample(X, y)
    np.testing.assert_array_equal(X_mine.toarray(), X_other.toarray())
    np.testing.assert_array_equal(y_mine, y_other)
    assert X_mine.dtype == X_other.dtype == dtype
    assert type(X_mine) is type(X)
    assert mine.voting_ == other.voting_


@all_votes
def test_sparse_booleans__are_true_from_one_half(voting):
    X, y = classes(2, SIZES, 10)
    X = sparse.csr_array(X > 0)
    mine, other = pair(voting=voting)
    out = mine.fit_resample(X, y)[0]
    assert out.dtype == bool
    floats = other.fit_resample(X.astype(float), y)[0]
    np.testing.assert_array_equal(out.toarray(), floats.toarray() >= 0.5)


@pytest.mark.parametrize("voting", ["hard", "soft"])
@pytest.mark.parametrize(
    "estimator",
    [
        MiniBatchKMeans(n_init=1, random_state=0, batch_size=1024),
        KMeans(n_init=2, init="random", random_state=3),
        BisectingKMeans(random_state=0),
    ],
)
def test_cluster_centroids__accepts_any_clustering(estimator, voting):
    mine, other = pair(estimator=estimator, voting=voting)
    assert_same(mine, other, *classes(6, SIZES))
    assert type(mine.estimator_) is type(estimator)
    assert mine.estimator_.n_clusters == 25
    np.testing.assert_array_equal(
        mine.estimator_.cluster_centers_, other.estimator_.cluster_centers_
    )
    assert estimator.n_clusters == 8  # it was cloned
    assert not hasattr(estimator, "cluster_centers_")


def test_centers__are_means_of_clusters_and_hard_voting_returns_rows():
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
def test_cluster_centroids__reduces_a_class_to_one_center(voting):
    X, y = classes(7, SIZES)
    sampler = ClusterCentroids(random_state=0, sampling_strategy={0: 1}, voting=voting)
    X_new, y_new = sampler.fit_resample(X, y)
    mean = X[y == 0].mean(axis=0)
    nearest = X[y == 0][np.linalg.norm(X[y == 0] - mean, axis=1).argmin()]
    np.testing.assert_allclose(X_new[0], mean if voting == "soft" else nearest)
    np.testing.assert_array_equal(y_new, np.repeat([0, 1, 2], [1, 25, 60]))


@pytest.mark.parametrize("voting", ["hard", "soft"])
def test_integer_columns_of_pandas__equal_imbalanced_learns(voting):
    pd = pytest.importorskip("pandas")
    X, y = classes(8, SIZES)
    columns = {"a": (X[:, 0] * 10).astype(np.int32), "b": (X[:, 1] * 100).astype(int)}
    frame = pd.DataFrame(columns, index=y * 7)
    labels = pd.Series(np.array(["z", "few", "many"])[y], name="label")
    assert_same(*pair(voting=voting), frame, labels)


def test_a_clustering_without_n_clusters__is_refused_by_both():
    for sampler in pair(estimator=LogisticRegression()):
        with pytest.raises(ValueError, match="exposing a parameter `n_clusters`"):
            sampler.fit_resample(*classes(11, SIZES))


def test_a_clustering_without_centers__is_refused_by_both():
    for sampler in pair(estimator=Birch(threshold=0.01)):
        with pytest.raises(RuntimeError, match="fitted parameter `cluster_centers_`"):
            sampler.fit_resample(*classes(11, SIZES))


def test_a_failed_clustering__leaves_no_fitted_attributes():
    X, y = classes(5, SIZES)
    sampler = ClusterCentroids(random_state=0)
    sampler.fit_resample(X, y)
    assert {"estimator_", "voting_"} <= set(vars(sampler))
    sampler.set_params(estimator=Birch(threshold=0.01))
    with pytest.raises(RuntimeError):
        sampler.fit_resample(X, y)
    learned = {"estimator_", "voting_", "sampling_strategy_", "sample_indices_"}
    assert not learned & set(vars(sampler))
