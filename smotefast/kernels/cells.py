"""Search in k-means cells: a query looks through near cells until a bound excludes the others.

Rows are packed by cell, as differences from the center of their cell: float32 keeps the
precision of small cells wherever they lie. The hyperplane between the centers of two cells
separates their rows, because each row is in the cell of its nearest center: a row of another
cell is at least as far from a query as that plane. A cell whose plane is farther than the
worst row kept is not looked through.

Scores are lower bounds of half the squared distance, lowered by all that rounding can do to
them, as in ``tiles.py``: a row that was not kept is no closer than the worst score says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.heaps import NO_ROW, before, sift_down
from smotefast.kernels.tile_kernel import GROUP, first_lane, score_tile

# A score is added to and compared in float32: bound of these roundings, as a share.
_ROUNDING = np.float32(2.0**-21)
# Squares below the smallest normal number are off by up to that number.
_TINY = np.float32(1e-36)


class Cells(NamedTuple):
    """Rows of a pool, packed by the cell of their nearest center.

    Attributes
    ----------
    centers
        Shape (n_cells, n_features), float64.
    order
        Rows of the pool, cell after cell, ascending in each; shape (n_pool,), int64.
    starts
        Entry of ``order`` where each cell begins, and the end; shape (n_cells + 1,), int64.
    panel_starts
        The same for panels.
    values, halves
        Differences from the centers as ``Panels``, float32.
    scale
        A power of two that differences were multiplied with.
    slack
        Bound of the rounding error of a score, as a share of the squared norms.
    """

    centers: np.ndarray
    order: np.ndarray
    starts: np.ndarray
    panel_starts: np.ndarray
    values: np.ndarray
    halves: np.ndarray
    scale: float
    slack: float


@parallel_kernel
def pack_cells(
    pool: np.ndarray,
    centers: np.ndarray,
    order: np.ndarray,
    starts: np.ndarray,
    panel_starts: np.ndarray,
    scale: float,
    slack: float,
    values: np.ndarray,
    halves: np.ndarray,
) -> None:
    """Pack the rows of every cell as scaled differences from its center.

    Parameters
    ----------
    pool : array of shape (n_pool, n_features), floats
    centers, order, starts, panel_starts, scale, slack : as in ``Cells``
    values, halves : as in ``Cells``; written
    """
    n_features, lanes = values.shape[1], values.shape[2]
    for cell in prange(starts.shape[0] - 1):
        size = starts[cell + 1] - starts[cell]
        for i in range((panel_starts[cell + 1] - panel_starts[cell]) * lanes):
            panel, lane = panel_starts[cell] + i // lanes, i % lanes
            if i >= size:
                values[panel, :, lane] = 0.0
                halves[panel, lane] = np.inf
                continue
            row = order[starts[cell] + i]
            norm = 0.0
            for j in range(n_features):
                value = np.float32((np.float64(pool[row, j]) - centers[cell, j]) * scale)
                values[panel, j, lane] = value
                norm += np.float64(value) * np.float64(value)
            halves[panel, lane] = norm * (0.5 - slack)


@inner
def _residuals(query_values, query_rows, center, scale, residuals, norms):  # type: ignore[no-untyped-def]
    """Write the scaled differences of queries from a center, and their norms."""
    for i in range(query_rows.shape[0]):
        norm = np.float32(0.0)
        for j in range(center.shape[0]):
            value = np.float32((np.float64(query_values[query_rows[i], j]) - center[j]) * scale)
            residuals[i, j] = value
            norm += value * value
        norms[i] = np.sqrt(norm)


@inner
def _pack(residuals, members, n_members, shift, packed, halves):  # type: ignore[no-untyped-def]
    """Pack members, negated, as seen from a shifted center; write half their squared norms."""
    n_features = residuals.shape[1]
    for t in range((n_members + GROUP - 1) // GROUP * GROUP):
        first = (t // GROUP) * n_features * GROUP + t % GROUP
        if t >= n_members:
            for j in range(n_features):
                packed[first + j * GROUP] = np.float32(0.0)
            continue
        i = members[t]
        norm = np.float32(0.0)
        for j in range(n_features):
            value = shift[j] - residuals[i, j]
            packed[first + j * GROUP] = value
            norm += value * value
        halves[t] = np.float32(0.5) * norm


@inner
def _pack_shifts(centers, home, near, scale, shifts, squares):  # type: ignore[no-untyped-def]
    """Pack twice the differences of some cells' centers from one, and their squared norms.

    As queries are packed negated, a tile of these computes by how much a query is farther from
    a center than from its own, squared.
    """
    lanes = squares.shape[0]
    for lane in range(lanes):
        squared = np.float32(0.0)
        for j in range(centers.shape[1]):
            value = np.float32(0.0)
            if lane < near.shape[0]:
                value = np.float32((centers[near[lane], j] - centers[home, j]) * scale)
            shifts[j * lanes + lane] = np.float32(2.0) * value
            squared += value * value
        squares[lane] = squared if lane < near.shape[0] else np.float32(np.inf)


@inner
def _center_distances(centers, home, scale, squares):  # type: ignore[no-untyped-def]
    """Write the scaled squared distances of all centers to one."""
    for cell in range(centers.shape[0]):
        squared = 0.0
        for j in range(centers.shape[1]):
            difference = (centers[cell, j] - centers[home, j]) * scale
            squared += difference * difference
        squares[cell] = squared


@inner
def _nearest_cells(squares, home, n_near):  # type: ignore[no-untyped-def]
    """Return the ``n_near`` cells of smallest distance, more if some are equal; home first."""
    squares[home] = -1.0
    if n_near < squares.shape[0]:
        limit = np.partition(squares, n_near - 1)[n_near - 1]
        near = np.flatnonzero(squares <= limit)
        return near[np.argsort(squares[near], kind="mergesort")]
    return np.argsort(squares, kind="mergesort")


@inner
def _squared_limit(root):  # type: ignore[no-untyped-def]
    """Return the squared distance within which a row may be kept."""
    return np.float32(2.0) * max(root, np.float32(0.0)) + _TINY


@inner
def _rounding_of_excess(distance, norm, limit, n_features):  # type: ignore[no-untyped-def]
    """Return by how much less the excess of a query may be than computed.

    Its sums in float32; and in float64 the distances that rows were assigned to centers by.
    """
    sums = np.float32((2 * n_features + 16) * 2.0**-23)
    assigned = np.float32((n_features + 4) * 2.0**-50)
    reach = norm + distance + np.sqrt(limit)
    return sums * distance * (distance + 2 * norm) + assigned * reach * reach


@inner
def _may_be_closer(excess, distance, limit, excess_share):  # type: ignore[no-untyped-def]
    """Whether a cell can have a row within a limit, and its center is near enough.

    Parameters
    ----------
    excess : by how much farther its center is from the query than the query's own, squared
    distance : distance of the two centers
    limit : squared distance
    excess_share : as for ``search_cells``
    """
    if excess <= 0:
        return True
    is_within = excess <= np.float32(2.0) * distance * np.sqrt(limit)
    return is_within and (excess_share == np.inf or excess <= excess_share * limit)


@inner
def _highest_excess(distance, norm, limit, excess_share, n_features):  # type: ignore[no-untyped-def]
    """Return a bound on the computed excess of cells within a distance that may be closer."""
    if limit == np.inf:
        return np.float32(np.inf)
    excess = np.float32(2.0) * distance * np.sqrt(limit)
    if excess_share != np.inf:
        excess = min(excess, excess_share * limit)
    excess += _rounding_of_excess(distance, norm, limit, n_features)
    return excess * (1 + _ROUNDING) + _TINY


@inner
def _are_beyond(distance, norm, limit, excess_share, n_features):  # type: ignore[no-untyped-def]
    """Whether no cell at least so far from the query's own may be closer."""
    if limit == np.inf:
        return False
    least = distance * (distance - 2 * norm) * (1 - _ROUNDING)
    least -= _rounding_of_excess(distance, norm, limit, n_features)
    return distance > norm and not _may_be_closer(least, distance, limit, excess_share)


