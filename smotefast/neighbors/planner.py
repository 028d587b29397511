"""The rules behind ``search="auto"``: small named functions with their measurements."""

from __future__ import annotations

from collections.abc import Sequence

# Multiply-adds (queries x rows x columns) up to which "auto" searches exactly. Tiles do
# about 2e11 a second on 2 cores with AVX-512 and 5e10 without, so this is 0.25 to 1 s.
# The graph takes 0.5 s for 100,000 x 30 once pynndescent is imported (0.5 to 1.5 s).
_EXACT_WORK = 5e10
# The same with categories, each counted as three numbers: the graph on numbers that stand for
# them must be wider. 100,000 x 16 and 4 categories 1.2 s exactly and 1.9 s by the graph,
# 300,000 10.5 and 8.7 s; 100,000 x 8 and 10 categories 1.4 and 6.0 s.
_EXACT_MIXED = 2e12
# Where the graph misses its recall, "auto" turns to exact search up to this work: about a
# minute of tiles. 400,000 x 20 without clusters: 18 s, where wider graphs took 46 s.
_EXACT_RESCUE = 1e13
# Up to so many rows "auto" searches among all rows exactly, as a job in files does.
# BorderlineSMOTE, 100,000 of 300,000 x 30: 5.3 s exactly, 2.9 s with trees.
_GRAPH_QUERIES = 40_000
# Looked-up distances are about 2e9 a second on 2 cores.
_EXACT_LOOKUPS = 5e10
# A category counts as so many numbers; in the tiles it takes as long as 1.8.
CODE_WORK = 3
RECALL_WANTED = 0.95
# Each looks about three times wider than the one before.
ATTEMPTS = 3


def choose_search(
    n_queries: int, n_pool: int, n_features: int, *, sparse: bool, mixed: bool = False
) -> str:
    """Return what "auto" stands for: "exact" or "approximate"."""
    limit = _EXACT_MIXED if mixed else _EXACT_WORK
    if sparse or float(n_queries) * n_pool * n_features <= limit:
        return "exact"
    if n_features <= 3:  # the k-d tree needs no graph: 1,000,000 x 3 in 2 s
        return "exact"
    return "approximate"


def choose_search_in_all(
    n_queries: int, n_pool: int, n_features: int, *, sparse: bool, mixed: bool = False
) -> str:
    """Return what "auto" stands for where some rows are searched for in all.

    A graph has to be built on all rows, however few are searched for. A job that streams
    rows from files has none: its rows are those in memory as long as the search is exact.
    """
    usual = choose_search(n_queries, n_pool, n_features, sparse=sparse, mixed=mixed)
    return usual if n_queries > _GRAPH_QUERIES else "exact"


def choose_value_search(n_queries: int, n_pool: int, n_columns: int) -> str:
    """Return what "auto" stands for where distances are looked up, for several classes."""
    lookups = float(n_queries) * n_pool * n_columns
    return "exact" if lookups <= _EXACT_LOOKUPS else "approximate"


def exact_may_rescue(n_queries: int, n_pool: int, n_features: int) -> bool:
    """Whether "auto" may search exactly after an approximate search found too little."""
    return float(n_queries) * n_pool * n_features <= _EXACT_RESCUE


# Of the rows of a class so many were left, on overlapping clusters, when the cells that they
# lie in had been looked through; these are searched for among all rows of the class.
_LEFT_SHARE = 0.25
# Up to so many multiply-adds the usual search needs no thought, and no kernels: scikit-learn
# does them in 30 ms (5,000 x 20), and loading kernels takes 500.
LITTLE_WORK = 5e8
# Above this many neighbours the heaps of the tiles fall out of the cache.
MOST_BY_TILES = 256


def own_first_pays(
    own: Sequence[int], n_rows: int, n_features: int, *, search: str, sparse: bool
) -> bool:
    """Whether decisions about rows are cheaper than their neighbours are.

    ``own`` are the sizes of the classes with rows to decide about. 55,000 x 20, 50,000 rows,
    the whole of EditedNearestNeighbours, medians of six in turns: neighbours 0.78 s, by
    NN-descent 0.54 s, decisions 0.43 s.
    """
    usual = float(sum(own)) * n_rows * n_features
    if sparse or search == "approximate" or usual <= LITTLE_WORK:
        return False
    work = sum(float(n) * (n_rows - n + _LEFT_SHARE * n) * n_features for n in own)
    return work <= 0.8 * usual and (search == "exact" or work <= _EXACT_WORK)
