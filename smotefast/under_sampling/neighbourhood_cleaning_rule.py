"""NeighbourhoodCleaningRule: editing, and without what surrounds misjudged minority rows."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from smotefast.engine.class_counts import Counts, smallest_class
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import CLEANER, CLEANING_RULE, NEIGHBOR_COUNT, SEARCH
from smotefast.engine.rows import MatrixRows
from smotefast.engine.user_estimators import check_n_rows, neighbor_estimator
from smotefast.under_sampling._editing import agrees, by_class, decided, voted
from smotefast.under_sampling.base import NeighborCleaner
from smotefast.under_sampling.edited_nearest_neighbours import EditedNearestNeighbours


class NeighbourhoodCleaningRule(NeighborCleaner):
    """Remove rows that neighbours disagree with, and neighbours of misjudged minority rows.

    A row of the smallest class is misjudged if most of its ``n_neighbors`` nearest rows, itself
    among them, are of another class. Its neighbours in classes large enough are removed.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    edited_nearest_neighbours : sampler or None, default=None
        What edits at first; its ``sample_indices_`` are used. None means
        :class:`EditedNearestNeighbours` with ``kind_sel="mode"`` and the parameters given
        here.
    n_neighbors : int or object, default=3
        How many nearest rows of any class judge a row; an object is cloned and fitted on all
        rows.
    threshold_cleaning : float, default=0.5
        Neighbours of misjudged rows are removed from classes with more rows than this share
        of the smallest class.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbours are found; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers mean nothing.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is, ascending.
    edited_nearest_neighbours_ : sampler
        What edited, fitted: the user's, or one with the parameters that were used.
    classes_to_clean_ : list
        Labels of the classes that neighbours of misjudged rows are removed from.
    nn_ : estimator
        The user's estimator as a classifier or ``KNeighborsClassifier(n_neighbors)``, fitted on
        all rows; made when asked for. X and y are kept for it, not copied.
    search_ : str or None
        How neighbours were found, where no given object found them; as for
        :class:`TomekLinks`.
    recall_ : float or None
        As for :class:`TomekLinks`.
    disagreement_ : float or None
        As for :class:`TomekLinks`.
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
    J. Laurikkala, "Improving identification of difficult small classes by balancing class
    distribution", Artificial Intelligence in Medicine, 2001.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import NeighbourhoodCleaningRule
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = NeighbourhoodCleaningRule().fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 817), (1, 99)]
    """

    _needs = EditedNearestNeighbours._needs
    _keeps_data = True
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CLEANER,
        "n_neighbors": NEIGHBOR_COUNT,
        **CLEANING_RULE,
        **SEARCH,
    }

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        edited_nearest_neighbours: Any = None,
        n_neighbors: Any = 3,
        threshold_cleaning: float = 0.5,
        search: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.edited_nearest_neighbours = edited_nearest_neighbours
        self.n_neighbors = n_neighbors
        self.threshold_cleaning = threshold_cleaning
        self.search = search
        self.n_jobs = n_jobs

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a class, or the data, have too few rows."""
        classifier, k = _classifier_of(self.n_neighbors)
        if classifier is None:
            check_n_rows("n_neighbors", k, sum(counts.values()))

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        self._classifier, k = _classifier_of(self.n_neighbors)
        minority = smallest_class(rows.sizes)
        least = rows.sizes[minority] * self.threshold_cleaning
        self.classes_to_clean_ = [label for label in target_counts if rows.sizes[label] > least]
        self._editing = self._editor()
        of_minority = rows.positions(minority)
        near: np.ndarray | None = None
        if self.edited_nearest_neighbours is None and isinstance(self.n_neighbors, Integral):
            stays = decided(rows, target_counts, k, "mode", search)
            if stays is None:
                removed, near = self._edited(rows, target_counts, of_minority, k, search)
            else:
                removed = ~stays
            self._stayed = by_class(~removed, rows.codes)
        else:
            matrix, y = rows.all_rows()
            self._editing.fit_resample(matrix, y)
            if not hasattr(self._editing, "sample_indices_"):
                raise ValueError(
                    f"edited_nearest_neighbours={self.edited_nearest_neighbours!r} has no "
                    "sample_indices_ when it has resampled. Give a sampler that keeps rows and "
                    "says which, such as EditedNearestNeighbours."
                )
            removed = np.ones(rows.n_samples, dtype=bool)
            removed[self._editing.sample_indices_] = False
        around = self._around_misjudged(rows, of_minority, near, k, search)
        removed[around[rows.in_classes(self.classes_to_clean_)[around]]] = True
        return np.flatnonzero(~removed)

    def _editor(self) -> Any:
        if self.edited_nearest_neighbours is not None:
            return clone(self.edited_nearest_neighbours)
        return EditedNearestNeighbours(
            sampling_strategy=self.sampling_strategy,
            n_neighbors=self.n_neighbors,
            kind_sel="mode",
            search=self.search,
            n_jobs=self.n_jobs,
        )

    def _edited(
        self,
        rows: MatrixRows,
        target_counts: Counts,
        of_minority: np.ndarray,
        k: int,
        search: NeighborSearch,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Search once for the rows to edit and those of the minority; edit.

        Returns which rows are removed, and the neighbours of the minority rows.
        """
        is_edited = rows.in_classes(target_counts)
        is_asked = is_edited.copy()
        is_asked[of_minority] = True
        asked = np.flatnonzero(is_asked)
        found = search.indices(rows, asked, k)
        judged, own = np.flatnonzero(is_edited), found[is_edited[asked]]

        def stays(some: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
            return agrees(rows.codes, some, neighbors, "mode", n_threads=search.n_threads)

        decisions = stays(judged, own)
        search.measure_disagreement(
            judged, decisions, lambda some: stays(some, search.exact_indices(rows, some, k))
        )
        removed = np.zeros(rows.n_samples, dtype=bool)
        removed[judged[~decisions]] = True
        return removed, found[np.searchsorted(asked, of_minority)]

    def _around_misjudged(
        self,
        rows: MatrixRows,
        of_minority: np.ndarray,
        near: np.ndarray | None,
        k: int,
        search: NeighborSearch,
    ) -> np.ndarray:
        """Return the neighbours of the minority rows that most votes take for other classes."""
        if self._classifier is not None:
            matrix, y = rows.all_rows()
            own = matrix[of_minority]
            is_misjudged = self._classifier.fit(matrix, y).predict(own) != y[of_minority]
            near = self._classifier.kneighbors(own, k + 1, return_distance=False)[:, 1:]
            return np.unique(near[is_misjudged])
        if near is None:
            near = search.indices(rows, of_minority, k)

        def misjudged(some: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
            votes = np.hstack([some[:, np.newaxis], neighbors[:, : k - 1]])
            chosen = voted(rows.codes, votes, n_threads=search.n_threads)
            return np.asarray(chosen != rows.codes[some])

        is_misjudged = misjudged(of_minority, near)
        search.measure_disagreement(
            of_minority,
            is_misjudged,
            lambda some: misjudged(some, search.exact_indices(rows, some, k)),
        )
        return np.unique(near[is_misjudged])

    @property
    def nn_(self) -> Any:
        """The classifier that judges minority rows, fitted."""
        self._check_fitted("nn_", "_given")
        return self._cached("nn_", self._fitted)

    def _fitted(self) -> Any:
        if self._classifier is not None:
            return self._classifier
        from sklearn.neighbors import KNeighborsClassifier

        k = _classifier_of(self.n_neighbors)[1]
        classifier = KNeighborsClassifier(k, n_jobs=self.n_jobs)
        return classifier.fit(self._last_matrix(), self._last_labels())

    @property
    def edited_nearest_neighbours_(self) -> Any:
        """What edited at first, fitted."""
        self._check_fitted("edited_nearest_neighbours_", "_given")
        if "_stayed" in vars(self) and not hasattr(self._editing, "sample_indices_"):
            self._editing.resume(self, self._given, self._stayed)
        return self._editing


def _classifier_of(n_neighbors: Any) -> tuple[Any, int]:
    """Return the user's classifier, if there is one, and how many rows judge.

    Of an object that cannot predict only ``n_neighbors`` counts, the row itself among them.
    """
    if isinstance(n_neighbors, Integral):
        return None, int(n_neighbors)
    if hasattr(n_neighbors, "predict"):
        return clone(n_neighbors), int(n_neighbors.n_neighbors)
    return None, neighbor_estimator("n_neighbors", n_neighbors)[1]
