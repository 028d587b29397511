"""Read Parquet files as record batches in one schema.

``open_source`` checks all files at once; its errors name the file. Batches come in the order of
the files, and no file is read whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.exceptions import SourceChangedError, SourceError
from smotefast.storage.file_access import ListedFile, Location, map_files, one_line
from smotefast.storage.formats.int96 import Timestamps, choose_unit
from smotefast.storage.partitions import Partitions, find_partitions
from smotefast.storage.remote.locations import locations
from smotefast.storage.schemas import common_schema
from smotefast.storage.source_file import SourceFile, open_file
from smotefast.storage.source_folder import describe_paths, list_source_files


@dataclass(frozen=True)
class ParquetSource:
    """Parquet files with one schema.

    Attributes
    ----------
    path
        What the user gave, for messages.
    paths
        The paths that the user gave.
    files
        The files, in the order of their rows.
    schema
        Schema in which all files are read, with the metadata of the first. Partition columns
        are the last ones.
    names
        Names of the columns of all files.
    partitioned
        Names of the partition columns.
    int96_unit
        The unit in which INT96 timestamps are read.
    is_copy
        Whether the file is a copy of the source for this job.
    """

    path: str
    paths: list[str]
    files: list[SourceFile]
    schema: pa.Schema
    names: frozenset[str] = frozenset()
    partitioned: frozenset[str] = frozenset()
    int96_unit: str = "ns"
    is_copy: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether a file is read over the network."""
        return any(file.files.is_remote for file in self.files)

    @property
    def n_rows(self) -> int:
        """Number of rows in all files."""
        return sum(file.n_rows for file in self.files)

    @property
    def in_paths(self) -> frozenset[str]:
        """Names of the partition columns that the files do not have; a copy has all."""
        return frozenset() if self.is_copy else self.partitioned

    def shared(self) -> ParquetSource:
        """Return the source as processes of other machines see it."""
        return replace(self, files=[file.shared() for file in self.files])

    def batches(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Read columns of all rows, in order.

        Parameters
        ----------
        columns
            Names of the columns, in the order of the result.
        batch_rows
            Maximum number of rows of a batch. No batch extends over two files.
        """
        dictionaries: dict[str, pa.Array] = {}
        for file in self.files:
            groups = range(len(file.group_rows))
            yield from self._batches(file, groups, columns, batch_rows, dictionaries)

    def group_batches(
        self, file: int, groups: range, columns: Sequence[str], batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Read columns of some row groups of a file; the other arguments as for ``batches``."""
        yield from self._batches(self.files[file], groups, columns, batch_rows, {})

    def _batches(
        self,
        file: SourceFile,
        groups: range,
        columns: Sequence[str],
        batch_rows: int,
        dictionaries: dict[str, pa.Array],
    ) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([self.schema.field(name) for name in columns], self.schema.metadata)
        stored = [name for name in schema.names if name not in file.partition]
        with file.opened(self.int96_unit) as parquet:
            for batch in _read(parquet, file, groups, stored, batch_rows):
                # All batches get the same columns and metadata, whatever the file has.
                arrays = [
                    repeated(file.partition[field.name], field, batch.num_rows)
                    if field.name in file.partition
                    else _as_field(batch.column(field.name), field, file.path, dictionaries)
                    for field in schema
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def check_unchanged(self) -> None:
        """Raise SourceChangedError if a file changed since it was opened."""
        map_files(SourceFile.check_unchanged, self.files, are_remote=self.is_remote)

    @contextlib.contextmanager
    def report_changes(self) -> Iterator[None]:
        """Raise SourceChangedError instead of an error that a changed file has caused."""
        try:
            yield
        except SourceChangedError:
            raise
        except Exception:
            self.check_unchanged()
            raise


def _read(
    parquet: pq.ParquetFile, file: SourceFile, groups: range, names: list[str], batch_rows: int
) -> Iterator[pa.RecordBatch]:
    """Read stored columns; without any, batches have only a number of rows."""
    if names:
        yield from parquet.iter_batches(batch_rows, list(groups), names)
        return
    n_rows = sum(file.group_rows[group] for group in groups)
    for start in range(0, n_rows, batch_rows):
        values = pa.nulls(min(batch_rows, n_rows - start))
        yield pa.RecordBatch.from_arrays([values], names=[""])


def repeated(value: Any, field: pa.Field, n_rows: int) -> pa.Array:
    """Return a column of one value."""
    return pa.repeat(pa.scalar(value, field.type), n_rows)


def _as_field(
    column: pa.Array, field: pa.Field, path: str, dictionaries: dict[str, pa.Array]
) -> pa.Array:
    """Return a column in the type of the source, which may be wider than that of the file."""
    if not column.type.equals(field.type):
        try:
            column = column.cast(field.type)
        except pa.ArrowInvalid as error:
            raise SourceError(
                f"Column {field.name!r} of {path!r} is {column.type}, and {field.type} in "
                f"other files, which does not hold its values exactly ({one_line(error)}). "
                f"Rewrite the files with one schema, or leave it out with drop={[field.name]}."
            ) from error
    return reuse_dictionary(column, field.name, dictionaries)


def reuse_dictionary(column: pa.Array, name: str, previous: dict[str, pa.Array]) -> pa.Array:
    """Replace a dictionary by an equal one of the batch before.

    pyarrow gives each batch a copy of the whole dictionary.
    """
    if not pa.types.is_dictionary(column.type):
        return column
    known = previous.get(name)
    if known is None or not known.equals(column.dictionary):
        previous[name] = column.dictionary
        return column
    return pa.DictionaryArray.from_arrays(
        column.indices, known, ordered=column.type.ordered, safe=False
    )


def open_source(
    path: Any, drop: Collection[str] = (), schema: Literal["unify", "strict"] = "unify"
) -> ParquetSource:
    """Open Parquet files as one source.

    Parameters
    ----------
    path
        A file, a folder, a pattern such as ``data/*.parquet``, or a list of these. Folders may
        have subfolders; names such as ``day=1`` are values of partition columns.
    drop
        Columns that will not be read; files may differ in them.
    schema
        Whether the files may differ in more than that, see ``common_schema``.

    Raises
    ------
    OSError
        If a file is missing or cannot be read as Parquet; the message names it.
    ValueError
        If the files have different schemas, no rows or duplicate column names, or belong to a
        table format whose log lists the valid files.
    """
    given = locations(path, "source")
    return open_listed(given, list_source_files(given), drop, schema)


def open_listed(
    given: Sequence[Location],
    listed: list[ListedFile],
    drop: Collection[str] = (),
    schema: Literal["unify", "strict"] = "unify",
    *,
    partitions: Partitions | None = None,
) -> ParquetSource:
    """Open the files that ``list_source_files`` has listed for paths, see ``open_source``.

    ``partitions`` are those that a log has, instead of names of folders.
    """
    paths = [location.path for location in given]
    opened = map_files(
        lambda file: open_file(Location(file.path, file.files), drop),
        listed,
        are_remote=any(file.files.is_remote for file in listed),
    )
    files, timestamps = [file for file, _, _ in opened], [found for _, _, found in opened]
    unit = _int96_unit(files, timestamps)
    schemas = [_schema_in(file, found, unit) for file, found, _ in opened]
    common = common_schema(schemas, [file.path for file in files], drop, schema)
    names = frozenset(name for found in schemas for name in found.names)
    if partitions is None:
        partitions = find_partitions(listed, names)
    for field in partitions.fields:
        common = common.append(field)
    files = [
        file._replace(partition=values)
        for file, values in zip(files, partitions.values, strict=True)
    ]
    text = describe_paths(paths)
    partitioned = frozenset(field.name for field in partitions.fields)
    source = ParquetSource(text, paths, files, common, names, partitioned, unit)
    if source.n_rows == 0:
        raise ValueError(f"{text!r} has no rows.")
    return source


def _schema_in(file: SourceFile, schema: pa.Schema, unit: str) -> pa.Schema:
    """Return the schema of a file whose INT96 timestamps are read in this unit."""
    if unit == "ns":
        return schema
    with file.opened(unit) as parquet:
        return parquet.schema_arrow


def _int96_unit(files: list[SourceFile], timestamps: list[Timestamps]) -> str:
    """Return the unit in which INT96 timestamps of all files are read."""
    all_columns = Timestamps(
        frozenset().union(*(of_file.int96 for of_file in timestamps)),
        frozenset().union(*(of_file.int64 for of_file in timestamps)),
    )
    if not all_columns.int96 or all_columns.int96 & all_columns.int64:
        return "ns"
    units = {
        choose_unit(file.opened, file.path, Timestamps(of_file.int96, all_columns.int64))
        for file, of_file in zip(files, timestamps, strict=True)
    }
    return "us" if "us" in units else "ns"
