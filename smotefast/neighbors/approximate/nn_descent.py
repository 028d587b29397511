"""Approximate search: random-projection trees, brute force in their leaves, then NN-descent.

The trees and the descent are functions of pynndescent, driven by ``kernels/nn_descent.py``. The
graph proposes candidates, which are ranked in float64.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smotefast._threads import kernel_threads_usable
from smotefast.kernels.points import Points
from smotefast.neighbors.approximate.graph import build_graph
from smotefast.neighbors.approximate.settings import MAX_EFFORT, Settings, settings_for
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.exact.tiles import center_and_reach, scale_for
from smotefast.neighbors.queries import Queries, row_sample
from smotefast.neighbors.result import SearchResult

# The largest float32 that can still be squared and summed, with a margin.
_LARGEST = 2.0**40
# Dimensions that each column of categories is embedded in.
_CODE_DIMENSIONS = 8
# Rows that the usual deviation is computed on.
_SAMPLE = 1024


def why_no_graph() -> str | None:
    """Return why this process cannot build a graph; None if it can."""
    from smotefast.kernels.compile import JIT_DISABLED

    if JIT_DISABLED:
        return "NUMBA_DISABLE_JIT is set, and pynndescent runs compiled only"
    from smotefast.kernels.compile_cache import graph_is_possible

    if not graph_is_possible():
        return (
            "numba cannot write its cache, which pynndescent needs; set NUMBA_CACHE_DIR to a "
            "writable folder"
        )
    return None


def search_nn_descent(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> Iterator[SearchResult]:
    """Find nearly all of the k nearest rows: yield attempts, each of higher recall.

    Queries are rows of the pool. Yields nothing if a graph does not pay: few rows, or a range
    of values beyond float64.
    """
    for candidates in graph_candidates(points, queries.rows, k, n_threads=n_threads):
        result = rank_candidates(points, queries, candidates, k, n_threads=n_threads)
        unresolved = np.flatnonzero(result.indices[:, -1] >= points.values.shape[0])
        del candidates
        result = result._replace(unresolved=unresolved)
        yield result
        del result  # before the next attempt


def graph_candidates(
    points: Points, query_rows: np.ndarray, k: int, *, n_threads: int
) -> Iterator[np.ndarray]:
    """Yield more than k likely neighbors of rows of the pool, of ever wider graphs."""
    for effort in range(MAX_EFFORT + 1):
        candidates = _candidates(points, query_rows, k, effort, n_threads)
        if candidates is None:
            return
        yield candidates
        del candidates


def _candidates(
    points: Points, query_rows: np.ndarray, k: int, effort: int, n_threads: int
) -> np.ndarray | None:
    """Return more than k likely neighbors of rows of the pool; -1 is no row.

    Each ``effort`` above 0 searches about three times wider.
    """
    n_rows, n_features = points.values.shape
    width = n_features + _CODE_DIMENSIONS * points.codes.shape[1]
    settings = settings_for(n_rows, width, k, effort, query_share=len(query_rows) / n_rows)
    if settings is None:
        return None
    data = embed(points)
    if data is None:
        return None
    is_query = np.full(n_rows, settings.n_iters > 0)  # NN-descent needs all rows' neighbors
    is_query[query_rows] = True
    graph, order = _build(data, is_query, settings, n_threads=n_threads)
    del data
    new_row = np.empty(order.shape[0], dtype=np.int32)
    new_row[order] = np.arange(order.shape[0], dtype=np.int32)
    candidates: np.ndarray = graph[new_row[query_rows]]
    del graph, new_row
    is_row = candidates >= 0
    candidates[is_row] = order[candidates[is_row]]
    return candidates


def embed(points: Points) -> np.ndarray | None:
    """Return points as float32 rows with about the same distances; None as ``center_float32``.

    Each category becomes a random point on a sphere in a few dimensions: any two categories are
    about as far apart as the weight demands, whatever their number.
    """
    if not points.codes.shape[1]:
        return center_float32(points.values)
    columns = [points.values.astype(np.float64)]
    for codes in points.codes.T:
        random_state = np.random.RandomState(len(columns))
        sphere = random_state.normal(size=(int(codes.max()) + 1, _CODE_DIMENSIONS))
        sphere *= np.sqrt(points.weight / 2) / np.linalg.norm(sphere, axis=1, keepdims=True)
        columns.append(sphere[codes])
    return center_float32(np.hstack(columns))


def center_float32(rows: np.ndarray) -> np.ndarray | None:
    """Return float32 rows, centered and scaled in float64; None if their range overflows.

    Without centering, a large offset costs neighbors, and float32 over- or underflows. The
    usual deviation is scaled to about one, because pynndescent treats what is below 1e-8 as
    zero; the few values too large for float32's squares are clipped.
    """
    center, reach, _ = center_and_reach(rows)
    if not np.isfinite(reach):
        return None
    scale = scale_for(usual_deviation(rows, center) or reach)
    data = np.empty(rows.shape, dtype=np.float32)
    step = max(1, (1 << 20) // rows.shape[1])
    with np.errstate(over="ignore"):
        for start in range(0, rows.shape[0], step):
            block = (rows[start : start + step] - center) * scale
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


def _build(
    data: np.ndarray, is_query: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph over reordered rows and the order: the row that each of them was."""
    if kernel_threads_usable():
        return build_graph(data, is_query, settings, n_threads=n_threads)
    from smotefast.neighbors.approximate.new_process import build_in_new_process

    return build_in_new_process(data, is_query, settings, n_threads=n_threads)
