"""The searches of a job, and the method of each, from sizes and a sample of the rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from smotefast._threads import thread_count
from smotefast.batch.block_plan import Plan
from smotefast.batch.features import Features
from smotefast.batch.memory_needs import (
    distinct_draws,
    neighbor_count,
    neighbor_count_among_all,
)
from smotefast.batch.planned_sample import (
    SAMPLED_CLASSES,
    PoolSample,
    sample_of_class,
    sample_of_pool,
)
from smotefast.batch.request import Request
from smotefast.batch.selection import SecondStep
from smotefast.batch.tasks import CopyRows
from smotefast.neighbors import ExpectedSearch, expected_search
from smotefast.report.job_plan import PlannedSearch

_UNDECIDED = "The data decide on the method; no sample of this class was read."
_STREAMS = "Searches among the rows of all classes are exact in a job."


class Searches(NamedTuple):
    """The searches of a job: descriptions, multiply-adds of tiles in all, and passes.

    Attributes
    ----------
    searches
        Descriptions.
    work
        Multiply-adds of tiles, of all searches; None if one cannot be estimated.
    n_passes
        How often they read the features of all rows.
    """

    searches: list[PlannedSearch]
    work: float | None
    n_passes: int


def planned_searches(
    request: Request,
    features: Features,
    second: SecondStep,
    copies: Sequence[CopyRows],
    plan: Plan,
) -> Searches:
    """Return the searches of a job, in their order; ``copies`` are the tasks with all rows.

    ``plan`` tells how many rows are searched at a time.

    Raises
    ------
    ValueError
        If a sample of the rows has missing or infinite values.
    """
    searches: list[PlannedSearch] = []
    works: list[float | None] = []
    for search, work in (
        *_among_all(request, features, copies, plan),
        *_within_classes(request, features, copies),
        *_for_links(request, features, second, copies, plan),
    ):
        searches.append(search)
        works.append(work)
    n_passes = _passes_among_all(request, features) + _passes_for_links(features, second)
    known = [work for work in works if work is not None]
    return Searches(searches, sum(known) if len(known) == len(works) else None, n_passes)


def _within_classes(
    request: Request, features: Features, copies: Sequence[CopyRows]
) -> Iterator[tuple[PlannedSearch, float | None]]:
    """Yield the searches of each class among its own rows."""
    sampler = request.over_sampler
    k = neighbor_count(sampler)
    if not k or not request.n_to_generate:
        return
    name = request.needs.neighbors_parameter
    by_estimator = name is not None and hasattr(getattr(sampler, name), "kneighbors")
    sizes = request.class_sizes
    sampled = sorted(sizes, key=lambda label: -sizes[label])[:SAMPLED_CLASSES]
    width = features.n_numbers + features.n_codes
    for label, n_rows in sizes.items():
        n_queries = distinct_draws(n_rows, request.n_to_generate[label])
        if by_estimator:
            reason = "The caller's estimator searches."
            shape = (label, n_queries, n_rows, width, k)
            yield PlannedSearch(*shape, "estimator", "estimator", reason), None
            continue
        sample = sample_of_class(request, features, label, copies) if label in sampled else None
        found = expected_search(
            n_queries,
            n_rows,
            features.n_numbers or features.n_codes,
            min(k, max(1, n_rows - 1)),
            search=sampler.search,
            n_codes=features.n_codes if features.n_numbers else 0,
            sample=sample,
            n_threads=thread_count(sampler.n_jobs),
        )
        yield _described(label, n_queries, n_rows, width, k, found), found.work


def _described(
    label: Any, n_queries: int, n_rows: int, width: int, k: int, found: ExpectedSearch
) -> PlannedSearch:
    how = "approximate" if found.is_approximate else "exact"
    if found.is_approximate is None:
        how = "undecided"
    reason = found.reason if found.is_decided else _UNDECIDED
    return PlannedSearch(label, n_queries, n_rows, width, k, how, found.method, reason)


def _among_all(
    request: Request, features: Features, copies: Sequence[CopyRows], plan: Plan
) -> Iterator[tuple[PlannedSearch, float | None]]:
    """Yield the search for the rows of each class among those of all classes."""
    if not request.needs.searches_all or not request.n_to_generate:
        return
    k = neighbor_count_among_all(request.over_sampler, request.needs)
    sample = sample_of_pool(request, features, copies, {})
    for label, n_queries in request.class_sizes.items():
        shape = n_queries, request.source.n_rows, features.n_numbers, k
        found = _streaming(request, shape, sample, [label], None if features.in_files else plan)
        search = PlannedSearch(label, *shape, "exact", found.method, _STREAMS)
        yield search, found.work * len(request.needs.searches_all)


def _for_links(
    request: Request,
    features: Features,
    second: SecondStep,
    copies: Sequence[CopyRows],
    plan: Plan,
) -> Iterator[tuple[PlannedSearch, float | None]]:
    """Yield the search for Tomek links."""
    searched = second.classes_to_search()
    if not searched:
        return
    counts, generated = request.classes.counts, request.n_to_generate
    n_queries = sum(counts[label] + generated.get(label, 0) for label in searched)
    shape = n_queries, request.source.n_rows + sum(generated.values()), features.n_numbers, 1
    sample = sample_of_pool(request, features, copies, generated)
    found = _streaming(request, shape, sample, searched, None if features.in_files else plan)
    yield PlannedSearch(None, *shape, "exact", found.method, _STREAMS), found.work


def _streaming(
    request: Request,
    shape: tuple[int, int, int, int],
    sample: PoolSample | None,
    searched: Collection[Any],
    plan: Plan | None,
) -> ExpectedSearch:
    """Return a search among rows that stream by: one for each block of rows and of queries.

    ``shape`` are its queries, rows, columns and neighbors; ``searched`` the classes of the
    queries. Without a plan, it is one search, in a file.
    """
    n_queries, n_rows, n_features, k = shape
    n_blocks = 1 if plan is None else -(-n_rows // plan.pool_rows)
    n_times = 1 if plan is None else -(-n_queries // plan.query_rows)
    numbers = [i for i, label in enumerate(request.classes.counts) if label in searched]
    found = expected_search(
        -(-n_queries // n_times),
        -(-n_rows // n_blocks),
        n_features,
        k,
        sample=None if sample is None else sample.rows,
        is_query=None if sample is None else np.isin(sample.labels, numbers),
        n_threads=thread_count(None),
    )
    return found._replace(work=found.work * n_blocks * n_times)


def _passes_among_all(request: Request, features: Features) -> int:
    """Return how often the searches of an over-sampler read all rows of the source."""
    if request.needs.reads != "neighbors":
        return 0
    if features.in_files:
        return 1
    n_searches = len(request.needs.searches_all)
    return n_searches + (n_searches > 1) * len(request.class_sizes)


def open_searches(
    request: Request, features: Features, searches: Sequence[PlannedSearch]
) -> list[str]:
    """Say which searches in files may turn out to need the rows in memory."""
    if getattr(request.over_sampler, "search", "exact") == "exact":
        return []
    return [
        f"In a sample, at most half of the rows of class {each.label!r} are distinct. If that "
        "holds for all of them, its search may need them in memory, and the job ends after it "
        "has read them; search='exact' does not."
        for each in searches
        if each.label in features.in_files
        and each.method == "distinct"
        and each.reason != _STREAMS
    ]


def _passes_for_links(features: Features, second: SecondStep) -> int:
    """Return how often the searches for Tomek links read all rows of the source."""
    if not second.classes_to_search():
        return 0
    return 1 if features.in_files else 2
