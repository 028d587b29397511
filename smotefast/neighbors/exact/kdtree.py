"""Exact search by SciPy's k-d tree: the fastest if few columns dominate the distance.

These may be the only columns, or the few large ones among many: next to ages, incomes alone
decide which rows are near.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smotefast._threads import threaded_code_alone
from smotefast.kernels.points import Points
from smotefast.neighbors.exact.scan import rank_candidates, search_scan
from smotefast.neighbors.queries import Queries, counted_blocks
from smotefast.neighbors.result import SearchResult

# Pool rows and queries that the rows in a box are counted on, in 2 to 12 ms, and queries that
# they are counted for among all rows.
_SAMPLE, _PROBE, _PROBE_OF_ALL = 2048, 32, 16
# Candidates beyond k, at first and for queries that these leave unresolved.
_SPARES = (4, 64)
# Values of queries and candidates of one call: half a second.
_VALUES_PER_CALL = 1 << 20
# The distances of the tree are rounded differently from ours: both within this share.
_ROUNDING = 1e-12


def search_kdtree(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k nearest rows by a k-d tree, and certify them in float64."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points.values, balanced_tree=False, compact_nodes=False)
    squared = np.ones((len(queries.rows), k))
    indices = np.empty((len(queries.rows), k), dtype=np.int64)
    is_certain = np.zeros(len(queries.rows), dtype=bool)
    for spare in _SPARES:
        # With more duplicates than candidates the k-th distance is 0: a scan stops early then.
        rest = np.flatnonzero(~is_certain & (squared[:, -1] > 0))
        n_candidates = min(k + 1 + spare, points.values.shape[0])
        work = points.values.shape[1] + 2 * n_candidates
        for block in counted_blocks(len(rest), work, _VALUES_PER_CALL, 1024):
            which = rest[block]
            part = queries.subset(which)
            values = part.points.values[part.rows]
            numbers = np.arange(1, n_candidates + 1)
            with threaded_code_alone(n_threads):
                near = tree.query(values, k=numbers, workers=n_threads)
            reached, candidates = map(np.asarray, near)
            ranked = rank_candidates(points, part, candidates, k, n_threads=n_threads)
            indices[which], squared[which] = ranked.indices, ranked.squared()
            is_certain[which] = _is_certain(points, squared[which, -1], reached[:, -1])
    return SearchResult(indices, squared, np.flatnonzero(~is_certain))


def _is_certain(points: Points, kth: np.ndarray, reached: np.ndarray) -> np.ndarray:
    """Whether the k-th squared distance is below that of every row the tree left out."""
    # Squares below the smallest normal number are off by up to that number.
    underflow = points.values.shape[1] * np.finfo(np.float64).tiny
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(kth + underflow < reached**2 * (1 - _ROUNDING))


def rows_in_box(points: Points, queries: Queries[Points], k: int, limit: float) -> float:
    """Return how many rows lie in the box around a query's k nearest, on average.

    These are the rows that a tree has to visit. They are counted on a sample of the pool
    first; if that gives ``limit`` or more, or if a tree cannot be used, on nothing else.
    """
    values = points.values
    sample = values[:: -(-values.shape[0] // _SAMPLE)]
    if 8 * k > sample.shape[0]:
        return np.inf
    probe = queries.points.values[queries.rows[:: -(-len(queries.rows) // _PROBE)]]
    n_inside = _count_in_sample(sample, probe, k)
    if n_inside >= limit:
        return n_inside
    if not (np.isfinite(values.min()) and np.isfinite(values.max())):
        return np.inf  # the tree refuses such values
    # A sample has few rows of each cluster: within clusters of many columns no tree helps.
    few = queries.subset(slice(None, None, -(-len(queries.rows) // _PROBE_OF_ALL)))
    with np.errstate(over="ignore", invalid="ignore"):
        kth = search_scan(points, few, k, n_threads=1).squared()[:, -1]
        return _count_in_all(points, few, kth, sample.std(axis=0))


def _count_in_sample(rows: np.ndarray, queries: np.ndarray, k: int) -> float:
    """Count the rows of a sample in the box around the k nearest of them."""
    squared = np.zeros((queries.shape[0], rows.shape[0]))
    is_inside = np.ones(squared.shape, dtype=bool)
    with np.errstate(over="ignore", invalid="ignore"):
        for difference in _differences(rows, queries):
            squared += difference * difference
        kth = np.partition(squared, k, axis=1)[:, k, np.newaxis]
        for difference in _differences(rows, queries):
            is_inside &= difference * difference <= kth
    return float(is_inside.sum(axis=1).mean())


def _differences(rows: np.ndarray, queries: np.ndarray) -> Iterator[np.ndarray]:
    """Yield, by column, the difference of each query and row."""
    for row, query in zip(rows.T, queries.T, strict=True):
        yield query[:, np.newaxis].astype(np.float64) - row


def _count_in_all(
    points: Points, queries: Queries[Points], kth: np.ndarray, spread: np.ndarray
) -> float:
    """Count the rows in the box among all rows, starting with the column of widest spread."""
    first, *others = np.argsort(-spread)
    widest = np.ascontiguousarray(points.values[:, first])
    n_inside = 0
    for row, limit in zip(queries.rows, kth, strict=True):
        query = queries.points.values[row].astype(np.float64)
        inside = np.flatnonzero((widest - query[first]) ** 2 <= limit)
        for column in others:
            inside = inside[(points.values[inside, column] - query[column]) ** 2 <= limit]
        n_inside += len(inside)
    return n_inside / len(queries.rows)
