"""Search in the cells of a file: the same neighbors as in memory, in steps of few queries.

A step holds the queries of consecutive cells, which need nearly the same cells. Its walks stop
at cells that are not loaded; these are loaded, and the walks go on. What they find depends
neither on the steps nor on which cells were in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.cells.row_file_cells import CellBuffer, FileCells
from smotefast.neighbors.cells.row_file_copies import limit_copies
from smotefast.neighbors.cells.search import (
    APPROXIMATE_SPARE,
    FEWEST_TASKS,
    SPARES,
    TASK_QUERIES,
    WORK_PER_THREAD,
    Reach,
    are_certain,
    tasks_of,
)
from smotefast.neighbors.exact import scan
from smotefast.neighbors.queries import Queries, as_points, work_blocks
from smotefast.neighbors.result import SearchResult

# Rows of a cell that are scanned at a time.
_SCANNED_ROWS = 1 << 14
# Blocks of cells that a walk names when it stops at one that is not loaded. With one block, a
# walk among 11,700 cells began its task 100 times.
_BLOCKS_AHEAD = 8
# Calls in which a task of an exact search walks from near to far: its bounds are tight then,
# and it looks through the other cells in the order of the file. Walking on to the end loaded
# 40,000 cells for 5,600 queries among 2,250,000 rows in 5,900 cells.
_CALLS_OF_A_TASK = 2


class Step(NamedTuple):
    """Some of the queries, sorted by cell, and the cell of each."""

    queries: Queries[Points]
    home: np.ndarray

    def subset(self, which: np.ndarray | slice) -> Step:
        """Return a subset of the queries."""
        return Step(self.queries.subset(which), self.home[which])


class FileWalk:
    """The k nearest rows of queries that are rows of a pool in a file.

    Large cells of the pool are reduced to the copies of rows that k neighbors need.

    Parameters
    ----------
    cells
        The pool.
    is_query
        Which rows of the pool are queries; None means all.
    k
        Neighbors per query.
    n_threads
        Threads to use; the result does not depend on it.
    n_bytes
        Memory of the queries of a step, of the cells that are loaded, and of the candidates
        that are ranked; the result does not depend on it.
    """

    def __init__(
        self,
        cells: FileCells,
        is_query: np.ndarray | None,
        k: int,
        *,
        n_threads: int,
        n_bytes: int,
    ) -> None:
        limit_copies(cells, k + max(SPARES) + 1)
        self._cells, self._is_query, self._k = cells, is_query, k
        self._n_threads, self._n_bytes = n_threads, n_bytes // 4
        self._buffer = CellBuffer(cells, n_bytes=n_bytes // 2)
        self._n_pool, self._n_features = len(cells.entry), cells.rows.shape[1]

    def steps(self) -> Iterator[Step]:
        """Yield the queries in steps."""
        cells, itemsize = self._cells, self._cells.rows.dtype.itemsize
        row_bytes = 2 * self._n_features * itemsize + 28 * (self._k + SPARES[0]) + 64
        size = max(1, self._n_bytes // row_bytes)
        parts: list[tuple[np.ndarray, ...]] = []
        n_queries = 0
        # If few rows are queries, a step has those of several blocks.
        for start in range(0, self._n_pool, block_rows := -(-size // 4)):
            block = slice(start, min(start + block_rows, self._n_pool))
            numbers = cells.numbers[block].astype(np.int64)
            home, rows = cells.home(block.start, block.stop), cells.rows[block]
            if self._is_query is not None:
                which = self._is_query[numbers]
                numbers, home, rows = numbers[which], home[which], rows[which]
            parts.append((numbers, home, rows))
            n_queries += len(numbers)
            if n_queries > size - block_rows or block.stop == self._n_pool:
                numbers, home, rows = map(np.concatenate, zip(*parts, strict=True))
                parts, n_queries = [], 0
                if len(numbers):
                    queries = Queries(as_points(rows), np.arange(len(numbers)), numbers)
                    yield Step(queries, home)

    def search(self, step: Step, reach: Reach) -> tuple[SearchResult, np.ndarray]:
        """Search for the queries of a step; return the result and what is unresolved.

        As in memory, an exact search tries more candidates for queries that the first ones
        leave unresolved.
        """
        if reach.share != np.inf:
            return self._walk(step, APPROXIMATE_SPARE, reach)
        found, rest = self._walk(step, SPARES[0], reach)
        is_tied = found.squared()[rest, -1] == 0
        part, still_open = rest[~is_tied], [rest[is_tied]]
        per_query = 28 * (self._k + SPARES[1])
        for block in work_blocks(len(part), per_query, self._n_bytes, 1):
            second, unresolved = self._walk(step.subset(part[block]), SPARES[1], reach)
            found = found.merged(part[block], second)
            still_open.append(part[block][unresolved])
        rest = np.sort(np.concatenate(still_open))
        return found, rest

    def finish(self, step: Step, found: SearchResult, unresolved: np.ndarray) -> np.ndarray:
        """Return the neighbors; for queries left unresolved, scan all cells that matter."""
        if len(unresolved):
            rest = self._scan_near(step.subset(unresolved), found.subset(unresolved))
            found = found.merged(unresolved, rest)
        return found.indices

    def _walk(self, step: Step, spare: int, reach: Reach) -> tuple[SearchResult, np.ndarray]:
        """Search with some candidates to spare; return the result and what is unresolved."""
        n_queries, n_kept = len(step.home), self._k + spare
        scores = np.empty((n_queries, n_kept), dtype=np.float32)
        candidates = np.empty((n_queries, n_kept), dtype=np.int64)
        is_complete = np.empty(n_queries, dtype=bool)
        self._fill_heaps(step, reach, scores, candidates, is_complete)
        found = self._rank(step.queries, candidates)
        kth = found.squared()[:, -1]
        if reach.share == np.inf:
            scale = self._cells.assigned.scale
            is_complete &= are_certain(kth, scores[:, 0], scale, self._n_features)
        else:
            is_complete = found.indices[:, -1] < self._n_pool
        return found, np.flatnonzero(~is_complete)

    def _fill_heaps(
        self,
        step: Step,
        reach: Reach,
        scores: np.ndarray,
        candidates: np.ndarray,
        is_complete: np.ndarray,
    ) -> None:
        """Walk until no task needs a cell that is not loaded."""
        from smotefast.kernels.cells import CLOSED, search_cells

        buffer, queries = self._buffer, step.queries
        tasks = tasks_of(step.home)
        n_passed = np.zeros(len(tasks), dtype=np.int64)
        n_ahead = _BLOCKS_AHEAD * buffer.packed.halves.shape[1]
        missing = np.full((len(tasks), n_ahead), -1, dtype=np.int64)
        missing[:, 0] = tasks[:, 0]
        work = float(TASK_QUERIES) * min(buffer.n_rows, self._n_pool) * self._n_features
        per_call, fewest = WORK_PER_THREAD * self._n_threads, FEWEST_TASKS * self._n_threads
        unfinished, n_calls = np.arange(len(tasks)), np.zeros(len(tasks), dtype=np.int64)
        most_calls = _CALLS_OF_A_TASK if reach.share == np.inf else np.inf
        while len(walking := unfinished[n_calls[unfinished] < most_calls]):
            # The first tasks go on until they end: others need nearly the same cells later.
            n_ready = buffer.load(missing[walking])
            for block in work_blocks(n_ready, work, per_call, fewest):
                part = walking[:n_ready][block]
                passed, needed = n_passed[part], missing[part]
                search_cells(
                    buffer.packed, *queries, tasks[part], *reach, scores, candidates,
                    is_complete, passed, needed, n_threads=self._n_threads,
                )  # fmt: skip
                n_passed[part], missing[part] = passed, needed
                n_calls[part] += 1
            unfinished = unfinished[n_passed[unfinished] != CLOSED]
        if len(unfinished):
            self._search_needed(
                step, tasks[unfinished], n_passed[unfinished], scores, candidates
            )
            for _, first, end in tasks[unfinished]:
                is_complete[first:end] = True

    def _search_needed(
        self,
        step: Step,
        tasks: np.ndarray,
        n_passed: np.ndarray,
        scores: np.ndarray,
        candidates: np.ndarray,
    ) -> None:
        """Search all cells that may have closer rows, in their order: each is loaded once.

        Candidates may differ from those of a walk from near to far, not the nearest rows.
        """
        from smotefast.kernels.cells import find_cells_to_search, search_listed_cells

        buffer, queries = self._buffer, step.queries
        n_cells = len(self._cells.assigned.sizes)
        for block in work_blocks(len(tasks), n_cells, self._n_bytes, 1):
            part = tasks[block]
            is_needed = np.empty((len(part), n_cells), dtype=bool)
            find_cells_to_search(
                buffer.packed, queries.points, queries.rows, part, n_passed[block], scores,
                is_needed, n_threads=self._n_threads,
            )  # fmt: skip
            for group in buffer.loaded_in_turn(np.flatnonzero(is_needed.any(axis=0))):
                search_listed_cells(
                    buffer.packed, *queries, part, group, is_needed, scores, candidates,
                    n_threads=self._n_threads,
                )  # fmt: skip

    def _rank(self, queries: Queries[Points], candidates: np.ndarray) -> SearchResult:
        """Order candidates by float64 distance, as ``rank_candidates`` does in memory."""
        squared = np.empty((len(candidates), self._k))
        indices = np.empty((len(candidates), self._k), dtype=np.int64)
        per_query = candidates.shape[1] * (self._n_features * 16 + 32)
        for block in work_blocks(len(candidates), per_query, self._n_bytes, 1):
            numbers = np.unique(candidates[block])
            numbers = numbers[numbers < self._n_pool]
            pool, part = self._cells.read_rows(numbers), queries.subset(block)
            part = part._replace(excluded=np.full(len(part.rows), -1))
            ranked = scan.rank_candidates(
                pool, part, np.searchsorted(numbers, candidates[block]), self._k,
                n_threads=self._n_threads,
            )  # fmt: skip
            squared[block] = ranked.squared()
            numbers = np.append(numbers, self._n_pool)  # no row
            indices[block] = numbers[np.minimum(ranked.indices, len(numbers) - 1)]
        return SearchResult(indices, squared)

    def _scan_near(self, step: Step, found: SearchResult) -> SearchResult:
        """Scan all cells that may have a row closer than the k-th found."""
        n_cells = len(self._cells.assigned.sizes)
        # Four arrays of numbers for each query and cell.
        for block in work_blocks(len(step.home), 32 * n_cells, self._n_bytes, 1):
            part, kth = step.subset(block), found.squared()[block, -1]
            is_near = self._may_be_closer(part, kth)
            for cell in np.flatnonzero(is_near.any(axis=0)):
                which = np.flatnonzero(is_near[:, cell])
                rows = np.arange(len(step.home))[block][which]
                self._scan_cell(int(cell), part.queries.subset(which), rows, found)
        return found

    def _may_be_closer(self, step: Step, kth: np.ndarray) -> np.ndarray:
        """Return which cells may have a row within a squared distance of each query.

        The hyperplane between two centers is a bound, as in the kernels.
        """
        centers = self._cells.assigned.centers
        origins, values = centers[step.home], step.queries.points.values[step.queries.rows]
        squared = np.zeros((len(origins), len(centers)))
        between = np.zeros_like(squared)
        for j, column in enumerate(centers.T):
            squared += (values[:, j : j + 1] - column) ** 2
            between += (origins[:, j : j + 1] - column) ** 2
        home = np.take_along_axis(squared, step.home[:, np.newaxis], axis=1)
        rounding = 16 * (self._n_features + 4) * np.finfo(np.float64).eps
        excess = squared - home - rounding * (squared + home)
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
            span = slice(begin, min(stop, begin + _SCANNED_ROWS))
            numbers = cells.numbers[span].astype(np.int64)
            at = np.searchsorted(numbers, queries.excluded)
            is_here = np.append(numbers, -1)[at] == queries.excluded
            part = queries._replace(excluded=np.where(is_here, at, -1))
            near = scan.search_scan(
                as_points(cells.rows[span]), part, k, n_threads=self._n_threads
            )
            numbers = np.append(numbers, self._n_pool)
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
