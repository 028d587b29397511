"""Rows of the same class that come before a limit: looked for among rows nearby."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.distances import block_distances
from smotefast.kernels.heaps import before

# Rows whose distances are computed at once: 64 x 20 float64 are 10 kB.
_BLOCK = 64


@inner
def _fill_blocks(values, order, start, size, columns):  # type: ignore[no-untyped-def]
    for place in range(size):
        row = order[start + place]
        for j in range(values.shape[1]):
            columns[place // _BLOCK, j, place % _BLOCK] = np.float64(values[row, j])


@inner
def _count_before(order, start, size, own, totals, limit, limit_row):  # type: ignore[no-untyped-def]
    """Count the rows of a block, but for one, that come before a limit."""
    n_found = 0
    for i in range(size):
        if totals[i] <= limit and i != own:
            n_found += before(totals[i], order[start + i], limit, limit_row)
    return n_found


@parallel_kernel
def find_witnesses(
    values: np.ndarray,
    order: np.ndarray,
    starts: np.ndarray,
    limits: np.ndarray,
    limit_rows: np.ndarray,
    n_wanted: int,
    found: np.ndarray,
) -> None:
    """Tell which rows have enough others of their cell before a limit.

    A cell is looked through from the row's own place on, around its end, until there are
    enough; mostly that is soon.

    Parameters
    ----------
    values : array of shape (n_samples, n_features), floats
    order : array of shape (n,), int64
        Positions of the rows to judge, cell after cell.
    starts : array of shape (n_cells + 1,), int64
        Where each cell begins in ``order``.
    limits, limit_rows : arrays of shape (n,), float64 and int64
        Squared distance and position of the row that the others have to come before.
    n_wanted : int
        How many have to.
    found : array of shape (n,), bool; written
    """
    n_features = values.shape[1]
    for cell in prange(starts.shape[0] - 1):
        start = starts[cell]
        size = starts[cell + 1] - start
        n_blocks = (size + _BLOCK - 1) // _BLOCK
        columns = np.empty((n_blocks, n_features, _BLOCK), np.float64)
        _fill_blocks(values, order, start, size, columns)
        totals = np.empty(_BLOCK, np.float64)
        query = np.empty(n_features, np.float64)
        for place in range(size):
            for j in range(n_features):
                query[j] = columns[place // _BLOCK, j, place % _BLOCK]
            limit = limits[start + place]
            limit_row = limit_rows[start + place]
            n_found = 0
            for step in range(n_blocks):
                block = (place // _BLOCK + step) % n_blocks
                first = block * _BLOCK
                some = min(_BLOCK, size - first)
                block_distances(columns[block], some, query, totals)
                n_found += _count_before(
                    order, start + first, some, place - first, totals, limit, limit_row
                )
                if n_found >= n_wanted:
                    break
            found[start + place] = n_found >= n_wanted
