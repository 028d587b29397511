"""pynndescent's random-projection forest, entered like a threaded kernel."""

from __future__ import annotations

import numpy as np
from pynndescent.hybrid_forest import make_hybrid_leaf_array

from smotefast.kernels.compilations import compiling_for_us
from smotefast.kernels.compile import threaded_entry


def leaf_array(
    data: np.ndarray, n_trees: int, leaf_size: int, seed: int, *, n_threads: int
) -> np.ndarray:
    """Return the leaves of a forest: (n_leaves, width), -1 after a leaf's last member.

    Splits derive from the seed alone, so the forest does not depend on the threads.
    """
    with compiling_for_us(), threaded_entry(n_threads):
        leaves = make_hybrid_leaf_array(data, n_trees, leaf_size, seed)
    return np.ascontiguousarray(leaves, dtype=np.int32)
