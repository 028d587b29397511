"""Search in k-means cells: a query looks through near cells until a bound excludes the others.

Rows are packed by cell, as differences from the center of their cell: float32 keeps the
precision of small cells wherever they lie. The hyperplane between the centers of two cells
separates their rows, because each row is in the cell of its nearest center: a row of another
cell is at least as far from a query as that plane. A cell whose plane is farther than the
worst row kept is not looked through.

Scores of float32 cells are lower bounds of half the squared distance, lowered by all that
rounding can do to them, as in ``tiles.py``: a row that was not kept is no closer than the worst
score says. Scores of int16 cells are estimates.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.cell_bounds import (
    ROUNDING,
    are_beyond,
    highest_excess,
    may_be_closer,
    rounding_of_excess,
    squared_limit,
)
from smotefast.kernels.cell_packing import (
    Cells,
    center_distances,
    nearest_cells,
    pack_codes,
    pack_members,
    pack_rounded_members,
    pack_shifts,
    write_residuals,
)
from smotefast.kernels.cell_scores import look_through
from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import NO_ROW
from smotefast.kernels.points import Points
from smotefast.kernels.tile_kernel import GROUP, first_lane, score_tile

# Cells passed by a task that has ended.
CLOSED = -1


@inner
def _mark_cells(shifts, squares, packed_home, highest, excesses, marks):  # type: ignore[no-untyped-def]
    """Compute excesses of a block of cells; mark in bits which queries need which cells.

    Returns the cells that some query needs.
    """
    n_features, lanes = shifts.shape[0] // squares.shape[0], squares.shape[0]
    no_codes = np.empty(0, np.int32)
    tile = np.empty(GROUP * lanes, np.float32)
    hits = np.empty(GROUP, np.uint64)
    needed = np.uint64(0)
    for group in range(marks.shape[0] // GROUP):
        first = group * GROUP
        if not score_tile(
            shifts, 0, squares, 0, no_codes, 0, packed_home, no_codes, group, n_features, 0,
            0.0, highest, highest, tile, hits,
        ):  # fmt: skip
            marks[first : first + GROUP] = 0
            continue
        for member in range(GROUP):
            marks[first + member] = hits[member]
            needed |= hits[member]
            if hits[member] != 0:
                for lane in range(lanes):
                    excesses[first + member, lane] = tile[member * lanes + lane]
    return needed


@inner
def _any_is_open(distance, norms, limits, share, n_features):  # type: ignore[no-untyped-def]
    """Whether a cell at least so far may be closer to some query."""
    for i in range(norms.shape[0]):
        if not are_beyond(distance, norms[i], limits[i], share, n_features):
            return True
    return False


@inner
def _mark_block(  # type: ignore[no-untyped-def]
    cells, home, block, norms, limits, share, packed_home, shifts, squares, highest, excesses,
    marks,
):  # fmt: skip
    """Mark which queries need which cells of a block, which is by distance from ``home``.

    Returns whether these or farther cells may be closer, and the cells that some query needs.
    """
    pack_shifts(cells.centers, home, block, cells.scale, shifts, squares)
    n_features = cells.centers.shape[1]
    if not _any_is_open(np.sqrt(squares[0]), norms, limits, share, n_features):
        return False, np.uint64(0)
    farthest = np.sqrt(squares[block.shape[0] - 1]) * (1 + ROUNDING)
    for i in range(norms.shape[0]):
        highest[i] = highest_excess(farthest, norms[i], limits[i], share, n_features)
    return True, _mark_cells(shifts, squares, packed_home, highest, excesses, marks)


@inner
def _find_members(distance, lane, marks, excesses, norms, limits, width, share, members):  # type: ignore[no-untyped-def]
    """Write the queries that a cell of a block may have a closer row for; return how many."""
    n_members = 0
    for i in range(norms.shape[0]):
        if marks[i] >> np.uint64(lane) & np.uint64(1) == 0:
            continue
        rounding = rounding_of_excess(distance, norms[i], limits[i], width)
        if limits[i] == np.inf or may_be_closer(
            excesses[i, lane] - rounding, distance, limits[i], share
        ):
            members[n_members] = i
            n_members += 1
    return n_members


@inner
def _add_missing(  # type: ignore[no-untyped-def]
    cells, block, needed, squares, marks, excesses, norms, limits, width, share, members,
    missing, n_missing,
):  # fmt: skip
    """Add the cells of a block that some query needs and that are not loaded."""
    while needed != 0:
        lane = first_lane(needed)
        needed &= needed - np.uint64(1)
        if cells.panel_starts[block[lane]] < 0 and _find_members(
            np.sqrt(squares[lane]), lane, marks, excesses, norms, limits, width, share, members
        ):
            missing[n_missing] = block[lane]
            n_missing += 1
    return n_missing


@inner
def _walk(  # type: ignore[no-untyped-def]
    cells, home, near, begin, codes, rows, residuals, norms, packed_home, share, excluded,
    scores, indices, missing,
):  # fmt: skip
    """Look through cells in the order given, from ``near[begin]`` on.

    ``near`` is by ascending distance from ``home``, the cell of the queries; ``codes`` and
    ``rows`` are their categories and which rows of these they are. Returns the number of the
    cells passed, ``len(near)`` if further ones may be closer, or ``CLOSED`` if none can. At a
    cell that is not loaded it stops; ``missing`` are then the cells to load, of that block and,
    once every query has candidates, of blocks after it that may be needed.
    """
    size, width = residuals.shape
    n_features, lanes = width - cells.level_columns.shape[0], cells.halves.shape[1]
    per_word = cells.values.shape[2] // lanes
    n_groups = (size + GROUP - 1) // GROUP
    packed = np.zeros(n_groups * cells.values.shape[1] * per_word * GROUP, cells.values.dtype)
    packed_codes = np.zeros(n_groups * cells.codes.shape[1] * GROUP, np.int32)
    halves = np.empty(n_groups * GROUP, np.float32)
    score_limits = np.empty(n_groups * GROUP, np.float32)
    highest_scores = np.empty(n_groups * GROUP, np.float32)
    units = np.ones(n_groups * GROUP, np.float32)
    highest = np.full(n_groups * GROUP, -np.inf, np.float32)
    limits = np.empty(size, np.float32)
    excesses = np.empty((n_groups * GROUP, lanes), np.float32)
    marks = np.empty(n_groups * GROUP, np.uint64)
    members = np.empty(size, np.int64)
    tile = np.empty(GROUP * lanes, np.float32)
    hits = np.empty(GROUP, np.uint64)
    shift = np.empty(n_features, np.float32)
    shifts = np.empty(width * lanes, np.float32)
    squares = np.empty(lanes, np.float32)
    for i in range(size):
        limits[i] = squared_limit(scores[i, 0])
    for first in range(begin // lanes * lanes, near.shape[0], lanes):
        block = near[first : first + lanes]
        is_open, needed = _mark_block(
            cells, home, block, norms, limits, share, packed_home, shifts, squares, highest,
            excesses, marks,
        )  # fmt: skip
        if not is_open:
            return CLOSED
        needed = needed >> np.uint64(max(0, begin - first)) << np.uint64(max(0, begin - first))
        while needed != 0:
            lane = first_lane(needed)
            n_members = _find_members(
                np.sqrt(squares[lane]), lane, marks, excesses, norms, limits, width, share,
                members,
            )  # fmt: skip
            if n_members != 0 and cells.panel_starts[block[lane]] < 0:
                n_missing = _add_missing(
                    cells, block, needed, squares, marks, excesses, norms, limits, width, share,
                    members, missing, 0,
                )  # fmt: skip
                for ahead in range(first + lanes, near.shape[0], lanes):
                    if n_missing + lanes > missing.shape[0] or np.max(limits) == np.inf:
                        break
                    block = near[ahead : ahead + lanes]
                    is_open, needed = _mark_block(
                        cells, home, block, norms, limits, share, packed_home, shifts, squares,
                        highest, excesses, marks,
                    )  # fmt: skip
                    if not is_open:
                        break
                    n_missing = _add_missing(
                        cells, block, needed, squares, marks, excesses, norms, limits, width,
                        share, members, missing, n_missing,
                    )  # fmt: skip
                return first + lane
            needed &= needed - np.uint64(1)
            if n_members == 0:
                continue
            for j in range(n_features):
                shift[j] = np.float32(0.5) * shifts[j * lanes + lane]
            if per_word == 1:
                pack_members(residuals, members, n_members, shift, packed, halves)
            else:
                pack_rounded_members(
                    residuals, norms, np.sqrt(squares[lane]), members, n_members, shift,
                    cells.units[block[lane]], packed, halves, units,
                )  # fmt: skip
            pack_codes(codes, rows, members, n_members, packed_codes)
            look_through(
                cells, block[lane], packed, packed_codes, units, halves, members, n_members,
                highest_scores, score_limits, tile, hits, excluded, scores, indices,
            )  # fmt: skip
            for t in range(n_members):
                limits[members[t]] = squared_limit(scores[members[t], 0])
    return near.shape[0]


@inner
def _write_task(cells, home, points, rows, residuals, norms, packed_home):  # type: ignore[no-untyped-def]
    """Write the queries of a task as seen from the center of their cell."""
    write_residuals(cells, home, points, rows, residuals, norms)
    size, width = residuals.shape
    halves = np.empty((size + GROUP - 1) // GROUP * GROUP, np.float32)
    no_shift = np.zeros(width, np.float32)
    pack_members(residuals, np.arange(size), size, no_shift, packed_home, halves)


@parallel_kernel
def search_cells(
    cells: Cells,
    points: Points,
    query_rows: np.ndarray,
    excluded: np.ndarray,
    tasks: np.ndarray,
    n_near: int,
    excess_share: float,
    scores: np.ndarray,
    indices: np.ndarray,
    is_complete: np.ndarray,
    n_passed: np.ndarray,
    missing: np.ndarray,
) -> None:
    """Keep the candidates of lowest score of every query.

    If not all cells are loaded, a task stops at a cell that it needs and goes on in the next
    call. The result is the same, however often it stops.

    Parameters
    ----------
    cells : the pool
    points : the points that queries are rows of
    query_rows, excluded : arrays of shape (n_queries,), int64
        Row of ``points`` that each query is, and row of the pool that it must not find.
    tasks : array of shape (n_tasks, 3), int64
        For each task a cell near its queries, its first query, and the end of its queries.
    n_near : int
        Cells nearest to that cell that are looked through at first, then all.
    excess_share : float
        Look through cells whose squared distance exceeds that of the query's own by at most
        this share of the worst squared distance kept, center from query; infinite for all
        cells that may have a closer row. If it is finite, ``n_near`` cells at most.
    scores : array of shape (n_queries, n_kept), float32; written
        A max-heap in every row; its root is the worst score kept.
    indices : array of shape (n_queries, n_kept), int64; written
    is_complete : array of shape (n_queries,), bool; written
        Whether no other cell may be closer; if ``excess_share`` is infinite, always.
    n_passed : array of shape (n_tasks,), int64; read and written
        Cells that each task has passed: 0 at first, ``CLOSED`` at its end.
    missing : array of shape (n_tasks, a multiple of the lanes), int64; written
        Cells to load for each task that has not ended, -1 for none.
    """
    width = cells.centers.shape[1]
    share = np.float32(excess_share)
    for task in prange(tasks.shape[0]):
        home, begin, end = tasks[task, 0], tasks[task, 1], tasks[task, 2]
        size = end - begin
        residuals = np.empty((size, width), np.float32)
        norms = np.empty(size, np.float32)
        packed_home = np.empty((size + GROUP - 1) // GROUP * width * GROUP, np.float32)
        task_scores, task_indices = scores[begin:end], indices[begin:end]
        if n_passed[task] == 0:
            task_scores[:] = np.inf
            task_indices[:] = NO_ROW
        missing[task] = -1
        rows = query_rows[begin:end]
        _write_task(cells, home, points, rows, residuals, norms, packed_home)
        squares = np.empty(cells.centers.shape[0], np.float64)
        center_distances(cells.centers, cells.centers[home], cells.scale, squares)
        near = nearest_cells(squares, home, n_near)
        queries = points.codes, rows, residuals, norms, packed_home, share, excluded[begin:end]
        n_seen, n_cells = n_passed[task], squares.shape[0]
        best = task_scores, task_indices, missing[task]
        if n_seen < near.shape[0]:
            n_seen = _walk(cells, home, near, n_seen, *queries, *best)
        if n_seen >= near.shape[0] and n_seen < n_cells and share == np.inf:
            near = nearest_cells(squares, home, n_cells)
            n_seen = _walk(cells, home, near, n_seen, *queries, *best)
        is_complete[begin:end] = n_seen == CLOSED or n_seen == n_cells
        n_passed[task] = CLOSED if n_seen == near.shape[0] else n_seen


@parallel_kernel
def find_cells_to_search(
    cells: Cells,
    points: Points,
    query_rows: np.ndarray,
    tasks: np.ndarray,
    n_passed: np.ndarray,
    scores: np.ndarray,
    is_needed: np.ndarray,
) -> None:
    """Find the cells that may have a closer row for a query of a task that has stopped.

    Parameters
    ----------
    cells, points, query_rows, tasks, n_passed, scores
        As for ``search_cells``, after a call with an infinite ``excess_share``.
    is_needed : array of shape (n_tasks, n_cells), bool; written
        False for cells that the task has passed.
    """
    width, lanes = cells.centers.shape[1], cells.halves.shape[1]
    share = np.float32(np.inf)
    for task in prange(tasks.shape[0]):
        home, begin, end = tasks[task, 0], tasks[task, 1], tasks[task, 2]
        size, n_groups = end - begin, (end - begin + GROUP - 1) // GROUP
        residuals = np.empty((size, width), np.float32)
        norms = np.empty(size, np.float32)
        packed_home = np.empty(n_groups * width * GROUP, np.float32)
        rows = query_rows[begin:end]
        _write_task(cells, home, points, rows, residuals, norms, packed_home)
        squares = np.empty(cells.centers.shape[0], np.float64)
        center_distances(cells.centers, cells.centers[home], cells.scale, squares)
        near = nearest_cells(squares, home, squares.shape[0])
        limits = np.empty(size, np.float32)
        for i in range(size):
            limits[i] = squared_limit(scores[begin + i, 0])
        highest = np.full(n_groups * GROUP, -np.inf, np.float32)
        excesses = np.empty((n_groups * GROUP, lanes), np.float32)
        marks = np.empty(n_groups * GROUP, np.uint64)
        members = np.empty(size, np.int64)
        shifts = np.empty(width * lanes, np.float32)
        block_squares = np.empty(lanes, np.float32)
        is_needed[task] = False
        for first in range(n_passed[task] // lanes * lanes, near.shape[0], lanes):
            block = near[first : first + lanes]
            is_open, needed = _mark_block(
                cells, home, block, norms, limits, share, packed_home, shifts, block_squares,
                highest, excesses, marks,
            )  # fmt: skip
            if not is_open:
                break
            while needed != 0:
                lane = first_lane(needed)
                needed &= needed - np.uint64(1)
                is_needed[task, block[lane]] = first + lane >= n_passed[task] and _find_members(
                    np.sqrt(block_squares[lane]), lane, marks, excesses, norms, limits, width,
                    share, members,
                ) > 0  # fmt: skip


@parallel_kernel
def search_listed_cells(
    cells: Cells,
    points: Points,
    query_rows: np.ndarray,
    excluded: np.ndarray,
    tasks: np.ndarray,
    listed: np.ndarray,
    is_needed: np.ndarray,
    scores: np.ndarray,
    indices: np.ndarray,
) -> None:
    """Offer the rows of cells, which are loaded, to the queries of the tasks.

    Parameters
    ----------
    cells, points, query_rows, excluded, tasks, scores, indices
        As for ``search_cells``.
    listed : array of cells, int64
    is_needed : array of shape (n_tasks, n_cells), bool
        Cells of these that a task has to look through.
    """
    width = cells.centers.shape[1]
    share = np.float32(np.inf)
    for task in prange(tasks.shape[0]):
        home, begin, end = tasks[task, 0], tasks[task, 1], tasks[task, 2]
        to_search = listed[is_needed[task][listed]]
        if to_search.shape[0] == 0:
            continue
        size = end - begin
        residuals = np.empty((size, width), np.float32)
        norms = np.empty(size, np.float32)
        packed_home = np.empty((size + GROUP - 1) // GROUP * width * GROUP, np.float32)
        rows = query_rows[begin:end]
        _write_task(cells, home, points, rows, residuals, norms, packed_home)
        squares = np.empty(to_search.shape[0], np.float64)
        center_distances(cells.centers[to_search], cells.centers[home], cells.scale, squares)
        near = to_search[np.argsort(squares, kind="mergesort")]
        queries = points.codes, rows, residuals, norms, packed_home, share, excluded[begin:end]
        best = scores[begin:end], indices[begin:end], np.empty(0, np.int64)
        _walk(cells, home, near, 0, *queries, *best)
