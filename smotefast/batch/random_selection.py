"""Second step of a job that draws the rows to write, as RandomUnderSampler does."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Protocol, cast

import numpy as np

from smotefast.batch.gathering import ClassMatrices
from smotefast.batch.memory_needs import MemoryNeed
from smotefast.batch.reading import FileReader
from smotefast.batch.row_filters import KeepByClassRank, RowsToWrite
from smotefast.batch.scan import add_counts
from smotefast.batch.selection import Dtype, Selection
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job


class DrawingSampler(Protocol):
    """A sampler that draws rows without reading them, such as RandomUnderSampler."""

    def draw(self, counts: Counts, n_to_keep: Counts) -> dict[Any, np.ndarray]:
        """Draw the rows to keep of each class, by position in the class."""
        ...


class RandomSelection(Selection):
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
