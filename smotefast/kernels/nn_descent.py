"""A round of NN-descent: neighbors of neighbors are likely neighbors.

The heaps are pynndescent's. Every row is joined on its own, from the graph as it was before the
round, so that the result does not depend on threads (pynndescent's own rounds update the graph
in blocks, in parallel functions without a serial version).
"""

from __future__ import annotations

import numpy as np
from pynndescent.utils import checked_heap_push

from smotefast.kernels.compile import REASSOCIATE, parallel_kernel, prange


@parallel_kernel(fastmath=REASSOCIATE)
def join_neighbors(
    rows: np.ndarray,
    graph: np.ndarray,
    starts: np.ndarray,
    sources: np.ndarray,
    queries: np.ndarray,
    improved: np.ndarray,
) -> None:
    """Compare queries with their neighbors, with rows they are neighbors of, and with theirs.

    Parameters
    ----------
    rows : array of shape (n_rows, n_features), float32
    graph : array of shape (n_rows, n_neighbors), int32
        Neighbors of each row that is a query; ``n_rows`` and more is none.
    starts, sources : arrays of shape (n_rows + 1,), int64, and (n_edges,), int32
        Rows that each row is a neighbor of: ``sources[starts[i]:starts[i + 1]]`` of row i. As
        many as it has neighbors are taken, at even steps.
    queries : array of shape (n_queries,), int32
    improved : array of shape (n_queries, n_neighbors), int32; written
        The nearest of all rows compared, in any order; -1 is none.
    """
    n_rows, n_neighbors = graph.shape
    for i in prange(improved.shape[0]):
        row = queries[i]
        distances = np.full(n_neighbors, np.inf, np.float32)
        nearest = improved[i]
        nearest[:] = -1
        n_sources = starts[row + 1] - starts[row]
        n_taken = min(n_sources, n_neighbors)
        for step in range(n_neighbors + n_taken):
            if step < n_neighbors:
                between = graph[row, step]
            else:
                between = sources[starts[row] + (step - n_neighbors) * n_sources // n_taken]
            if between >= n_rows:
                continue
            for other in range(n_neighbors + 1):
                candidate = graph[between, other - 1] if other else between
                if candidate == row or candidate >= n_rows:
                    continue
                squared = np.float32(0.0)
                for j in range(rows.shape[1]):
                    difference = rows[row, j] - rows[candidate, j]
                    squared += difference * difference
                if squared < distances[0]:
                    checked_heap_push(distances, nearest, squared, candidate)
