"""Approximate search: random-projection trees, leaves by brute force, then NN-descent.

Rows flow in; a graph of nearly all nearest rows flows out, ordered in float64. The trees
and the descent are pynndescent's building blocks, driven by ``kernels/graph.py``.
"""

from __future__ import annotations

import numpy as np

from smotefast._forks import kernel_threads_usable
from smotefast.kernels.points import Points
from smotefast.neighbors.exact import search_exact
from smotefast.neighbors.order import rank, within
from smotefast.neighbors.settings import Settings, settings_for
from smotefast.neighbors.tiled import center_and_reach, scale_for

# What float32 can still square and sum.
_FARTHEST = 2.0**40
# Dimensions that the categories of a column are laid out in.
_SPHERE = 8


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
    points: Points,
    queries: np.ndarray,
    k: int,
    *,
    effort: int = 0,
    n_threads: int,
) -> np.ndarray | None:
    """Return the positions of nearly the k nearest other rows of rows of the points.

    ``effort`` 0 is the usual one; 1 and 2 look about three times wider each. Returns None
    where a graph makes no sense and the caller searches exactly: few rows, or values
    whose range float64 cannot hold.
    """
    candidates = graph_candidates(points, queries, k, effort=effort, n_threads=n_threads)
    if candidates is None:
        return None
    asked = within(points, queries)
    _, positions = rank(points, asked, candidates, k, n_threads=n_threads)
    left = np.flatnonzero(positions[:, -1] >= points.values.shape[0])
    if left.shape[0]:
        positions[left] = search_exact(points, asked.some(left), k, n_threads=n_threads)
    return positions


def graph_candidates(
    points: Points, queries: np.ndarray, k: int, *, effort: int, n_threads: int
) -> np.ndarray | None:
    """Return more than k rows that are likely near each query, or None; -1 is no row."""
    n_rows, n_features = points.values.shape
    width = n_features + _SPHERE * points.codes.shape[1]
    settings = settings_for(n_rows, width, k, effort, share=len(queries) / n_rows)
    if settings is None:
        return None
    data = embedded(points)
    if data is None:
        return None
    asked = np.full(n_rows, settings.n_iters > 0)  # a descent wants all rows' neighbours
    asked[queries] = True
    graph, order = build(data, asked, settings, n_threads=n_threads)
    del data
    place = np.empty(order.shape[0], dtype=np.int32)
    place[order] = np.arange(order.shape[0], dtype=np.int32)
    candidates: np.ndarray = graph[place[queries]]
    del graph, place
    known = candidates >= 0
    candidates[known] = order[candidates[known]]
    return candidates


def embedded(points: Points) -> np.ndarray | None:
    """Return the points as float32 rows whose plain distances are about theirs.

    Each category becomes a point on a sphere in a few dimensions, at random: two of them
    are about as far apart as the weight says, whatever their number.
    """
    if not points.codes.shape[1]:
        return centered(points.values)
    numbers = points.values.astype(np.float64)
    sides = [numbers]
    for codes in points.codes.T:
        sphere = np.random.RandomState(len(sides)).normal(size=(int(codes.max()) + 1, _SPHERE))
        sphere *= np.sqrt(points.weight / 2) / np.linalg.norm(sphere, axis=1, keepdims=True)
        sides.append(sphere[codes])
    return centered(np.hstack(sides))


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
    data: np.ndarray, asked: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph over reordered rows and the order: position of each of its rows."""
    if kernel_threads_usable():
        from smotefast.neighbors.build import build_here

        return build_here(data, asked, settings, n_threads=n_threads)
    from smotefast.neighbors.elsewhere import build_in_new_process

    return build_in_new_process(data, asked, settings, n_threads=n_threads)
