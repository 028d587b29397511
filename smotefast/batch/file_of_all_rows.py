"""Rows of all classes in one temporary file, and exact searches among them.

For jobs that compare rows with those of any class, if not all classes to over-sample are in
memory: what streams past queries in memory is written once, and searched in cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from smotefast._row_files import RowFile
from smotefast._typing import Rows
from smotefast.neighbors import (
    FileNeighbors,
    MarkedRows,
    find_neighbors_in_file,
)

# Row numbers that are read at a time.
_ROWS_AT_ONCE = 1 << 16


def write_blocks(blocks: Iterable[tuple[int, np.ndarray]], rows: RowFile) -> RowFile:
    """Write blocks, each with the position of its first row, to a file; return the file."""
    for start, values in blocks:
        rows[start : start + len(values)] = values
    return rows


def find_in_file(
    rows: RowFile, queries: Mapping[Any, Rows], k: int, *, n_threads: int
) -> dict[Any, FileNeighbors]:
    """Find the k nearest other rows of any class, exactly, by one search for all classes.

    Parameters
    ----------
    rows
        All rows, in their order.
    queries
        Positions of rows, ascending, by class; in memory or in files.
    k, n_threads
        As for ``find_neighbors_in_file``.
    """
    is_query = np.zeros(len(rows), dtype=bool)
    for positions in queries.values():
        for block in _blocks(positions):
            is_query[positions[block]] = True
    found = find_neighbors_in_file(
        rows,
        k,
        is_query=is_query,
        in_table=is_query,
        search="exact",
        cross_class=True,
        n_threads=n_threads,
        folder=rows.folder,
    )
    if len(queries) == 1:
        return dict.fromkeys(queries, found)
    numbers = MarkedRows(is_query, len(rows))
    return {
        label: found._replace(indices=_rows_of(found.indices, numbers, positions))
        for label, positions in queries.items()
    }


def _rows_of(table: RowFile, numbers: MarkedRows, positions: Rows) -> RowFile:
    """Return the rows of a table for some of the queries, in a file."""
    part = RowFile.new(table.folder, (len(positions), table.shape[1]), table.dtype)
    for block in _blocks(positions):
        part[block] = table[numbers.numbers(positions[block])]
    return part


def _blocks(positions: Rows) -> Iterable[slice]:
    for start in range(0, len(positions), _ROWS_AT_ONCE):
        yield slice(start, min(start + _ROWS_AT_ONCE, len(positions)))
