"""Value difference metric: how far apart categories are by the classes that they go with.

The distance of two rows is the sum over columns, first to last, of the square of the sum
of absolute differences between the class shares of their categories.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.distances import NOWHERE
from smotefast.kernels.heaps import before, heap_to_sorted, keep_nearest, sift_down

# Queries of a task share the turned block of candidates (256 x 40 codes = 40 kB).
_QUERIES = 16
_BLOCK = 256


class Shares(NamedTuple):
    """Class shares of the categories of all columns.

    Attributes
    ----------
    table
        Shape (n_categories of all columns, n_classes), float64.
    starts
        Where the categories of each column begin, and the end, shape (n_columns + 1,), int64.
    """

    table: np.ndarray
    starts: np.ndarray


@inner
def _difference(table, first, second):  # type: ignore[no-untyped-def]
    total = 0.0
    for c in range(table.shape[1]):
        total += abs(table[first, c] - table[second, c])
    return total * total


@inner
def _fill_reach(shares, codes, row, reach):  # type: ignore[no-untyped-def]
    """Write how far each category of each column is from the one that a row has."""
    for j in range(codes.shape[1]):
        start = shares.starts[j]
        own = start + codes[row, j]
        for place in range(start, shares.starts[j + 1]):
            reach[place] = _difference(shares.table, own, place)


@inner
def _block_totals(shares, columns, size, reach, totals):  # type: ignore[no-untyped-def]
    totals[:size] = 0.0
    for j in range(columns.shape[0]):
        start = shares.starts[j]
        for i in range(size):
            totals[i] += reach[start + columns[j, i]]


@parallel_kernel
def scan_codes(
    codes: np.ndarray,
    shares: Shares,
    queries: np.ndarray,
    distances: np.ndarray,
    positions: np.ndarray,
) -> None:
    """Find the nearest other rows by computing every distance.

    A query stops early once all it keeps are at distance zero: rows are met in order of
    position, so no later one can come before them.

    Parameters
    ----------
    codes : array of shape (n_rows, n_columns), int32
    shares : of the categories of these columns
    queries : array of shape (n_queries,), int64
        Positions in ``codes``.
    distances : array of shape (n_queries, k), float64; written, ascending
    positions : array of shape (n_queries, k), int64; written
    """
    n_rows, n_columns = codes.shape
    n_queries = queries.shape[0]
    n_categories = shares.table.shape[0]
    for task in prange((n_queries + _QUERIES - 1) // _QUERIES):
        first = task * _QUERIES
        last = min(first + _QUERIES, n_queries)
        columns = np.empty((n_columns, _BLOCK), np.int32)
        totals = np.empty(_BLOCK, np.float64)
        reach = np.empty((_QUERIES, n_categories), np.float64)
        for i in range(first, last):
            distances[i, :] = np.inf
            positions[i, :] = NOWHERE
            _fill_reach(shares, codes, queries[i], reach[i - first])
        open_queries = last - first
        start = 0
        while start < n_rows and open_queries > 0:
            size = min(_BLOCK, n_rows - start)
            for j in range(n_columns):
                for i in range(size):
                    columns[j, i] = codes[start + i, j]
            open_queries = 0
            for i in range(first, last):
                if distances[i, 0] == 0.0:
                    continue
                open_queries += 1
                _block_totals(shares, columns, size, reach[i - first], totals)
                keep_nearest(totals, size, start, queries[i], distances[i], positions[i])
            start += size
        for i in range(first, last):
            heap_to_sorted(distances[i], positions[i])


@parallel_kernel
def rank_codes(
    codes: np.ndarray,
    shares: Shares,
    queries: np.ndarray,
    candidates: np.ndarray,
    distances: np.ndarray,
    positions: np.ndarray,
) -> None:
    """Keep the nearest of each query's candidates.

    Parameters
    ----------
    codes, shares, queries : as for ``scan_codes``
    candidates : array of shape (n_queries, n_candidates), integers
        Without repeats; the query itself and whatever is no position are passed over.
    distances, positions : as for ``scan_codes``
    """
    n_rows, n_columns = codes.shape
    for i in prange(queries.shape[0]):
        row = queries[i]
        distances[i, :] = np.inf
        positions[i, :] = NOWHERE
        for c in range(candidates.shape[1]):
            candidate = np.int64(candidates[i, c])
            if candidate < 0 or candidate >= n_rows or candidate == row:
                continue
            distance = 0.0
            for j in range(n_columns):
                start = shares.starts[j]
                first, second = start + codes[row, j], start + codes[candidate, j]
                distance += _difference(shares.table, first, second)
            if before(distance, candidate, distances[i, 0], positions[i, 0]):
                sift_down(distances[i], positions[i], positions.shape[1], distance, candidate)
        heap_to_sorted(distances[i], positions[i])
