"""Estimate of the memory that a search allocates, for planning under a memory limit.

Each function counts the arrays that a method holds at its peak. The largest one counts, because
the data decide which method runs.
"""

from __future__ import annotations

from smotefast.neighbors import rules
from smotefast.neighbors.approximate.settings import (
    MAX_EFFORT,
    settings_for,
    update_bytes_per_row,
)
from smotefast.neighbors.cells.search import WALK_SPARE
from smotefast.neighbors.exact.tiles import SPARE
from smotefast.neighbors.problem import SearchProblem

# Blocks of rows in float64, and buffers of the threads.
_BLOCKS = 24 << 20
# Panels of cells are not full: at most 31 of 32 rows are missing in one of 8.
_FILLING = 1.125


def estimated_bytes(n_pool: int, n_features: int, k: int, search: str) -> int:
    """Return the peak of what a search for all rows allocates, its result included.

    Parameters
    ----------
    n_pool, n_features : shape of the rows, float32 or float64
    k : neighbors per row
    search : "auto", "exact" or "approximate"
    """
    problem = SearchProblem(n_pool, n_pool, n_features, k, search=search)
    exact = _exact_bytes(n_pool, n_features, k)
    if not rules.allows_graph(problem) or settings_for(n_pool, n_features, k) is None:
        return exact + _BLOCKS
    widest = max(
        _graph_bytes(n_pool, n_features, k, effort) for effort in range(MAX_EFFORT + 1)
    )
    # The recall is measured by an exact search for a sample, among all rows.
    recall = _packed_bytes(n_pool, n_features) + 12 * n_pool * k
    return max(widest, recall, exact if rules.falls_back(problem) else 0) + _BLOCKS


def _exact_bytes(n_pool: int, n_features: int, k: int) -> int:
    result = _result_bytes(n_pool, k)
    float32 = (k + SPARE["float32"]) * 12 + 8  # scores, candidates and norms
    float64 = (k + SPARE["float64"]) * 16 + 8
    tiles = 4 * n_pool * (n_features + 1) + n_pool * float32 + result
    # If float32 leaves all queries unresolved: two results.
    float64_tiles = _packed_bytes(n_pool, n_features) + n_pool * float64 + 2 * result
    return max(tiles, float64_tiles, _cells_bytes(n_pool, n_features, k)) + 4 * n_pool * k


def _cells_bytes(n_pool: int, n_features: int, k: int) -> int:
    panels = int(4 * _FILLING * n_pool * (n_features + 1))
    # order, cell, queries by cell, and their rows; scores and candidates
    walk = 8 + 2 + 8 + 16 + (k + WALK_SPARE) * 12 + 1
    return panels + n_pool * walk + 2 * _result_bytes(n_pool, k)


def _result_bytes(n_pool: int, k: int) -> int:
    return 16 * n_pool * k + n_pool  # distances, indices, whether certain


def _packed_bytes(n_pool: int, n_features: int) -> int:
    return 8 * n_pool * (n_features + 1)


def _graph_bytes(n_pool: int, n_features: int, k: int, effort: int) -> int:
    settings = settings_for(n_pool, n_features, k, effort)
    if settings is None:
        return 0
    data = 4 * n_pool * n_features
    graph = n_pool * settings.n_neighbors * 9
    candidates = n_pool * (settings.max_candidates * 16 + settings.n_neighbors * 8 + 1)
    updates = settings.block * update_bytes_per_row(settings.max_candidates)
    # Few updates pass their filter, so most of the buffers is never touched. Measured with
    # 30 columns: 100,000 rows 53 MB, 300,000 rows 153 MB, 1,000,000 rows 488 MB.
    building = 2 * data + graph + candidates + updates // 2 + 4 * n_pool
    ranking = n_pool * (settings.n_neighbors * 13 + 16 * k + 8)
    return max(building, ranking) + 12 * n_pool * k  # the best of the attempts before
