"""Pool rows and queries of a search, in the form that the search methods take.

Every method orders rows by float64 distance, then by index, and excludes a query from its own
neighbors by its row number: duplicates of it stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np

from smotefast._phases import advance
from smotefast._row_files import RowFile
from smotefast._typing import CSR, Matrix
from smotefast.kernels.points import Points

# Up to so many rows a sample is drawn from all of them.
_MANY_ROWS = 1_000_000
# Candidates and neighbors of a block of queries: 64-bit floats and row numbers.
_RESULT_BYTES = 12 << 20


class DenseRows(NamedTuple):
    """Rows of an array in the caller's dtype."""

    values: np.ndarray


class SparseRows(NamedTuple):
    """Rows of a CSR matrix."""

    values: CSR


class CategoryPoints(NamedTuple):
    """Rows of categories, compared by the value difference metric.

    Attributes
    ----------
    codes
        Shape (n_rows, n_columns), int32.
    shares
        For each column the class shares of its categories, shape (n_categories, n_classes).
    """

    codes: np.ndarray
    shares: list[np.ndarray]


class FilePoints(NamedTuple):
    """Rows of numbers and categories in files, which are read as those of ``Points``.

    Attributes
    ----------
    values
        Shape (n_rows, n_features), read as float32 or float64.
    codes
        Shape (n_rows, n_codes), int32.
    weight
        As of ``Points``.
    """

    values: RowFile
    codes: RowFile
    weight: float

    @property
    def row_bytes(self) -> int:
        """Bytes of a row that was read."""
        return self.values.shape[1] * self.values.dtype.itemsize + 4 * self.codes.shape[1]

    def subset(self, rows: np.ndarray | slice) -> Points:
        """Read some of the rows."""
        return Points(self.values[rows], self.codes[rows], self.weight)


DensePoints: TypeAlias = Points | FilePoints
AnyPoints: TypeAlias = Points | DenseRows | SparseRows | CategoryPoints
P = TypeVar("P", bound=AnyPoints)


class Queries(NamedTuple, Generic[P]):
    """Rows to find neighbors for: rows of the pool or of other points.

    Attributes
    ----------
    points
        The points that the queries are rows of.
    rows
        Row of these points that each query is, shape (n_queries,), int64.
    excluded
        Row of the pool that each query must not find, itself; -1 for none.
    """

    points: P
    rows: np.ndarray
    excluded: np.ndarray

    def subset(self, which: np.ndarray | slice) -> Queries[P]:
        """Return a subset of the queries."""
        return Queries(self.points, self.rows[which], self.excluded[which])


def pool_queries(points: P, rows: np.ndarray) -> Queries[P]:
    """Return queries that are rows of the pool itself."""
    rows = np.ascontiguousarray(rows, dtype=np.int64)
    return Queries(points, rows, rows)


def other_queries(points: P) -> Queries[P]:
    """Return all rows of other points as queries."""
    n = points[0].shape[0]
    return Queries(points, np.arange(n), np.full(n, -1))


def as_float_rows(rows: np.ndarray) -> np.ndarray:
    """Return the rows as C-contiguous float32 or float64 in native byte order."""
    return np.ascontiguousarray(rows, dtype=float_type(rows.dtype))


def as_file_points(
    rows: RowFile, codes: RowFile | None = None, weight: float = 0.0
) -> FilePoints:
    """Return rows in files as points; without ``codes`` they are rows of numbers only."""
    if codes is None:
        codes = RowFile.new(rows.folder, (len(rows), 0), np.int32)
    return FilePoints(rows.converted_to(float_type(rows.dtype)), codes, weight)


def float_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type in which rows of a type are searched."""
    is_small = dtype in (np.float16, np.float32)
    return np.dtype(np.float32 if is_small else np.float64)


def as_points(
    values: np.ndarray, codes: np.ndarray | None = None, weight: float = 0.0
) -> Points:
    """Return dense rows as points; without ``codes`` they are rows of numbers only."""
    if codes is None:
        codes = np.empty((values.shape[0], 0), dtype=np.int32)
    codes = np.ascontiguousarray(codes, dtype=np.int32)
    if not values.shape[1]:  # the kernels need at least one number
        values = np.zeros((values.shape[0], 1), dtype=np.float32)
    return Points(as_float_rows(values), codes, float(weight))


def joined_points(parts: Sequence[Points]) -> Points:
    """Return the rows of all parts, one part after the other."""
    values, codes = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return Points(values, codes, parts[0].weight)


def stack(points: Points, queries: Queries[Points]) -> tuple[Points, Queries[Points]]:
    """Return the pool followed by the rows of the queries, and the queries as rows of it."""
    if queries.points is points:
        return points, queries
    n_pool = points.values.shape[0]
    stacked = Points(
        np.vstack([points.values, queries.points.values]),
        np.vstack([points.codes, queries.points.codes]),
        points.weight,
    )
    return stacked, Queries(stacked, queries.rows + n_pool, queries.excluded)


def row_sample(rows: np.ndarray | RowFile, size: int) -> np.ndarray:
    """Return every n-th row: ``size`` rows, or up to twice as many."""
    return rows[:: max(1, rows.shape[0] // size)]


def random_rows(random_state: np.random.RandomState, n_rows: int, size: int) -> np.ndarray:
    """Draw different rows in random order: of many, one from each of ``size`` equal parts.

    A permutation of all rows would take 8 bytes a row.
    """
    if n_rows <= _MANY_ROWS:
        return random_state.choice(n_rows, size, replace=False)
    bounds = np.arange(size + 1) * n_rows // size
    rows = bounds[:-1] + (random_state.uniform(size=size) * np.diff(bounds)).astype(np.int64)
    return random_state.permutation(rows)


def work_blocks(
    n_rows: int, work_per_row: float, work_per_block: float, min_rows: int
) -> Iterator[slice]:
    """Cut rows into blocks of limited work: between two of them a signal is handled."""
    step = max(min_rows, int(work_per_block / max(work_per_row, 1.0)))
    for start in range(0, n_rows, step):
        yield slice(start, start + step)


def result_blocks(n_queries: int, n_kept: int, k: int, n_threads: int) -> Iterator[slice]:
    """Cut queries into blocks whose candidates and ranked neighbors take little memory.

    ``n_kept`` are the candidates of a query. Smaller blocks would leave threads idle.
    """
    per_query = n_kept * 16 + k * 16 + 8
    return work_blocks(n_queries, per_query, _RESULT_BYTES, 1024 * n_threads)


def counted_blocks(
    n_rows: int, work_per_row: float, work_per_block: float, min_rows: int
) -> Iterator[slice]:
    """Cut rows as ``work_blocks`` does, and report each block as done."""
    for block in work_blocks(n_rows, work_per_row, work_per_block, min_rows):
        yield block
        advance(min(block.stop, n_rows) - block.start)


def as_rows(matrix: Matrix) -> DenseRows | SparseRows:
    """Return a matrix as rows in its own dtype."""
    return DenseRows(matrix) if isinstance(matrix, np.ndarray) else SparseRows(matrix)
