"""Read the source block by block: batches of columns, or matrices of its numeric columns.

Each use is one more pass over the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast._messages import list_names, quote_name
from smotefast._row_files import RowFile
from smotefast.batch.scan import label_codes
from smotefast.report.progress import Progress
from smotefast.storage import ParquetSource, SourceChangedError, check_resident_memory
from smotefast.tables.arrow_columns import features_to_matrix


class ClassRows(Protocol):
    """Reads the rows of classes where a cluster has gathered them."""

    def read(
        self, reader: FileReader, columns: list[str], labels: list[Any]
    ) -> Iterator[tuple[Any, np.ndarray, pa.RecordBatch]]:
        """Yield rows of some classes; see ``gathering.rows_of_classes``."""
        ...


@dataclass(frozen=True)
class FileReader:
    """Reads batches of the source, reports progress and checks the memory limit.

    Attributes
    ----------
    source
        The files.
    target
        Name of the column with the class.
    labels
        All classes, in label order.
    batch_rows
        Rows to read at a time.
    query_rows
        Queries to search at a time.
    pool_rows
        Rows to search at a time for them, if more than a batch.
    progress
        Counts the rows that are read.
    limit
        Largest resident memory of the process, in bytes.
    scratch
        Folder for temporary files.
    gathered
        Where the rows of classes are read, if not from the source.
    """

    source: ParquetSource
    target: str
    labels: list[Any]
    batch_rows: int
    query_rows: int
    pool_rows: int
    progress: Progress
    limit: int
    scratch: str
    gathered: ClassRows | None = None

    def batches(self, columns: list[str], phase: str) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield the position of the first row of each batch, and the batch."""
        self.progress.phase(phase, self.source.n_rows)
        start = 0
        for batch in self.source.batches(columns, self.batch_rows):
            if start + batch.num_rows > self.source.n_rows:
                raise source_changed(f"it has more than {self.source.n_rows:,} rows")
            yield start, batch
            start += batch.num_rows
            self.progress.advance(batch.num_rows)
            check_resident_memory(self.limit)
        if start != self.source.n_rows:
            raise source_changed(f"it has {start:,} rows instead of {self.source.n_rows:,}")

    def class_codes(self) -> np.ndarray:
        """Return the class of every row, as an index in the list of classes."""
        codes = np.empty(self.source.n_rows, dtype=np.int32)
        for start, batch in self.batches([self.target], "reading classes"):
            codes[start : start + batch.num_rows] = label_codes(batch.column(0), self.labels)
        return codes


def source_changed(how: str) -> SourceChangedError:
    """Return the error for rows that are not those that were counted."""
    return SourceChangedError(
        f"The source was changed while it was being read: since its rows were counted, {how}. "
        "Start the job again when no program writes to the source."
    )


def joined_blocks(
    blocks: Iterable[tuple[int, np.ndarray]], n_rows: int
) -> Iterator[tuple[int, np.ndarray]]:
    """Join blocks of rows that follow each other, as long as they have at most ``n_rows``.

    Blocks come with the position of their first row.
    """
    pending: list[np.ndarray] = []
    first = n_pending = 0
    for start, values in blocks:
        if pending and n_pending + len(values) > n_rows:
            yield first, _joined(pending)
            pending, n_pending = [], 0
        first = start if not pending else first
        pending.append(values)
        n_pending += len(values)
    if pending:
        yield first, _joined(pending)


def _joined(blocks: list[np.ndarray]) -> np.ndarray:
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


@dataclass(frozen=True)
class NumberReader:
    """Reads numeric columns of all rows as matrices.

    Attributes
    ----------
    files
        The source.
    features
        Names of the columns.
    dtype
        Of the matrices.
    """

    files: FileReader
    features: list[str]
    dtype: np.dtype[Any]

    def blocks(self, phase: str) -> Iterator[tuple[int, np.ndarray]]:
        """Yield all rows in blocks, each with the position of its first row.

        Raises
        ------
        ValueError
            If a value is missing or not finite, in a row of any class.
        """
        for start, batch in self.files.batches(self.features, phase):
            counts = {
                name: n
                for name, column in zip(self.features, batch.columns, strict=True)
                if (n := count_unusable(column))
            }
            if counts:
                raise _unusable(counts, start, start + batch.num_rows - 1)
            yield start, features_to_matrix(batch.columns, self.features, self.dtype)

    def rows_at(self, positions: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows by ascending position, each block with a slice of ``positions``."""
        for start, batch in self.files.batches(self.features, "reading neighbors"):
            first, last = np.searchsorted(positions, [start, start + batch.num_rows])
            if first < last:
                indices = pa.array(positions[first:last] - start)
                columns = [pc.take(column, indices) for column in batch.columns]
                matrix = features_to_matrix(columns, self.features, self.dtype)
                yield slice(first, last), matrix

    def empty(self, n_rows: int) -> np.ndarray:
        """Return a matrix to fill with rows."""
        return np.empty((n_rows, len(self.features)), self.dtype)

    def empty_file(self, n_rows: int) -> RowFile:
        """Return a temporary file to fill with rows."""
        return RowFile.new(self.files.scratch, (n_rows, len(self.features)), self.dtype)


def count_unusable(column: pa.Array) -> int:
    """Count the missing and infinite values of a numeric column."""
    n_unusable = int(column.null_count)
    if pa.types.is_floating(column.type):
        values = column.drop_null() if n_unusable else column
        finite = np.isfinite(values.to_numpy(zero_copy_only=False))
        n_unusable += int(np.count_nonzero(~finite))
    return n_unusable


def values_text(n: int) -> str:
    """Write a number of missing or infinite values for a message."""
    return f"{n:,} missing or infinite value{'s' * (n > 1)}"


def also_affected(noun: str, plural: str, names: list[Any]) -> str:
    """Name other columns or classes with such values for a message; nothing without any."""
    if not names:
        return ""
    subject = f"{noun} {quote_name(names[0])} is"
    if len(names) > 1:
        subject = f"{plural} {list_names(names)} are"
    return f" ({subject} affected as well)"


def _unusable(counts: dict[str, int], first: int, last: int) -> ValueError:
    (name, n), *others = counts.items()
    also = also_affected("column", "columns", [other for other, _ in others])
    return ValueError(
        f"Column {name!r} has {values_text(n)} in rows {first:,} to {last:,}{also}, and this "
        "sampler compares rows of all classes. Fill or remove them in the whole source, or "
        "drop the column."
    )
