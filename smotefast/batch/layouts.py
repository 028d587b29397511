"""New rows of a job as columns of the destination.

A job and a block of rows flow in; Arrow arrays flow out, one for each column that is no
target. There is one layout for each way in which samplers make rows.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from smotefast.batch.file_rows import CategoryFileRows
from smotefast.batch.gathering import GatheredTable
from smotefast.batch.reading import Reading
from smotefast.engine.job import Job
from smotefast.engine.mixed_recipes import MixedMatrix, first_rows
from smotefast.over_sampling._categorical import joined_codes
from smotefast.tables.arrow_columns import block_to_columns, column_to_arrow
from smotefast.tables.arrow_tables import ArrowSchema, take_arrow
from smotefast.tables.categories import encode_arrow


class Layout(Protocol):
    """How new rows become columns."""

    def columns(self, job: Job, start: int, stop: int) -> list[pa.Array]:
        """Return the features of the new rows ``start..stop``."""
        ...


class NumberLayout:
    """Rows of numbers.

    Parameters
    ----------
    fields
        The features.
    dtype
        In which the job fills.
    """

    def __init__(self, fields: list[pa.Field], dtype: np.dtype[Any]) -> None:
        self._fields = fields
        self._dtype = dtype

    def columns(self, job: Job, start: int, stop: int) -> list[pa.Array]:
        """Return the features of the new rows ``start..stop``."""
        block = np.empty((stop - start, len(self._fields)), self._dtype)
        job.fill(start, stop, block)
        return block_to_columns(block, self._fields)


class CategoryLayout:
    """Rows of numbers and categories, or of categories only.

    Parameters
    ----------
    fields
        The features.
    dtype
        In which the job fills numbers.
    categorical
        Which of the features are categories, in the order of the codes.
    known
        The categorical columns of rows that are in memory.
    first_rows
        For each of them the row that has a category, by code.
    """

    def __init__(
        self,
        fields: list[pa.Field],
        dtype: np.dtype[Any],
        categorical: list[int],
        known: list[pa.Array],
        first_rows: list[np.ndarray],
    ) -> None:
        self._fields = fields
        self._dtype = dtype
        self._categorical = categorical
        chosen = frozenset(categorical)
        self._continuous = [j for j in range(len(fields)) if j not in chosen]
        self._known = known
        self._first_rows = first_rows

    def columns(self, job: Job, start: int, stop: int) -> list[pa.Array]:
        """Return the features of the new rows ``start..stop``."""
        sizes = len(self._continuous), len(self._categorical)
        numbers, codes = job.mixed_rows(start, stop, *sizes, self._dtype)
        made: dict[int, pa.Array] = {}
        for place, j in enumerate(self._continuous):
            made[j] = column_to_arrow(numbers[:, place], self._fields[j].type)
        for place, j in enumerate(self._categorical):
            picked = self._first_rows[place][codes[:, place]]
            made[j] = take_arrow(self._known[place], picked)
        return [made[j] for j in range(len(self._fields))]


def split_features(
    sampler: Any, schema: pa.Schema, features: list[str]
) -> tuple[list[str], list[str]]:
    """Return the names of the numeric columns, and of the others in the sampler's order.

    Raises
    ------
    ValueError
        If the sampler does not take these columns.
    """
    _refuse_target(sampler, schema, features)
    numbers, categories = sampler.choose_columns(ArrowSchema(map(schema.field, features)))
    continuous = [features[j] for j in numbers]
    categorical = [features[j] for j in categories]
    for name in categorical:
        kind = schema.field(name).type
        if pa.types.is_nested(kind):
            raise ValueError(
                f"Column {name!r} is nested (Arrow type {kind}), and such values cannot be "
                "told apart as categories. Turn them into text, or drop the column."
            )
    return continuous, categorical


def _refuse_target(sampler: Any, schema: pa.Schema, features: list[str]) -> None:
    """Refuse the target among the categories; it is the column that is no feature."""
    given = getattr(sampler, "categorical_features", None)
    if not isinstance(given, list | tuple):
        return
    others = frozenset(schema.names) - frozenset(features)
    other = [name for name in given if isinstance(name, str) and name in others]
    if other:
        raise ValueError(
            f"categorical_features names {other[0]!r}, which is the target or kept, and no "
            "feature."
        )


def category_rows(
    sampler: Any,
    reading: Reading,
    table: GatheredTable,
    numbers: dict[Any, np.ndarray] | None,
    sizes: dict[Any, int],
) -> tuple[CategoryFileRows, np.ndarray]:
    """Return the rows of the classes as the sampler wants them, and the codes of all."""
    columns = map(encode_arrow, table.table.columns)
    codes, categories = sampler.encode(*joined_codes(table.table.num_rows, columns))
    matrices: dict[Any, MixedMatrix | np.ndarray] = {}
    for label in sizes:
        own = np.ascontiguousarray(codes[table.positions(label)])
        matrices[label] = own if numbers is None else MixedMatrix(numbers[label], own)
    names = table.table.schema.names
    return CategoryFileRows(reading, names, categories, matrices), codes


def category_layout(
    fields: list[pa.Field],
    dtype: np.dtype[Any],
    categorical: list[str],
    table: GatheredTable,
    codes: np.ndarray,
) -> CategoryLayout:
    """Return how new rows become columns: categories are taken from rows that have them."""
    place = {field.name: j for j, field in enumerate(fields)}
    places = [place[name] for name in categorical]
    known = [column.chunk(0) for column in table.table.columns]
    return CategoryLayout(fields, dtype, places, known, first_rows(codes))
