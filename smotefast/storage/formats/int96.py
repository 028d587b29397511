"""INT96 timestamps, as written by Spark, Impala and Hive: read without loss, written back.

INT96 stores nanoseconds for any year. Arrow reads it as 64-bit nanoseconds, which cover 1677
to 2262, or as 64-bit microseconds. Arrow writes INT96 for all timestamps of a file or for none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smotefast._messages import list_names

# Opens a file so that INT96 is read in a unit.
OpenFile = Callable[[str], AbstractContextManager[pq.ParquetFile]]

_MAX_MICROSECONDS = (1 << 63) // 1000 - 1  # the range of 64-bit nanoseconds


class Timestamps(NamedTuple):
    """Paths of the leaf columns that store timestamps, by physical type."""

    int96: frozenset[str]
    int64: frozenset[str]


NO_TIMESTAMPS = Timestamps(frozenset(), frozenset())


def stored_timestamps(metadata: pq.FileMetaData, dropped: Iterable[str] = ()) -> Timestamps:
    """Return the leaf columns that store timestamps, except those in dropped columns."""
    columns = [metadata.schema.column(i) for i in range(metadata.num_columns)]
    prefixes = tuple(f"{name}." for name in dropped)
    columns = [column for column in columns if not f"{column.path}.".startswith(prefixes)]
    return Timestamps(
        frozenset(column.path for column in columns if column.physical_type == "INT96"),
        frozenset(column.path for column in columns if column.logical_type.type == "TIMESTAMP"),
    )


def choose_unit(open_file: OpenFile, path: str, timestamps: Timestamps) -> str:
    """Return "ns" if it can represent all INT96 values and there are no others, else "us".

    In a file that also has 64-bit timestamps, INT96 must be written as 64-bit microseconds,
    because Spark cannot read 64-bit nanoseconds.

    Parameters
    ----------
    open_file
        Opens the file so that INT96 is read in a unit.
    path
        Its name, for messages.
    timestamps
        Its INT96 columns, and the 64-bit timestamps of all files.

    Raises
    ------
    ValueError
        If microseconds would truncate values.
    """
    for values in _int96_values(open_file, timestamps, "us"):
        bounds = pc.min_max(values).as_py()
        if bounds["min"] is not None:
            if max(-bounds["min"], bounds["max"]) >= _MAX_MICROSECONDS:
                return "us"
    if not timestamps.int64:
        return "ns"
    for values in _int96_values(open_file, timestamps, "ns"):
        if pc.any(pc.not_equal(pc.multiply(pc.divide(values, 1000), 1000), values)).as_py():
            int96 = sorted(timestamps.int96)
            raise ValueError(
                f"{path!r} has INT96 timestamps with nanoseconds ({list_names(int96)}) and "
                f"other timestamps ({list_names(sorted(timestamps.int64))}), which cannot be "
                f"written to one file. Cast the INT96 columns, or leave them out with "
                f"drop={int96}."
            )
    return "us"


def _int96_values(
    open_file: OpenFile, timestamps: Timestamps, unit: str
) -> Iterator[pa.Int64Array]:
    """Yield the INT96 values of a file as 64-bit integers."""
    with open_file(unit) as parquet:
        for batch in parquet.iter_batches(columns=sorted(timestamps.int96)):
            for column in batch.columns:
                for values in _timestamp_arrays(column):
                    yield values.cast(pa.int64())


def _timestamp_arrays(column: pa.Array) -> Iterator[pa.TimestampArray]:
    """Yield the timestamps inside a column of any nested type."""
    if pa.types.is_timestamp(column.type):
        yield column
    elif pa.types.is_map(column.type):
        yield from _timestamp_arrays(column.keys)
        yield from _timestamp_arrays(column.items)
    elif pa.types.is_nested(column.type):
        children = column.flatten()
        for child in children if isinstance(children, list) else [children]:
            yield from _timestamp_arrays(child)
