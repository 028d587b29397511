"""Find nearest neighbors of rows in a file: those that ``find_neighbors`` finds in memory.

What decides the method, and what an approximate search looks through, follows from samples of
the rows, never from the memory. The neighbors are written to a file, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from smotefast._phases import log_detail, log_step, phase
from smotefast._row_files import RowFile, TableWriter
from smotefast.neighbors import rules
from smotefast.neighbors.cells.approximate import RECALLS
from smotefast.neighbors.cells.estimate import (
    WalkCosts,
    costs_of_samples,
    draw_samples,
)
from smotefast.neighbors.cells.partition import (
    Assignment,
    CellFinder,
    assign,
    find_cells_here,
)
from smotefast.neighbors.cells.row_file_cells import FileCells, sort_by_cell
from smotefast.neighbors.cells.row_file_walk import FileWalk
from smotefast.neighbors.cells.search import WHOLE, Reach
from smotefast.neighbors.exact.duplicates import distinct_share
from smotefast.neighbors.exact.tiles import FLOAT32, INT16
from smotefast.neighbors.memory_estimate import step_bytes_in_file
from smotefast.neighbors.pair_distances import check_small_numbers
from smotefast.neighbors.planner import METHODS, plan_search
from smotefast.neighbors.problem import DataProbes, SearchProblem
from smotefast.neighbors.queries import (
    FilePoints,
    as_file_points,
)
from smotefast.neighbors.result import RECALL_WANTED, index_dtype
from smotefast.neighbors.row_file_sample import FileSample, MarkedRows
from smotefast.neighbors.runner import warn_recall
from smotefast.neighbors.saved_searches import Parts, saved_parts
from smotefast.neighbors.search import check_search

# Rows whose cells a task of a cluster finds: 0.4 CPU seconds for 20 columns and 1,953 centers.
_TASK_ROWS = 1 << 18
# Rows of a block of the table of neighbors take this share of the memory.
_TABLE_SHARE = 4


class SearchInfo(NamedTuple):
    """How neighbors were found.

    Attributes
    ----------
    method
        "exact" or "approximate".
    reason
        The rule by which the search is exact or approximate.
    recall
        Share of the true neighbors found, measured on a sample; None if exact.
    """

    method: str
    reason: str
    recall: float | None = None


class FileNeighbors(NamedTuple):
    """Nearest neighbors in a file.

    Attributes
    ----------
    indices
        The neighbors of each row of the table, nearest first, shape (n_rows, k), int32 (int64
        above 2^31 rows); zeros for rows that are no queries.
    info
        How they were found.
    """

    indices: RowFile
    info: SearchInfo


def find_neighbors_in_file(
    rows: RowFile,
    k: int,
    *,
    is_query: np.ndarray | None = None,
    in_table: np.ndarray | None = None,
    search: str = "auto",
    codes: RowFile | None = None,
    weight: float = 0.0,
    cross_class: bool = False,
    n_threads: int,
    folder: str,
    memory_bytes: int | None = None,
) -> FileNeighbors:
    """Find the k nearest other rows of rows in a file.

    The neighbors are those of ``find_neighbors`` for the same rows and queries. Unless
    ``cross_class``, ``rows`` and ``codes`` may be in another file afterwards, see
    ``RowFile.move``: in one that is fast to read by number, and slower in their order.

    Parameters
    ----------
    rows : file of shape (n_rows, n_features), any numeric dtype
    k : neighbors per query, at most ``n_rows - 1``
    is_query : array of shape (n_rows,), bool; which rows to search for, None means all
    in_table : array of shape (n_rows,), bool; which rows the result has a row for, in their
        order: queries, and others that get zeros; None means all
    search, weight, cross_class : as for ``find_neighbors``
    codes : file of shape (n_rows, n_codes), categories beside the numbers, int32
    n_threads : threads to use; the result does not depend on it
    folder : where scratch files are created: the sorted rows, and the neighbors
    memory_bytes : memory of blocks and steps, None for ``step_bytes_in_file``; the result does
        not depend on it

    Raises
    ------
    ValueError
        If values are not finite, or are so large or small that they have no squares in float64.
    MemoryError
        If the search would need the rows in memory: NN-descent, and an approximate one among
        many duplicates.
    """
    check_search(k, len(rows), 1, search)
    points = as_file_points(rows, codes if weight else None, weight)
    queries = MarkedRows(is_query, len(rows))
    n_rows, n_features = rows.shape
    n_codes = 0 if codes is None else codes.shape[1]
    if memory_bytes is None:
        memory_bytes = step_bytes_in_file(n_rows, n_features, rows.dtype, n_codes)
    probes = _FileProbes(points, queries, k, n_threads)
    problem = SearchProblem(
        len(queries), n_rows, n_features, k, n_codes=n_codes, has_codes=weight > 0,
        search=search, cross_class=cross_class, probes=probes,
    )  # fmt: skip
    log_step(
        "searching neighbors in a file: %d for each of %s rows, among %s rows",
        k, f"{len(queries):,}", f"{len(rows):,}",
    )  # fmt: skip
    table_rows = MarkedRows(in_table, len(rows))
    if not len(queries):
        table = RowFile.new(folder, (len(table_rows), k), index_dtype(n_rows))
        return FileNeighbors(table, SearchInfo("exact", "No row is a query."))
    if not weight:
        check_small_numbers(rows, k)
    is_approximate, reason = _plan(problem)
    saved = saved_parts(folder)
    assigned, sample = _cells_of_rows(points, n_threads, saved), None
    if is_approximate:
        sample = FileSample(points, assigned, queries, k, n_threads, memory_bytes)
    with phase("sorting rows by cell", len(rows)):
        cells = sort_by_cell(points, assigned, folder, n_bytes=memory_bytes)
    del assigned  # the cell of each row
    if not cross_class and points.values is rows:
        _store_once(points, cells)
    n_bytes = memory_bytes - memory_bytes // _TABLE_SHARE
    threads_of_step = 1 if saved.are_shared else n_threads
    dtype = INT16 if is_approximate else FLOAT32
    walk = FileWalk(cells, is_query, k, n_threads=threads_of_step, n_bytes=n_bytes, dtype=dtype)
    attempts = _Attempts(walk, len(queries), saved)
    if sample is None:
        attempts.run(1, WHOLE, None)
        best, info = 1, SearchInfo("exact", reason)
    else:
        best, info = _best_attempt(attempts, sample, reason)
    step_queries, starts = walk.step_queries, attempts.starts
    del cells, walk, attempts  # the file of the rows that are sorted by cell
    writer = TableWriter(
        folder, (len(table_rows), k), index_dtype(n_rows), n_bytes=memory_bytes // _TABLE_SHARE
    )
    for number, start in enumerate(starts):
        of_step = table_rows.numbers(step_queries.numbers(start))
        writer.write(of_step, saved.load(_name(best, number))[-1])
    return FileNeighbors(writer.finish(), info)


def _store_once(points: FilePoints, cells: FileCells) -> None:
    """Let rows be read from the file that is sorted by cell: the file in their order vanishes.

    Rows of the same type need no file but the sorted one: 1,000,000 x 12 float32 took 128 bytes
    a row while k=5 neighbors were searched, and take 84.
    """
    entries = RowFile.new(points.values.folder, cells.entry.shape, cells.entry.dtype)
    entries[:] = cells.entry
    points.values.move(cells.points.values, entries)
    points.codes.move(cells.points.codes, entries)


def _cells_of_rows(points: FilePoints, n_threads: int, saved: Parts) -> Assignment:
    """Return the cell of each row; other processes find them, if they do the steps.

    Raises
    ------
    ValueError
        If values have no squares in float64.
    """
    find_cells = partial(_cells_by_tasks, saved) if saved.are_shared else find_cells_here
    assigned = assign(points, points, n_threads=n_threads, find_cells=find_cells)
    if assigned is None:
        raise ValueError(
            "Some rows have no comparable distance to others: the values hold NaN, infinity, "
            "or numbers beyond 1e150. Impute, scale or remove them first; numbers up to about "
            "1e152 can be searched if the memory limit has room for their class."
        )
    return assigned


class _CellTask(NamedTuple):
    """Finds the cells of ``n_rows`` rows, with one thread; see ``saved_searches.StepWork``."""

    finder: CellFinder
    n_rows: int

    def find(self, start: int, report: Callable[[int], None]) -> np.ndarray:
        """Return the cells of rows from one on."""
        stop = min(start + self.n_rows, len(self.finder.points.values))
        found = np.concatenate(list(self.finder.cells_of(start, stop, report)))
        return found.astype(np.min_scalar_type(len(self.finder.centers)))


def _cells_by_tasks(saved: Parts, finder: CellFinder) -> Iterator[np.ndarray]:
    """Yield the cells of all rows, which tasks have found and saved."""
    starts = range(0, len(finder.points.values), _TASK_ROWS)
    names = {f"cells-{number}": start for number, start in enumerate(starts)}
    saved.find(_CellTask(finder._replace(n_threads=1), _TASK_ROWS).find, names)
    yield from map(saved.load, names)


def _plan(problem: SearchProblem) -> tuple[bool, str]:
    """Return whether the search is approximate, and why.

    Raises
    ------
    MemoryError
        If the method in memory cannot run in a file, and may find other neighbors.
    """
    plan = plan_search(problem)
    log_detail("search method: %s. %s", *plan)
    if plan.method == "nn_descent":
        raise MemoryError(
            "search='approximate' improves neighbors by NN-descent, which needs all rows of "
            "the class in memory. Use search='auto' or 'exact', or a higher memory_limit."
        )
    may_be_approximate = rules.approximate_cells_may_pay(problem)
    if plan.method == "distinct" and problem.search != "exact" and may_be_approximate:
        raise MemoryError(
            f"search={problem.search!r} searches among distinct rows if at most half of the "
            "rows of a class are distinct, which needs them in memory. Use search='exact', or "
            "a higher memory_limit."
        )
    return METHODS[plan.method].is_approximate, plan.reason


class _FileProbes(DataProbes):
    """Measurements of rows in a file, on the samples that are drawn in memory."""

    def __init__(self, points: FilePoints, queries: MarkedRows, k: int, n_threads: int) -> None:
        self._points, self._queries, self._k = points, queries, k
        self._n_threads = n_threads

    @cached_property
    def distinct_share(self) -> float:
        """Share of distinct rows."""
        return distinct_share(self._points)

    @cached_property
    def tied_share(self) -> float:
        """Not measured: it chooses between exact methods."""
        return 0.0

    @cached_property
    def walk_costs(self) -> WalkCosts | None:
        """Rows compared with a query in cells; None if cells cannot serve the data."""
        drawn, numbers = draw_samples(len(self._points.values), len(self._queries))
        rows = np.sort(self._queries.rows(numbers))
        pool, sample = self._points.subset(drawn), self._points.subset(rows)
        return costs_of_samples(pool, sample, self._k, n_threads=self._n_threads)


class _StepSearch(NamedTuple):
    """Finds the neighbors of the queries of a step; see ``saved_searches.StepWork``."""

    walk: FileWalk
    reach: Reach

    def find(self, start: int, report: Callable[[int], None]) -> np.ndarray:
        """Return the neighbors; those of an approximate walk come first if it leaves some."""
        walk, dtype = self.walk, index_dtype(self.walk.n_pool)
        step = walk.step(start)
        found, unresolved = walk.search(step, self.reach)
        results = [found.indices.astype(dtype)]
        if len(unresolved):
            finished = walk.finish(step, found, unresolved).astype(dtype)
            results = [finished] if self.reach == WHOLE else [*results, finished]
        report(len(step.home))
        return np.stack(results)


class _Attempts:
    """Searches for all queries, in steps whose results are saved.

    Attributes
    ----------
    starts
        First entry of each step.
    """

    def __init__(self, walk: FileWalk, n_queries: int, saved: Parts) -> None:
        self._walk, self._n_queries, self._saved = walk, n_queries, saved
        self.starts = walk.step_queries.starts()

    def run(self, attempt: int, reach: Reach, sample: FileSample | None) -> None:
        """Search and save the neighbors; the sample sees what a walk alone found."""
        starts = {_name(attempt, number): start for number, start in enumerate(self.starts)}
        with phase("searching neighbors", self._n_queries):
            self._saved.find(_StepSearch(self._walk, reach).find, starts)
        if sample is not None:
            for name, start in starts.items():
                sample.see(self._walk.step_queries.numbers(start), self._saved.load(name)[0])


def _best_attempt(
    attempts: _Attempts, sample: FileSample, reason: str
) -> tuple[int, SearchInfo]:
    """Search in ever more cells until the recall suffices; return the best attempt."""
    best, recall = 0, -1.0
    for number, target in enumerate(RECALLS, start=1):
        attempts.run(number, sample.reach_for(target), sample)
        share = sample.recall()
        log_detail("approximate search, attempt %d: recall %.3f", number, share)
        if share > recall:
            best, recall = number, share
        if share >= RECALL_WANTED:
            break
    else:
        warn_recall(recall, stacklevel=4)
    return best, SearchInfo("approximate", reason, recall)


def _name(attempt: int, step: int) -> str:
    return f"{attempt}-{step}"
