"""Rows of a part, written to one file for each of their hive partitions."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from smotefast.batch.partition_by import PartitionFolders
from smotefast.storage import ParquetSink

# Files that a part has open at the same time; 16 workers stay below 1,024, the usual limit.
_MOST_OPEN, MOST_WORKERS = 50, 16
# Rows that a part holds besides those that it would have without partitions, in row groups:
# those that wait, and a sorted copy of the next ones.
EXTRA_GROUPS = 2.0


class WrittenFile(NamedTuple):
    """A file of a part: where it is, its name below the output, and its rows."""

    path: str
    name: str
    n_rows: int


class PartitionedSink:
    """Write the rows of a part to one file for each partition, with limited memory.

    Rows wait until there are more than a row group; then the partition with most rows is
    written, as one row group. Partitions beyond the number of files that may be open get
    several files.

    Parameters
    ----------
    folder
        A folder to create for the files.
    name
        Name of the part, which its files get.
    schema
        Schema of the rows, with the columns to partition by.
    options
        Further arguments of ``ParquetWriter``.
    by
        The columns to partition by.
    group_rows
        Largest number of rows of a row group.
    check
        As for ``ParquetSink``.
    """

    def __init__(
        self,
        folder: str,
        name: str,
        schema: pa.Schema,
        options: Mapping[str, object],
        by: Sequence[str],
        group_rows: int,
        check: Callable[[], object],
    ) -> None:
        os.makedirs(folder)
        self._folder, self._stem, self._by = folder, name.removesuffix(".parquet"), {*by}
        self._schema = without_columns(schema, by)
        self._options, self._group_rows, self._check = options, group_rows, check
        self._folders = PartitionFolders([schema.field(each) for each in by])
        self._waiting: dict[str, list[pa.Table]] = {}
        self._open: dict[str, tuple[str, ParquetSink]] = {}
        self._n_files: dict[str, int] = {}
        self.files: list[WrittenFile] = []

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        rows = table.select(self._schema.names)
        groups = list(self._folders.groups(table))
        for folder, positions in groups:
            part = rows if len(groups) == 1 else rows.take(pa.array(positions))
            self._waiting.setdefault(folder, []).append(part)
        del table, rows
        counts = {folder: _n_rows(tables) for folder, tables in self._waiting.items()}
        while sum(counts.values()) > self._group_rows:
            largest = max(counts, key=counts.__getitem__)
            self._write(largest)
            del counts[largest]

    def _write(self, folder: str) -> None:
        """Write the rows that wait for a partition."""
        table = pa.concat_tables(self._waiting.pop(folder))
        sink = self._sink(folder)
        for start in range(0, table.num_rows, self._group_rows):
            sink.write(table.slice(start, self._group_rows))

    def _sink(self, folder: str) -> ParquetSink:
        if folder in self._open:
            self._open[folder] = self._open.pop(folder)  # the last one is the latest used
            return self._open[folder][1]
        if len(self._open) == _MOST_OPEN:
            self._finish(next(iter(self._open)))
        number = self._n_files.get(folder, 0)
        self._n_files[folder] = number + 1
        suffix = f"_{number:03d}" if number else ""  # sorts after the name without it
        name = f"{folder}/{self._stem}{suffix}.parquet"
        path = os.path.join(self._folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        sink = ParquetSink(path, self._schema, self._options, self._check)
        self._open[folder] = name, sink
        return sink

    def _finish(self, folder: str) -> None:
        name, sink = self._open[folder]
        sink.finish()
        del self._open[folder]
        self.files.append(WrittenFile(os.path.join(self._folder, name), name, sink.n_rows))

    def finish(self) -> None:
        """Write all rows, and complete the files."""
        for folder in [*self._waiting]:
            self._write(folder)
        for folder in [*self._open]:
            self._finish(folder)
        self.files.sort(key=lambda file: file.name)

    def abort(self) -> None:
        """Close the files, whose content is no longer needed."""
        for _, sink in self._open.values():
            sink.abort()


def _n_rows(tables: list[pa.Table]) -> int:
    return sum(table.num_rows for table in tables)


def without_columns(schema: pa.Schema, names: Sequence[str]) -> pa.Schema:
    """Return a schema without some columns."""
    return pa.schema([each for each in schema if each.name not in names], schema.metadata)
