"""Load the kernels of search methods, so that no later search loads or compiles code.

The data decide which method runs, and their sizes which methods cannot. Loading takes memory
and compiling takes ten times as much; a file job counts both before it starts.
"""

from __future__ import annotations

import contextlib
import tempfile
from typing import Any

import numpy as np

from smotefast._row_files import RowFile
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.partition import assign
from smotefast.neighbors.cells.row_file_cells import sort_by_cell
from smotefast.neighbors.cells.row_file_walk import FileWalk
from smotefast.neighbors.cells.search import WHOLE, Reach
from smotefast.neighbors.exact.tiles import FLOAT32, INT16
from smotefast.neighbors.planner import METHODS, Method, methods_for
from smotefast.neighbors.problem import SearchProblem
from smotefast.neighbors.queries import as_file_points, as_points, pool_queries
from smotefast.neighbors.same_class_first import same_class_comes_first

_ROWS = 200
# Rows of a cell and memory of a search in a file on little data: so few that a walk stops, and
# goes on in the order of the file.
_CELL_ROWS, _FILE_BYTES = 8, 1
# What an approximate walk on little data looks through.
_NEAR = Reach(2, 1.0)


def load_searches(
    dtype: np.dtype[Any],
    n_features: int,
    k: int,
    search: str,
    *,
    n_rows: int,
    n_codes: int = 0,
    n_threads: int,
) -> None:
    """Run every method that ``find_neighbors`` may choose for dense rows, on little data.

    Parameters
    ----------
    dtype, n_features, n_codes, k, n_rows
        Of the search to come: its numbers, categories, neighbors, and rows of its pool.
    search
        "auto", "exact" or "approximate", which may turn to exact.
    n_threads
        Threads of the search to come: one thread runs other code than several.
    """
    # A category may count as three numbers: the class shares of SMOTEN.
    width = n_features + 3 * n_codes
    problem = SearchProblem(n_rows, n_rows, width, k, n_codes=n_codes, search=search)
    for name in methods_for("nearest", False, n_codes > 0, False):
        method = METHODS[name]
        if method.needs_kernels and method.may_pay(problem):
            _run(method, dtype, n_features, n_codes, min(k, _ROWS - 1), n_threads)


def load_file_search(
    dtype: np.dtype[Any],
    n_features: int,
    k: int,
    search: str,
    *,
    n_codes: int = 0,
    n_threads: int,
) -> None:
    """Run searches in a file on little data: they pack cells by code for one thread."""
    in_memory = _random_points(_ROWS, n_features, n_codes, dtype)
    k = min(k, _ROWS - 1)
    with contextlib.suppress(OSError):  # the job's files need not be in this folder
        folder = tempfile.gettempdir()
        rows, codes = (RowFile.new(folder, each.shape, each.dtype) for each in in_memory[:2])
        rows[:], codes[:] = in_memory.values, in_memory.codes
        points = as_file_points(rows, codes, in_memory.weight)
        assigned = assign(points, points, n_threads=n_threads, cell_rows=_CELL_ROWS)
        assert assigned is not None
        cells = sort_by_cell(points, assigned, folder, n_bytes=_FILE_BYTES)
        for packed, reach in ((FLOAT32, WHOLE), (INT16, _NEAR)):
            if reach == WHOLE or search != "exact":
                walk = FileWalk(
                    cells, None, k, n_threads=n_threads, n_bytes=_FILE_BYTES, dtype=packed
                )
                walk.search(walk.step(0), reach)


def load_same_class_first(dtype: np.dtype[Any], n_features: int, *, n_threads: int) -> None:
    """Run ``same_class_comes_first`` on little data."""
    values = _random_points(2 * _ROWS, n_features, 0, dtype).values
    same_class_comes_first(values, np.arange(_ROWS), 3, 1, n_threads=n_threads)


def load_value_differences(*, n_threads: int) -> None:
    """Run the kernels of the value difference metric on little data of three classes."""
    from smotefast.kernels.value_differences import Shares, rank_codes, scan_codes

    codes = np.arange(12, dtype=np.int32).reshape(6, 2) % 3
    shares = Shares(np.tile(np.eye(3), (2, 1)), np.array([0, 3, 6]))
    candidates = np.zeros((6, 2), np.int32)
    output = np.empty((6, 1)), np.empty((6, 1), np.int64)
    scan_codes(codes, shares, np.arange(6), *output, n_threads=n_threads)
    rank_codes(codes, shares, np.arange(6), candidates, *output, n_threads=n_threads)


def _run(
    method: Method,
    dtype: np.dtype[Any],
    n_features: int,
    n_codes: int,
    k: int,
    n_threads: int,
) -> None:
    if method.unavailable is not None and method.unavailable() is not None:
        return
    points = _random_points(_ROWS, n_features, n_codes, dtype)
    queries = pool_queries(points, np.arange(_ROWS))
    if method.attempts is not None:
        next(method.attempts(points, queries, k, n_threads=n_threads), None)
    elif method.search is not None:
        method.search(points, queries, k, n_threads=n_threads)


def _random_points(n: int, n_features: int, n_codes: int, dtype: np.dtype[Any]) -> Points:
    rng = np.random.default_rng(0)
    values = rng.normal(scale=30, size=(n, n_features)).astype(dtype)
    return as_points(values, rng.integers(0, 3, (n, n_codes)), 1.0 if n_codes else 0.0)
