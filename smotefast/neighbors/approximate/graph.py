"""Approximate k-nearest-neighbor graph from random-projection trees and NN-descent."""

from __future__ import annotations

import itertools

import numpy as np

from smotefast._phases import advance, phase
from smotefast.neighbors.approximate.settings import Settings
from smotefast.neighbors.queries import work_blocks

# Any fixed seed makes searches repeatable.
SEED = 20_020_601
_TREES_PER_CALL = 4
# Multiply-adds within leaves of one call and thread: about 0.3 s. A signal is handled after it.
_WORK_PER_THREAD = 5e9


def build_graph(
    data: np.ndarray, is_query: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph over reordered rows and the order: the row that each of them was.

    Rows are in the order of the first tree's leaves: close rows are close in memory, which
    makes all later passes faster. ``is_query``, shape (n,), bool, marks the rows to find
    neighbors for; the others have none in the graph. NN-descent compares neighbors of
    neighbors, so it needs them for all rows.
    """
    n = data.shape[0]
    detail = f"{n:,} rows, {settings.n_trees} trees, {settings.n_iters} rounds of NN-descent"
    with phase("building a graph", n * (settings.n_trees + settings.n_iters), detail):
        return _build(data, is_query, settings, n_threads)


def _build(
    data: np.ndarray, is_query: np.ndarray, settings: Settings, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    from smotefast.kernels.nn_descent import descend, leaf_array

    n = data.shape[0]
    leaves = leaf_array(data, 1, settings.leaf_size, SEED, n_threads=n_threads)
    order = leaves[leaves >= 0]
    leaves[leaves >= 0] = np.arange(n, dtype=np.int32)
    data, is_query = data[order], is_query[order]
    graph = empty_graph(n, settings.n_neighbors)
    _join(data, leaves, is_query, graph, n_threads)
    for first in range(1, settings.n_trees, _TREES_PER_CALL):
        n_trees = min(_TREES_PER_CALL, settings.n_trees - first)
        leaves = leaf_array(
            data, n_trees, settings.leaf_size, SEED + first, n_threads=n_threads
        )
        for start, end in tree_bounds(leaves, n):
            _join(data, leaves[start:end], is_query, graph, n_threads)
    del leaves
    if settings.n_iters:
        descend(
            data,
            *graph,
            settings.max_candidates,
            settings.n_iters,
            int(settings.delta * graph[0].size),
            settings.block,
            SEED,
            n_threads=n_threads,
        )
    return graph[0], order


def empty_graph(n: int, n_neighbors: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pynndescent's heaps without entries."""
    return (
        np.full((n, n_neighbors), -1, dtype=np.int32),
        np.full((n, n_neighbors), np.inf, dtype=np.float32),
        np.zeros((n, n_neighbors), dtype=np.uint8),
    )


def tree_bounds(leaves: np.ndarray, n: int) -> list[tuple[int, int]]:
    """Return the first and last leaf of each tree: a tree contains every row once."""
    n_seen = np.cumsum(np.count_nonzero(leaves >= 0, axis=1))
    ends = np.flatnonzero(n_seen % n == 0) + 1
    return list(itertools.pairwise([0, *ends.tolist()]))


def _join(
    data: np.ndarray,
    leaves: np.ndarray,
    is_query: np.ndarray,
    graph: tuple[np.ndarray, np.ndarray, np.ndarray],
    n_threads: int,
) -> None:
    """Compare the queries with all rows of their leaf of one tree."""
    from smotefast.kernels.leaf_join import join_leaves
    from smotefast.kernels.tile_kernel import panel_lanes

    work, per_call = float(leaves.shape[1] ** 2 * data.shape[1]), _WORK_PER_THREAD * n_threads
    for block in work_blocks(leaves.shape[0], work, per_call, 8 * n_threads):
        join_leaves(
            data, leaves[block], is_query, *graph, panel_lanes(np.float32), n_threads=n_threads
        )
        advance(int(np.count_nonzero(leaves[block] >= 0)))
