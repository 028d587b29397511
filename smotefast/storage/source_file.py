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
from smotefast.storage.int96 import NO_TIMESTAMPS, Timestamps, stored_timestamps
from smotefast.storage.paths import arrow_path, other_format

# Bytes that a column reader reads at a time. Without a buffer, Arrow reads whole column chunks:
# 140 MiB more for a row group of 2,000,000 x 20 float32. With 128 KiB instead of 1 MiB, reading
# 20 columns takes 64 MiB instead of 100 MiB, in the same time.
READ_BUFFER = 1 << 17


class SourceFile(NamedTuple):
    """A file, and the state that identifies it.

    Attributes
    ----------
    path
        Path of the file.
    group_rows
        Number of rows of each row group.
    state
        Device, inode, size, and the times of the last change of content and of metadata.
    partition
        Values of partition columns, which the file does not have.
    """

    path: str
    group_rows: tuple[int, ...]
    state: tuple[int, ...]
    partition: Mapping[str, Any] = MappingProxyType({})

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return sum(self.group_rows)

    @property
    def content_state(self) -> tuple[int, int]:
        """Size, and time of the last change of content."""
        return self.state[2], self.state[3]

    def check_unchanged(self) -> None:
        """Raise SourceChangedError if the file was modified, replaced, moved or deleted."""
        try:
            state = _file_state(os.stat(self.path))
        except OSError as error:
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
                arrow_path(self.path) as name,
                pq.ParquetFile(
                    name,
                    buffer_size=READ_BUFFER,
                    pre_buffer=False,
                    coerce_int96_timestamp_unit=int96_unit,
                ) as parquet,
            ):
                yield parquet
        except (pa.ArrowException, OSError) as error:
            self.check_unchanged()
            raise SourceError(f"Cannot read {self.path!r}: {one_line(error)}") from error


def state_of(path: str) -> tuple[int, ...]:
    """Return what identifies a file and its content, as in ``SourceFile``."""
    return _file_state(os.stat(path))


def _file_state(status: os.stat_result) -> tuple[int, ...]:
    identity = (status.st_dev, status.st_ino, status.st_size)
    return (*identity, status.st_mtime_ns, status.st_ctime_ns)


def _changed_message(path: str, reason: str) -> str:
    return (
        f"{path!r} was changed while it was being read ({reason}). Nothing was written. Start "
        "again when no other program writes to it."
    )


def open_file(path: str, drop: Collection[str]) -> tuple[SourceFile, pa.Schema, Timestamps]:
    """Read the footer of a file: its schema, and its timestamps outside dropped columns.

    Raises
    ------
    SourceError
        If it cannot be read as a Parquet file.
    """
    if not os.path.isfile(path):
        if not os.path.exists(path):
            raise SourceError(f"{path!r} is a broken link. Remove or repair it.")
        raise SourceError(f"{path!r} is not a regular file.")
    status = os.stat(path)
    try:
        with arrow_path(path) as name, pq.ParquetFile(name) as parquet:
            metadata, schema = parquet.metadata, parquet.schema_arrow
            has_timestamps = any("timestamp" in str(arrow_type) for arrow_type in schema.types)
            timestamps = stored_timestamps(metadata, drop) if has_timestamps else NO_TIMESTAMPS
    except (pa.ArrowException, OSError) as error:
        raise SourceError(_unreadable_message(path, error)) from error
    groups = range(metadata.num_row_groups)
    group_rows = tuple(metadata.row_group(i).num_rows for i in groups)
    return SourceFile(path, group_rows, _file_state(status)), schema, timestamps


def _unreadable_message(path: str, error: Exception) -> str:
    """Say why a file cannot be opened, such as the wrong format by its extension."""
    reason = other_format(path)
    if reason is None or (os.access(path, os.R_OK) and looks_like_parquet(path)):
        return f"Cannot read {path!r} as Parquet: {one_line(error)}"
    return (
        f"{path!r} {reason} and cannot be read. The supported formats are Parquet, CSV and "
        "Arrow. Convert it first, for example with pandas: read it and call to_parquet."
    )


def looks_like_parquet(path: str) -> bool:
    """Tell whether a file starts like Parquet; ignoring such a file would lose rows."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


def one_line(error: BaseException) -> str:
    """Return the message of an error without line breaks."""
    return " ".join(str(error).split()) or type(error).__name__
