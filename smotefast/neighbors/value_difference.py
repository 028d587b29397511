"""Nearest rows of categories by the value difference metric.

Codes of a class and the class shares of all categories flow in; positions of the nearest
other rows flow out. With two classes the metric is a plain distance of numbers, one for
each category, and every search for numbers serves. With more it is not; then all distances
are computed, or candidates come from a graph on the shares and are ranked by the metric.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from smotefast.kernels import kernels_are_loaded
from smotefast.neighbors.planner import choose_value_search
from smotefast.neighbors.queries import pieces, points_of
from smotefast.neighbors.result import Neighbors, look_wider, narrow
from smotefast.neighbors.search import find_neighbors

if TYPE_CHECKING:
    from smotefast.kernels.value_differences import Shares

_RECALL_SAMPLE = 400
# Lookups of one call of the scan, about a second, and those that numpy makes in 0.3 s.
_LOOKUPS_AT_ONCE = 3e9
_SMALL_LOOKUPS = 3e7
# Class shares of all columns that a graph is built on: 10 columns of 200 classes took 19 s and
# 800 MB, where looking all distances up took 1.4 s.
_WIDEST = 256
# And those that it makes while threads wake up.
_TINY_LOOKUPS = 3e5
# Distances at a time that it adds up.
_PAIRS = 1 << 17


def find_alike(
    codes: np.ndarray,
    shares: Sequence[np.ndarray],
    k: int,
    *,
    queries: np.ndarray | None = None,
    search: str = "auto",
    n_threads: int,
) -> Neighbors:
    """Find the k nearest other rows of rows of categories.

    Parameters
    ----------
    codes : array of shape (n_rows, n_columns), int32
    shares : for each column the class shares of its categories, (n_categories, n_classes)
    k, queries, search, n_threads : as for ``find_neighbors``

    Returns
    -------
    Neighbors
    """
    rows = np.arange(codes.shape[0]) if queries is None else np.asarray(queries, np.int64)
    if shares[0].shape[1] == 2:
        values = np.column_stack([2 * of[codes[:, j], 1] for j, of in enumerate(shares)])
        return find_neighbors(values, k, queries=rows, search=search, n_threads=n_threads)
    codes, shares = _occurring(codes, shares)
    if search == "auto":
        search = choose_value_search(len(rows), *codes.shape)
    if search == "approximate" and codes.shape[1] * shares[0].shape[1] > _WIDEST:
        search = "exact"  # rows would be wider than looking distances up takes long
    if search == "approximate":
        return _approximate(codes, shares, rows, k, n_threads)
    return _exact(codes, shares, rows, k, n_threads)


def _exact(
    codes: np.ndarray, shares: Sequence[np.ndarray], queries: np.ndarray, k: int, n_threads: int
) -> Neighbors:
    found = _scan(codes, shares, queries, k, n_threads)[1]
    return Neighbors(narrow(found, len(codes)), "exact")


def _occurring(
    codes: np.ndarray, shares: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Leave out categories that none of the rows has: a column may have very many."""
    kept = np.empty_like(codes)
    of_kept = []
    for j, of in enumerate(shares):
        present = np.bincount(codes[:, j], minlength=len(of)) > 0
        kept[:, j] = (np.cumsum(present) - 1)[codes[:, j]]
        of_kept.append(of[present])
    return kept, of_kept


