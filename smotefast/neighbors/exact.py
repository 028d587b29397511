"""Exact search on dense rows: candidates found fast, order settled in float64.

Rows and query positions flow in; positions of the k nearest other rows flow out, by
float64 distance, equal distances by lower position. Three ways lead to the same bits:
a scan in float64 for little work (by numpy until the kernels are loaded), a k-d tree in
few dimensions, register tiles else.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels import kernels_are_loaded
from smotefast.neighbors.order import as_float_rows, scan
from smotefast.neighbors.small import search_small
from smotefast.neighbors.tiled import search_tiles
from smotefast.neighbors.tree import search_tree, tree_pays

# Multiply-adds below which the float64 scan is as quick as packing, tiles and ranking:
# 1,000 x 20 against themselves is 2e7 and takes 1.6 ms; it also loads one compiled kernel
# from the cache instead of four (about 10 ms each, once).
_SCAN_WORK = 5e7
# Multiply-adds that scikit-learn does in 30 ms (5,000 x 20): loading kernels takes 500.
_SMALL_WORK = 5e8
# Above this many neighbours the heaps of the tiles fall out of the cache.
_TILE_NEIGHBORS = 256


def search_exact(
    pool: np.ndarray, queries: np.ndarray, k: int, *, n_threads: int
) -> np.ndarray:
    """Return the positions of the k nearest other rows of each query."""
    rows = as_float_rows(pool)
    n_pool, n_features = rows.shape
    work = float(queries.shape[0]) * n_pool * n_features
    if work <= _SMALL_WORK and not kernels_are_loaded():
        return search_small(rows, queries, k)
    if work <= _SCAN_WORK or k > _TILE_NEIGHBORS:
        return scan(rows, queries, k, n_threads=n_threads)[1]
    if tree_pays(rows, queries.shape[0]):
        _, positions, certain = search_tree(rows, queries, k, n_threads=n_threads)
    else:
        _, positions, certain = search_tiles(rows, queries, k, n_threads=n_threads)
    left = np.flatnonzero(~certain)
    if left.shape[0]:
        positions[left] = scan(rows, queries[left], k, n_threads=n_threads)[1]
    return positions
