"""CondensedNearestNeighbour: the rows without which others would be taken for another class."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast._threads import thread_count
from smotefast.engine.class_counts import Counts, smallest_class
from smotefast.engine.param_constraints import (
    CLEANER,
    NEAREST_CLASSIFIER,
    RANDOM_STATE,
    THREADS,
)
from smotefast.engine.rows import MatrixRows
from smotefast.under_sampling._condensing import NearestClasses, Stores, StoreSampler, condensed


class CondensedNearestNeighbour(StoreSampler):
    """Keep of each class the rows that a growing store would give another class.

    The store of a class begins with the rows of the smallest class and ``n_seeds_S`` rows of
    its own, drawn with replacement. One row of the class after the other is classified by its
    nearest rows in the store, and added to it if the class is wrong.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. One stream serves all classes.
    n_neighbors : int, classifier or None, default=None
        How many rows of the store vote, None means 1. A classifier, such as
        ``KNeighborsClassifier``, is cloned, and fitted for each row added: that takes long.
    n_seeds_S : int, default=1
        Rows of each class that its store begins with.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers mean nothing.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is: class after class, each in the order in which
        the rows came into the store.
    estimators_ : list of classifiers
        One for each class that may lose rows, fitted on its store; made when asked for.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a store begins with fewer than ``n_neighbors`` rows, or X is not finite and numeric.

    References
    ----------
    P. Hart, "The condensed nearest neighbor rule", IEEE Transactions on Information Theory
    14(3), 1968.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import CondensedNearestNeighbour
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = CondensedNearestNeighbour(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 139), (1, 99)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CLEANER,
        **RANDOM_STATE,
        **NEAREST_CLASSIFIER,
        **THREADS,
    }

    _needs = StoreSampler._needs._replace(
        why_everything="compares the rows of a class one by one with those that it has kept"
    )

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        n_neighbors: Any = None,
        n_seeds_S: int = 1,
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_neighbors = n_neighbors
        self.n_seeds_S = n_seeds_S
        self.n_jobs = n_jobs

    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""
        how = NearestClasses(type(self).__name__, self.n_neighbors, thread_count(self.n_jobs))
        matrix = rows.all_rows()[0]
        random_state = check_random_state(self.random_state)
        of_minority = rows.positions(smallest_class(rows.sizes))
        self._stores = Stores(how, rows.labels)
        kept = []
        for label in rows.sizes:
            own = rows.positions(label)
            if label in target_counts:
                seeds = own[random_state.randint(low=0, high=len(own), size=self.n_seeds_S)]
                store = np.append(of_minority, seeds)
                added = condensed(matrix, rows.codes, store, own, how)
                self._stores.keep(rows, np.append(store, added))
                own = np.append(seeds, added)
            kept.append(own)
        return np.concatenate(kept)
