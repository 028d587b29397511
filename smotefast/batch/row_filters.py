"""Which rows a job writes, told batch by batch while they stream by in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from smotefast.batch.scan import label_codes
from smotefast.engine.class_counts import Counts
from smotefast.tables.arrow_tables import take_arrow


class Filter(Protocol):
    """Tells which rows of a batch stay."""

    def of(self, start: int, batch: pa.RecordBatch) -> np.ndarray | None:
        """Return which rows of a batch stay, ascending; None for all of them.

        ``start`` is where the batch begins. Batches come in their order.
        """
        ...


@dataclass(frozen=True)
class Kept:
    """The rows that a job writes.

    Attributes
    ----------
    originals, new_rows
        Filters of the originals and of the new rows; None where all stay.
    n_originals, n_new
        How many of either stay.
    counts
        How many rows of each class stay.
    """

    originals: Filter | None
    new_rows: Filter | None
    n_originals: int
    n_new: int
    counts: Counts


class WithoutRows:
    """All rows but those at some positions, ascending."""

    def __init__(self, removed: np.ndarray) -> None:
        self._removed = removed

    def of(self, start: int, batch: pa.RecordBatch) -> np.ndarray | None:
        """Return which rows of a batch stay."""
        first, last = np.searchsorted(self._removed, [start, start + batch.num_rows])
        if first == last:
            return None
        stays = np.ones(batch.num_rows, dtype=bool)
        stays[self._removed[first:last] - start] = False
        return np.flatnonzero(stays)


class OfPlaces:
    """Rows of each class by their place in it; a place may be named several times.

    Parameters
    ----------
    target
        Name of the column with the class.
    labels
        All classes, in label order.
    places
        Places that stay, ascending, by class; classes that are not in it stay whole.
    seen
        Rows of each class that came before the first batch.
    """

    def __init__(
        self,
        target: str,
        labels: Sequence[Any],
        places: dict[Any, np.ndarray],
        seen: Counts | None = None,
    ) -> None:
        self._target = target
        self._labels = list(labels)
        self._places = places
        self._seen = dict(seen or dict.fromkeys(self._labels, 0))

    def of(self, start: int, batch: pa.RecordBatch) -> np.ndarray | None:
        """Return which rows of a batch stay, those named several times as often."""
        column = batch.column(batch.schema.get_field_index(self._target))
        codes = label_codes(column, self._labels)
        stay = np.ones(batch.num_rows, dtype=np.int64)
        for label, places in self._places.items():
            own = np.flatnonzero(codes == self._labels.index(label))
            seen = self._seen[label]
            first, last = np.searchsorted(places, [seen, seen + len(own)])
            stay[own] = np.bincount(places[first:last] - seen, minlength=len(own))
            self._seen[label] = seen + len(own)
        return np.repeat(np.arange(batch.num_rows), stay)


def kept_batches(
    batches: Iterator[pa.RecordBatch], start: int, kept: Filter | None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of batches that stay; ``start`` is where the first one begins."""
    for batch in batches:
        rows = None if kept is None else kept.of(start, batch)
        start += batch.num_rows
        if rows is None:
            yield batch
        elif len(rows):
            taken = [take_arrow(column, rows) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(taken, schema=batch.schema)
