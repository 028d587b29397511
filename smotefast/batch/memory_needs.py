"""Memory of the searches of a job, estimated before the rows are read.

Each formula counts the arrays that exist at the same time. What a kind of features holds is
estimated beside the code that gathers it (``memory_need`` in ``numeric_features.py`` and the
like); ``peak_memory.py`` adds the batches, ``block_plan.py`` checks the limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from smotefast.batch.column_sizes import ColumnSizes
from smotefast.engine.base import BaseSampler
from smotefast.engine.needs import Needs
from smotefast.engine.user_estimators import number_of_neighbors

# Buffers of a search of blocks, however small the blocks are.
_SEARCH_BUFFERS = 24 << 20
# Candidates that a search keeps beyond k.
_SPARE_CANDIDATES = 24


class MemoryNeed(NamedTuple):
    """Bytes that a job takes besides the batches that it reads and writes.

    Attributes
    ----------
    gathered
        Held from the time the classes are read until the end.
    search
        The largest extra amount while neighbors are found among rows in memory.
    streaming
        Extra amount while all rows stream past the queries, without the blocks.
    block_row, query
        During that time, for each row of a block of the files, and for each query that is
        searched in a block at once.
    n_queries
        Queries of the largest class.
    read_row
        For each sample that is generated at a time: rows that are read from files for it.
    """

    gathered: int
    search: int
    streaming: int = 0
    block_row: int = 0
    query: int = 0
    n_queries: int = 0
    read_row: int = 0

    def maximum(self, other: MemoryNeed) -> MemoryNeed:
        """Return the larger of each, for searches that run one after the other."""
        return MemoryNeed(*map(max, self, other))


class ScratchNeed(NamedTuple):
    """Bytes of the temporary files of classes that are not in memory.

    Attributes
    ----------
    gathered
        The rows, until the end of the job.
    search
        The largest extra amount while neighbors are found.
    found
        The neighbors, and the entries of rows that the search has sorted, until the end of the
        job.
    """

    gathered: int = 0
    search: int = 0
    found: int = 0


def float64_copy_bytes(dtype: np.dtype[Any]) -> int:
    """Return the bytes of a value's copy for the search: integers are searched as float64."""
    return 8 if dtype.kind in "iu" else 0


def search_bytes(
    sampler: BaseSampler, n_rows: int, n_features: int, k: int, *, n_codes: int = 0
) -> int:
    """Return the memory of a search within a class of ``n_rows`` rows."""
    from smotefast.neighbors import estimated_bytes

    if k == 0:
        return 0
    if hasattr(_neighbors_parameter(sampler), "kneighbors"):  # unknown; a tree takes about this
        return n_rows * ((n_features + n_codes) * 24 + 16 * k)
    return estimated_bytes(n_rows, n_features, k, sampler.search, n_codes=n_codes)


def search_in_file_bytes(
    n_rows: int, n_features: int, dtype: np.dtype[Any], n_codes: int = 0
) -> int:
    """Return the memory of a search within a class whose rows are in a file."""
    from smotefast.neighbors import memory_needed_in_file

    return memory_needed_in_file(n_rows, n_features, dtype, n_codes)


def search_in_file_scratch(
    n_rows: int,
    n_features: int,
    dtype: np.dtype[Any],
    n_codes: int = 0,
    *,
    n_found: int,
    cross_class: bool = False,
) -> int:
    """Return the size of the temporary files of such a search, without its results."""
    from smotefast.neighbors import scratch_needed_in_file

    shape = n_rows, n_features, dtype, n_codes
    return scratch_needed_in_file(*shape, n_found=n_found, cross_class=cross_class)


def found_in_file_bytes(n_rows: int, k: int, dtype: np.dtype[Any], *, on_cluster: bool) -> int:
    """Return the size of the results of searches within classes of so many rows in all.

    A job saves the neighbors of each step as well, for a run that goes on; on a cluster, also
    the cell of each row.
    """
    from smotefast.neighbors import entries_bytes

    if not k:
        return 0
    return entries_bytes(n_rows, dtype) + (8 * k + 2 * on_cluster) * n_rows


def position_bytes(n_in_source: int) -> int:
    """Return the bytes of a position in a file, in a source of so many rows."""
    return 4 if n_in_source <= 1 << 32 else 8


def streaming_need(
    n_features: int, class_sizes: Iterable[int], dtype: np.dtype[Any], k: int
) -> MemoryNeed:
    """Return the memory of a search for all rows of some classes in blocks of the files.

    Per query of a class: the nearest rows so far; integers also as float64. Per row of a
    block: as columns, three times in the reader, as a row, and packed. Per query that is
    searched in a block at once: packed, its candidates, the nearest rows of the block, and
    these merged with the nearest so far.
    """
    widened = float64_copy_bytes(dtype)
    packed = 8 * n_features + 32
    sizes = list(class_sizes)
    return MemoryNeed(
        0,
        0,
        streaming=_SEARCH_BUFFERS + sum(sizes) * (16 * k + n_features * widened),
        block_row=n_features * (4 * dtype.itemsize + widened) + packed,
        query=packed + 16 * (k + _SPARE_CANDIDATES) + 128 * k,
        n_queries=max(sizes, default=0),
    )


def with_kept_columns(
    need: MemoryNeed, sizes: ColumnSizes, names: list[str], n_rows: int
) -> MemoryNeed:
    """Add columns of ``n_rows`` rows that synthetic samples get the values of."""
    each = [sizes.row_bytes([name]) for name in names]
    gathered = n_rows * sum(each) + sizes.dictionary_bytes(names)
    joining = int(n_rows * max(each, default=0))  # a column twice, while its pieces are joined
    return need._replace(
        gathered=need.gathered + int(gathered), search=max(need.search, joining)
    )


def neighbor_count(sampler: BaseSampler) -> int:
    """Return the number of neighbors of a search within a class; 0 if there is no search."""
    return number_of_neighbors(_neighbors_parameter(sampler))


def neighbor_count_among_all(sampler: BaseSampler, needs: Needs) -> int:
    """Return the largest number of neighbors of all searches of a sampler."""
    counts = [number_of_neighbors(getattr(sampler, name)) for name in needs.searches_all]
    return max([neighbor_count(sampler), *counts])


def distinct_draws(n_rows: int, n_draws: int) -> int:
    """Return how many rows are expected to be a base row, if so many are drawn."""
    if n_rows < 2:
        return n_rows
    return max(1, round(-n_rows * float(np.expm1(n_draws * np.log1p(-1 / n_rows)))))


def _neighbors_parameter(sampler: BaseSampler) -> Any:
    name = sampler.needs().neighbors_parameter
    return 0 if name is None else getattr(sampler, name)
