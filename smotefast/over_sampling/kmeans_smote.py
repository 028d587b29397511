"""KMeansSMOTE: SMOTE inside the clusters where a class is at home."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from smotefast._threads import safe_scikit_learn_threads
from smotefast.engine.class_counts import Counts
from smotefast.engine.param_constraints import CLUSTERING, NEIGHBOR_COUNT, OVER_SAMPLER, SEARCH
from smotefast.engine.recipes import Interpolate, Origins
from smotefast.engine.rows import AllRows
from smotefast.engine.user_estimators import is_deterministic, neighbor_estimator
from smotefast.over_sampling._cluster_density import load_mean_distance, mean_distance
from smotefast.over_sampling.base import NeighborSampler, positive
from smotefast.over_sampling.call import Call, drawn_neighbors


class KMeansSMOTE(NeighborSampler):
    """Over-sample by interpolation inside the clusters that hold much of a class.

    All rows are clustered. Clusters with too small a share of the class, or too few rows of
    it, are left out; the others share the new rows, sparse clusters getting more. New rows
    lie between a row and its neighbours of the same class and cluster. Numbers are rounded
    up in each cluster, so a class gets a few rows more than asked for.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many; as for :class:`SMOTE`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws, and of the clustering unless ``kmeans_estimator`` is an object. An
        int is used anew for each cluster, as imbalanced-learn does; with anything else rows
        are clustered anew for each class.
    k_neighbors : int or object, default=2
        How many nearest neighbours of a row to choose from; as for :class:`SMOTE`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend
        on it.
    kmeans_estimator : int or object, default=None
        Number of clusters of a ``MiniBatchKMeans`` (None: 8), or an object that clusters
        rows with ``fit_predict``; it is cloned.
    cluster_balance_threshold : float or "auto", default="auto"
        Smallest share of the class in a cluster that gets rows; "auto" is half of the class's
        share of all rows to create. Not used where there is one cluster.
    density_exponent : float or "auto", default="auto"
        Power of the mean distance between rows of the class in a cluster; divided by their
        number it is the cluster's sparsity. "auto" grows with the number of rows.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`SMOTE`.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows that were asked for, by class.
    kmeans_estimator_ : estimator
        The clustering, as fitted last.
    nn_k_ : estimator
        The user's neighbour estimator or ``NearestNeighbors(k_neighbors + 1)``, fitted on the
        rows of the class in the cluster that came last; made when asked for.
    cluster_balance_threshold_ : float or "auto"
        The threshold; minus infinity where there is one cluster.
    provenance_ : Provenance
        Base row, neighbour row and step of each new row, recomputed when asked for.
    search_ : str or None
        How neighbours were found: "exact", "approximate", "estimator", or None.
    recall_ : float or None
        Where the search was approximate, the lowest share of true neighbours that it found.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Warns
    -----
    ResamplingWarning
        If a class gets more rows than asked for.

    Raises
    ------
    RuntimeError
        If no cluster holds enough of a class.
    ValueError
        If X is not finite and numeric.

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
        **CLUSTERING,
    }

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 2,
        n_jobs: int | None = None,
        kmeans_estimator: Any = None,
        cluster_balance_threshold: Any = "auto",
        density_exponent: Any = "auto",
        search: str = "auto",
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
        for label, _ in positive(target_counts):
            n_rows = counts[label]
            if n_rows <= k:
                raise RuntimeError(
                    f"No clusters found with sufficient samples of class {label}. Try lowering "
                    "the cluster_balance_threshold or increasing the number of clusters. (The "
                    f"class has {n_rows} rows, and a cluster needs at least {k + 1} rows of "
                    "it, k_neighbors + 1. Lower k_neighbors, or leave the class out of "
                    "sampling_strategy.)"
                )

    def load_kernels(self, dtype: Any, n_features: int, n_codes: int, n_threads: int) -> None:
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
        clusters = None
        recipes: list[Interpolate] = []
        for label, n_new in positive(n_to_generate):
            if clusters is None or fit_again:
                with safe_scikit_learn_threads():
                    clusters = np.asarray(self.kmeans_estimator_.fit_predict(matrix))
            groups = self._groups(rows, label, clusters, n_new / total / 2, call.k)
            recipes += self._in_groups(rows, label, n_new, groups, call)
        return recipes

    def _clusterer(self) -> Any:
        given = self.kmeans_estimator
        if given is not None and not isinstance(given, Integral):
            return clone(given)
        from sklearn.cluster import MiniBatchKMeans

        how_many = {} if given is None else {"n_clusters": int(given)}
        return MiniBatchKMeans(**how_many, random_state=self.random_state)

    def _groups(
        self, rows: AllRows, label: Any, clusters: np.ndarray, fair_share: float, k: int
    ) -> list[np.ndarray]:
        """Return the positions of the class's rows in each cluster that gets samples."""
        positions = rows.positions(label)
        of_class = clusters[positions]
        # A negative number marks a row in no cluster.
        sizes = np.bincount(clusters[clusters >= 0])
        counts = np.bincount(of_class[of_class >= 0], minlength=len(sizes))
        shares = counts / np.maximum(sizes, 1)
        threshold = self.cluster_balance_threshold_
        threshold = fair_share if isinstance(threshold, str) else threshold
        # Counted back from shares, which may round a cluster of just enough rows down:
        # imbalanced-learn leaves that cluster out.
        is_enough = (shares >= threshold) & (shares * sizes >= k + 1)
        if not is_enough.any():
            raise RuntimeError(
                f"No clusters found with sufficient samples of class {label}. Try lowering "
                "the cluster_balance_threshold or increasing the number of clusters. (None of "
                f"{np.count_nonzero(sizes)} clusters has a share of at least {threshold:.3g} "
                f"of the class and at least {k + 1} rows of it, k_neighbors + 1; the "
                f"highest share is {max(shares, default=0):.3g}, the most rows are "
                f"{max(counts, default=0)}.)"
            )
        return [positions[of_class == cluster] for cluster in np.flatnonzero(is_enough)]

    def _in_groups(
        self, rows: AllRows, label: Any, n_new: int, groups: list[np.ndarray], call: Call
    ) -> list[Interpolate]:
        """Return a recipe for each cluster of a class."""
        matrices = [rows.rows_at(group) for group in groups]
        # imbalanced-learn multiplies float32 weights as float32 after a ratio, else as float64.
        total = n_new if isinstance(self.sampling_strategy, Real) else np.int64(n_new)
        weights = self._weights(matrices, call.search.n_threads)
        counts = [math.ceil(total * weight) for weight in weights]
        parts = zip(counts, groups, matrices, strict=True)
        recipes = [_in_cluster(label, *part, call) for part in parts if part[0]]
        n_rounded = sum(counts)
        if n_rounded != n_new:
            call.messages.append(
                f"Class {label!r} gets {n_rounded} synthetic samples instead of {n_new}: the "
                f"number for each of {len(groups)} clusters is rounded up."
            )
        return recipes

    def _weights(self, matrices: list[Any], n_threads: int) -> np.ndarray:
        """Return the share of the samples that each cluster gets, by its sparsity."""
        if len(matrices) == 1:
            return np.ones(1)
        means = [mean_distance(matrix, n_threads=n_threads) for matrix in matrices]
        sizes = [matrix.shape[0] for matrix in matrices]
        exponents = [self.density_exponent] * len(sizes)
        if isinstance(self.density_exponent, str):
            exponents = [math.log(size, 1.6) ** 1.8 * 0.16 for size in sizes]
        return sparsity_shares(means, sizes, exponents)


def _in_cluster(
    label: Any, n_new: int, positions: np.ndarray, matrix: Any, call: Call
) -> Interpolate:
    draws = call.draws(n_new, len(positions) * call.k)
    neighbors = drawn_neighbors(draws, call.k, len(positions), call.search_class(matrix))
    origins = Origins(label, positions, positions, neighbors, draws)
    return Interpolate.between(origins, matrix, matrix)


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


def sparsity_shares(means: list[Any], sizes: list[int], exponents: list[Any]) -> np.ndarray:
    """Share out in proportion to mean distance ** exponent / size.

    What is too large or too small for that, as the exponent is about 50 for 100,000 rows, is
    shared out by logarithms; imbalanced-learn fails there.
    """
    with np.errstate(all="ignore"):
        sparsities = np.array(
            [mean**e / size for mean, size, e in zip(means, sizes, exponents, strict=True)]
        )
        total = sparsities.sum()
        if np.isfinite(total) and total > 0:
            return np.asarray(sparsities / total)
        logs = np.array(exponents) * np.log(np.array(means, np.float64)) - np.log(sizes)
        highest = logs.max()
        shares = np.exp(logs - highest) if np.isfinite(highest) else logs == highest
    return np.asarray(shares / shares.sum())
