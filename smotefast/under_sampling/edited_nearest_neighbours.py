"""EditedNearestNeighbours: without the rows that their neighbours would classify otherwise."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from smotefast.engine.base import Given
from smotefast.engine.class_counts import Counts, class_counts
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import CLEANER, NEIGHBOR_COUNT, SEARCH, VOTE
from smotefast.engine.rows import MatrixRows
from smotefast.engine.user_estimators import (
    check_n_rows,
    fitted_neighbors,
    neighbor_estimator,
)
from smotefast.neighbors import fit_on
from smotefast.under_sampling._editing import agrees, by_class, decided
from smotefast.under_sampling.base import NeighborCleaner


class EditingSampler(NeighborCleaner):
    """Base of samplers that remove rows which their nearest neighbours disagree with."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CLEANER,
        "n_neighbors": NEIGHBOR_COUNT,
        **VOTE,
        **SEARCH,
    }
    _needs = NeighborCleaner._needs._replace(
        why_everything=(
            "searches the neighbors of every row of the classes to clean among all rows"
        )
    )
    _keeps_data = True

    n_neighbors: Any
    kind_sel: str

    @property
    def nn_(self) -> Any:
        """The neighbour estimator, fitted on the rows that were searched last."""
        self._check_fitted("nn_", "_given")
        return self._cached("nn_", self._fitted)

    def _fitted(self) -> Any:
        if self._estimator is not None:
            return self._estimator
        rows = self._last_matrix()
        return fitted_neighbors(int(self.n_neighbors) + 1, rows, self.n_jobs)


class EditedNearestNeighbours(EditingSampler):
    """Remove the rows of some classes that disagree with their nearest neighbours.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    n_neighbors : int or object, default=3
        How many nearest rows of any class judge a row. An object must have ``kneighbors`` and
        ``kneighbors_graph``; it is cloned and fitted on all rows, and the first neighbour that
        it reports is taken to be the row itself.
    kind_sel : {"all", "mode"}, default="all"
        A row stays if all of its neighbours are of its class, or if most are; of several
        classes with the same number of them, the lowest label counts.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers mean nothing.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is: class after class, each ascending.
    nn_ : estimator
        The user's neighbour estimator or ``NearestNeighbors(n_neighbors + 1)``, fitted on all
        rows; made when asked for. X is kept for it, not copied.
    search_ : str or None
        How neighbours were found: "exact", "approximate" or "estimator".
    recall_ : float or None
        Where the search was approximate, the share of true neighbours that it found, measured
        on a sample.
    disagreement_ : float or None
        Where the search was approximate, the share of rows of a sample about which exact
        search would have decided otherwise.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If there are no more than ``n_neighbors`` rows, or X is not finite and numeric.

    References
    ----------
    D. L. Wilson, "Asymptotic Properties of Nearest Neighbor Rules Using Edited Data", IEEE
    Transactions on Systems, Man, and Cybernetics 2(3), 1972.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import EditedNearestNeighbours
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = EditedNearestNeighbours().fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 861), (1, 99)]
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        n_neighbors: Any = 3,
        kind_sel: str = "all",
        search: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel
        self.search = search
        self.n_jobs = n_jobs

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a class, or the data, have too few rows."""
        k = neighbor_estimator("n_neighbors", self.n_neighbors)[1]
        check_n_rows("n_neighbors", k, sum(counts.values()))

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        self._estimator, k = neighbor_estimator("n_neighbors", self.n_neighbors)
        kept = None
        if self._estimator is None:
            kept = decided(rows, target_counts, k, self.kind_sel, search)
        if kept is None:
            kept = self._judged(rows, target_counts, k, search)
        return by_class(kept, rows.codes)

    def resume(self, other: NeighborCleaner, given: Given, kept: np.ndarray) -> None:
        """Take on what another sampler found out about some rows: which of them stay."""
        self._given, self.sample_indices_, self._estimator = given, kept, None
        if hasattr(self.n_neighbors, "kneighbors"):
            self._estimator = fit_on(clone(self.n_neighbors), self._last_matrix())
        labels = self._last_labels()
        counts = class_counts(labels)
        self.sampling_strategy_ = self.resolve_strategy(self.sampling_strategy, counts, labels)
        for name in ("n_features_in_", "feature_names_in_", "search_", "recall_"):
            if hasattr(other, name):
                setattr(self, name, getattr(other, name))
        self.disagreement_ = other.disagreement_

    def _judged(
        self, rows: MatrixRows, target_counts: Counts, k: int, search: NeighborSearch
    ) -> np.ndarray:
        """Look for the neighbours of the rows that may go; return which rows stay."""
        asked = np.flatnonzero(rows.in_classes(target_counts))
        found = search.indices(rows, asked, k, self._estimator)

        def stays(some: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
            threads = search.n_threads
            return agrees(rows.codes, some, neighbors, self.kind_sel, n_threads=threads)

        decisions = stays(asked, found)
        search.measure_disagreement(
            asked, decisions, lambda some: stays(some, search.exact_indices(rows, some, k))
        )
        kept = np.ones(rows.n_samples, dtype=bool)
        kept[asked[~decisions]] = False
        return kept
