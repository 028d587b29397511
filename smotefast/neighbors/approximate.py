"""Approximate search: NN-descent made of pynndescent's parts, order settled in float64.

Dense rows flow in; positions of near neighbours of all rows flow out, with the recall
measured on a sample. Rows are centred and scaled in float64 before they are cast to
float32, candidates are ranked in float64, rows with too few candidates are searched
exactly. The seed is fixed: neighbours depend on the data alone.
"""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np

from smotefast.neighbors.exact import search_exact
from smotefast.neighbors.order import as_float_rows, rank
from smotefast.neighbors.policy import BUFFERS, MAX_CANDIDATES, TREES_AT_ONCE, Effort
from smotefast.neighbors.tiled import center_and_reach, scale_for

_SEED = 20_020_601


def search_approximate(
    pool: np.ndarray, queries: np.ndarray, k: int, effort: Effort, *, n_threads: int
) -> np.ndarray:
    """Return the positions of k near other rows of each query, of shape (n_queries, k)."""
    from smotefast.kernels.compile import threads_usable

    rows = as_float_rows(pool)
    close = to_float32(rows)
    if close is None:  # a range beyond float64: nothing to descend on
        return search_exact(rows, queries, k, n_threads=n_threads)
    if threads_usable():
        graph = build_graph(close, effort, n_threads=n_threads)
    else:
        from smotefast.neighbors.elsewhere import build_graph_elsewhere

        graph = build_graph_elsewhere(close, effort)
    del close
    candidates = graph if queries.shape[0] == rows.shape[0] else graph[queries]
    _, positions = rank(rows, queries, candidates, k, n_threads=n_threads)
    lacking = np.flatnonzero(positions[:, -1] >= rows.shape[0])
    if lacking.shape[0]:
        positions[lacking] = search_exact(rows, queries[lacking], k, n_threads=n_threads)
    return positions


def to_float32(rows: np.ndarray) -> np.ndarray | None:
    """Centre and scale in float64, then cast: a large offset would cost neighbours."""
    center, reach, _ = center_and_reach(rows)
    if not np.isfinite(reach):
        return None
    scale = scale_for(reach)
    close = np.empty(rows.shape, np.float32)
    step = max(1, (1 << 20) // rows.shape[1])
    for start in range(0, rows.shape[0], step):
        block = rows[start : start + step].astype(np.float64)
        block -= center
        block *= scale
        close[start : start + step] = block
    return close


def build_graph(close: np.ndarray, effort: Effort, *, n_threads: int) -> np.ndarray:
    """Return candidates of every row, of shape (n_rows, n_kept); -1 where there is none."""
    from smotefast.kernels.compile import ensure_cache_directory

    ensure_cache_directory()
    if not blocks_fit():
        return _graph_by_pynndescent(close, effort)
    from smotefast.kernels.graph import descend

    n_rows = close.shape[0]
    indices = np.full((n_rows, effort.n_kept), -1, np.int32)
    distances = np.full(indices.shape, np.inf, np.float32)
    flags = np.zeros(indices.shape, np.uint8)
    _plant(close, effort, (indices, distances, flags), n_threads)
    n_candidates = min(effort.n_kept, MAX_CANDIDATES)
    rows_at_once, capacity = _batch(n_candidates**2 + n_candidates * (n_candidates - 1) // 2)
    descend(
        close,
        indices,
        distances,
        flags,
        n_candidates,
        effort.n_rounds,
        indices.size // 1000,
        rows_at_once,
        capacity,
        np.array([_SEED, _SEED + 1, _SEED + 2], np.int64),
        n_threads=n_threads,
    )
    return indices


def _plant(close: np.ndarray, effort: Effort, heaps: Any, n_threads: int) -> None:
    """Fill the heaps from the leaves of the forest, some trees at a time."""
    from smotefast.kernels.graph import join_leaves

    pairs = effort.leaf_size * (effort.leaf_size - 1) // 2
    leaves_at_once, capacity = _batch(pairs)
    for start in range(0, effort.n_trees, TREES_AT_ONCE):
        n_trees = min(TREES_AT_ONCE, effort.n_trees - start)
        leaves = _leaves(close, n_trees, effort.leaf_size, _SEED + start, n_threads)
        join_leaves(close, leaves, *heaps, leaves_at_once, capacity, n_threads=n_threads)


def _leaves(
    close: np.ndarray, n_trees: int, leaf_size: int, seed: int, n_threads: int
) -> np.ndarray:
    """Build trees with pynndescent, whose kernels are threaded, behind the same gate."""
    from pynndescent.hybrid_forest import make_hybrid_leaf_array

    from smotefast.kernels.compile import threaded_entry

    with threaded_entry(n_threads):
        return np.asarray(make_hybrid_leaf_array(close, n_trees, leaf_size, seed))


def _batch(updates_each: int) -> tuple[int, int]:
    """Return how many rows or leaves go between two updates, and a lane's capacity.

    A lane holds its updates once as they come and twice sorted, 12 bytes each.
    """
    from smotefast.kernels.graph import LANES

    most = BUFFERS // (LANES * 36)
    each_lane = max(1, min(1024, most // updates_each - 1))
    return each_lane * LANES, min((each_lane + 1) * updates_each, most)


_PARAMETERS = {
    ("pynndescent.hybrid_forest", "make_hybrid_leaf_array"): "data n_trees leaf_size seed",
    ("pynndescent.kernels", "generate_graph_update_array_batched"): (
        "update_array n_updates_per_thread new_candidate_block old_candidate_block "
        "current_graph data kernel n_threads"
    ),
    ("pynndescent.utils", "build_candidates_owner"): (
        "current_graph max_candidates rng_state n_threads new_candidate_indices "
        "new_candidate_priority old_candidate_indices old_candidate_priority active "
        "reverse_dst reverse_src bucket_bounds"
    ),
    ("pynndescent.utils", "sort_updates_by_block"): (
        "update_array n_updates_per_thread sorted_updates block_offsets n_vertices n_threads"
    ),
    ("pynndescent.utils", "apply_sorted_graph_update_array"): (
        "current_graph sorted_updates block_offsets n_threads"
    ),
}


def blocks_fit() -> bool:
    """Whether pynndescent still has the building blocks, with the parameters we pass."""
    from importlib import import_module

    for (module, name), parameters in _PARAMETERS.items():
        block = getattr(import_module(module), name, None)
        if block is None:
            return False
        found = list(inspect.signature(getattr(block, "py_func", block)).parameters)
        if found[: len(parameters.split())] != parameters.split():
            return False
    return True


def _graph_by_pynndescent(close: np.ndarray, effort: Effort) -> np.ndarray:
    """Fall back to pynndescent's own driver: slower, compiled anew in each process."""
    from pynndescent import NNDescent

    warnings.warn(
        "This pynndescent has other building blocks than smotefast was made for; the "
        "search goes through pynndescent.NNDescent, which compiles for 20 s or more.",
        RuntimeWarning,
        stacklevel=2,
    )
    index = NNDescent(
        close, n_neighbors=effort.n_kept, n_trees=effort.n_trees, random_state=_SEED
    )
    return np.asarray(index.neighbor_graph[0])
