"""Estimate of the memory that a search allocates, for planning under a memory limit.

Each function counts the arrays that a method holds at its peak. The largest one counts, because
the data decide which method runs.
"""

from __future__ import annotations

from smotefast.neighbors import rules
from smotefast.neighbors.cells.embedding import MOST_LEVELS
from smotefast.neighbors.cells.nn_descent import graph_width
from smotefast.neighbors.cells.search import WALK_SPARE
from smotefast.neighbors.exact.tiles import SPARE
from smotefast.neighbors.problem import SearchProblem

# Blocks of rows in float64, and buffers of the threads.
_BLOCKS = 24 << 20
# Panels of cells are not full: at most 31 of 32 rows are missing in one of 8.
_FILLING = 1.125


def estimated_bytes(
    n_pool: int, n_features: int, k: int, search: str, *, n_codes: int = 0
) -> int:
    """Return the peak of what a search for all rows allocates, its result included.

    Parameters
    ----------
    n_pool, n_features, n_codes : rows, columns of numbers (float32 or 64) and of categories
    k : neighbors per row
    search : "auto", "exact" or "approximate"
    """
    problem = SearchProblem(n_pool, n_pool, n_features, k, n_codes=n_codes, search=search)
    n_columns = n_features + n_codes  # a category takes as much as a float32
    needed = _exact_bytes(n_pool, n_columns, k)
    if rules.descent_pays(problem):
        n_joined = n_features + (MOST_LEVELS if n_codes else 0)
        needed = max(needed, _descent_bytes(n_pool, n_columns, n_joined, k))
    return needed + _BLOCKS


def _exact_bytes(n_pool: int, n_features: int, k: int) -> int:
    result = _result_bytes(n_pool, k)
    float32 = (k + SPARE["float32"]) * 12 + 8  # scores, candidates and norms
    float64 = (k + SPARE["float64"]) * 16 + 8
    tiles = 4 * n_pool * (n_features + 1) + n_pool * float32 + result
    # If float32 leaves all queries unresolved: two results.
    float64_tiles = _packed_bytes(n_pool, n_features) + n_pool * float64 + 2 * result
    return max(tiles, float64_tiles, _cells_bytes(n_pool, n_features, k)) + 4 * n_pool * k


def _cells_bytes(n_pool: int, n_features: int, k: int) -> int:
    panels = _panels_bytes(n_pool, n_features)
    # order, cell, queries by cell, and their rows; scores and candidates; how far the queries
    # of the sample are from the centers of cells
    walk = 8 + 2 + 8 + 16 + (k + WALK_SPARE) * 12 + 1 + 40
    return panels + n_pool * walk + 2 * _result_bytes(n_pool, k)


def _result_bytes(n_pool: int, k: int) -> int:
    return 16 * n_pool * k + n_pool  # distances, indices, whether certain


def _packed_bytes(n_pool: int, n_features: int) -> int:
    return 8 * n_pool * (n_features + 1)


def _panels_bytes(n_pool: int, n_features: int) -> int:
    return int(4 * _FILLING * n_pool * (n_features + 1))


def _descent_bytes(n_pool: int, n_columns: int, n_joined: int, k: int) -> int:
    width, rows = graph_width(k), 4 * n_pool * n_joined
    # The walk's result, its rows in another order, and the graph of these.
    graph = n_pool * width * (16 + 8 + 8 + 4)
    joining = _panels_bytes(n_pool, n_columns) + rows + graph
    # Allocators keep about one result of the attempt before: 100,000 x 12, k=40: 300 MB in all.
    walking = _cells_bytes(n_pool, n_columns, width) + rows + _result_bytes(n_pool, width)
    return max(joining, walking) + 4 * n_pool * k  # the best of the attempts before
