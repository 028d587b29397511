"""Search in the cells of a file: the same neighbors as in memory, in steps of few queries.

A step holds the queries of consecutive cells, which need nearly the same cells. Its walks stop
at cells that are not loaded; these are loaded, and the walks go on. What they find depends
neither on the steps nor on which cells were in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from smotefast._row_files import RowFile
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.row_file_cells import CellBuffer, FileCells
from smotefast.neighbors.cells.row_file_copies import limit_copies
from smotefast.neighbors.cells.row_file_scan import CellScan
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
from smotefast.neighbors.exact.tiles import CODE_COST, FLOAT32
from smotefast.neighbors.queries import Queries, joined_points, work_blocks
from smotefast.neighbors.result import SearchResult

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


class Span(NamedTuple):
    """Entries of a file of cells, which of them are queries, and their numbers in the pool."""

    entries: slice
    which: np.ndarray
    numbers: np.ndarray


class StepQueries:
    """Which rows of a pool are the queries of each step, in the order of a file of cells.

    A step is known by its first entry.

    Parameters
    ----------
    numbers
        Row of the pool of each entry of the file.
    n_pool
        Rows of the pool.
    is_query
        Which rows of the pool are queries; None means all.
    size
        Queries of a step, at most.
    """

    def __init__(
        self, numbers: RowFile, n_pool: int, is_query: np.ndarray | None, size: int
    ) -> None:
        self._numbers, self._n_pool, self._is_query = numbers, n_pool, is_query
        self._size = max(1, size)

    def starts(self) -> list[int]:
        """Return the first entry of each step that has queries."""
        starts, start = [], 0
        while start < self._n_pool:
            spans = self.spans(start)
            if any(len(span.which) for span in spans):
                starts.append(start)
            start = spans[-1].entries.stop
        return starts

    def numbers(self, start: int) -> np.ndarray:
        """Return the queries of a step, by their number in the pool."""
        return np.concatenate([span.numbers for span in self.spans(start)])

    def spans(self, start: int) -> list[Span]:
        """Return the spans of a step: several if few rows are queries."""
        spans: list[Span] = []
        n_queries, block_rows = 0, -(-self._size // 4)
        for first in range(start, self._n_pool, block_rows):
            entries = slice(first, min(first + block_rows, self._n_pool))
            numbers = self._numbers[entries].astype(np.int64)
            which = np.arange(len(numbers))
            if self._is_query is not None:
                which = np.flatnonzero(self._is_query[numbers])
            spans.append(Span(entries, which, numbers[which]))
            n_queries += len(which)
            if n_queries > self._size - block_rows:
                break
        return spans


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
    dtype
        Of the packed rows, as for ``partition``.

    Attributes
    ----------
    n_pool
        Rows of the pool.
    step_queries
        Which rows are the queries of each step.
    """

    def __init__(
        self,
        cells: FileCells,
        is_query: np.ndarray | None,
        k: int,
        *,
        n_threads: int,
        n_bytes: int,
        dtype: np.dtype[Any] = FLOAT32,
    ) -> None:
        limit_copies(cells, k + max(SPARES) + 1)
        self._cells, self._k = cells, k
        self._n_threads, self._n_bytes = n_threads, n_bytes // 4
        self._buffer_bytes, self._dtype = n_bytes // 2, dtype
        self.n_pool, self._n_features = len(cells.entry), cells.points.values.shape[1]
        self._width = self._n_features + CODE_COST * cells.points.codes.shape[1]
        row_bytes = 2 * cells.points.row_bytes + 28 * (k + SPARES[0]) + 64
        size = self._n_bytes // row_bytes
        self.step_queries = StepQueries(cells.numbers, self.n_pool, is_query, size)
        self._scan = CellScan(cells, k, n_threads=n_threads, n_bytes=self._n_bytes)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: it loads cells itself."""
        return {name: value for name, value in vars(self).items() if name != "_buffer"}

    @cached_property
    def _buffer(self) -> CellBuffer:
        """The cells that are loaded."""
        return CellBuffer(self._cells, n_bytes=self._buffer_bytes, dtype=self._dtype)

    def step(self, start: int) -> Step:
        """Read the queries of the step that begins at an entry."""
        spans = self.step_queries.spans(start)
        read = [self._cells.points.subset(span.entries).subset(span.which) for span in spans]
        home = [self._cells.home(span.entries)[span.which] for span in spans]
        numbers = np.concatenate([span.numbers for span in spans])
        queries = Queries(joined_points(read), np.arange(len(numbers)), numbers)
        return Step(queries, np.concatenate(home))

    def search(self, step: Step, reach: Reach) -> tuple[SearchResult, np.ndarray]:
        """Search for the queries of a step; return the result and what is unresolved.

        As in memory, an exact search tries more candidates for queries that the first ones
        leave unresolved.
        """
        if reach.share != np.inf:
            self._refuse_large_cells()
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
            near = step.subset(unresolved)
            rest = self._scan.nearest(near.queries, near.home, found.subset(unresolved))
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
            is_complete = found.indices[:, -1] < self.n_pool
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
        work = float(TASK_QUERIES) * min(buffer.n_rows, self.n_pool) * self._width
        per_call, fewest = WORK_PER_THREAD * self._n_threads, FEWEST_TASKS * self._n_threads
        self._search_large_homes(step, tasks, n_passed, scores, candidates)
        begun = n_passed.copy()
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
        if len(buffer.large):
            self._search_needed(step, tasks, begun, scores, candidates, only=buffer.large)

    def _search_needed(
        self,
        step: Step,
        tasks: np.ndarray,
        n_passed: np.ndarray,
        scores: np.ndarray,
        candidates: np.ndarray,
        *,
        only: np.ndarray | None = None,
    ) -> None:
        """Search all cells that may have closer rows, in their order: each is loaded once.

        Candidates may differ from those of a walk from near to far, not the nearest rows.
        ``only`` are large cells, if they alone are left.
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
            needed = np.flatnonzero(is_needed.any(axis=0))
            groups = buffer.loaded_in_turn(needed)
            if only is not None:
                groups = self._large_in_turn(np.intersect1d(needed, only))
            for group in groups:
                search_listed_cells(
                    buffer.packed, *queries, part, group, is_needed, scores, candidates,
                    n_threads=self._n_threads,
                )  # fmt: skip

    def _large_in_turn(self, cells: np.ndarray) -> Iterator[np.ndarray]:
        """Load large cells part by part; yield the cell for each part."""
        for cell in cells.tolist():
            for _ in self._buffer.parts(cell):
                yield np.array([cell])

    def _search_large_homes(
        self,
        step: Step,
        tasks: np.ndarray,
        n_passed: np.ndarray,
        scores: np.ndarray,
        candidates: np.ndarray,
    ) -> None:
        """Search the large cells that queries lie in, before their walks begin after these."""
        from smotefast.kernels.cells import search_listed_cells
        from smotefast.kernels.heaps import NO_ROW

        homes = tasks[:, 0]
        for group in self._large_in_turn(np.intersect1d(homes, self._buffer.large)):
            which = np.flatnonzero(homes == group[0])
            part = tasks[which]
            if not n_passed[which[0]]:
                for _, first, end in part:
                    scores[first:end], candidates[first:end] = np.inf, NO_ROW
                n_passed[which] = 1
            is_needed = np.zeros((len(part), len(self._cells.assigned.sizes)), dtype=bool)
            is_needed[:, group] = True
            search_listed_cells(
                self._buffer.packed, *step.queries, part, group, is_needed, scores, candidates,
                n_threads=self._n_threads,
            )  # fmt: skip

    def _refuse_large_cells(self) -> None:
        large = self._buffer.large
        if len(large):
            n_near = int(self._cells.pool_sizes[large].max())
            raise MemoryError(
                f"{n_near:,} of {self.n_pool:,} rows are so near each other that an "
                "approximate search needs them in memory at once. Use search='exact', or a "
                "higher memory_limit."
            )

    def _rank(self, queries: Queries[Points], candidates: np.ndarray) -> SearchResult:
        """Order candidates by float64 distance, as ``rank_candidates`` does in memory."""
        squared = np.empty((len(candidates), self._k))
        indices = np.empty((len(candidates), self._k), dtype=np.int64)
        per_query = candidates.shape[1] * (self._width * 16 + 32)
        for block in work_blocks(len(candidates), per_query, self._n_bytes, 1):
            drawn = candidates[block]
            numbers, which = np.unique(drawn, return_inverse=True)
            numbers = numbers[numbers < self.n_pool]  # the last one may be none
            pool, part = self._cells.read_rows(numbers), queries.subset(block)
            part = part._replace(excluded=np.full(len(part.rows), -1))
            ranked = scan.rank_candidates(
                pool, part, which.reshape(drawn.shape), self._k, n_threads=self._n_threads
            )
            squared[block] = ranked.squared()
            numbers = np.append(numbers, self.n_pool)  # no row
            indices[block] = numbers[np.minimum(ranked.indices, len(numbers) - 1)]
        return SearchResult(indices, squared)
