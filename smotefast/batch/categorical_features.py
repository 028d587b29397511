"""Numeric and categorical features, or categorical ones alone: categories as integer codes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import numpy as np
import pyarrow as pa

from smotefast._row_files import RowFile
from smotefast._typing import Rows
from smotefast.batch.features import PicklableFeatures, numeric_dtype, refuse_index
from smotefast.batch.file_rows import CategoryFileRows
from smotefast.batch.gathered_categories import (
    Encoding,
    empty_codes,
    gather_codes,
    replace_codes,
)
from smotefast.batch.gathering import Gathered, gather_numbers
from smotefast.batch.memory_needs import (
    MemoryNeed,
    ScratchNeed,
    float64_copy_bytes,
    found_in_file_bytes,
    neighbor_count,
    position_bytes,
    search_bytes,
    search_in_file_bytes,
    search_in_file_scratch,
)
from smotefast.batch.reading import FileReader, NumberReader
from smotefast.batch.request import Request
from smotefast.engine.job import Job
from smotefast.engine.majority_vote import VOTE_BYTES, voter_bytes
from smotefast.engine.mixed_recipes import MixedFile, MixedMatrix
from smotefast.over_sampling._categorical import CategoricalSampler
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.tables.arrow_columns import column_to_arrow
from smotefast.tables.arrow_tables import ArrowSchema, take_arrow

# Categories of a column of a class in a file that are planned for, and the bytes of one besides
# its value: as an object, and where it occurs first.
_CATEGORIES, _CATEGORY = 1 << 15, 200


class CategoricalFeatures(PicklableFeatures):
    """Codes of categories, beside numbers or alone, of the classes to over-sample.

    Parameters
    ----------
    request
        The job.
    in_files
        Classes whose rows are in temporary files.
    """

    phase = "finding neighbors"

    def __init__(self, request: Request, in_files: Collection[Any] = ()) -> None:
        refuse_index(request.source, request.features)
        self._request = request
        self.in_files = frozenset(in_files)
        self._sampler = cast(CategoricalSampler, request.over_sampler)
        self.names = request.features
        self._numeric, self._categorical = split_features(
            request.over_sampler, request.schema, request.features
        )
        self._numeric_types = [field.type for field in request.fields(self._numeric)]
        self.n_numbers, self.n_codes = len(self._numeric), len(self._categorical)
        self.dtype = np.dtype(np.int32)  # of the codes, if there are no numbers
        if self._numeric:
            self.dtype = numeric_dtype(request, self._numeric)

    def memory_need(self) -> MemoryNeed:
        """Return the memory of the numbers, categories, codes and neighbors."""
        request, sizes = self._request, self._request.column_sizes
        numeric = frozenset(self._numeric)
        names = [name for name in self.names if name not in numeric]
        k = min(neighbor_count(request.over_sampler), request.source.n_rows)
        number = self.dtype.itemsize + float64_copy_bytes(self.dtype)
        numbers = self.n_numbers * number + 4 * k + 32
        row = sizes.row_bytes(names) + 8 * len(names) + numbers
        gathered: float = sizes.dictionary_bytes(names)
        n_in_memory = most = 0
        for label, n_rows in request.class_sizes.items():
            n_new = request.n_to_generate[label]
            if label in self.in_files:
                most = max(most, self._searching_in_file(n_rows), self._picking(n_new, k))
                continue
            n_in_memory += n_rows
            gathered += n_rows * row
            gathered += n_new * len(names)  # which of several categories each sample gets
            most = max(most, self._searching(n_rows, k), self._drawing(n_rows, n_new, k))
        # One column is held twice while its pieces are joined.
        widest = max((sizes.row_bytes([name]) for name in names), default=0)
        search = int(max(most, n_in_memory * widest))
        if not self.in_files:
            return MemoryNeed(int(gathered), search)
        # Numbers, entries and values of a base row and of its neighbor, in order; the rows that
        # vote.
        read_row = 2 * (numbers + 56) + voter_bytes(k, self.n_codes)
        return MemoryNeed(int(gathered) + self._categories_bytes(), search, read_row=read_row)

    def scratch_need(self) -> ScratchNeed:
        """Return the size of the temporary files: rows, positions, neighbors and votes."""
        request = self._request
        sizes = {label: request.class_sizes[label] for label in self.in_files}
        k = neighbor_count(request.over_sampler)
        row = self.n_numbers * self.dtype.itemsize + 4 * self.n_codes
        row += position_bytes(request.source.n_rows)
        shape = self.n_numbers, self.dtype, self.n_codes
        searches = [search_in_file_scratch(n, *shape, n_found=k * n) for n in sizes.values()]
        n_rows, on_cluster = sum(sizes.values()), request.arguments.on_cluster
        found = found_in_file_bytes(n_rows, k, self.dtype, on_cluster=on_cluster)
        found += self.n_codes * sum(request.n_to_generate[label] for label in sizes)
        return ScratchNeed(sum(sizes.values()) * row, max(searches, default=0), found)

    def gather(self, reader: FileReader) -> Gathered:
        """Read the rows of the classes to over-sample and encode their categories."""
        sizes = self._request.class_sizes
        numbers: dict[Any, Rows] = {}
        positions: dict[Any, Rows] = {
            label: np.empty(n_rows, np.int64)
            for label, n_rows in sizes.items()
            if not self._numeric
        }
        if self._numeric:
            number_reader = NumberReader(reader, self._numeric, self.dtype)
            in_memory, in_files = gather_numbers(
                number_reader, sizes, over_sampled=sizes, in_files=self.in_files
            )
            numbers |= in_memory.matrices | in_files.matrices
            positions |= in_memory.positions | in_files.positions
        codes = empty_codes(sizes, self.in_files, self.n_codes, reader.scratch)
        encodings = gather_codes(reader, self._categorical, codes, positions)
        categories = self._encode(codes, encodings)
        matrices: dict[Any, MixedMatrix | MixedFile | np.ndarray] = {
            label: _matrix(numbers.get(label), rows) for label, rows in codes.items()
        }
        return Gathered(
            CategoryFileRows(reader, self._categorical, categories, matrices, positions)
        )

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the features of the synthetic samples ``start..stop``.

        Categories are values of rows that have them, so columns keep their types.
        """
        numbers, codes = job.mixed_rows(start, stop, self.n_numbers, self.n_codes, self.dtype)
        columns: dict[str, pa.Array] = {}
        for j, name in enumerate(self._numeric):
            columns[name] = column_to_arrow(numbers[:, j], self._numeric_types[j])
        for j, name in enumerate(self._categorical):
            columns[name] = take_arrow(self._values[j], self._value_of[j][codes[:, j]])
        return columns

    def _encode(self, codes: dict[Any, Rows], encodings: list[Encoding]) -> list[list[Any]]:
        """Bring codes into the order of the categories; return these; keep values of each."""
        sizes = [len(each.categories) for each in encodings]
        # A row with each category of every column tells how the sampler converts codes.
        every = np.arange(max(sizes), dtype=np.int32)[:, np.newaxis]
        every = np.minimum(every, np.array(sizes, np.int32) - 1)
        converted, categories = self._sampler.encode(
            every, [each.categories for each in encodings]
        )
        orders = [column[:size] for column, size in zip(converted.T, sizes, strict=True)]
        self._values = [each.values for each in encodings]
        self._value_of = [_inverse(order) for order in orders]
        # Categories that do not occur have the code -1.
        new_codes = [
            np.append(order, -1)[each.codes]
            for order, each in zip(orders, encodings, strict=True)
        ]
        replace_codes(codes, new_codes)
        return categories

    def _searching(self, n_rows: int, k: int) -> int:
        request, n_codes = self._request, self.n_codes
        # Without numbers the distance is that of class shares, as float64 and packed.
        n_numbers = self.n_numbers or 3 * n_codes * len(request.classes.counts)
        searching = search_bytes(request.over_sampler, n_rows, n_numbers, k, n_codes=n_codes)
        return searching + n_rows * 4 * k

    def _drawing(self, n_rows: int, n_new: int, k: int) -> int:
        """Return the memory of a shuffled list of pairs: a sample and one of k categories."""
        return (4 * k + 40) * n_new + 8 * n_rows * self.n_codes

    def _searching_in_file(self, n_rows: int) -> int:
        return search_in_file_bytes(n_rows, self.n_numbers, self.dtype, self.n_codes)

    def _picking(self, n_new: int, k: int) -> int:
        """Return the memory of a shuffled list of pairs, of one column of rows in a file."""
        return (4 * k + 2) * n_new + VOTE_BYTES

    def _categories_bytes(self) -> int:
        """Return the memory of the categories of rows in files, if they are not many."""
        sizes, n_rows = self._request.column_sizes, sum(self._request.class_sizes.values())
        return sum(
            int(min(n_rows, _CATEGORIES) * (sizes.row_bytes([name]) + _CATEGORY))
            for name in self._categorical
        )


