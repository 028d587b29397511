"""TomekLinks: of two rows that are each other's nearest, without the one that is in the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.engine.neighbor_search import Searches
from smotefast.engine.rows import MatrixRows
from smotefast.engine.sampling_strategy import Counts
from smotefast.under_sampling._links import linked_rows, searched_classes
from smotefast.under_sampling.base import BaseCleaner


class TomekLinks(BaseCleaner):
    """Remove the rows of some classes that are in a Tomek link.

    A Tomek link is two rows of different classes, each of which is the nearest row of the
    other. Only rows outside of the largest class are searched for, and those that they point
    at.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows.

        - str: "majority", "not minority" ("auto" is the same), "not majority" or "all".
        - list: the labels.
        - callable: takes ``y``, returns such a list, or a dict whose keys count.
    search : {"auto", "exact", "approximate"}, default="auto"
        "exact" always finds the true neighbours; "approximate" uses NN-descent, measures its
        recall on a sample and searches wider below 0.95; "auto" is exact for up to 40,000
        rows to search for, and while that is fast.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers mean nothing.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Which row of X each row of the result is, ascending.
    search_ : str or None
        How neighbours were found: "exact" or "approximate".
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
        If X is not finite and numeric.

    References
    ----------
    I. Tomek, "Two modifications of CNN", IEEE Transactions on Systems, Man, and Cybernetics
    6, 1976.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.under_sampling import TomekLinks
    >>> X, y = make_classification(1000, weights=[0.9], class_sep=0.5, random_state=0)
    >>> X_new, y_new = TomekLinks().fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 876), (1, 102)]
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        search: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.search = search
        self.n_jobs = n_jobs

    def _select(self, rows: MatrixRows, quota: Counts) -> np.ndarray:
        searches = self._begin()
        kept = unlinked_rows(rows, quota, searches)
        self._end(searches)
        return kept


def unlinked_rows(rows: MatrixRows, cleaned: Counts, searches: Searches) -> np.ndarray:
    """Return the positions of all rows but those of some classes in a link, ascending."""

    def nearest(positions: np.ndarray) -> np.ndarray:
        return searches.nearest_of(rows, positions, 1)[:, 0]

    is_linked = np.zeros(rows.n_samples, dtype=bool)
    searched = searched_classes(rows.sizes, cleaned)
    is_linked[linked_rows(rows, cleaned, searched, nearest)] = True

    def decide(some: np.ndarray) -> np.ndarray:
        """Look a few rows up exactly, and the rows that they point at."""
        target = searches.exact(rows, some, 1)[:, 0]
        pointed, place = np.unique(target, return_inverse=True)
        back = searches.exact(rows, pointed, 1)[:, 0]
        return np.asarray((back[place] == some) & (rows.codes[target] != rows.codes[some]))

    judged = np.flatnonzero(rows.of_classes(cleaned))
    searches.check(judged, is_linked[judged], decide)
    return np.flatnonzero(~is_linked)
