"""New rows of a job as columns of the destination.

A job and a block of rows flow in; Arrow arrays flow out, one for each column that is no
target. There is one layout for each way in which samplers make rows.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from smotefast.engine.job import Job
from smotefast.tables.arrow_tables import take_arrow
from smotefast.tables.columns import block_to_columns, column_to_arrow


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
