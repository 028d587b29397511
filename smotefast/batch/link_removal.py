"""Second step of a job that removes Tomek links, among originals and synthetic samples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol, cast

import numpy as np

from smotefast._threads import thread_count
from smotefast._typing import Rows
from smotefast.batch.gathering import ClassMatrices, gather_matrices, gather_numbers
from smotefast.batch.memory_needs import (
    MemoryNeed,
    search_in_file_bytes,
    search_in_file_scratch,
    streaming_need,
)
from smotefast.batch.oversampled_rows import OverSampledRows, OverSampledRowsInFile
from smotefast.batch.reading import FileReader, NumberReader
from smotefast.batch.request import Request
from smotefast.batch.row_filters import RemoveByPosition, RowsToWrite
from smotefast.batch.selection import Dtype, Selection
from smotefast.batch.warmup import load_link_searches
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job

# If classes are in files: the class, mask and number of each row, and of each query what tells
# whether it is in a link, numbers of eight bytes.
_ALL_ROWS, _LINK = 6, 80


class LinkSampler(Protocol):
    """A sampler that removes rows by their nearest neighbor, such as TomekLinks."""

    n_jobs: int | None

    def classes_to_search(self, counts: Counts, classes: Collection[Any]) -> list[Any]:
        """Return the classes whose rows are queries."""
        ...

    def rows_to_remove(
        self, rows: OverSampledRows, classes: Collection[Any], searched: list[Any]
    ) -> np.ndarray:
        """Return the positions of the rows to remove, ascending."""
        ...


class LinkRemoval(Selection):
    """Tomek links among originals and synthetic samples are removed, found by exact search."""

    compares_rows = True

    def __init__(self, request: Request, sampler: BaseSampler) -> None:
        super().__init__(request, sampler)
        self._links = cast(LinkSampler, sampler)

    def counts_after(self) -> Mapping[Any, int | None]:
        """Return the sizes of classes that no row is removed from; None for the others."""
        counts, cleaned = self._expected
        return {label: None if label in cleaned else n for label, n in counts.items()}

    def classes_to_search(self) -> list[Any]:
        """Return the classes whose rows are queries, by the expected class sizes."""
        classes = self._expected[1]
        if not classes:
            return []
        return self._links.classes_to_search(self._request.classes.counts, classes)

    def load_kernels(
        self, n_features: int, dtype: np.dtype[Any], *, in_files: bool = False
    ) -> None:
        """Load the searches for the nearest neighbor."""
        n_jobs = self._links.n_jobs
        load_link_searches(self._n_rows, n_features, dtype, n_jobs, in_files=in_files)

    def add_memory(
        self, need: MemoryNeed, dtype: Dtype, *, in_files: bool = False
    ) -> MemoryNeed:
        """Add the rows of the classes to search, twice if they have synthetic samples.

        If classes are in files, add a search there, and numbers of rows.
        """
        assert dtype is not None
        counts, generated = self._request.classes.counts, self._request.n_to_generate
        n_features = len(self._request.features)
        searched = self.classes_to_search()
        n_queries = sum(counts[label] + generated.get(label, 0) for label in searched)
        if in_files:
            searching = search_in_file_bytes(self._n_rows, n_features, dtype)
            searching += _ALL_ROWS * self._n_rows + _LINK * n_queries
            row = 4 * n_features * dtype.itemsize  # as columns, in the reader and as a row
            search, block_row = max(need.search, searching), max(need.block_row, row)
            return need._replace(search=search, block_row=block_row)
        in_memory = {*searched, *generated}
        row = n_features * dtype.itemsize
        gathered = sum(counts[label] for label in in_memory) * (row + 8) + 9 * n_queries
        streaming = streaming_need(n_features, [n_queries], dtype, 1)
        streaming = streaming._replace(streaming=streaming.streaming + n_queries * (row + 64))
        return need.maximum(streaming)._replace(gathered=need.gathered + gathered)

    def select(
        self,
        job: Job,
        reader: FileReader,
        dtype: Dtype,
        in_memory: ClassMatrices,
        *,
        in_files: bool = False,
    ) -> RowsToWrite:
        """Find the links, and return all rows without those to remove."""
        after = self._counts_after(job.counts())
        classes = self._resolve(after, job.counts())
        if not classes:
            return super().select(job, reader, dtype, in_memory)
        searched = self._links.classes_to_search(self._request.classes.counts, classes)
        assert dtype is not None
        numbers = NumberReader(reader, self._request.features, dtype)
        rows = (
            self._rows_in_file(job, numbers, searched)
            if in_files
            else self._rows(job, numbers, in_memory, searched)
        )
        removed = self._links.rows_to_remove(rows, classes, searched)
        first_synthetic = self._request.source.n_rows
        n_originals = int(np.searchsorted(removed, first_synthetic))
        n_removed = _count_by_class(removed, rows, searched, classes)
        return RowsToWrite(
            RemoveByPosition(removed[:n_originals]),
            RemoveByPosition(removed[n_originals:] - first_synthetic),
            first_synthetic - n_originals,
            job.n_rows - (len(removed) - n_originals),
            {label: n - n_removed.get(label, 0) for label, n in after.items()},
        )

    def _rows(
        self, job: Job, numbers: NumberReader, in_memory: ClassMatrices, searched: list[Any]
    ) -> OverSampledRows:
        """Read the missing classes to search, and those that samples are generated from."""
        counts, generated = self._request.classes.counts, job.counts()
        missing = {
            label: n
            for label, n in counts.items()
            if (label in searched or label in generated) and label not in in_memory.matrices
        }
        if missing:
            more = gather_matrices(numbers, missing, over_sampled=generated)
            in_memory = in_memory.merged(more)
        n_threads = thread_count(self._links.n_jobs)
        rows = in_memory.matrices, in_memory.positions
        return OverSampledRows(numbers, *rows, job, counts, n_threads)

    def scratch_need(self, dtype: Dtype) -> int:
        """Return the size of the files of all rows, and of a search among them."""
        assert dtype is not None
        n_features = len(self._request.features)
        copied = sum(self._request.class_sizes.values()) * self._request.needs.copies_rows
        rows = (self._n_rows + copied) * n_features * dtype.itemsize
        # One neighbor of each row at most, and the same as the job saves it.
        n_found = self._n_rows
        shape = self._n_rows, n_features, dtype
        searching = search_in_file_scratch(*shape, n_found=n_found, cross_class=True)
        return rows + searching + 8 * n_found

    @property
    def _n_rows(self) -> int:
        return sum(self._expected[0].values())

    def _rows_in_file(
        self, job: Job, numbers: NumberReader, searched: list[Any]
    ) -> OverSampledRowsInFile:
        """Find the positions of the classes to search; read rows that samples copy."""
        counts, generated = self._request.classes.counts, job.counts()
        codes, labels = numbers.files.class_codes(), numbers.files.labels
        positions = {label: np.flatnonzero(codes == labels.index(label)) for label in searched}
        del codes
        matrices: dict[Any, Rows] = {}
        if self._request.needs.copies_rows:
            sizes = {label: counts[label] for label in generated}
            _, copied = gather_numbers(numbers, sizes, over_sampled=generated, in_files=sizes)
            matrices |= copied.matrices
        n_threads = thread_count(self._links.n_jobs)
        return OverSampledRowsInFile(numbers, matrices, positions, job, counts, n_threads)


def _count_by_class(
    removed: np.ndarray, rows: OverSampledRows, searched: list[Any], cleaned: Collection[Any]
) -> Counts:
    """Count removed rows by class; only one class that is not searched can lose any."""
    counts = {
        label: int(np.isin(rows.positions(label), removed, assume_unique=True).sum())
        for label in searched
    }
    remaining = len(removed) - sum(counts.values())
    return {**counts, **{label: remaining for label in cleaned if label not in searched}}
