"""Sums of distances between rows, in float64, without a matrix of all pairs.

The sum of a row is added up in the same order for any block of rows and any number of
threads, so the total has the same bits.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.distances import block_distances

# Rows of one task and rows converted at a time: 64 rows share the transposed block
# (256 x 20 float64 = 40 kB). 16,000 x 20 on one core: 0.41 s; 16 x 256 0.46 s, and 64 x 64,
# 64 x 1,024, 128 x 256 and 256 x 256 within 8%.
_ROWS = 64
_BLOCK = 256


@inner
def _fill_block(rows, start, size, columns):  # type: ignore[no-untyped-def]
    for j in range(rows.shape[1]):
        for i in range(size):
            columns[j, i] = np.float64(rows[start + i, j])


@inner
def _sum_of_roots(squares, first, size):  # type: ignore[no-untyped-def]
    """Add up the roots of ``first..size`` in four independent sums."""
    for i in range(first, size):
        squares[i] = np.sqrt(squares[i])
    a = b = c = d = 0.0
    whole = first + (size - first) // 4 * 4
    for i in range(first, whole, 4):
        a += squares[i]
        b += squares[i + 1]
        c += squares[i + 2]
        d += squares[i + 3]
    for i in range(whole, size):
        a += squares[i]
    return (a + b) + (c + d)


@inner
def _sum_task(rows, first, last, columns, squares, row, sums):  # type: ignore[no-untyped-def]
    n_rows, n_features = rows.shape
    sums[:] = 0.0
    for start in range(first // _BLOCK * _BLOCK, n_rows, _BLOCK):
        size = min(_BLOCK, n_rows - start)
        _fill_block(rows, start, size, columns)
        for i in range(first, min(last, start + size)):
            for j in range(n_features):
                row[j] = np.float64(rows[i, j])
            block_distances(columns, size, row, squares)
            sums[i - first] += _sum_of_roots(squares, max(0, i + 1 - start), size)


@parallel_kernel
def sum_distances(rows: np.ndarray, begin: int, sums: np.ndarray) -> None:
    """Add up, for a block of rows, the distances to all rows that come after them.

    The first task has the most rows after it and the last one the fewest: an iteration
    takes one from either end, so that all iterations take the same time.

    Parameters
    ----------
    rows : array of shape (n_rows, n_features), float32 or float64
    begin : first row of the block
    sums : array of shape (n_summed,), float64; written
        Sums of the rows ``begin .. begin + n_summed``.
    """
    n_features = rows.shape[1]
    n_summed = sums.shape[0]
    n_tasks = (n_summed + _ROWS - 1) // _ROWS
    for pair in prange((n_tasks + 1) // 2):
        columns = np.empty((n_features, _BLOCK), np.float64)
        squares = np.empty(_BLOCK, np.float64)
        row = np.empty(n_features, np.float64)
        early = np.int64(pair)  # the counter of prange is unsigned
        late = n_tasks - 1 - early
        for task in range(early, late + 1, max(1, late - early)):
            first = task * _ROWS
            last = min(first + _ROWS, n_summed)
            _sum_task(
                rows, begin + first, begin + last, columns, squares, row, sums[first:last]
            )
