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
from smotefast.neighbors.order import Asked

# Up to so many pairs of rows (360 against themselves) the set-up of scikit-learn's search
# takes longer than estimating every distance.
_FEW_PAIRS = 1 << 17
# Pairs estimated at a time: 256 kB of distances stay in the cache, and more would be fetched
# anew from the system with every call.
_BLOCK_PAIRS = 1 << 15
# Multiply-adds that BLAS does in one thread: more of them wake its others, which wait 8 ms
# for OpenMP's to go to sleep.
_BLAS_WORK = 1 << 18
# Candidates that scikit-learn proposes beyond k, at first and where these were too few: whole
# numbers have many equal distances. Each costs 2% of the search.
_SPARES = (2, 14)
# So few rows are settled by themselves sooner than scikit-learn is asked again.
_FEW_LEFT = 8
# A largest squared norm beyond so many medians shows rows that lie far off. One at 1e9 among
# 6,000 x 5 left all rows open, which took 3.4 s instead of 0.035.
_FAR = 1e4


class _Rows(NamedTuple):
    """The rows in float64, the same around their middle, and what estimates are off by.

    The pool comes first, then the queries that are not of it, if there are any.

    Estimates expand |a - b|^2: they are off by a rounding of both norms and of what
    categories add, and squares below the smallest normal number by that. As a neighbour's
    norm is at most 2 |a|^2 + 2 d^2, the estimate of a squared distance d^2 is off by less
    than ``share * (norm of the query + d^2) + lost``.
    """

    n_pool: int
    exact: np.ndarray
    centered: np.ndarray
    norms: np.ndarray
    codes: np.ndarray
    weight: float
    share: float
    lost: float

    def off_by(self, queries: np.ndarray, squares: np.ndarray) -> np.ndarray:
        """Return what estimates of squared distances may be off by, rounded up."""
        off: np.ndarray = self.share * (self.norms[queries] + squares) + self.lost
        return off


class _Queries(NamedTuple):
    """Queries by position in the rows, and what is left out for each; -1 for nothing."""

    rows: np.ndarray
    own: np.ndarray

    def some(self, which: np.ndarray | slice) -> _Queries:
        return _Queries(self.rows[which], self.own[which])


