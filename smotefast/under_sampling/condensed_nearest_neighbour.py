"""CondensedNearestNeighbour: keep the rows that a growing store of prototypes misclassifies."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast._phases import phase
from smotefast._threads import thread_count
from smotefast.engine.class_counts import Counts, smallest_class
from smotefast.engine.param_constraints import (
    CLEANER,
    NEAREST_CLASSIFIER,
    RANDOM_STATE,
    THREADS,
)
from smotefast.engine.rows import MatrixRows
from smotefast.typing import CleaningStrategy, Seed
from smotefast.under_sampling._condensing import StoreSampler, condense_class


class CondensedNearestNeighbour(StoreSampler):
    """Keep the rows of each class that a growing store of prototypes misclassifies.

    The store of a class starts with the rows of the smallest class and ``n_seeds_S`` rows of
    the class, drawn with replacement. The rows of the class are classified one after another
    by their nearest rows in the store; misclassified rows join the store.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. One stream is used for all classes.
    n_neighbors : int, classifier or None, default=None
        Number of rows of the store that vote; None means 1. A classifier, such as
        ``KNeighborsClassifier``, is cloned, and fitted again for each row that joins the
        store, which is slow.
    n_seeds_S : int, default=1
        Number of rows of the class in its initial store.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers have no meaning.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, each in the order in which the
        rows joined the store.
    estimators_ : list of classifiers
        One for each class that may lose rows, fitted on its store when it is read.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If an initial store has fewer than ``n_neighbors`` rows, or X is not finite and numeric.

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
        why_everything="compares the rows of a class one by one with the rows kept so far"
    )

    def __init__(
        self,
        *,
        sampling_strategy: CleaningStrategy = "auto",
        random_state: Seed = None,
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
        classifier = self._start_stores(thread_count(self.n_jobs))
        matrix = rows.all_rows()[0]
        random_state = check_random_state(self.random_state)
        minority_rows = rows.positions(smallest_class(rows.sizes))
        kept = []
        for label in rows.sizes:
            positions = rows.positions(label)
            if label in target_counts:
                drawn = random_state.randint(low=0, high=len(positions), size=self.n_seeds_S)
                seeds = positions[drawn]
                store = np.append(minority_rows, seeds)
                with phase("condensing", len(positions)):
                    added = condense_class(matrix, rows.codes, store, positions, classifier)
                self._keep_store(rows, np.append(store, added))
                positions = np.append(seeds, added)
            kept.append(positions)
        return np.concatenate(kept)
