"""KMeansSMOTE: imbalanced-learn's rows, and what it does where that fails."""

import warnings

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from sklearn.cluster import BisectingKMeans, KMeans
from sklearn.neighbors import NearestNeighbors

from smotefast import ResamplingWarning
from smotefast.over_sampling import SMOTE, KMeansSMOTE
from tests.helpers.assertions import assert_same
from tests.helpers.case_names import name_of
from tests.helpers.datasets import clustered

SIZES = (150, 60, 90)


def assert_alike(X, y, mine=None, **parameters):
    """Compare rows; classes that overshoot are told of and not looked at here."""
    mine = KMeansSMOTE(**(mine or parameters), search="exact")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResamplingWarning)
        assert_same(mine, theirs.KMeansSMOTE(**parameters), X, y)
    return mine


@pytest.mark.parametrize("seed", range(8))
def test_kmeans_smote__chooses_imbalanced_learns_clusters_by_default(seed):
    mine = assert_alike(*clustered(seed, (150, 90)), random_state=seed)
    assert mine.kmeans_estimator_.n_clusters == 8
    assert mine.cluster_balance_threshold_ == "auto"
    assert mine.nn_k_.n_neighbors == 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", ["auto", 0, 2.5, -1, np.float64(3)])
@pytest.mark.parametrize("threshold", ["auto", 0.2, -1])
def test_kmeans_smote__takes_a_threshold_and_an_exponent(dtype, exponent, threshold):
    assert_alike(
        *clustered(3, (200, 130), dtype=dtype),
        random_state=0,
        kmeans_estimator=3,
        density_exponent=exponent,
        cluster_balance_threshold=threshold,
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("strategy", ["all", "not minority", 0.83, {1: 77_777}])
def test_kmeans_smote__rounds_as_imbalanced_learn_does(dtype, strategy):
    sizes = (150, 90) if isinstance(strategy, float) else SIZES
    assert_alike(
        *clustered(4, sizes, dtype=dtype),
        random_state=0,
        sampling_strategy=strategy,
        kmeans_estimator=3,
        cluster_balance_threshold=0.05,
    )


@pytest.mark.parametrize(
    "estimator",
    [
        KMeans(3, n_init=2, random_state=1),
        KMeans(1, n_init=1, random_state=1),
        BisectingKMeans(4, random_state=2),
        KMeans(3, n_init=1, random_state=np.random.RandomState(3)),
    ],
    ids=name_of,
)
def test_kmeans_smote__clusters_with_an_estimator(estimator):
    mine = assert_alike(
        *clustered(5),
        random_state=0,
        kmeans_estimator=estimator,
        cluster_balance_threshold=0.1,
    )
    assert type(mine.kmeans_estimator_) is type(estimator)
    assert not hasattr(estimator, "labels_")  # it was cloned


@pytest.mark.parametrize("seed", range(2))
def test_kmeans_smote__goes_on_with_a_random_state_in_its_own_clustering(seed):
    one, two = np.random.RandomState(seed), np.random.RandomState(seed)
    how = {"cluster_balance_threshold": 0.05}
    for _ in range(2):
        assert_alike(
            *clustered(seed), mine={"random_state": one, **how}, random_state=two, **how
        )
    assert one.uniform() == two.uniform()


@pytest.mark.parametrize("estimator", [None, KMeans(3, n_init=1)], ids=str)
def test_kmeans_smote__draws_from_numpys_global_generator_without_a_seed(estimator):
    X, y = clustered(6)
    results = []
    for one in (KMeansSMOTE, theirs.KMeansSMOTE):
        np.random.seed(11)
        sampler = one(kmeans_estimator=estimator, cluster_balance_threshold=0.05)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)
            results.append((sampler.fit_resample(X, y)[0], np.random.uniform()))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]


@pytest.mark.parametrize(
    ("dtype", "exponent"), [(np.float32, 3), (np.float64, "auto")], ids=str
)
def test_kmeans_smote__weighs_clusters_of_thousands_as_imbalanced_learn_does(dtype, exponent):
    mine = assert_alike(
        *clustered(8, (9_000, 7_000), 20, dtype),
        random_state=0,
        kmeans_estimator=2,
        density_exponent=exponent,
        cluster_balance_threshold=0.05,
    )
    assert len(mine._origins) == 2


def test_kmeans_smote__weighs_clusters_where_imbalanced_learn_leaves_the_range_of_float32():
    X, y = clustered(8, (4_000, 3_500), 20, np.float32)
    how = {"kmeans_estimator": 2, "random_state": 0, "cluster_balance_threshold": 0.05}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with pytest.raises(ValueError, match="cannot convert float NaN to integer"):
            theirs.KMeansSMOTE(**how).fit_resample(X * 10, y)
    with pytest.warns(ResamplingWarning, match="gets 501 synthetic samples instead of 500"):
        KMeansSMOTE(**how).fit_resample(X * 10, y)


def test_kmeans_smote__clusters_once_where_every_fit_is_the_same():
    fits = []

    class Counted(KMeans):
        def fit(self, X, y=None, sample_weight=None):
            fits.append(self.random_state)
            return super().fit(X, y, sample_weight)

    for seed in (0, None):
        estimator = Counted(3, n_init=1, random_state=seed)
        sampler = KMeansSMOTE(kmeans_estimator=estimator, cluster_balance_threshold=0.01)
        with pytest.warns(ResamplingWarning):
            sampler.fit_resample(*clustered(9))
    assert fits == [0, None, None]


def test_kmeans_smote__of_one_cluster_is_smote():
    X, y = clustered(10)
    mine = KMeansSMOTE(random_state=0, kmeans_estimator=1, k_neighbors=5)
    np.testing.assert_array_equal(
        mine.fit_resample(X, y)[0], SMOTE(random_state=0).fit_resample(X, y)[0]
    )
    assert mine.cluster_balance_threshold_ == -np.inf


def test_kmeans_smote__uses_a_users_neighbor_estimator_in_each_cluster():
    mine = assert_alike(
        *clustered(11),
        random_state=0,
        k_neighbors=NearestNeighbors(n_neighbors=4, metric="manhattan"),
        kmeans_estimator=3,
        cluster_balance_threshold=0.1,
    )
    assert mine.search_ == "estimator"
    assert mine.nn_k_.n_neighbors == 4


def test_kmeans_smote__makes_rows_between_rows_of_one_class_and_cluster():
    X, y = clustered(12)
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=3, cluster_balance_threshold=0.1)
    with pytest.warns(ResamplingWarning):
        X_new, y_new = sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    labels = sampler.kmeans_estimator_.labels_
    np.testing.assert_array_equal(y[base], y_new[len(y) :])
    np.testing.assert_array_equal(y[neighbor], y_new[len(y) :])
    np.testing.assert_array_equal(labels[base], labels[neighbor])
    rows = X[base] + step[:, None] * (X[neighbor] - X[base])
    np.testing.assert_array_equal(X_new[len(X) :], rows)
