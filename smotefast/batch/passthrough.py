"""Columns that a job carries through without computing with them (``keep=``).

Original rows have their own values. New rows get nulls, or the values of the row that they
were made from.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from smotefast.batch.gathering import GatheredTable
from smotefast.engine.job import Job
from smotefast.tables.arrow_tables import take_arrow


def nullable_field(field: pa.Field) -> pa.Field:
    """Return a field that may hold nulls, and so may the fields of a struct in it."""
    kind = field.type
    if pa.types.is_struct(kind):
        inner = [nullable_field(kind.field(place)) for place in range(kind.num_fields)]
        field = field.with_type(pa.struct(inner))
    return field.with_nullable(True)


class _Positions(Protocol):
    """Says where the rows of a class stand, in the terms of a job's origins."""

    def positions(self, label: Any) -> np.ndarray: ...


class Passthrough:
    """Values of kept columns for new rows.

    Parameters
    ----------
    fields
        The columns.
    gathered
        Their values in the classes that get new rows; None to fill with nulls.
    rows
        The rows that the job was prepared with; not needed for nulls.
    """

    def __init__(
        self, fields: list[pa.Field], gathered: GatheredTable | None, rows: _Positions | None
    ) -> None:
        self._fields = fields
        self._gathered = gathered
        self._rows = rows

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the new rows ``start..stop``, by name."""
        if self._gathered is None or not self._fields:
            return {field.name: pa.nulls(stop - start, field.type) for field in self._fields}
        picked = self._base_rows(job, start, stop)
        table = self._gathered.table
        return {
            field.name: take_arrow(table.column(field.name), picked) for field in self._fields
        }

    def _base_rows(self, job: Job, start: int, stop: int) -> np.ndarray:
        """Return where the base row of each new row stands in the gathered table."""
        assert self._gathered is not None
        assert self._rows is not None
        picked = np.empty(stop - start, dtype=np.int64)
        for recipe, first, last, at in job.parts(start, stop):
            origins = recipe.origins
            base = origins.provenance(first, last).base
            rank = np.searchsorted(self._rows.positions(origins.label), base)
            gathered = self._gathered.positions(origins.label)
            picked[at : at + last - first] = gathered[rank]
        return picked
