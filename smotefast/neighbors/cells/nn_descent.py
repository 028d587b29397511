"""Approximate search in few cells, then a round of NN-descent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from smotefast._phases import phase
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.approximate import SampledSearch
from smotefast.neighbors.cells.embedding import Levels, embed
from smotefast.neighbors.cells.partition import Partition, partition
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.exact.tiles import INT16, center_and_reach, scale_for
from smotefast.neighbors.queries import Queries, counted_blocks, row_sample
from smotefast.neighbors.result import SearchResult

# Recall that the cells of each attempt are chosen for. A round of NN-descent adds: 100,000 x 30
# clusters 0.84 to 0.92 and 0.93 to 0.97, make_classification 0.85 to 0.94 and 0.93 to 0.98.
_RECALLS = (0.95, 0.98, 0.995)
# Neighbors of neighbors are compared for at least so many.
_FEWEST, _SPARE = 8, 3
# Multiply-adds of joining rows of one call and thread, 0.1 s: a signal is handled after a call.
# To read the row of a candidate takes as long as to compare so many numbers.
_WORK_PER_THREAD, _READING = 4e8, 16
# The largest float32 that can still be squared and summed, with a margin.
_LARGEST = 2.0**40
# Rows that the usual deviation is computed on.
_SAMPLE = 1024


def graph_width(k: int) -> int:
    """Return the neighbors of a row that are searched for in cells, and joined."""
    return max(_FEWEST, k + _SPARE)


def why_no_descent() -> str | None:
    """Return why this process cannot run pynndescent's code; None if it can."""
    from smotefast.kernels.compile import JIT_DISABLED

    if JIT_DISABLED:
        return "NUMBA_DISABLE_JIT is set, and pynndescent runs compiled only"
    from smotefast.kernels.compile_cache import pynndescent_is_possible

    if not pynndescent_is_possible():
        return (
            "numba cannot write its cache, which pynndescent needs; set NUMBA_CACHE_DIR to a "
            "writable folder"
        )
    return None


def search_nn_descent(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> Iterator[SearchResult]:
    """Find nearly all of the k nearest rows: yield attempts of ever higher recall."""
    cells = partition(points, queries.points, n_threads=n_threads, dtype=INT16)
    if cells is None:
        return
    sampled = SampledSearch(cells, queries, graph_width(k), n_threads=n_threads)
    rows = center_float32(points, cells.assigned.levels, cells.packed.order)
    for target in _RECALLS:
        found = sampled.walk(target)
        with phase("joining neighbors", len(queries.rows)):
            candidates = _join(cells, rows, queries.rows, found.indices, n_threads)
        del found
        result = rank_candidates(points, queries, candidates, k, n_threads=n_threads)
        del candidates
        unresolved = np.flatnonzero(result.indices[:, -1] >= len(rows))
        yield result._replace(unresolved=unresolved, recall=sampled.recall(result, k))
        del result  # before the next attempt


def _join(
    cells: Partition,
    rows: np.ndarray,
    query_rows: np.ndarray,
    found: np.ndarray,
    n_threads: int,
) -> np.ndarray:
    """Return likely neighbors of rows of a pool from those found; -1 is none.

    ``rows`` are in the order of the cells: rows of a cell are near each other in memory, too.
    """
    from smotefast.kernels.nn_descent import join_neighbors

    n_rows, width = len(rows), found.shape[1]
    order = cells.packed.order
    new_row = np.empty(n_rows + 1, dtype=np.int32)
    new_row[order], new_row[n_rows] = np.arange(n_rows, dtype=np.int32), n_rows
    graph = np.full((n_rows, width), n_rows, dtype=np.int32)
    graph[new_row[query_rows]] = new_row[np.minimum(found, n_rows)]
    edges = sparse.csr_array(
        (np.ones(graph.size, np.int8), graph.ravel(), np.arange(0, graph.size + 1, width)),
        shape=(n_rows, n_rows + 1),
    ).tocsc()
    starts, sources = edges.indptr.astype(np.int64), edges.indices.astype(np.int32, copy=False)
    del edges
    candidates = np.empty((len(query_rows), width), dtype=np.int32)
    by_cell = np.argsort(new_row[query_rows])
    work = 2 * width * (width + 1) * float(rows.shape[1] + _READING)
    per_call = _WORK_PER_THREAD * n_threads
    for block in counted_blocks(len(by_cell), work, per_call, 64 * n_threads):
        part = by_cell[block]
        improved = np.empty((len(part), width), dtype=np.int32)
        joined = new_row[query_rows[part]]
        join_neighbors(rows, graph, starts, sources, joined, improved, n_threads=n_threads)
        candidates[part] = np.where(improved >= 0, order[improved], -1)
    return candidates


def center_float32(points: Points, levels: Levels, order: np.ndarray) -> np.ndarray:
    """Return embedded points in an order, as float32, centered and scaled in float64.

    Without centering, a large offset costs neighbors, and float32 over- or underflows. The
    usual deviation is scaled to about one; the few values too large for float32's squares are
    clipped.
    """
    center, reach, _ = center_and_reach(points.values)
    scale = scale_for(usual_deviation(points.values, center) or reach)
    center = np.concatenate([center, np.zeros(len(levels.codes))])
    data = np.empty((len(order), len(center)), dtype=np.float32)
    step = max(1, (1 << 20) // len(center))
    with np.errstate(over="ignore"):
        for start in range(0, len(order), step):
            block = embed(points, levels, order[start : start + step]).astype(np.float64)
            block = (block - center) * scale
            data[start : start + step] = np.clip(block, -_LARGEST, _LARGEST, out=block)
    return data


def usual_deviation(rows: np.ndarray, center: np.ndarray) -> float:
    """Return the median, over a sample of rows, of the largest deviation from the center.

    Rows at the center do not count; 0 if all rows are there. Outliers do not change it.
    """
    sample = row_sample(rows, _SAMPLE).astype(np.float64)
    deviations = np.abs(sample - center).max(axis=1)
    deviations = deviations[deviations > 0]
    return float(np.median(deviations)) if deviations.shape[0] else 0.0
