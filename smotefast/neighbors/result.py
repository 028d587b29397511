"""Results of a neighbor search, and the recall of an approximate one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.queries import Queries

_NONE_UNRESOLVED = np.empty(0, dtype=np.int64)
# An approximate search has to find this share of the true neighbors of a sample of queries.
RECALL_WANTED = 0.95
_SAMPLE = 400


class Neighbors(NamedTuple):
    """Nearest neighbors of the queries.

    Attributes
    ----------
    indices
        Rows of the pool, nearest first, shape (n_queries, k), int32 (int64 above 2^31 rows).
    method
        "exact", "approximate" or "estimator".
    recall
        Share of the true neighbors found, measured on a sample; None if not approximate.
    distances
        Shape (n_queries, k), float64; None from searches that do not return them.
    """

    indices: np.ndarray
    method: str
    recall: float | None = None
    distances: np.ndarray | None = None


class SearchResult(NamedTuple):
    """What a search method returns.

    Attributes
    ----------
    indices
        Rows of the pool, nearest first, shape (n_queries, k).
    squared_distances
        Of the same shape, float64; None if the method does not compute them.
    unresolved
        Queries whose neighbors the method could not certify; another method must search
        for them.
    recall
        Of an approximate search, measured on a sample; None if exact.
    tied
        Unresolved queries whose k-th distance is zero: they have more duplicates than the
        method has candidates.
    """

    indices: np.ndarray
    squared_distances: np.ndarray | None
    unresolved: np.ndarray = _NONE_UNRESOLVED
    recall: float | None = None
    tied: np.ndarray = _NONE_UNRESOLVED

    @property
    def method(self) -> str:
        """Return "exact" or "approximate"."""
        return "exact" if self.recall is None else "approximate"

    def subset(self, which: np.ndarray | slice) -> SearchResult:
        """Return the result of a subset of the queries, all of which are resolved."""
        return SearchResult(self.indices[which], self.squared()[which])

    def merged(self, which: np.ndarray, other: SearchResult) -> SearchResult:
        """Insert the results of a subset of the queries, in place."""
        self.indices[which] = other.indices
        if self.squared_distances is not None:
            self.squared_distances[which] = other.squared()
        unresolved, tied = (
            np.union1d(np.setdiff1d(before, which, assume_unique=True), which[after])
            for before, after in ((self.unresolved, other.unresolved), (self.tied, other.tied))
        )
        return self._replace(unresolved=unresolved, tied=tied)

    def squared(self) -> np.ndarray:
        """Return the squared distances of a method that computes them."""
        assert self.squared_distances is not None
        return self.squared_distances


class ResultInBlocks:
    """Result of a search that is made in blocks of queries.

    Row numbers take 4 bytes instead of 8, and distances no memory unless they are needed.

    Parameters
    ----------
    n_queries, k, n_pool
        Sizes of the search.
    with_distances
        Whether the squared distances are kept.
    """

    def __init__(self, n_queries: int, k: int, n_pool: int, *, with_distances: bool) -> None:
        self._n_pool = n_pool
        self._indices = np.empty((n_queries, k), dtype=index_dtype(n_pool))
        self._squared = np.empty((n_queries, k)) if with_distances else None
        self.is_resolved = np.zeros(n_queries, dtype=bool)
        self.is_tied = np.zeros(n_queries, dtype=bool)

    def add(
        self, which: np.ndarray | slice, found: SearchResult, is_resolved: np.ndarray | bool
    ) -> None:
        """Add a block, or replace what was found before for some queries."""
        # What is no row becomes one more than the last row.
        self._indices[which] = np.minimum(found.indices, self._n_pool)
        if self._squared is not None:
            self._squared[which] = found.squared()
        self.is_resolved[which] = is_resolved
        self.is_tied[which] = found.squared()[:, -1] == 0

    def result(self) -> SearchResult:
        """Return the result of all queries."""
        is_open = ~self.is_resolved
        return SearchResult(
            self._indices,
            self._squared,
            np.flatnonzero(is_open),
            tied=np.flatnonzero(is_open & self.is_tied),
        )


class SmallerSearch(NamedTuple):
    """A smaller search that gives the same neighbors.

    Attributes
    ----------
    points, queries
        What to search instead.
    expand
        Takes the indices found there; returns indices of the original search.
    """

    points: Points
    queries: Queries[Points]
    expand: Callable[[np.ndarray], np.ndarray]


def index_dtype(n_pool: int) -> type[np.signedinteger[Any]]:
    """Return the type of row numbers: 4 bytes if they suffice."""
    return np.int32 if n_pool <= np.iinfo(np.int32).max else np.int64


def as_indices(indices: np.ndarray, n_pool: int) -> np.ndarray:
    """Return indices in the type for a pool; refuse rows that could not be ranked."""
    if indices.shape[0] and not 0 <= indices.min() <= indices.max() < n_pool:
        raise ValueError(
            "Some rows have no comparable distance to others: the values hold NaN or "
            "infinity. Impute or remove them first."
        )
    return np.ascontiguousarray(indices, dtype=index_dtype(n_pool))


def regular_sample(n_queries: int) -> np.ndarray:
    """Return every n-th query: 400, or up to twice as many."""
    return np.arange(0, n_queries, max(1, n_queries // _SAMPLE))


def recall(squared_distances: np.ndarray, true_distances: np.ndarray) -> float:
    """Return the share of neighbors that are at most as far as the true k-th neighbor.

    Any of several equally far rows counts.

    Parameters
    ----------
    squared_distances, true_distances
        Of the neighbors found and of the true ones, ascending, shape (n_queries, k), float64.
    """
    return float(np.mean(squared_distances <= true_distances[:, -1:]))
