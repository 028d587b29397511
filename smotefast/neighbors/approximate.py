"""Approximate search: random-projection trees, leaves by brute force, then NN-descent.

Rows flow in; a graph of nearly all nearest rows flows out, ordered in float64. The trees
and the descent are pynndescent's building blocks, driven by ``kernels/graph.py``.
"""

from __future__ import annotations

import numpy as np

from smotefast._forks import kernel_threads_usable
from smotefast.neighbors.exact import search_exact
from smotefast.neighbors.order import as_float_rows, rank
from smotefast.neighbors.settings import Settings, settings_for
from smotefast.neighbors.tiled import center_and_reach, scale_for

# What float32 can still square and sum.
_FARTHEST = 2.0**40


def why_no_graph() -> str | None:
    """Return why this process cannot build a graph; None if it can."""
    from smotefast.kernels.compile import JIT_DISABLED

    if JIT_DISABLED:
        return "NUMBA_DISABLE_JIT is set, and pynndescent's blocks run compiled only"
    from smotefast.kernels.cache import graph_is_possible

    if not graph_is_possible():
        return (
            "numba can write its cache nowhere, and pynndescent needs one; set "
            "NUMBA_CACHE_DIR to a folder that can be written"
        )
    return None


def search_approximate(
    pool: np.ndarray, queries: np.ndarray, k: int, *, effort: int = 0, n_threads: int
) -> np.ndarray | None:
    """Return the positions of nearly the k nearest other rows of each query.

    ``effort`` 0 is the usual one; 1 and 2 look about three times wider each. Returns None
    where a graph makes no sense and the caller searches exactly: few rows, or values
    whose range float64 cannot hold.
    """
    rows = as_float_rows(pool)
    settings = settings_for(rows.shape[0], rows.shape[1], k, effort)
    if settings is None:
        return None
    data = centered(rows)
    if data is None:
        return None
    graph, order = build(data, settings, n_threads=n_threads)
    del data
    place = np.empty(order.shape[0], dtype=np.int32)
    place[order] = np.arange(order.shape[0], dtype=np.int32)
    candidates = graph[place[queries]]
    del graph, place
    known = candidates >= 0
    candidates[known] = order[candidates[known]]
    del known
    _, positions = rank(rows, queries, candidates, k, n_threads=n_threads)
    left = np.flatnonzero(positions[:, -1] >= rows.shape[0])
    if left.shape[0]:
        positions[left] = search_exact(rows, queries[left], k, n_threads=n_threads)
    return positions


def centered(rows: np.ndarray) -> np.ndarray | None:
    """Return float32 rows, centred and scaled in float64 so that nothing is lost.

    Without it a large offset costs neighbours, and float32 over- or underflows. The usual
    deviation becomes about one, because pynndescent takes what is below 1e-8 for nothing;
    the few values that lie too far out for float32's squares are drawn in.
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
            data[start : start + step] = np.clip(block, -_FARTHEST, _FARTHEST, out=block)
    return data


def usual_deviation(rows: np.ndarray, center: np.ndarray) -> float:
    """Return how far from the centre most rows of a sample lie in their farthest column.

    It is 0 if all of them lie there. One far row, or a few, make no difference.
    """
    sample = rows[:: max(1, rows.shape[0] // 1024)].astype(np.float64)
    deviations = np.abs(sample - center).max(axis=1)
    deviations = deviations[deviations > 0]
    return float(np.median(deviations)) if deviations.shape[0] else 0.0


def build(
    data: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph over reordered rows and the order: position of each of its rows."""
    if kernel_threads_usable():
        from smotefast.neighbors.build import build_here

        return build_here(data, settings, n_threads=n_threads)
    from smotefast.neighbors.elsewhere import build_in_new_process

    return build_in_new_process(data, settings, n_threads=n_threads)
