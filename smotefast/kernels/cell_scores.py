"""Scores of the rows of a cell: the best ones are kept for the queries of a task.

A score is half a squared distance. Queries are packed in groups, as seen from the center of the
cell; the tile kernel compares a group with a panel of the cell.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.cell_bounds import ROUNDING, TINY
from smotefast.kernels.compile import inner
from smotefast.kernels.heaps import before, sift_down
from smotefast.kernels.tile_kernel import GROUP, first_lane, score_tile


@inner
def _limit_of_score(root, half):  # type: ignore[no-untyped-def]
    """Return the score below which, without the query's half norm, a row may be kept."""
    return root - half + ROUNDING * (abs(root) + half) + TINY


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
def _bound_scores(  # type: ignore[no-untyped-def]
    cells, cell, packed, packed_codes, units, n_groups, n_kept, tile, hits, limits
):  # fmt: skip
    """Bound the scores of the nearest rows of a cell, so that few others are offered.

    More rows than are kept are below the bound: of each lane the best one. Without it, 49 rows
    of its first cell were offered to a query, of which 6 stayed.
    """
    n_words, lanes = cells.values.shape[1], cells.halves.shape[1]
    n_codes = cells.codes.shape[1]
    flat, flat_halves = cells.values.reshape(-1), cells.halves.reshape(-1)
    flat_codes = cells.codes.reshape(-1)
    best, n_below = np.empty(GROUP * lanes, np.float32), np.empty(lanes, np.int32)
    for group in range(n_groups):
        limits[group * GROUP : (group + 1) * GROUP] = np.inf
        best[:] = np.inf
        for panel in range(cells.panel_starts[cell], cells.panel_ends[cell]):
            if score_tile(
                flat, panel * n_words * lanes, flat_halves, panel * lanes, flat_codes,
                panel * n_codes * lanes, packed, packed_codes, group, n_words, n_codes,
                cells.half_weight, units, limits, tile, hits,
            ):  # fmt: skip
                for i in range(best.shape[0]):
                    best[i] = min(best[i], tile[i])
        for member in range(GROUP):
            of_lanes = best[member * lanes : (member + 1) * lanes]
            limits[group * GROUP + member] = _above_smallest(of_lanes, n_kept, n_below)


@inner
def _above_smallest(values, count, n_below):  # type: ignore[no-untyped-def]
    """Return a limit above more than ``count`` values, but for ties; else infinity.

    ``n_below`` has the same shape; it is written.
    """
    n_below[:] = 0
    for i in range(values.shape[0]):
        for j in range(values.shape[0]):
            n_below[j] += np.int32(values[i] < values[j])
    limit = np.float32(np.inf)
    for i in range(values.shape[0]):
        limit = min(limit, values[i] if n_below[i] >= count else np.float32(np.inf))
    return limit + ROUNDING * abs(limit) + TINY


@inner
def look_through(  # type: ignore[no-untyped-def]
    cells, cell, packed, packed_codes, units, halves, members, n_members, highest, limits, tile,
    hits, excluded, scores, indices,
):  # fmt: skip
    """Offer the rows of a cell to the members of a task, packed as seen from its center."""
    n_words, lanes = cells.values.shape[1], cells.halves.shape[1]
    n_codes, n_kept = cells.codes.shape[1], scores.shape[1]
    flat, flat_halves = cells.values.reshape(-1), cells.halves.reshape(-1)
    flat_codes = cells.codes.reshape(-1)
    n_groups = (n_members + GROUP - 1) // GROUP
    highest[: n_groups * GROUP] = np.inf
    if scores[members[0], 0] == np.inf and n_kept < lanes:
        _bound_scores(
            cells, cell, packed, packed_codes, units, n_groups, n_kept, tile, hits, highest
        )
    for t in range(n_groups * GROUP):
        if t < n_members:
            halves[t] *= np.float32(1.0 - 2.0 * cells.slack)
            limits[t] = min(highest[t], _limit_of_score(scores[members[t], 0], halves[t]))
        else:
            limits[t] = -np.inf
    for panel in range(cells.panel_starts[cell], cells.panel_ends[cell]):
        entry = cells.starts[cell] + (panel - cells.panel_starts[cell]) * lanes
        for group in range(n_groups):
            if not score_tile(
                flat, panel * n_words * lanes, flat_halves, panel * lanes, flat_codes,
                panel * n_codes * lanes, packed, packed_codes, group, n_words, n_codes,
                cells.half_weight, units, limits, tile, hits,
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
                limits[t] = min(highest[t], _limit_of_score(scores[i, 0], halves[t]))
