"""Which rows of each batch a job writes, of the originals and of the synthetic samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from smotefast.batch.scan import label_codes
from smotefast.engine.class_counts import Counts
from smotefast.tables.arrow_tables import take_arrow

# Takes the batches of consecutive rows in order; returns the indices of the rows of each to
# keep, ascending, or None for all rows.
BatchFilter = Callable[[pa.RecordBatch], np.ndarray | None]


class RowFilter(Protocol):
    """Selects rows of batches."""

    def begin(self, start: int) -> BatchFilter:
        """Begin at a task whose first row has the position ``start``."""
        ...

    def n_kept_before(self, start: int) -> int:
        """Return the rows to keep before the task whose first row has this position."""
        ...


@dataclass(frozen=True)
class RowsToWrite:
    """The rows that a job writes.

    Attributes
    ----------
    originals, synthetic
        Filters of the originals and of the synthetic samples; None to keep all.
    n_originals, n_synthetic
        Number of rows that pass each filter.
    counts
        Number of rows of each class that pass.
    """

    originals: RowFilter | None
    synthetic: RowFilter | None
    n_originals: int
    n_synthetic: int
    counts: Counts


class RemoveByPosition:
    """Keeps all rows except those at the given positions, ascending."""

    def __init__(self, removed: np.ndarray) -> None:
        self._removed = removed

    def begin(self, start: int) -> BatchFilter:
        """Begin at the row ``start``."""

        def rows_to_keep(batch: pa.RecordBatch) -> np.ndarray | None:
            nonlocal start
            begin, start = start, start + batch.num_rows
            first, last = np.searchsorted(self._removed, [begin, start])
            if first == last:
                return None
            is_kept = np.ones(batch.num_rows, dtype=bool)
            is_kept[self._removed[first:last] - begin] = False
            return np.flatnonzero(is_kept)

        return rows_to_keep

    def n_kept_before(self, start: int) -> int:
        """Return the rows to keep before the row ``start``."""
        return start - int(np.searchsorted(self._removed, start))


class KeepByClassRank:
    """Keeps rows by their rank in their class: the first row of a class has rank 0.

    Parameters
    ----------
    target
        Name of the column with the class.
    labels
        All classes, in label order.
    ranks
        Ranks to keep, ascending, by class; one that occurs twice keeps its row twice. Other
        classes are kept whole.
    counts_before
        Returns the rows of each class before the first row of a task.
    """

    def __init__(
        self,
        target: str,
        labels: list[Any],
        ranks: dict[Any, np.ndarray],
        counts_before: Callable[[int], Counts],
    ) -> None:
        self._target = target
        self._labels = labels
        self._ranks = ranks
        self._counts_before = counts_before

    def begin(self, start: int) -> BatchFilter:
        """Begin at the row ``start``."""
        n_before = self._counts_before(start)

        def rows_to_keep(batch: pa.RecordBatch) -> np.ndarray:
            column = batch.column(batch.schema.get_field_index(self._target))
            codes = label_codes(column, self._labels)
            n_copies = np.ones(batch.num_rows, dtype=np.int64)
            for label, ranks in self._ranks.items():
                members = np.flatnonzero(codes == self._labels.index(label))
                rank = n_before[label]
                first, last = np.searchsorted(ranks, [rank, rank + len(members)])
                in_batch = ranks[first:last] - rank
                n_copies[members] = np.bincount(in_batch, minlength=len(members))
                n_before[label] = rank + len(members)
            return np.repeat(np.arange(batch.num_rows), n_copies)

        return rows_to_keep

    def n_kept_before(self, start: int) -> int:
        """Return the rows to keep before the first row of a task."""
        return self._n_kept(self._counts_before(start)) - self._n_kept(self._counts_before(0))

    def _n_kept(self, counts: Counts) -> int:
        """Return the rows to keep among the first ones of each class."""
        return sum(
            int(np.searchsorted(self._ranks[label], n)) if label in self._ranks else n
            for label, n in counts.items()
        )


def filtered_batches(
    batches: Iterable[pa.RecordBatch], start: int, row_filter: RowFilter | None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of batches that pass a filter; ``start`` is the position of the first."""
    if row_filter is None:
        yield from batches
        return
    rows_to_keep = row_filter.begin(start)
    for batch in batches:
        rows = rows_to_keep(batch)
        if rows is None:
            yield batch
        elif len(rows):
            columns = [take_arrow(column, rows) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, schema=batch.schema)
