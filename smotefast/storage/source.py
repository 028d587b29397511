"""A Parquet file, or a folder of them, as a stream of record batches in one schema.

A path flows in; everything that can be wrong with it is said at once, with the name of
the file. Batches flow out, in the order of the file names, never whole files.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast._messages import listed

PARQUET = (".parquet", ".pq", ".parq")

# What a column's reader takes from the file at a time. Without it whole column chunks are
# read: for a row group of 2,000,000 x 20 float32 that is 140 MiB more. With 128 KiB instead of
# 1 MiB reading 20 columns holds 64 MiB instead of 100 MiB, in the same time.
READ_BUFFER = 1 << 17


class SourceFile(NamedTuple):
    """One file, and what shows later that it is still the same."""

    path: str
    n_rows: int
    size: int
    modified_ns: int


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
        That of the first file, with its metadata; the others differ in metadata at most.
    """

    path: str
    files: list[SourceFile]
    schema: pa.Schema

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
            try:
                for columns_read in _read(file, schema.names, batch_rows):
                    shared = [
                        _share_dictionary(column, place, dictionaries)
                        for place, column in enumerate(columns_read)
                    ]
                    yield pa.RecordBatch.from_arrays(shared, schema=schema)
            except (pa.ArrowException, OSError) as error:
                raise OSError(f"Cannot read {file.path!r}: {one_line(error)}") from error

    def check_unchanged(self) -> None:
        """Refuse to go on if a file is no longer what was opened."""
        for file in self.files:
            now = os.stat(file.path)
            if (now.st_size, now.st_mtime_ns) != (file.size, file.modified_ns):
                raise OSError(f"{file.path!r} was changed while it was being read.")


def _read(file: SourceFile, names: list[str], batch_rows: int) -> Iterator[list[pa.Array]]:
    with pq.ParquetFile(file.path, buffer_size=READ_BUFFER, pre_buffer=False) as parquet:
        for batch in parquet.iter_batches(batch_rows, columns=names):
            # The file's own order and metadata give way to those fixed for all files.
            yield [batch.column(name) for name in names]


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


def open_source(path: str | os.PathLike[str]) -> ParquetSource:
    """Open a Parquet file or a folder of Parquet files.

    Raises
    ------
    OSError
        If something is missing or not readable as Parquet; the message names it.
    ValueError
        If the files do not have one schema, hold no rows or repeat a column name.
    """
    path = os.fsdecode(path)
    names = _files_of(path)
    first, schema = _open_file(names[0])
    files = [first]
    for name in names[1:]:
        file, other = _open_file(name)
        _check_same(first.path, schema, file.path, other)
        files.append(file)
    source = ParquetSource(path, files, schema)
    repeated = sorted(name for name, n in Counter(schema.names).items() if n > 1)
    if repeated:
        raise ValueError(
            f"{path!r} has more than one column named {listed(repeated)}. Rename them."
        )
    if source.n_rows == 0:
        raise ValueError(f"{path!r} holds no rows.")
    return source


def _files_of(path: str) -> list[str]:
    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no file or folder {path!r}.")
    if not os.path.isdir(path):
        return [path]
    files = []
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        if entry.name.startswith((".", "_")):  # _SUCCESS, _metadata, temporary files
            continue
        if entry.is_dir():
            raise ValueError(_folder_reason(path, entry.name))
        if entry.name.lower().endswith(PARQUET):
            files.append(entry.path)
        elif _looks_like_parquet(entry.path):
            raise ValueError(
                f"The folder {path!r} holds {entry.name!r}, a Parquet file by its content that "
                f"is not named so. Rename it to end in {PARQUET[0]}, or move it away."
            )
    if not files:
        raise FileNotFoundError(f"The folder {path!r} holds no .parquet files.")
    return files


def _looks_like_parquet(path: str) -> bool:
    """Whether a file begins as Parquet does: to leave it out in silence would lose rows."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


def _folder_reason(path: str, inner: str) -> str:
    if "=" in inner:
        return (
            f"{path!r} is partitioned by folders like {inner!r}: the value of a column is in "
            "the folder names, not in the files. Rewrite it as plain files first, or name "
            "one of these folders."
        )
    return f"The folder {path!r} holds another folder, {inner!r}. Name a folder of files only."


def _open_file(path: str) -> tuple[SourceFile, pa.Schema]:
    if not os.path.isfile(path):
        raise OSError(f"{path!r} is not a regular file.")
    status = os.stat(path)
    try:
        with pq.ParquetFile(path) as parquet:
            rows, schema = parquet.metadata.num_rows, parquet.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise OSError(f"Cannot read {path!r} as Parquet: {one_line(error)}") from error
    return SourceFile(path, rows, status.st_size, status.st_mtime_ns), schema


def _check_same(first: str, schema: pa.Schema, path: str, other: pa.Schema) -> None:
    if schema.equals(other):
        return
    names, others = dict.fromkeys(schema.names), dict.fromkeys(other.names)
    missing = [name for name in names if name not in others]
    extra = [name for name in others if name not in names]
    detail = "its columns stand in another order"
    if missing or extra:
        parts = [f"lacks columns {listed(missing)}"] if missing else []
        parts += [f"has in addition {listed(extra)}"] if extra else []
        detail = f"it {' and '.join(parts)}"
    else:
        for field in schema:
            if not field.equals(other.field(field.name)):
                kinds = f"{_shown(other, field)}, not {_shown(schema, field)}"
                detail = f"column {field.name!r} is {kinds}"
                break
    raise ValueError(f"{path!r} does not have the schema of {first!r}: {detail}.")


def _shown(schema: pa.Schema, like: pa.Field) -> str:
    field = schema.field(like.name)
    return f"{field.type}" + ("" if field.nullable else " without nulls")


def one_line(error: BaseException) -> str:
    """Return an error's message without line breaks."""
    return " ".join(str(error).split()) or type(error).__name__
