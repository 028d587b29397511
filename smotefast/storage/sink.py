"""One Parquet file, or a folder of part files, written row group by row group.

Tables of a fixed schema flow in. ``finish`` returns only when every file has been
completed, verified by reading its footer again, and is on the disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast._messages import listed
from smotefast.storage.paths import arrow_path

# A part file is closed above this size: readers get parallel work, and a writer's books
# of its row groups stay small.
PART_BYTES = 512 << 20


class ParquetSink:
    """Write tables to a new file, or to part files in a new folder.

    Parameters
    ----------
    path
        The file to make, or, with ``parts``, the folder that is there and empty.
    schema
        Of every table.
    options
        Further arguments of ``ParquetWriter``.
    parts
        Whether ``path`` is a folder.
    part_bytes
        A part file that has grown beyond it is closed, and the next one begun.
    """

    def __init__(
        self,
        path: str,
        schema: pa.Schema,
        options: dict[str, Any],
        *,
        parts: bool = False,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self.n_rows = 0
        self._path = path
        self._schema = schema
        self._options = options
        self._parts = parts
        self._part_bytes = part_bytes
        self._files: list[tuple[str, int]] = []
        self._open()

    def write(self, table: pa.Table) -> None:
        """Write one row group."""
        if self._parts and self._handle.tell() > self._part_bytes:
            self._close_file()
            self._open()
        if any(pa.types.is_dictionary(field.type) for field in self._schema):
            # Chunks with dictionaries of their own would end the column's dictionary.
            table = table.unify_dictionaries()
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self._rows_in_file += table.num_rows
        self.n_rows += table.num_rows

    def finish(self) -> None:
        """Complete, verify and flush every file to the disk.

        Raises
        ------
        OSError
            If a file does not read back as what was written.
        """
        self._close_file()
        for name, n_rows in self._files:
            _verify(name, n_rows, self._schema)
            flush_to_disk(name)
        if self._parts:
            flush_to_disk(self._path)

    def abort(self) -> None:
        """Let go of the open file; what is in it no longer matters."""
        for resource in (self._writer, self._handle):
            with contextlib.suppress(Exception):  # a full disk refuses the footer again
                resource.close()

    def _open(self) -> None:
        name = self._path
        if self._parts:
            name = os.path.join(name, f"part-{len(self._files):05d}.parquet")
        self._rows_in_file = 0
        self._name = name
        self._handle = open_file(name)
        try:
            self._writer = pq.ParquetWriter(self._handle, self._schema, **self._options)
        except BaseException:
            self._handle.close()
            raise

    def _close_file(self) -> None:
        self._writer.close()
        self._handle.close()
        self._files.append((self._name, self._rows_in_file))


@contextlib.contextmanager
def plain_disk_errors(path: str) -> Iterator[None]:
    """Say in plain words when there is no room for a destination."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        reason = os.strerror(error.errno).lower()
        raise OSError(
            f"There is no room for {path!r} ({reason}); what had been written was removed."
        ) from error


def open_file(name: str) -> pa.NativeFile:
    """Open a file for writing."""
    with arrow_path(name, os.O_RDWR | os.O_CREAT) as known:
        return pa.OSFile(known, "wb")


def _verify(name: str, n_rows: int, schema: pa.Schema) -> None:
    try:
        with arrow_path(name) as known, pq.ParquetFile(known) as parquet:
            found, columns = parquet.metadata.num_rows, parquet.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise OSError(f"The file just written does not read back: {error}") from error
    if found != n_rows or columns.names != schema.names:
        raise OSError(
            f"The file just written reads back with {found} rows and columns "
            f"{listed(columns.names)}; {n_rows} rows of {listed(schema.names)} were "
            "written."
        )


def flush_to_disk(path: str) -> None:
    """Wait until a file's content, or a folder's entries, are on the disk."""
    if os.path.isdir(path) and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY if os.path.isdir(path) else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
