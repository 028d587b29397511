"""Exact search on few rows without compiled code: scikit-learn proposes, numpy settles.

Importing numba and loading kernels takes 0.5 s, more than all the rest of a small job.
Until a larger job has loaded them, little work is done here; the bits are the same,
because distances are summed feature by feature in float64 here as in the kernels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from smotefast._threads import safe_scikit_learn_threads
from smotefast.kernels.points import Points
from smotefast.neighbors.exact.integer_keys import (
    are_integers,
    key_type,
    keys_are_exact,
    positions_of_least,
)
from smotefast.neighbors.queries import Asked, pieces

# Up to so many pairs of rows (360 against themselves) the set-up of scikit-learn's search
# takes longer than estimating every distance.
_FEW_PAIRS = 1 << 17
# Pairs estimated at a time: 256 kB of distances stay in the cache, and more would be fetched
# anew from the system with every call.
_BLOCK_PAIRS = 1 << 15
# Keys of whole numbers at a time, in room that is used again: 8 ms for 1,389 x 32 in blocks
# of a quarter, 6.3 in these.
_BLOCK_KEYS = 1 << 17
# Multiply-adds that BLAS does in one thread: more of them wake its others, which wait 8 ms
# for OpenMP's to go to sleep.
_BLAS_WORK = 1 << 18
# Candidates that scikit-learn proposes beyond k, at first and where these were too few: whole
# numbers have many equal distances. Each costs 2% of the search.
_SPARES = (2, 14)
# So few rows are settled by themselves sooner than scikit-learn is asked again.
_FEW_LEFT = 8
# Queries that tell whether most have neighbours that are equally near. Proposals for these
# are made twice, and settled after all: 1,389 x 32 codes 38 ms, 8 ms without proposals.
# Of more pairs both take as long: 5,000 x 16 codes 78 ms, 73 ms without.
_PROBE = 32
_TIED_PAIRS = 1 << 22
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
    is_exact: bool

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
    n_pool = rows.shape[0]
    queries = _Queries(asked.rows, asked.own)
    if asked.points is not points:
        rows = np.vstack([rows, asked.points.values])
        codes = np.vstack([codes, asked.points.codes])
        queries = _Queries(asked.rows + n_pool, asked.own)
    with np.errstate(over="ignore", invalid="ignore"):
        data = _prepared(rows.astype(np.float64, copy=False), codes, weight, n_pool)
        highest = data.norms.max()
        if np.isnan(highest) and np.isnan(data.exact).any():  # positions beyond the pool say so
            return np.full((asked.n, k), n_pool)
        n_pairs = asked.n * n_pool
        is_few = n_pairs <= _FEW_PAIRS or codes.shape[1]
        if data.is_exact and n_pairs <= _TIED_PAIRS and (is_few or _is_tied(data, queries, k)):
            return _take_nearest(data, queries, k)
        if is_few or not np.isfinite(highest * 4):
            return _settle(data, queries, k)
        return _search(data, queries, k)


def _prepared(exact: np.ndarray, codes: np.ndarray, weight: float, n_pool: int) -> _Rows:
    n_features = exact.shape[1]
    is_integral = not codes.shape[1] and are_integers(exact)
    middle = exact.mean(axis=0)
    centered, norms = _around(exact, np.rint(middle) if is_integral else middle)
    is_exact = is_integral and keys_are_exact(norms, n_pool)
    if not is_exact and norms.max() > _FAR * np.median(norms):  # the mean is dragged away
        some = exact[:: max(1, exact.shape[0] // 256)]
        centered, norms = _around(exact, np.median(some, axis=0))
    share = 32 * (n_features + codes.shape[1] + 16) * float(np.finfo(np.float64).eps)
    lost = n_features * float(np.finfo(np.float64).tiny)
    by_column = np.ascontiguousarray(codes.T)
    return _Rows(n_pool, exact, centered, norms, by_column, weight, share, lost, is_exact)


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
        with safe_scikit_learn_threads():
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


def _is_tied(data: _Rows, queries: _Queries, k: int) -> bool:
    """Whether equal distances leave the order of most of some queries open."""
    some = queries.some(slice(None, None, -(-queries.rows.shape[0] // _PROBE)))
    n_near = min(k + 1, data.n_pool - 1)
    nearest = np.partition(_estimates(data, some), n_near - 1, axis=1)[:, :n_near]
    is_open = (np.diff(np.sort(nearest, axis=1)) == 0).any(axis=1)
    return bool(2 * np.count_nonzero(is_open) > is_open.shape[0])


def _take_nearest(data: _Rows, queries: _Queries, k: int) -> np.ndarray:
    """Take the k nearest of rows of whole numbers: a product gives distance and position.

    Scaled and added up by it, in float32 where that is exact, keys of 1,389 x 32 take 6.3 ms;
    from estimates in float64 they took 12.
    """
    n_pool, (some, own) = data.n_pool, queries
    last = n_pool * data.norms[:n_pool] + np.arange(n_pool)
    dtype = key_type(data.norms, n_pool)
    pool = np.vstack([data.centered[:n_pool].T, last], dtype=dtype)
    asked = np.empty((some.shape[0], pool.shape[0]), dtype)
    asked[:, :-1] = -2 * n_pool * data.centered[some]
    asked[:, -1] = 1
    found = np.empty((some.shape[0], k), np.int64)
    step = max(1, _BLOCK_KEYS // n_pool)
    room = np.empty((step, n_pool), dtype)
    for block in pieces(some.shape[0], 1, step, 1):
        part = asked[block]
        keys = _product(part, pool, room[: part.shape[0]])
        _leave_out(own[block], keys)
        found[block] = positions_of_least(keys, k)
    return found


def _settle(
    data: _Rows, queries: _Queries, k: int, bound: np.ndarray | None = None
) -> np.ndarray:
    """Rank every row that may be as near as the k-th, by blocks of queries.

    ``bound`` lies above the k-th squared distance; it is estimated where it is not given.
    """
    found = np.empty((queries.rows.shape[0], k), np.int64)
    for block in _blocks(data, queries):
        part = queries.some(block)
        some, own = part
        estimates = _estimates(data, part)
        if bound is None:
            kth = np.partition(estimates, k - 1, axis=1)[:, k - 1] + data.norms[some]
            kth += data.off_by(some, kth)
        else:
            kth = bound[block]
        reach = kth + data.off_by(some, kth) - data.norms[some]
        near = ~(estimates > reach[:, np.newaxis])  # so that what overflowed is near
        inside = np.flatnonzero(own >= 0)
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


def _blocks(data: _Rows, queries: _Queries) -> Iterator[slice]:
    return pieces(queries.rows.shape[0], data.n_pool, _BLOCK_PAIRS, 1)


def _estimates(data: _Rows, queries: _Queries) -> np.ndarray:
    """Estimate |a - b|^2 but for |a|^2, the query's norm; infinite for what is left out."""
    n_pool, (some, own) = data.n_pool, queries
    room = np.empty((some.shape[0], n_pool))
    estimates = _product(-2 * data.centered[some], data.centered[:n_pool].T, room)
    estimates += data.norms[:n_pool]
    for codes in data.codes:
        estimates += data.weight * (codes[some, np.newaxis] != codes[:n_pool])
    _leave_out(own, estimates)
    return estimates


def _leave_out(own: np.ndarray, distances: np.ndarray) -> None:
    inside = np.flatnonzero(own >= 0)
    distances[inside, own[inside]] = np.inf


def _product(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Multiply by pieces that BLAS does in the thread that asks."""
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
