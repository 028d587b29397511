"""Exact search by scipy's k-d tree: the quickest way where few columns tell rows apart.

These may be few columns, or the few that are large among many: of incomes beside ages the
incomes alone decide who is near.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.queries import Asked, pieces, rank, scan

# Rows of the pool, and queries, that tell how many rows lie in the box around the nearest:
# 2 to 12 ms. Fewer pairs than these take tiles 50 ms. Where few do, some queries ask all rows.
_SAMPLE, _PROBE, _CLOSER = 2048, 32, 16
_WORTH_A_LOOK = 2e8
# Rows that tiles compare in the time that the tree takes for each row in the box, and to be
# built, per row of the pool. Seconds, tiles / tree, and rows in the box: gaussian rows, 50,000
# x 4 0.34/0.28, 15; x 6 0.47/0.98, 49; x 8 0.41/3.2, 167; x 10 0.69/10, 437. Adult with new
# rows, 49,440 x 6, 1.12/0.16, 8; Give Me Some Credit with new rows, 223,824 x 10, 15.9/1.4, 8.
_VISIT, _BUILD = 2000, 2500
# Candidates beyond k, and how many where these leave the order open.
_SPARES = (4, 64)
# Values of queries and candidates of one call, half a second: a signal waits for the end.
_VALUES_AT_ONCE = 1 << 20
# The tree's own distances are rounded differently from ours; both within this share, and
# squares that are no normal numbers any more by up to the smallest of these.
_ROUNDING = 1e-12


def tree_pays(points: Points, asked: Asked, k: int) -> bool:
    """Whether a k-d tree is quicker than tiles on these rows, which a sample tells."""
    rows = points.values
    n_pool = rows.shape[0]
    n_pairs = float(asked.n) * n_pool
    sample = rows[:: -(-n_pool // _SAMPLE)]
    if points.codes.shape[1] or n_pairs < _WORTH_A_LOOK or 8 * k > sample.shape[0]:
        return False
    some = asked.points.values[asked.rows[:: -(-asked.n // _PROBE)]]
    most = (n_pairs - _BUILD * float(n_pool)) / (_VISIT * asked.n)
    if _in_boxes(sample, some, k) >= most:
        return False
    if not (np.isfinite(rows.min()) and np.isfinite(rows.max())):
        return False  # which the tree refuses
    # Within clusters of many columns no tree helps, and a sample has few rows of each.
    few = asked.some(slice(None, None, -(-asked.n // _CLOSER)))
    with np.errstate(over="ignore", invalid="ignore"):
        reach = scan(points, few, k, n_threads=1)[0][:, -1]
        return bool(_in_boxes_of_all(points, few, reach, sample.std(axis=0)) < most)


def _in_boxes(rows: np.ndarray, queries: np.ndarray, k: int) -> float:
    """Return how many rows lie in the box around the k nearest of each query, on average."""
    squares = np.zeros((queries.shape[0], rows.shape[0]))
    inside = np.ones(squares.shape, dtype=bool)
    with np.errstate(over="ignore", invalid="ignore"):
        for apart in _apart(rows, queries):
            squares += apart * apart
        reach = np.partition(squares, k, axis=1)[:, k, np.newaxis]
        for apart in _apart(rows, queries):
            inside &= apart * apart <= reach
    return float(inside.sum(axis=1).mean())


def _in_boxes_of_all(
    points: Points, asked: Asked, reach: np.ndarray, spread: np.ndarray
) -> float:
    """Count the same among all rows; the widest columns leave few for the others."""
    first, *others = np.argsort(-spread)
    widest = np.ascontiguousarray(points.values[:, first])
    n_inside = 0
    for place, limit in zip(asked.rows, reach, strict=True):
        query = asked.points.values[place].astype(np.float64)
        inside = np.flatnonzero((widest - query[first]) ** 2 <= limit)
        for column in others:
            inside = inside[(points.values[inside, column] - query[column]) ** 2 <= limit]
        n_inside += len(inside)
    return n_inside / asked.n


def _apart(rows: np.ndarray, queries: np.ndarray) -> Iterator[np.ndarray]:
    """Yield how far apart each query and row are, by column."""
    for row, query in zip(rows.T, queries.T, strict=True):
        yield query[:, np.newaxis].astype(np.float64) - row


def search_tree(
    points: Points, asked: Asked, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return distances, positions and whether each query's answer is certain."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points.values, balanced_tree=False, compact_nodes=False)
    distances = np.ones((asked.n, k))
    positions = np.empty((asked.n, k), dtype=np.int64)
    certain = np.zeros(asked.n, dtype=bool)
    for spare in _SPARES:
        # Of rows with more duplicates than candidates a scan knows soon.
        left = np.flatnonzero(~certain & (distances[:, -1] > 0))
        n_asked = min(k + 1 + spare, points.values.shape[0])
        each = points.values.shape[1] + 2 * n_asked
        for piece in pieces(len(left), each, _VALUES_AT_ONCE, 1024):
            some = left[piece]
            part = asked.some(some)
            queries = part.points.values[part.rows]
            near = tree.query(queries, k=np.arange(1, n_asked + 1), workers=n_threads)
            found = rank(points, part, np.asarray(near[1]), k, n_threads=n_threads)
            distances[some], positions[some] = found
            certain[some] = _is_certain(points, found[0][:, -1], np.asarray(near[0])[:, -1])
    return distances, positions, certain


def _is_certain(points: Points, kth: np.ndarray, reached: np.ndarray) -> np.ndarray:
    """Tell whether the k-th square lies below all that the tree may have left out."""
    tiny = points.values.shape[1] * np.finfo(np.float64).tiny
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(kth + tiny < reached**2 * (1 - _ROUNDING))
