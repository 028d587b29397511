"""KMeansSMOTE where imbalanced-learn fails or says nothing: clusters, shares, processes."""

import multiprocessing
import os
import warnings
from collections import Counter

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from smotefast import ResamplingWarning
from smotefast.over_sampling import KMeansSMOTE
from smotefast.over_sampling._cluster_density import sparsity_shares
from tests.helpers.datasets import clustered
from tests.over_sampling.test_kmeans_smote import SIZES, assert_alike


def test_kmeans_smote__warns_if_rounding_up_adds_samples():
    X, y = clustered(13)
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=3, cluster_balance_threshold=0.05)
    with pytest.warns(ResamplingWarning) as told:
        _, y_new = sampler.fit_resample(X, y)
    assert len(told) == 1
    counts = Counter(y_new.tolist())
    for label, requested in ((1, 90), (2, 60)):
        n_new = counts[label] - SIZES[label]
        assert requested < n_new <= requested + 3
        assert (
            f"Class {label} gets {n_new} synthetic samples instead of {requested}: the number "
            "for each of 3 clusters is rounded up."
        ) in str(told[0].message)


@pytest.mark.parametrize("threshold", [10, "auto"])
def test_kmeans_smote__refuses_a_class_that_no_cluster_holds_enough_of(threshold):
    X, y = clustered(14, (190, 10))
    parameters = {"cluster_balance_threshold": threshold, "random_state": 0}
    words = "No clusters found with sufficient samples of class 1. Try lowering the cluster"
    for sampler in (KMeansSMOTE(**parameters), theirs.KMeansSMOTE(**parameters)):
        with pytest.raises(RuntimeError, match=words):
            sampler.fit_resample(X, y)
    with pytest.raises(RuntimeError, match="and at least 3 rows of it, k_neighbors \\+ 1"):
        KMeansSMOTE(**parameters).fit_resample(X, y)


@pytest.mark.parametrize(
    "clusterer",
    [
        make_pipeline(StandardScaler(), KMeans(3, n_init=1, random_state=0)),
        GaussianMixture(3, random_state=0),
    ],
    ids=["pipeline", "mixture"],
)
def test_kmeans_smote__takes_clusterers_without_a_number_of_clusters(clusterer):
    X, y = clustered(15)
    sampler = KMeansSMOTE(
        random_state=0, kmeans_estimator=clusterer, cluster_balance_threshold=0.01
    )
    with pytest.warns(ResamplingWarning, match="of [23] clusters is rounded up"):
        _, y_new = sampler.fit_resample(X, y)
    assert all(150 <= n <= 153 for n in Counter(y_new.tolist()).values())


class NoiseFirst(KMeans):
    """A clustering that leaves several rows, or all, in no cluster."""

    def __init__(self, n_clusters=3, n_noise=20, random_state=0):
        super().__init__(n_clusters, n_init=1, random_state=random_state)
        self.n_noise = n_noise

    def fit_predict(self, X, y=None, sample_weight=None):
        labels = super().fit_predict(X)
        labels[: self.n_noise] = -1
        return labels


def test_kmeans_smote__leaves_out_rows_in_no_cluster():
    X, y = clustered(16)
    mine = assert_alike(
        X,
        y,
        random_state=0,
        kmeans_estimator=NoiseFirst(),
        cluster_balance_threshold=0.05,
    )
    base, neighbor, _ = mine.provenance_
    assert min(base.min(), neighbor.min()) >= 20
    with pytest.raises(RuntimeError, match="None of 0 clusters"):
        KMeansSMOTE(kmeans_estimator=NoiseFirst(n_noise=300)).fit_resample(X, y)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("mean", [1e-30, 1e30])
def test_sparsity_shares__go_beyond_the_range_of_floats(kind, mean):
    means = [kind(mean), kind(2 * mean)]
    shares = sparsity_shares(means, [100, 200], [20.0, 20.0])
    np.testing.assert_allclose(shares, [1 / (1 + 2**19), 2**19 / (1 + 2**19)], rtol=1e-5)


def test_sparsity_shares__are_equal_among_clusters_of_copies():
    zeros = [np.float64(0), np.float64(0)]
    assert sparsity_shares(zeros, [3, 9], [2.0, 2.0]).tolist() == [0.5, 0.5]
    assert sparsity_shares([*zeros, np.float64(1)], [3] * 3, [-2.0] * 3).tolist() == [
        0.5,
        0.5,
        0,
    ]


def test_kmeans_smote__makes_rows_of_clusters_of_copies():
    X = np.repeat([[0.0, 0.0], [9.0, 9.0], [50.0, 50.0]], [5, 5, 40], axis=0)
    y = np.repeat([1, 1, 0], [5, 5, 40])
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=3)
    X_new, y_new = sampler.fit_resample(X, y)
    assert Counter(y_new.tolist()) == {0: 40, 1: 40}
    assert Counter(X_new[50:, 0].tolist()) == {0.0: 15, 9.0: 15}


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_kmeans_smote__does_not_depend_on_threads(n_jobs):
    X, y = clustered(8, (9_000, 5_500), 20, np.float32)
    how = {"random_state": 0, "kmeans_estimator": 2, "cluster_balance_threshold": 0.05}
    results = []
    for threads in (n_jobs, None):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)
            results.append(KMeansSMOTE(**how, n_jobs=threads).fit_resample(X, y)[0])
    np.testing.assert_array_equal(*results)


def test_kmeans_smote__keeps_frames_and_their_types():
    pandas = pytest.importorskip("pandas")
    X, y = clustered(17)
    frame = pandas.DataFrame(X, columns=list("abcd")).astype({"a": "float32"})
    frame["d"] = (frame["d"] * 100).astype("int16")
    labels = pandas.Series(y, name="kind").map({0: "x", 1: "y", 2: "z"}).astype("category")
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=3, cluster_balance_threshold=0.05)
    with pytest.warns(ResamplingWarning, match="Class 'y' gets"):
        X_new, y_new = sampler.fit_resample(frame, labels)
    assert X_new.dtypes.to_dict() == frame.dtypes.to_dict()
    assert y_new.dtype == labels.dtype
    assert sampler.feature_names_in_.tolist() == list("abcd")
    pandas.testing.assert_frame_equal(X_new.iloc[:300], frame)


def resampled(seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResamplingWarning)
        return KMeansSMOTE(random_state=seed, cluster_balance_threshold=0.05).fit_resample(
            *clustered(19)
        )[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_kmeans_smote__clusters_in_forked_children():
    expected = resampled(0)  # starts scikit-learn's threads, which a child does not have
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of fork after threads
        pool = multiprocessing.get_context("fork").Pool(1)
    with pool:
        np.testing.assert_array_equal(pool.apply_async(resampled, (0,)).get(60), expected)
