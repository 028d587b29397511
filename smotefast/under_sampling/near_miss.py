"""NearMiss: keep the rows of each class by their distance to the smallest class."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import clone

from smotefast._threads import thread_count
from smotefast.engine.class_counts import Counts, smallest_class
from smotefast.engine.param_constraints import NEAR_MISS, NEIGHBOR_COUNT, THREADS, UNDER_SAMPLER
from smotefast.engine.rows import MatrixRows
from smotefast.engine.user_estimators import fitted_neighbors
from smotefast.neighbors import find_farthest, find_neighbors_in_pool, fit_estimator
from smotefast.typing import NeighborCount, UnderSamplingStrategy
from smotefast.under_sampling.base import BaseUnderSampler


class NearMiss(BaseUnderSampler):
    """Under-sample by the distance to the smallest class.

    Version 1 keeps the rows with the smallest mean distance to their ``n_neighbors`` nearest
    rows of the smallest class; version 2 compares the farthest rows instead. Version 3 first
    takes the ``n_neighbors_ver3`` nearest neighbors of each row of the smallest class. Of these
    it keeps the rows with the largest mean distance to their ``n_neighbors`` nearest rows of
    the smallest class.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes to under-sample, and to what size; as for :class:`RandomUnderSampler`.
    version : {1, 2, 3}, default=1
        The version of the algorithm.
    n_neighbors : int or object, default=3
        Number of rows of the smallest class in the mean distance. An object is cloned and
        fitted on these rows.
    n_neighbors_ver3 : int or object, default=3
        Number of nearest neighbors in the first step of version 3.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of rows to keep, by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, in the order of selection.
    nn_ : estimator
        The user's neighbor estimator or ``NearestNeighbors(n_neighbors)``, fitted on the
        smallest class when it is read. The sampler keeps a reference to X for it.
    nn_ver3_ : estimator
        The same for ``n_neighbors_ver3``, fitted on the last class. Exists only for version 3.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Warns
    -----
    ResamplingWarning
        If the first step of version 3 finds fewer rows of a class than are to be kept; all of
        them are kept.

    Raises
    ------
    ValueError
        If the smallest class has fewer than ``n_neighbors`` rows (version 2 then uses all of
        them), another class fewer than ``n_neighbors_ver3``, or X is not finite and numeric.

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
        sampling_strategy: UnderSamplingStrategy = "auto",
        version: Literal[1, 2, 3] = 1,
        n_neighbors: NeighborCount = 3,
        n_neighbors_ver3: NeighborCount = 3,
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
        search = _PoolSearch("n_neighbors", self.n_neighbors, 1)
        search_ver3 = _PoolSearch("n_neighbors_ver3", self.n_neighbors_ver3, 1)
        for label in target_counts:
            if self.version == 3:
                search_ver3.check_pool_size(counts[label])
            search.check_pool_size(min(counts.values()))

    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""
        threads = thread_count(self.n_jobs)
        self._nn = _PoolSearch("n_neighbors", self.n_neighbors, threads)
        if self.version == 3:
            self._nn_ver3 = _PoolSearch("n_neighbors_ver3", self.n_neighbors_ver3, threads)
        self._nn.pool_positions = rows.positions(smallest_class(rows.sizes))
        minority = rows.rows_at(self._nn.pool_positions)
        kept = []
        for label in rows.sizes:
            positions = rows.positions(label)
            if label in target_counts:
                if self.version == 3:
                    self._nn_ver3.pool_positions = positions
                class_rows = rows.matrix(label)
                selected = self._select_in_class(
                    class_rows, minority, label, target_counts[label]
                )
                positions = positions[selected]
            kept.append(positions)
        return np.concatenate(kept)

    def _select_in_class(
        self, class_rows: Any, minority: Any, label: Any, n_to_keep: int
    ) -> np.ndarray:
        """Return the rows of a class to keep, by position in the class."""
        if self.version == 1:
            return _smallest_first(self._nn.distances(minority, class_rows))[:n_to_keep]
        if self.version == 2:
            distances = self._nn.farthest_distances(minority, class_rows)
            return _smallest_first(distances)[:n_to_keep]
        candidates = np.unique(self._nn_ver3.indices(class_rows, minority))
        if len(candidates) < n_to_keep:
            self._messages.append(
                "The number of the samples to be selected is larger than the number of "
                f"samples available: of class {label!r} {n_to_keep} rows are requested and "
                f"{len(candidates)} are near rows of the smallest class. The balancing ratio "
                "cannot be ensure and all samples will be returned. Raise n_neighbors_ver3."
            )
        distances = self._nn.distances(minority, class_rows[candidates])
        selected: np.ndarray = candidates[_smallest_first(-distances)[:n_to_keep]]
        return selected

    @property
    def nn_(self) -> Any:
        """The neighbor estimator, fitted on the smallest class."""
        return self._public_estimator("nn_")

    @property
    def nn_ver3_(self) -> Any:
        """The neighbor estimator of version 3, fitted on the last class."""
        return self._public_estimator("nn_ver3_")

    def _public_estimator(self, name: str) -> Any:
        source = "_" + name.removesuffix("_")
        self._check_fitted(name, source)
        search: _PoolSearch = getattr(self, source)
        return self._cached(name, lambda: search.fitted(self._last_matrix, self.n_jobs))


