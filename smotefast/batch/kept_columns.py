"""Columns that are written but are not features: those to keep, and partition columns.

Original rows keep their values. Synthetic samples get null, or the values of their base row.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from smotefast._typing import Label
from smotefast.batch.class_tables import GatheredTable
from smotefast.engine.job import Job
from smotefast.engine.recipes import Positions


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

    def __init__(self, table: GatheredTable, positions: Mapping[Label, Positions]) -> None:
        self._table = table
        self._positions = positions

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the synthetic samples ``start..stop``."""
        return self._table.take(self._table.names, self._base_rows(job, start, stop))

    def _base_rows(self, job: Job, start: int, stop: int) -> np.ndarray:
        """Return the position in the table of the base row of each sample."""
        positions = np.empty(stop - start, dtype=np.int64)
        for recipe, first, last, at in job.parts(start, stop):
            origins = recipe.origins
            in_class = self._positions[origins.label]
            rows = origins.base_rows(first, last)
            if origins.base_indices is not None:
                rows = origins.base_indices[rows]
            elif origins.base_positions is not in_class:  # only some rows, or another array
                rows = np.searchsorted(np.asarray(in_class), origins.base_positions[rows])
            positions[at : at + last - first] = self._table.positions(origins.label)[rows]
        return positions
