"""NeighbourhoodCleaningRule: edit, then remove neighbors of misclassified minority rows."""

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
from smotefast.typing import CleaningStrategy, NeighborCount, Search
from smotefast.under_sampling._editing import (
    keep_agreeing,
    keep_where_class_comes_first,
    majority_class,
    positions_by_class,
    same_class_decides,
)
from smotefast.under_sampling.base import NeighborCleaner
from smotefast.under_sampling.edited_nearest_neighbours import EditedNearestNeighbours


class NeighbourhoodCleaningRule(NeighborCleaner):
    """Edit by majority, and remove the neighbors of misclassified minority rows.

    A row of the smallest class is misclassified if most of its ``n_neighbors`` nearest rows,
    itself included, belong to another class. Its neighbors are removed if their class is large
    enough.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows; as for :class:`TomekLinks`.
    edited_nearest_neighbours : sampler or None, default=None
        The sampler of the first step; its ``sample_indices_`` are used. None means
        :class:`EditedNearestNeighbours` with ``kind_sel="mode"`` and the parameters given
        here.
    n_neighbors : int or object, default=3
        Number of nearest neighbors, of any class. An object is cloned and fitted on all rows.
    threshold_cleaning : float, default=0.5
        The second step removes rows of classes with more rows than this share of the smallest
        class.
    search : {"auto", "exact", "approximate"}, default="auto"
        How neighbors are searched; as for :class:`TomekLinks`.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers have no meaning.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result, ascending.
    edited_nearest_neighbours_ : sampler
        The fitted sampler of the first step.
    classes_to_clean_ : list
        Labels of the classes from which the second step removes rows.
    nn_ : estimator
        The user's classifier or ``KNeighborsClassifier(n_neighbors)``, fitted on all rows when
        it is read. The sampler keeps references to X and y for it.
    search_ : str or None
        How neighbors were searched, without a user's estimator; as for :class:`TomekLinks`.
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
        sampling_strategy: CleaningStrategy = "auto",
        edited_nearest_neighbours: Any = None,
        n_neighbors: NeighborCount = 3,
        threshold_cleaning: float = 0.5,
        search: Search = "auto",
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
        classifier, k = _neighbor_classifier(self.n_neighbors)
        if classifier is None:
            check_n_rows("n_neighbors", k, sum(counts.values()))

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        self._classifier, k = _neighbor_classifier(self.n_neighbors)
        minority = smallest_class(rows.sizes)
        threshold = rows.sizes[minority] * self.threshold_cleaning
        self.classes_to_clean_ = [
            label for label in target_counts if rows.sizes[label] > threshold
        ]
        minority_rows = rows.positions(minority)
        is_kept, neighbors = self._edit(rows, target_counts, minority_rows, k, search)
        if self._classifier is not None:
            around = self._around_misclassified_by_classifier(rows, minority_rows, k)
        else:
            around = _around_misclassified(rows, minority_rows, neighbors, k, search)
        is_kept[around[rows.in_classes(self.classes_to_clean_)[around]]] = False
        return np.flatnonzero(is_kept)

    def _edit(
        self,
        rows: MatrixRows,
        target_counts: Counts,
        minority_rows: np.ndarray,
        k: int,
        search: NeighborSearch,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return which rows the first step keeps.

        The second array holds the neighbors of the minority rows, or is None if the step did
        not search for them.
        """
        self._editor = self._new_editor()
        if self.edited_nearest_neighbours is None and isinstance(self.n_neighbors, Integral):
            how, neighbors = (rows, target_counts, k, "mode", search), None
            if same_class_decides(*how):
                stays = keep_where_class_comes_first(*how)
            else:
                stays, neighbors = _edit_and_search(
                    rows, target_counts, minority_rows, k, search
                )
            self._edited_positions = positions_by_class(stays, rows.codes)
            return stays, neighbors
        return self._edit_with_sampler(rows), None

    def _new_editor(self) -> Any:
        if self.edited_nearest_neighbours is not None:
            return clone(self.edited_nearest_neighbours)
        return EditedNearestNeighbours(
            sampling_strategy=self.sampling_strategy,
            n_neighbors=self.n_neighbors,
            kind_sel="mode",
            search=self.search,
            n_jobs=self.n_jobs,
        )

    def _edit_with_sampler(self, rows: MatrixRows) -> np.ndarray:
        matrix, y = rows.all_rows()
        self._editor.fit_resample(matrix, y)
        if not hasattr(self._editor, "sample_indices_"):
            raise ValueError(
                f"edited_nearest_neighbours={self.edited_nearest_neighbours!r} has no "
                "sample_indices_ after resampling. Give a sampler that keeps rows and sets "
                "sample_indices_, such as EditedNearestNeighbours."
            )
        is_kept = np.zeros(rows.n_samples, dtype=bool)
        is_kept[self._editor.sample_indices_] = True
        return is_kept

    def _around_misclassified_by_classifier(
        self, rows: MatrixRows, minority_rows: np.ndarray, k: int
    ) -> np.ndarray:
        """Return the neighbors of the rows that the user's classifier misclassifies."""
        matrix, y = rows.all_rows()
        queries = matrix[minority_rows]
        predicted = self._classifier.fit(matrix, y).predict(queries)
        neighbors = self._classifier.kneighbors(queries, k + 1, return_distance=False)[:, 1:]
        return np.unique(neighbors[predicted != y[minority_rows]])

    @property
    def nn_(self) -> Any:
        """The classifier of the minority rows, fitted on all rows."""
        self._check_fitted("nn_", "_last_data")
        return self._cached("nn_", self._fitted)

    def _fitted(self) -> Any:
        if self._classifier is not None:
            return self._classifier
        from sklearn.neighbors import KNeighborsClassifier

        k = _neighbor_classifier(self.n_neighbors)[1]
        classifier = KNeighborsClassifier(k, n_jobs=self.n_jobs)
        return classifier.fit(self._last_matrix(), self._last_labels())

    @property
    def edited_nearest_neighbours_(self) -> Any:
        """The fitted sampler of the first step."""
        self._check_fitted("edited_nearest_neighbours_", "_last_data")
        if "_edited_positions" in vars(self) and not hasattr(self._editor, "sample_indices_"):
            self._editor.set_fitted(self, self._last_data, self._edited_positions)
        return self._editor


