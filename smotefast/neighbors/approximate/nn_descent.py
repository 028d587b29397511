"""Approximate search: random-projection trees, leaves by brute force, then NN-descent.

Rows flow in; a graph of nearly all nearest rows flows out, ordered in float64. The trees
and the descent are pynndescent's building blocks, driven by ``kernels/nn_descent.py``.
"""

from __future__ import annotations

import itertools

import numpy as np

from smotefast._threads import kernel_threads_usable
from smotefast.kernels.points import Points
from smotefast.neighbors.approximate.settings import Settings, settings_for
from smotefast.neighbors.exact.dispatch import search_exact
from smotefast.neighbors.exact.tiles import center_and_reach, scale_for
from smotefast.neighbors.queries import rank, within

# What float32 can still square and sum.
_FARTHEST = 2.0**40
# Dimensions that the categories of a column are laid out in.
_SPHERE = 8


def why_no_graph() -> str | None:
    """Return why this process cannot build a graph; None if it can."""
    from smotefast.kernels.compile import JIT_DISABLED

    if JIT_DISABLED:
        return "NUMBA_DISABLE_JIT is set, and pynndescent's blocks run compiled only"
    from smotefast.kernels.compile_cache import graph_is_possible

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
        from smotefast.neighbors.approximate.build import build_here

        return build_here(data, asked, settings, n_threads=n_threads)
    from smotefast.neighbors.approximate.new_process import build_in_new_process

    return build_in_new_process(data, asked, settings, n_threads=n_threads)


# Fixed, so that a search repeats itself; any other number does as well.
SEED = 20_020_601
_TREES_AT_ONCE = 4


def build_graph(
    data: np.ndarray, asked: np.ndarray, settings: Settings, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the graph over reordered rows and the order.

    The first tree's leaves give the order: rows near each other lie near each other in
    memory, which all later passes gain from. ``asked`` of shape (n,), bool, says for which
    rows neighbours are wanted; the others have none in the graph. Rounds of descent go from
    neighbours to their neighbours, and want them for all.
    """
    from smotefast.kernels.nn_descent import descend, leaf_array

    n = data.shape[0]
    leaves = leaf_array(data, 1, settings.leaf_size, SEED, n_threads=n_threads)
    order = leaves[leaves >= 0]
    leaves[leaves >= 0] = np.arange(n, dtype=np.int32)
    data, asked = data[order], asked[order]
    graph = empty_graph(n, settings.n_neighbors)
    join(data, leaves, asked, graph, n_threads)
    for first in range(1, settings.n_trees, _TREES_AT_ONCE):
        n_trees = min(_TREES_AT_ONCE, settings.n_trees - first)
        leaves = leaf_array(
            data, n_trees, settings.leaf_size, SEED + first, n_threads=n_threads
        )
        for start, end in tree_bounds(leaves, n):
            join(data, leaves[start:end], asked, graph, n_threads)
    del leaves
    if settings.n_iters:
        descend(
            data,
            *graph,
            settings.max_candidates,
            settings.n_iters,
            int(settings.delta * graph[0].size),
            settings.block,
            SEED,
            n_threads=n_threads,
        )
    return graph[0], order


def empty_graph(n: int, n_neighbors: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pynndescent's heaps with no entry."""
    return (
        np.full((n, n_neighbors), -1, dtype=np.int32),
        np.full((n, n_neighbors), np.inf, dtype=np.float32),
        np.zeros((n, n_neighbors), dtype=np.uint8),
    )


def tree_bounds(leaves: np.ndarray, n: int) -> list[tuple[int, int]]:
    """Return where each tree's leaves begin and end: a tree holds every row once."""
    seen = np.cumsum(np.count_nonzero(leaves >= 0, axis=1))
    ends = np.flatnonzero(seen % n == 0) + 1
    return list(itertools.pairwise([0, *ends.tolist()]))


def join(
    data: np.ndarray,
    leaves: np.ndarray,
    asked: np.ndarray,
    graph: tuple[np.ndarray, np.ndarray, np.ndarray],
    n_threads: int,
) -> None:
    """Compare the rows asked for with all rows of their leaf of one tree."""
    from smotefast.kernels.leaf_join import join_leaves
    from smotefast.kernels.tile_kernel import panel_lanes

    join_leaves(data, leaves, asked, *graph, panel_lanes(np.float32), n_threads=n_threads)
