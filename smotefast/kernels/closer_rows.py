"""Count rows of the same class that are closer than a limit, among the rows nearby."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.distances import block_distances
from smotefast.kernels.heaps import before

# Rows whose distances are computed at once: 64 x 20 float64 are 10 kB.
_BLOCK = 64


@inner
def _fill_blocks(values, order, start, size, columns):  # type: ignore[no-untyped-def]
    for i in range(size):
        row = order[start + i]
        for j in range(values.shape[1]):
            columns[i // _BLOCK, j, i % _BLOCK] = np.float64(values[row, j])


@inner
def _count_closer(order, start, size, excluded, totals, limit, limit_row):  # type: ignore[no-untyped-def]
    """Count the rows of a block that come before a limit, without the one excluded."""
    n_closer = 0
    for i in range(size):
        if totals[i] <= limit and i != excluded:
            n_closer += before(totals[i], order[start + i], limit, limit_row)
    return n_closer


@parallel_kernel
def have_closer_rows(
    values: np.ndarray,
    order: np.ndarray,
    starts: np.ndarray,
    limits: np.ndarray,
    limit_rows: np.ndarray,
    n_closer_needed: int,
    out: np.ndarray,
) -> None:
    """Tell which rows have at least n rows of their own cell that come before a limit.

    The search of a row starts at its own block of the cell and stops once there are enough,
    mostly after a few blocks.

    Parameters
    ----------
    values : array of shape (n_samples, n_features), floats
    order : array of shape (n,), int64
        Positions of the rows, cell after cell.
    starts : array of shape (n_cells + 1,), int64
        Where each cell begins in ``order``.
    limits, limit_rows : arrays of shape (n,), float64 and int64
        Squared distance and position of the row that the others have to come before.
    n_closer_needed : int
    out : array of shape (n,), bool; written
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
        for i in range(size):
            for j in range(n_features):
                query[j] = columns[i // _BLOCK, j, i % _BLOCK]
            limit = limits[start + i]
            limit_row = limit_rows[start + i]
            n_closer = 0
            for step in range(n_blocks):
                block = (i // _BLOCK + step) % n_blocks
                first = block * _BLOCK
                block_size = min(_BLOCK, size - first)
                block_distances(columns[block], block_size, query, totals)
                n_closer += _count_closer(
                    order, start + first, block_size, i - first, totals, limit, limit_row
                )
                if n_closer >= n_closer_needed:
                    break
            out[start + i] = n_closer >= n_closer_needed
