"""Second step of a job: which of the originals and of the synthetic samples are written.

``second_step`` chooses: ``SecondStep`` keeps all rows, ``RandomSelection`` draws them, and
``LinkRemoval`` searches.
"""

from __future__ import annotations

import functools
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
from smotefast.batch.row_filters import KeepByClassRank, RemoveByPosition, RowsToWrite
from smotefast.batch.scan import add_counts, all_target_values, resolve_strategy
from smotefast.batch.warmup import load_link_searches
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job

Dtype = np.dtype[Any] | None  # None if no value is looked at
# If classes are in files: the class, mask and number of each row, and of each query what tells
# whether it is in a link, numbers of eight bytes.
_ALL_ROWS, _LINK = 6, 80


class DrawingSampler(Protocol):
    """A sampler that draws rows without reading them, such as RandomUnderSampler."""

    def draw(self, counts: Counts, n_to_keep: Counts) -> dict[Any, np.ndarray]:
        """Draw the rows to keep of each class, by position in the class."""
        ...


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


def second_step(request: Request) -> SecondStep:
    """Return the second step of a job."""
    if request.selector is None:
        return SecondStep(request)
    if request.selector.needs().reads == "neighbors":
        return LinkRemoval(request, request.selector)
    return RandomSelection(request, request.selector)


class SecondStep:
    """What a job does after over-sampling. This base class keeps all rows."""

    compares_rows = False  # by numbers

    def __init__(self, request: Request) -> None:
        self._request = request

    def check_counts(self) -> None:
        """Raise an error if the class sizes alone show that the step must fail."""

    def counts_after(self) -> Mapping[Any, int | None]:
        """Return the expected class sizes after the step; None if it finds them out."""
        return self._counts_after(self._request.n_to_generate)

    def classes_to_search(self) -> list[Any]:
        """Return the classes that have to be in memory, before a sample is generated."""
        return []

    def load_kernels(
        self, n_features: int, dtype: np.dtype[Any], *, in_files: bool = False
    ) -> None:
        """Load the kernels of the step, so that they count as memory of the program."""

    def add_memory(
        self, need: MemoryNeed, dtype: Dtype, *, in_files: bool = False
    ) -> MemoryNeed:
        """Add the memory of the step to that of over-sampling.

        ``in_files`` is whether rows of a class are in a temporary file.
        """
        return need

    def scratch_need(self, dtype: Dtype) -> int:
        """Return the size of temporary files of the step, if classes are in files."""
        return 0

    def select(
        self,
        job: Job,
        reader: FileReader,
        dtype: Dtype,
        in_memory: ClassMatrices,
        *,
        in_files: bool = False,
    ) -> RowsToWrite:
        """Return the rows to write.

        Parameters
        ----------
        job
            The synthetic samples.
        reader, dtype
            The files, and the dtype in which rows are compared.
        in_memory
            Classes that are in memory already.
        in_files
            Whether rows of a class are in a temporary file.
        """
        counts = self._counts_after(job.counts())
        return RowsToWrite(None, None, self._request.source.n_rows, job.n_rows, counts)

    def _counts_after(self, n_generated: Counts) -> Counts:
        """Return the class sizes after over-sampling."""
        counts = self._request.classes.counts
        return {label: n + n_generated.get(label, 0) for label, n in counts.items()}


class _Selection(SecondStep):
    """Base of steps with a sampler whose strategy depends on the sizes after over-sampling."""

    def __init__(self, request: Request, sampler: BaseSampler) -> None:
        super().__init__(request)
        self._sampler = sampler

    def check_counts(self) -> None:
        """Raise an error if the class sizes alone show that the step must fail."""
        self._sampler.check_counts(*self._expected)

    @functools.cached_property
    def _expected(self) -> tuple[Counts, Counts]:
        """Expected class sizes after over-sampling, and the target counts for them.

        If the over-sampler rounds numbers, an error may not occur with the numbers that it
        generates; then all rows are planned for.
        """
        n_generated = self._request.n_to_generate
        counts = self._counts_after(n_generated)
        try:
            return counts, self._resolve(counts, n_generated)
        except ValueError:
            if self.compares_rows or self._request.needs.exact_counts:
                raise
            return counts, counts

    def _resolve(self, counts: Counts, n_generated: Counts) -> Counts:
        """Return the target counts for the rows after over-sampling."""
        request = self._request

        def read_labels() -> np.ndarray:
            labels = np.array(list(n_generated), dtype=object)
            synthetic = np.repeat(labels, list(n_generated.values()))
            return np.concatenate(
                [all_target_values(request.source, request.target), synthetic]
            )

        return resolve_strategy(self._sampler, counts, read_labels, request.arguments.allowed)


class RandomSelection(_Selection):
    """Rows of each class drawn by rank, as RandomUnderSampler does."""

    def counts_after(self) -> Mapping[Any, int | None]:
        """Return the class sizes that are expected after the step."""
        return {**self._expected[0], **self._expected[1]}

    def add_memory(
        self, need: MemoryNeed, dtype: Dtype, *, in_files: bool = False
    ) -> MemoryNeed:
        """Add the ranks to keep, and a shuffled list of a class, for a moment twice."""
        counts, n_to_keep = self._expected
        drawing = max((8 * counts[label] + 16 * n for label, n in n_to_keep.items()), default=0)
        gathered = need.gathered + 8 * sum(n_to_keep.values())
        return need._replace(gathered=gathered, search=max(need.search, drawing))

    def select(
        self,
        job: Job,
        reader: FileReader,
        dtype: Dtype,
        in_memory: ClassMatrices,
        *,
        in_files: bool = False,
    ) -> RowsToWrite:
        """Draw the rows to write."""
        before, after = self._request.classes.counts, self._counts_after(job.counts())
        n_to_keep = self._resolve(after, job.counts())
        if not n_to_keep:
            return super().select(job, reader, dtype, in_memory)
        drawn = cast(DrawingSampler, self._sampler).draw(after, n_to_keep)
        ranks = {label: np.sort(each) for label, each in drawn.items()}
        n_originals = self._request.source.n_rows
        for label, each in ranks.items():
            n_originals += int(np.searchsorted(each, before[label])) - before[label]
        counts = {**after, **n_to_keep}
        target, labels = self._request.target, list(before)
        classes = self._request.classes
        counts_before_sample = functools.partial(_counts_before_sample, before, job)
        return RowsToWrite(
            KeepByClassRank(target, labels, ranks, classes.counts_before),
            KeepByClassRank(target, labels, ranks, counts_before_sample),
            n_originals,
            sum(counts.values()) - n_originals,
            counts,
        )


def _counts_before_sample(originals: Counts, job: Job, start: int) -> Counts:
    """Return the rows of each class before a synthetic sample."""
    counts = dict(originals)
    add_counts(counts, job.counts(0, start))
    return counts


class LinkRemoval(_Selection):
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
        searching = search_in_file_scratch(self._n_rows, n_features, dtype, n_found=n_found)
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