@inner
def _limit_of_score(root, half):  # type: ignore[no-untyped-def]
    """Return the score below which, without the query's half norm, a row may be kept."""
    return root - half + _ROUNDING * (abs(root) + half) + _TINY


@inner
def _offer_lanes(mask, tile, at, half, order, first, excluded, scores, indices):  # type: ignore[no-untyped-def]
    """Offer the lanes of a mask, from ``tile[at]`` and ``order[first]`` on, to a heap."""
    while mask != 0:
        lane = first_lane(mask)
        mask &= mask - np.uint64(1)
        score = tile[at + lane] + half
        row = order[first + lane]
        if row != excluded and before(score, row, scores[0], indices[0]):
            sift_down(scores, indices, scores.shape[0], score, row)


@inner
def _look_through(  # type: ignore[no-untyped-def]
    cells, cell, packed, halves, members, n_members, limits, tile, hits, excluded, scores,
    indices,
):  # fmt: skip
    """Offer the rows of a cell to the members of a task, packed as seen from its center."""
    n_features, lanes = cells.values.shape[1], cells.values.shape[2]
    flat, flat_halves = cells.values.reshape(-1), cells.halves.reshape(-1)
    no_codes = np.empty(0, np.int32)
    n_groups = (n_members + GROUP - 1) // GROUP
    for t in range(n_groups * GROUP):
        if t < n_members:
            halves[t] *= np.float32(1.0 - 2.0 * cells.slack)
            limits[t] = _limit_of_score(scores[members[t], 0], halves[t])
        else:
            limits[t] = -np.inf
    for panel in range(cells.panel_starts[cell], cells.panel_starts[cell + 1]):
        entry = cells.starts[cell] + (panel - cells.panel_starts[cell]) * lanes
        for group in range(n_groups):
            if not score_tile(
                flat, panel * n_features * lanes, flat_halves, panel * lanes, no_codes, 0,
                packed, no_codes, group, n_features, 0, 0.0, limits, tile, hits,
            ):  # fmt: skip
                continue
            for member in range(GROUP):
                if hits[member] == 0:
                    continue
                t = group * GROUP + member
                i = members[t]
                _offer_lanes(
                    hits[member], tile, member * lanes, halves[t], cells.order, entry,
                    excluded[i], scores[i], indices[i],
                )  # fmt: skip
                limits[t] = _limit_of_score(scores[i, 0], halves[t])


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
            0.0, highest, tile, hits,
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
        if not _are_beyond(distance, norms[i], limits[i], share, n_features):
            return True
    return False


