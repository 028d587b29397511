"""How much memory the rows and the searches of a job take, said before they are read."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.batch.block_plan import Need
from smotefast.batch.request import Request
from smotefast.batch.selection import held_classes, planned
from smotefast.engine.user_estimators import number_of_neighbors

# What a support vector machine or a clustering holds beside the rows: centres and labels, or
# the cache of libsvm, which is no larger than all products of two rows; and for each value
# libsvm's own copy of it.
_MACHINE = 20 << 20
_MACHINE_CACHE = 200 << 20
_MACHINE_VALUE = 24
# What a search of blocks works on in pieces, however small the blocks are.
_PIECES = 24 << 20
# Candidates that a search keeps beyond k.
_SPARE = 24


def need_of_numbers(request: Request, dtype: np.dtype[Any]) -> Need:
    """Return what matrices of the classes and their neighbours take."""
    n_features = len(request.features)
    k = min(neighbor_count(request.sampler), request.source.n_rows)
    m = min(
        number_of_neighbors(getattr(request.sampler, "m_neighbors", 0)), request.source.n_rows
    )
    widened = 8 if dtype.kind in "iu" else 0  # integers are computed with in 8 bytes
    kept, most = 0, 0
    for n_rows in request.sizes.values():
        kept += n_rows * (n_features * (dtype.itemsize + widened) + 4 * k + 16)
        search = _search_bytes(request.sampler, n_rows, n_features, k)
        # Neighbours found for some rows are spread to all: a second copy for a moment.
        most = max(most, search + n_rows * (4 * k + n_features * widened))
    need = Need(kept, most)
    if request.needs.reads == "neighbors":
        need = _need_of_neighbors(request, need, dtype, max(k, m))
    if request.needs.reads == "everything":
        n_rows = request.source.n_rows
        values = n_rows * n_features
        kept += values * dtype.itemsize + 16 * n_rows
        machine = _MACHINE + min(_MACHINE_CACHE, 4 * n_rows**2)
        need = Need(kept, max(most, values * _MACHINE_VALUE + machine))
    return need


def _need_of_neighbors(request: Request, need: Need, dtype: np.dtype[Any], k: int) -> Need:
    """Add a search of all class rows among all rows, whose positions stay for a while."""
    sizes = request.sizes.values()
    found = sum(8 * k * n_rows for n_rows in sizes)
    counting = max((24 * k * n_rows for n_rows in sizes), default=0)
    streamed = _streamed(len(request.features), request.sizes, dtype, k)
    # Rows in danger alone are copied out of their class.
    is_part = len(request.needs.searches_all) > 1
    copied = sum(sizes) * len(request.features) * dtype.itemsize if is_part else 0
    return need.most(streamed._replace(streamed=streamed.streamed + copied))._replace(
        search=need.search + found + counting
    )


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


def _streamed(n_features: int, sizes: dict[Any, int], dtype: np.dtype[Any], k: int) -> Need:
    """Return what a search of all class rows in blocks of the files takes.

    Per class: the nearest so far; integers also as float64. Per row of a block: as columns,
    three times over in the reader, as a row, and packed. Per row that is searched for in it:
    packed, its candidates, the nearest in the block, and these and the others in order.
    """
    widened = 8 if dtype.kind in "iu" else 0
    packed = 8 * n_features + 32
    return Need(
        0,
        0,
        streamed=_PIECES + sum(sizes.values()) * (16 * k + n_features * widened),
        block_row=n_features * (4 * dtype.itemsize + widened) + packed,
        query_row=packed + 16 * (k + _SPARE) + 128 * k,
        n_queries=max(sizes.values(), default=0),
    )


def _given(sampler: Any) -> Any:
    name = sampler.needs().neighbors_parameter
    return 0 if name is None else getattr(sampler, name)


def neighbor_count(sampler: Any) -> int:
    """Return how many neighbours a sampler looks for, 0 for one that needs none."""
    return number_of_neighbors(_given(sampler))


def need_of_selection(request: Request, dtype: np.dtype[Any] | None, need: Need) -> Need:
    """Return what the second step takes on top of the first.

    Drawing takes a shuffled list of the places of a class, twice for a moment. Tomek links
    take the rows that they search for, of classes that have new rows twice, and the search.
    """
    if request.selection is None:
        return need
    counts, wanted = request.classes.counts, request.wanted
    if dtype is None or not request.cleans:
        after, quota = planned(request)
        drawing = max((8 * after[label] + 16 * n for label, n in quota.items()), default=0)
        kept = need.kept + 8 * sum(quota.values())
        return need._replace(kept=kept, search=max(need.search, drawing))
    held = {label: counts[label] + wanted.get(label, 0) for label in held_classes(request)}
    row = len(request.features) * dtype.itemsize
    in_memory = {label: counts[label] for label in counts if label in held or label in wanted}
    n_queries = sum(held.values())
    kept = need.kept + sum(in_memory.values()) * (row + 8) + 9 * n_queries
    links = _streamed(len(request.features), {None: n_queries}, dtype, 1)
    links = links._replace(streamed=links.streamed + n_queries * (row + 64))
    return need.most(links)._replace(kept=kept)
