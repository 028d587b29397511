"""Scan cells of a file for the queries that a walk leaves unresolved, such as ties.

Cells are read in pieces, so a cell may be larger than memory.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.cells.embedding import embed
from smotefast.neighbors.cells.row_file_cells import FileCells
from smotefast.neighbors.exact import scan
from smotefast.neighbors.queries import Queries, work_blocks
from smotefast.neighbors.result import SearchResult

# Rows of a cell that are scanned at a time.
_SCANNED_ROWS = 1 << 14


class CellScan:
    """Compares queries with all rows of the cells that may have a closer row.

    Parameters
    ----------
    cells
        The pool.
    k
        Neighbors per query.
    n_threads, n_bytes
        Threads, and memory of the bounds of a block of queries; the result does not depend on
        them.
    """

    def __init__(self, cells: FileCells, k: int, *, n_threads: int, n_bytes: int) -> None:
        self._cells, self._k = cells, k
        self._n_threads, self._n_bytes = n_threads, n_bytes

    def nearest(
        self, queries: Queries[Points], home: np.ndarray, found: SearchResult
    ) -> SearchResult:
        """Scan all cells that may have a row closer than the k-th found.

        ``home`` is the cell of each query, and ``found`` what a walk found; it is changed.
        """
        n_cells = len(self._cells.assigned.sizes)
        # Four arrays of numbers for each query and cell.
        for block in work_blocks(len(home), 32 * n_cells, self._n_bytes, 1):
            part, kth = queries.subset(block), found.squared()[block, -1]
            is_near = self._may_be_closer(part, home[block], kth)
            for cell in np.flatnonzero(is_near.any(axis=0)):
                which = np.flatnonzero(is_near[:, cell])
                rows = np.arange(len(home))[block][which]
                self._scan_cell(int(cell), part.subset(which), rows, found)
        return found

    def _may_be_closer(
        self, queries: Queries[Points], home: np.ndarray, kth: np.ndarray
    ) -> np.ndarray:
        """Return which cells may have a row within a squared distance of each query.

        The hyperplane between two centers is a bound, as in the kernels.
        """
        levels, centers = self._cells.assigned.levels, self._cells.assigned.centers
        origins, values = centers[home], embed(queries.points, levels, queries.rows)
        squared = np.zeros((len(origins), len(centers)))
        between = np.zeros_like(squared)
        for j, column in enumerate(centers.T):
            squared += (values[:, j : j + 1] - column) ** 2
            between += (origins[:, j : j + 1] - column) ** 2
        home_squared = np.take_along_axis(squared, home[:, np.newaxis], axis=1)
        rounding = 16 * (centers.shape[1] + 4) * np.finfo(np.float64).eps
        excess = squared - home_squared - rounding * (squared + home_squared)
        limit = kth[:, np.newaxis] * (1 + rounding) + np.finfo(np.float64).tiny
        is_bounded = np.isfinite(limit)
        reach = np.where(is_bounded, limit, 0.0)
        is_near = excess <= 2 * np.sqrt(between) * np.sqrt(reach) * (1 + rounding)
        return np.asarray(is_near | ~is_bounded)

    def _scan_cell(
        self, cell: int, queries: Queries[Points], rows: np.ndarray, found: SearchResult
    ) -> None:
        """Merge the nearest rows of a cell with those found for some of the queries."""
        cells, k = self._cells, self._k
        start = int(cells.pool_starts[cell])
        stop = start + int(cells.pool_sizes[cell])
        for begin in range(start, stop, _SCANNED_ROWS):
            points, numbers = cells.read_span(begin, min(stop, begin + _SCANNED_ROWS))
            at = np.searchsorted(numbers, queries.excluded)
            is_here = np.append(numbers, -1)[at] == queries.excluded
            part = queries._replace(excluded=np.where(is_here, at, -1))
            near = scan.search_scan(points, part, k, n_threads=self._n_threads)
            numbers = np.append(numbers, len(cells.entry))
            self._merge(rows, found, numbers[near.indices], near.squared())
            # Rows that come later are not before k rows at distance zero.
            is_open = near.squared()[:, -1] > 0
            queries, rows = queries.subset(is_open), rows[is_open]
            if not len(rows):
                break

    def _merge(
        self, rows: np.ndarray, found: SearchResult, indices: np.ndarray, squared: np.ndarray
    ) -> None:
        both = np.hstack([found.squared()[rows], squared])
        numbers = np.hstack([found.indices[rows], indices])
        # A row found before comes next to itself.
        order = np.lexsort((numbers, both), axis=1)
        both, numbers = (np.take_along_axis(each, order, axis=1) for each in (both, numbers))
        is_again = np.zeros(numbers.shape, dtype=bool)
        is_again[:, 1:] = numbers[:, 1:] == numbers[:, :-1]
        nearest = np.argsort(is_again, axis=1, kind="stable")[:, : self._k]
        found.indices[rows] = np.take_along_axis(numbers, nearest, axis=1)
        found.squared()[rows] = np.take_along_axis(both, nearest, axis=1)
