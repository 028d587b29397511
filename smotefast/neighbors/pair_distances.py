"""Distances between given pairs of rows, in float64.

Squared differences are summed feature by feature, as in the searches: distances that are equal
there are equal here.
"""

from __future__ import annotations

import numpy as np

from smotefast._row_files import RowFile
from smotefast._typing import Matrix

# Values of the queries that are compared at a time.
_VALUES_PER_BLOCK = 1 << 20
# Squared differences of numbers up to the first are finite in float64, those of numbers below
# the second are 0.
_LARGEST_SQUARED, _SMALLEST_SQUARED = 1e150, 1e-162


def check_distances(pool: Matrix, queries: np.ndarray, indices: np.ndarray) -> None:
    """Refuse neighbors that were found although squared distances overflow, or vanish.

    Distances decide nothing where all other rows are neighbors.

    Parameters
    ----------
    pool : array or CSR matrix
    queries : rows of the pool, shape (n_queries,)
    indices : their neighbors, shape (n_queries, k)

    Raises
    ------
    ValueError
        If a neighbor is infinitely far in float64, or no number is large enough to square.
    """
    if indices.shape[1] >= pool.shape[0] - 1:
        return
    largest = _largest_number(pool)
    _refuse_vanishing(largest)
    if largest > _LARGEST_SQUARED:
        _refuse_far(squared_distances_to(pool, pool[queries], indices), largest)


def check_distances_to(pool: Matrix, queries: Matrix, squared: np.ndarray) -> None:
    """Refuse squared distances of rows to others that overflow, or all vanish.

    Parameters
    ----------
    pool, queries : arrays or CSR matrices
    squared : squared distances of each query to rows of the pool, shape (n_queries, k)

    Raises
    ------
    ValueError
        As for ``check_distances``.
    """
    if not squared.any() or not np.isfinite(squared).all():
        largest = max(_largest_number(pool), _largest_number(queries))
        _refuse_vanishing(largest)
        _refuse_far(squared, largest)


def _refuse_far(squared: np.ndarray, largest: float) -> None:
    n_far = int((~np.isfinite(squared)).any(axis=1).sum())
    if n_far:
        raise ValueError(
            f"{n_far:,} of {len(squared):,} rows have no comparable distance to their "
            f"neighbors: X holds numbers up to {largest:.3g}, and squared differences of "
            f"numbers beyond {_LARGEST_SQUARED:g} may not be finite. Scale or remove them "
            "first."
        )


def check_small_numbers(rows: RowFile, k: int) -> None:
    """Refuse rows in a file as ``check_distances`` does, if squared distances vanish.

    Nearly always the first rows have a number that is large enough, and no others are read.

    Raises
    ------
    ValueError
        If no number is large enough to square.
    """
    if k >= len(rows) - 1 or rows.dtype != np.float64:
        return
    largest = 0.0
    for block in rows.blocks(max(1, _VALUES_PER_BLOCK // rows.shape[1])):
        largest = max(largest, _largest_number(rows[block]))
        if largest >= _SMALLEST_SQUARED:
            return
    _refuse_vanishing(largest)


def _refuse_vanishing(largest: float) -> None:
    if 0 < largest < _SMALLEST_SQUARED:
        raise ValueError(
            "No row has a comparable distance to others: the largest number of X is "
            f"{largest:.3g}, and squared differences of such numbers vanish in float64. "
            "Multiply the columns by a constant first."
        )


def _largest_number(matrix: Matrix) -> float:
    """Return the largest absolute value of float64 numbers; 0 of others, which have squares."""
    values = matrix if isinstance(matrix, np.ndarray) else matrix.data
    if values.dtype != np.float64:
        return 0.0
    return max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))


def squared_distances_to(pool: Matrix, queries: Matrix, indices: np.ndarray) -> np.ndarray:
    """Return the squared distances of each query to rows of a pool.

    Parameters
    ----------
    pool, queries : arrays or CSR matrices
    indices : rows of the pool, shape (n_queries, k)
    """
    squared = np.empty(indices.shape)
    step = max(1, _VALUES_PER_BLOCK // pool.shape[1])
    for start in range(0, indices.shape[0], step):
        block = slice(start, start + step)
        for j in range(indices.shape[1]):
            squared[block, j] = squared_distances(pool[indices[block, j]], queries[block])
    return squared


def squared_distances(rows: Matrix, others: Matrix) -> np.ndarray:
    """Return the squared distance of each row to the row of the same number in ``others``."""
    with np.errstate(over="ignore", invalid="ignore"):
        if isinstance(rows, np.ndarray) and isinstance(others, np.ndarray):
            return _dense_squared_distances(rows, others)
        assert not isinstance(rows, np.ndarray)
        assert not isinstance(others, np.ndarray)
        difference = (rows.astype(np.float64) - others).tocsr()
        difference.sum_duplicates()
        row = np.repeat(np.arange(difference.shape[0]), np.diff(difference.indptr))
        squares = difference.data * difference.data
        # bincount adds the entries of a row in order
        return np.bincount(row, squares, minlength=difference.shape[0])


def _dense_squared_distances(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    squared = np.zeros(max(rows.shape[0], others.shape[0]))
    for column, other in zip(rows.T, others.T, strict=True):
        difference = column.astype(np.float64) - other
        difference *= difference
        squared += difference
    return squared
