"""The weight column of a job that under-samples at random.

The weight of a row is the number of rows of its class before, divided by the number after. The
weights of a class add up to its rows before.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast._messages import did_you_mean
from smotefast.batch.arguments import Arguments
from smotefast.batch.scan import label_codes
from smotefast.engine.class_counts import Counts
from smotefast.storage import ArgumentError, ParquetSource, StreamSource
from smotefast.tables.column_types import arrow_column_type


class WeightColumn(NamedTuple):
    """Adds the weights to batches of the output.

    Attributes
    ----------
    name
        Name of the column, which is replaced if the batches have it.
    weights_from
        A column of the batches with weights to multiply, or None.
    target
        Name of the column with the class.
    weights
        Weight of each class, in label order.
    """

    name: str
    weights_from: str | None
    target: str
    weights: dict[Any, float]

    def added_to(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch with the column.

        Raises
        ------
        ValueError
            If a weight to multiply is missing or not finite.
        """
        codes = label_codes(batch.column(self.target), list(self.weights))
        values = np.array(list(self.weights.values()))[codes]
        if self.weights_from is not None:
            values *= self._given(batch.column(self.weights_from))
        column = pa.array(values)
        if self.name in batch.schema.names:
            field = pa.field(self.name, pa.float64())
            return batch.set_column(batch.schema.get_field_index(self.name), field, column)
        return batch.append_column(self.name, column)

    def _given(self, column: pa.Array) -> np.ndarray:
        values = np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan))
        if not np.isfinite(values).all():
            raise ValueError(
                f"Column {self.weights_from!r} has weights that are missing or not finite. "
                "Fill them, or leave out weights_from."
            )
        return values

    def added_to_schema(self, schema: pa.Schema) -> pa.Schema:
        """Return a schema with the column."""
        field = pa.field(self.name, pa.float64())
        if self.name in schema.names:
            return schema.set(schema.get_field_index(self.name), field)
        return schema.append(field)


def make_weight_column(
    arguments: Arguments, target: str, before: Counts, after: Counts
) -> WeightColumn | None:
    """Return the weight column of a job, or None.

    ``before`` and ``after`` are the rows of each class.
    """
    if arguments.weight_column is None:
        return None
    weights = {label: n / max(after[label], 1) for label, n in before.items()}
    return WeightColumn(arguments.weight_column, arguments.weights_from, target, weights)


def check_weight_column(
    arguments: Arguments, source: ParquetSource | StreamSource, target: str, columns: list[str]
) -> None:
    """Check the names of the weight columns; ``columns`` are those to write.

    Raises
    ------
    ValueError
        If a name is taken, is missing, or is not a column of numbers.
    """
    name, given = arguments.weight_column, arguments.weights_from
    if name is None:
        return
    if name == target or (name in columns and name != given):
        raise ArgumentError(
            f"weight_column={name!r} is a column of {source.path!r}. Use another name, or "
            f"weights_from={name!r} to multiply the weights that it has."
        )
    if given is None:
        return
    if given not in columns:
        raise ArgumentError(
            f"weights_from={given!r} is not a column that the job writes."
            f"{did_you_mean(given, columns)}"
        )
    arrow_type = source.schema.field(given).type
    if given == target or arrow_column_type(arrow_type) != "number":
        raise ArgumentError(
            f"weights_from={given!r} is {'the target' if given == target else arrow_type}. "
            "Name a column of numbers, or leave it out."
        )