@inner
def _walk(cells, home, near, residuals, norms, packed_home, share, excluded, scores, indices):  # type: ignore[no-untyped-def]
    """Look through cells in the order given; return whether further ones may be closer.

    ``near`` is by ascending distance from ``home``, the cell of the queries.
    """
    size, n_features = residuals.shape
    lanes = cells.values.shape[2]
    n_groups = (size + GROUP - 1) // GROUP
    packed = np.empty(n_groups * n_features * GROUP, np.float32)
    halves = np.empty(n_groups * GROUP, np.float32)
    score_limits = np.empty(n_groups * GROUP, np.float32)
    highest = np.full(n_groups * GROUP, -np.inf, np.float32)
    limits = np.empty(size, np.float32)
    excesses = np.empty((n_groups * GROUP, lanes), np.float32)
    marks = np.empty(n_groups * GROUP, np.uint64)
    members = np.empty(size, np.int64)
    tile = np.empty(GROUP * lanes, np.float32)
    hits = np.empty(GROUP, np.uint64)
    shift = np.empty(n_features, np.float32)
    shifts = np.empty(n_features * lanes, np.float32)
    squares = np.empty(lanes, np.float32)
    for i in range(size):
        limits[i] = _squared_limit(scores[i, 0])
    for first in range(0, near.shape[0], lanes):
        block = near[first : first + lanes]
        _pack_shifts(cells.centers, home, block, cells.scale, shifts, squares)
        if not _any_is_open(np.sqrt(squares[0]), norms, limits, share, n_features):
            return False
        farthest = np.sqrt(squares[block.shape[0] - 1]) * (1 + _ROUNDING)
        for i in range(size):
            highest[i] = _highest_excess(farthest, norms[i], limits[i], share, n_features)
        needed = _mark_cells(shifts, squares, packed_home, highest, excesses, marks)
        while needed != 0:
            lane = first_lane(needed)
            needed &= needed - np.uint64(1)
            distance = np.sqrt(squares[lane])
            n_members = 0
            for i in range(size):
                if marks[i] >> np.uint64(lane) & np.uint64(1) == 0:
                    continue
                limit = limits[i]
                rounding = _rounding_of_excess(distance, norms[i], limit, n_features)
                if limit == np.inf or _may_be_closer(
                    excesses[i, lane] - rounding, distance, limit, share
                ):
                    members[n_members] = i
                    n_members += 1
            if n_members == 0:
                continue
            for j in range(n_features):
                shift[j] = np.float32(0.5) * shifts[j * lanes + lane]
            _pack(residuals, members, n_members, shift, packed, halves)
            _look_through(
                cells, block[lane], packed, halves, members, n_members, score_limits, tile,
                hits, excluded, scores, indices,
            )  # fmt: skip
            for t in range(n_members):
                limits[members[t]] = _squared_limit(scores[members[t], 0])
    return True


