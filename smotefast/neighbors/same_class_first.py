"""Whether rows of its class come before those of other classes, of the rows around a row.

That is less than to know its neighbours: the nearest row of another class sets a limit, and
any rows of the class within it are witnesses. Most rows find theirs in the cell that they
lie in; the rest are searched for among all rows of the class.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.exact.dispatch import search_exactly
from smotefast.neighbors.queries import Asked, points_of, within
from smotefast.neighbors.result import narrow

# Rows of a cell. With more of them fewer rows are left for the search: 50,000 of 55,000 x 20
# 30% with cells of 128, 18% with 512, 15% with 1,024.
_CELL = 512


def own_come_first(
    matrix: np.ndarray, own: np.ndarray, n_own: int, n_others: int, *, n_threads: int
) -> np.ndarray:
    """Tell for each row of a class whether enough of the class come before the others.

    Parameters
    ----------
    matrix : array of shape (n_samples, n_features), finite numbers
    own : positions of the rows of the class, ascending, shape (n,)
    n_own : how many other rows of the class have to come ...
    n_others : ... before so many rows of other classes have, by distance and position
    n_threads : threads to use; the result does not depend on it

    Returns
    -------
    ndarray of shape (n,), bool
    """
    points = points_of(matrix)
    others = np.ones(matrix.shape[0], dtype=bool)
    others[own] = False
    others = np.flatnonzero(others)
    if len(own) <= n_own:
        return np.zeros(len(own), dtype=bool)
    if len(others) < n_others:
        return np.ones(len(own), dtype=bool)
    outside = Asked(points, own, np.full(len(own), -1))
    pool = points_of(matrix[others])
    limits, places = search_exactly(pool, outside, n_others, n_threads=n_threads)
    del pool
    limits, limit_rows = limits[:, -1], others[narrow(places, len(others))[:, -1]]
    found = _among_nearby(points, own, limits, limit_rows, n_own, n_threads)
    left = np.flatnonzero(~found)
    if len(left):
        inside = within(points_of(matrix[own]), left)
        distances, places = search_exactly(inside.points, inside, n_own, n_threads=n_threads)
        last = own[narrow(places, len(own))[:, -1]]
        at = distances[:, -1]
        is_before = (at == limits[left]) & (last < limit_rows[left])
        found[left] = (at < limits[left]) | is_before
    return found


def _among_nearby(
    points: Points,
    own: np.ndarray,
    limits: np.ndarray,
    limit_rows: np.ndarray,
    n_own: int,
    n_threads: int,
) -> np.ndarray:
    from smotefast.kernels.closer_rows import have_closer_rows

    order, starts = cells(points.values, own, _CELL)
    place = np.searchsorted(own, order)
    found = np.empty(len(own), dtype=bool)
    have_closer_rows(
        points.values, order, starts, limits[place], limit_rows[place], n_own, found,
        n_threads=n_threads,
    )  # fmt: skip
    in_place = np.empty(len(own), dtype=bool)
    in_place[place] = found
    return in_place


_SEED = 7


def cells(values: np.ndarray, rows: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut some rows into cells of nearly the same size.

    Parameters
    ----------
    values : array of shape (n_samples, n_features)
    rows : positions of the rows to cut up, shape (n,)
    size : rows of a cell, at most

    Returns
    -------
    order, starts
        The positions, cell after cell, and where each cell begins; of shape (n,) and
        (n_cells + 1,), int64.
    """
    n = len(rows)
    n_cuts = max(0, int(np.ceil(np.log2(max(n, 1) / size))))
    order, starts = np.arange(n), np.array([0, n])
    random_state = np.random.RandomState(_SEED)
    for _ in range(n_cuts):
        first, second = values[rows[random_state.randint(0, n, 2)]].astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            along = values @ (first - second).astype(values.dtype)
        along = along[rows]
        middles = (starts[:-1] + starts[1:]) // 2
        for start, middle, stop in zip(starts[:-1], middles, starts[1:], strict=True):
            own = order[start:stop]
            order[start:stop] = own[np.argpartition(along[own], middle - start)]
        starts = np.unique(np.concatenate([starts, middles]))
    return rows[order], starts