def search_small(points: Points, asked: Asked, k: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query."""
    rows, codes, weight = points
    n_pool, n_features = rows.shape
    queries = _Queries(asked.rows, asked.own)
    if asked.points is not points:
        rows = np.vstack([rows, asked.points.values])
        codes = np.vstack([codes, asked.points.codes])
        queries = _Queries(asked.rows + n_pool, asked.own)
    with np.errstate(over="ignore", invalid="ignore"):
        exact = rows.astype(np.float64, copy=False)
        centered, norms = _around(exact, exact.mean(axis=0))
        if norms.max() > _FAR * np.median(norms):  # far rows have dragged the mean away
            some = exact[:: max(1, rows.shape[0] // 256)]
            centered, norms = _around(exact, np.median(some, axis=0))
        if np.isnan(norms).any() and np.isnan(exact).any():  # positions beyond the pool say so
            return np.full((asked.n, k), n_pool)
        share = 32 * (n_features + codes.shape[1] + 16) * float(np.finfo(np.float64).eps)
        lost = n_features * float(np.finfo(np.float64).tiny)
        by_column = np.ascontiguousarray(codes.T)
        data = _Rows(n_pool, exact, centered, norms, by_column, weight, share, lost)
        is_few = asked.n * n_pool <= _FEW_PAIRS or codes.shape[1]
        if is_few or not np.isfinite(norms.max() * 4):
            return _settle(data, queries, k)
        return _search(data, queries, k)


def _around(rows: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centered = rows - middle
    return centered, np.einsum("if,if->i", centered, centered)


def _search(data: _Rows, queries: _Queries, k: int) -> np.ndarray:
    """Let scikit-learn propose; settle the rows where its rounding leaves the order open."""
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(algorithm="brute").fit(data.centered[: data.n_pool])
    n_queries = queries.rows.shape[0]
    found = np.empty((n_queries, k), np.int64)
    bound = np.empty(n_queries)
    left = np.arange(n_queries)
    for spare in _SPARES:
        n_asked = min(k + 1 + spare, data.n_pool)
        asked = queries.some(left)
        with usable_threads():
            squares, candidates = index.kneighbors(data.centered[asked.rows], n_asked)
        squares *= squares
        chosen = _choose(data, asked, squares, candidates, k)
        found[left], bound[left], is_sure = chosen
        left = left[~is_sure]
        if left.shape[0] <= _FEW_LEFT:
            break
    if left.shape[0]:
        found[left] = _settle(data, queries.some(left), k, bound[left])
    return found


def _choose(
    data: _Rows, queries: _Queries, squares: np.ndarray, candidates: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take k of the candidates; return what bounds the k-th distance, and where they are sure.

    ``squares`` are the squared distances that scikit-learn gave, least first.
    """
    doubt = 2 * data.off_by(queries.rows[:, np.newaxis], squares) + squares * 1e-12
    is_sure = np.zeros(queries.rows.shape[0], dtype=bool)
    if candidates.shape[1] > k + 1:
        apart = squares[:, 1 : k + 2] - squares[:, : k + 1] > doubt[:, 1 : k + 2]
        is_sure = apart.all(axis=1) & (candidates[:, 0] == queries.own)
    found = np.empty((queries.rows.shape[0], k), np.int64)
    found[is_sure] = candidates[is_sure, 1 : k + 1]
    left = np.flatnonzero(~is_sure)
    if left.shape[0]:
        found[left], kth = _rank(data, queries.some(left), candidates[left], k)
        is_all = candidates.shape[1] == data.n_pool
        is_sure[left] = is_all | (kth < squares[left, -1] - doubt[left, -1])
    last = min(k, candidates.shape[1] - 1)
    return found, squares[:, last] + doubt[:, last], is_sure


def _rank(
    data: _Rows, queries: _Queries, candidates: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order candidates as the kernels do; return k of them and the k-th distance."""
    asked = np.repeat(queries.rows, candidates.shape[1])
    distances = _distances(data.exact.T, asked, candidates.ravel()).reshape(candidates.shape)
    distances[candidates == queries.own[:, np.newaxis]] = np.inf
    order = np.lexsort((candidates, distances))[:, :k]
    kth = np.take_along_axis(distances, order[:, -1:], axis=1)[:, 0]
    return np.take_along_axis(candidates, order, axis=1), kth


def _settle(
    data: _Rows, queries: _Queries, k: int, bound: np.ndarray | None = None
) -> np.ndarray:
    """Rank every row that may be as near as the k-th, by blocks of queries.

    ``bound`` lies above the k-th squared distance; it is estimated where it is not given.
    """
    n_pool, n_queries = data.n_pool, queries.rows.shape[0]
    pool, pool_codes = data.centered[:n_pool], data.codes[:, :n_pool]
    step = max(1, _BLOCK_PAIRS // n_pool)
    found = np.empty((n_queries, k), np.int64)
    for start in range(0, n_queries, step):
        block = slice(start, start + step)
        some, own = queries.rows[block], queries.own[block]
        inside = np.flatnonzero(own >= 0)
        estimates = _product(-2 * data.centered[some], pool.T)
        estimates += data.norms[:n_pool]  # |a - b|^2 but for |a|^2, the norm of the query
        for codes, theirs in zip(data.codes, pool_codes, strict=True):
            estimates += data.weight * (codes[some, np.newaxis] != theirs)
        estimates[inside, own[inside]] = np.inf
        if bound is None:
            kth = np.partition(estimates, k - 1, axis=1)[:, k - 1] + data.norms[some]
            kth += data.off_by(some, kth)
        else:
            kth = bound[block]
        reach = kth + data.off_by(some, kth) - data.norms[some]
        near = ~(estimates > reach[:, np.newaxis])  # so that what overflowed is near
        near[inside, own[inside]] = False
        asked, candidates = np.nonzero(near)
        distances = _distances(data.exact.T, some[asked], candidates)
        if data.codes.shape[0]:
            differ = data.codes[:, some[asked]] != data.codes[:, candidates]
            distances += data.weight * differ.sum(axis=0)
        order = np.lexsort((distances, asked))  # stable: equal ones stay by position
        first = np.searchsorted(asked, np.arange(some.shape[0]))
        found[block] = candidates[order[first[:, np.newaxis] + np.arange(k)]]
    return found


def _product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Multiply by pieces that BLAS does in the thread that asks."""
    out = np.empty((left.shape[0], right.shape[1]))
    step = max(1, _BLAS_WORK // left.size)
    for start in range(0, right.shape[1], step):
        piece = slice(start, start + step)
        np.matmul(left, right[:, piece], out=out[:, piece])
    return out


def _distances(columns: np.ndarray, queries: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Sum squared differences feature by feature, as the kernels do."""
    distances = np.zeros(candidates.shape)
    for column in columns:
        difference = column[candidates] - column[queries]
        difference *= difference
        distances += difference
    return distances
