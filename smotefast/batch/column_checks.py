"""Find features in files that a sampler should not compute with.

These are keys, constants and copies of the target. The first rows rule out nearly every
column; only the remaining columns are read once more from all files.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast._messages import MAX_NAMES
from smotefast.batch.scan import label_codes
from smotefast.engine.column_checks import MIN_ROWS, Suspects, describe, is_key
from smotefast.neighbors.row_hashes import GOLDEN_RATIO
from smotefast.storage import ParquetSource
from smotefast.tables.column_types import arrow_column_type, plain_values, value_type
from smotefast.tables.decimals import decimals_to_numbers

_FIRST_ROWS = 1_024
# Values of a column that are compared between batches: all of them up to this number, of more
# an even share, selected by a hash, so that equal values are selected together. 0.5 MiB.
_MAX_COMPARED = 1 << 16


def check_columns(
    source: ParquetSource,
    target: str,
    labels: list[Any],
    columns: Sequence[str],
    *,
    batch_rows: int = 1 << 16,
) -> Suspects:
    """Return the names of keys, constants and copies of the target among some columns.

    Parameters
    ----------
    source
        The files.
    target
        Name of the column with the class.
    labels
        All classes.
    columns
        Names of the columns to check. Nested types are skipped.
    batch_rows
        Largest number of rows to read at a time.
    """
    suspects = Suspects([], [], [])
    if source.n_rows < MIN_ROWS:
        return suspects
    types = {name: source.schema.field(name).type for name in columns}
    checks = [_ColumnCheck(name, each) for name, each in types.items() if _is_checked(each)]
    reader = _LabeledReader(source, target, labels)
    checks = _remaining_after_first_rows(checks, reader, min(_FIRST_ROWS, batch_rows))
    checks = _remaining_after_all_rows(checks, reader, batch_rows)
    for check in checks:
        for names, is_suspect in zip(suspects, check.verdicts(len(labels)), strict=True):
            names += [check.name] * is_suspect
    return suspects


def column_advice(suspects: Suspects) -> list[str]:
    """Describe the suspect columns, and the arguments that leave them out."""
    names = [name for group in suspects for name in group][:MAX_NAMES]
    text = f"Leave them out with drop={names}"
    if suspects.keys:
        text += f", or copy keys to the output with keep={suspects.keys[:MAX_NAMES]}"
    return [describe(suspects), f"{text}."]


class _LabeledReader:
    """Reads columns together with the class of each row."""

    def __init__(self, source: ParquetSource, target: str, labels: list[Any]) -> None:
        self._source, self._target, self._labels = source, target, labels

    def batches(
        self, names: list[str], batch_rows: int
    ) -> Generator[tuple[np.ndarray, list[pa.Array]], None, None]:
        """Yield class codes and columns."""
        for batch in self._source.batches([self._target, *names], batch_rows):
            yield label_codes(batch.column(0), self._labels), batch.columns[1:]


def _remaining_after_first_rows(
    checks: list[_ColumnCheck], reader: _LabeledReader, n_rows: int
) -> list[_ColumnCheck]:
    batches = reader.batches([check.name for check in checks], n_rows)
    codes, arrays = next(batches)
    batches.close()
    return _still_suspect(checks, codes, arrays)


def _remaining_after_all_rows(
    checks: list[_ColumnCheck], reader: _LabeledReader, batch_rows: int
) -> list[_ColumnCheck]:
    for check in checks:
        check.restart()
    names = [check.name for check in checks]
    for codes, arrays in reader.batches(names, batch_rows) if names else ():
        array = dict(zip(names, arrays, strict=True))
        checks = _still_suspect(checks, codes, [array[check.name] for check in checks])
        if not checks:
            break
    return checks


def _still_suspect(
    checks: list[_ColumnCheck], codes: np.ndarray, arrays: list[pa.Array]
) -> list[_ColumnCheck]:
    return [
        check
        for check, array in zip(checks, arrays, strict=True)
        if check.is_suspect(_comparable(array), codes)
    ]


def _is_checked(arrow_type: pa.DataType) -> bool:
    of = value_type(arrow_type)
    return (
        arrow_column_type(of) != "other"
        or pa.types.is_fixed_size_binary(of)
        or pa.types.is_temporal(of)
    )


def _comparable(column: pa.Array) -> pa.Array:
    """Return a column in a type whose values pyarrow can compare."""
    column = plain_values(column)
    if pa.types.is_decimal(column.type):
        return pa.array(decimals_to_numbers(column), from_pandas=True)
    return column.cast(pa.float32()) if pa.types.is_float16(column.type) else column


class _ColumnCheck:
    """What a column may still be: a key, a constant or a copy of the target."""

    def __init__(self, name: str, arrow_type: pa.DataType) -> None:
        self.name = name
        column_type = arrow_column_type(value_type(arrow_type))
        self._is_number = column_type == "number"
        self._may_be_key = column_type != "boolean"
        self._may_be_constant = self._may_be_copy = True
        self.restart()

    def restart(self) -> None:
        """Forget the values, but not what they ruled out."""
        self._n_values = 0
        self._shift = 0
        self._compared = np.empty(0, np.int64)
        self._constant: Any = None
        self._value_of_class: dict[int, Any] = {}

    def is_suspect(self, column: pa.Array, codes: np.ndarray) -> bool:
        """Check a batch; return whether the column may still be any of the three."""
        values = pc.unique(column)
        self._may_be_constant = self._may_be_constant and self._is_constant(values)
        self._may_be_copy = self._may_be_copy and self._is_copy(column, codes)
        self._may_be_key = self._may_be_key and self._is_unique(column, values)
        return self._may_be_constant or self._may_be_copy or self._may_be_key

    def verdicts(self, n_classes: int) -> tuple[bool, bool, bool]:
        """Return whether it is a key, a constant, a copy of the target, after all rows."""
        values = np.unique(self._compared)
        is_unique = len(values) == len(self._compared) > 0
        is_by_design = self._n_values >= MIN_ROWS and (
            not self._is_number or (is_unique and is_key(values, self._n_values))
        )
        is_copy = self._may_be_copy and len(self._value_of_class) == n_classes
        return self._may_be_key and is_unique and is_by_design, self._may_be_constant, is_copy

    def _is_constant(self, values: pa.Array) -> bool:
        if len(values) != 1:
            return False
        self._constant = values[0] if self._constant is None else self._constant
        return bool(values[0].equals(self._constant))

    def _is_copy(self, column: pa.Array, codes: np.ndarray) -> bool:
        for code in np.unique(codes).tolist():
            values = pc.unique(column.filter(pa.array(codes == code)))
            if len(values) != 1:
                return False
            if not self._value_of_class.setdefault(code, values[0]).equals(values[0]):
                return False
        distinct = {value.as_py() for value in self._value_of_class.values()}
        return len(distinct) == len(self._value_of_class)

    def _is_unique(self, column: pa.Array, values: pa.Array) -> bool:
        values = values.drop_null()
        if len(values) != len(column) - column.null_count:
            return False
        numbers = values.to_numpy(zero_copy_only=False) if self._is_number else _hashes(values)
        if numbers.dtype.kind == "f" and not (numbers == np.rint(numbers)).all():
            return False
        self._compared = np.concatenate(
            [self._compared.astype(numbers.dtype), self._share(numbers)]
        )
        self._n_values += len(numbers)
        while len(self._compared) > _MAX_COMPARED:
            self._shift += 1
            self._compared = self._share(self._compared)
        return len(np.unique(self._compared)) == len(self._compared)

    def _share(self, numbers: np.ndarray) -> np.ndarray:
        """Return the values that are compared between batches."""
        if not self._shift:
            return numbers
        wide = numbers.astype(np.float64 if numbers.dtype.kind == "f" else np.int64)
        bits: np.ndarray = wide.view(np.uint64)
        mixed: np.ndarray = (bits ^ (bits >> np.uint64(32))) * GOLDEN_RATIO  # wraps around
        share: np.ndarray = numbers[(mixed >> np.uint64(64 - self._shift)) == 0]
        return share


def _hashes(values: pa.Array) -> np.ndarray:
    return np.fromiter(map(hash, values.to_pylist()), np.int64, len(values))
