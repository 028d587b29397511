"""Run a search as planned: finish what a method leaves unresolved, measure recall."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Generic, NamedTuple

import numpy as np

from smotefast._phases import log_detail, log_step, phase
from smotefast.exceptions import RecallWarning, SearchWarning
from smotefast.neighbors import rules
from smotefast.neighbors.planner import (
    METHODS,
    Method,
    SearchFunction,
    SearchPlan,
    plan_search,
)
from smotefast.neighbors.problem import SearchProblem, describe_search, process
from smotefast.neighbors.queries import P, Queries
from smotefast.neighbors.result import (
    RECALL_WANTED,
    SearchResult,
    SmallerSearch,
    as_indices,
)


class _Arguments(NamedTuple, Generic[P]):
    """What every search method takes."""

    points: P
    queries: Queries[P]
    k: int
    n_threads: int
    with_distances: bool = True

    def subset(self, which: np.ndarray) -> _Arguments[P]:
        """Return the arguments for a subset of the queries."""
        return self._replace(queries=self.queries.subset(which))

    def search_by(
        self, search: SearchFunction, method: Method
    ) -> SearchResult | SmallerSearch | None:
        """Call a search function of a method."""
        options = {"with_distances": self.with_distances} if method.omits_distances else {}
        return search(self.points, self.queries, self.k, n_threads=self.n_threads, **options)


def run_search(
    points: P,
    queries: Queries[P],
    k: int,
    problem: SearchProblem,
    *,
    n_threads: int,
    method: str | None = None,
    with_distances: bool = True,
) -> SearchResult:
    """Search by the first planned method that serves these data.

    ``method`` is tried before the planned ones. Without ``with_distances`` the result need not
    have any, which saves memory.
    """
    with_distances = with_distances or problem.needs_distances
    arguments = _Arguments(points, queries, k, n_threads, with_distances)
    log_step("%s: %s", _searching(problem), _described(problem))
    plan = SearchPlan(method, "The caller chose it.") if method else plan_search(problem)
    result: SearchResult | SmallerSearch | None = None
    while True:
        log_detail("search method: %s. %s (search=%r)", *plan, problem.search)
        method_entry = METHODS[plan.method]
        if method_entry.search is None:
            result = _search_approximately(method_entry, arguments, problem)
        else:
            with phase(_searching(problem), problem.n_queries, None):
                result = arguments.search_by(method_entry.search, method_entry)
        if result is not None:
            break
        log_detail("search method: %s cannot serve these data", plan.method)
        plan = plan_search(problem, after=plan.method)
    if isinstance(result, SmallerSearch):
        return _search_smaller(result, k, problem, n_threads)
    if not (method_entry.needs_kernels or problem.kernels_loaded) and problem.task == "nearest":
        process.numpy_work += rules.numpy_work(problem)
    return _finish(method_entry, result, arguments) if len(result.unresolved) else result


def _searching(problem: SearchProblem) -> str:
    return "searching farthest rows" if problem.task == "farthest" else "searching neighbors"


def _described(problem: SearchProblem) -> str:
    return (
        f"{problem.k} for each of {problem.n_queries:,} rows, among {problem.n_pool:,} rows, "
        f"{problem.n_features + problem.n_codes:,} columns"
    )


def _finish(method: Method, result: SearchResult, arguments: _Arguments[P]) -> SearchResult:
    """Search by other methods for the queries that a method left unresolved."""
    for search, choose_queries in method.finishers:
        which = choose_queries(result)
        if len(which):
            with phase("searching unresolved", len(which)):
                rest = arguments.subset(which).search_by(search, method)
            assert isinstance(rest, SearchResult)
            result = result.merged(which, rest)
    return result


def _search_smaller(
    smaller: SmallerSearch, k: int, problem: SearchProblem, n_threads: int
) -> SearchResult:
    """Search a smaller problem; return its neighbors among the original rows."""
    points, queries = smaller.points, smaller.queries
    inner = describe_search(
        points,
        queries,
        k,
        search=problem.search,
        cross_class=problem.cross_class,
        n_threads=n_threads,
    )
    result = run_search(points, queries, k, inner, n_threads=n_threads, with_distances=False)
    return SearchResult(smaller.expand(result.indices), None, recall=result.recall)


def _search_approximately(
    method: Method, arguments: _Arguments[P], problem: SearchProblem
) -> SearchResult | None:
    """Search ever wider until the recall on a sample suffices; None if the method cannot."""
    reason = method.unavailable() if method.unavailable is not None else None
    if reason is not None:
        warnings.warn(
            f"The search goes without NN-descent: {reason}.", SearchWarning, stacklevel=4
        )
        return None
    best: SearchResult | None = None
    attempts = _attempts(method, arguments, problem)
    for number, result in enumerate(attempts, start=1):
        share = result.recall or 0.0
        log_detail("approximate search, attempt %d: recall %.3f", number, share)
        if best is None or share > (best.recall or 0.0):
            best = SearchResult(as_indices(result.indices, problem.n_pool), None, recall=share)
        if share >= RECALL_WANTED:
            return best
        del result  # as large as the best one, which is kept beside the next attempt
    if best is None:
        return None
    warn_recall(best.recall or 0.0, stacklevel=5)
    return best


def warn_recall(share: float, *, stacklevel: int) -> None:
    """Warn that the best attempt of an approximate search found too few neighbors."""
    message = (
        f"The approximate search found {share:.2f} of the true neighbors of a sample, "
        f"less than {RECALL_WANTED}. The data have no cluster structure that it could use; use "
        "search='exact'."
    )
    warnings.warn(message, RecallWarning, stacklevel=stacklevel)


def _attempts(
    method: Method, arguments: _Arguments[P], problem: SearchProblem
) -> Iterator[SearchResult]:
    """Search approximately, and exactly for queries without enough candidates."""
    points, queries, k, n_threads, _ = arguments
    assert method.attempts is not None
    for result in method.attempts(points, queries, k, n_threads=n_threads):
        which = result.unresolved
        if len(which):
            rest = _search_exactly(arguments.subset(which), problem)
            result = result.merged(which, rest)
        yield result
        del result  # before the next attempt


def _search_exactly(arguments: _Arguments[P], problem: SearchProblem) -> SearchResult:
    """Search for a subset of the queries by exact methods that return distances."""
    points, queries, k, n_threads, _ = arguments
    exact = problem._replace(
        n_queries=len(queries.rows), search="exact", needs_distances=True, kernels_loaded=True
    )
    return run_search(points, queries, k, exact, n_threads=n_threads)
