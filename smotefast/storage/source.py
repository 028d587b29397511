"""Read a Parquet file, or a folder of them, as record batches in one schema.

``open_source`` checks all files at once; its errors name the file. Batches come in the order of
the file names, and no file is read whole.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from smotefast._messages import MAX_NAMES, list_names
from smotefast.exceptions import SourceChangedError
from smotefast.storage.int96 import Timestamps, choose_unit
from smotefast.storage.paths import local_path
from smotefast.storage.source_file import SourceFile, open_file
from smotefast.storage.source_folder import list_source_files


@dataclass(frozen=True)
class ParquetSource:
    """Parquet files with one schema.

    Attributes
    ----------
    path
        The path that the user gave.
    files
        The files, in the order of their rows.
    schema
        Schema of the first file, with its metadata. Other files may differ in metadata and in
        columns that are not read.
    names
        Names of the columns of all files.
    int96_unit
        The unit in which INT96 timestamps are read.
    """

    path: str
    files: list[SourceFile]
    schema: pa.Schema
    names: frozenset[str] = frozenset()
    int96_unit: str = "ns"

    @property
    def n_rows(self) -> int:
        """Number of rows in all files."""
        return sum(file.n_rows for file in self.files)

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
        with file.opened(self.int96_unit) as parquet:
            for batch in parquet.iter_batches(batch_rows, list(groups), schema.names):
                # All batches get the same column order and metadata, whatever the file has.
                arrays = [
                    _reuse_dictionary(batch.column(name), name, dictionaries)
                    for name in schema.names
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def check_unchanged(self) -> None:
        """Raise SourceChangedError if a file changed since it was opened."""
        for file in self.files:
            file.check_unchanged()

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


def _reuse_dictionary(column: pa.Array, name: str, previous: dict[str, pa.Array]) -> pa.Array:
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
    path: str | bytes | os.PathLike[str], drop: Collection[str] = ()
) -> ParquetSource:
    """Open a Parquet file or a folder of Parquet files.

    Parameters
    ----------
    path
        The file or folder.
    drop
        Columns that will not be read; files may differ in them.

    Raises
    ------
    OSError
        If a file is missing or cannot be read as Parquet; the message names it.
    ValueError
        If the files have different schemas, no rows or duplicate column names, or belong to a
        table format whose log lists the valid files.
    """
    path = local_path(path, "source")
    files, timestamps = [], []
    names: set[str] = set()
    schema: pa.Schema = None
    for name in list_source_files(path):
        file, file_schema, file_timestamps = open_file(name, drop)
        schema = file_schema if schema is None else schema
        files.append(file)
        timestamps.append(file_timestamps)
        _check_same_schema(files[0].path, schema, file.path, file_schema, drop)
        names.update(file_schema.names)
    unit = _int96_unit(files, timestamps)
    if unit != "ns":
        with files[0].opened(unit) as parquet:
            schema = parquet.schema_arrow
    source = ParquetSource(path, files, schema, frozenset(names), unit)
    counts = Counter(name for name in schema.names if name not in drop)
    duplicates = sorted(name for name, n in counts.items() if n > 1)
    if duplicates:
        raise ValueError(
            f"{path!r} has more than one column named {list_names(duplicates)}. Rename them."
        )
    if source.n_rows == 0:
        raise ValueError(f"{path!r} has no rows.")
    return source


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


def _check_same_schema(
    first: str, schema: pa.Schema, path: str, other: pa.Schema, drop: Collection[str]
) -> None:
    """Raise ValueError if the columns of two files differ, except dropped columns."""
    schema, other = (
        pa.schema([field for field in fields if field.name not in drop])
        for fields in (schema, other)
    )
    if schema.equals(other):
        return
    names, other_names = dict.fromkeys(schema.names), dict.fromkeys(other.names)
    missing = [name for name in names if name not in other_names]
    extra = [name for name in other_names if name not in names]
    different = [*missing, *extra]
    parts = [f"lacks columns {list_names(missing)}"] if missing else []
    parts += [f"has additional columns {list_names(extra)}"] if extra else []
    detail = f"it {' and '.join(parts)}"
    if not different:
        different = [
            field.name for field in schema if not field.equals(other.field(field.name))
        ]
        detail = "its columns are in another order"
        if different:
            name = different[0]
            types = f"{_field_type(other, name)}, not {_field_type(schema, name)}"
            detail = f"column {name!r} is {types}"
    advice = f", or leave these columns out with drop={different[:MAX_NAMES]}"
    raise ValueError(
        f"{path!r} does not have the schema of {first!r}: {detail}. Rewrite the files with one "
        f"schema{advice if different else ''}."
    )


def _field_type(schema: pa.Schema, name: str) -> str:
    field = schema.field(name)
    return f"{field.type}" + ("" if field.nullable else " without nulls")
