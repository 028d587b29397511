"""The method that a search will use, and its work, from sizes and a sample of the rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from smotefast.neighbors import rules
from smotefast.neighbors.cells.nn_descent import graph_width
from smotefast.neighbors.planner import METHODS, plan_search
from smotefast.neighbors.problem import DataProbes, KnownProbes, SearchProblem
from smotefast.neighbors.queries import as_points, pool_queries

# Methods of which the data decide whether they are used.
_BY_DATA = ("distinct", "approximate_cells", "cells")
# Scanning takes as long as so many multiply-adds of tiles: 0.3 s for 4e8 and for 1.5e10.
_SCAN_COST = 37.0
# Comparing a row in NN-descent: reading it takes as long as comparing so many numbers.
_READING = 16
# A smaller sample does not tell how many rows a search in cells compares.
_FEWEST_ROWS = 1_000


class ExpectedSearch(NamedTuple):
    """A search that has not been made.

    Attributes
    ----------
    method
        A key of the planner's table of methods; of several that may be used, that of rows in
        which no special method pays.
    reason
        The rule by which it is used.
    work
        About how many multiply-adds of tiles it takes as long as.
    is_decided
        False if the data decide, and were not looked at.
    is_approximate
        Whether the method may miss neighbors; None if the data decide this, too.
    """

    method: str
    reason: str
    work: float
    is_decided: bool
    is_approximate: bool | None


def expected_search(
    n_queries: int,
    n_pool: int,
    n_features: int,
    k: int,
    *,
    search: str = "exact",
    n_codes: int = 0,
    sample: np.ndarray | None = None,
    is_query: np.ndarray | None = None,
    n_threads: int = 1,
) -> ExpectedSearch:
    """Return what a search among dense rows will do, once kernels are loaded.

    Parameters
    ----------
    n_queries, n_pool, n_features, k, n_codes
        Sizes: queries, rows and columns of the pool, neighbors, categories.
    search
        "auto", "exact" or "approximate".
    sample
        Rows of the pool, by which the method is chosen if the data decide.
    is_query
        Which of them are queries; None means all.
    n_threads
        Threads for looking at the sample.
    """
    problem = SearchProblem(
        n_queries, n_pool, n_features, k, n_codes=n_codes, has_codes=n_codes > 0, search=search
    )
    is_open = data_decide(problem)
    if is_open and sample is not None and len(sample) >= max(_FEWEST_ROWS, 8 * (k + 2)):
        points = as_points(sample)
        are_queries = np.ones(len(sample), dtype=bool) if is_query is None else is_query
        queries = pool_queries(points, np.flatnonzero(are_queries))
        probes: DataProbes | KnownProbes = DataProbes(points, queries, k, n_threads)
        problem, is_open = problem._replace(probes=probes), False
    plan = plan_search(problem)
    is_approximate: bool | None = METHODS[plan.method].is_approximate
    if is_open and METHODS["approximate_cells"].may_pay(problem):
        is_approximate = None
    work = _work(problem, plan.method)
    return ExpectedSearch(plan.method, plan.reason, work, not is_open, is_approximate)


def data_decide(problem: SearchProblem) -> bool:
    """Whether the data decide which method runs, and not the sizes alone."""
    return any(METHODS[name].may_pay(problem) for name in _BY_DATA)


def _work(problem: SearchProblem, method: str) -> float:
    """Return the multiply-adds of tiles that a method takes as long as."""
    if not METHODS[method].needs_kernels:
        return 0.0
    tiles = rules.tiles_cost(problem)
    if method == "scan":
        return _SCAN_COST * tiles
    if method == "distinct":
        share = problem.probes.distinct_share
        return tiles * share**2
    costs: Any = problem.probes.walk_costs
    if method not in ("cells", "approximate_cells", "nn_descent") or costs is None:
        return tiles
    if method == "cells":
        return rules.exact_cost(problem, costs.exact)
    work = rules.approximate_cost(problem, costs.approximate)
    if method == "nn_descent":
        width = graph_width(problem.k)
        row = problem.n_features + _READING
        work += problem.n_queries * 2.0 * width * (width + 1) * row
    return work
