"""Working memory of a search above its input, for planning under a memory limit.

Each function counts the arrays that its search holds at its worst moment; the largest
counts, because nobody knows beforehand which way the data lead.
"""

from __future__ import annotations

from smotefast.neighbors.approximate.settings import settings_for, update_bytes_per_row
from smotefast.neighbors.exact.tiles import SPARE
from smotefast.neighbors.planner import ATTEMPTS, choose_search, exact_may_rescue

# What a search works on in pieces: blocks of rows in float64, tasks of the threads.
_PIECES = 24 << 20
# A k-d tree of n points takes 8 n bytes of positions, and nodes of leaves of 16.
_TREE_NODES = 24


def estimated_bytes(n_pool: int, n_features: int, k: int, search: str) -> int:
    """Return the peak of what a search of all rows allocates, its result included.

    Parameters
    ----------
    n_pool, n_features : shape of the rows, float32 or float64
    k : neighbours per row
    search : "auto", "exact" or "approximate"
    """
    if search == "auto":
        search = choose_search(n_pool, n_pool, n_features, sparse=False)
        rescue = exact_may_rescue(n_pool, n_pool, n_features)
    else:
        rescue = False
    exact = _exact_bytes(n_pool, n_features, k)
    if search == "exact" or settings_for(n_pool, n_features, k) is None:
        return exact + _PIECES
    efforts = range(1 if rescue else ATTEMPTS)
    widest = max(_graph_bytes(n_pool, n_features, k, effort) for effort in efforts)
    # The sample of the recall is searched exactly, among all rows.
    sampled = _packed_bytes(n_pool, n_features) + 12 * n_pool * k
    tree = _tree_bytes(n_pool, n_features, k)
    return max(widest, sampled, tree, exact if rescue else 0) + _PIECES


def _exact_bytes(n_pool: int, n_features: int, k: int) -> int:
    found = _found_bytes(n_pool, k)
    narrow = (k + SPARE["float32"]) * 12 + 8  # scores, candidates and norms
    wide = (k + SPARE["float64"]) * 16 + 8
    coarse = 4 * n_pool * (n_features + 1) + n_pool * narrow + found
    # Where float32 leaves all of them open: two times what was found.
    fine = _packed_bytes(n_pool, n_features) + n_pool * wide + 2 * found
    return max(coarse, fine, _tree_bytes(n_pool, n_features, k)) + 4 * n_pool * k


def _tree_bytes(n_pool: int, n_features: int, k: int) -> int:
    left = 8 * n_pool
    return 8 * n_pool * n_features + n_pool * _TREE_NODES + left + _found_bytes(n_pool, k)


def _found_bytes(n_pool: int, k: int) -> int:
    return 16 * n_pool * k + n_pool  # distances, positions, whether certain


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
    # Few updates pass their filter, so the buffers are seldom touched whole. Measured,
    # 30 columns: 100,000 rows 53 MB, 300,000 rows 153 MB, 1,000,000 rows 488 MB.
    building = 2 * data + graph + candidates + updates // 2 + 4 * n_pool
    ranking = n_pool * (settings.n_neighbors * 13 + 16 * k + 8)
    return max(building, ranking) + 12 * n_pool * k  # the best of the attempts before
