"""Numeric and categorical features, or categorical ones alone: categories as integer codes."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyarrow as pa

from smotefast.batch.class_tables import ClassTable, gather_table
from smotefast.batch.features import PicklableFeatures, numeric_dtype, refuse_index
from smotefast.batch.file_rows import CategoryFileRows
from smotefast.batch.gathering import Gathered, gather_matrices
from smotefast.batch.memory_needs import (
    MemoryNeed,
    float64_copy_bytes,
    neighbor_count,
    search_bytes,
)
from smotefast.batch.reading import FileReader, NumberReader
from smotefast.batch.request import Request
from smotefast.engine.job import Job
from smotefast.engine.mixed_recipes import MixedMatrix, first_rows
from smotefast.over_sampling._categorical import CategoricalSampler, join_codes
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.tables.arrow_columns import column_to_arrow
from smotefast.tables.arrow_tables import ArrowSchema, take_arrow
from smotefast.tables.categories import encode_arrow


class CategoricalFeatures(PicklableFeatures):
    """Codes of categories, beside numbers or alone, of the classes to over-sample."""

    phase = "finding neighbors"

    def __init__(self, request: Request) -> None:
        refuse_index(request.source, request.features)
        self._request = request
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
        row = sizes.row_bytes(names) + 8 * len(names) + self.n_numbers * number + 4 * k + 32
        gathered: float = sizes.dictionary_bytes(names)
        most = 0
        for label, n_rows in request.class_sizes.items():
            n_new = request.n_to_generate[label]
            gathered += n_rows * row
            gathered += n_new * len(names)  # which of several categories each sample gets
            most = max(most, self._searching(n_rows, k), self._drawing(n_rows, n_new, k))
        # One column is held twice while its pieces are joined.
        widest = max((sizes.row_bytes([name]) for name in names), default=0)
        joining = sum(request.class_sizes.values()) * widest
        return MemoryNeed(int(gathered), int(max(most, joining)))

    def gather(self, reader: FileReader) -> Gathered:
        """Read the rows of the classes to over-sample and encode their categories."""
        sizes = self._request.class_sizes
        numbers: dict[Any, np.ndarray] = {}
        if self._numeric:
            number_reader = NumberReader(reader, self._numeric, self.dtype)
            numbers = gather_matrices(number_reader, sizes, over_sampled=sizes).matrices
        table = gather_table(reader, self._categorical, sizes)
        codes, categories = self._encode(table)
        matrices: dict[Any, MixedMatrix | np.ndarray] = {}
        positions: dict[Any, np.ndarray] = {}
        for label in sizes:
            rows = np.ascontiguousarray(codes[table.positions(label)])
            matrices[label] = rows
            positions[label] = table.source_rows[table.positions(label)]
            if self._numeric:
                matrices[label] = MixedMatrix(numbers[label], rows)
        return Gathered(
            CategoryFileRows(reader, self._categorical, categories, matrices, positions)
        )

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the features of the synthetic samples ``start..stop``.

        Categories are taken from rows that have them, so columns keep their types.
        """
        numbers, codes = job.mixed_rows(start, stop, self.n_numbers, self.n_codes, self.dtype)
        columns: dict[str, pa.Array] = {}
        for j, name in enumerate(self._numeric):
            columns[name] = column_to_arrow(numbers[:, j], self._numeric_types[j])
        for j, name in enumerate(self._categorical):
            rows = self._first_rows[j][codes[:, j]]
            columns[name] = take_arrow(self._values[j], rows)
        return columns

    def _encode(self, table: ClassTable) -> tuple[np.ndarray, list[list[Any]]]:
        """Return codes and categories; keep a row for each category."""
        columns = map(encode_arrow, table.table.columns)
        codes, categories = self._sampler.encode(*join_codes(table.table.num_rows, columns))
        self._values = [column.chunk(0) for column in table.table.columns]
        self._first_rows = first_rows(codes)
        return codes, categories

    def _searching(self, n_rows: int, k: int) -> int:
        request, n_codes = self._request, self.n_codes
        # Without numbers the distance is that of class shares, as float64 and packed.
        n_numbers = self.n_numbers or 3 * n_codes * len(request.classes.counts)
        searching = search_bytes(request.over_sampler, n_rows, n_numbers, k, n_codes=n_codes)
        return searching + n_rows * 4 * k

    def _drawing(self, n_rows: int, n_new: int, k: int) -> int:
        """Return the memory of a shuffled list of pairs: a sample and one of k categories."""
        return (12 * k + 48) * n_new + 12 * n_rows * self.n_codes


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
