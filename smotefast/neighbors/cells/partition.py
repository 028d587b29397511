"""Partition of rows into the cells of k-means centers (Voronoi cells)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smotefast._phases import advance, phase
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.embedding import Levels, embed, frequent_levels
from smotefast.neighbors.exact.tiles import (
    FLOAT32,
    center_and_reach,
    empty_panels,
    nearest_rows,
    reach_of,
    scale_for,
)
from smotefast.neighbors.queries import (
    DensePoints,
    Queries,
    as_points,
    other_queries,
    random_rows,
    work_blocks,
)

if TYPE_CHECKING:
    from smotefast.kernels.cell_packing import Cells

# Rows of a cell on average, in a pool of up to so many rows. In larger pools they grow with the
# root of the number of rows: assigning to more centers would take longer than comparing.
# CPU seconds with 256 and 512 rows, 1,000,000 x 30 clusters, approximate: 21.2, 19.8; 5
# directions in 12 columns, exact: 16.8, 13.6.
_CELL_ROWS, _MANY_ROWS = 256, 250_000
# Rows of the sample per center, and rounds of Lloyd's algorithm on it.
SAMPLE_ROWS, _ROUNDS = 24, 3
_SEED = 20_020_601
# Rows assigned to cells at a time: they are copied with columns for categories, and packed.
ROWS_PER_BLOCK = 1 << 15
# Power of two that the largest deviation is scaled to. float32 holds its square, and that of
# usual deviations 2^-100 times as large, and the product of their int16 units: an outlier does
# not cost the precision of the others.
_EXPONENT = 54
# Larger deviations from the center have no squares, or sums, in float64.
_LARGEST = 1e150


class Assignment(NamedTuple):
    """The cell of each row of a pool: that of its nearest center.

    Attributes
    ----------
    levels
        Categories that the centers have columns of, after the numbers.
    centers
        Shape (n_cells, n_features + n_levels), float64; each has rows.
    sizes
        Number of rows of each cell.
    cell
        Cell of each row, in two bytes if they suffice.
    scale
        A power of two that differences are multiplied with before they are packed.
    slack
        Bound of the rounding error of a score, as a share of the squared norms.
    """

    levels: Levels
    centers: np.ndarray
    sizes: np.ndarray
    cell: np.ndarray
    scale: float
    slack: float

    def nearest(self, points: Points, *, n_threads: int) -> np.ndarray:
        """Return the cell of the nearest center of each of some rows."""
        values = embed(points, self.levels, slice(None))
        centers = self.centers.astype(values.dtype)
        return _nearest_centers(as_points(values), centers, n_threads)


class CellFinder(NamedTuple):
    """Finds the cells of rows of a pool: of each row, the nearest of the centers.

    ``n_threads`` are the threads of ``cells_of``, which finds the cells of consecutive rows,
    block by block.
    """

    points: DensePoints
    levels: Levels
    centers: np.ndarray
    n_threads: int

    def cells_of(
        self, start: int, stop: int, report: Callable[[int], None]
    ) -> Iterator[np.ndarray]:
        """Yield the cells of the rows ``start..stop``, and report numbers of rows."""
        for first in range(start, stop, ROWS_PER_BLOCK):
            block = slice(first, min(first + ROWS_PER_BLOCK, stop))
            rows = as_points(embed(self.points, self.levels, block))
            yield _nearest_centers(rows, self.centers, self.n_threads)
            report(block.stop - first)


# Yields the cells of all rows of a pool, block by block.
FindCells = Callable[[CellFinder], Iterator[np.ndarray]]


def find_cells_here(finder: CellFinder) -> Iterator[np.ndarray]:
    """Yield the cells of all rows, found in this process."""
    return finder.cells_of(0, len(finder.points.values), advance)


class Partition(NamedTuple):
    """Rows of a pool in cells: the pool, the cell of each row, and what the kernels take."""

    points: Points
    assigned: Assignment
    packed: Cells

    def home(self, queries: Queries[Points], *, n_threads: int) -> np.ndarray:
        """Return the cell of each query: its own, or that of the nearest center."""
        if queries.points is self.points:
            cell: np.ndarray = self.assigned.cell[queries.rows]
            return cell
        return self.assigned.nearest(queries.points.subset(queries.rows), n_threads=n_threads)


def partition(
    points: Points,
    query_points: Points,
    *,
    n_threads: int,
    cell_rows: int | None = None,
    dtype: np.dtype[Any] = FLOAT32,
) -> Partition | None:
    """Partition rows by their nearest center; None if values are too large, or not finite.

    Parameters
    ----------
    points
        The pool.
    query_points
        The points that queries are rows of.
    n_threads
        Threads to use; the result does not depend on it.
    cell_rows
        Rows of a cell on average, None for ``rows_per_cell``; the result of an exact search
        does not depend on it.
    dtype
        Of the packed rows: float32, or int16 for approximate searches alone.
    """
    assigned = assign(points, query_points, n_threads=n_threads, cell_rows=cell_rows)
    return None if assigned is None else _packed(points, assigned, dtype, n_threads)


def assign(
    points: DensePoints,
    query_points: DensePoints,
    *,
    n_threads: int,
    cell_rows: int | None = None,
    find_cells: FindCells = find_cells_here,
) -> Assignment | None:
    """Find the cell of each row of a pool, as ``partition`` does."""
    center, reach, _ = center_and_reach(points.values)
    others = 0.0 if query_points is points else reach_of(query_points.values, center)
    if not (reach <= _LARGEST and others <= _LARGEST):
        return None
    n_rows = len(points.values)
    n_cells = max(1, n_rows // (cell_rows or rows_per_cell(n_rows)))
    with phase("partitioning", n_rows, f"{n_rows:,} rows, {n_cells:,} cells"):
        levels = frequent_levels(points)
        centers = k_means(points, levels, n_cells, n_threads=n_threads)
        centers = _near_together(centers, n_threads)
        scale = scale_for(max(reach, others, points.weight**0.5), _EXPONENT)
        return _assigned(CellFinder(points, levels, centers, n_threads), scale, find_cells)


def rows_per_cell(n_rows: int) -> int:
    """Return the rows of a cell on average, for a pool of so many rows."""
    return int(_CELL_ROWS * max(1.0, n_rows / _MANY_ROWS) ** 0.5)


def _assigned(finder: CellFinder, scale: float, find_cells: FindCells) -> Assignment:
    points, levels, centers, _ = finder
    # NumPy sorts numbers of two bytes by radix.
    cell = np.empty(len(points.values), np.uint16 if len(centers) <= 1 << 16 else np.uint32)
    counts = np.zeros(len(centers), dtype=np.int64)
    start = 0
    for found in find_cells(finder):
        cell[start : start + len(found)] = found
        counts += np.bincount(found, minlength=len(centers))
        start += len(found)
    is_filled = counts > 0
    new_number = (np.cumsum(is_filled) - 1).astype(cell.dtype)
    for block in work_blocks(len(cell), 1, ROWS_PER_BLOCK, 1):
        cell[block] = new_number[cell[block]]
    # Rounding of n_sums + 1 sums, of the norms, of the casts and of two differences.
    n_sums = points.values.shape[1] + points.codes.shape[1]
    slack = (2 * n_sums + 40) * float(np.finfo(np.float32).eps) / 2
    filled = centers[is_filled].astype(np.float64)
    return Assignment(levels, filled, counts[is_filled], cell, scale, slack)


def _packed(
    points: Points, assigned: Assignment, dtype: np.dtype[Any], n_threads: int
) -> Partition:
    from smotefast.kernels.cell_packing import Cells, pack_cells
    from smotefast.kernels.tile_kernel import panel_lanes

    levels, centers, sizes, cell, scale, slack = assigned
    order = np.argsort(cell, kind="stable")
    starts, panel_starts = starts_of(sizes), starts_of(-(-sizes // panel_lanes(FLOAT32)))
    panels = empty_panels(points, int(panel_starts[-1]), dtype)
    units = np.empty(len(sizes), FLOAT32)
    layout, half_weight = (order, starts, panel_starts), 0.5 * points.weight * scale * scale
    pack_cells(points, centers, *layout, scale, slack, *panels, units, n_threads=n_threads)
    cells = Cells(
        centers, *levels, *layout, panel_starts[1:], *panels, units, half_weight, scale, slack
    )
    return Partition(points, assigned, cells)


def k_means(points: DensePoints, levels: Levels, n_cells: int, *, n_threads: int) -> np.ndarray:
    """Return centers of rows, found by a few rounds of Lloyd's algorithm on a sample."""
    random_state = np.random.RandomState(_SEED)
    n_rows = len(points.values)
    n_sample = min(n_rows, SAMPLE_ROWS * n_cells)
    drawn = random_rows(random_state, n_rows, n_sample)
    centers = embed(points, levels, drawn[:n_cells])
    sample = as_points(embed(points, levels, np.sort(drawn)))
    for _ in range(_ROUNDS):
        cell = _nearest_centers(sample, centers, n_threads)
        counts = np.bincount(cell, minlength=n_cells)[:, np.newaxis]
        sums = [np.bincount(cell, column, n_cells) for column in sample.values.T]
        means = np.column_stack(sums) / np.maximum(counts, 1)
        centers = np.where(counts > 0, means, centers).astype(centers.dtype)
    return centers


def _near_together(centers: np.ndarray, n_threads: int) -> np.ndarray:
    """Order centers so that near ones follow each other: the cells of tasks stay in the cache.

    1,000,000 x 30 clusters: 19.1 CPU seconds of searching become 17.6.
    """
    points = as_points(centers)
    levels = frequent_levels(points)
    groups = k_means(points, levels, max(1, int(len(centers) ** 0.5)), n_threads=n_threads)
    return centers[np.argsort(_nearest_centers(points, groups, n_threads), kind="stable")]


def _nearest_centers(points: Points, centers: np.ndarray, n_threads: int) -> np.ndarray:
    """Return the nearest center of each row, in blocks that take little memory."""
    nearest = np.empty(len(points.values), dtype=np.int64)
    pool = as_points(centers)
    for block in work_blocks(len(nearest), 1, ROWS_PER_BLOCK, 1):
        part = other_queries(as_points(points.values[block]))
        nearest[block] = nearest_rows(pool, part, n_threads=n_threads)
    return nearest


def starts_of(sizes: np.ndarray) -> np.ndarray:
    """Return where each of some consecutive parts begins, and the end."""
    return np.concatenate([[0], np.cumsum(sizes)])
