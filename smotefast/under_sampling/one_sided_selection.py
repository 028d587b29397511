"""OneSidedSelection: keep the rows that a small store misclassifies, remove Tomek links."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast.engine.class_counts import Counts, smallest_class
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import CLEANER, NEAREST_CLASSIFIER, RANDOM_STATE, SEARCH
from smotefast.engine.rows import MatrixRows
from smotefast.typing import CleaningStrategy, Search, Seed
from smotefast.under_sampling._condensing import StoreClassifier, StoreSampler
from smotefast.under_sampling.base import NeighborCleaner
from smotefast.under_sampling.tomek_links import rows_without_links


class OneSidedSelection(StoreSampler, NeighborCleaner):
    """Keep the rows of each class that a small store misclassifies, then remove Tomek links.

    The store of a class contains the rows of the smallest class and ``n_seeds_S`` rows of the
    class, drawn with replacement. Rows that their nearest rows in the store classify correctly
    are removed.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. One stream is used for all classes.
    n_neighbors : int, classifier or None, default=None
        Number of rows of the store that vote; None means 1. A classifier, such as
        ``KNeighborsClassifier``, is cloned and fitted on each store.
    n_seeds_S : int, default=1
        Number of rows of the class in its store.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbors are searched for Tomek links; as for :class:`TomekLinks`. Stores are
        always searched exactly.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers have no meaning.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, the seeds first.
    estimators_ : list of classifiers
        One for each class that may lose rows, fitted on its store when it is read.
    search_ : str or None
        How neighbors were searched; as for :class:`TomekLinks`.
    recall_ : float or None
        As for :class:`TomekLinks`.
    disagreement_ : float or None
        As for :class:`TomekLinks`.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a store has fewer than ``n_neighbors`` rows, or X is not finite and numeric.

    References
    ----------
    M. Kubat, S. Matwin, "Addressing the curse of imbalanced training sets: one-sided
    selection", International Conference on Machine Learning, 1997.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import OneSidedSelection
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = OneSidedSelection(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 877), (1, 99)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CLEANER,
        **RANDOM_STATE,
        **NEAREST_CLASSIFIER,
        **SEARCH,
    }

    _needs = NeighborCleaner._needs._replace(
        why_everything="classifies all rows and searches the remaining ones"
    )

    def __init__(
        self,
        *,
        sampling_strategy: CleaningStrategy = "auto",
        random_state: Seed = None,
        n_neighbors: Any = None,
        n_seeds_S: int = 1,
        search: Search = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_neighbors = n_neighbors
        self.n_seeds_S = n_seeds_S
        self.search = search
        self.n_jobs = n_jobs

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        classifier = self._start_stores(search.n_threads)
        random_state = check_random_state(self.random_state)
        minority_rows = rows.positions(smallest_class(rows.sizes))
        kept = []
        for label in rows.sizes:
            positions = rows.positions(label)
            if label in target_counts:
                drawn = random_state.randint(low=0, high=len(positions), size=self.n_seeds_S)
                store = np.append(minority_rows, positions[drawn])
                self._keep_store(rows, store)
                others = _misclassified(rows, store, np.delete(positions, drawn), classifier)
                positions = np.append(positions[drawn], others)
            kept.append(positions)
        all_kept = np.concatenate(kept)
        unlinked = rows_without_links(rows.subset(all_kept), target_counts, search)
        selected: np.ndarray = all_kept[unlinked]
        return selected


def _misclassified(
    rows: MatrixRows, store: np.ndarray, candidates: np.ndarray, classifier: StoreClassifier
) -> np.ndarray:
    """Return the candidates that a store misclassifies, by position."""
    if not len(candidates):
        return candidates
    predicted = classifier.predict(
        rows.rows_at(store), rows.codes[store], rows.rows_at(candidates)
    )
    misclassified: np.ndarray = candidates[predicted != rows.codes[candidates]]
    return misclassified
