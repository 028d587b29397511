"""Columns that are written but are not features: those to keep, and partition columns.

Original rows keep their values. Synthetic samples get null, or the values of their base row.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from smotefast._typing import Label
from smotefast.batch.class_tables import ClassTable
from smotefast.engine.job import Job


class NullColumns:
    """Columns without values."""

    def __init__(self, fields: list[pa.Field]) -> None:
        self._fields = fields

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the synthetic samples ``start..stop``."""
        return {field.name: pa.nulls(stop - start, field.type) for field in self._fields}


class BaseRowColumns:
    """Columns with the values of the base row of each sample.

    Parameters
    ----------
    table
        Values of the classes to over-sample.
    positions
        Positions of the rows of each of these classes that samples are generated from.
    """

    def __init__(self, table: ClassTable, positions: Mapping[Label, np.ndarray]) -> None:
        self._table = table
        self._positions = positions

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the synthetic samples ``start..stop``."""
        names = self._table.table.column_names
        return self._table.take(names, self._base_rows(job, start, stop))

    def _base_rows(self, job: Job, start: int, stop: int) -> np.ndarray:
        """Return the position in the table of the base row of each sample."""
        positions = np.empty(stop - start, dtype=np.int64)
        for recipe, first, last, at in job.parts(start, stop):
            label = recipe.origins.label
            base = recipe.origins.provenance(first, last).base
            rank = np.searchsorted(self._positions[label], base)
            positions[at : at + last - first] = self._table.positions(label)[rank]
        return positions
