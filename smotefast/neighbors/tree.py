"""Exact search by scipy's k-d tree: the quickest way in few dimensions."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.order import Asked, rank

# Seconds, tiles / tree, gaussian rows against themselves on 2 cores: 30,000 x 4 0.10/0.06,
# x 6 0.13/0.24, x 8 0.14/0.72; 100,000 x 2 0.64/0.08, x 4 0.78/0.27, x 6 0.90/0.75, x 8
# 0.73/2.8. The rows needed for the tree to win triple with each feature.
_ROWS = 300
TREE_FEATURES = 12
SPARE = 4
# The tree's own distances are rounded differently from ours; both within this share, and
# squares that are no normal numbers any more by up to the smallest of these.
_ROUNDING = 1e-12


def tree_pays(points: Points, n_queries: int) -> bool:
    """Whether a k-d tree is quicker than tiles on these rows.

    Points that coincide cannot be split, so a sample with many duplicates goes to tiles.
    """
    rows = points.values
    n_pool, n_features = rows.shape
    if points.codes.shape[1]:
        return False
    if n_features > TREE_FEATURES or n_pool < _ROWS * 3**n_features or n_queries * 8 < n_pool:
        return False
    sample = rows[:: max(1, n_pool // 2000)]
    return bool(np.unique(sample, axis=0).shape[0] > 0.8 * sample.shape[0])


def search_tree(
    points: Points, asked: Asked, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return distances, positions and whether each query's answer is certain."""
    from scipy.spatial import cKDTree

    rows = points.values
    tree = cKDTree(rows, balanced_tree=False, compact_nodes=False)
    n_asked = np.arange(1, min(k + 1 + SPARE, rows.shape[0]) + 1)
    found = tree.query(asked.points.values[asked.rows], k=n_asked, workers=n_threads)
    reached, candidates = np.asarray(found[0]), np.asarray(found[1])
    distances, positions = rank(points, asked, candidates, k, n_threads=n_threads)
    tiny = rows.shape[1] * np.finfo(np.float64).tiny
    with np.errstate(over="ignore", invalid="ignore"):
        certain = distances[:, -1] + tiny < reached[:, -1] ** 2 * (1 - _ROUNDING)
    return distances, positions, certain