def _scan(
    codes: np.ndarray, shares: Sequence[np.ndarray], queries: np.ndarray, k: int, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute every distance; return distances and positions."""
    limit = _TINY_LOOKUPS if kernels_are_loaded() else _SMALL_LOOKUPS
    n_shares = sum(of.size for of in shares)
    if len(queries) * (codes.size + n_shares) <= limit:
        return _scan_small(codes, shares, queries, k)
    return scan_by_kernel(codes, shares, queries, k, n_threads)


def scan_by_kernel(
    codes: np.ndarray, shares: Sequence[np.ndarray], queries: np.ndarray, k: int, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute every distance in threads; return distances and positions."""
    from smotefast.kernels.value_differences import scan_codes

    distances = np.empty((len(queries), k))
    positions = np.empty((len(queries), k), dtype=np.int64)
    table = _table(shares)
    for some in pieces(len(queries), float(codes.size), _LOOKUPS_AT_ONCE, 64 * n_threads):
        scan_codes(
            codes, table, queries[some], distances[some], positions[some], n_threads=n_threads
        )
    return distances, positions


def _scan_small(
    codes: np.ndarray, shares: Sequence[np.ndarray], queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    distances = np.empty((len(queries), k))
    positions = np.empty((len(queries), k), dtype=np.int64)
    step = max(1, _PAIRS // (len(codes) + max(of.size for of in shares)))
    for start in range(0, len(queries), step):
        block = slice(start, start + step)
        totals = _totals(codes, shares, queries[block])
        positions[block] = np.argsort(totals, axis=1, kind="stable")[:, :k]
        distances[block] = np.take_along_axis(totals, positions[block], axis=1)
    return distances, positions


def _totals(codes: np.ndarray, shares: Sequence[np.ndarray], queries: np.ndarray) -> np.ndarray:
    """Return the distances of some rows to all; that to itself is infinite."""
    totals = np.zeros((len(queries), len(codes)))
    for j, of in enumerate(shares):
        own, places = np.unique(codes[queries, j], return_inverse=True)
        apart = np.abs(of.T[:, own, np.newaxis] - of.T[:, np.newaxis])
        # Summed first to last, as the kernel does.
        sums = np.add.accumulate(apart, axis=0, out=apart)[-1]
        totals += (sums * sums)[places][:, codes[:, j]]
    totals[np.arange(len(queries)), queries] = np.inf
    return totals


def _table(shares: Sequence[np.ndarray]) -> Shares:
    from smotefast.kernels.value_differences import Shares

    starts = np.cumsum([0, *(len(of) for of in shares)], dtype=np.int64)
    return Shares(np.ascontiguousarray(np.vstack(shares), dtype=np.float64), starts)


def _approximate(
    codes: np.ndarray, shares: Sequence[np.ndarray], queries: np.ndarray, k: int, n_threads: int
) -> Neighbors:
    """Rank candidates from a graph on the shares."""
    from smotefast.neighbors.approximate.nn_descent import graph_candidates

    values = np.hstack([of[codes[:, j]] for j, of in enumerate(shares)])

    def attempt(effort: int) -> tuple[np.ndarray, float] | None:
        found = graph_candidates(
            points_of(values), queries, k, effort=effort, n_threads=n_threads
        )
        if found is None:
            return None
        distances, positions = rank_alike(codes, shares, queries, found, k, n_threads)
        left = np.flatnonzero(positions[:, -1] >= len(codes))
        if len(left):
            again = _scan(codes, shares, queries[left], k, n_threads)
            distances[left], positions[left] = again
        return positions, _recall(codes, shares, queries, distances, n_threads)

    def exact() -> Neighbors:
        return _exact(codes, shares, queries, k, n_threads)

    return look_wider(attempt, exact, len(codes), rescue=False)


def rank_alike(
    codes: np.ndarray,
    shares: Sequence[np.ndarray],
    queries: np.ndarray,
    candidates: np.ndarray,
    k: int,
    n_threads: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Order candidates and keep k; return distances and positions."""
    from smotefast.kernels.value_differences import rank_codes

    distances = np.empty((len(queries), k))
    positions = np.empty((len(queries), k), dtype=np.int64)
    rank_codes(
        codes, _table(shares), queries, candidates, distances, positions, n_threads=n_threads
    )
    return distances, positions


def _recall(
    codes: np.ndarray,
    shares: Sequence[np.ndarray],
    queries: np.ndarray,
    distances: np.ndarray,
    n_threads: int,
) -> float:
    """Return the share of neighbours that are as near as the true ones, on a sample."""
    some = np.arange(0, len(queries), max(1, len(queries) // _RECALL_SAMPLE))
    limits = _scan(codes, shares, queries[some], distances.shape[1], n_threads)[0]
    return float(np.mean(distances[some] <= limits[:, -1:]))