@parallel_kernel
def search_cells(
    cells: Cells,
    query_values: np.ndarray,
    query_rows: np.ndarray,
    excluded: np.ndarray,
    tasks: np.ndarray,
    n_near: int,
    excess_share: float,
    scores: np.ndarray,
    indices: np.ndarray,
    is_complete: np.ndarray,
) -> None:
    """Keep the candidates of lowest score of every query.

    Parameters
    ----------
    cells : the pool
    query_values : array of shape (n_rows, n_features), floats
        The points that queries are rows of.
    query_rows, excluded : arrays of shape (n_queries,), int64
        Row of ``query_values`` that each query is, and row of the pool that it must not find.
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
    """
    n_features = cells.values.shape[1]
    share = np.float32(excess_share)
    for task in prange(tasks.shape[0]):
        home, begin, end = tasks[task, 0], tasks[task, 1], tasks[task, 2]
        size = end - begin
        residuals = np.empty((size, n_features), np.float32)
        norms = np.empty(size, np.float32)
        packed_home = np.empty((size + GROUP - 1) // GROUP * n_features * GROUP, np.float32)
        halves = np.empty((size + GROUP - 1) // GROUP * GROUP, np.float32)
        task_scores, task_indices = scores[begin:end], indices[begin:end]
        task_scores[:] = np.inf
        task_indices[:] = NO_ROW
        _residuals(
            query_values, query_rows[begin:end], cells.centers[home], cells.scale, residuals,
            norms,
        )  # fmt: skip
        no_shift = np.zeros(n_features, np.float32)
        _pack(residuals, np.arange(size), size, no_shift, packed_home, halves)
        squares = np.empty(cells.centers.shape[0], np.float64)
        _center_distances(cells.centers, home, cells.scale, squares)
        near = _nearest_cells(squares, home, n_near)
        queries = residuals, norms, packed_home, share, excluded[begin:end]
        is_open = _walk(cells, home, near, *queries, task_scores, task_indices)
        n_seen = near.shape[0]
        if is_open and n_seen < squares.shape[0] and share == np.inf:
            near = _nearest_cells(squares, home, squares.shape[0])
            _walk(cells, home, near[n_seen:], *queries, task_scores, task_indices)
            n_seen = squares.shape[0]
        is_complete[begin:end] = not is_open or n_seen == squares.shape[0]
