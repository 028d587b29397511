"""One Parquet file of a source: open it, and detect later changes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.exceptions import SourceChangedError, SourceError
from smotefast.storage.file_access import LOCAL, SHARED, Files, Location, State, one_line
from smotefast.storage.formats.int96 import NO_TIMESTAMPS, Timestamps, stored_timestamps
from smotefast.storage.paths import other_format

# Bytes that a column reader reads at a time. Without a buffer, Arrow reads whole column chunks:
# 140 MiB more for a row group of 2,000,000 x 20 float32. With 128 KiB instead of 1 MiB, reading
# 20 columns takes 64 MiB instead of 100 MiB, in the same time.
READ_BUFFER = 1 << 17
# A request to a store takes about as long as 2 MiB do, so it is for more, unless a file has
# many columns, each with a buffer.
_REMOTE_BUFFER, _REMOTE_BUFFERS = 4 << 20, 64 << 20


class SourceFile(NamedTuple):
    """A file, and the state that identifies it.

    Attributes
    ----------
    path
        Path of the file.
    group_rows
        Number of rows of each row group.
    state
        What identifies the file and its content, see ``Files.state``.
    partition
        Values of partition columns, which the file does not have.
    files
        Where the file is.
    read_buffer
        Bytes that a column reader reads at a time.
    """

    path: str
    group_rows: tuple[int, ...]
    state: State
    partition: Mapping[str, Any] = MappingProxyType({})
    files: Files = LOCAL
    read_buffer: int = READ_BUFFER

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return sum(self.group_rows)

    @property
    def content_state(self) -> tuple[int, int]:
        """Size, and time of the last change of content."""
        return int(self.state[2]), int(self.state[3])

    @property
    def version(self) -> str:
        """Version of the content, if the file is remote and its store has versions."""
        return str(self.state[1]) if self.files.is_remote else ""

    def shared(self) -> SourceFile:
        """Return the file as processes of other machines see it."""
        partition = dict(self.partition)  # a read-only mapping cannot be pickled
        if self.files.is_remote:
            return self._replace(partition=partition)
        state = 0, 0, *self.content_state
        path = os.path.abspath(self.path)
        return self._replace(path=path, state=state, partition=partition, files=SHARED)

    def check_unchanged(self) -> None:
        """Raise SourceChangedError if the file was modified, replaced, moved or deleted."""
        try:
            state = self.files.state(self.path)
        except OSError as error:
            if self.files.is_remote and not isinstance(error, FileNotFoundError):
                raise  # the connection
            raise SourceChangedError(_changed_message(self.path, one_line(error))) from error
        if state != self.state:
            reason = "it was replaced or modified"
            raise SourceChangedError(_changed_message(self.path, reason))

    @contextlib.contextmanager
    def opened(self, int96_unit: str = "ns") -> Iterator[pq.ParquetFile]:
        """Open the file for reading; an error caused by a change is a SourceChangedError."""
        self.check_unchanged()
        try:
            with (
                self.files.opened(self.path) as name,
                pq.ParquetFile(
                    name,
                    buffer_size=self.read_buffer,
                    pre_buffer=False,
                    coerce_int96_timestamp_unit=int96_unit,
                ) as parquet,
            ):
                yield parquet
        except (pa.ArrowException, OSError) as error:
            self.check_unchanged()
            raise self.files.error(self.files.explain(self.path, error)) from error


def _changed_message(path: str, reason: str) -> str:
    return (
        f"{path!r} was changed while it was being read ({reason}). Nothing was written. Start "
        "again when no other program writes to it."
    )


def open_file(
    location: Location, drop: Collection[str]
) -> tuple[SourceFile, pa.Schema, Timestamps]:
    """Read the footer of a file: its schema, and its timestamps outside dropped columns.

    Raises
    ------
    SourceError
        If it cannot be read as a Parquet file.
    """
    path, files = location
    check_regular(location)
    state = files.state(path)
    try:
        with files.opened(path) as name, pq.ParquetFile(name) as parquet:
            metadata, schema = parquet.metadata, parquet.schema_arrow
            has_timestamps = any("timestamp" in str(arrow_type) for arrow_type in schema.types)
            timestamps = stored_timestamps(metadata, drop) if has_timestamps else NO_TIMESTAMPS
    except (pa.ArrowException, OSError) as error:
        kind = files.error if isinstance(error, OSError) else SourceError
        raise kind(_unreadable_message(location, error)) from error
    groups = range(metadata.num_row_groups)
    group_rows = tuple(metadata.row_group(i).num_rows for i in groups)
    buffer = READ_BUFFER
    if files.is_remote:
        per_column = _REMOTE_BUFFERS // max(1, metadata.num_columns)
        buffer = max(READ_BUFFER, min(_REMOTE_BUFFER, per_column))
    file = SourceFile(path, group_rows, state, files=files, read_buffer=buffer)
    return file, schema, timestamps


def check_regular(location: Location) -> None:
    """Raise SourceError for a link to nothing, a pipe and the like, which reading waits for."""
    path, files = location
    if not files.is_remote and not os.path.isfile(path):
        if not os.path.exists(path):
            raise SourceError(f"{path!r} is a broken link. Remove or repair it.")
        raise SourceError(f"{path!r} is not a regular file.")


def _unreadable_message(location: Location, error: Exception) -> str:
    """Say why a file cannot be opened, such as the wrong format by its extension."""
    path, files = location
    if files.is_remote and isinstance(error, OSError):  # of the store
        return files.explain(path, error)
    reason = other_format(path)
    if reason is None or (
        (files.is_remote or os.access(path, os.R_OK)) and looks_like_parquet(location)
    ):
        return f"Cannot read {path!r} as Parquet: {one_line(error)}"
    return (
        f"{path!r} {reason} and cannot be read. The supported formats are Parquet, CSV and "
        "Arrow. Convert it first, for example with pandas: read it and call to_parquet."
    )


def looks_like_parquet(location: Location) -> bool:
    """Tell whether a file starts like Parquet; ignoring such a file would lose rows."""
    path, files = location
    return files.is_file(path) and files.first_bytes(path, 4) == b"PAR1"
