"""The rules behind ``search="auto"``: small named functions with their measurements."""

from __future__ import annotations

# Multiply-adds (queries x rows x columns) up to which "auto" searches exactly. Tiles do
# about 2e11 a second on 2 cores with AVX-512 and 5e10 without, so this is 0.25 to 1 s.
# The graph takes 0.5 s for 100,000 x 30 once pynndescent is imported (0.5 to 1.5 s).
_EXACT_WORK = 5e10
# Where the graph misses its recall, "auto" turns to exact search up to this work: about a
# minute of tiles. 400,000 x 20 without clusters: 18 s, where wider graphs took 46 s.
_EXACT_RESCUE = 1e13
RECALL_WANTED = 0.95
# Each looks about three times wider than the one before.
ATTEMPTS = 3


def choose_search(n_queries: int, n_pool: int, n_features: int, *, sparse: bool) -> str:
    """Return what "auto" stands for: "exact" or "approximate"."""
    if sparse or float(n_queries) * n_pool * n_features <= _EXACT_WORK:
        return "exact"
    if n_features <= 3:  # the k-d tree needs no graph: 1,000,000 x 3 in 2 s
        return "exact"
    return "approximate"


def exact_may_rescue(n_queries: int, n_pool: int, n_features: int) -> bool:
    """Whether "auto" may search exactly after an approximate search found too little."""
    return float(n_queries) * n_pool * n_features <= _EXACT_RESCUE
