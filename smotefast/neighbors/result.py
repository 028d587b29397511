"""Result of a neighbor search, and the recall of an approximate one, measured on a sample."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from smotefast.exceptions import RecallWarning, SearchWarning
from smotefast.kernels.points import Points
from smotefast.neighbors.planner import ATTEMPTS, RECALL_WANTED
from smotefast.neighbors.queries import points_of, rank, within


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


def narrow(positions: np.ndarray, n_pool: int) -> np.ndarray:
    """Return positions in 4 bytes where they fit; refuse rows that could not be ranked."""
    if positions.shape[0] and not 0 <= positions.min() <= positions.max() < n_pool:
        raise ValueError(
            "Some rows have no comparable distance to others: the values hold NaN or "
            "infinity. Impute or remove them first."
        )
    kind = np.int32 if n_pool <= np.iinfo(np.int32).max else np.int64
    return np.ascontiguousarray(positions, dtype=kind)


def look_wider(
    attempt: Callable[[int], tuple[np.ndarray, float] | None],
    exact: Callable[[], Neighbors],
    n_pool: int,
    *,
    rescue: bool,
) -> Neighbors:
    """Search approximately until a sample says that enough neighbours were found.

    Parameters
    ----------
    attempt
        Takes the effort, from 0 on; returns positions and their recall, or None where rows
        are too few, or nothing that a graph could be built on.
    exact
        What serves where there is no graph.
    n_pool
        Rows that were searched.
    rescue
        Whether the second attempt is the exact search.
    """
    from smotefast.neighbors.approximate.nn_descent import why_no_graph

    reason = why_no_graph()
    if reason is not None:
        warnings.warn(f"The search is exact: {reason}.", SearchWarning, stacklevel=4)
        return exact()
    best, best_recall = None, -1.0
    for effort in range(ATTEMPTS):
        found = attempt(effort)
        if found is None:
            return exact() if best is None else best
        positions, recall = found
        if recall > best_recall:
            best = Neighbors(narrow(positions, n_pool), "approximate", recall)
            best_recall = recall
        if best is not None and recall >= RECALL_WANTED:
            return best
        del found, positions
        if rescue:
            return exact()
    assert best is not None
    warnings.warn(
        f"The approximate search found {best_recall:.2f} of the true neighbours of a sample, "
        f"less than {RECALL_WANTED}. The rows lie too evenly for it; use search='exact'.",
        RecallWarning,
        stacklevel=4,
    )
    return best


def recall_at_k(
    pool: np.ndarray | Points,
    neighbors_indices: np.ndarray,
    queries: np.ndarray | None = None,
    sample: int = 1000,
    seed: int = 0,
    *,
    n_threads: int = 1,
) -> float:
    """Return the share of neighbours that are as near as the true ones.

    A neighbour counts when its float64 distance is at most that of the true k-th
    neighbour, so that any of several equally near rows counts.

    Parameters
    ----------
    pool : array of shape (n_pool, n_features), or points
    neighbors_indices : array of shape (n_queries, k)
    queries : positions of the rows searched for; None means all
    sample : rows to check at most
    seed : which rows are drawn
    n_threads : threads of the exact search
    """
    from smotefast.neighbors.exact.dispatch import search_exact

    points = pool if isinstance(pool, Points) else points_of(pool)
    n_queries, k = neighbors_indices.shape
    positions = np.arange(n_queries) if queries is None else np.asarray(queries)
    picked = np.arange(n_queries)
    if sample < n_queries:
        picked = np.sort(np.random.RandomState(seed).choice(n_queries, sample, replace=False))
    asked = within(points, positions[picked])
    true = search_exact(points, asked, k, n_threads=n_threads)
    limits, _ = rank(points, asked, true, k, n_threads=n_threads)
    found = neighbors_indices[picked].astype(np.int64)
    distances, _ = rank(points, asked, found, k, n_threads=n_threads)
    return float(np.mean(distances <= limits[:, -1:]))
