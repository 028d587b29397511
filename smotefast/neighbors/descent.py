"""Build the neighbour graph: order rows by a tree, join leaves, descend."""

from __future__ import annotations

import itertools

import numpy as np

from smotefast.neighbors.settings import Settings

# Fixed, so that a search repeats itself; any other number does as well.
SEED = 20_020_601
_TREES_AT_ONCE = 4


def build_graph(
    data: np.ndarray, asked: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph over reordered rows and the order.

    The first tree's leaves give the order: rows near each other lie near each other in
    memory, which all later passes gain from. ``asked`` of shape (n,), bool, says for which
    rows neighbours are wanted; the others have none in the graph. Rounds of descent go from
    neighbours to their neighbours, and want them for all.
    """
    from smotefast.kernels.forest import leaf_array
    from smotefast.kernels.graph import descend

    n = data.shape[0]
    leaves = leaf_array(data, 1, settings.leaf_size, SEED, n_threads=n_threads)
    order = leaves[leaves >= 0]
    leaves[leaves >= 0] = np.arange(n, dtype=np.int32)
    data, asked = data[order], asked[order]
    graph = empty_graph(n, settings.n_neighbors)
    join(data, leaves, asked, graph, n_threads)
    for first in range(1, settings.n_trees, _TREES_AT_ONCE):
        n_trees = min(_TREES_AT_ONCE, settings.n_trees - first)
        leaves = leaf_array(
            data, n_trees, settings.leaf_size, SEED + first, n_threads=n_threads
        )
        for start, end in tree_bounds(leaves, n):
            join(data, leaves[start:end], asked, graph, n_threads)
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
    """Return pynndescent's heaps with no entry."""
    return (
        np.full((n, n_neighbors), -1, dtype=np.int32),
        np.full((n, n_neighbors), np.inf, dtype=np.float32),
        np.zeros((n, n_neighbors), dtype=np.uint8),
    )


def tree_bounds(leaves: np.ndarray, n: int) -> list[tuple[int, int]]:
    """Return where each tree's leaves begin and end: a tree holds every row once."""
    seen = np.cumsum(np.count_nonzero(leaves >= 0, axis=1))
    ends = np.flatnonzero(seen % n == 0) + 1
    return list(itertools.pairwise([0, *ends.tolist()]))


def join(
    data: np.ndarray,
    leaves: np.ndarray,
    asked: np.ndarray,
    graph: tuple[np.ndarray, np.ndarray, np.ndarray],
    n_threads: int,
) -> None:
    """Compare the rows asked for with all rows of their leaf of one tree."""
    from smotefast.kernels.leaves import join_leaves
    from smotefast.kernels.microkernel import panel_lanes

    join_leaves(data, leaves, asked, *graph, panel_lanes(np.float32), n_threads=n_threads)
