"""Write a Parquet file, or a folder of part files, one row group at a time.

All tables have the same schema. ``finish`` returns when every file is complete, has been
verified by reading its footer, and is on disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast._messages import list_names
from smotefast.storage.paths import arrow_path

# Part files above this size are closed, so that readers can work in parallel and a writer's
# metadata stay small.
PART_BYTES = 512 << 20


class ParquetSink:
    """Write tables to a new file, or to part files in an empty folder.

    Parameters
    ----------
    path
        The file to create, or an existing empty folder.
    schema
        Schema of every table.
    options
        Further arguments of ``ParquetWriter``.
    is_folder
        Whether ``path`` is a folder.
    part_bytes
        Size in bytes from which a part file is closed and the next one is opened.
    """

    def __init__(
        self,
        path: str,
        schema: pa.Schema,
        options: Mapping[str, object],
        *,
        is_folder: bool = False,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self.n_rows = 0
        self._path = path
        self._schema = schema
        self._options = options
        self._is_folder = is_folder
        self._part_bytes = part_bytes
        self._files: list[tuple[str, int]] = []
        self._open()

    def write(self, table: pa.Table) -> None:
        """Write one row group."""
        if self._is_folder and self._handle.tell() > self._part_bytes:
            self._close_file()
            self._open()
        if any(pa.types.is_dictionary(field.type) for field in self._schema):
            # Chunks with different dictionaries would end dictionary encoding of the column.
            table = table.unify_dictionaries()
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self._rows_in_file += table.num_rows
        self.n_rows += table.num_rows

    def finish(self) -> None:
        """Complete, verify and flush every file to disk.

        Raises
        ------
        OSError
            If the footer of a file does not match what was written.
        """
        self._close_file()
        for name, n_rows in self._files:
            _verify(name, n_rows, self._schema)
            flush_to_disk(name)
        if self._is_folder:
            flush_to_disk(self._path)

    def abort(self) -> None:
        """Close the open file, whose content is no longer needed."""
        for resource in (self._writer, self._handle):
            with contextlib.suppress(Exception):  # on a full disk, writing the footer fails
                resource.close()

    def _open(self) -> None:
        name = self._path
        if self._is_folder:
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
def explain_full_disk(path: str) -> Iterator[None]:
    """Replace the error of a full disk by one that names the destination."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        reason = os.strerror(error.errno).lower()
        raise OSError(
            f"There is not enough disk space for {path!r} ({reason}). The unfinished files "
            "were removed. Free some space, or choose a destination on another disk."
        ) from error


def open_file(name: str) -> pa.NativeFile:
    """Open a file for writing."""
    with arrow_path(name, os.O_RDWR | os.O_CREAT) as arrow_name:
        return pa.OSFile(arrow_name, "wb")


def _verify(name: str, n_rows: int, schema: pa.Schema) -> None:
    try:
        with arrow_path(name) as arrow_name, pq.ParquetFile(arrow_name) as parquet:
            n_found, columns = parquet.metadata.num_rows, parquet.schema_arrow.names
    except (pa.ArrowException, OSError) as error:
        raise OSError(f"The written file cannot be read: {error}") from error
    if n_found != n_rows or columns != schema.names:
        raise OSError(
            f"The written file has {n_found} rows and columns {list_names(columns)} instead of "
            f"{n_rows} rows and columns {list_names(schema.names)}."
        )


def flush_to_disk(path: str) -> None:
    """Wait until the content of a file, or the entries of a folder, are on disk."""
    if os.path.isdir(path) and os.name == "nt":
        return  # Windows cannot open folders
    descriptor = os.open(path, os.O_RDONLY if os.path.isdir(path) else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
