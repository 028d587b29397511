"""NN-descent and random-projection trees, built from functions of pynndescent.

Numba can cache this driver. It cannot cache ``NNDescent`` itself, which passes its distance as
a function and reads the thread count: that compiles for about 20 s in every process. A fixed
number of lanes replaces the number of threads, so the graph does not depend on the machine.
"""

from __future__ import annotations

import numpy as np
from pynndescent.hybrid_forest import make_hybrid_leaf_array
from pynndescent.kernels import generate_graph_update_array_batched
from pynndescent.utils import (
    apply_sorted_graph_update_array,
    build_candidates_owner,
    sort_updates_by_block,
)

from smotefast.kernels.compile import inner, parallel_kernel, threaded_entry
from smotefast.kernels.compile_events import compiling_for_us

# Lanes of pynndescent's parallel loops on every machine: the graph depends on them.
LANES = 16
_SQUARED_EUCLIDEAN = 1  # its number in pynndescent.kernels


@inner
def _empty_lists(n, size):  # type: ignore[no-untyped-def]
    return np.full((n, size), -1, dtype=np.int32), np.full((n, size), np.inf, dtype=np.float32)


@parallel_kernel(calls_parallel=True)
def descend(
    data: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
    flags: np.ndarray,
    max_candidates: int,
    n_iters: int,
    min_changes: int,
    block: int,
    seed: int,
) -> int:
    """Refine a neighbor graph in place by NN-descent; return the number of iterations.

    Parameters
    ----------
    data : array of shape (n, n_features), float32, C-contiguous
    indices, distances, flags : arrays of shape (n, n_neighbors), int32, float32, uint8
        pynndescent's heaps; updated.
    max_candidates : neighbors of one row that are compared with each other
    n_iters : iterations at most
    min_changes : an iteration with no more changes than this is the last
    block : rows whose updates are collected before they are applied
    seed : seed of the random sampling of candidates
    """
    n, n_neighbors = indices.shape
    graph = (indices, distances, flags)
    state = np.array([seed, seed + 7919, seed + 104729], dtype=np.int64)
    pairs = max_candidates * max_candidates + max_candidates * (max_candidates - 1) // 2
    capacity = (block // LANES + 1) * pairs
    updates = np.empty((LANES, capacity, 3), dtype=np.float32)
    sorted_updates = np.empty((LANES, 2 * capacity, 3), dtype=np.float32)
    n_updates = np.zeros(LANES, dtype=np.int32)
    offsets = np.zeros((LANES, LANES + 1), dtype=np.int64)
    new_indices, new_order = _empty_lists(n, max_candidates)
    old_indices, old_order = _empty_lists(n, max_candidates)
    active = np.ones(n, dtype=np.uint8)
    reverse_to = np.empty(n * n_neighbors, dtype=np.int32)
    reverse_from = np.empty(n * n_neighbors, dtype=np.int32)
    bounds = np.zeros((LANES, LANES + 1), dtype=np.int64)
    for done in range(n_iters):
        new, old = build_candidates_owner(
            graph,
            max_candidates,
            state,
            LANES,
            new_indices,
            new_order,
            old_indices,
            old_order,
            active,
            reverse_to,
            reverse_from,
            bounds,
        )
        changed = 0
        for start in range(0, n, block):
            end = min(start + block, n)
            generate_graph_update_array_batched(
                updates,
                n_updates,
                new[start:end],
                old[start:end],
                graph,
                data,
                _SQUARED_EUCLIDEAN,
                LANES,
            )
            sort_updates_by_block(updates, n_updates, sorted_updates, offsets, n, LANES)
            changed += apply_sorted_graph_update_array(graph, sorted_updates, offsets, LANES)
        if changed <= min_changes:
            return done + 1
    return n_iters


def leaf_array(
    data: np.ndarray, n_trees: int, leaf_size: int, seed: int, *, n_threads: int
) -> np.ndarray:
    """Return the leaves of random-projection trees, of shape (n_leaves, width).

    Rows of -1 follow the last row of a leaf.

    Splits depend on the seed alone, not on the threads.
    """
    with compiling_for_us(), threaded_entry(n_threads):
        leaves = make_hybrid_leaf_array(data, n_trees, leaf_size, seed)
    return np.ascontiguousarray(leaves, dtype=np.int32)
