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
    """

    indices: np.ndarray
    squared_distances: np.ndarray | None
    unresolved: np.ndarray = _NONE_UNRESOLVED
    recall: float | None = None

    @property
    def method(self) -> str:
        """Return "exact" or "approximate"."""
        return "exact" if self.recall is None else "approximate"

    def subset(self, which: np.ndarray | slice) -> SearchResult:
        """Return the result of a subset of the queries, all of which are resolved."""
        return SearchResult(self.indices[which], self.squared()[which])

    def squared(self) -> np.ndarray:
        """Return the squared distances of a method that computes them."""
        assert self.squared_distances is not None
        return self.squared_distances


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