def _matrix(numbers: Rows | None, codes: Rows) -> MixedMatrix | MixedFile | np.ndarray:
    """Return the rows of a class, of codes alone if there are no numbers."""
    if isinstance(codes, np.ndarray):
        return MixedMatrix(numbers, codes) if isinstance(numbers, np.ndarray) else codes
    assert isinstance(numbers, RowFile)
    return MixedFile(numbers, codes)


def _inverse(order: np.ndarray) -> np.ndarray:
    """Return which category has each code; -1 for codes that none has."""
    inverse = np.full(int(order.max(initial=-1)) + 1, -1)
    inverse[order] = np.arange(len(order))
    return inverse


def split_features(
    sampler: BaseOverSampler, schema: pa.Schema, features: list[str]
) -> tuple[list[str], list[str]]:
    """Return the names of the numeric and of the categorical columns, in the sampler's order.

    Raises
    ------
    ValueError
        If the sampler does not take these columns.
    """
    _refuse_target(sampler, schema, features)
    columns = cast(CategoricalSampler, sampler).choose_columns(
        ArrowSchema(map(schema.field, features))
    )
    numeric, categorical = ([features[j] for j in positions] for positions in columns)
    for name in categorical:
        arrow_type = schema.field(name).type
        if pa.types.is_nested(arrow_type):
            raise ValueError(
                f"Column {name!r} is nested (Arrow type {arrow_type}), so its values cannot be "
                "categories. Convert them to text, or drop the column."
            )
    return numeric, categorical


def _refuse_target(sampler: BaseOverSampler, schema: pa.Schema, features: list[str]) -> None:
    """Refuse a categorical feature that is the target, or a column to keep."""
    named = getattr(sampler, "categorical_features", None)
    if not isinstance(named, list | tuple):
        return
    others = frozenset(schema.names) - frozenset(features)
    other = [name for name in named if isinstance(name, str) and name in others]
    if other:
        raise ValueError(
            f"categorical_features names {other[0]!r}, which is not a feature: it is the "
            "target, or a column to keep."
        )
