"""Find features in files that a job should not compute with: keys, constants, target copies.

A source and names of columns flow in; the suspects flow out. The first rows rule out nearly
every column; those that are left, and no others, are read once more from all files.
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
from smotefast.storage import ParquetSource
from smotefast.tables.column_types import plain_values
from smotefast.tables.decimals import decimals_to_numbers

_FIRST_ROWS = 1_024
# Values of a column that are compared with those of other batches: all up to this number, of
# more an even share, chosen by a hash, so that equal values are chosen alike. 0.5 MiB.
_COMPARED = 1 << 16
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def check_columns(
    source: ParquetSource,
    target: str,
    labels: Sequence[Any],
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
        Names of the columns to look at. Nested types are skipped.
    batch_rows
        Rows read at a time at most.
    """
    found = Suspects([], [], [])
    if source.n_rows < MIN_ROWS:
        return found
    kinds = [source.schema.field(name).type for name in columns]
    watched = [
        _Watched(name, kind)
        for name, kind in zip(columns, kinds, strict=True)
        if _is_watched(kind)
    ]
    first_rows = min(_FIRST_ROWS, batch_rows)
    batches = _labeled(source, target, labels, [one.name for one in watched], first_rows)
    watched = _still_suspect(watched, *next(batches))
    batches.close()
    for one in watched:
        one.restart()
    names = [one.name for one in watched]
    for codes, arrays in _labeled(source, target, labels, names, batch_rows) if names else ():
        place = dict(zip(names, arrays, strict=True))
        watched = _still_suspect(watched, codes, [place[one.name] for one in watched])
        if not watched:
            break
    for one in watched:
        for kind, is_so in zip(found, one.verdicts(len(labels)), strict=True):
            kind += [one.name] * is_so
    return found


def advice(found: Suspects) -> list[str]:
    """Say what was found, and which arguments leave it out."""
    names = [name for kind in found for name in kind][:MAX_NAMES]
    text = f"Leave them out with drop={names}"
    if found.keys:
        text += f", or carry keys through with keep={found.keys[:MAX_NAMES]}"
    return [describe(found), f"{text}."]


def _is_watched(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_boolean,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_fixed_size_binary,
        pa.types.is_temporal,
    )
    return any(test(value) for test in tests)


def _labeled(
    source: ParquetSource, target: str, labels: Sequence[Any], names: list[str], n_rows: int
) -> Generator[tuple[np.ndarray, list[pa.Array]], None, None]:
    """Yield the code of each row's class, and some columns."""
    for batch in source.batches([target, *names], n_rows):
        yield label_codes(batch.column(0), list(labels)), batch.columns[1:]


def _still_suspect(
    watched: list[_Watched], codes: np.ndarray, arrays: list[pa.Array]
) -> list[_Watched]:
    return [
        one
        for one, column in zip(watched, arrays, strict=True)
        if one.is_suspect(_plain(column), codes)
    ]


def _plain(column: pa.Array) -> pa.Array:
    """Return a column in a type that pyarrow compares."""
    column = plain_values(column)
    if pa.types.is_decimal(column.type):
        return pa.array(decimals_to_numbers(column), from_pandas=True)
    return column.cast(pa.float32()) if pa.types.is_float16(column.type) else column


class _Watched:
    """A column, and what it may still be after the batches that were seen."""

    def __init__(self, name: str, kind: pa.DataType) -> None:
        self.name = name
        value = kind.value_type if pa.types.is_dictionary(kind) else kind
        tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
        self._is_text = not any(test(value) for test in tests)
        self._may_be_key = not pa.types.is_boolean(value)
        self._may_be_constant = self._may_be_copy = True
        self.restart()

    def restart(self) -> None:
        """Forget the values that were seen, not what they ruled out."""
        self._n_values = 0
        self._shift = 0
        self._compared = np.empty(0, np.int64)
        self._only: Any = None
        self._of_class: dict[int, Any] = {}

    def is_suspect(self, column: pa.Array, codes: np.ndarray) -> bool:
        """See a batch; return whether the column may still be a key, a constant or a copy."""
        values = pc.unique(column)
        self._may_be_constant = self._may_be_constant and self._is_same(values)
        self._may_be_copy = self._may_be_copy and self._is_copy(column, codes)
        self._may_be_key = self._may_be_key and self._is_unrepeated(column, values)
        return self._may_be_constant or self._may_be_copy or self._may_be_key

    def verdicts(self, n_classes: int) -> tuple[bool, bool, bool]:
        """Tell whether it is a key, a constant, a copy of the target, as all rows were seen."""
        values = np.unique(self._compared)
        is_new = len(values) == len(self._compared) > 0
        is_unlike = self._n_values >= MIN_ROWS and (
            self._is_text or (is_new and is_key(values, self._n_values))
        )
        is_copy = self._may_be_copy and len(self._of_class) == n_classes
        return self._may_be_key and is_new and is_unlike, self._may_be_constant, is_copy

    def _is_same(self, values: pa.Array) -> bool:
        if len(values) != 1:
            return False
        self._only = values[0] if self._only is None else self._only
        return bool(values[0].equals(self._only))

    def _is_copy(self, column: pa.Array, codes: np.ndarray) -> bool:
        for code in np.unique(codes).tolist():
            own = pc.unique(column.filter(pa.array(codes == code)))
            if len(own) != 1 or not self._of_class.setdefault(code, own[0]).equals(own[0]):
                return False
        values = {value.as_py() for value in self._of_class.values()}
        return len(values) == len(self._of_class)

    def _is_unrepeated(self, column: pa.Array, values: pa.Array) -> bool:
        values = values.drop_null()
        if len(values) != len(column) - column.null_count:
            return False
        numbers = _hashes(values) if self._is_text else values.to_numpy(zero_copy_only=False)
        if numbers.dtype.kind == "f" and not (numbers == np.rint(numbers)).all():
            return False
        self._compared = np.concatenate(
            [self._compared.astype(numbers.dtype), self._share(numbers)]
        )
        self._n_values += len(numbers)
        while len(self._compared) > _COMPARED:
            self._shift += 1
            self._compared = self._share(self._compared)
        return len(np.unique(self._compared)) == len(self._compared)

    def _share(self, numbers: np.ndarray) -> np.ndarray:
        """Return the values that are compared between batches."""
        if not self._shift:
            return numbers
        wide = numbers.astype(np.float64 if numbers.dtype.kind == "f" else np.int64)
        bits: np.ndarray = wide.view(np.uint64)
        mixed: np.ndarray = (bits ^ (bits >> np.uint64(32))) * _GOLDEN  # wraps around
        taken: np.ndarray = numbers[(mixed >> np.uint64(64 - self._shift)) == 0]
        return taken


def _hashes(values: pa.Array) -> np.ndarray:
    return np.fromiter(map(hash, values.to_pylist()), np.int64, len(values))
