"""Search in cells: float32 proposes candidates; the walk and a bound certify them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast._phases import advance
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.partition import Partition, partition
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.exact.tiles import CODE_COST, FLOAT32, are_below
from smotefast.neighbors.queries import Queries, result_blocks, work_blocks
from smotefast.neighbors.result import ResultInBlocks, SearchResult

# Candidates beyond k: of an exact search, at first and for queries that these leave unresolved;
# and of an approximate one.
SPARES, APPROXIMATE_SPARE = (3, 48), 1
# Squares below this are lost in float32.
_TINY = 1e-36
# Queries of a task, at most: a cell is read once for all of them.
TASK_QUERIES = 256
# Multiply-adds of one kernel call and thread, at most 0.5 s: a signal is handled after a call.
# A call has at least so many tasks for a thread.
WORK_PER_THREAD, FEWEST_TASKS = 1e10, 2


class Reach(NamedTuple):
    """Which cells a query looks through.

    Attributes
    ----------
    n_near
        At most so many, those whose centers are nearest to that of the query's own cell.
    share
        Of these, cells whose center is farther from the query than its own by at most this
        share of the k-th distance, all of them squared.
    """

    n_near: int
    share: float


# All cells that may have a closer row; the nearest 256 are sorted first.
WHOLE = Reach(256, np.inf)


def search_cells(
    points: Points,
    queries: Queries[Points],
    k: int,
    *,
    n_threads: int,
    with_distances: bool = True,
) -> SearchResult | None:
    """Find the k nearest rows by walking through cells until no other can be closer."""
    cells = partition(points, queries.points, n_threads=n_threads)
    if cells is None:
        return None
    return walk(cells, queries, k, n_threads=n_threads, with_distances=with_distances)


def walk(
    cells: Partition,
    queries: Queries[Points],
    k: int,
    reach: Reach = WHOLE,
    *,
    n_threads: int,
    with_distances: bool = True,
) -> SearchResult:
    """Find the k nearest rows in cells.

    Parameters
    ----------
    cells
        The pool.
    queries, k
        As for every search method.
    reach
        The cells that are looked through.
    n_threads
        Threads to use; the result does not depend on it.
    with_distances
        Whether the result has squared distances.
    """
    is_exact, n_pool = reach.share == np.inf, len(cells.points.values)
    assert not is_exact or cells.packed.values.dtype == FLOAT32  # scores of int16 are no bounds
    spares = SPARES if is_exact else (APPROXIMATE_SPARE,)
    home = cells.home(queries, n_threads=n_threads)
    results = ResultInBlocks(len(home), k, n_pool, with_distances=with_distances)
    by_cell = np.argsort(home, kind="stable")
    for spare in spares:
        # With more duplicates than candidates the k-th distance is 0: a scan stops early then.
        rest = by_cell[~(results.is_resolved | results.is_tied)[by_cell]]
        for block in result_blocks(len(rest), k + spare, k, n_threads):
            rows = rest[block]
            part = queries.subset(rows)
            found, is_certain = _walk(cells, part, home[rows], k, spare, reach, n_threads)
            is_found = found.indices[:, -1] < n_pool
            results.add(rows, found, is_certain if is_exact else is_found)
    return results.result()


def _walk(
    cells: Partition, queries: Queries[Points], home: np.ndarray, k: int, spare: int,
    reach: Reach, n_threads: int,
) -> tuple[SearchResult, np.ndarray]:  # fmt: skip
    """Search with some candidates to spare; return the result and which queries are certain.

    ``home``, ascending, is the cell of each query.
    """
    from smotefast.kernels.cells import search_cells as search_in_kernel

    n_pool, n_features = cells.points.values.shape
    width = n_features + CODE_COST * cells.points.codes.shape[1]
    n_cells = len(cells.assigned.sizes)
    share = 1.0 if reach.share == np.inf else min(1.0, reach.n_near / n_cells)
    scores = np.empty((len(home), k + spare), dtype=np.float32)
    candidates = np.empty((len(home), k + spare), dtype=np.int64)
    is_complete = np.empty(len(home), dtype=bool)
    tasks = tasks_of(home)
    n_passed = np.zeros(len(tasks), dtype=np.int64)
    missing = np.empty((len(tasks), 0), dtype=np.int64)  # none: all cells are loaded
    work = TASK_QUERIES * share * n_pool * width
    per_call = WORK_PER_THREAD * n_threads
    for block in work_blocks(len(tasks), work, per_call, FEWEST_TASKS * n_threads):
        search_in_kernel(
            cells.packed, queries.points, queries.rows, queries.excluded, tasks[block],
            *reach, scores, candidates, is_complete, n_passed[block], missing[block],
            n_threads=n_threads,
        )  # fmt: skip
        advance(int(np.diff(tasks[block, 1:]).sum()))
    result = rank_candidates(cells.points, queries, candidates, k, n_threads=n_threads)
    kth = result.squared()[:, -1]
    return result, is_complete & are_certain(kth, scores[:, 0], cells.packed.scale, n_features)


def are_certain(
    squared: np.ndarray, worst: np.ndarray, scale: float, n_features: int
) -> np.ndarray:
    """Whether squared distances are below those of all rows left out; ``worst`` are scores."""
    return are_below(squared, 2 * worst.astype(np.float64) - _TINY, scale, n_features)


def tasks_of(home: np.ndarray) -> np.ndarray:
    """Return the cell, first query and end of each task, for queries sorted by cell."""
    first = np.flatnonzero(np.diff(home, prepend=-1))
    counts = np.diff(first, append=len(home))
    n_tasks = -(-counts // TASK_QUERIES)
    item = np.repeat(np.arange(len(first)), n_tasks)
    number = np.arange(len(item)) - np.repeat(np.cumsum(n_tasks) - n_tasks, n_tasks)
    bounds = [first[item] + counts[item] * (number + i) // n_tasks[item] for i in (0, 1)]
    return np.column_stack([home[first[item]], *bounds])
