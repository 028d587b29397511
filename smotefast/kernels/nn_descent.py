"""NN-descent and random-projection trees, built from functions of pynndescent.

Numba can cache this driver. It cannot cache ``NNDescent`` itself, which passes its distance as
a function and reads the thread count: that compiles for about 20 s in every process. A fixed
number of lanes replaces the number of threads, so the graph does not depend on the machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from pynndescent.hybrid_forest import make_hybrid_leaf_array
from pynndescent.kernels import generate_graph_update_array_batched
from pynndescent.utils import (
    apply_sorted_graph_update_array,
    build_candidates_owner,
    sort_updates_by_block,
)

from smotefast._phases import advance
from smotefast.kernels.compile import parallel_kernel, threaded_entry
from smotefast.kernels.compile_events import compiling_for_us

# Lanes of pynndescent's parallel loops on every machine: the graph depends on them.
LANES = 16
# Multiply-adds of one call and thread, 0.1 s: a signal is handled after a call. To read the row
# of a candidate takes as long as to compare so many numbers.
_WORK_PER_THREAD, _READING = 4e8, 16
_SQUARED_EUCLIDEAN = 1  # its number in pynndescent.kernels


class Workspace(NamedTuple):
    """Arrays that all rounds of ``descend`` use again.

    Attributes
    ----------
    updates, sorted_updates, n_updates, offsets
        Updates of one block of rows, by lane.
    new_indices, new_order, old_indices, old_order
        Candidates of each row that are new, and that were compared before.
    active, reverse_to, reverse_from, bounds
        What building the candidates needs.
    state
        State of the random generator.
    """

    updates: np.ndarray
    sorted_updates: np.ndarray
    n_updates: np.ndarray
    offsets: np.ndarray
    new_indices: np.ndarray
    new_order: np.ndarray
    old_indices: np.ndarray
    old_order: np.ndarray
    active: np.ndarray
    reverse_to: np.ndarray
    reverse_from: np.ndarray
    bounds: np.ndarray
    state: np.ndarray


def _pairs(max_candidates: int) -> int:
    """Return the pairs of candidates of a row that are compared: new ones with all."""
    return max_candidates * max_candidates + max_candidates * (max_candidates - 1) // 2


def _workspace(
    n: int, n_neighbors: int, max_candidates: int, block: int, seed: int
) -> Workspace:
    capacity = (block // LANES + 1) * _pairs(max_candidates)
    shape = n, max_candidates
    return Workspace(
        np.empty((LANES, capacity, 3), np.float32),
        np.empty((LANES, 2 * capacity, 3), np.float32),
        np.zeros(LANES, np.int32),
        np.zeros((LANES, LANES + 1), np.int64),
        *(np.full(shape, -1, np.int32), np.full(shape, np.inf, np.float32)),
        *(np.full(shape, -1, np.int32), np.full(shape, np.inf, np.float32)),
        np.ones(n, np.uint8),
        np.empty(n * n_neighbors, np.int32),
        np.empty(n * n_neighbors, np.int32),
        np.zeros((LANES, LANES + 1), np.int64),
        np.array([seed, seed + 7919, seed + 104729], np.int64),
    )


@parallel_kernel(calls_parallel=True)
def _choose_candidates(
    indices: np.ndarray, distances: np.ndarray, flags: np.ndarray, work: Workspace
) -> None:
    """Begin a round: choose the candidates of each row that are compared with each other."""
    build_candidates_owner(
        (indices, distances, flags),
        work.new_indices.shape[1],
        work.state,
        LANES,
        work.new_indices,
        work.new_order,
        work.old_indices,
        work.old_order,
        work.active,
        work.reverse_to,
        work.reverse_from,
        work.bounds,
    )


@parallel_kernel(calls_parallel=True)
def _compare_candidates(
    data: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
    flags: np.ndarray,
    work: Workspace,
    first: int,
    last: int,
    block: int,
) -> int:
    """Compare the candidates of the rows ``first..last``; return the number of changes."""
    n = indices.shape[0]
    graph = (indices, distances, flags)
    changed = 0
    for start in range(first, last, block):
        end = min(start + block, last)
        generate_graph_update_array_batched(
            work.updates,
            work.n_updates,
            work.new_indices[start:end],
            work.old_indices[start:end],
            graph,
            data,
            _SQUARED_EUCLIDEAN,
            LANES,
        )
        sort_updates_by_block(
            work.updates, work.n_updates, work.sorted_updates, work.offsets, n, LANES
        )
        changed += apply_sorted_graph_update_array(
            graph, work.sorted_updates, work.offsets, LANES
        )
    return changed


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
    *,
    n_threads: int,
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
    n_threads : threads to use; the result does not depend on it
    """
    n, n_neighbors = indices.shape
    work = _workspace(n, n_neighbors, max_candidates, block, seed)
    graph = indices, distances, flags
    work_per_row = _pairs(max_candidates) * (data.shape[1] + _READING)
    step = block * max(1, int(n_threads * _WORK_PER_THREAD / work_per_row) // block)
    for done in range(n_iters):
        _choose_candidates(*graph, work, n_threads=n_threads)
        changed = 0
        for first in range(0, n, step):
            last = min(first + step, n)
            changed += _compare_candidates(
                data, *graph, work, first, last, block, n_threads=n_threads
            )
            advance(last - first)
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
