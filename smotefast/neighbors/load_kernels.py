"""Bring the code of every search into the process, so that none is loaded later.

Which way a search takes depends on the data. Loading takes memory, compiling takes ten
times as much; a batch job counts both before it begins.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.exact.kdtree import search_tree
from smotefast.neighbors.exact.tiles import search_once
from smotefast.neighbors.queries import points_of, scan, within
from smotefast.neighbors.same_class_first import own_come_first
from smotefast.neighbors.value_difference import rank_alike, scan_by_kernel

_ROWS = 200
# A graph is built on no fewer.
_GRAPH_ROWS = 5000
# From so many values on (1 MB) pynndescent builds the upper levels of a tree by other code.
_GRAPH_VALUES = 280_000


def load_searches(
    dtype: np.dtype[Any],
    n_features: int,
    k: int,
    search: str,
    *,
    n_codes: int = 0,
    n_threads: int,
) -> None:
    """Search little data in all the ways that ``find_neighbors`` may take.

    Parameters
    ----------
    dtype, n_features, k
        Of the search to come.
    search
        What it will be: "exact" or "approximate", which may turn to exact.
    n_codes
        Columns of categories beside the numbers.
    n_threads
        What it will be called with; one thread is other code than several.
    """
    points = _random_points(_ROWS, n_features, n_codes, dtype)
    k = min(k, _ROWS - 1)
    asked = within(points, np.arange(_ROWS))
    scan(points, asked, k, n_threads=n_threads)
    if not n_codes:
        search_tree(points, asked, k, n_threads=n_threads)
    for packing in (np.float32, np.float64):
        search_once(points, asked, k, np.dtype(packing), n_threads=n_threads)
    if search == "approximate":
        _load_graph(dtype, n_features, n_codes, n_threads)


def load_decisions(dtype: np.dtype[Any], n_features: int, *, n_threads: int) -> None:
    """Decide about rows of a class by what comes first around them."""
    values = _random_points(2 * _ROWS, n_features, 0, dtype).values
    own_come_first(values, np.arange(_ROWS), 3, 1, n_threads=n_threads)


def load_value_differences(*, n_threads: int) -> None:
    """Look distances of categories up, and rank some, for three classes."""
    codes = np.arange(12, dtype=np.int32).reshape(6, 2) % 3
    shares = [np.eye(3), np.eye(3)]
    queries = np.arange(6)
    scan_by_kernel(codes, shares, queries, 1, n_threads)
    candidates = np.zeros((6, 2), np.int32)
    rank_alike(codes, shares, queries, candidates, 1, n_threads)


def _load_graph(dtype: np.dtype[Any], n_features: int, n_codes: int, n_threads: int) -> None:
    from smotefast.neighbors.approximate.nn_descent import search_approximate, why_no_graph

    if why_no_graph() is not None:
        return
    n_rows = max(_GRAPH_ROWS, _GRAPH_VALUES // max(n_features + n_codes, 4))
    points = _random_points(n_rows, n_features, n_codes, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a fallback: the search itself says it again
        search_approximate(points, np.arange(n_rows), 5, n_threads=n_threads)


def _random_points(n: int, n_features: int, n_codes: int, dtype: np.dtype[Any]) -> Points:
    rng = np.random.default_rng(0)
    values = rng.normal(scale=30, size=(n, n_features)).astype(dtype)
    return points_of(values, rng.integers(0, 3, (n, n_codes)), 1.0 if n_codes else 0.0)
