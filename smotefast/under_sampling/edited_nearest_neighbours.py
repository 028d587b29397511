"""EditedNearestNeighbours: remove the rows whose nearest neighbors belong to other classes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import clone

from smotefast.engine.class_counts import Counts, class_counts
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import CLEANER, NEIGHBOR_COUNT, SEARCH, VOTE
from smotefast.engine.rows import MatrixRows
from smotefast.engine.single_sampler import LastData
from smotefast.engine.user_estimators import (
    check_n_rows,
    fitted_neighbors,
    neighbor_estimator,
)
from smotefast.neighbors import fit_estimator
from smotefast.typing import CleaningStrategy, NeighborCount, Search
from smotefast.under_sampling._editing import (
    keep_agreeing,
    keep_where_class_comes_first,
    positions_by_class,
    same_class_decides,
)
from smotefast.under_sampling.base import NeighborCleaner


class EditingSampler(NeighborCleaner):
    """Base of samplers that remove the rows that disagree with their nearest neighbors."""

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
    kind_sel: Literal["all", "mode"]

    @property
    def nn_(self) -> Any:
        """The neighbor estimator, fitted on the rows that were searched last."""
        self._check_fitted("nn_", "_last_data")
        return self._cached("nn_", self._fitted)

    def _fitted(self) -> Any:
        if self._estimator is not None:
            return self._estimator
        rows = self._last_matrix()
        return fitted_neighbors(int(self.n_neighbors) + 1, rows, self.n_jobs)


class EditedNearestNeighbours(EditingSampler):
    """Remove the rows whose nearest neighbors belong to other classes.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    n_neighbors : int or object, default=3
        Number of nearest neighbors, of any class. An object must have ``kneighbors`` and
        ``kneighbors_graph``; it is cloned and fitted on all rows, and the first neighbor that
        it returns is taken to be the row itself.
    kind_sel : {"all", "mode"}, default="all"
        "all" keeps a row if all neighbors have its class, "mode" if its class is the most
        frequent one. Of several most frequent classes the lowest label counts.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbors are searched; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers have no meaning.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result: class after class, each ascending.
    nn_ : estimator
        The user's neighbor estimator or ``NearestNeighbors(n_neighbors + 1)``, fitted on all
        rows when it is read. The sampler keeps a reference to X for it.
    search_ : str or None
        How neighbors were searched: "exact", "approximate" or "estimator".
    recall_ : float or None
        Share of true neighbors that an approximate search found, on a sample. None if the
        search was exact.
    disagreement_ : float or None
        Share of rows for which exact search would have decided differently, on a sample. None
        if the search was exact.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
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
        sampling_strategy: CleaningStrategy = "auto",
        n_neighbors: NeighborCount = 3,
        kind_sel: Literal["all", "mode"] = "all",
        search: Search = "auto",
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
        how = rows, target_counts, k, self.kind_sel, search
        if self._estimator is None and same_class_decides(*how):
            kept = keep_where_class_comes_first(*how)
        else:
            kept = self._search_all(rows, target_counts, k, search)
        return positions_by_class(kept, rows.codes)

    def set_fitted(self, other: NeighborCleaner, data: LastData, kept: np.ndarray) -> None:
        """Set the fitted attributes as if this sampler had resampled the data.

        ``other`` searched the data, and ``kept`` are the positions of the rows to keep.
        """
        self._last_data, self.sample_indices_, self._estimator = data, kept, None
        if hasattr(self.n_neighbors, "kneighbors"):
            self._estimator = fit_estimator(clone(self.n_neighbors), self._last_matrix())
        labels = self._last_labels()
        self._n_samples = len(labels)
        counts = class_counts(labels)
        self.sampling_strategy_ = self.resolve_strategy(self.sampling_strategy, counts, labels)
        for name in ("n_features_in_", "feature_names_in_", "search_", "recall_"):
            if hasattr(other, name):
                setattr(self, name, getattr(other, name))
        self.disagreement_ = other.disagreement_

    def _search_all(
        self, rows: MatrixRows, target_counts: Counts, k: int, search: NeighborSearch
    ) -> np.ndarray:
        """Search for the neighbors of all rows to clean; return which rows are kept."""
        queries = np.flatnonzero(rows.in_classes(target_counts))
        neighbors = search.indices(rows, queries, k, self._estimator)
        is_kept = np.ones(rows.n_samples, dtype=bool)
        is_kept[queries] = keep_agreeing(rows, queries, neighbors, self.kind_sel, search)
        return is_kept