def _edit_and_search(
    rows: MatrixRows,
    target_counts: Counts,
    minority_rows: np.ndarray,
    k: int,
    search: NeighborSearch,
) -> tuple[np.ndarray, np.ndarray]:
    """Edit, with one search that includes the minority rows.

    Returns which rows are kept, and the neighbors of the minority rows.
    """
    is_edited = rows.in_classes(target_counts)
    is_query = is_edited.copy()
    is_query[minority_rows] = True
    queries, edited = np.flatnonzero(is_query), np.flatnonzero(is_edited)
    neighbors = search.indices(rows, queries, k)
    of_edited = neighbors[is_edited[queries]]
    is_kept = np.ones(rows.n_samples, dtype=bool)
    is_kept[edited] = keep_agreeing(rows, edited, of_edited, "mode", search)
    return is_kept, neighbors[np.searchsorted(queries, minority_rows)]


def _around_misclassified(
    rows: MatrixRows,
    minority_rows: np.ndarray,
    neighbors: np.ndarray | None,
    k: int,
    search: NeighborSearch,
) -> np.ndarray:
    """Return the neighbors of the minority rows that a majority vote misclassifies."""
    if neighbors is None:
        neighbors = search.indices(rows, minority_rows, k)

    def misclassified(subset: np.ndarray, found: np.ndarray) -> np.ndarray:
        votes = np.hstack([subset[:, np.newaxis], found[:, : k - 1]])
        majority = majority_class(rows.codes, votes, n_threads=search.n_threads)
        return np.asarray(majority != rows.codes[subset])

    is_misclassified = misclassified(minority_rows, neighbors)
    search.measure_disagreement(
        minority_rows,
        is_misclassified,
        lambda subset: misclassified(subset, search.exact_indices(rows, subset, k)),
    )
    return np.unique(neighbors[is_misclassified])


def _neighbor_classifier(n_neighbors: Any) -> tuple[Any, int]:
    """Return the user's classifier or None, and the number of neighbors that vote.

    Of an estimator that cannot predict only ``n_neighbors`` is used, which includes the row
    itself.
    """
    if isinstance(n_neighbors, Integral):
        return None, int(n_neighbors)
    if hasattr(n_neighbors, "predict"):
        return clone(n_neighbors), int(n_neighbors.n_neighbors)
    return None, neighbor_estimator("n_neighbors", n_neighbors)[1]
