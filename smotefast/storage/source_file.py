"""One Parquet file of a source: opened, and later known to be the same one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.storage.errors import SourceChangedError, SourceError
from smotefast.storage.int96 import NO_TIMESTAMPS, Timestamps, stored_timestamps
from smotefast.storage.paths import arrow_path, other_format

# What a column's reader takes from the file at a time. Without it whole column chunks are
# read: for a row group of 2,000,000 x 20 float32 that is 140 MiB more. With 128 KiB instead of
# 1 MiB reading 20 columns holds 64 MiB instead of 100 MiB, in the same time.
READ_BUFFER = 1 << 17


class SourceFile(NamedTuple):
    """One file, and what shows later that it is still the same.

    Attributes
    ----------
    path
        Where it is.
    n_rows
        Its rows.
    state
        Device, inode, size, time of the last change of its content, and of any change.
    """

    path: str
    n_rows: int
    state: tuple[int, ...]

    def check_unchanged(self) -> None:
        """Refuse to go on if this is no longer the file that was opened.

        Raises
        ------
        SourceChangedError
            If it was written to, replaced, moved or deleted.
        """
        try:
            now = _state_of(os.stat(self.path))
        except OSError as error:
            raise SourceChangedError(_changed(self.path, one_line(error))) from error
        if now != self.state:
            raise SourceChangedError(_changed(self.path, "it was replaced or written to"))

    @contextlib.contextmanager
    def opened(self, int96_unit: str = "ns") -> Iterator[pq.ParquetFile]:
        """Open the file to read columns of it; say that it was changed, if that is why not."""
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


def _state_of(status: os.stat_result) -> tuple[int, ...]:
    same = (status.st_dev, status.st_ino, status.st_size)
    return (*same, status.st_mtime_ns, status.st_ctime_ns)


def _changed(path: str, how: str) -> str:
    return (
        f"{path!r} was changed while it was being read ({how}). Nothing was written. Start "
        "again when nothing writes there."
    )


def open_file(path: str, drop: Collection[str]) -> tuple[SourceFile, pa.Schema, Timestamps]:
    """Read the footer of a file: its schema, and its timestamps but those of dropped columns.

    Raises
    ------
    SourceError
        If it is no Parquet file that can be read.
    """
    if not os.path.isfile(path):
        if not os.path.exists(path):
            raise SourceError(f"{path!r} is a link that leads nowhere. Remove it, or mend it.")
        raise SourceError(f"{path!r} is not a regular file.")
    status = os.stat(path)
    try:
        with arrow_path(path) as name, pq.ParquetFile(name) as parquet:
            metadata, schema = parquet.metadata, parquet.schema_arrow
            has_times = any("timestamp" in str(kind) for kind in schema.types)
            times = stored_timestamps(metadata, drop) if has_times else NO_TIMESTAMPS
    except (pa.ArrowException, OSError) as error:
        raise SourceError(_unreadable(path, error)) from error
    return SourceFile(path, metadata.num_rows, _state_of(status)), schema, times


def _unreadable(path: str, error: Exception) -> str:
    """Say why a file cannot be opened; its name may tell."""
    what = other_format(path)
    if what is None or (os.access(path, os.R_OK) and looks_like_parquet(path)):
        return f"Cannot read {path!r} as Parquet: {one_line(error)}"
    return (
        f"{path!r} {what}, and cannot be read as Parquet, which is all that is taken. Convert "
        "it first, for example with pandas: read it and call to_parquet."
    )


def looks_like_parquet(path: str) -> bool:
    """Whether a file begins as Parquet does: to leave it out in silence would lose rows."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


def one_line(error: BaseException) -> str:
    """Return an error's message without line breaks."""
    return " ".join(str(error).split()) or type(error).__name__
