"""Settings of the approximate search by number of rows, features and neighbors."""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    """Settings that a graph is built with."""

    n_neighbors: int
    n_trees: int
    leaf_size: int
    max_candidates: int
    n_iters: int
    delta: float
    block: int


# recall@5 with 30 float32 columns, clustered / make_classification rows: 100,000 rows, 5
# trees of leaves of 1,024 and 2 rounds 0.992 / 0.960 (4 trees 0.981 / 0.935; 6 trees of 512
# 0.987 / 0.952; 8 of 256 0.990 / 0.953); 1,000,000 rows, 12 trees 0.992 / 0.970, 8 trees
# 0.98 / 0.944. Twice the neighbors and a third round cost more than two more trees.
# Clusters with 30 dimensions of their own, recall@5 and seconds: 100,000 rows 5 trees 0.82 in
# 0.45, 10 trees 0.944 in 0.58, 12 trees 0.962 in 0.63; 1,000,000 rows 10 trees 0.82, 24 trees
# 0.962 in 14.7. More trees beat more neighbors (12 kept, 8 trees: 0.956 in 0.73) and rounds.
_TREES = 12
_LEAF = 1024
# Up to this share of queries only they are compared with the rows of their leaves, and there
# is no NN-descent, which needs all rows' neighbors. 100,000 of 300,000 x 30, k=10: 17 trees and
# 2 rounds 3.3 s, recall 0.967; without descent 24 trees 0.948, 32 trees 0.976.
_FEW_QUERIES = 0.5
_MORE_TREES = 1.65
# Effort of the last attempt.
MAX_EFFORT = 2
# The update buffers of one block of rows take at most about this many bytes.
_UPDATE_BYTES = 32 * 2**20


def settings_for(
    n_pool: int, n_features: int, k: int, effort: int = 0, *, query_share: float = 1.0
) -> Settings | None:
    """Return the settings; None if the exact search is faster than any graph.

    Each ``effort`` above 0 searches about three times wider, for rows so evenly spread that
    trees separate neighbors. ``query_share`` is the share of the rows that are queries.
    """
    n_neighbors = max(8, k + 3) << effort
    if n_pool < max(4096, 8 * n_neighbors) or n_pool > 2**31 - 1:
        return None
    max_candidates = min(n_neighbors, 40)
    n_trees = _TREES * (max(n_pool, 20_000) / 100_000) ** 0.3 * 1.5**effort
    has_few_queries = query_share <= _FEW_QUERIES
    return Settings(
        n_neighbors=n_neighbors,
        n_trees=round(n_trees * (_MORE_TREES if has_few_queries else 1)),
        leaf_size=_LEAF,
        max_candidates=max_candidates,
        n_iters=0 if has_few_queries else 2 + effort,
        delta=0.001,
        block=rows_per_block(max_candidates),
    )


def rows_per_block(max_candidates: int) -> int:
    """Return the rows whose updates fit in the buffers: 12 bytes each, three times."""
    return max(256, _UPDATE_BYTES // update_bytes_per_row(max_candidates))


def update_bytes_per_row(max_candidates: int) -> int:
    """Return the bytes of update buffers that one row of a block may need."""
    pairs = max_candidates * max_candidates + max_candidates * (max_candidates - 1) // 2
    return 36 * pairs
