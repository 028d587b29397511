"""Whether rows of its own class come first among the nearest rows of a row.

That takes less than finding the neighbors: the nearest row of another class is a limit, and any
rows of the class that are closer decide. Most rows have enough of them in their own cell of
a coarse partition; for the others the nearest rows of the class are searched.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smotefast._phases import advance, phase
from smotefast._typing import Matrix
from smotefast.kernels.points import Points
from smotefast.neighbors import rules
from smotefast.neighbors.problem import describe_search
from smotefast.neighbors.queries import (
    Queries,
    as_points,
    as_rows,
    pool_queries,
    work_blocks,
)
from smotefast.neighbors.result import as_indices
from smotefast.neighbors.runner import run_search

# Rows of a cell. Larger cells leave fewer rows to search for: of 50,000 of 55,000 x 20, 30%
# with cells of 128, 18% with 512, 15% with 1,024.
CELL_ROWS = 512
# Multiply-adds within cells of one call and thread, at most 0.4 s: then signals are handled.
_WORK_PER_THREAD = 1e9
_SEED = 7


def same_class_first_pays(
    matrix: Matrix, class_sizes: Sequence[int], k: int, *, search: str, n_threads: int
) -> bool:
    """Whether to judge rows of classes by ``same_class_comes_first``, not by their neighbors.

    Parameters
    ----------
    matrix : array or CSR matrix of shape (n_samples, n_features)
    class_sizes : sizes of the classes whose rows are judged
    k : neighbors that vote
    search, n_threads : as for ``find_neighbors``
    """
    points = as_points(matrix) if isinstance(matrix, np.ndarray) else as_rows(matrix)
    queries = pool_queries(points, np.arange(matrix.shape[0]))
    return rules.same_class_first_pays(
        describe_search(points, queries, k, search=search, n_threads=n_threads), class_sizes
    )


def same_class_comes_first(
    matrix: np.ndarray,
    class_rows: np.ndarray,
    n_same: int,
    n_other: int,
    *,
    n_threads: int,
    cell_rows: int = CELL_ROWS,
) -> np.ndarray:
    """Tell for each row of a class whether enough rows of the class come before the others.

    Parameters
    ----------
    matrix : array of shape (n_samples, n_features), finite numbers
    class_rows : positions of the rows of the class, ascending, shape (n,)
    n_same : how many other rows of the class have to come ...
    n_other : ... before this many rows of other classes, by distance and position
    n_threads : threads to use; the result does not depend on it
    cell_rows : rows of a cell at most; the result does not depend on it

    Returns
    -------
    ndarray of shape (n,), bool
    """
    points = as_points(matrix)
    is_other = np.ones(matrix.shape[0], dtype=bool)
    is_other[class_rows] = False
    other_rows = np.flatnonzero(is_other)
    if len(class_rows) <= n_same:
        return np.zeros(len(class_rows), dtype=bool)
    if len(other_rows) < n_other:
        return np.ones(len(class_rows), dtype=bool)
    queries = Queries(points, class_rows, np.full(len(class_rows), -1))
    others = as_points(matrix[other_rows])
    limits, limit_rows = _kth(others, other_rows, queries, n_other, n_threads)
    del others
    with phase("comparing in cells", len(class_rows)):
        comes_first = _in_cells(
            points, class_rows, limits, limit_rows, n_same, cell_rows, n_threads
        )
    rest = np.flatnonzero(~comes_first)
    if len(rest):
        queries = pool_queries(as_points(matrix[class_rows]), rest)
        kth, kth_rows = _kth(queries.points, class_rows, queries, n_same, n_threads)
        is_first_of_tied = (kth == limits[rest]) & (kth_rows < limit_rows[rest])
        comes_first[rest] = (kth < limits[rest]) | is_first_of_tied
    return comes_first


def _kth(
    points: Points, positions: np.ndarray, queries: Queries[Points], k: int, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the squared distance and the position of each query's k-th nearest row.

    ``positions`` are those of the rows of ``points``.
    """
    problem = describe_search(points, queries, k, needs_distances=True, n_threads=n_threads)
    result = run_search(points, queries, k, problem, n_threads=n_threads)
    indices = as_indices(result.indices, len(positions))
    return result.squared()[:, -1], positions[indices[:, -1]]


def _in_cells(
    points: Points,
    class_rows: np.ndarray,
    limits: np.ndarray,
    limit_rows: np.ndarray,
    n_same: int,
    cell_rows: int,
    n_threads: int,
) -> np.ndarray:
    """Tell which rows have enough rows of their own cell before their limit."""
    from smotefast.kernels.closer_rows import have_closer_rows

    order, starts = cells(points.values, class_rows, cell_rows)
    rank = np.searchsorted(class_rows, order)
    by_cell = np.empty(len(class_rows), dtype=bool)
    by_limit = order, limits[rank], limit_rows[rank], by_cell
    per_call, work = _WORK_PER_THREAD * n_threads, float(cell_rows**2 * points.values.shape[1])
    for cells_of_call in work_blocks(len(starts) - 1, work, per_call, 8 * n_threads):
        bounds = starts[cells_of_call.start : cells_of_call.stop + 1]
        part = slice(bounds[0], bounds[-1])
        ordered, limit, limit_row, out = (values[part] for values in by_limit)
        have_closer_rows(
            points.values, ordered, bounds - bounds[0], limit, limit_row, n_same, out,
            n_threads=n_threads,
        )  # fmt: skip
        advance(len(out))
    comes_first = np.empty(len(class_rows), dtype=bool)
    comes_first[rank] = by_cell
    return comes_first


def cells(values: np.ndarray, rows: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Partition rows into cells of nearly equal size by random projections.

    Parameters
    ----------
    values : array of shape (n_samples, n_features)
    rows : positions of the rows to partition, shape (n,)
    size : rows of a cell, at most

    Returns
    -------
    order, starts
        The positions, cell after cell, and the start of each cell; of shape (n,) and
        (n_cells + 1,), int64.
    """
    n = len(rows)
    n_cuts = max(0, int(np.ceil(np.log2(max(n, 1) / size))))
    order, starts = np.arange(n), np.array([0, n])
    random_state = np.random.RandomState(_SEED)
    for _ in range(n_cuts):
        first, second = values[rows[random_state.randint(0, n, 2)]].astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            projection = values @ (first - second).astype(values.dtype)
        projection = projection[rows]
        middles = (starts[:-1] + starts[1:]) // 2
        for start, middle, stop in zip(starts[:-1], middles, starts[1:], strict=True):
            cell = order[start:stop]
            order[start:stop] = cell[np.argpartition(projection[cell], middle - start)]
        starts = np.unique(np.concatenate([starts, middles]))
    return rows[order], starts
