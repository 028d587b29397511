"""A Parquet file, or a folder of them, as a stream of record batches in one schema.

A path flows in; everything that can be wrong with it is said at once, with the name of
the file. Batches flow out, in the order of the file names, never whole files.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from smotefast._messages import MOST_LISTED, listed
from smotefast.storage.errors import SourceChangedError
from smotefast.storage.folder import files_of
from smotefast.storage.int96 import Timestamps, unit_to_read
from smotefast.storage.paths import local_path
from smotefast.storage.source_file import SourceFile, open_file


@dataclass(frozen=True)
class ParquetSource:
    """Files of one schema.

    Attributes
    ----------
    path
        What the caller named.
    files
        In the order of their rows.
    schema
        That of the first file, with its metadata; the others differ in metadata at most, and
        in columns that are not read.
    names
        The columns of all files.
    int96_unit
        In which unit INT96 timestamps are read.
    """

    path: str
    files: list[SourceFile]
    schema: pa.Schema
    names: frozenset[str] = frozenset()
    int96_unit: str = "ns"

    @property
    def n_rows(self) -> int:
        """Rows in all files."""
        return sum(file.n_rows for file in self.files)

    def batches(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Read some columns of all rows, in order.

        Parameters
        ----------
        columns
            Which, in the order wanted.
        batch_rows
            Rows of a batch at most. Batches end where files end.
        """
        schema = pa.schema([self.schema.field(name) for name in columns], self.schema.metadata)
        dictionaries: dict[int, pa.Array] = {}
        for file in self.files:
            with file.opened(self.int96_unit) as parquet:
                for batch in parquet.iter_batches(batch_rows, columns=schema.names):
                    # The file's own order and metadata give way to those fixed for all files.
                    shared = [
                        _share_dictionary(batch.column(name), place, dictionaries)
                        for place, name in enumerate(schema.names)
                    ]
                    yield pa.RecordBatch.from_arrays(shared, schema=schema)

    def check_unchanged(self) -> None:
        """Refuse to go on if a file is no longer what was opened."""
        for file in self.files:
            file.check_unchanged()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Say that the source was changed where something else fails because of it."""
        try:
            yield
        except SourceChangedError:
            raise
        except Exception:
            self.check_unchanged()
            raise


def _share_dictionary(column: pa.Array, place: int, known: dict[int, pa.Array]) -> pa.Array:
    """Let a column go on with the dictionary before, if it has the same.

    pyarrow gives every batch a copy of all of it.
    """
    if not pa.types.is_dictionary(column.type):
        return column
    before = known.get(place)
    if before is None or not before.equals(column.dictionary):
        known[place] = column.dictionary
        return column
    return pa.DictionaryArray.from_arrays(
        column.indices, before, ordered=column.type.ordered, safe=False
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
        Columns that will not be read: files may differ in them.

    Raises
    ------
    OSError
        If something is missing or not readable as Parquet; the message names it.
    ValueError
        If the files do not have one schema, hold no rows or repeat a column name, or if a
        log says which of them count.
    """
    path = local_path(path, "source")
    files, timestamps = [], []
    names: set[str] = set()
    first: pa.Schema = None
    for place in files_of(path):
        file, own, times = open_file(place, drop)
        first = own if first is None else first
        files.append(file)
        timestamps.append(times)
        _check_same(files[0].path, first, file.path, own, drop)
        names.update(own.names)
    unit, schema = _int96_unit(files, timestamps), first
    if unit != "ns":
        with files[0].opened(unit) as parquet:
            schema = parquet.schema_arrow
    source = ParquetSource(path, files, schema, frozenset(names), unit)
    read = [name for name in schema.names if name not in drop]
    repeated = sorted(name for name, n in Counter(read).items() if n > 1)
    if repeated:
        raise ValueError(
            f"{path!r} has more than one column named {listed(repeated)}. Rename them."
        )
    if source.n_rows == 0:
        raise ValueError(f"{path!r} holds no rows.")
    return source


def _int96_unit(files: list[SourceFile], found: list[Timestamps]) -> str:
    """Return the unit that INT96 timestamps of all files are read in."""
    every = Timestamps(
        frozenset().union(*(one.int96 for one in found)),
        frozenset().union(*(one.int64 for one in found)),
    )
    if not every.int96 or every.int96 & every.int64:
        return "ns"
    units = {
        unit_to_read(file.opened, file.path, Timestamps(one.int96, every.int64))
        for file, one in zip(files, found, strict=True)
    }
    return "us" if "us" in units else "ns"


def _check_same(
    first: str, schema: pa.Schema, path: str, other: pa.Schema, drop: Collection[str]
) -> None:
    """Refuse files whose columns differ, but for columns that are not read."""
    schema, other = (
        pa.schema([field for field in one if field.name not in drop]) for one in (schema, other)
    )
    if schema.equals(other):
        return
    names, others = dict.fromkeys(schema.names), dict.fromkeys(other.names)
    missing = [name for name in names if name not in others]
    extra = [name for name in others if name not in names]
    unlike = [*missing, *extra]
    parts = [f"lacks columns {listed(missing)}"] if missing else []
    parts += [f"has in addition {listed(extra)}"] if extra else []
    detail = f"it {' and '.join(parts)}"
    if not unlike:
        unlike = [one.name for one in schema if not one.equals(other.field(one.name))]
        detail = "its columns stand in another order"
        if unlike:
            field = schema.field(unlike[0])
            kinds = f"{_shown(other, field)}, not {_shown(schema, field)}"
            detail = f"column {field.name!r} is {kinds}"
    advice = f", or leave out what differs with drop={unlike[:MOST_LISTED]}" if unlike else ""
    raise ValueError(
        f"{path!r} does not have the schema of {first!r}: {detail}. Rewrite the files "
        f"alike{advice}."
    )


def _shown(schema: pa.Schema, like: pa.Field) -> str:
    field = schema.field(like.name)
    return f"{field.type}" + ("" if field.nullable else " without nulls")
