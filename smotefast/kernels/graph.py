"""NN-descent over pynndescent's building blocks, with a fixed number of lanes.

float32 rows and leaves of a random projection forest flow in; a heap of near neighbours
per row flows out. pynndescent's own driver takes a distance function and asks for the
thread count, and numba can cache neither: it compiles for 20 s in every process. The two
drivers here take arrays and numbers only, and numba caches them whole, with the blocks
they call. Work is cut into LANES whatever the machine has, so the graph does not depend
on the number of threads.
"""

from __future__ import annotations

import numpy as np
from pynndescent.kernels import generate_graph_update_array_batched
from pynndescent.utils import (
    apply_sorted_graph_update_array,
    build_candidates_owner,
    sort_updates_by_block,
)

from smotefast.kernels.compile import parallel_kernel

LANES = 16
_SQUARED_EUCLIDEAN = 1  # pynndescent.kernels' id of it


@parallel_kernel(calls_parallel=True)
def join_leaves(
    rows: np.ndarray,
    leaves: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
    flags: np.ndarray,
    leaves_at_once: int,
    capacity: int,
) -> None:
    """Compare all pairs of rows within each leaf and keep the nearest in the heaps.

    Parameters
    ----------
    rows : array of shape (n_rows, n_features), float32, C-contiguous
    leaves : array of shape (n_leaves, leaf_size), int32; -1 fills up
    indices, distances, flags : the heaps, each of shape (n_rows, n_kept); updated
        int32 positions (-1 where empty), float32 squared distances (inf), uint8 "is new".
    leaves_at_once : leaves between two updates of the heaps
    capacity : updates that a lane can hold
    """
    heaps = (indices, distances, flags)
    n_rows = rows.shape[0]
    updates = np.empty((LANES, capacity, 3), np.float32)
    n_updates = np.zeros(LANES, np.int32)
    ordered = np.empty((LANES, 2 * capacity, 3), np.float32)
    offsets = np.zeros((LANES, LANES + 1), np.int64)
    nothing_old = np.full((leaves_at_once, 1), -1, np.int32)
    for start in range(0, leaves.shape[0], leaves_at_once):
        stop = min(start + leaves_at_once, leaves.shape[0])
        generate_graph_update_array_batched(
            updates,
            n_updates,
            leaves[start:stop],
            nothing_old[: stop - start],
            heaps,
            rows,
            _SQUARED_EUCLIDEAN,
            LANES,
        )
        sort_updates_by_block(updates, n_updates, ordered, offsets, n_rows, LANES)
        apply_sorted_graph_update_array(heaps, ordered, offsets, LANES)


@parallel_kernel(calls_parallel=True)
def descend(
    rows: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
    flags: np.ndarray,
    n_candidates: int,
    n_rounds: int,
    enough: int,
    rows_at_once: int,
    capacity: int,
    seed: np.ndarray,
) -> int:
    """Compare neighbours of neighbours until few entries change; return the rounds.

    Parameters
    ----------
    rows, indices, distances, flags, capacity : as for ``join_leaves``
    n_candidates : new and old candidates of a row per round
    n_rounds : rounds at the most
    enough : a round with no more changes than this is the last
    rows_at_once : rows between two updates of the heaps
    seed : array of shape (3,), int64
    """
    heaps = (indices, distances, flags)
    n_rows, n_kept = indices.shape
    updates = np.empty((LANES, capacity, 3), np.float32)
    n_updates = np.zeros(LANES, np.int32)
    ordered = np.empty((LANES, 2 * capacity, 3), np.float32)
    offsets = np.zeros((LANES, LANES + 1), np.int64)
    new = np.full((n_rows, n_candidates), -1, np.int32)
    new_priorities = np.full((n_rows, n_candidates), np.inf, np.float32)
    old = np.full((n_rows, n_candidates), -1, np.int32)
    old_priorities = np.full((n_rows, n_candidates), np.inf, np.float32)
    active = np.ones(n_rows, np.uint8)
    reverse_to = np.empty(n_rows * n_kept, np.int32)
    reverse_from = np.empty(n_rows * n_kept, np.int32)
    bounds = np.zeros((LANES, LANES + 1), np.int64)
    for done in range(n_rounds):
        build_candidates_owner(
            heaps,
            n_candidates,
            seed,
            LANES,
            new,
            new_priorities,
            old,
            old_priorities,
            active,
            reverse_to,
            reverse_from,
            bounds,
        )
        n_changes = 0
        for start in range(0, n_rows, rows_at_once):
            stop = min(start + rows_at_once, n_rows)
            generate_graph_update_array_batched(
                updates,
                n_updates,
                new[start:stop],
                old[start:stop],
                heaps,
                rows,
                _SQUARED_EUCLIDEAN,
                LANES,
            )
            sort_updates_by_block(updates, n_updates, ordered, offsets, n_rows, LANES)
            n_changes += apply_sorted_graph_update_array(heaps, ordered, offsets, LANES)
        if n_changes <= enough:
            return done + 1
    return n_rounds
