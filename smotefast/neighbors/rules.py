"""When each search method pays: the rules of the planner, with their measurements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smotefast.neighbors.cells.embedding import MOST_LEVELS
from smotefast.neighbors.cells.estimate import SAMPLE_QUERIES, Compared, sample_size
from smotefast.neighbors.cells.nn_descent import graph_width
from smotefast.neighbors.cells.partition import rows_per_cell
from smotefast.neighbors.exact.duplicates import MAX_DISTINCT_SHARE
from smotefast.neighbors.exact.tiles import SPARE, resolvable
from smotefast.neighbors.problem import SearchProblem
from smotefast.neighbors.result import SearchResult
from smotefast.neighbors.value_difference import CANDIDATES

# Work is counted in multiply-adds: queries x rows x columns.
# A category costs as much as this many numbers in tiles.
_CODE_COST = 1.8

# NumPy instead of compiled code.
# Up to this work NumPy is fast enough: scikit-learn does it in 30 ms (5,000 x 20), loading
# kernels takes 500.
LITTLE_WORK = 5e8
# Up to this work waking threads takes longer than NumPy takes for all of it.
_TINY_WORK = 1e6
# Work that a process does in NumPy before it loads kernels that an earlier process compiled:
# 0.1 s. Ranking a pair of rows takes as long as this many multiply-adds.
_NUMPY_BUDGET, _PAIR_WORK = 1e9, 16
# Values of a pool that is copied twice: 64 MB each time.
_NUMPY_VALUES = 1 << 23
# Up to this many pairs (360 rows against themselves) the set-up of scikit-learn's search takes
# longer than estimating every distance.
_FEW_PAIRS = 1 << 17
# Up to this many pairs integer keys are faster than scikit-learn if most order is tied: its
# candidates leave ties open. 1,389 x 32 codes: 8 ms, scikit-learn 38; 5,000 x 16: 73 and 78.
_TIED_PAIRS = 1 << 22

# Compiled exact search.
# Up to this work the float64 scan is as fast as packing, tiles and ranking: 1,000 x 20
# against themselves, 1.5 ms; 150 of 2,000 x 100 take 2.1 ms, and 1.1 ms in tiles.
_SCAN_WORK = 2e7
# The same for one query: packing and ranking cost as much as this work. Milliseconds of scan
# and tiles, 4,000 queries: 200 rows x 20 3.5, 7.5; 400 x 50 10.7, 10.8; 200 x 250 21, 24.
_SCAN_QUERY_WORK = 1.5e4
# With more neighbors the heaps of the tiles do not fit the cache.
MAX_K = 256
# Finding the distinct rows of 494,021 x 38 takes 0.4 s, in which tiles search for 4,000 rows.
_DISTINCT_QUERIES = 8192
# Up to this many unresolved queries a scan is faster than packing float64 tiles.
_FEW_UNRESOLVED = 64

# Approximate search.
# Up to this work "auto" is exact. Tiles do about 2e11 a second on 2 cores with AVX-512 and 5e10
# without, so this is 0.25 to 1 s. An approximate search of 100,000 x 30 takes 0.6 s.
_EXACT_WORK = 5e10
# NN-descent goes by the neighbors of neighbors, which only queries have.
_MOST_QUERIES = 0.5
# Smaller pools are searched exactly, also if the caller wants an approximate search.
_FEWEST_ROWS, _ROWS_PER_NEIGHBOR = 4096, 8
# So many queries are searched for exactly to measure the recall: fewer need nothing else.
_FEWEST_QUERIES = 800
# With "auto" an exact search may take this much longer than an approximate one.
_EXACT_RATIO = 2.3
# Up to this many queries "auto" searches among the rows of all classes exactly, as file jobs
# do.
_CROSS_CLASS_QUERIES = 40_000

# Search in cells, in multiply-adds of tiles (9e10 a second on 2 cores with AVX-512).
# What a pair of rows costs in tiles besides its columns: 50,000 x 2 against themselves, 0.19 s.
_PAIR_COST = 4
# Up to this work (0.1 s) tiles take less than measuring the data and partitioning them.
_CELLS_WORK = 1e10
# Measuring the data may take this share of what tiles take.
_PROBE_SHARE = 0.08
# Partitioning: per row, and per row, cell and column.
_ROW_WORK, _CENTER_WORK = 6e4, 1.4
# Columns of the centers for each column of categories: an assumption, the data decide.
_LEVELS_PER_CODE = 4
# Walking: per query, and per row compared and column. Seconds of exact walks and rows compared
# with a query, 100,000 rows: x 30 0.41, 1,771; 1.5, 27,084; 3.8, 86,774; x 10 0.11, 446.
_WALK_WORK, _COMPARED_WORK = 1e5, 2.0
# An approximate search compares int16 rows with few queries at a time: a pair costs as much as
# so many columns besides its own. The rows that it needs grow faster with the pool. Seconds of
# approximate walks and rows compared with a query: 60,000 x 20 0.28, 16,000; 100,000 x 10 0.22,
# 4,700; x 30 1.4, 36,000; 160,000 x 20 1.3, 23,600; 300,000 x 30 7.6, 88,000.
_SCATTERED_WORK, _SCATTERED_PAIR, _SCATTERED_GROWTH = 0.6, 24, 0.25

# Value difference metric, counted in lookups: about 2e9 a second on 2 cores.
_EXACT_LOOKUPS = 5e10
# Lookups that NumPy makes in 0.3 s, and while threads wake up.
_NUMPY_LOOKUPS, _TINY_LOOKUPS = 3e7, 3e5
# Class shares of all columns that a search goes by at most. A graph of 10 columns of 200
# classes took 19 s and 800 MB, looking up all distances 1.4 s.
_MOST_SHARES = 256

# Share of rows whose class does not come first within their own cell, measured on
# overlapping clusters. These are searched for among all rows of the class.
_UNCERTIFIED_SHARE = 0.25


def _pairs(problem: SearchProblem) -> float:
    """Return the pairs of a query and a row of the pool."""
    return float(problem.n_queries) * problem.n_pool


def _width(problem: SearchProblem) -> float:
    return problem.n_features + _CODE_COST * problem.n_codes


def _work(problem: SearchProblem) -> float:
    """Return the multiply-adds of computing every distance."""
    return float(problem.n_queries) * problem.n_pool * _width(problem)


def always(problem: SearchProblem) -> bool:
    """No other method is faster for these data."""
    return True


def distinct_pays(problem: SearchProblem) -> bool:
    """Search among distinct rows if at most half of a large pool is distinct."""
    return distinct_may_pay(problem) and problem.probes.distinct_share <= MAX_DISTINCT_SHARE


def distinct_may_pay(problem: SearchProblem) -> bool:
    """Whether the sizes lead to a search among distinct rows, for some data."""
    return (
        problem.in_pool
        and problem.n_queries >= _DISTINCT_QUERIES
        and _pairs(problem) * problem.n_features > LITTLE_WORK
    )


def cells_pay(problem: SearchProblem) -> bool:
    """Search in cells if a bound leaves few rows to compare."""
    if not cells_may_pay(problem):
        return False
    costs = problem.probes.walk_costs
    return costs is not None and exact_cost(problem, costs.exact) < tiles_cost(problem)


def descent_pays(problem: SearchProblem) -> bool:
    """Refine by NN-descent if the caller wants approximate neighbors of most rows."""
    are_most = problem.in_pool and problem.n_queries > _MOST_QUERIES * problem.n_pool
    return wants_approximate(problem) and are_most and graph_width(problem.k) <= MAX_K


def wants_approximate(problem: SearchProblem) -> bool:
    """Whether the caller chose an approximate search, and rows and queries are enough."""
    if problem.search != "approximate" or problem.n_queries < _FEWEST_QUERIES:
        return False
    return problem.n_pool >= max(_FEWEST_ROWS, _ROWS_PER_NEIGHBOR * graph_width(problem.k))


def approximate_cells_pay(problem: SearchProblem) -> bool:
    """Approximate if the caller wants to; with "auto" if exact takes 2.3 times as long."""
    if wants_approximate(problem):
        return True
    if not approximate_cells_may_pay(problem):
        return False
    costs = problem.probes.walk_costs
    if costs is None:
        return False
    exact = min(exact_cost(problem, costs.exact), tiles_cost(problem))
    return _EXACT_RATIO * approximate_cost(problem, costs.approximate) < exact


def approximate_cells_may_pay(problem: SearchProblem) -> bool:
    """Whether the sizes lead to an approximate search in cells, for some data."""
    if wants_approximate(problem):
        return True
    if problem.search != "auto" or _work(problem) <= _EXACT_WORK or not cells_may_pay(problem):
        return False
    return not (problem.cross_class and problem.n_queries <= _CROSS_CLASS_QUERIES)


def exact_cost(problem: SearchProblem, compared: Compared) -> float:
    """Return the work of an exact search in cells, from the rows compared in a sample."""
    return _cells_cost(problem, compared, _COMPARED_WORK * _width(problem), 0.0)


def approximate_cost(problem: SearchProblem, compared: Compared) -> float:
    """Return the work of an approximate search in cells."""
    pair = _SCATTERED_WORK * (_width(problem) + _SCATTERED_PAIR)
    return _cells_cost(problem, compared, pair, _SCATTERED_GROWTH)


def _cells_cost(
    problem: SearchProblem, compared: Compared, pair: float, growth: float
) -> float:
    # The fewer rows a bound leaves, the less their number grows with the pool.
    share = compared.n_rows / compared.n_pool
    n_rows = compared.n_rows * (problem.n_pool / compared.n_pool) ** (share + growth)
    build = _partition_cost(problem.n_pool, problem)
    walking = _WALK_WORK + pair * n_rows
    return float(build + problem.n_queries * walking)


def _partition_cost(n_pool: int, problem: SearchProblem) -> float:
    width = problem.n_features + min(_LEVELS_PER_CODE * problem.n_codes, MOST_LEVELS)
    return n_pool * (_ROW_WORK + _CENTER_WORK * n_pool / rows_per_cell(n_pool) * width)


def tiles_cost(problem: SearchProblem) -> float:
    """Return the work of comparing every query with every row in tiles."""
    return _pairs(problem) * (_width(problem) + _PAIR_COST)


def cells_may_pay(problem: SearchProblem) -> bool:
    """Whether the sizes lead to cells, for some data; measuring these takes time as well."""
    cost = tiles_cost(problem)
    n_sample = sample_size(problem.n_pool)
    probe = _partition_cost(n_sample, problem)
    probe += _COMPARED_WORK * SAMPLE_QUERIES * n_sample * _width(problem)
    return cost > _CELLS_WORK and _PROBE_SHARE * cost > probe


def numpy_pays(problem: SearchProblem) -> bool:
    """Use NumPy for work so little that kernels need not be loaded, or threads woken."""
    n_rows = problem.n_pool + (0 if problem.in_pool else problem.n_queries)
    if n_rows * problem.n_features > _NUMPY_VALUES:
        return False
    work = _work(problem)
    if work <= _TINY_WORK:
        return True
    if problem.kernels_loaded or work > LITTLE_WORK:
        return False
    budget = _NUMPY_BUDGET - problem.numpy_work
    return numpy_work(problem) <= budget or not problem.kernels_compiled()


def numpy_work(problem: SearchProblem) -> float:
    """Return what a search in NumPy takes from the budget of the process."""
    work = _work(problem)
    return work + _PAIR_WORK * _pairs(problem) if work > _TINY_WORK else 0.0


def integer_keys_pay(problem: SearchProblem) -> bool:
    """Use keys of integers for few pairs, or if most queries have equally distant neighbors."""
    if not numpy_pays(problem) or _pairs(problem) > _TIED_PAIRS:
        return False
    return _pairs(problem) <= _FEW_PAIRS or problem.probes.tied_share > 0.5


def scikit_learn_pays(problem: SearchProblem) -> bool:
    """Use scikit-learn's candidates for more than a few pairs."""
    return _pairs(problem) > _FEW_PAIRS and numpy_pays(problem)