class _PoolSearch:
    """Search for neighbors in a pool of rows, by their number or with the user's estimator.

    Attributes
    ----------
    pool_positions
        Positions in X of the rows of the last pool, for the public estimator; None before.
    """

    pool_positions: np.ndarray | None = None

    def __init__(self, parameter: str, n_neighbors: Any, n_threads: int) -> None:
        is_number = isinstance(n_neighbors, Integral)
        self._parameter = parameter
        self._estimator: Any = None if is_number else clone(n_neighbors)
        self._k = int(getattr(n_neighbors, "n_neighbors", n_neighbors))
        self._n_threads = n_threads

    def distances(self, pool: Any, queries: Any) -> np.ndarray:
        """Return the sum of the distances of each query to its nearest rows of a pool."""
        if self._estimator is not None:
            distances = fit_estimator(self._estimator, pool).kneighbors(queries, self._k)[0]
        else:
            distances = self._nearest(pool, queries).distances
        return np.asarray(np.sum(distances, axis=1))

    def farthest_distances(self, pool: Any, queries: Any) -> np.ndarray:
        """Return the sum of the distances of each query to its farthest rows of a pool."""
        if self._estimator is not None:
            fitted = fit_estimator(self._estimator, pool)
            distances = fitted.kneighbors(queries, pool.shape[0])[0][:, -self._k :]
        else:
            k = min(self._k, pool.shape[0])
            distances = find_farthest(pool, k, queries=queries, n_threads=self._n_threads)
        return np.asarray(np.sum(distances, axis=1))

    def indices(self, pool: Any, queries: Any) -> np.ndarray:
        """Return the nearest rows of a pool for each query."""
        if self._estimator is not None:
            return np.asarray(fit_estimator(self._estimator, pool).kneighbors(queries)[1])
        return np.asarray(self._nearest(pool, queries).indices)

    def _nearest(self, pool: Any, queries: Any) -> Any:
        self.check_pool_size(pool.shape[0])
        return find_neighbors_in_pool(pool, self._k, queries=queries, n_threads=self._n_threads)

    def check_pool_size(self, n_rows: int) -> None:
        """Raise an error for more neighbors than rows; a user's estimator raises its own."""
        if self._estimator is None and n_rows < self._k:
            raise ValueError(
                f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {self._k}, "
                f"n_samples_fit = {n_rows}: {self._parameter}={self._k} needs at least "
                f"{self._k} rows in each class that is searched. Lower {self._parameter}."
            )

    def fitted(self, read_rows: Callable[[], Any], n_jobs: int | None) -> Any:
        """Return the estimator, fitted; ``read_rows`` returns all rows of X."""
        if self._estimator is not None:
            return self._estimator
        pool = None if self.pool_positions is None else read_rows()[self.pool_positions]
        return fitted_neighbors(self._k, pool, n_jobs)


def _smallest_first(distances: np.ndarray) -> np.ndarray:
    """Return the order of distances; the first of equal ones comes first."""
    return np.argsort(distances, kind="stable")
