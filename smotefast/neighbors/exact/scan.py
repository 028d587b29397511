"""Brute-force search: compute every distance in float64, or those of given candidates."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.queries import Queries, work_blocks
from smotefast.neighbors.result import SearchResult

# Multiply-adds of one kernel call: about a second on 2 cores.
_WORK_PER_CALL = 2e9


def search_scan(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k nearest rows by computing every distance."""
    from smotefast.kernels.distances import scan_rows

    squared = np.empty((len(queries.rows), k), dtype=np.float64)
    indices = np.empty((len(queries.rows), k), dtype=np.int64)
    work = float(points.values.size + points.codes.size)
    for block in work_blocks(len(queries.rows), work, _WORK_PER_CALL, 128 * n_threads):
        part = queries.subset(block)
        scan_rows(points, *part, squared[block], indices[block], n_threads=n_threads)
    return SearchResult(indices, squared)


def rank_candidates(
    points: Points,
    queries: Queries[Points],
    candidates: np.ndarray,
    k: int,
    *,
    n_threads: int,
) -> SearchResult:
    """Order the candidates of each query by float64 distance and keep the k nearest."""
    from smotefast.kernels import distances

    squared = np.empty((len(queries.rows), k), dtype=np.float64)
    indices = np.empty((len(queries.rows), k), dtype=np.int64)
    distances.rank_candidates(
        points, *queries, candidates, squared, indices, n_threads=n_threads
    )
    return SearchResult(indices, squared)
