"""All rows of the files, block by block, for samplers that look beyond one class.

A source flows in; blocks of numbers, or counts of categories, flow out. Each use is one
more pass over the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast.batch.scan import label_codes
from smotefast.report.progress import Progress
from smotefast.storage import ParquetSource, SourceChangedError, check_resident_memory
from smotefast.tables.arrow_columns import features_to_matrix
from smotefast.tables.categories import encode_arrow
from smotefast.tables.column_types import is_missing


@dataclass(frozen=True)
class Reading:
    """What is read, in what pieces, and what must not be exceeded.

    Attributes
    ----------
    source
        The files.
    target
        Name of the column with the class.
    labels
        All classes, in label order.
    batch_rows
        Rows read at a time.
    progress
        Is told of every block.
    limit
        Bytes the process may occupy.
    query_rows
        Rows searched for at a time in what is read.
    """

    source: ParquetSource
    target: str
    labels: Sequence[Any]
    batch_rows: int
    progress: Progress
    limit: int
    query_rows: int

    def batches(self, columns: list[str], phase: str) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield batches of some columns, with where their rows begin."""
        self.progress.phase(phase, self.source.n_rows)
        start = 0
        for batch in self.source.batches(columns, self.batch_rows):
            yield start, batch
            start += batch.num_rows
            self.progress.advance(batch.num_rows)
            check_resident_memory(self.limit)
        if start != self.source.n_rows:
            raise SourceChangedError(
                "The source was changed while it was being read. Start again."
            )


def number_blocks(
    reading: Reading, features: list[str], dtype: np.dtype[Any], phase: str
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield all rows as blocks of numbers, with where they begin.

    Raises
    ------
    ValueError
        If a value is missing or not finite, in a row of any class.
    """
    for start, batch in reading.batches(features, phase):
        for name, column in zip(features, batch.columns, strict=True):
            n_bad = unusable_values(column)
            if n_bad:
                last = start + batch.num_rows - 1
                raise ValueError(
                    f"Column {name!r} is missing (null or NaN) or infinite in {n_bad} of rows "
                    f"{start} to {last}, and this sampler compares rows with those of all "
                    "classes. Fill or remove them there and beyond, or drop the column."
                )
        yield start, features_to_matrix(batch.columns, features, dtype)


def unusable_values(column: pa.Array) -> int:
    """Count the values of a numeric column that are missing or not finite."""
    n_bad = int(column.null_count)
    if pa.types.is_floating(column.type):
        values = column.drop_null() if n_bad else column
        n_bad += int(np.count_nonzero(~np.isfinite(values.to_numpy(zero_copy_only=False))))
    return n_bad


def all_labels(reading: Reading) -> np.ndarray:
    """Return the class of every row, as a position in the list of classes."""
    codes = np.empty(reading.source.n_rows, dtype=np.int32)
    for start, batch in reading.batches([reading.target], "reading classes"):
        codes[start : start + batch.num_rows] = label_codes(
            batch.column(0), list(reading.labels)
        )
    return codes


def category_counts(
    reading: Reading, columns: list[str], values: Sequence[Sequence[Any]]
) -> list[np.ndarray]:
    """Count the rows of each class that have each of some categories.

    Parameters
    ----------
    reading
        The files.
    columns
        Names of the columns.
    values
        For each of them the categories to count; None stands for missing values.

    Returns
    -------
    list of arrays of shape (n_categories, n_classes)
    """
    known = [{_key(value): code for code, value in enumerate(of)} for of in values]
    n_classes = len(reading.labels)
    counts = [np.zeros((len(of), n_classes), dtype=np.int64) for of in values]
    read = [reading.target, *columns]
    for _, batch in reading.batches(read, "counting categories"):
        labels = label_codes(batch.column(0), list(reading.labels))
        for j, column in enumerate(batch.columns[1:]):
            own = encode_arrow(column)
            both = np.bincount(
                own.codes * np.int64(n_classes) + labels,
                minlength=len(own.categories) * n_classes,
            ).reshape(-1, n_classes)
            for code, value in enumerate(own.categories):
                place = known[j].get(_key(value))
                if place is not None:
                    counts[j][place] += both[code]
    return counts


def _key(value: Any) -> Any:
    return None if is_missing(value) else value


def read_rows(
    reading: Reading, features: list[str], dtype: np.dtype[Any], positions: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield rows by position, ascending ones, of any class, with their places among these."""
    for start, batch in reading.batches(features, "reading neighbours"):
        first, last = np.searchsorted(positions, [start, start + batch.num_rows])
        if first < last:
            wanted = pa.array(positions[first:last] - start)
            taken = [pc.take(column, wanted) for column in batch.columns]
            yield slice(first, last), features_to_matrix(taken, features, dtype)
