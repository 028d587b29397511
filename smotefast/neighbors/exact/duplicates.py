"""Rows that stand in a pool many times are compared once, and found in all their places.

Logs and counts repeat themselves: of 494,021 connections of KDD Cup 99, 38 numbers each,
two in seven differ. The k nearest rows of a row lie in at most so many distinct rows, which
are searched for among the distinct ones; ordering by distance and position is done after.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.planner import LITTLE_WORK
from smotefast.neighbors.queries import Asked, pieces, rank, within

# Telling apart 494,021 x 38 takes 0.4 s, in which tiles search for 4,000 rows among them; a
# sample, 2 to 7 ms.
_FEWEST = 8192
_SAMPLE = 4096
# More distinct rows than this share of all, and a copy of them would take more memory than the
# search among fewer saves.
_MOST_DISTINCT = 0.5
# Values that are hashed, or compared, at a time: 2 MB stay in a core's cache.
_VALUES_AT_ONCE = 1 << 18
_MIXER, _ROTATED = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


class Distinct(NamedTuple):
    """The distinct rows of a pool, and where they stand in it.

    Attributes
    ----------
    points
        Each of them once, by their first positions.
    of
        The distinct row that each row of the pool is, shape (n_pool,).
    order
        Positions of the pool, those of one distinct row together, ascending.
    starts, sizes
        Where those of each distinct row start in ``order``, and how many they are.
    """

    points: Points
    of: np.ndarray
    order: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray


def distinct_rows(points: Points, asked: Asked, k: int) -> Distinct | None:
    """Return the distinct rows of a pool, if they are few enough to search among them."""
    n_pool = points.values.shape[0]
    if not rows_repeat(points, asked):
        return None
    hashes = hash_rows(points.values, points.codes)
    order = np.argsort(hashes, kind="stable")
    is_new = np.ones(n_pool, dtype=bool)
    np.not_equal(hashes[order[1:]], hashes[order[:-1]], out=is_new[1:])
    n_distinct = int(np.count_nonzero(is_new))
    del hashes
    if not k < n_distinct <= _MOST_DISTINCT * n_pool or not _are_equal(points, order, is_new):
        return None
    return _grouped(points, order, np.flatnonzero(is_new))


def rows_repeat(points: Points, asked: Asked) -> bool:
    """Whether a sample has so many equal rows that a look at all of them pays."""
    n_pool, n_features = points.values.shape
    work = float(asked.n) * n_pool * n_features
    if asked.points is not points or asked.n < _FEWEST or work <= LITTLE_WORK:
        return False
    some = slice(None, None, -(-n_pool // _SAMPLE))
    sample = hash_rows(points.values[some], points.codes[some])
    return bool(np.unique(sample).shape[0] <= _MOST_DISTINCT * sample.shape[0])


def hash_rows(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return a 64-bit hash of each row; rows of equal bits have equal hashes."""
    bits = values.view(np.uint32 if values.dtype == np.float32 else np.uint64)
    hashes = np.zeros(values.shape[0], dtype=np.uint64)
    for block in pieces(len(values), values.shape[1], _VALUES_AT_ONCE, 1):
        mixed = hashes[block]
        for columns in (bits[block].T, codes[block].T):
            for column in columns:
                mixed ^= column.astype(np.uint64)
                mixed *= _MIXER
                mixed ^= mixed >> _ROTATED
    return hashes


def _are_equal(points: Points, order: np.ndarray, is_new: np.ndarray) -> bool:
    """Whether rows of one hash are equal, which those that hold NaN are not."""
    again = np.flatnonzero(~is_new)
    for rows in (points.values, points.codes):
        for block in pieces(len(again), max(1, rows.shape[1]), _VALUES_AT_ONCE, 1):
            places = again[block]
            if not np.array_equal(rows[order[places]], rows[order[places - 1]]):
                return False
    return True


def _grouped(points: Points, order: np.ndarray, starts: np.ndarray) -> Distinct:
    """Put the rows of one kind together; they count by their first positions."""
    sizes = np.diff(starts, append=len(order))
    by_first = np.argsort(order[starts])
    number = np.empty_like(by_first)
    number[by_first] = np.arange(len(by_first))
    of = np.empty_like(order)
    of[order] = np.repeat(number, sizes)
    starts, sizes = starts[by_first], sizes[by_first]
    first = order[starts]
    rows = Points(points.values[first], points.codes[first], points.weight)
    return Distinct(rows, of, order, starts, sizes)


def in_all_places(
    distinct: Distinct,
    queries: np.ndarray,
    near: np.ndarray,
    rows: np.ndarray,
    *,
    n_threads: int,
) -> np.ndarray:
    """Return the k nearest other rows of rows, by distance and position.

    Parameters
    ----------
    distinct
        The distinct rows of the pool.
    queries
        Those that the rows are, ascending.
    near
        The k nearest other distinct rows of each, of shape (n_queries, k).
    rows
        Positions in the pool.
    """
    k = near.shape[1]
    found = np.empty((len(rows), k), dtype=near.dtype)
    nearest = np.empty((len(queries), k + 1), dtype=near.dtype)
    # Where all are equally near, each of k + 1 distinct rows stands in k + 1 places.
    for block in pieces(len(queries), (k + 1) ** 2, _VALUES_AT_ONCE, 1):
        nearest[block] = _merged(distinct, queries[block], near[block], n_threads)
    for block in pieces(len(rows), k + 1, _VALUES_AT_ONCE, 1):
        some = rows[block]
        candidates = nearest[np.searchsorted(queries, distinct.of[some])]
        stays = candidates != some[:, np.newaxis]
        stays[stays.all(axis=1), -1] = False
        found[block] = candidates[stays].reshape(-1, k)
    return found


def _merged(
    distinct: Distinct, queries: np.ndarray, near: np.ndarray, n_threads: int
) -> np.ndarray:
    """Return the k + 1 nearest rows of the pool to distinct rows, themselves among them."""
    n_wanted = near.shape[1] + 1
    asked = within(distinct.points, queries)
    squares, near = rank(
        distinct.points, asked, near.astype(np.int64), near.shape[1], n_threads=n_threads
    )
    near = np.column_stack([queries, near])
    squares = np.column_stack([np.zeros(len(queries)), squares])
    n_rows = np.minimum(distinct.sizes[near], n_wanted)
    # Up to the distance at which there are enough: of equal distances all are needed.
    enough = np.argmax(np.cumsum(n_rows, axis=1) >= n_wanted, axis=1)
    limit = np.take_along_axis(squares, enough[:, np.newaxis], axis=1)
    n_rows[squares > limit] = 0
    counts = n_rows.ravel()
    first = np.repeat(np.cumsum(counts) - counts, counts)
    offsets = np.arange(len(first)) - first
    positions = distinct.order[np.repeat(distinct.starts[near.ravel()], counts) + offsets]
    query = np.repeat(np.repeat(np.arange(len(queries)), n_wanted), counts)
    by = np.lexsort((positions, np.repeat(squares.ravel(), counts), query))
    starts = np.searchsorted(query, np.arange(len(queries)))
    nearest: np.ndarray = positions[by[starts[:, np.newaxis] + np.arange(n_wanted)]]
    return nearest
