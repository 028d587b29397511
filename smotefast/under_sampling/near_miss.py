"""NearMiss: of each class the rows that are nearest to rows of the smallest."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from smotefast._threads import thread_count
from smotefast.engine.class_counts import Counts, smallest_class
from smotefast.engine.param_constraints import NEAR_MISS, NEIGHBOR_COUNT, THREADS, UNDER_SAMPLER
from smotefast.engine.rows import MatrixRows
from smotefast.engine.user_estimators import fitted_neighbors
from smotefast.neighbors import farthest_in_pool, fit_on, nearest_in_pool
from smotefast.under_sampling.base import BaseUnderSampler


class NearMiss(BaseUnderSampler):
    """Under-sample by distance to the smallest class.

    Version 1 keeps the rows with the smallest mean distance to their ``n_neighbors`` nearest
    rows of the smallest class, version 2 those with the smallest to the farthest. Version 3
    first takes the ``n_neighbors_ver3`` nearest rows of each row of the smallest class; of
    these it keeps the ones with the largest mean distance to their ``n_neighbors`` nearest.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes lose rows, and how many stay; as for :class:`RandomUnderSampler`.
    version : {1, 2, 3}, default=1
        Which of the three.
    n_neighbors : int or object, default=3
        How many rows of the smallest class the distances are measured to. An object is cloned
        and fitted on these rows.
    n_neighbors_ver3 : int or object, default=3
        How many nearest rows of each row of the smallest class version 3 begins with.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to keep, by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is: class after class, the best first.
    nn_ : estimator
        The user's neighbour estimator or ``NearestNeighbors(n_neighbors)``, fitted on the
        smallest class; made when asked for. X is kept for it, not copied.
    nn_ver3_ : estimator
        The same for ``n_neighbors_ver3``, fitted on the class that came last. Exists only for
        version 3.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Warns
    -----
    ResamplingWarning
        If version 3 begins with fewer rows of a class than are to be kept: all of them are.

    Raises
    ------
    ValueError
        If the smallest class has fewer than ``n_neighbors`` rows (version 2 then takes all of
        them), another one fewer than ``n_neighbors_ver3``, or X is not finite and numeric.

    References
    ----------
    I. Mani, I. Zhang, "kNN approach to unbalanced data distributions: a case study involving
    information extraction", Workshop on Learning from Imbalanced Datasets, ICML, 2003.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import NearMiss
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = NearMiss().fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 99), (1, 99)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **UNDER_SAMPLER,
        "n_neighbors": NEIGHBOR_COUNT,
        **NEAR_MISS,
        **THREADS,
    }
    _needs = BaseUnderSampler._needs._replace(
        why_everything="sorts the rows of a class by distance",
        alternative="random-under",
    )
    _keeps_data = True

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        version: int = 1,
        n_neighbors: Any = 3,
        n_neighbors_ver3: Any = 3,
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.version = version
        self.n_neighbors = n_neighbors
        self.n_neighbors_ver3 = n_neighbors_ver3
        self.n_jobs = n_jobs

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a class, or the data, have too few rows."""
        if self.version == 2:
            return
        nearest = _Neighbors("n_neighbors", self.n_neighbors, 1)
        nearest_ver3 = _Neighbors("n_neighbors_ver3", self.n_neighbors_ver3, 1)
        for label in target_counts:
            if self.version == 3:
                nearest_ver3.refuse_few(counts[label])
            nearest.refuse_few(min(counts.values()))

    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""
        threads = thread_count(self.n_jobs)
        self._nn = _Neighbors("n_neighbors", self.n_neighbors, threads)
        if self.version == 3:
            self._nn_ver3 = _Neighbors("n_neighbors_ver3", self.n_neighbors_ver3, threads)
        of_minority = rows.positions(smallest_class(rows.sizes))
        minority = rows.rows_at(of_minority)
        self._nn.fit_later(of_minority)
        kept = []
        for label in rows.sizes:
            own = rows.positions(label)
            if label in target_counts:
                if self.version == 3:
                    self._nn_ver3.fit_later(own)
                own = own[
                    self._chosen(rows.matrix(label), minority, label, target_counts[label])
                ]
            kept.append(own)
        return np.concatenate(kept)

    def _chosen(self, own: Any, minority: Any, label: Any, n_kept: int) -> np.ndarray:
        """Return the rows of a class to keep, by place in the class, the best first."""
        if self.version == 1:
            distances = self._nn.distances(minority, own)
            return _ordered(distances)[:n_kept]
        if self.version == 2:
            return _ordered(self._nn.farthest(minority, own))[:n_kept]
        near = np.unique(self._nn_ver3.indices(own, minority))
        if len(near) < n_kept:
            self._messages.append(
                "The number of the samples to be selected is larger than the number of "
                f"samples available: of class {label!r} {n_kept} rows are asked for and "
                f"{len(near)} are near rows of the smallest class. The balancing ratio cannot "
                "be ensure and all samples will be returned. Raise n_neighbors_ver3."
            )
        distances = self._nn.distances(minority, own[near])
        best: np.ndarray = near[_ordered(-distances)[:n_kept]]
        return best

    @property
    def nn_(self) -> Any:
        """The estimator of neighbours in the smallest class."""
        return self._shown("nn_")

    @property
    def nn_ver3_(self) -> Any:
        """The estimator of neighbours of the smallest class."""
        return self._shown("nn_ver3_")

    def _shown(self, name: str) -> Any:
        made = "_" + name.removesuffix("_")
        self._check_fitted(name, made)
        neighbors: _Neighbors = getattr(self, made)
        return self._cached(name, lambda: neighbors.fitted(self._last_matrix, self.n_jobs))


class _Neighbors:
    """A number of neighbours, or the user's estimator, which is fitted with each search."""

    def __init__(self, name: str, given: Any, n_threads: int) -> None:
        self._name = name
        self._estimator: Any = None if isinstance(given, Integral) else clone(given)
        self._k = int(getattr(given, "n_neighbors", given))
        self._n_threads = n_threads
        self._positions: np.ndarray | None = None

    def distances(self, pool: Any, queries: Any) -> np.ndarray:
        """Return the sum of the distances of each query to its nearest rows of a pool."""
        if self._estimator is not None:
            found = fit_on(self._estimator, pool).kneighbors(queries, self._k)[0]
            return np.asarray(np.sum(found, axis=1))
        return np.asarray(np.sum(self._nearest(pool, queries).distances, axis=1))

    def indices(self, pool: Any, queries: Any) -> np.ndarray:
        """Return the nearest rows of a pool."""
        if self._estimator is not None:
            return np.asarray(fit_on(self._estimator, pool).kneighbors(queries)[1])
        return np.asarray(self._nearest(pool, queries).indices)

    def farthest(self, pool: Any, queries: Any) -> np.ndarray:
        """Return the sum of the distances of each query to the farthest rows of a pool."""
        if self._estimator is not None:
            found = fit_on(self._estimator, pool).kneighbors(queries, pool.shape[0])[0]
            return np.asarray(np.sum(found[:, -self._k :], axis=1))
        k = min(self._k, pool.shape[0])
        found = farthest_in_pool(pool, queries, k, n_threads=self._n_threads)
        return np.asarray(np.sum(found, axis=1))

    def _nearest(self, pool: Any, queries: Any) -> Any:
        self.refuse_few(pool.shape[0])
        return nearest_in_pool(pool, queries, self._k, n_threads=self._n_threads)

    def refuse_few(self, n_pool: int) -> None:
        """Refuse more neighbours than a class has rows; a user's estimator says so itself."""
        if self._estimator is None and n_pool < self._k:
            raise ValueError(
                f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {self._k}, "
                f"n_samples_fit = {n_pool}: {self._name}={self._k} needs at least "
                f"{self._k} rows in each class that is searched. Lower {self._name}."
            )

    def fit_later(self, positions: np.ndarray) -> None:
        """Say which rows of X the estimator is fitted on."""
        self._positions = positions

    def fitted(self, rows: Callable[[], Any], n_jobs: int | None) -> Any:
        """Return the estimator, fitted; ``rows`` returns all rows of X."""
        if self._estimator is not None:
            return self._estimator
        fitted_on = None if self._positions is None else rows()[self._positions]
        return fitted_neighbors(self._k, fitted_on, n_jobs)


def _ordered(sums: np.ndarray) -> np.ndarray:
    """Return the order of sums, equal ones by place."""
    return np.argsort(sums, kind="stable")
