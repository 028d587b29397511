"""Rows of a pool packed by k-means cell, and queries as seen from the centers of cells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange
from smotefast.kernels.points import Points
from smotefast.kernels.tile_kernel import GROUP

# Largest int16 value, but for rounding; reach of a cell of rows that are nearly equal.
_LARGEST, _LEAST_REACH = np.float32(32767 - 1), np.float32(1e-18)
# Rows of int16 are at most so many times as far from their center as the median of their cell.
_FARTHEST = 64.0


class Cells(NamedTuple):
    """Rows of a pool, packed by the cell of their nearest center; all or some are loaded.

    Attributes
    ----------
    centers
        Shape (n_cells, n_features + n_levels), float64.
    level_columns, level_codes, level_values
        Columns of the centers after the numbers, one for each of some categories: its column,
        its code there, and the value in rows of it; shape (n_levels,).
    order
        Rows of the pool, those of a cell together and ascending, int64.
    starts
        Entry of ``order`` where each cell begins; shape (n_cells,) or more, int64.
    panel_starts, panel_ends
        First panel of each cell, -1 if it is not loaded, and the end; shape (n_cells,) or more.
    values, halves, codes
        Differences of the numbers from the centers, and categories, as ``Panels``: float32, or
        int16 for a search that need not be exact. Of int16, two features are side by side:
        shape (n_panels, n_features / 2 rounded up, 2 * lanes).
    units
        What int16 values of each cell are multiples of; 1 for float32. Shape (n_cells,).
    half_weight
        Half of what each category that differs adds, scaled.
    scale
        A power of two that differences were multiplied with.
    slack
        Bound of the rounding error of a score, as a share of the squared norms.
    """

    centers: np.ndarray
    level_columns: np.ndarray
    level_codes: np.ndarray
    level_values: np.ndarray
    order: np.ndarray
    starts: np.ndarray
    panel_starts: np.ndarray
    panel_ends: np.ndarray
    values: np.ndarray
    halves: np.ndarray
    codes: np.ndarray
    units: np.ndarray
    half_weight: float
    scale: float
    slack: float


@inner
def _unit_of(reach):  # type: ignore[no-untyped-def]
    """Return what int16 values are multiples of, for rows of norms up to ``reach``.

    The squared norms of rows of such values, and their products, are below 2^31.
    """
    return max(np.float32(reach), _LEAST_REACH) / _LARGEST


@parallel_kernel
def pack_cells(
    pool: Points,
    centers: np.ndarray,
    order: np.ndarray,
    starts: np.ndarray,
    panel_starts: np.ndarray,
    scale: float,
    slack: float,
    values: np.ndarray,
    halves: np.ndarray,
    codes: np.ndarray,
    units: np.ndarray,
) -> None:
    """Pack the rows of every cell as scaled differences from its center.

    Parameters
    ----------
    pool : n_pool rows
    centers, order, scale, slack : as in ``Cells``
    starts, panel_starts : arrays of shape (n_cells + 1,), int64
        Entry of ``order``, and panel, where each cell begins, and the end.
    values, halves, codes, units : as in ``Cells``; written
    """
    n_features, n_codes = pool.values.shape[1], codes.shape[1]
    lanes = halves.shape[1]
    per_word = values.shape[2] // lanes
    lowered = slack * n_codes * pool.weight * scale * scale
    for cell in prange(starts.shape[0] - 1):
        rows = order[starts[cell] : starts[cell + 1]]
        norms, reach, unit = np.empty(rows.shape[0]), 0.0, np.float32(1.0)
        if per_word > 1:
            reach = _write_norms(pool.values, rows, centers[cell], scale, norms)
            unit = _unit_of(reach)
        units[cell] = unit
        for i in range((panel_starts[cell + 1] - panel_starts[cell]) * lanes):
            panel, lane = panel_starts[cell] + i // lanes, i % lanes
            at = lane * per_word
            if i >= rows.shape[0]:
                values[panel, :, at : at + per_word] = 0
                codes[panel, :, lane] = -1
                halves[panel, lane] = np.inf
                continue
            values[panel, -1, at : at + per_word] = 0  # an odd feature is alone in its word
            row = rows[i]
            norm = 0.0
            for j in range(n_features):
                value = (np.float64(pool.values[row, j]) - centers[cell, j]) * scale
                if per_word > 1:
                    value = np.rint(value / max(1.0, norms[i] / reach) / unit)
                word, part = j >> (per_word - 1), j & (per_word - 1)
                values[panel, word, at + part] = value
                packed = np.float64(values[panel, word, at + part]) * unit
                norm += packed * packed
            for j in range(n_codes):
                codes[panel, j, lane] = pool.codes[row, j]
            halves[panel, lane] = norm * (0.5 - slack) - lowered


@inner
def _write_norms(values, rows, center, scale, norms):  # type: ignore[no-untyped-def]
    """Write the scaled distances of rows from a center; return how far rows of int16 reach.

    Farther ones are moved to there: they must not take the others' precision.
    """
    for i in range(rows.shape[0]):
        squared = 0.0
        for j in range(values.shape[1]):
            value = (np.float64(values[rows[i], j]) - center[j]) * scale
            squared += value * value
        norms[i] = np.sqrt(squared)
    farthest, median = np.max(norms), np.median(norms)
    farthest = min(farthest, _FARTHEST * median) if median > 0 else farthest
    return max(farthest, np.float64(_LEAST_REACH))


@inner
def write_residuals(cells, home, points, query_rows, residuals, norms):  # type: ignore[no-untyped-def]
    """Write the scaled differences of queries from a center, and their norms."""
    n_features, center = points.values.shape[1], cells.centers[home]
    for i in range(query_rows.shape[0]):
        row = query_rows[i]
        norm = np.float32(0.0)
        for j in range(center.shape[0]):
            value = 0.0
            if j < n_features:
                value = np.float64(points.values[row, j])
            else:
                level = j - n_features
                if points.codes[row, cells.level_columns[level]] == cells.level_codes[level]:
                    value = cells.level_values[level]
            residuals[i, j] = np.float32((value - center[j]) * cells.scale)
            norm += residuals[i, j] * residuals[i, j]
        norms[i] = np.sqrt(norm)


@inner
def pack_members(residuals, members, n_members, shift, packed, halves):  # type: ignore[no-untyped-def]
    """Pack members, negated, as seen from a shifted center; write half their squared norms.

    Columns of ``residuals`` beyond those of ``shift`` are not packed.
    """
    n_features = shift.shape[0]
    for t in range((n_members + GROUP - 1) // GROUP * GROUP):
        first = (t // GROUP) * n_features * GROUP + t % GROUP
        if t >= n_members:
            for j in range(n_features):
                packed[first + j * GROUP] = 0
            continue
        i = members[t]
        norm = np.float32(0.0)
        for j in range(n_features):
            value = shift[j] - residuals[i, j]
            packed[first + j * GROUP] = value
            norm += value * value
        halves[t] = np.float32(0.5) * norm


@inner
def pack_rounded_members(  # type: ignore[no-untyped-def]
    residuals, norms, distance, members, n_members, shift, cell_unit, packed, halves, units
):  # fmt: skip
    """Pack members as ``pack_members`` does, as int16 multiples of a unit of each member.

    ``distance`` is that of the centers; ``units`` are written: what products count as.
    """
    n_features = shift.shape[0]
    row = np.zeros((n_features + 1) // 2 * 2, np.int16)
    pairs, words = row.view(np.int32), packed.view(np.int32)
    n_words = pairs.shape[0]
    for t in range((n_members + GROUP - 1) // GROUP * GROUP):
        first = (t // GROUP) * n_words * GROUP + t % GROUP
        if t >= n_members:
            for j in range(n_words):
                words[first + j * GROUP] = 0
            continue
        i = members[t]
        unit = _unit_of(norms[i] + distance)
        per_unit, norm = np.float32(1.0) / unit, np.int32(0)
        for j in range(n_features):
            value = np.int32(np.rint((shift[j] - residuals[i, j]) * per_unit))
            row[j] = value
            norm += value * value
        halves[t] = np.float32(0.5) * norm * unit * unit
        units[t] = unit * cell_unit
        for j in range(n_words):
            words[first + j * GROUP] = pairs[j]


@inner
def pack_codes(codes, rows, members, n_members, packed):  # type: ignore[no-untyped-def]
    """Pack the categories of members."""
    n_codes = codes.shape[1]
    for t in range(n_members):
        row = rows[members[t]]
        for j in range(n_codes):
            packed[((t // GROUP) * n_codes + j) * GROUP + t % GROUP] = codes[row, j]


@inner
def pack_shifts(centers, home, near, scale, shifts, squares):  # type: ignore[no-untyped-def]
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
def center_distances(centers, center, scale, squares):  # type: ignore[no-untyped-def]
    """Write the scaled squared distances of centers to one."""
    for cell in range(centers.shape[0]):
        squared = 0.0
        for j in range(centers.shape[1]):
            difference = (centers[cell, j] - center[j]) * scale
            squared += difference * difference
        squares[cell] = squared


@inner
def nearest_cells(squares, home, n_near):  # type: ignore[no-untyped-def]
    """Return the ``n_near`` cells of smallest distance, more if some are equal; home first."""
    squares[home] = -1.0
    if n_near < squares.shape[0]:
        limit = np.partition(squares, n_near - 1)[n_near - 1]
        near = np.flatnonzero(squares <= limit)
        return near[np.argsort(squares[near], kind="mergesort")]
    return np.argsort(squares, kind="mergesort")
