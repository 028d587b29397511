"""Cells of rows in a file: rows sorted by cell, and a buffer of the cells that a walk needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smotefast._phases import advance
from smotefast._row_files import RowFile
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.partition import Assignment, rows_per_cell, starts_of
from smotefast.neighbors.exact.tiles import FLOAT32, empty_panels
from smotefast.neighbors.queries import FilePoints, as_points, joined_points
from smotefast.neighbors.result import index_dtype

if TYPE_CHECKING:
    from smotefast.kernels.cell_packing import Cells

# Cells are read in groups of at most this share of a buffer, or one by one. A buffer holds at
# least two of the largest cell: what one call of ``load`` reads, half of it, stays until the
# next.
_GROUPS, _FEWEST_CELLS = 4, 2
# The largest cell has up to so many times the average rows, or so many rows; in 150,000 rows,
# 1.6 to 3.3 times in 3 columns, 1.6 to 11.7 in 30 (Gaussian, uniform, t with 2 degrees of
# freedom, log-normal, 50 clusters). A panel has at most so many.
_TIMES_AVERAGE, _FEWEST_ROWS, _MOST_LANES = 16, 1 << 12, 64


class FileCells(NamedTuple):
    """Rows of a pool in a file, those of a cell together and in their order.

    Attributes
    ----------
    assigned
        The centers and sizes of the cells; it has no longer the cell of each row.
    starts
        Entry where each cell begins, and the end.
    pool_starts, pool_sizes
        Entries of each cell that can be neighbors: all, or copies after the last cell.
    points, numbers
        Row of the pool of each entry: its values and categories, and its number there.
    entry
        Entry of each row of the pool, in four bytes if they suffice.
    """

    assigned: Assignment
    starts: np.ndarray
    pool_starts: np.ndarray
    pool_sizes: np.ndarray
    points: FilePoints
    numbers: RowFile
    entry: np.ndarray

    def home(self, entries: slice) -> np.ndarray:
        """Return the cell of each of consecutive entries."""
        numbers = np.arange(entries.start, entries.stop)
        return np.searchsorted(self.starts, numbers, side="right") - 1

    def read_rows(self, numbers: np.ndarray) -> Points:
        """Read rows by their number in the pool."""
        return self.points.subset(self.entry[numbers])

    def read_span(self, start: int, stop: int) -> tuple[Points, np.ndarray]:
        """Read the rows of consecutive entries, and their numbers."""
        span = slice(start, stop)
        return self.points.subset(span), self.numbers[span].astype(np.int64)

    def read_cells(self, cells: np.ndarray) -> tuple[Points, np.ndarray]:
        """Read the rows of cells that can be neighbors, and their numbers."""
        starts = self.pool_starts[cells]
        stops = starts + self.pool_sizes[cells]
        is_next = np.append(starts[1:] == stops[:-1], False)
        spans = zip(starts[np.append(True, ~is_next[:-1])], stops[~is_next], strict=True)
        points, numbers = zip(*(self.read_span(*span) for span in spans), strict=True)
        return joined_points(points), np.concatenate(numbers)

    def read_part(
        self, cell: int, first: int, n_rows: int
    ) -> tuple[Points, np.ndarray, np.ndarray]:
        """Read some rows of a cell that can be neighbors, their numbers, and how many."""
        start = int(self.pool_starts[cell]) + first
        stop = start + min(n_rows, int(self.pool_sizes[cell]) - first)
        return *self.read_span(start, stop), np.array([stop - start])


def sort_by_cell(
    points: FilePoints, assigned: Assignment, folder: str, *, n_bytes: int
) -> FileCells:
    """Write the rows of a pool to a file, sorted by cell, in blocks of so many bytes."""
    n_rows = len(points.values)
    starts = starts_of(assigned.sizes)
    rows = FilePoints(
        RowFile.new(folder, points.values.shape, points.values.dtype),
        RowFile.new(folder, points.codes.shape, np.int32),
        points.weight,
    )
    numbers = RowFile.new(folder, (n_rows,), index_dtype(n_rows))
    entry = np.empty(n_rows, np.uint32 if n_rows < 1 << 32 else np.int64)
    free = starts[:-1].copy()  # next entry of each cell
    for block in points.values.blocks(max(1, n_bytes // (2 * points.row_bytes + 64))):
        cell = assigned.cell[block]
        order = np.argsort(cell, kind="stable")
        cells, counts = np.unique(cell, return_counts=True)
        first = free[cells]
        free[cells] += counts
        rows.values.write_runs(first, counts, points.values[block][order])
        rows.codes.write_runs(first, counts, points.codes[block][order])
        numbers.write_runs(first, counts, block.start + order)
        offsets = np.repeat(first - (np.cumsum(counts) - counts), counts)
        entry[block.start + order] = offsets + np.arange(len(order))
        advance(len(order))
    without_cells = assigned._replace(cell=assigned.cell[:0].copy())
    return FileCells(
        without_cells, starts, starts[:-1].copy(), assigned.sizes.copy(), rows, numbers, entry
    )


def least_buffer_bytes(n_rows: int, n_features: int, n_codes: int = 0) -> int:
    """Return the bytes that a buffer may need at least, for a pool of so many rows."""
    largest = max(_FEWEST_ROWS, _TIMES_AVERAGE * rows_per_cell(n_rows))
    row_bytes = _row_bytes(n_features, n_codes, FLOAT32)
    return _FEWEST_CELLS * (min(n_rows, largest) + _MOST_LANES) * row_bytes


def _row_bytes(n_features: int, n_codes: int, dtype: np.dtype[Any]) -> int:
    return (n_features + 1) * dtype.itemsize + 4 * (n_codes + 1) + 8


class CellBuffer:
    """Cells of a file that are in memory, packed for the kernels; the oldest make room.

    Parameters
    ----------
    cells
        The cells.
    n_bytes
        Size of the buffer; up to ``least_buffer_bytes`` if it could not hold two of the largest
        cells.
    dtype
        Of the packed rows, as for ``partition``.

    Attributes
    ----------
    packed
        What the kernels take.
    large
        Cells of which it cannot hold two even then. They are always empty; ``parts`` loads
        them.
    """

    packed: Cells

    def __init__(
        self, cells: FileCells, *, n_bytes: int, dtype: np.dtype[Any] = FLOAT32
    ) -> None:
        from smotefast.kernels.cell_packing import Cells
        from smotefast.kernels.tile_kernel import panel_lanes

        self._cells = cells
        assigned, self._lanes = cells.assigned, panel_lanes(dtype)
        self._n_panels = -(-cells.pool_sizes // self._lanes)
        points = cells.points
        n_features, n_codes = points.values.shape[1], points.codes.shape[1]
        panel_bytes = self._lanes * _row_bytes(n_features, n_codes, dtype)
        total, largest = int(self._n_panels.sum()), int(self._n_panels.max())
        least = least_buffer_bytes(len(cells.entry), n_features, n_codes) // panel_bytes
        least = min(least, _FEWEST_CELLS * largest)
        self._capacity = max(min(n_bytes // panel_bytes, 2 * total), least)
        self.large = np.flatnonzero(self._n_panels > self._capacity // _FEWEST_CELLS)
        self._end = 0  # panel after the cells loaded last
        self._loaded: deque[int] = deque()
        no_rows = as_points(np.empty((0, n_features), FLOAT32), np.empty((0, n_codes)))
        self.packed = Cells(
            assigned.centers, *assigned.levels,
            order=np.empty(self._capacity * self._lanes, dtype=np.int64),
            starts=np.zeros(len(assigned.sizes), dtype=np.int64),
            panel_starts=np.full(len(assigned.sizes), -1),
            panel_ends=np.full(len(assigned.sizes), -1),
            **empty_panels(no_rows, self._capacity, dtype)._asdict(),
            units=np.empty(len(assigned.sizes), dtype=FLOAT32),
            half_weight=0.5 * points.weight * assigned.scale * assigned.scale,
            scale=assigned.scale, slack=assigned.slack,
        )  # fmt: skip
        self._empty(self.large)

    @property
    def n_rows(self) -> int:
        """Return how many rows the buffer can hold."""
        return self._capacity * self._lanes

    def load(self, needed: np.ndarray) -> int:
        """Load the cells that tasks need, task by task, as many as half of the buffer holds.

        ``needed`` has a row of cells for each task, the one that comes next first; numbers
        below 0 are none. Returns how many tasks, at least one, can go on.
        """
        flat = needed.reshape(-1)
        is_missing = (flat >= 0) & (self.packed.panel_starts[flat] < 0)
        cells, first = np.unique(flat[is_missing], return_index=True)
        order = np.argsort(first)
        cells, tasks = cells[order], np.flatnonzero(is_missing)[first[order]] // needed.shape[1]
        fits = np.cumsum(self._n_panels[cells]) <= self._capacity // 2
        for group in self._groups(np.sort(cells[fits])):
            self._load(group)
        return len(needed) if fits.all() else max(1, int(tasks[~fits][0]))

    def loaded_in_turn(self, cells: np.ndarray) -> Iterator[np.ndarray]:
        """Load cells, ascending, a group at a time; yield each group when it is loaded."""
        is_loaded = self.packed.panel_starts[cells] >= 0
        if is_loaded.any():
            yield cells[is_loaded]
        for group in self._groups(cells[~is_loaded]):
            self._load(group)
            yield group

    def parts(self, cell: int) -> Iterator[None]:
        """Load a large cell part by part; after the last one it is empty again."""
        n_rows = self._capacity // _FEWEST_CELLS * self._lanes
        for first in range(0, int(self._cells.pool_sizes[cell]), n_rows):
            self._pack(np.array([cell]), *self._cells.read_part(cell, first, n_rows))
            yield
        self._empty(np.array([cell]))

    def _empty(self, cells: np.ndarray) -> None:
        self.packed.panel_starts[cells] = self.packed.panel_ends[cells] = 0

    def _groups(self, cells: np.ndarray) -> Iterator[np.ndarray]:
        ends = np.cumsum(self._n_panels[cells])
        begin, before = 0, 0
        while begin < len(cells):
            limit = before + self._capacity // _GROUPS
            stop = max(begin + 1, int(np.searchsorted(ends, limit, side="right")))
            yield cells[begin:stop]
            begin, before = stop, int(ends[stop - 1])

    def _load(self, cells: np.ndarray) -> None:
        points, numbers = self._cells.read_cells(cells)
        self._pack(cells, points, numbers, self._cells.pool_sizes[cells])
        self._loaded.extend(cells.tolist())

    def _pack(
        self, cells: np.ndarray, points: Points, numbers: np.ndarray, sizes: np.ndarray
    ) -> None:
        """Pack rows, so many of each cell, after those that were packed last."""
        from smotefast.kernels.cell_packing import pack_cells

        packed, assigned = self.packed, self._cells.assigned
        panel_starts = starts_of(-(-sizes // self._lanes))
        first = self._free_panels(int(panel_starts[-1]))
        panels = slice(first, first + int(panel_starts[-1]))
        starts, units = starts_of(sizes), np.empty(len(cells), dtype=FLOAT32)
        # One thread: the few rows of a group are packed before others have woken.
        pack_cells(
            points, assigned.centers[cells], np.arange(len(numbers)), starts, panel_starts,
            packed.scale, packed.slack, packed.values[panels], packed.halves[panels],
            packed.codes[panels], units, n_threads=1,
        )  # fmt: skip
        packed.units[cells] = units
        packed.panel_starts[cells] = first + panel_starts[:-1]
        packed.panel_ends[cells] = first + panel_starts[1:]
        packed.starts[cells] = packed.panel_starts[cells] * self._lanes
        offsets = np.repeat(packed.starts[cells] - starts[:-1], np.diff(starts))
        packed.order[offsets + np.arange(len(numbers))] = numbers

    def _free_panels(self, n_panels: int) -> int:
        """Remove the oldest cells until so many consecutive panels are free."""
        starts = self.packed.panel_starts
        if self._end + n_panels > self._capacity:
            while self._loaded and starts[self._loaded[0]] >= self._end:
                self._forget_oldest()
            self._end = 0
        first, self._end = self._end, self._end + n_panels
        while self._loaded and first <= starts[self._loaded[0]] < self._end:
            self._forget_oldest()
        return first

    def _forget_oldest(self) -> None:
        self.packed.panel_starts[self._loaded.popleft()] = -1
