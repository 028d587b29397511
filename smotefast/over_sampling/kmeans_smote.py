"""KMeansSMOTE: SMOTE inside clusters that hold a large share of a class."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import clone

from smotefast._phases import phase
from smotefast._threads import safe_scikit_learn_threads
from smotefast._typing import Label
from smotefast.engine.class_counts import Counts
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.param_constraints import (
    NEIGHBOR_COUNT,
    OVER_SAMPLER,
    SEARCH,
    HasMethods,
    Interval,
    StrOptions,
)
from smotefast.engine.rows import AllRows
from smotefast.engine.user_estimators import is_deterministic, neighbor_estimator
from smotefast.over_sampling._cluster_density import cluster_shares, load_mean_distance
from smotefast.over_sampling.base import NeighborSampler
from smotefast.over_sampling.call import Call
from smotefast.typing import NeighborCount, SamplingStrategy, Search, Seed


class KMeansSMOTE(NeighborSampler):
    """Over-sample by interpolation inside clusters that hold a large share of a class.

    All rows are clustered. Clusters with a small share of the class, or with few rows of it,
    are left out. The others share the samples: the sparser a cluster, the more it gets. Samples
    lie between a row and its nearest neighbors in the same class and cluster. The number for
    each cluster is rounded up, so a class gets a few samples more than requested.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Classes to over-sample, and their numbers of rows after resampling; as for
        :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws, and of the clustering unless ``kmeans_estimator`` is an object. An
        int starts again for each cluster, as in imbalanced-learn. With anything else the rows
        are clustered again for each class.
    k_neighbors : int or object, default=2
        Number of nearest neighbors to choose from; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Number of threads. None means all cores that the process may use. The samples do not
        depend on it.
    kmeans_estimator : int or object, default=None
        Number of clusters of a ``MiniBatchKMeans`` (None: 8), or an object that clusters rows
        with ``fit_predict``; it is cloned.
    cluster_balance_threshold : float or "auto", default="auto"
        Smallest share of the class in a cluster that gets samples. "auto" is half of the
        class's share of all samples to generate. Not used if there is one cluster.
    density_exponent : float or "auto", default="auto"
        Exponent of the mean distance between the rows of the class in a cluster; divided by
        their number it is the sparsity of the cluster. "auto" grows with the number of rows.
    search : {"auto", "exact", "approximate"}, default="auto"
        How to find neighbors; as for :class:`SMOTE`.

    Attributes
    ----------
    sampling_strategy_ : dict
        Requested number of samples to generate, by class.
    kmeans_estimator_ : estimator
        The clustering of the last fit.
    nn_k_ : estimator
        The user's estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted at its first use
        on the rows of the last class in its last cluster.
    cluster_balance_threshold_ : float or "auto"
        The threshold; minus infinity if there is one cluster.
    provenance_ : Provenance
        Base row, neighbor and step of each synthetic sample, computed at each access.
    search_ : str or None
        How neighbors were found: "exact", "approximate", "estimator", or None if no class got
        samples.
    recall_ : float or None
        Lowest recall of the approximate searches, each measured on a sample; None after exact
        search.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Warns
    -----
    ResamplingWarning
        If a class gets more samples than requested.

    Raises
    ------
    RuntimeError
        If no cluster holds enough rows of a class.
    ValueError
        If X is not finite and numeric.

    See Also
    --------
    SMOTE : Over-sample a class without clusters.

    References
    ----------
    F. Last, G. Douzas, F. Bacao, "Oversampling for Imbalanced Learning Based on K-Means and
    SMOTE", 2017, arXiv:1711.00837.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_blobs
    >>> from smotefast.over_sampling import KMeansSMOTE
    >>> X, y = make_blobs([100, 800, 50], random_state=0)
    >>> sampler = KMeansSMOTE(random_state=0, sampling_strategy={2: 400})
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 100), (1, 800), (2, 400)]
    """

    _needs = NeighborSampler._needs._replace(reads="everything", exact_counts=False)
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "k_neighbors": NEIGHBOR_COUNT,
        **SEARCH,
        "kmeans_estimator": [
            HasMethods(["fit", "predict", "fit_predict"]),
            Interval(Integral, 1, None, closed="left"),
            None,
        ],
        "cluster_balance_threshold": [StrOptions({"auto"}), Real],
        "density_exponent": [StrOptions({"auto"}), Real],
    }

    def __init__(
        self,
        *,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: Seed = None,
        k_neighbors: NeighborCount = 2,
        n_jobs: int | None = None,
        kmeans_estimator: Any = None,
        cluster_balance_threshold: float | Literal["auto"] = "auto",
        density_exponent: float | Literal["auto"] = "auto",
        search: Search = "auto",
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.n_jobs = n_jobs
        self.kmeans_estimator = kmeans_estimator
        self.cluster_balance_threshold = cluster_balance_threshold
        self.density_exponent = density_exponent
        self.search = search

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error for more clusters than rows, or a class smaller than any cluster."""
        k = neighbor_estimator("k_neighbors", self.k_neighbors)[1]
        _check_n_clusters(self._clusterer(), sum(counts.values()))
        for label, n_new in target_counts.items():
            n_rows = counts[label]
            if n_new and n_rows <= k:
                raise _no_cluster_error(
                    label,
                    f"The class has {n_rows} rows, and a cluster needs at least {k + 1} rows "
                    "of it, k_neighbors + 1. Lower k_neighbors, or leave the class out of "
                    "sampling_strategy.",
                )

    def load_kernels(
        self, dtype: np.dtype[Any], n_features: int, n_codes: int, n_threads: int
    ) -> None:
        """Run the kernel for the mean distance in a cluster, which small data do not use."""
        load_mean_distance(np.dtype(dtype), n_features, n_threads)

    def _recipes(self, rows: AllRows, n_to_generate: Counts, call: Call) -> list[Interpolate]:
        self.kmeans_estimator_ = self._clusterer()
        is_single = getattr(self.kmeans_estimator_, "n_clusters", None) == 1
        threshold = -np.inf if is_single else self.cluster_balance_threshold
        self.cluster_balance_threshold_ = threshold
        matrix, _ = rows.all_rows()
        total = sum(n_to_generate.values())
        fit_again = not is_deterministic(self.kmeans_estimator_)
        cluster_of_row = None
        recipes: list[Interpolate] = []
        for label, n_new in n_to_generate.items():
            if cluster_of_row is None or fit_again:
                with phase("clustering"), safe_scikit_learn_threads():
                    cluster_of_row = np.asarray(self.kmeans_estimator_.fit_predict(matrix))
            auto_threshold = n_new / total / 2
            clusters = self._clusters(rows, label, cluster_of_row, auto_threshold, call.k)
            recipes += self._in_clusters(rows, label, n_new, clusters, call)
        return recipes

    def _clusterer(self) -> Any:
        estimator = self.kmeans_estimator
        if estimator is not None and not isinstance(estimator, Integral):
            return clone(estimator)
        from sklearn.cluster import MiniBatchKMeans

        params = {} if estimator is None else {"n_clusters": int(estimator)}
        return MiniBatchKMeans(random_state=self.random_state, **params)

    def _clusters(
        self,
        rows: AllRows,
        label: Label,
        cluster_of_row: np.ndarray,
        auto_threshold: float,
        k: int,
    ) -> list[np.ndarray]:
        """Return the positions of the class's rows in each cluster that gets samples."""
        positions = rows.positions(label)
        cluster = cluster_of_row[positions]
        # A negative number marks a row in no cluster.
        sizes = np.bincount(cluster_of_row[cluster_of_row >= 0])
        counts = np.bincount(cluster[cluster >= 0], minlength=len(sizes))
        shares = counts / np.maximum(sizes, 1)
        threshold = self.cluster_balance_threshold_
        threshold = auto_threshold if isinstance(threshold, str) else threshold
        # Computed back from shares, which may round a cluster with just enough rows down, as in
        # imbalanced-learn.
        gets_samples = (shares >= threshold) & (shares * sizes >= k + 1)
        if not gets_samples.any():
            raise _no_cluster_error(
                label,
                f"None of {np.count_nonzero(sizes)} clusters has a share of at least "
                f"{threshold:.3g} of the class and at least {k + 1} rows of it, k_neighbors + "
                f"1; the highest share is {max(shares, default=0):.3g}, the most rows are "
                f"{max(counts, default=0)}.",
            )
        return [positions[cluster == number] for number in np.flatnonzero(gets_samples)]

    def _in_clusters(
        self, rows: AllRows, label: Label, n_new: int, clusters: list[np.ndarray], call: Call
    ) -> list[Interpolate]:
        """Return a recipe for each cluster of a class."""
        matrices = [rows.rows_at(positions) for positions in clusters]
        # imbalanced-learn multiplies float32 weights as float32 after a ratio, else as float64.
        total = n_new if isinstance(self.sampling_strategy, Real) else np.int64(n_new)
        n_threads = call.search.n_threads
        weights = cluster_shares(matrices, self.density_exponent, n_threads=n_threads)
        counts = [math.ceil(total * weight) for weight in weights]
        recipes = []
        for n_in_cluster, positions, matrix in zip(counts, clusters, matrices, strict=True):
            if n_in_cluster:
                origins = call.origins(label, matrix, positions, n_in_cluster)
                recipes.append(Interpolate.between(origins, matrix, matrix))
        if sum(counts) != n_new:
            call.messages.append(
                f"Class {label!r} gets {sum(counts)} synthetic samples instead of {n_new}: the "
                f"number for each of {len(clusters)} clusters is rounded up."
            )
        return recipes


def _no_cluster_error(label: Label, reason: str) -> RuntimeError:
    return RuntimeError(
        f"No clusters found with sufficient samples of class {label}. Try lowering the "
        f"cluster_balance_threshold or increasing the number of clusters. ({reason})"
    )


def _check_n_clusters(clusterer: Any, n_samples: int) -> None:
    """Raise an error for more clusters than rows, as k-means itself would later."""
    from sklearn.cluster import BisectingKMeans, KMeans, MiniBatchKMeans

    if not isinstance(clusterer, KMeans | MiniBatchKMeans | BisectingKMeans):
        return
    if n_samples < clusterer.n_clusters:
        raise ValueError(
            f"n_samples={n_samples} should be >= n_clusters={clusterer.n_clusters}. Lower the "
            "number of clusters, with kmeans_estimator."
        )
