"""Second step of a job: which of the originals and of the synthetic samples are written.

``SecondStep`` keeps all rows. ``random_selection.py`` and ``link_removal.py`` have those that
remove rows; ``prepare.second_step`` chooses.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from smotefast.batch.gathering import ClassMatrices
from smotefast.batch.memory_needs import MemoryNeed
from smotefast.batch.reading import FileReader
from smotefast.batch.request import Request
from smotefast.batch.row_filters import RowsToWrite
from smotefast.batch.scan import all_target_values, resolve_strategy
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job

Dtype = np.dtype[Any] | None  # None if no value is looked at


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


class Selection(SecondStep):
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