def scan_pays(problem: SearchProblem) -> bool:
    """Compute every distance for little work, or for too many neighbors."""
    if _work(problem) <= max(_SCAN_WORK, _SCAN_QUERY_WORK * problem.n_queries):
        return True
    return problem.k > min(MAX_K, problem.n_pool - 1)


def farthest_tiles_pay(problem: SearchProblem) -> bool:
    """Use tiles for more work than NumPy does before kernels are loaded."""
    has_candidates = problem.n_pool >= problem.k + SPARE["float32"]
    return _work(problem) > LITTLE_WORK and has_candidates


def has_two_classes(problem: SearchProblem) -> bool:
    """Turn the value difference metric of two classes into a distance of numbers."""
    return problem.n_classes == 2


def share_cells_pay(problem: SearchProblem) -> bool:
    """Approximate the value difference metric by few class shares."""
    if problem.n_codes * problem.n_classes > _MOST_SHARES:
        return False
    if problem.n_pool < _FEWEST_ROWS or problem.n_queries < _FEWEST_QUERIES:
        return False
    if max(CANDIDATES) * (problem.k + 1) > MAX_K:
        return False
    is_much = _pairs(problem) * problem.n_codes > _EXACT_LOOKUPS
    return problem.search == "approximate" or (problem.search == "auto" and is_much)


