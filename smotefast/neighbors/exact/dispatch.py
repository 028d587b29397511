"""Exact search on dense rows: candidates found fast, order settled in float64.

Points and queries flow in; positions of the k nearest other rows flow out, by
float64 distance, equal distances by lower position. Three ways lead to the same bits:
a scan in float64 for little work (by numpy until the kernels are loaded), a k-d tree where
few columns tell rows apart, register tiles else.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels import kernels_are_compiled, kernels_are_loaded
from smotefast.kernels.points import Points
from smotefast.neighbors.exact.kdtree import search_tree, tree_pays
from smotefast.neighbors.exact.numpy_search import search_small
from smotefast.neighbors.exact.tiles import search_tiles
from smotefast.neighbors.planner import CODE_WORK, LITTLE_WORK, MOST_BY_TILES
from smotefast.neighbors.queries import Asked, scan

# Multiply-adds below which the float64 scan is as quick as packing, tiles and ranking:
# 1,000 x 20 against themselves, 1.5 ms; 150 of 2,000 x 100 take 2.1 ms, and 1.1 ms in tiles.
_SCAN_WORK = 2e7
# Values of a pool that is copied twice for it: 64 MB each time.
_SMALL_POOL = 1 << 23
# And so few products that waking threads takes longer than numpy does with all of them.
_TINY_WORK = 1e6
# What a process does in this way before loading pays, if they are compiled: 0.1 s of work,
# where ranking a pair of rows takes as long as so many multiply-adds.
_PATIENCE = 1e9
_RANKING = 16


def search_exact(points: Points, asked: Asked, k: int, *, n_threads: int) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query."""
    return search_measured(points, asked, k, n_threads=n_threads)[1]


def search_measured(
    points: Points, asked: Asked, k: int, *, n_threads: int
) -> tuple[np.ndarray | None, np.ndarray]:
    """Return squared distances, where the way taken has them at hand, and positions."""
    work = _work(points, asked)
    n_pairs = float(asked.n) * points.values.shape[0]
    size = points.values.size
    if asked.points is not points:
        size += asked.points.values.size
    if size <= _SMALL_POOL and _can_wait(work, n_pairs):
        return None, search_small(points, asked, k)
    return search_exactly(points, asked, k, n_threads=n_threads)


class _Done:
    """Work that was done before the kernels were loaded, in this process."""

    work = 0.0


def _can_wait(work: float, n_pairs: float) -> bool:
    """Whether the kernels need not be loaded, or threads woken, for this."""
    if work <= _TINY_WORK:
        return True
    if kernels_are_loaded() or work > LITTLE_WORK:
        return False
    _Done.work += work + _RANKING * n_pairs
    return _Done.work <= _PATIENCE or not kernels_are_compiled()


def search_exactly(
    points: Points, asked: Asked, k: int, *, n_threads: int, by_tree: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return squared distances and positions, by compiled code.

    With ``by_tree`` it is known that a tree pays; else that is looked at here.
    """
    most = min(MOST_BY_TILES, points.values.shape[0] - 1)  # a scan may find all rows
    if _work(points, asked) <= _SCAN_WORK or k > most:
        return scan(points, asked, k, n_threads=n_threads)
    if by_tree or tree_pays(points, asked, k):
        found = search_tree(points, asked, k, n_threads=n_threads)
    else:
        found = search_tiles(points, asked, k, n_threads=n_threads)
    distances, positions, certain = found
    left = np.flatnonzero(~certain)
    if left.shape[0]:
        again = scan(points, asked.some(left), k, n_threads=n_threads)
        distances[left], positions[left] = again
    return distances, positions


def _work(points: Points, asked: Asked) -> float:
    n_pool, n_features = points.values.shape
    work: float = float(asked.n) * n_pool * (n_features + CODE_WORK * points.codes.shape[1])
    return work
