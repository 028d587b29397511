"""When to search exactly and how wide to search approximately: small named functions."""

from __future__ import annotations

from typing import NamedTuple

# Multiply-adds (queries x rows x columns) up to which "auto" searches exactly. Tiles do
# about 2e11 a second on 2 cores with AVX-512 and 5e10 without, so this is 0.25 to 1 s.
# NN-descent takes 0.5 s for 100,000 x 30 once pynndescent is imported (0.5 to 1.5 s).
_EXACT_WORK = 5e10
# Where NN-descent misses its recall, "auto" turns to exact search up to this work: about
# 15 s of tiles, which is what a search several times wider takes as well.
_EXACT_RESCUE = 3e12
RECALL_WANTED = 0.95


class Effort(NamedTuple):
    """How wide an approximate search looks."""

    n_trees: int
    leaf_size: int
    n_kept: int
    n_rounds: int


def choose_search(n_queries: int, n_pool: int, n_features: int, *, sparse: bool) -> str:
    """Return what "auto" stands for: "exact" or "approximate"."""
    if sparse or n_queries * n_pool * n_features <= _EXACT_WORK:
        return "exact"
    return "approximate"


def exact_may_rescue(n_queries: int, n_pool: int, n_features: int) -> bool:
    """Whether "auto" may search exactly after an approximate search found too little."""
    return n_queries * n_pool * n_features <= _EXACT_RESCUE


def first_effort(n_pool: int, k: int) -> Effort:
    """Return the effort that finds 0.97 of 5 neighbours among clustered rows.

    Measured with 30 columns: 100,000 rows want 10 trees and 1,000,000 rows 24 for that.
    Trees are cheap; wide leaves save rounds of descent (see docs/performance.md).
    """
    n_trees = round(10 * (max(n_pool, 20_000) / 100_000) ** 0.38)
    return Effort(n_trees=n_trees, leaf_size=100, n_kept=max(8, k + 3), n_rounds=2)


def wider(effort: Effort) -> Effort:
    """Return about three times the effort, for data whose neighbours are hard to find."""
    return Effort(
        n_trees=effort.n_trees + effort.n_trees // 2,
        leaf_size=effort.leaf_size,
        n_kept=2 * effort.n_kept,
        n_rounds=effort.n_rounds + 2,
    )


def estimated_bytes(n_pool: int, n_features: int, k: int, search: str) -> int:
    """Estimate the working memory of a search above its input, in bytes."""
    if search == "exact":
        # Packed float32 rows, candidates and distances of each query.
        return int(n_pool * (4 * n_features + 4 + (k + 6) * 12 + k * 16))
    effort = first_effort(n_pool, k)
    kept = effort.n_kept
    trees = TREES_AT_ONCE * (4 + 4 + 1 + 1 + 4 * 1.6)  # the builder's arrays and the leaves
    descent = 9 * kept + 16 * min(kept, MAX_CANDIDATES) + 8 * kept + 1
    ranked = 20 * k
    return int(n_pool * (4 * n_features + max(trees + 9 * kept, descent, ranked)) + BUFFERS)


# Trees whose leaves are held at once, the most candidates of a row per round, and the
# bytes that updates on their way to the heaps may take.
TREES_AT_ONCE = 8
MAX_CANDIDATES = 60
BUFFERS = 64 << 20
