"""INT96 timestamps, as Spark, Impala and Hive write them: read without harm, written back.

INT96 holds nanoseconds of any year; Arrow reads it as 64 bits of nanoseconds, which end in
1677 and 2262, or of microseconds. Arrow can write it for all timestamps of a file, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Open = Callable[[str], AbstractContextManager[pq.ParquetFile]]

_LAST = (1 << 63) // 1000 - 1  # microseconds that nanoseconds of 64 bits can hold


class Timestamps(NamedTuple):
    """How the timestamps of a file are stored: leaf columns by their paths."""

    int96: frozenset[str]
    int64: frozenset[str]


NO_TIMESTAMPS = Timestamps(frozenset(), frozenset())


def stored_timestamps(metadata: pq.FileMetaData, dropped: Iterable[str] = ()) -> Timestamps:
    """Return the leaf columns that hold timestamps, without those of dropped columns."""
    columns = [metadata.schema.column(place) for place in range(metadata.num_columns)]
    starts = tuple(f"{name}." for name in dropped)
    columns = [one for one in columns if not f"{one.path}.".startswith(starts)]
    return Timestamps(
        frozenset(one.path for one in columns if one.physical_type == "INT96"),
        frozenset(one.path for one in columns if one.logical_type.type == "TIMESTAMP"),
    )


def unit_to_read(open_in: Open, path: str, found: Timestamps) -> str:
    """Return "ns" if it holds every INT96 value and all timestamps are such, else "us".

    Beside timestamps of 64 bits, INT96 has to be written as those, in microseconds: Spark
    does not read nanoseconds.

    Parameters
    ----------
    open_in
        Opens the file so that INT96 is read in a unit.
    path
        Its name, for messages.
    found
        Its INT96 columns, and the other timestamps of all files.

    Raises
    ------
    ValueError
        If microseconds would cut values that nanoseconds hold.
    """
    for values in _values(open_in, found, "us"):
        ends = pc.min_max(values).as_py()
        if ends["min"] is not None and max(-ends["min"], ends["max"]) >= _LAST:
            return "us"
    if not found.int64:
        return "ns"
    for values in _values(open_in, found, "ns"):
        if pc.any(pc.not_equal(pc.multiply(pc.divide(values, 1000), 1000), values)).as_py():
            raise ValueError(
                f"{path!r} holds INT96 timestamps with nanoseconds ({_listed(found.int96)}) "
                f"beside other timestamps ({_listed(found.int64)}). One file cannot hold both "
                f"again. Cast these, or leave them out with drop={sorted(found.int96)}."
            )
    return "us"


def _listed(paths: frozenset[str]) -> str:
    return ", ".join(map(repr, sorted(paths)[:5]))


def _values(open_in: Open, found: Timestamps, unit: str) -> Iterator[Any]:
    """Yield the INT96 values of a file as 64-bit integers."""
    with open_in(unit) as parquet:
        for batch in parquet.iter_batches(columns=sorted(found.int96)):
            for column in batch.columns:
                for values in _timestamps(column):
                    yield values.cast(pa.int64())


def _timestamps(column: Any) -> Iterator[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        yield column
    elif pa.types.is_map(kind):
        yield from _timestamps(column.keys)
        yield from _timestamps(column.items)
    elif pa.types.is_nested(kind):
        inner = column.flatten()
        for one in inner if isinstance(inner, list) else [inner]:
            yield from _timestamps(one)