def numpy_lookup_pays(problem: SearchProblem) -> bool:
    """Look distances up in NumPy if loading kernels or waking threads takes longer."""
    limit = _TINY_LOOKUPS if problem.kernels_loaded else _NUMPY_LOOKUPS
    n_lookups = problem.n_pool * problem.n_codes + problem.n_shares
    return problem.n_queries * n_lookups <= limit


def same_class_first_pays(problem: SearchProblem, class_sizes: Sequence[int]) -> bool:
    """Whether rows of classes of these sizes are judged faster without their neighbors.

    Not if duplicates or cells make neighbors fast. Seconds of EditedNearestNeighbours with
    neighbors and with the same class first, 55,000 x 20, 50,000 rows judged: t distribution
    0.66, 0.54; one Gaussian 0.68, 0.77. SMOTEENN on the Gaussian, all judged: 2.3, 0.7.
    """
    n_pool, n_features = problem.n_pool, problem.n_features
    judged = problem._replace(n_queries=sum(class_sizes))
    neighbors = _work(judged)
    if problem.is_sparse or problem.search == "approximate" or neighbors <= LITTLE_WORK:
        return False
    work = sum(
        float(n) * (n_pool - n + _UNCERTIFIED_SHARE * n) * n_features for n in class_sizes
    )
    if work > 0.8 * neighbors or (problem.search == "auto" and work > _EXACT_WORK):
        return False
    return not any(pays(judged) for pays in (distinct_pays, approximate_cells_pay, cells_pay))


def all_unresolved(result: SearchResult) -> np.ndarray:
    """Return the queries that a scan searches for: all that are unresolved."""
    return result.unresolved


def many_resolvable(result: SearchResult) -> np.ndarray:
    """Return the queries that float64 tiles search for: none if a scan is faster."""
    rest = resolvable(result)
    return rest if len(rest) > _FEW_UNRESOLVED else rest[:0]
