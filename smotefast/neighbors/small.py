"""Exact search on few rows without compiled code: scikit-learn proposes, numpy settles.

Importing numba and loading kernels takes 0.5 s, more than all the rest of a small job.
Until a larger job has loaded them, little work is done here; the bits are the same,
because distances are summed feature by feature in float64 here as in the kernels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast._forks import usable_threads
from smotefast.kernels.points import Points

# Up to so many pairs of rows (360 against themselves) the set-up of scikit-learn's search
# takes longer than estimating every distance.
_FEW_PAIRS = 1 << 17
# Pairs estimated at a time: 256 kB of distances stay in the cache, and more would be fetched
# anew from the system with every call. Multiply-adds at a time
# after scikit-learn: more wake BLAS threads, which wait 8 ms for OpenMP's to go to sleep.
_BLOCK_PAIRS = 1 << 15
_BLOCK_WORK = 1 << 18


class _Rows(NamedTuple):
    """The rows in float64, the same around their mean, and what estimates are off by."""

    exact: np.ndarray
    centered: np.ndarray
    norms: np.ndarray
    rounding: np.ndarray
    codes: np.ndarray
    weight: float


def search_small(points: Points, queries: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of some rows of the points."""
    rows, codes, weight = points
    n_pool, n_features = rows.shape
    with np.errstate(over="ignore", invalid="ignore"):
        exact = rows.astype(np.float64, copy=False)
        centered = exact - exact.mean(axis=0)
        norms = np.einsum("if,if->i", centered, centered)
        if np.isnan(exact).any():  # no order: positions beyond the pool say so
            return np.full((queries.shape[0], k), n_pool)
        # Estimates expand |a - b|^2: they are off by a rounding of the norms, and squares
        # below the smallest normal number by that.
        largest = norms + norms.max() + codes.shape[1] * weight
        rounding = 8 * (n_features + codes.shape[1] + 16) * np.finfo(np.float64).eps * largest
        rounding += n_features * np.finfo(np.float64).tiny
        by_column = np.ascontiguousarray(codes.T)
        data = _Rows(exact, centered, norms, rounding, by_column, weight)
        is_few = queries.shape[0] * n_pool <= _FEW_PAIRS or codes.shape[1]
        if is_few or not np.isfinite(norms.max() * 4):
            return _settle(data, queries, k)
        return _search(data, queries, k)


def _search(data: _Rows, queries: np.ndarray, k: int) -> np.ndarray:
    """Let scikit-learn propose; settle the rows where its rounding leaves the order open."""
    from sklearn.neighbors import NearestNeighbors

    n_asked = min(k + 2, data.exact.shape[0])
    index = NearestNeighbors(n_neighbors=n_asked, algorithm="brute").fit(data.centered)
    with usable_threads():
        reached, candidates = index.kneighbors(data.centered[queries])
    positions: np.ndarray = candidates[:, 1 : k + 1]
    squares = reached * reached
    doubt = (2 * data.rounding[queries])[:, np.newaxis] + squares * 1e-12
    apart = (squares[:, 1:] - squares[:, :-1] > doubt[:, 1:]).all(axis=1)
    left = np.flatnonzero(~apart | (candidates[:, 0] != queries))
    if left.shape[0]:
        bound = squares[left, k] + doubt[left, k]
        positions[left] = _settle(data, queries[left], k, bound)
    return positions


def _settle(
    data: _Rows, queries: np.ndarray, k: int, bound: np.ndarray | None = None
) -> np.ndarray:
    """Rank every row that may be as near as the k-th, by blocks of queries.

    ``bound`` lies above the k-th squared distance; it is estimated where it is not given.
    """
    n_pool, n_features = data.exact.shape
    pairs = _BLOCK_PAIRS if bound is None else _BLOCK_WORK // n_features
    step = max(1, pairs // n_pool)
    columns = np.ascontiguousarray(data.exact.T)
    across = np.ascontiguousarray(data.centered.T)
    found = np.empty((queries.shape[0], k), np.int64)
    for start in range(0, queries.shape[0], step):
        block = slice(start, start + step)
        some, each = queries[block], np.arange(queries[block].shape[0])
        estimates = data.centered[some] @ across
        estimates *= -2
        estimates += data.norms
        estimates += data.norms[some, np.newaxis]
        for codes in data.codes:
            estimates += data.weight * (codes[some, np.newaxis] != codes)
        estimates[each, some] = np.inf
        if bound is None:
            kth = np.partition(estimates, k - 1, axis=1)[:, k - 1] + data.rounding[some]
        else:
            kth = bound[block]
        reach = (kth + data.rounding[some])[:, np.newaxis]
        near = ~(estimates > reach)  # so that what overflowed is near
        near[each, some] = False
        asked, candidates = np.nonzero(near)
        distances = _distances(columns, some[asked], candidates)
        if data.codes.shape[0]:
            differ = data.codes[:, some[asked]] != data.codes[:, candidates]
            distances += data.weight * differ.sum(axis=0)
        order = np.lexsort((distances, asked))  # stable: equal ones stay by position
        first = np.searchsorted(asked, each)
        found[block] = candidates[order[first[:, np.newaxis] + np.arange(k)]]
    return found


def _distances(columns: np.ndarray, queries: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Sum squared differences feature by feature, as the kernels do."""
    distances = np.zeros(candidates.shape)
    for column in columns:
        difference = column[candidates] - column[queries]
        difference *= difference
        distances += difference
    return distances
