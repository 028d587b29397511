"""SMOTE: new rows between a minority row and one of its nearest neighbours."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from smotefast.engine.draws import Draws
from smotefast.engine.job import Job
from smotefast.engine.params import NEIGHBOR_COUNT, OVER_SAMPLER, SEARCH
from smotefast.engine.quota import Counts
from smotefast.engine.recipe import Interpolate, Origins
from smotefast.engine.rows import ClassRows
from smotefast.engine.sampler import BaseOverSampler
from smotefast.engine.threads import thread_count
from smotefast.neighbors import Neighbors, find_neighbors


class SMOTE(BaseOverSampler):
    """Over-sample by interpolation between minority rows and their neighbours.

    With exact neighbours and an int or RandomState as ``random_state``, the rows are those
    of imbalanced-learn 0.14 for the same seed, bit for bit on data without distance ties.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get rows, and how many.

        - str: "minority", "not minority", "not majority" ("auto" is the same) or "all";
          each of these classes is filled up to the size of the largest.
        - float in (0, 1]: rows of the minority over rows of the majority afterwards; only
          for two classes.
        - dict: the number of rows of each named class afterwards.
        - callable: takes ``y``, returns such a dict.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. An int is used anew for each class, as imbalanced-learn does.
    k_neighbors : int or object, default=5
        How many nearest neighbours of a row to choose from. An object must have
        ``kneighbors`` and ``kneighbors_graph``; it is cloned and fitted on the rows of
        each class, and the first neighbour that it reports is taken to be the row itself.
    search : {"auto", "exact", "approximate"}, default="auto"
        "exact" always finds the true neighbours; "approximate" uses NN-descent,
        measures its recall on a sample and searches wider below 0.95; "auto" is exact
        while that is fast or where NN-descent finds too little.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend
        on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to create, by class.
    nn_k_ : estimator
        The user's neighbour estimator, fitted on the class that came last; for an int
        ``k_neighbors`` an unfitted ``NearestNeighbors(k_neighbors + 1)``.
    provenance_ : Provenance
        Base row, neighbour row and step of each new row, recomputed when asked for.
    search_ : str or None
        How neighbours were found: "exact", "approximate", "estimator", or None if no
        class needed rows.
    recall_ : float or None
        Where the search was approximate, the share of true neighbours that it found,
        measured on a sample of the class where it found fewest.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where all are strings.

    Raises
    ------
    ValueError
        If a class has fewer than ``k_neighbors + 1`` rows, or X is not finite and numeric.

    References
    ----------
    N. V. Chawla, K. W. Bowyer, L. O. Hall, W. P. Kegelmeyer, "SMOTE: Synthetic Minority
    Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.over_sampling import SMOTE
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 901), (1, 901)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "k_neighbors": NEIGHBOR_COUNT,
        **SEARCH,
    }
    _made_by_resampling = ("_origins", "_estimator", "search_", "recall_")

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        search: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.search = search
        self.n_jobs = n_jobs

    def _prepare(self, rows: ClassRows, quota: Counts) -> Job:
        n_threads = thread_count(self.n_jobs)
        self._estimator, k = self._neighbor_estimator()
        self.search_: str | None = None
        self.recall_: float | None = None
        recipes = []
        for label, n_new in quota.items():
            if n_new == 0:
                continue
            matrix = rows.matrix(label)
            self._check_class_size(label, matrix.shape[0], k)
            draws = self._draws(n_new, matrix.shape[0] * k)
            base_rows = _drawn_rows(draws, matrix.shape[0], k)
            found = find_neighbors(
                matrix,
                k,
                queries=base_rows,
                search=self.search,
                n_threads=n_threads,
                estimator=self._estimator,
            )
            neighbors = _spread(found.indices, base_rows, matrix.shape[0])
            self._note(found)
            positions = rows.positions(label)
            origins = Origins(label, positions, positions, neighbors, draws)
            recipes.append(Interpolate.between(origins, matrix, matrix))
        return Job(recipes, n_threads=n_threads, method=self.search_)

    @property
    def nn_k_(self) -> Any:
        """The neighbour estimator; made when asked for, as importing it takes 0.07 s."""
        if not hasattr(self, "_estimator"):
            raise AttributeError(f"This {type(self).__name__} has no nn_k_ yet.")
        if self._estimator is not None:
            return self._estimator
        from sklearn.neighbors import NearestNeighbors

        return NearestNeighbors(n_neighbors=int(self.k_neighbors) + 1)

    def _neighbor_estimator(self) -> tuple[Any, int]:
        """Return a clone of the user's estimator, if there is one, and k."""
        if hasattr(self.k_neighbors, "kneighbors"):
            estimator = clone(self.k_neighbors)
            if estimator.n_neighbors < 2:
                raise ValueError(
                    f"k_neighbors={estimator!r} has n_neighbors={estimator.n_neighbors}, and "
                    "the first neighbour that an estimator reports is the row itself. Give it "
                    "n_neighbors=2 or more: one more than the neighbours to choose from."
                )
            return estimator, estimator.n_neighbors - 1
        return None, int(self.k_neighbors)

    def _note(self, found: Neighbors) -> None:
        """Keep the least exact search of all classes, and the lowest recall."""
        if self.search_ != "approximate":
            self.search_ = found.method
        if found.recall is not None:
            self.recall_ = min(found.recall, self.recall_ or 1.0)

    def _draws(self, n_new: int, high: int) -> Draws:
        # An int seed begins anew for each class; any other generator goes on.
        seed = self.random_state
        shared = seed is None or isinstance(seed, np.random.RandomState)
        return Draws(check_random_state(seed), n_new, high, advance=shared)

    def _check_class_size(self, label: Any, n_rows: int, k: int) -> None:
        if n_rows <= k:
            raise ValueError(
                f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {k + 1}, "
                f"n_samples_fit = {n_rows}: k_neighbors={k} needs at least {k + 1} rows in "
                f"class {label!r}. Lower k_neighbors to {max(n_rows - 1, 1)} or less, or "
                "leave the class out of sampling_strategy."
            )


def _drawn_rows(draws: Draws, n_rows: int, k: int) -> np.ndarray | None:
    """Return the base rows that will be used, or None when it does not pay to know.

    With as many draws as rows 63% of the rows are used, with three times as many 95%.
    """
    if draws.n > 2 * n_rows:
        return None
    used = np.zeros(n_rows, dtype=bool)
    used[draws.choices(0, draws.n) // k] = True
    return np.flatnonzero(used)


def _spread(indices: np.ndarray, rows: np.ndarray | None, n_rows: int) -> np.ndarray:
    """Put the neighbours of some rows where all rows can be looked up."""
    if rows is None:
        return indices
    everywhere = np.zeros((n_rows, indices.shape[1]), dtype=indices.dtype)
    everywhere[rows] = indices
    return everywhere
