"""Jobs with categories: columns of the files to codes, and codes to columns of the files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from smotefast.batch.file_rows import CategoryRows
from smotefast.batch.gather import GatheredTable
from smotefast.batch.layouts import CategoryLayout
from smotefast.batch.stream import Reading
from smotefast.engine.categorical import joined_codes
from smotefast.engine.mixed import MixedMatrix, first_rows
from smotefast.tables.categories import arrow_kind, encode_arrow


class SchemaColumns:
    """The features of files as a sampler asks for them before it sees a value."""

    has_dtypes = True

    def __init__(self, schema: pa.Schema, features: list[str]) -> None:
        self._types = [schema.field(name).type for name in features]
        self.names: list[str] | None = features
        self.n_features = len(features)

    def kinds(self) -> list[str]:
        """Return what each column holds."""
        return [arrow_kind(kind) for kind in self._types]


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
    sampler._choose_columns(SchemaColumns(schema, features))
    continuous = [features[j] for j in sampler._continuous]
    categorical = [features[j] for j in sampler._categorical]
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
) -> tuple[CategoryRows, np.ndarray]:
    """Return the rows of the classes as the sampler wants them, and the codes of all."""
    columns = map(encode_arrow, table.table.columns)
    codes = sampler._arranged(*joined_codes(table.table.num_rows, columns))
    matrices: dict[Any, MixedMatrix | np.ndarray] = {}
    for label in sizes:
        own = np.ascontiguousarray(codes[table.positions(label)])
        matrices[label] = own if numbers is None else MixedMatrix(numbers[label], own)
    names = table.table.schema.names
    return CategoryRows(reading, names, sampler._values, matrices), codes


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
