"""Write a Parquet file, one row group at a time.

``finish`` returns when the file is complete, has been verified by reading its footer, and is on
disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from smotefast._messages import list_names
from smotefast.storage.files import flush_to_disk
from smotefast.storage.paths import arrow_path

# Bytes that Arrow collects before it writes them. Writing 1,000,000 x 20 float32 took as long
# as with a file of Arrow's, and 6% longer with a call of Python for each page of 80 kB.
_PIECE_BYTES = 1 << 18


class ParquetSink:
    """Write tables of one schema to a new file.

    Parameters
    ----------
    path
        The file to create.
    schema
        Schema of every table.
    options
        Further arguments of ``ParquetWriter``.
    check
        Called before each piece of the file is written, several times for each column of a row
        group. What it raises ends the writing: a row group may take seconds to compress.

    Attributes
    ----------
    n_rows
        Number of rows written.
    """

    def __init__(
        self,
        path: str,
        schema: pa.Schema,
        options: Mapping[str, object],
        check: Callable[[], object] = lambda: None,
    ) -> None:
        self.n_rows = 0
        self._path = path
        self._schema = schema
        self._has_dictionaries = any(map(pa.types.is_dictionary, schema.types))
        self._file = _CheckedFile(path, check)
        self._handle = pa.BufferedOutputStream(pa.PythonFile(self._file, "w"), _PIECE_BYTES)
        try:
            self._writer = pq.ParquetWriter(self._handle, schema, **options)
        except BaseException:
            self._close()
            raise

    def write(self, table: pa.Table) -> None:
        """Write one row group."""
        if self._has_dictionaries:
            # Chunks with different dictionaries would end dictionary encoding of the column.
            table = table.unify_dictionaries()
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.n_rows += table.num_rows

    def finish(self) -> None:
        """Complete the file, verify it and flush it to disk.

        Raises
        ------
        OSError
            If the footer of the file does not match what was written.
        """
        self._writer.close()
        self._handle.close()
        self._file.close()
        _verify(self._path, self.n_rows, self._schema)
        flush_to_disk(self._path)

    def abort(self) -> None:
        """Close the file, whose content is no longer needed."""
        self._file.is_discarded = True
        with contextlib.suppress(Exception):  # a row group may be incomplete
            self._writer.close()
        self._close()

    def _close(self) -> None:
        self._file.is_discarded = True
        with contextlib.suppress(Exception):
            self._handle.close()
        self._file.close()


class _CheckedFile:
    """A new file as Arrow writes it, with a check before each piece.

    Attributes
    ----------
    is_discarded
        Whether pieces are dropped, because the content is no longer needed.
    """

    def __init__(self, path: str, check: Callable[[], object]) -> None:
        self._file = open(path, "wb", buffering=0)
        self._check = check
        self.is_discarded = False

    def write(self, piece: bytes) -> int:
        """Write all bytes."""
        rest = memoryview(piece)
        if not self.is_discarded:
            self._check()
            while len(rest):
                rest = rest[self._file.write(rest) :]
        return len(piece)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._file.closed


@contextlib.contextmanager
def explain_full_disk(path: str, other: str = "a destination") -> Iterator[None]:
    """Replace the error of a full disk by one that names the destination, or ``other``."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        reason = os.strerror(error.errno).lower()
        raise OSError(
            f"There is not enough disk space for {path!r} ({reason}). The unfinished files "
            f"were removed. Free some space, or choose {other} on another disk."
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
