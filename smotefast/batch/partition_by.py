"""Hive partitions of the output: files in folders such as ``day=1``, without these columns.

``check_partition_by`` refuses columns before rows are read. ``check_partitions`` reads their
values and refuses too many. ``partitioned_sink.py`` writes the rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast._messages import did_you_mean, list_names, quote_name
from smotefast.batch.tasks import CopyRows
from smotefast.exceptions import warn_at_caller
from smotefast.report import Progress
from smotefast.storage import (
    ArgumentError,
    Destination,
    ParquetSource,
    format_size,
)
from smotefast.storage.spool import Source

# With more files, a folder takes minutes to list, and is refused as with too many parts.
_MOST_FILES = 100_000
# So many files with fewer bytes of rows in memory are worth a warning.
_SMALL_BYTES, _MANY_FILES = 1 << 20, 100
_LONGEST_NAME = 255
# What Hive and Arrow write for a missing value.
_NULL = "__HIVE_DEFAULT_PARTITION__"
_BATCH_ROWS = 1 << 18


def check_partition_by(
    names: Sequence[str],
    source: Source,
    target: str,
    columns: tuple[Sequence[str], Sequence[str]],
    destination: Destination,
) -> None:
    """Check the columns to partition by before rows are read.

    ``columns`` are the columns to write, and the features.

    Raises
    ------
    ValueError
        If a column is not written, is a feature, or its values cannot name folders.
    """
    written, features = columns
    if names and not destination.is_folder:
        raise ArgumentError(
            f"partition_by={[*names]} needs a folder, and the destination {destination.path!r} "
            "is a single file. Use a name without an extension."
        )
    for name in names:
        if name not in written:
            raise ValueError(
                f"partition_by={name!r} is not a column of the output."
                f"{did_you_mean(name, written)} Its columns are {list_names(written)}."
            )
        if name in features:
            raise ArgumentError(
                f"partition_by={name!r} is a feature, which synthetic samples have new values "
                f"of. Copy it with keep={[name]}, or use the target {target!r}."
            )
        if name.startswith((".", "_")) or any(each in name for each in "=/\\"):
            raise ArgumentError(
                f"partition_by={name!r} cannot name folders: readers skip names that begin "
                "with '.' or '_', and split them at '=' and '/'. Rename the column."
            )


def check_partitions(
    names: Sequence[str],
    source: ParquetSource,
    tasks: Sequence[CopyRows],
    parts: tuple[int, int],
    has_copies: bool,
    row_bytes: float,
    progress: Progress,
) -> None:
    """Read the values to partition by; refuse too many files, and warn about small ones.

    Parameters
    ----------
    names, source, tasks
        The columns, and the tasks that copy all rows.
    parts
        Number of parts with rows of all partitions, and number of all rows.
    has_copies
        Whether other parts have the rows of the tasks.
    row_bytes
        Bytes of a row in memory.
    progress
        Counts the rows that are read.

    Raises
    ------
    ValueError
        The message names the parameter.
    """
    fields = [source.schema.field(name) for name in names]
    folders = PartitionFolders(fields)
    progress.phase("reading partitions", source.n_rows)
    n_files, seen = 0, set[str]()
    for task in tasks:
        in_task: set[str] = set()
        for batch in task.batches(source, names, _BATCH_ROWS):
            table = pa.Table.from_batches([batch])
            in_task.update(folder for folder, _ in folders.groups(table))
            progress.advance(batch.num_rows)
        seen |= in_task
        n_files += len(in_task) * has_copies
        n_parts, n_rows = parts
        if (total := n_files + n_parts * len(seen)) > _MOST_FILES:
            raise ValueError(
                f"partition_by={[*names]} would give more than {_MOST_FILES:,} files, with "
                f"{len(seen):,} partitions or more. Choose columns with fewer values, or a "
                "larger part_size."
            )
    mean = n_rows * row_bytes / max(1, total)
    if total > _MANY_FILES and mean < _SMALL_BYTES:
        warn_at_caller(
            f"partition_by={[*names]} gives {len(seen):,} partitions and about {total:,} files "
            f"with {format_size(mean)} of rows each, which readers open one by one. Choose "
            "columns with fewer values, or a larger part_size.",
            UserWarning,
        )


class PartitionFolders:
    """Names of the folders of partitions, as Arrow and Hive write them.

    Parameters
    ----------
    fields
        The columns to partition by.

    Raises
    ------
    ValueError
        If the values of a column cannot be names.
    """

    def __init__(self, fields: Sequence[pa.Field]) -> None:
        import pyarrow.dataset as ds  # imports pandas: 0.17 s

        self._names = [field.name for field in fields]
        self._types = [_name_type(field) for field in fields]
        schema = pa.schema(list(zip(self._names, self._types, strict=True)))
        self._partitioning = ds.partitioning(schema, flavor="hive")
        self._known: dict[tuple[object, ...], str] = {}

    def groups(self, table: pa.Table) -> Iterator[tuple[str, np.ndarray]]:
        """Yield each folder of a table, and the positions of its rows, ascending."""
        if not table.num_rows:
            return
        columns = [
            _plain(table.column(name), arrow_type)
            for name, arrow_type in zip(self._names, self._types, strict=True)
        ]
        codes = np.zeros(table.num_rows, dtype=np.int64)
        for column in columns:
            encoded = pc.dictionary_encode(column, null_encoding="encode")
            indices = np.asarray(encoded.indices, dtype=np.int64)
            _, codes = np.unique(codes * len(encoded.dictionary) + indices, return_inverse=True)
        order = np.argsort(codes, kind="stable")
        edges = np.flatnonzero(np.diff(codes[order], prepend=-1, append=-1))
        for start, stop in pairwise(edges):
            row = int(order[start])
            values = tuple(column[row].as_py() for column in columns)
            yield self._folder(values), order[start:stop]

    def _folder(self, values: tuple[object, ...]) -> str:
        folder = self._known.get(values)
        if folder is None:
            self._known[values] = folder = self._format(values)
        return folder

    def _format(self, values: tuple[object, ...]) -> str:
        import pyarrow.dataset as ds

        condition = None
        for name, arrow_type, value in zip(self._names, self._types, values, strict=True):
            if value == _NULL:
                raise ValueError(
                    f"partition_by={name!r} has the text {_NULL!r}, which stands for a missing "
                    "value. Replace it."
                )
            field = ds.field(name)
            is_value = (
                field.is_null() if value is None else field == pa.scalar(value, arrow_type)
            )
            condition = is_value if condition is None else condition & is_value
        folder: str = self._partitioning.format(condition)[0]
        for part, name in zip(folder.split("/"), self._names, strict=True):
            if len(os.fsencode(part)) > _LONGEST_NAME:
                raise ValueError(
                    f"partition_by={name!r} has a value that is too long for the name of a "
                    f"folder: {quote_name(part)}."
                )
        return folder


def _name_type(field: pa.Field) -> pa.DataType:
    """Return the type whose values name folders."""
    arrow_type, types = field.type, pa.types
    if types.is_dictionary(arrow_type):
        arrow_type = arrow_type.value_type
    if types.is_floating(arrow_type):  # classes; 1.0 becomes 1
        return pa.float64()
    if types.is_string(arrow_type) or types.is_large_string(arrow_type):
        return pa.string()
    tests = types.is_integer, types.is_boolean, types.is_date, types.is_decimal
    if any(test(arrow_type) for test in (*tests, types.is_timestamp)):
        return arrow_type
    raise ValueError(
        f"partition_by={field.name!r} is of type {field.type}; folders can be named by text, "
        "numbers, booleans, dates and times."
    )


def _plain(column: pa.ChunkedArray, arrow_type: pa.DataType) -> pa.Array:
    """Return a column as one array of this type."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    column = column.cast(arrow_type)
    if pa.types.is_floating(arrow_type):
        column = pc.add(column, 0.0)  # -0.0 becomes 0.0
    joined = column.combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined
