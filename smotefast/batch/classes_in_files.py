"""Classes whose rows may be in temporary files, and why those of a job cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smotefast._row_files import HAS_ROW_FILES
from smotefast._threads import thread_count
from smotefast.batch.memory_needs import distinct_draws, neighbor_count
from smotefast.batch.packed_rows import can_be_packed
from smotefast.batch.request import Request
from smotefast.batch.selection import SecondStep
from smotefast.neighbors import needs_rows_in_memory

# A search in files takes 1.3 to 1.6 times the processor time of one in memory. Workers do it in
# less time if there are so many for each thread of the process that plans. Smaller classes take
# less than a second.
SEARCH_WORKERS, MANY_ROWS = 2, 100_000
_NN_DESCENT = (
    "search='approximate' improves neighbors by NN-descent, which needs the rows of a class in "
    "memory; with search='auto' or 'exact', they can be in temporary files."
)


def classes_in_files(request: Request, second: SecondStep) -> Iterator[list[Any]]:
    """Yield the classes that may be in files: none, the largest, the two largest, and so on.

    Where the workers of a cluster search faster than this process, the first choice is all
    large classes.
    """
    sizes = request.class_sizes
    reason = why_in_memory(request, second)
    if reason is None and _workers_search_faster(request):
        many = [label for label, n in sizes.items() if n >= MANY_ROWS]
        found = [label for label in many if not _needs_memory(request, label)]
        if found:
            yield sorted(found, key=lambda label: -sizes[label])
    yield []
    if reason is not None:
        return
    can_be = [label for label in sizes if not _needs_memory(request, label)]
    largest = sorted(can_be, key=lambda label: -sizes[label])
    for n_classes in range(1, len(largest) + 1):
        if n_classes == len(sizes) or not request.needs.copies_rows:
            yield largest[:n_classes]


def _workers_search_faster(request: Request) -> bool:
    """Tell whether workers that search in files are faster than threads that do in memory."""
    searches = bool(neighbor_count(request.over_sampler)) and not request.needs.copies_rows
    return searches and request.arguments.n_workers > SEARCH_WORKERS * thread_count(None)


def why_in_memory(request: Request, second: SecondStep) -> str | None:
    """Say in a sentence why no class can be in files; None if classes can, or none changes."""
    needs, name = request.needs, type(request.over_sampler).__name__
    if needs.reads == "everything":
        more = f", nor does {needs.alternative}" if needs.alternative else ""
        return (
            f"{name} needs the rows of all classes in memory at once; SMOTE, SMOTENC, "
            f"BorderlineSMOTE and ADASYN do not{more}."
        )
    if second.compares_rows and not request.class_sizes:
        return (
            f"{type(request.selector).__name__} alone compares rows in memory; after an "
            "over-sampler, it can have them in temporary files."
        )
    if not needs.takes_files:
        return (
            f"{name} needs the rows of the classes to over-sample in memory; SMOTE, SMOTENC, "
            "BorderlineSMOTE, ADASYN, and RandomOverSampler without shrinkage, can have them "
            "in temporary files."
        )
    return _why_not_in_files(request) if request.class_sizes else None


def why_a_class_in_memory(request: Request, second: SecondStep) -> str | None:
    """Say why at least one class cannot be in files; None if each one can."""
    reason = why_in_memory(request, second)
    if reason is None and any(_needs_memory(request, label) for label in request.class_sizes):
        return _NN_DESCENT
    return reason


def _why_not_in_files(request: Request) -> str | None:
    """Say what keeps rows in memory although the sampler takes files; None if nothing does."""
    parameter = request.needs.neighbors_parameter
    searched_by = None if parameter is None else getattr(request.over_sampler, parameter)
    if hasattr(searched_by, "kneighbors"):
        return (
            f"{type(searched_by).__name__} searches rows in memory; with a number as "
            f"{parameter}, rows can be in temporary files."
        )
    if all(_needs_memory(request, label) for label in request.class_sizes):
        return _NN_DESCENT
    copied = request.columns if request.needs.copies_rows else request.base_columns
    names = [name for name in copied if name not in request.null_columns]
    for field in request.fields(names):
        if not can_be_packed(field.type):
            return (
                f"Column {field.name!r} ({field.type}) has to be in memory; without it, rows "
                f"can be in temporary files. Leave it out with drop={[field.name]}."
            )
    return None if HAS_ROW_FILES else "On this system, rows cannot be in temporary files."


def _needs_memory(request: Request, label: Any) -> bool:
    """Return whether the search within a class needs its rows in memory, by the sizes.

    Samplers that choose base rows by their neighbors may search for all rows.
    """
    sampler, n_rows = request.over_sampler, request.class_sizes[label]
    k = neighbor_count(sampler)
    if not k:
        return False
    n_queries = n_rows
    if request.needs.reads == "classes":
        n_queries = distinct_draws(n_rows, request.n_to_generate[label])
    return needs_rows_in_memory(n_queries, n_rows, k, sampler.search)
