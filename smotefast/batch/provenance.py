"""Columns that say where each row of the output comes from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from smotefast.engine.job import Job
from smotefast.engine.recipes import Positions, Provenance
from smotefast.storage import ArgumentError

FIELDS = [
    pa.field("is_synthetic", pa.bool_(), nullable=False),
    pa.field("base_row", pa.int64()),
    pa.field("neighbor_row", pa.int64()),
    pa.field("step", pa.float64()),
]
NAMES = [field.name for field in FIELDS]


class ProvenanceColumns:
    """Base row, neighbor and step of the synthetic samples, as rows of the source from 0.

    Parameters
    ----------
    source_rows
        Row of the source that each position in the sampler's rows is; None if they are equal.
    """

    def __init__(self, source_rows: Positions | None) -> None:
        self._source_rows = source_rows

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the synthetic samples ``start..stop``, by name."""
        parts = [
            recipe.origins.provenance(first, last)
            for recipe, first, last, _ in job.parts(start, stop)
        ]
        found = Provenance(*(np.concatenate(values) for values in zip(*parts, strict=True)))
        steps = pa.array(found.step, mask=np.isnan(found.step))
        rows = [pa.array(self._in_source(each)) for each in (found.base, found.neighbor)]
        synthetic = pa.repeat(pa.scalar(True), stop - start)
        return dict(zip(NAMES, (synthetic, *rows, steps), strict=True))

    def _in_source(self, positions: np.ndarray) -> np.ndarray:
        return positions if self._source_rows is None else self._source_rows[positions]


def original_columns(n_rows: int) -> list[pa.Array]:
    """Return the columns of rows of the source."""
    nulls = [pa.nulls(n_rows, field.type) for field in FIELDS[1:]]
    return [pa.repeat(pa.scalar(False), n_rows), *nulls]


def check_names(columns: Sequence[str]) -> None:
    """Raise ArgumentError if a column to write has one of the names."""
    taken = [name for name in NAMES if name in columns]
    if taken:
        raise ArgumentError(
            f"provenance writes a column {taken[0]!r}, which the source has. Leave it out with "
            f"drop={taken}."
        )
