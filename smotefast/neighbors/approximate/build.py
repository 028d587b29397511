"""Build the graph in this process, by the building blocks or, where they moved, NNDescent."""

from __future__ import annotations

import numpy as np

from smotefast.neighbors.approximate.fallback import build_by_nn_descent, missing_blocks
from smotefast.neighbors.approximate.nn_descent import build_graph
from smotefast.neighbors.approximate.settings import Settings


def build_here(
    data: np.ndarray, asked: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph over reordered rows and the order: position of each of its rows."""
    if missing_blocks():  # NNDescent searches for all rows
        return build_by_nn_descent(data, settings, n_threads=n_threads)
    return build_graph(data, asked, settings, n_threads=n_threads)
