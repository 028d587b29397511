"""Sorted runs of an external sort: rows that are sorted by a key, in Arrow's IPC format.

A run is a file, or the same bytes in memory. Its batches are read one by one, and its metadata
say which keys and how many bytes each has.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from smotefast.storage.files import file_checksum
from smotefast.storage.paths import arrow_path
from smotefast.storage.sink import open_file

_FIRST_KEYS, _BYTES, _ROWS = b"smotefast first keys", b"smotefast bytes", b"smotefast rows"
# Bytes of a row besides its columns: its key, its place in the order, and room to sort.
KEY_BYTES = 24


class SortedRows(NamedTuple):
    """Rows sorted by a key, before they become a run.

    Attributes
    ----------
    rows
        The rows, in one batch.
    keys
        The key of each row, ascending, as uint64.
    """

    rows: pa.RecordBatch
    keys: np.ndarray


class SortedRun(NamedTuple):
    """Rows sorted by a key, which are read in batches.

    Attributes
    ----------
    stored
        The path of the file, or the bytes.
    first_keys
        First key of each batch.
    n_bytes
        Of each batch, as ``bytes_to_sort`` counts them.
    n_rows
        Of all batches.
    file_bytes
        Size of the file; 0 if the run is in memory.
    """

    stored: str | pa.Buffer
    first_keys: np.ndarray
    n_bytes: np.ndarray
    n_rows: int
    file_bytes: int

    def read(self, first: int, last: int, names: Collection[str]) -> list[SortedRows]:
        """Read columns of the batches ``first..last``, the last one excluded."""
        if first >= last:
            return []
        with _opened(self.stored, names) as reader:
            batches = [reader.get_batch(number) for number in range(first, last)]
        return [_without_keys(batch) for batch in batches]


def bytes_to_sort(batch: pa.RecordBatch) -> int:
    """Return the memory of rows and their keys, without categories."""
    return bytes_without_categories(batch) + KEY_BYTES * int(batch.num_rows)


def bytes_without_categories(batch: pa.RecordBatch) -> int:
    """Return the bytes of a batch; all batches share the categories."""
    return sum(
        column.indices.nbytes if pa.types.is_dictionary(column.type) else column.nbytes
        for column in batch.columns
    )


def run_in_memory(rows: SortedRows, batch_rows: int) -> SortedRun:
    """Return rows as a run in memory, with so many rows in a batch."""
    size = pa.MockOutputStream()
    _write(size, rows, batch_rows)
    buffer = pa.allocate_buffer(size.size())
    with pa.FixedSizeBufferWriter(buffer) as stream:
        _write(stream, rows, batch_rows)
    return _open(buffer)


def write_run(path: str, rows: SortedRows, batch_rows: int) -> SortedRun:
    """Write rows to a file, with so many rows in a batch."""
    with open_file(path) as stream:
        _write(stream, rows, batch_rows)
    return _open(path)


def describe_run(run: SortedRun) -> dict[str, Any]:
    """Return what a journal records about a run in a file.

    The file need not be on disk: after a power failure, its checksum is another.
    """
    assert isinstance(run.stored, str)
    checksum = file_checksum(run.stored)
    return {
        "file": os.path.basename(run.stored),
        "rows": run.n_rows,
        "bytes": run.file_bytes,
        "checksum": checksum,
    }


def recorded_run(folder: str, recorded: dict[str, Any]) -> SortedRun | None:
    """Return a run that a journal describes; None if its file is not as it was."""
    path = os.path.join(folder, recorded["file"])
    try:
        is_same = os.path.getsize(path) == recorded["bytes"]
        if not is_same or file_checksum(path) != recorded["checksum"]:
            return None
        return _open(path)
    except OSError:
        return None


def _write(stream: Any, rows: SortedRows, batch_rows: int) -> None:
    """Write batches with the key as the last column, and their index as metadata."""
    batch, starts = rows.rows, range(0, len(rows.keys), batch_rows)
    batches = [batch.slice(start, batch_rows) for start in starts]
    sizes = np.array([bytes_to_sort(each) for each in batches], dtype=np.int64)
    index = {
        _FIRST_KEYS: rows.keys[::batch_rows].tobytes(),
        _BYTES: sizes.tobytes(),
        _ROWS: str(len(rows.keys)).encode(),
    }
    schema = batch.schema.append(pa.field("", pa.uint64())).with_metadata(index)
    keys = pa.array(rows.keys)
    with pa.ipc.new_file(stream, schema) as writer:
        for start, each in zip(starts, batches, strict=True):
            columns = [*each.columns, keys.slice(start, batch_rows)]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _open(stored: str | pa.Buffer) -> SortedRun:
    with _opened(stored) as reader:
        metadata = reader.schema.metadata
    first_keys = np.frombuffer(metadata[_FIRST_KEYS], dtype=np.uint64)
    n_bytes = np.frombuffer(metadata[_BYTES], dtype=np.int64)
    file_bytes = os.path.getsize(stored) if isinstance(stored, str) else 0
    return SortedRun(stored, first_keys, n_bytes, int(metadata[_ROWS]), file_bytes)


@contextmanager
def _opened(
    stored: str | pa.Buffer, names: Collection[str] | None = None
) -> Iterator[pa.RecordBatchFileReader]:
    """Open a run to read columns of it and the keys, or all of it."""
    if isinstance(stored, pa.Buffer):
        yield _reader(stored, names)
        return
    # Not a memory map, whose pages would count as memory of the process.
    with arrow_path(stored) as name, pa.OSFile(name) as file:
        yield _reader(file, names)


def _reader(file: Any, names: Collection[str] | None) -> pa.RecordBatchFileReader:
    reader = pa.ipc.open_file(file)
    *columns, _ = reader.schema.names
    if names is None or all(name in names for name in columns):
        return reader
    numbers = [i for i, name in enumerate(columns) if name in names]
    options = pa.ipc.IpcReadOptions(included_fields=[*numbers, len(columns)])
    return pa.ipc.open_file(file, options=options)


def _without_keys(batch: pa.RecordBatch) -> SortedRows:
    *columns, keys = batch.columns
    schema = batch.schema.remove(len(columns)).remove_metadata()
    return SortedRows(pa.RecordBatch.from_arrays(columns, schema=schema), np.asarray(keys))
