"""Brute-force search: compute every distance in float64, or those of given candidates."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.queries import Queries, counted_blocks, result_blocks, work_blocks
from smotefast.neighbors.result import ResultInBlocks, SearchResult

# Multiply-adds of one kernel call and thread: about 0.3 s. A signal is handled after a call.
_WORK_PER_THREAD = 4e8
# The same for candidates: to read the row of one takes as long as to compare 32 numbers.
_RANKED_PER_THREAD, _READING = 1e8, 32


def search_scan(
    points: Points,
    queries: Queries[Points],
    k: int,
    *,
    n_threads: int,
    with_distances: bool = True,
) -> SearchResult:
    """Find the k nearest rows by computing every distance."""
    n_queries, n_pool = len(queries.rows), len(points.values)
    results = ResultInBlocks(n_queries, k, n_pool, with_distances=with_distances)
    for block in result_blocks(n_queries, 0, k, n_threads):
        results.add(block, _scan(points, queries.subset(block), k, n_threads), True)
    return results.result()


def _scan(points: Points, queries: Queries[Points], k: int, n_threads: int) -> SearchResult:
    from smotefast.kernels.distances import scan_rows

    squared = np.empty((len(queries.rows), k), dtype=np.float64)
    indices = np.empty((len(queries.rows), k), dtype=np.int64)
    work = float(points.values.size + points.codes.size)
    per_call = _WORK_PER_THREAD * n_threads
    for block in counted_blocks(len(queries.rows), work, per_call, 64 * n_threads):
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
    width = points.values.shape[1] + points.codes.shape[1] + _READING
    per_call = _RANKED_PER_THREAD * n_threads
    for block in work_blocks(len(queries.rows), candidates.shape[1] * width, per_call, 1024):
        distances.rank_candidates(
            points, *queries.subset(block), candidates[block], squared[block], indices[block],
            n_threads=n_threads,
        )  # fmt: skip
    return SearchResult(indices, squared)
