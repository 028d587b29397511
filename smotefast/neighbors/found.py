"""What a search gives back, and how an approximate one looks wider until it is good enough."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from smotefast.neighbors.policy import ATTEMPTS, RECALL_WANTED


class SearchWarning(UserWarning):
    """The search ran in another way than asked for."""


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
    from smotefast.neighbors.approximate import why_no_graph

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
