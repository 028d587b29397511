"""How much memory the rows and the searches of a job take, said before they are read."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from smotefast.batch.held import held_classes, planned
from smotefast.batch.plan import BATCH_ROWS
from smotefast.batch.request import Request
from smotefast.under_sampling import TomekLinks

# What a support vector machine or a clustering holds beside the rows: the cache of libsvm
# (200 MB) or centres and labels; and for each value libsvm's own copy of it.
_MACHINE = 220 << 20
_MACHINE_VALUE = 24


class Need(NamedTuple):
    """Bytes of a job besides what streams through.

    Attributes
    ----------
    kept
        Held from the second pass to the end.
    search
        The most that is held besides, while neighbours are found.
    """

    kept: int
    search: int


def need_of_numbers(request: Request, dtype: np.dtype[Any]) -> Need:
    """Return what matrices of the classes and their neighbours take."""
    n_features = len(request.features)
    k = min(neighbor_count(request.sampler), request.source.n_rows)
    m = min(_number(getattr(request.sampler, "m_neighbors", 0)), request.source.n_rows)
    widened = 8 if dtype.kind in "iu" else 0  # integers are computed with in 8 bytes
    kept, most = 0, 0
    for n_rows in request.sizes.values():
        kept += n_rows * (n_features * (dtype.itemsize + widened) + 4 * k + 16)
        search = _search_bytes(request.sampler, n_rows, n_features, k)
        # Neighbours found for some rows are spread to all: a second copy for a moment.
        most = max(most, search + n_rows * (4 * k + n_features * widened))
    if request.sampler._reads == "neighbors":
        most += _streamed_bytes(n_features, request.sizes, dtype, max(k, m))
    if request.sampler._reads == "everything":
        values = request.source.n_rows * n_features
        kept += values * dtype.itemsize + 16 * request.source.n_rows
        most = max(most, values * _MACHINE_VALUE + _MACHINE)
    return Need(kept, most)


def need_of_categories(request: Request, continuous: list[str], dtype: np.dtype[Any]) -> Need:
    """Return what numbers, categories, codes and neighbours of the classes take."""
    n_features, k = len(continuous), min(neighbor_count(request.sampler), request.source.n_rows)
    numbers = frozenset(continuous)
    columns = [name for name in request.features if name not in numbers]
    widened = 8 if dtype.kind in "iu" else 0
    each = request.widths.row_bytes(columns) + 8 * len(columns)
    kept: float = request.widths.dictionary_bytes(columns)
    most = 0
    for label, n_rows in request.sizes.items():
        n_new = request.wanted[label]
        kept += n_rows * (each + n_features * (dtype.itemsize + widened) + 4 * k + 16)
        kept += n_new * len(columns)  # which of several categories each new row gets
        width = n_features + 8 * len(columns)  # a graph knows categories by 8 numbers
        search = _search_bytes(request.sampler, n_rows, width, k)
        # A shuffled list of the pairs of a new row and one of up to k categories.
        drawing = (12 * k + 48) * n_new + 12 * n_rows * len(columns)
        most = max(most, search + n_rows * 4 * k, drawing)
    joining = sum(request.sizes.values()) * max(
        (request.widths.row_bytes([name]) for name in columns), default=0
    )
    return Need(int(kept), int(max(most, joining)))


def _search_bytes(sampler: Any, n_rows: int, n_features: int, k: int) -> int:
    from smotefast.neighbors import estimated_bytes

    if k == 0:
        return 0
    if hasattr(_given(sampler), "kneighbors"):  # nobody knows; trees take about this
        return n_rows * (n_features * 24 + 16 * k)
    return estimated_bytes(n_rows, n_features, k, sampler.search)


def _streamed_bytes(
    n_features: int, sizes: dict[Any, int], dtype: np.dtype[Any], k: int
) -> int:
    """Return what a search of all class rows in blocks of the files takes.

    Per class: the queries, packed; the nearest so far, those of a block, and both sorted.
    Besides, a block as columns, as rows and packed.
    """
    from smotefast.neighbors import estimated_bytes

    total = 0
    for n_rows in sizes.values():
        total += n_rows * (n_features * dtype.itemsize + 16 * k)
    largest = max(sizes.values(), default=0)
    block = BATCH_ROWS * n_features * (8 + 2 * dtype.itemsize + 8)
    search = estimated_bytes(max(largest, BATCH_ROWS), n_features, k, "exact")
    return int(total + search + block + largest * k * 96)


def _given(sampler: Any) -> Any:
    name = getattr(sampler, "_neighbors_parameter", None)
    return 0 if name is None else getattr(sampler, name)


def neighbor_count(sampler: Any) -> int:
    """Return how many neighbours a sampler looks for, 0 for one that needs none."""
    return _number(_given(sampler))


def _number(given: Any) -> int:
    """Return a number of neighbours; an estimator's own counts the row itself."""
    return int(given.n_neighbors) - 1 if hasattr(given, "kneighbors") else int(given)


def need_of_selection(request: Request, dtype: np.dtype[Any] | None, need: Need) -> Need:
    """Return what the second step takes on top of the first.

    Drawing takes a shuffled list of the places of a class, twice for a moment. Tomek links
    take the rows that they search for, of classes that have new rows twice, and the search.
    """
    if request.selection is None:
        return need
    counts, wanted = request.classes.counts, request.wanted
    if dtype is None or not isinstance(request.selection, TomekLinks):
        after, quota = planned(request)
        drawing = max((8 * after[label] + 16 * n for label, n in quota.items()), default=0)
        return Need(need.kept + 8 * sum(quota.values()), max(need.search, drawing))
    held = {label: counts[label] + wanted.get(label, 0) for label in held_classes(request)}
    row = len(request.features) * dtype.itemsize
    in_memory = {label: counts[label] for label in counts if label in held or label in wanted}
    kept = sum(in_memory.values()) * (row + 8)
    queries = {None: sum(held.values())}
    search = _streamed_bytes(len(request.features), queries, dtype, 1)
    return Need(need.kept + kept + 9 * sum(held.values()), max(need.search, search))
