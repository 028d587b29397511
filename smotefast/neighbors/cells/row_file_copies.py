"""Large cells of duplicates: only the first copies of a row can be among the nearest rows.

Of equal rows, those of lower number are nearer, so k neighbors and a few candidates contain no
later ones. Equal rows are in one cell, which may be larger than memory without this.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.cells.row_file_cells import FileCells
from smotefast.neighbors.queries import joined_points
from smotefast.neighbors.row_hashes import hash_rows

# A cell is large from so many rows on, and from so many times the average.
_LARGE, _TIMES_AVERAGE = 1 << 12, 4
# Rows that are read at a time, and that are kept at most.
_ROWS_AT_ONCE, _MOST_KEPT = 1 << 14, 1 << 16
# Copies are written if they are at most this share of a cell.
_SHARE = 0.75


def limit_copies(cells: FileCells, n_copies: int) -> None:
    """Replace the pool rows of large cells by the first copies of each distinct row.

    They are written after the last cell.
    """
    sizes = cells.pool_sizes
    limit = max(_LARGE, _TIMES_AVERAGE * float(sizes.mean()))
    for cell in np.flatnonzero(sizes > limit):
        kept = _first_copies(cells, int(cell), n_copies)
        if kept is not None and len(kept[1]) <= _SHARE * sizes[cell]:
            cells.pool_starts[cell] = cells.points.values.append(kept[0].values)
            cells.points.codes.append(kept[0].codes)
            cells.numbers.append(kept[1])
            sizes[cell] = len(kept[1])


def _first_copies(
    cells: FileCells, cell: int, n_copies: int
) -> tuple[Points, np.ndarray] | None:
    """Return the first copies of each row of a cell and their numbers; None if too many."""
    start = int(cells.pool_starts[cell])
    stop = start + int(cells.pool_sizes[cell])
    points, numbers = cells.read_span(start, start)
    for begin in range(start, stop, _ROWS_AT_ONCE):
        more = cells.read_span(begin, min(stop, begin + _ROWS_AT_ONCE))
        points, numbers = joined_points([points, more[0]]), np.append(numbers, more[1])
        is_first = _are_first(points, n_copies)
        if is_first is None or np.count_nonzero(is_first) > _MOST_KEPT:
            return None
        which = np.flatnonzero(is_first)
        points, numbers = points.subset(which), numbers[which]
    return points, numbers


def _are_first(points: Points, n_copies: int) -> np.ndarray | None:
    """Return which rows are among the first copies; None if different rows have one hash."""
    hashes = hash_rows(points.values, points.codes)
    order = np.argsort(hashes, kind="stable")
    is_new = np.append(True, np.diff(hashes[order]) != 0)
    again = np.flatnonzero(~is_new)
    for rows in (points.values, points.codes):
        if not np.array_equal(rows[order[again]], rows[order[again - 1]]):
            return None
    first = np.maximum.accumulate(np.where(is_new, np.arange(len(order)), 0))
    is_first = np.empty(len(order), dtype=bool)
    is_first[order] = np.arange(len(order)) - first < n_copies
    return is_first
