"""Rows cut into cells of rows that lie near each other, by halves along random directions."""

from __future__ import annotations

import numpy as np

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
