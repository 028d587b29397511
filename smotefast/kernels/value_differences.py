"""Value difference metric: categories are close if they occur with the same classes.

The distance of two rows is the sum over columns, first to last, of the squared sum of
absolute differences between the class shares of their categories.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import NO_ROW, heap_to_sorted, offer, offer_block

# Queries of a task share the transposed block of rows (256 x 40 codes = 40 kB).
_QUERIES = 16
_BLOCK = 256


class Shares(NamedTuple):
    """Class shares of the categories of all columns.

    Attributes
    ----------
    table
        Shape (n_categories of all columns, n_classes), float64.
    starts
        First row of each column in ``table``, and the end; shape (n_columns + 1,), int64.
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
def _fill_differences(shares, codes, row, differences):  # type: ignore[no-untyped-def]
    """Write the distance of each category of each column from the category of a row."""
    for j in range(codes.shape[1]):
        start = shares.starts[j]
        category = start + codes[row, j]
        for other in range(start, shares.starts[j + 1]):
            differences[other] = _difference(shares.table, category, other)


@inner
def _block_totals(shares, columns, size, differences, totals):  # type: ignore[no-untyped-def]
    totals[:size] = 0.0
    for j in range(columns.shape[0]):
        start = shares.starts[j]
        for i in range(size):
            totals[i] += differences[start + columns[j, i]]


@parallel_kernel
def scan_codes(
    codes: np.ndarray,
    shares: Shares,
    query_rows: np.ndarray,
    distances: np.ndarray,
    indices: np.ndarray,
) -> None:
    """Find the k nearest other rows by computing every distance.

    A query stops early once all the rows it keeps are at distance zero: rows are compared in
    ascending order of index, so no later row can come before them.

    Parameters
    ----------
    codes : array of shape (n_rows, n_columns), int32
    shares : of the categories of these columns
    query_rows : array of shape (n_queries,), int64
        Row of ``codes`` that each query is.
    distances : array of shape (n_queries, k), float64; written, ascending
    indices : array of shape (n_queries, k), int64; written
    """
    n_rows, n_columns = codes.shape
    n_queries = query_rows.shape[0]
    n_categories = shares.table.shape[0]
    for task in prange((n_queries + _QUERIES - 1) // _QUERIES):
        first = task * _QUERIES
        last = min(first + _QUERIES, n_queries)
        columns = np.empty((n_columns, _BLOCK), np.int32)
        totals = np.empty(_BLOCK, np.float64)
        differences = np.empty((_QUERIES, n_categories), np.float64)
        for i in range(first, last):
            distances[i, :] = np.inf
            indices[i, :] = NO_ROW
            _fill_differences(shares, codes, query_rows[i], differences[i - first])
        n_open = last - first
        start = 0
        while start < n_rows and n_open > 0:
            size = min(_BLOCK, n_rows - start)
            for j in range(n_columns):
                for i in range(size):
                    columns[j, i] = codes[start + i, j]
            n_open = 0
            for i in range(first, last):
                if distances[i, 0] == 0.0:
                    continue
                n_open += 1
                _block_totals(shares, columns, size, differences[i - first], totals)
                offer_block(totals, size, start, query_rows[i], distances[i], indices[i])
            start += size
        for i in range(first, last):
            heap_to_sorted(distances[i], indices[i])


@parallel_kernel
def rank_codes(
    codes: np.ndarray,
    shares: Shares,
    query_rows: np.ndarray,
    candidates: np.ndarray,
    distances: np.ndarray,
    indices: np.ndarray,
) -> None:
    """Keep the k nearest of each query's candidates, in order of distance.

    Parameters
    ----------
    codes, shares, query_rows : as for ``scan_codes``
    candidates : array of shape (n_queries, n_candidates), integers
        Indices of rows, each once; the query itself and whatever is no row are skipped.
    distances, indices : as for ``scan_codes``; NO_ROW where there were too few candidates
    """
    n_rows, n_columns = codes.shape
    for i in prange(query_rows.shape[0]):
        row = query_rows[i]
        distances[i, :] = np.inf
        indices[i, :] = NO_ROW
        nearest, nearest_rows = distances[i], indices[i]
        for c in range(candidates.shape[1]):
            candidate = np.int64(candidates[i, c])
            if candidate < 0 or candidate >= n_rows or candidate == row:
                continue
            distance = 0.0
            for j in range(n_columns):
                start = shares.starts[j]
                first, second = start + codes[row, j], start + codes[candidate, j]
                distance += _difference(shares.table, first, second)
            offer(distance, candidate, nearest, nearest_rows)
        heap_to_sorted(nearest, nearest_rows)
