"""TomekLinks: remove rows of pairs of different classes that are each other's nearest row."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

import numpy as np

from smotefast.engine.class_counts import Counts, largest_class
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.rows import MatrixRows
from smotefast.typing import CleaningStrategy, Search
from smotefast.under_sampling.base import NeighborCleaner


class TomekLinks(NeighborCleaner):
    """Remove the rows that are part of a Tomek link.

    A Tomek link is a pair of rows of different classes that are each other's nearest neighbor.
    The sampler searches for the nearest neighbors of the rows outside the largest class, then
    of these neighbors.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Which classes may lose rows.

        - str: "majority", "not minority" ("auto" is the same), "not majority" or "all".
        - list: the labels.
        - callable: takes ``y``, returns such a list, or a dict whose keys count.
    search : {"auto", "exact", "approximate"}, default="auto"
        "exact" finds the true nearest neighbors; "approximate" compares rows in near k-means
        cells and improves that by NN-descent, measures its recall on a sample and repeats the
        search with more effort below 0.95; "auto" is exact for up to 40,000 queries, and beyond
        that unless a sample shows that an approximate search in cells takes less than 40% of
        the time.
    n_jobs : int or None, default=None
        Threads. None means all cores that the process may use. The rows do not depend on it.

    Attributes
    ----------
    sampling_strategy_ : dict
        The classes that may lose rows; the numbers have no meaning.
    sample_indices_ : ndarray of shape (n_samples_new,)
        Index in X of each row of the result, ascending.
    search_ : str or None
        How neighbors were searched: "exact" or "approximate"; None if no search was needed.
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
        sampling_strategy: CleaningStrategy = "auto",
        search: Search = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.search = search
        self.n_jobs = n_jobs

    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        return rows_without_links(rows, target_counts, search)

    def classes_to_search(self, counts: Counts, classes: Collection[Any]) -> list[Any]:
        """Return the classes whose rows are queries; a job holds them in memory."""
        return query_classes(counts, classes)

    def rows_to_remove(
        self, rows: LinkRows, classes: Collection[Any], searched: list[Any]
    ) -> np.ndarray:
        """Return the positions of the rows of ``classes`` in a Tomek link, ascending.

        ``searched`` are the classes that ``classes_to_search`` returned; other classes need no
        positions.
        """
        return linked_rows(rows, classes, searched, rows.nearest)


# Takes positions of rows, ascending; returns the position of the nearest other row of each.
FindNearest = Callable[[np.ndarray], np.ndarray]


class ClassSizes(Protocol):
    """Sizes of the classes, and the positions of their rows."""

    @property
    def sizes(self) -> Counts:
        """Number of rows of each class, in label order."""
        ...

    def positions(self, label: Any) -> np.ndarray:
        """Return the positions of the rows of a class, ascending."""
        ...


class LinkRows(ClassSizes, Protocol):
    """Sizes and positions of the classes, and a nearest-neighbor search among all rows."""

    def nearest(self, positions: np.ndarray) -> np.ndarray:
        """Return the position of the nearest other row of each row."""
        ...


def rows_without_links(
    rows: MatrixRows, classes: Collection[Any], search: NeighborSearch
) -> np.ndarray:
    """Return the positions of all rows except those of ``classes`` in a Tomek link."""

    def nearest(positions: np.ndarray) -> np.ndarray:
        return search.indices(rows, positions, 1)[:, 0]

    def nearest_exact(positions: np.ndarray) -> np.ndarray:
        return search.exact_indices(rows, positions, 1)[:, 0]

    def is_linked_exact(queries: np.ndarray) -> np.ndarray:
        neighbors = nearest_exact(queries)
        is_mutual = _is_mutual(queries, neighbors, nearest_exact)
        return np.asarray(is_mutual & (rows.codes[neighbors] != rows.codes[queries]))

    is_linked = np.zeros(rows.n_samples, dtype=bool)
    queried = query_classes(rows.sizes, classes)
    is_linked[linked_rows(rows, classes, queried, nearest)] = True
    candidates = np.flatnonzero(rows.in_classes(classes))
    search.measure_disagreement(candidates, is_linked[candidates], is_linked_exact)
    return np.flatnonzero(~is_linked)


def linked_rows(
    rows: ClassSizes, classes: Collection[Any], queried: list[Any], nearest: FindNearest
) -> np.ndarray:
    """Return the positions of the rows of ``classes`` in a Tomek link, ascending.

    A link has at most one row in the largest class, so two searches suffice: for the rows of
    the other classes, and for their neighbors.

    Parameters
    ----------
    rows
        The data.
    classes
        The classes to clean.
    queried
        The classes whose rows are queries, as ``query_classes`` returns them.
    nearest
        The search among the rows of all classes.
    """
    if not classes:
        return np.empty(0, dtype=np.int64)
    queries, codes = _queries(rows, queried)
    neighbors = nearest(queries)
    index = np.minimum(np.searchsorted(queries, neighbors), len(queries) - 1)
    is_query = queries[index] == neighbors  # else the neighbor belongs to another class
    is_linked = is_query & (codes[index] != codes) & (neighbors[index] == queries)
    is_linked[~is_query] = _is_mutual(queries[~is_query], neighbors[~is_query], nearest)
    is_to_clean = np.array([label in classes for label in queried])[codes]
    removed = queries[is_linked & is_to_clean]
    # At most one class to clean has no queries; its rows in links are neighbors.
    if any(label in classes for label in rows.sizes if label not in queried):
        removed = np.union1d(removed, neighbors[is_linked & ~is_query])
    return np.asarray(removed)


def _queries(rows: ClassSizes, queried: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the rows of some classes, ascending, and their classes.

    A class is an index of ``queried``.
    """
    positions = [rows.positions(label) for label in queried]
    queries = np.concatenate(positions)
    order = np.argsort(queries)
    codes = np.repeat(np.arange(len(queried)), [len(each) for each in positions])
    return queries[order], codes[order]


def _is_mutual(queries: np.ndarray, neighbors: np.ndarray, nearest: FindNearest) -> np.ndarray:
    """Return whether each query is the nearest row of its nearest neighbor."""
    targets, index = np.unique(neighbors, return_inverse=True)
    return np.asarray(nearest(targets)[index] == queries)


def query_classes(counts: Counts, classes: Collection[Any]) -> list[Any]:
    """Return the classes whose rows are queries: of two choices the one with fewer rows.

    Each link to remove has a row in one of the classes to clean, and a row outside the largest
    class (or outside any other single class).
    """
    others = [label for label in counts if label != largest_class(counts)]
    to_clean = [label for label in counts if label in classes]
    return min(to_clean, others, key=lambda labels: sum(counts[label] for label in labels))
