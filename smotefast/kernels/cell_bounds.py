"""Bounds that exclude cells: how far a row of another cell is from a query, at least.

The excess of a cell is by how much farther its center is from the query than the center of the
query's own cell, squared. Half of it, divided by the distance of the two centers, is how far
the query is from the hyperplane between them.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.cell_packing import pack_shifts
from smotefast.kernels.compile import inner
from smotefast.kernels.tile_kernel import GROUP, score_tile

# A score is added to and compared in float32: bound of these roundings, as a share.
ROUNDING = np.float32(2.0**-21)
# Squares below the smallest normal number are off by up to that number.
TINY = np.float32(1e-36)
# The excess that others are compared with is that of the eighth nearest center besides the
# query's own, among so many cells that are nearest to its cell.
EXCESS_RANK, EXCESS_CELLS = 8, 32


@inner
def squared_limit(root):  # type: ignore[no-untyped-def]
    """Return the squared distance within which a row may be kept."""
    return np.float32(2.0) * max(root, np.float32(0.0)) + TINY


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
def _may_be_closer(excess, distance, limit, reach):  # type: ignore[no-untyped-def]
    """Whether a cell can have a row within a limit, and its center is near enough.

    Parameters
    ----------
    excess : by how much farther its center is from the query than the query's own, squared
    distance : distance of the two centers
    limit : squared distance
    reach : most excess of cells that are near enough, for a limit of 1; see ``write_reaches``
    """
    return excess <= 0 or excess <= min(np.float32(2.0) * distance, reach) * np.sqrt(limit)


@inner
def _highest_excess(distance, norm, limit, reach, n_features):  # type: ignore[no-untyped-def]
    """Return a bound on the computed excess of cells within a distance that may be closer."""
    if limit == np.inf:
        return np.float32(np.inf)
    excess = min(np.float32(2.0) * distance, reach) * np.sqrt(limit)
    excess += _rounding_of_excess(distance, norm, limit, n_features)
    return excess * (1 + ROUNDING) + TINY


@inner
def _are_beyond(distance, norm, limit, reach, n_features):  # type: ignore[no-untyped-def]
    """Whether no cell at least so far from the query's own may be closer."""
    if limit == np.inf:
        return False
    least = distance * (distance - 2 * norm) * (1 - ROUNDING)
    least -= _rounding_of_excess(distance, norm, limit, n_features)
    return distance > norm and not _may_be_closer(least, distance, limit, reach)


@inner
def write_reaches(cells, home, near, packed_home, excess_share, reaches):  # type: ignore[no-untyped-def]
    """Write the most excess of cells that queries look through, for a limit of 1.

    It is ``excess_share`` times the root of the excess of the eighth nearest center besides the
    query's own, of those in ``near``. Where many centers are nearly as near as the own one, the
    neighbors are in more cells, but not in all that the k-th distance alone would name.
    """
    width, lanes = cells.centers.shape[1], cells.halves.shape[1]
    shifts, squares = np.empty(width * lanes, np.float32), np.empty(lanes, np.float32)
    n_packed = packed_home.shape[0] // width
    highest = np.full(n_packed, np.inf, np.float32)
    marks, excesses = np.empty(n_packed, np.uint64), np.zeros((n_packed, lanes), np.float32)
    nearest = np.full((n_packed, EXCESS_CELLS), np.inf, np.float32)
    n_at_most = np.empty(EXCESS_CELLS, np.int32)
    for first in range(0, near.shape[0], lanes):
        block = near[first : first + lanes]
        pack_shifts(cells.centers, home, block, cells.scale, shifts, squares)
        _mark_cells(shifts, squares, packed_home, highest, excesses, marks)
        nearest[:, first : first + block.shape[0]] = excesses[:, : block.shape[0]]
    rank = min(EXCESS_RANK, near.shape[0] - 1)
    for i in range(reaches.shape[0]):
        excess = _of_rank(nearest[i], rank, n_at_most)
        reaches[i] = np.float32(excess_share) * np.sqrt(max(excess, np.float32(0.0)))


@inner
def _of_rank(values, rank, n_at_most):  # type: ignore[no-untyped-def]
    """Return the value that would be at ``rank`` if values were sorted.

    ``n_at_most`` has the same shape; it is written.
    """
    n_at_most[:] = 0
    for i in range(values.shape[0]):
        for j in range(values.shape[0]):
            n_at_most[j] += np.int32(values[i] <= values[j])
    found = np.float32(np.inf)
    for i in range(values.shape[0]):
        found = min(found, values[i] if n_at_most[i] > rank else np.float32(np.inf))
    return found


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
def _any_is_open(distance, norms, limits, reaches, n_features):  # type: ignore[no-untyped-def]
    """Whether a cell at least so far may be closer to some query."""
    for i in range(norms.shape[0]):
        if not _are_beyond(distance, norms[i], limits[i], reaches[i], n_features):
            return True
    return False


@inner
def mark_block(  # type: ignore[no-untyped-def]
    cells, home, block, norms, limits, reaches, packed_home, shifts, squares, highest, excesses,
    marks,
):  # fmt: skip
    """Mark which queries need which cells of a block, which is by distance from ``home``.

    Returns whether these or farther cells may be closer, and the cells that some query needs.
    """
    pack_shifts(cells.centers, home, block, cells.scale, shifts, squares)
    n_features = cells.centers.shape[1]
    if not _any_is_open(np.sqrt(squares[0]), norms, limits, reaches, n_features):
        return False, np.uint64(0)
    farthest = np.sqrt(squares[block.shape[0] - 1]) * (1 + ROUNDING)
    for i in range(norms.shape[0]):
        highest[i] = _highest_excess(farthest, norms[i], limits[i], reaches[i], n_features)
    return True, _mark_cells(shifts, squares, packed_home, highest, excesses, marks)


@inner
def find_members(distance, lane, marks, excesses, norms, limits, width, reaches, members):  # type: ignore[no-untyped-def]
    """Write the queries that a cell of a block may have a closer row for; return how many."""
    n_members = 0
    for i in range(norms.shape[0]):
        if marks[i] >> np.uint64(lane) & np.uint64(1) == 0:
            continue
        rounding = _rounding_of_excess(distance, norms[i], limits[i], width)
        if limits[i] == np.inf or _may_be_closer(
            excesses[i, lane] - rounding, distance, limits[i], reaches[i]
        ):
            members[n_members] = i
            n_members += 1
    return n_members
