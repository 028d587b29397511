"""Numeric features: a matrix for each class to over-sample, or one matrix of all rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pyarrow as pa

from smotefast.batch.features import PicklableFeatures, numeric_dtype, refuse_index
from smotefast.batch.file_rows import FileRows
from smotefast.batch.gathering import Gathered, gather_all_rows, gather_numbers
from smotefast.batch.memory_needs import (
    MemoryNeed,
    ScratchNeed,
    float64_copy_bytes,
    found_in_file_bytes,
    neighbor_count,
    neighbor_count_among_all,
    position_bytes,
    search_bytes,
    search_in_file_bytes,
    search_in_file_scratch,
    streaming_need,
)
from smotefast.batch.reading import FileReader, NumberReader
from smotefast.batch.request import Request
from smotefast.engine.job import Job
from smotefast.engine.rows import MatrixRows
from smotefast.tables.arrow_columns import block_to_columns
from smotefast.tables.arrow_tables import ArrowSchema

# A support vector machine or a clustering holds, beside the rows: centers and labels, or the
# cache of libsvm, which is at most as large as all products of two rows; and for each value
# libsvm's own copy of it.
_ESTIMATOR = 20 << 20
_KERNEL_CACHE = 200 << 20
_VALUE_COPY = 24
# Rows of classes in files, after a search among all rows: the number of neighbors of other
# classes, shares and samples of each row, while these are computed; then the rows in danger
# and twice their positions, or the end of the samples of each row.
_DECIDING, _FOUND = 36, 24
# An entry of a table of neighbors that is in memory, and whether it is of another class.
_TABLE_ENTRY = 9


class NumericFeatures(PicklableFeatures):
    """Matrices of the classes to over-sample, and of those that the second step searches.

    Parameters
    ----------
    request
        The job.
    searched
        Classes that the second step searches.
    in_files
        Classes whose rows are in temporary files.
    """

    phase = "finding neighbors"
    n_codes = 0

    def __init__(
        self,
        request: Request,
        searched: Collection[Any] = (),
        in_files: Collection[Any] = (),
    ) -> None:
        refuse_index(request.source, request.features)
        self._request, self._searched = request, searched
        self.in_files = frozenset(in_files)
        self.names = request.features
        self.n_numbers = len(self.names)
        self._fields = request.fields(self.names)
        self.dtype = numeric_dtype(request, self.names)
        request.over_sampler.learn_columns(ArrowSchema(self._fields))

    def memory_need(self) -> MemoryNeed:
        """Return the memory of the matrices, the neighbors and the search."""
        need = self._need_within_classes()
        if self._request.needs.reads != "neighbors":
            return need
        if self.in_files:
            return self._with_search_in_file(need)
        return self._with_search_among_all(need)

    def scratch_need(self) -> ScratchNeed:
        """Return the size of the temporary files: rows, positions and neighbors."""
        k = neighbor_count(self._request.over_sampler)
        sizes = [self._request.class_sizes[label] for label in self.in_files]
        row = self.n_numbers * self.dtype.itemsize
        shape = self.n_numbers, self.dtype
        searches = [search_in_file_scratch(n, *shape, n_found=k * n) for n in sizes]
        on_cluster = self._request.arguments.on_cluster
        found = found_in_file_bytes(sum(sizes), k, self.dtype, on_cluster=on_cluster)
        row += position_bytes(self._request.source.n_rows)
        need = ScratchNeed(sum(sizes) * row, max(searches, default=0), found)
        if self.in_files and self._request.needs.reads == "neighbors":
            return self._with_file_of_all_rows(need)
        return need

    def gather(self, reader: FileReader) -> Gathered:
        """Read the classes to over-sample, and those that the second step searches."""
        request = self._request
        numbers = self._numbers(reader)
        sizes = {
            label: n
            for label, n in request.classes.counts.items()
            if label in request.n_to_generate or (label in self._searched and not self.in_files)
        }
        over_sampled = request.n_to_generate
        in_memory, in_files = gather_numbers(
            numbers, sizes, over_sampled=over_sampled, in_files=self.in_files
        )
        return Gathered(FileRows(numbers, in_memory, in_files), in_memory)

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the features of the synthetic samples ``start..stop``."""
        block = np.empty((stop - start, self.n_numbers), self.dtype)
        job.fill(start, stop, block)
        arrays = block_to_columns(block, self._fields)
        return dict(zip(self.names, arrays, strict=True))

    def _numbers(self, reader: FileReader) -> NumberReader:
        return NumberReader(reader, self.names, self.dtype)

    def _need_within_classes(self) -> MemoryNeed:
        sampler = self._request.over_sampler
        k = min(neighbor_count(sampler), self._request.source.n_rows)
        widened = self.n_numbers * float64_copy_bytes(self.dtype)
        row = self.n_numbers * self.dtype.itemsize + widened + 4 * k + 16
        gathered = most = 0
        for label, n_rows in self._request.class_sizes.items():
            if label in self.in_files:
                searching = search_in_file_bytes(n_rows, self.n_numbers, self.dtype)
                most = max(most, searching)
                continue
            gathered += n_rows * row
            search = search_bytes(sampler, n_rows, self.n_numbers, k)
            # The neighbors of a subset are copied into a table for all rows.
            most = max(most, search + n_rows * (4 * k + widened))
        # Numbers, entries and values of a base row and of its neighbor, in order.
        read_row = 2 * (row + 56) if self.in_files else 0
        return MemoryNeed(gathered, most, read_row=read_row)

    def _with_search_among_all(self, need: MemoryNeed) -> MemoryNeed:
        """Add a search for the rows of all classes among all rows, and its positions."""
        request, sizes = self._request, self._request.class_sizes.values()
        k = neighbor_count_among_all(request.over_sampler, request.needs)
        k = min(k, request.source.n_rows)
        positions = sum(8 * k * n_rows for n_rows in sizes)
        counting = max((24 * k * n_rows for n_rows in sizes), default=0)
        streaming = streaming_need(self.n_numbers, sizes, self.dtype, k)
        if len(request.needs.searches_all) > 1:  # a subset of each class is copied
            copied = sum(sizes) * self.n_numbers * self.dtype.itemsize
            streaming = streaming._replace(streaming=streaming.streaming + copied)
        need = need.maximum(streaming)
        return need._replace(search=need.search + positions + counting)

    def _with_search_in_file(self, need: MemoryNeed) -> MemoryNeed:
        """Add a search among all rows in a file, and what it tells about rows of a class."""
        request, n_all = self._request, self._request.source.n_rows
        sizes = request.class_sizes.values()
        searching = search_in_file_bytes(n_all, self.n_numbers, self.dtype)
        held = sum(sizes) * _FOUND
        if len(request.needs.searches_all) > 1:  # which neighbors are of other classes
            held += sum(sizes) * _TABLE_ENTRY * neighbor_count(request.over_sampler)
        # Two masks of all rows, or a mask and what counts it.
        search = max(need.search, searching, max(sizes) * _DECIDING) + 2 * n_all
        row = 4 * self.n_numbers * self.dtype.itemsize  # as columns, in the reader and as a row
        return need._replace(gathered=need.gathered + held, search=search, block_row=row)

    def _with_file_of_all_rows(self, need: ScratchNeed) -> ScratchNeed:
        """Add the file of all rows, its search, and the base rows that are copied."""
        request, n_all = self._request, self._request.source.n_rows
        n_queries = sum(request.class_sizes.values())
        k = min(neighbor_count_among_all(request.over_sampler, request.needs), n_all)
        row = self.n_numbers * self.dtype.itemsize
        # The neighbors, saved, and again for each class if there are several.
        tables = (8 if len(request.class_sizes) == 1 else 12) * k * n_queries
        shape = n_all, self.n_numbers, self.dtype
        n_found = k * n_queries
        searching = search_in_file_scratch(*shape, n_found=n_found, cross_class=True) + tables
        search, gathered = max(need.search, searching), need.gathered
        if request.needs.searches_all != (request.needs.neighbors_parameter,):
            gathered += n_queries * row  # those of the rows that are base rows
        if len(request.needs.searches_all) > 1:  # all rows can be neighbors
            return ScratchNeed(gathered + n_all * row, search, need.found)
        return ScratchNeed(gathered, search + n_all * row, need.found)


class AllNumericFeatures(NumericFeatures):
    """One matrix of all rows, for samplers that need all of them in memory."""

    def memory_need(self) -> MemoryNeed:
        """Return the memory of the matrix, the search and the user's estimator."""
        need = self._need_within_classes()
        n_rows = self._request.source.n_rows
        n_values = n_rows * self.n_numbers
        estimator = _ESTIMATOR + min(_KERNEL_CACHE, 4 * n_rows**2)
        return MemoryNeed(
            need.gathered + n_values * self.dtype.itemsize + 16 * n_rows,
            max(need.search, n_values * _VALUE_COPY + estimator),
        )

    def gather(self, reader: FileReader) -> Gathered:
        """Read all rows."""
        return Gathered(MatrixRows(*gather_all_rows(self._numbers(reader))))
