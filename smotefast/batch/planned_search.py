"""The searches of a job, and the method of each, from sizes and a sample of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from smotefast._threads import thread_count
from smotefast.batch.features import Features
from smotefast.batch.gathering import UnusableValues, split_by_class
from smotefast.batch.memory_needs import neighbor_count, neighbor_count_among_all
from smotefast.batch.request import Request
from smotefast.batch.selection import SecondStep
from smotefast.batch.tasks import CopyRows
from smotefast.neighbors import ExpectedSearch, expected_search
from smotefast.report.job_plan import PlannedSearch
from smotefast.tables.arrow_columns import features_to_matrix

# Rows of the source that are read for the sample of a class, from at most so many tasks.
_SAMPLED_ROWS, _SAMPLED_TASKS = 1 << 17, 8
# Rows of a sample, and classes that are sampled: those with most rows.
_SAMPLE, _SAMPLED_CLASSES = 1 << 14, 4
_UNDECIDED = "The data decide; no sample of this class was read."
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
    request: Request, features: Features, second: SecondStep, copies: Sequence[CopyRows]
) -> Searches:
    """Return the searches of a job, in their order; ``copies`` are the tasks with all rows.

    Raises
    ------
    ValueError
        If a sample of the rows has missing or infinite values.
    """
    searches: list[PlannedSearch] = []
    works: list[float | None] = []
    for search, work in (
        *_among_all(request, features),
        *_within_classes(request, features, copies),
        *_for_links(request, features, second),
    ):
        searches.append(search)
        works.append(work)
    n_passes = _passes_among_all(request) + 2 * bool(second.classes_to_search())
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
    sampled = sorted(sizes, key=lambda label: -sizes[label])[:_SAMPLED_CLASSES]
    width = features.n_numbers + features.n_codes
    for label, n_rows in sizes.items():
        n_queries = _distinct_draws(n_rows, request.n_to_generate[label])
        if by_estimator:
            reason = "The caller's estimator searches."
            shape = (label, n_queries, n_rows, width, k)
            yield PlannedSearch(*shape, "estimator", "estimator", reason), None
            continue
        sample = _sample(request, features, label, copies) if label in sampled else None
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
    reason = found.reason
    if not found.is_decided:
        how, reason = "undecided", _UNDECIDED
    return PlannedSearch(label, n_queries, n_rows, width, k, how, found.method, reason)


def _among_all(
    request: Request, features: Features
) -> Iterator[tuple[PlannedSearch, float | None]]:
    """Yield the search for the rows of each class among those of all classes."""
    if not request.needs.searches_all or not request.n_to_generate:
        return
    k = neighbor_count_among_all(request.over_sampler, request.needs)
    n_rows, n_numbers = request.source.n_rows, features.n_numbers
    for label, n_queries in request.class_sizes.items():
        found = expected_search(n_queries, n_rows, n_numbers, k)
        search = PlannedSearch(
            label, n_queries, n_rows, n_numbers, k, "exact", "tiles", _STREAMS
        )
        yield search, found.work * len(request.needs.searches_all)


def _for_links(
    request: Request, features: Features, second: SecondStep
) -> Iterator[tuple[PlannedSearch, float | None]]:
    """Yield the search for Tomek links."""
    searched = second.classes_to_search()
    if not searched:
        return
    counts, generated = request.classes.counts, request.n_to_generate
    n_queries = sum(counts[label] + generated.get(label, 0) for label in searched)
    n_rows = request.source.n_rows + sum(generated.values())
    found = expected_search(n_queries, n_rows, features.n_numbers, 1)
    search = PlannedSearch(
        None, n_queries, n_rows, features.n_numbers, 1, "exact", "tiles", _STREAMS
    )
    yield search, found.work


def _passes_among_all(request: Request) -> int:
    """Return how often the searches of an over-sampler read all rows."""
    if request.needs.reads != "neighbors":
        return 0
    n_searches = len(request.needs.searches_all)
    return n_searches + (n_searches > 1) * len(request.class_sizes)


def _distinct_draws(n_rows: int, n_draws: int) -> int:
    """Return how many rows are expected to be a base row, if so many are drawn."""
    if n_rows < 2:
        return n_rows
    return max(1, round(-n_rows * float(np.expm1(n_draws * np.log1p(-1 / n_rows)))))


def _sample(
    request: Request, features: Features, label: Any, copies: Sequence[CopyRows]
) -> np.ndarray | None:
    """Return rows of a class; None if there are categories, or no files to read.

    Raises
    ------
    ValueError
        If they have missing or infinite values.
    """
    dtype, names = features.dtype, features.names
    if features.n_codes or dtype is None or not request.source.files[0].state:
        return None
    parts: list[np.ndarray] = []
    unusable = UnusableValues(request.n_to_generate)
    with_class = {start for start, counts in request.classes.task_counts if label in counts}
    tasks = [task for task in copies if task.start in with_class]
    tasks = tasks[:: -(-len(tasks) // _SAMPLED_TASKS)]
    for task in tasks:
        n_rows = _SAMPLED_ROWS // len(tasks)
        for batch in islice(task.batches(request.source, [request.target, *names], n_rows), 1):
            for _, _, part in split_by_class(batch, [label]):
                unusable.count(part, label, names)
                if not unusable.counts:
                    parts.append(features_to_matrix(part.columns[1:], names, dtype))
    _refuse(unusable)
    return np.concatenate(parts)[:_SAMPLE] if parts else None


def _refuse(unusable: UnusableValues) -> None:
    try:
        unusable.refuse()
    except ValueError as error:
        raise ValueError(f"{error} The number is that of a sample of the rows.") from None
