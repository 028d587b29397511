"""What happens when pynndescent's building blocks move: ``NNDescent`` itself."""

from __future__ import annotations

import functools
import importlib
import inspect
import warnings

import numpy as np

from smotefast.neighbors.approximate.settings import Settings

# Every block that kernels/nn_descent.py and kernels/nn_descent.py use, with its parameters.
BLOCKS: dict[str, tuple[str, ...]] = {
    "hybrid_forest.make_hybrid_leaf_array": (
        "data", "n_trees", "leaf_size", "seed",
    ),
    "kernels.generate_graph_update_array_batched": (
        "update_array", "n_updates_per_thread", "new_candidate_block",
        "old_candidate_block", "current_graph", "data", "kernel", "n_threads",
    ),
    "utils.build_candidates_owner": (
        "current_graph", "max_candidates", "rng_state", "n_threads",
        "new_candidate_indices", "new_candidate_priority", "old_candidate_indices",
        "old_candidate_priority", "active", "reverse_dst", "reverse_src", "bucket_bounds",
    ),
    "utils.sort_updates_by_block": (
        "update_array", "n_updates_per_thread", "sorted_updates", "block_offsets",
        "n_vertices", "n_threads",
    ),
    "utils.apply_sorted_graph_update_array": (
        "current_graph", "sorted_updates", "block_offsets", "n_threads",
    ),
}  # fmt: skip


@functools.cache
def missing_blocks() -> tuple[str, ...]:
    """Return the building blocks that this pynndescent lacks or has changed."""
    missing = tuple(name for name in BLOCKS if not block_fits(name))
    if missing:
        warnings.warn(
            f"This pynndescent has no {', '.join(missing)} as smotefast knows it. The "
            "approximate search uses NNDescent instead, which compiles for about 20 s "
            "in every process. Install pynndescent>=0.7,<0.8.",
            RuntimeWarning,
            stacklevel=2,
        )
    return missing


def block_fits(name: str) -> bool:
    """Whether a building block exists with the parameters expected, in their order."""
    module, attribute = name.split(".")
    try:
        block = getattr(importlib.import_module(f"pynndescent.{module}"), attribute)
        parameters = inspect.signature(getattr(block, "py_func", block)).parameters.values()
    except (ImportError, AttributeError, TypeError, ValueError):
        return False
    expected = BLOCKS[name]
    extra = list(parameters)[len(expected) :]
    return tuple(p.name for p in parameters)[: len(expected)] == expected and all(
        p.default is not inspect.Parameter.empty for p in extra
    )


def build_by_nn_descent(
    data: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return NNDescent's own graph and the rows' own order."""
    from pynndescent import NNDescent

    from smotefast.neighbors.approximate.nn_descent import SEED

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of entries it did not find: repaired later
        index = NNDescent(
            data,
            n_neighbors=settings.n_neighbors + 1,  # it counts the row itself
            random_state=np.random.RandomState(SEED),
            n_jobs=n_threads,
        )
        graph = np.array(index.neighbor_graph[0], dtype=np.int32)
    return graph, np.arange(data.shape[0], dtype=np.int32)
