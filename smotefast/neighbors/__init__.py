"""The one door to neighbours: exact, approximate, or a user's estimator.

Rows of a class flow in; for each row the positions of its nearest other rows flow out.
A row is never its own neighbour: it is left out by position, not by distance.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np

from smotefast.neighbors.policy import (
    RECALL_WANTED,
    choose_search,
    estimated_bytes,
    exact_may_rescue,
    first_effort,
    wider,
)

__all__ = [
    "Neighbors",
    "RecallWarning",
    "choose_search",
    "estimated_bytes",
    "find_neighbors",
    "recall_at_k",
]

_ATTEMPTS = 3
_RECALL_SAMPLE = 400


class RecallWarning(UserWarning):
    """An approximate search found fewer of the true neighbours than it should."""


class Neighbors(NamedTuple):
    """What a search found.

    Attributes
    ----------
    indices
        Positions in the pool, nearest first, of shape (n_queries, k).
    method
        "exact", "approximate" or "estimator".
    recall
        Share of the true neighbours found, measured on a sample; None if not approximate.
    """

    indices: np.ndarray
    method: str
    recall: float | None = None


def find_neighbors(
    pool: Any,
    k: int,
    *,
    queries: np.ndarray | None = None,
    search: str = "auto",
    n_threads: int,
    estimator: Any = None,
) -> Neighbors:
    """Find the k nearest other rows of rows of a pool.

    Parameters
    ----------
    pool
        C-contiguous numeric array or CSR matrix of shape (n_pool, n_features).
    k
        Neighbours of each row; less than ``n_pool``.
    queries
        Positions of the rows whose neighbours are wanted, ascending; None means all.
    search
        "exact", "approximate", or "auto" (see ``policy.choose_search``).
    n_threads
        Threads; the result does not depend on it.
    estimator
        A user's object with ``fit`` and ``kneighbors``. The first neighbour that it
        reports is taken to be the row itself.

    Raises
    ------
    ValueError
        If the pool is sparse and ``search`` is "approximate", or k is out of range.
    """
    n_pool, n_features = pool.shape
    is_sparse = not isinstance(pool, np.ndarray)
    wanted = np.arange(n_pool) if queries is None else queries
    if estimator is not None:
        asked = pool if queries is None else pool[queries]
        found = estimator.fit(pool).kneighbors(asked, return_distance=False)
        return Neighbors(_narrow(found[:, 1:], n_pool), "estimator")
    if not 1 <= k < n_pool:
        raise ValueError(f"k={k} neighbours need more than {k} rows; there are {n_pool}.")
    if is_sparse and search == "approximate":
        raise ValueError(
            "search='approximate' needs dense rows and X is sparse. Use search='exact', or "
            "densify X (X.toarray())."
        )
    if search == "auto":
        chosen = choose_search(len(wanted), n_pool, n_features, sparse=is_sparse)
        if chosen == "approximate":
            rescue = exact_may_rescue(len(wanted), n_pool, n_features)
            return _approximate(pool, wanted, k, n_threads, rescue=rescue)
    elif search == "approximate":
        return _approximate(pool, wanted, k, n_threads, rescue=False)
    return _exact(pool, wanted, k, n_threads)


def recall_at_k(pool: Any, indices: np.ndarray, **options: Any) -> float:
    """Measure the recall of found neighbours; see ``recall.recall_at_k``."""
    from smotefast.neighbors.recall import recall_at_k as measure

    return measure(pool, indices, **options)


def _exact(pool: Any, wanted: np.ndarray, k: int, n_threads: int) -> Neighbors:
    if isinstance(pool, np.ndarray):
        from smotefast.neighbors.exact import search_exact

        found = search_exact(pool, wanted, k, n_threads=n_threads)
    else:
        from smotefast.neighbors.sparse_rows import search_csr

        found = search_csr(pool, wanted, k, n_threads=n_threads)
    return Neighbors(_narrow(found, pool.shape[0]), "exact")


def _approximate(
    pool: np.ndarray, wanted: np.ndarray, k: int, n_threads: int, *, rescue: bool
) -> Neighbors:
    """Search ever wider until a sample says that enough neighbours were found.

    With ``rescue`` the second attempt is the exact search.
    """
    from smotefast.neighbors.approximate import search_approximate

    effort = first_effort(pool.shape[0], k)
    for _ in range(_ATTEMPTS):
        found = search_approximate(pool, wanted, k, effort, n_threads=n_threads)
        recall = recall_at_k(
            pool, found, queries=wanted, sample=_RECALL_SAMPLE, n_threads=n_threads
        )
        if recall >= RECALL_WANTED:
            break
        if rescue:
            return _exact(pool, wanted, k, n_threads)
        effort = wider(effort)
    else:
        warnings.warn(
            f"The approximate search found {recall:.2f} of the true neighbours of a sample, "
            f"less than {RECALL_WANTED}. The rows lie too evenly for it; use search='exact'.",
            RecallWarning,
            stacklevel=2,
        )
    return Neighbors(_narrow(found, pool.shape[0]), "approximate", recall)


def _narrow(positions: np.ndarray, n_pool: int) -> np.ndarray:
    """Keep positions in 4 bytes where they fit: they are looked up at random."""
    kind = np.int32 if n_pool <= np.iinfo(np.int32).max else np.int64
    return np.ascontiguousarray(positions, dtype=kind)
