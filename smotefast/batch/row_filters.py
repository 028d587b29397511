"""Which rows of each batch a job writes, while originals and synthetic samples stream by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from smotefast.batch.scan import label_codes
from smotefast.engine.class_counts import Counts
from smotefast.tables.arrow_tables import take_arrow


class RowFilter(Protocol):
    """Selects rows of batches, which come in order."""

    def rows_to_keep(self, start: int, batch: pa.RecordBatch) -> np.ndarray | None:
        """Return the indices of the rows of a batch to keep, ascending; None for all rows.

        ``start`` is the position of the first row of the batch.
        """
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

    def rows_to_keep(self, start: int, batch: pa.RecordBatch) -> np.ndarray | None:
        """Return the indices of the rows to keep."""
        first, last = np.searchsorted(self._removed, [start, start + batch.num_rows])
        if first == last:
            return None
        is_kept = np.ones(batch.num_rows, dtype=bool)
        is_kept[self._removed[first:last] - start] = False
        return np.flatnonzero(is_kept)


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
    n_before
        Rows of each class that came before the first batch.
    """

    def __init__(
        self,
        target: str,
        labels: list[Any],
        ranks: dict[Any, np.ndarray],
        n_before: Counts | None = None,
    ) -> None:
        self._target = target
        self._labels = labels
        self._ranks = ranks
        self._n_before = dict(n_before or dict.fromkeys(labels, 0))

    def rows_to_keep(self, start: int, batch: pa.RecordBatch) -> np.ndarray | None:
        """Return the indices of the rows to keep."""
        column = batch.column(batch.schema.get_field_index(self._target))
        codes = label_codes(column, self._labels)
        n_copies = np.ones(batch.num_rows, dtype=np.int64)
        for label, ranks in self._ranks.items():
            members = np.flatnonzero(codes == self._labels.index(label))
            start_rank = self._n_before[label]
            first, last = np.searchsorted(ranks, [start_rank, start_rank + len(members)])
            in_batch = ranks[first:last] - start_rank
            n_copies[members] = np.bincount(in_batch, minlength=len(members))
            self._n_before[label] = start_rank + len(members)
        return np.repeat(np.arange(batch.num_rows), n_copies)


def filtered_batches(
    batches: Iterable[pa.RecordBatch], row_filter: RowFilter | None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of batches that pass a filter."""
    start = 0
    for batch in batches:
        rows = None if row_filter is None else row_filter.rows_to_keep(start, batch)
        start += batch.num_rows
        if rows is None:
            yield batch
        elif len(rows):
            columns = [take_arrow(column, rows) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, schema=batch.schema)
