"""TomekLinks: of two rows that are each other's nearest, without the one that is in the way."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

import numpy as np

from smotefast.engine.class_counts import Counts, largest_class
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.rows import MatrixRows
from smotefast.under_sampling.base import NeighborCleaner


class TomekLinks(NeighborCleaner):
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
        recall on a sample and search wider below 0.95; "auto" is exact for up to 40,000
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

    _needs = NeighborCleaner._needs._replace(reads="neighbors", alternative="")

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

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        return unlinked_rows(rows, target_counts, search)

    def classes_to_search(self, counts: Counts, classes: Collection[Any]) -> list[Any]:
        """Return the classes whose rows are queries; a job holds them in memory."""
        return searched_classes(counts, classes)

    def rows_to_remove(
        self, rows: LinkRows, classes: Collection[Any], searched: list[Any]
    ) -> np.ndarray:
        """Return the positions of the rows of some classes in a Tomek link, ascending.

        ``searched`` are the classes that ``classes_to_search`` returned; other classes need no
        positions.
        """
        return linked_rows(rows, classes, searched, rows.nearest)


# Takes positions of rows, ascending; returns the position of the nearest other row of each.
Nearest = Callable[[np.ndarray], np.ndarray]


class ClassSizes(Protocol):
    """Sizes of the classes in label order, and the positions of their rows."""

    @property
    def sizes(self) -> Counts:
        """Number of rows of each class, in label order."""
        ...

    def positions(self, label: Any) -> np.ndarray:
        """Return the positions of the rows of a class, ascending."""
        ...


class LinkRows(ClassSizes, Protocol):
    """The same, with a search among all rows."""

    def nearest(self, positions: np.ndarray) -> np.ndarray:
        """Return the position of the nearest other row of each row."""
        ...


def unlinked_rows(
    rows: MatrixRows, classes: Collection[Any], search: NeighborSearch
) -> np.ndarray:
    """Return the positions of all rows except those of some classes in a link, ascending."""

    def nearest(positions: np.ndarray) -> np.ndarray:
        return search.indices(rows, positions, 1)[:, 0]

    is_linked = np.zeros(rows.n_samples, dtype=bool)
    searched = searched_classes(rows.sizes, classes)
    is_linked[linked_rows(rows, classes, searched, nearest)] = True

    def decide(queries: np.ndarray) -> np.ndarray:
        """Search a sample exactly, and the neighbors that it has."""
        target = search.exact_indices(rows, queries, 1)[:, 0]
        targets, index = np.unique(target, return_inverse=True)
        back = search.exact_indices(rows, targets, 1)[:, 0]
        is_mutual = back[index] == queries
        return np.asarray(is_mutual & (rows.codes[target] != rows.codes[queries]))

    candidates = np.flatnonzero(rows.in_classes(classes))
    search.measure_disagreement(candidates, is_linked[candidates], decide)
    return np.flatnonzero(~is_linked)


def linked_rows(
    rows: ClassSizes, classes: Collection[Any], searched: list[Any], nearest: Nearest
) -> np.ndarray:
    """Return the positions of the rows of some classes that are in a Tomek link, ascending.

    A link has at most one row in the largest class. So only some classes are searched for, and
    then the rows that are nearest to theirs.

    Parameters
    ----------
    rows
        The data.
    classes
        The classes to clean.
    searched
        The classes to search for, as ``searched_classes`` returns them.
    nearest
        The search among the rows of all classes.
    """
    if not classes:
        return np.empty(0, dtype=np.int64)
    members = [rows.positions(label) for label in searched]
    queries = np.concatenate(members)
    order = np.argsort(queries)
    queries = queries[order]
    code = np.repeat(np.arange(len(searched)), [len(each) for each in members])[order]
    target = nearest(queries)
    index = np.minimum(np.searchsorted(queries, target), len(queries) - 1)
    is_query = queries[index] == target  # else the nearest row is of a class not searched
    is_linked = is_query & (code[index] != code) & (target[index] == queries)
    outside = np.flatnonzero(~is_query)
    targets = np.unique(target[outside])
    back = nearest(targets)
    is_linked[outside] = back[np.searchsorted(targets, target[outside])] == queries[outside]
    is_to_clean = np.array([label in classes for label in searched])[code]
    removed = queries[is_linked & is_to_clean]
    others = [label for label in rows.sizes if label not in searched]
    if any(label in classes for label in others):  # a single one, whose rows are targets
        removed = np.union1d(removed, target[is_linked & ~is_query])
    return np.asarray(removed)


def searched_classes(counts: Counts, classes: Collection[Any]) -> list[Any]:
    """Return the classes whose rows are searched for: the fewer rows of two choices.

    Each link that counts has a row in one of the classes to clean, and one outside of the
    largest class (or of any other single class).
    """
    others = [label for label in counts if label != largest_class(counts)]
    to_clean = [label for label in counts if label in classes]
    return min(to_clean, others, key=lambda labels: sum(counts[label] for label in labels))
