"""Estimate of the memory that a search allocates, for planning under a memory limit.

Each function counts the arrays that a method holds at its peak. The largest one counts, because
the data decide which method runs. A method that the sizes rule out is not counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.neighbors import rules
from smotefast.neighbors.cells.embedding import MOST_LEVELS
from smotefast.neighbors.cells.estimate import sample_size
from smotefast.neighbors.cells.nn_descent import graph_width
from smotefast.neighbors.cells.partition import ROWS_PER_BLOCK, SAMPLE_ROWS, rows_per_cell
from smotefast.neighbors.cells.row_file_cells import least_buffer_bytes
from smotefast.neighbors.exact.duplicates import MAX_DISTINCT_SHARE
from smotefast.neighbors.problem import SearchProblem
from smotefast.neighbors.queries import float_type

# Candidates of blocks of queries, blocks of rows in float64, and buffers of the threads.
_BLOCKS = 24 << 20
# Memory for the steps of a search in a file: this share of the rows, within bounds. CPU seconds
# of 400,000 queries among 2,000,000 x 20 rows, 160 MB: 28 with 64 MiB, 30 with 32 MiB, 37 with
# 16 MiB, 68 with 8 MiB, and no fewer with 256 MiB.
_STEP_SHARE, _STEP_BYTES = 8, (32 << 20, 256 << 20)
# Blocks of a search in a file, besides.
_FILE_BLOCKS = 16 << 20
# Panels of cells are not full: at most 31 of 32 rows are missing in one of 8.
_FILLING = 1.125
# Row numbers: of the queries, of those left unresolved, and of these in the second search.
_QUERY, _UNRESOLVED = 8, 16 + 24
# Distinct rows: order and number of each row, its hash or the entries of its distinct row.
_DISTINCT = 8 + 8 + 8
# Cells: order and cell of the rows; the queries by cell, twice, their cell, and what is
# resolved; how far the queries of samples are from the centers of cells.
_WALK = 8 + 2 + 16 + 4 + 3 + 40


def estimated_bytes(
    n_pool: int, n_features: int, k: int, search: str, *, n_codes: int = 0
) -> int:
    """Return the peak of what a search for all rows allocates, its result included.

    Parameters
    ----------
    n_pool, n_features, n_codes : rows, columns of numbers (float32 or 64) and of categories
    k : neighbors per row
    search : "auto", "exact" or "approximate"
    """
    problem = SearchProblem(n_pool, n_pool, n_features, k, n_codes=n_codes, search=search)
    n_columns = n_features + n_codes  # a category takes as much as a float32
    needed = max(_tiles_bytes(n_pool, n_columns, k), _distinct_bytes(n_pool, n_columns, k))
    if rules.wants_approximate(problem) or rules.cells_may_pay(problem):
        needed = max(needed, _cells_bytes(n_pool, n_columns, k))
    if rules.descent_pays(problem):
        n_joined = n_features + (MOST_LEVELS if n_codes else 0)
        needed = max(needed, _descent_bytes(n_pool, n_columns, n_joined, k))
    return int(needed) + _BLOCKS


def needs_rows_in_memory(n_queries: int, n_rows: int, k: int, search: str) -> bool:
    """Return whether the sizes lead to NN-descent, which does not search in files."""
    return rules.descent_pays(SearchProblem(n_queries, n_rows, 1, k, search=search))


def step_bytes_in_file(n_rows: int, n_columns: int, dtype: Any, n_codes: int = 0) -> int:
    """Return the memory for the steps of a search in a file.

    It depends on the sizes alone: an interrupted job goes on with the same steps.
    """
    rows = n_rows * (n_columns * float_type(np.dtype(dtype)).itemsize + 4 * n_codes)
    least, most = _STEP_BYTES
    return max(least, min(rows // _STEP_SHARE, most))


def memory_needed_in_file(n_rows: int, n_columns: int, dtype: Any, n_codes: int = 0) -> int:
    """Return the bytes that a search in a file takes.

    The centers, and seven bytes a row: the cell of each row, its place in the sorted file, and
    whether it is a query. Besides, one after the other: the samples that decide the method and
    the centers, rows with columns for categories, and the steps, more if cells are large.
    """
    itemsize = float_type(np.dtype(dtype)).itemsize
    n_cells = max(1, n_rows // rows_per_cell(n_rows))
    n_centers = min(n_rows, SAMPLE_ROWS * n_cells)
    n_levels = MOST_LEVELS if n_codes else 0
    # Levels of a row: as they are found, as numbers, and after the numbers of the row.
    embedded = n_levels * (2 * itemsize + 1)
    # A sample with its copy in cells; a sample with the cells and a column of its rows.
    costs = sample_size(n_rows) * (n_columns * (itemsize + 5) + 8 * n_codes + 40)
    means = n_centers * (n_columns * itemsize + embedded + 40)
    centers = n_cells * (n_columns + n_levels + 1) * 3 * 8
    assigned = min(n_rows, ROWS_PER_BLOCK)
    assigning = assigned * (n_columns * itemsize + embedded + 4 * n_levels)
    steps = step_bytes_in_file(n_rows, n_columns, dtype, n_codes)
    # A search has three eighths of this for the buffer of cells.
    steps += max(0, least_buffer_bytes(n_rows, n_columns, n_codes) - steps * 3 // 8)
    per_row = n_rows * (7 if n_cells <= 1 << 16 else 9)
    return int(per_row + centers + max(costs, means, assigning, steps)) + _FILE_BLOCKS


def scratch_needed_in_file(
    n_rows: int,
    n_columns: int,
    dtype: Any,
    n_codes: int = 0,
    *,
    n_found: int,
    cross_class: bool = False,
) -> int:
    """Return the size of the temporary files of a search in a file, besides its results.

    The results are ``n_found`` numbers of neighbors, as they are found, and the table of them,
    and ``entries_bytes``. While rows are sorted by cell, they are in two files, with their
    numbers. If they are not stored once from then on, both files stay while neighbors are
    found, before there is a table. Then there are the numbers in both orders.
    """
    row_bytes = n_columns * float_type(np.dtype(dtype)).itemsize + 4 * n_codes
    number = 4 if n_rows < 1 << 31 else 8
    n_times = 1 if cross_class or not entries_bytes(n_rows, dtype) else 2
    sorting = n_rows * (row_bytes + number) - n_times * number * n_found
    return max(sorting, 2 * number * n_rows)


def entries_bytes(n_rows: int, dtype: Any) -> int:
    """Return the size of the file that tells where each row of a class is, after a search.

    It is 0 for rows that are converted to be searched, which are stored twice.
    """
    if float_type(np.dtype(dtype)) != dtype:
        return 0
    return n_rows * (4 if n_rows < 1 << 32 else 8)


def _tiles_bytes(n_pool: float, n_features: int, k: int) -> float:
    """Return the bytes of float64 tiles for queries that float32 left unresolved: all."""
    packed = 8 * (n_features + 1)
    return n_pool * (packed + _QUERY + _UNRESOLVED) + 2 * _result_bytes(n_pool, k)


def _distinct_bytes(n_pool: int, n_features: int, k: int) -> float:
    """Return the bytes of a search among distinct rows, which are copied."""
    n_distinct = MAX_DISTINCT_SHARE * n_pool
    copied = n_distinct * 8 * n_features
    searching = _tiles_bytes(n_distinct, n_features, k)
    expanding = _result_bytes(n_pool, k) + 2 * _result_bytes(n_distinct, k + 1)
    return n_pool * (_QUERY + _DISTINCT) + copied + max(searching, expanding)


def _cells_bytes(n_pool: int, n_features: int, k: int) -> float:
    """Return the bytes of a walk, and of the best result of attempts before."""
    panels = _panels_bytes(n_pool, n_features)
    return panels + n_pool * (_QUERY + _WALK) + 2 * _result_bytes(n_pool, k)


def _result_bytes(n_pool: float, k: int) -> float:
    return n_pool * (4 * k + 2)  # row numbers; whether they are certain, or tied


def _panels_bytes(n_pool: int, n_features: int) -> float:
    return 4 * _FILLING * n_pool * (n_features + 1)


def _descent_bytes(n_pool: int, n_columns: int, n_joined: int, k: int) -> float:
    width, rows = graph_width(k), 4 * n_pool * n_joined
    # The walk's result, its rows in another order, the graph of these by row and by column, the
    # candidates. Allocators keep about one result of the attempt before: 50,000 x 12, k=40,
    # takes 118 MiB in all.
    joining = _panels_bytes(n_pool, n_columns) + rows + n_pool * width * 48
    walking = _cells_bytes(n_pool, n_columns, width) + rows + 16 * n_pool * width
    return max(joining, walking) + 4 * n_pool * k  # the best of the attempts before
