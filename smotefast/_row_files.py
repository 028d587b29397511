"""Arrays in scratch files: rows of one size, read and written by explicit system calls.

Pages of a memory map would count as resident memory: reading few rows of a large map took
568 MiB at a limit of 330 MiB. A read or write of a file leaves its pages to the system.
"""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from smotefast._open_files import OpenFile
from smotefast.kernels import kernels_are_loaded

# Rows that are so close are read at once: as many bytes are copied while a read begins.
_GAP_BYTES = 8 << 10
# Rows read by number in one buffer, and bytes of one system call, which are copied.
_BUFFER_BYTES, _READ_BYTES = 2 << 20, 1 << 20
# Buffer of compiled code, and rows of a call of it, after which a signal is handled: reading
# each one from a disk in 0.1 ms takes 0.8 s.
_CALL_BYTES, _CALL_ROWS = 128 << 10, 1 << 13
# Windows has no reads by position, and does not remove open files.
HAS_ROW_FILES = hasattr(os, "pread")


class RowFile:
    """An array of one or two dimensions in an unnamed file; ``RowFile.new`` creates one.

    The file has no name, so the system removes it with its last user, also if the process is
    killed. In a block of ``files_for_other_processes`` it has one, and the array can be pickled
    for processes that have the folder under the same path. Rows that have not been written are
    zeros and take no disk space.

    Attributes
    ----------
    shape
        Shape of the array; the first dimension counts the rows.
    dtype
        Dtype of the rows that are read.
    folder
        Where the file was created.
    """

    def __init__(
        self,
        descriptor: OpenFile,
        shape: Sequence[int],
        stored: np.dtype[Any],
        dtype: np.dtype[Any],
        folder: str,
        entries: RowFile | None = None,
    ) -> None:
        self.shape, self.dtype, self.folder = tuple(shape), dtype, folder
        self._descriptor, self._stored, self._entries = descriptor, stored, entries
        self._row_bytes = math.prod(self.shape[1:]) * stored.itemsize

    @classmethod
    def new(cls, folder: str, shape: Sequence[int], dtype: Any) -> RowFile:
        """Create an array of zeros in a folder.

        Raises
        ------
        OSError
            If the folder is missing or not writable, or no files can be created there.
        """
        dtype = np.dtype(dtype)
        descriptor = OpenFile.new(folder)
        os.ftruncate(descriptor.number, math.prod(shape) * dtype.itemsize)
        return cls(descriptor, shape, dtype, dtype, folder)

    def __len__(self) -> int:
        return self.shape[0]

    def __reduce__(self) -> tuple[Any, ...]:
        return RowFile, (
            self._descriptor, self.shape, self._stored, self.dtype, self.folder, self._entries
        )  # fmt: skip

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        """Read consecutive rows, or rows by number, in the order of the numbers."""
        if not isinstance(rows, slice):
            return self.take(rows)
        start, stop, step = rows.indices(len(self))
        if step != 1 or self._entries is not None:
            return self.take(np.arange(start, stop, step))
        read = self._empty(max(0, stop - start))
        self.read_into(read, start)
        return read.astype(self.dtype, copy=False)

    def __setitem__(self, rows: slice, values: np.ndarray) -> None:
        """Write consecutive rows."""
        start, stop, step = rows.indices(len(self))
        if step != 1 or len(values) != max(0, stop - start):
            raise ValueError(f"{len(values)} rows cannot be written to rows {start}..{stop}.")
        self._write(values, start)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Read rows by number; near ones are read at once, by compiled code if it is loaded.

        Raises
        ------
        IndexError
            If a number is not that of a row.
        """
        if self._entries is not None:
            rows = self._entries.take(rows)
        rows = np.asarray(rows, dtype=np.int64)
        taken = np.empty((len(rows), *self.shape[1:]), self._stored)
        if taken.size:  # else no rows, or rows of no columns
            order = np.argsort(rows)  # a stable sort takes four times as long
            ascending = rows[order]
            if ascending[0] < 0 or ascending[-1] >= len(self):
                raise IndexError(f"Row {ascending[[0, -1]]} is not one of {len(self):,} rows.")
            drawn = ascending, order, taken
            if not (kernels_are_loaded() and self._read_compiled(*drawn)):
                for which, numbers, buffer in self._near_rows(ascending):
                    taken[order[which]] = buffer[numbers]
        return taken.astype(self.dtype, copy=False)

    def selected(self, rows: np.ndarray, width: int | None = None) -> RowFile:
        """Copy rows by number, or their first columns, to another file in the same folder."""
        columns = self.shape[1:] if width is None else (width,)
        copy = RowFile.new(self.folder, (len(rows), *columns), self.dtype)
        for block in copy.blocks(max(1, _BUFFER_BYTES // max(1, self._row_bytes))):
            taken = self.take(rows[block])
            copy[block] = taken if width is None else taken[:, :width]
        return copy

    def move(self, moved: RowFile, entries: RowFile) -> None:
        """Read these rows from a file that has them in another order, and no longer write.

        The present file is removed with its last other user.

        Parameters
        ----------
        moved
            The same rows, maybe with others after them, stored in the same dtype.
        entries
            Number of each row there.
        """
        self._descriptor, self._entries = moved._descriptor, entries

    def append(self, values: np.ndarray) -> int:
        """Write rows after the last one; return the number of the first."""
        start = len(self)
        self._write(values, start)
        self.shape = (start + len(values), *self.shape[1:])
        return start

    def write_runs(self, starts: np.ndarray, counts: np.ndarray, values: np.ndarray) -> None:
        """Write runs of consecutive rows, each to its own first row.

        Parameters
        ----------
        starts, counts
            First row and number of rows of each run.
        values
            The rows of all runs, one run after the other.
        """
        end = 0
        for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
            begin, end = end, end + count
            if count:
                self._write(values[begin:end], start)

    def blocks(self, n_rows: int) -> Iterator[slice]:
        """Cut the rows into blocks of at most so many."""
        for start in range(0, len(self), n_rows):
            yield slice(start, min(start + n_rows, len(self)))

    def converted_to(self, dtype: Any) -> RowFile:
        """Return the same rows, converted when they are read; or this object."""
        if np.dtype(dtype) == self.dtype:
            return self
        given = self._descriptor, self.shape, self._stored, np.dtype(dtype), self.folder
        return RowFile(*given, self._entries)

    def reshape(self, *shape: int) -> RowFile:
        """Return the same values in another shape: one of the dimensions may be -1."""
        rest = -math.prod(shape)
        n_values = math.prod(self.shape)
        known = tuple(n_values // rest if size == -1 else size for size in shape)
        if math.prod(known) != n_values or len(known) > 2 or self._entries is not None:
            raise ValueError(f"{self.shape} cannot have the shape {shape}.")
        return RowFile(self._descriptor, known, self._stored, self.dtype, self.folder)

    def _near_rows(
        self, ascending: np.ndarray
    ) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Read rows in buffers; yield which ones, their numbers in a buffer, and the buffer."""
        gaps = np.diff(ascending, prepend=ascending[0])
        is_near = (gaps - 1) * self._row_bytes <= _GAP_BYTES
        capacity = max(1, _BUFFER_BYTES // max(1, self._row_bytes))
        # Rows of a buffer that are read before each row, for it and with gaps.
        ends = np.cumsum(np.where(is_near, gaps, 1), dtype=np.int64)
        begin = 0
        while begin < len(ascending):
            first = ends[begin]
            stop = max(begin + 1, int(np.searchsorted(ends, first + capacity)))
            which = slice(begin, stop)
            numbers = ends[which] - first
            runs = begin + np.flatnonzero(np.append(True, ~is_near[begin + 1 : stop]))
            lasts = np.append(runs[1:], stop) - 1
            buffer = self._empty(int(numbers[-1]) + 1)
            bounds = np.column_stack([runs, lasts]) - begin
            for (run, last), row in zip(bounds, ascending[runs].tolist(), strict=True):
                self.read_into(buffer[numbers[run] : numbers[last] + 1], row)
            yield which, numbers, buffer
            begin = stop

    def _read_compiled(self, rows: np.ndarray, positions: np.ndarray, out: np.ndarray) -> bool:
        """Read rows by ascending number to positions of an array; say whether it worked."""
        from smotefast.kernels.read_rows import read_rows

        buffer = np.empty(max(_CALL_BYTES, self._row_bytes), np.uint8)
        as_bytes = out.view(np.uint8).reshape(len(out), self._row_bytes)
        given = _GAP_BYTES, buffer, as_bytes
        blocks = (slice(i, i + _CALL_ROWS) for i in range(0, len(rows), _CALL_ROWS))
        number = self._descriptor.number
        return all(read_rows(number, rows[each], positions[each], *given) for each in blocks)

    def _empty(self, n_rows: int) -> np.ndarray:
        return np.empty((n_rows, *self.shape[1:]), self._stored)

    def read_into(self, block: np.ndarray, start: int) -> None:
        """Fill an array of the stored dtype with consecutive rows."""
        view, offset = _as_bytes(block), start * self._row_bytes
        while view:
            # Not preadv, which macOS lacks.
            read = os.pread(self._descriptor.number, min(len(view), _READ_BYTES), offset)
            if not read:
                raise OSError(errno.EIO, "A scratch file ends before the rows it contains")
            view[: len(read)] = read
            view, offset = view[len(read) :], offset + len(read)

    def _write(self, values: np.ndarray, start: int) -> None:
        block = np.ascontiguousarray(values, dtype=self._stored)
        if block.shape[1:] != self.shape[1:] or self._entries is not None:
            raise ValueError(f"Rows of shape {block.shape[1:]} cannot be written here.")
        view, offset = _as_bytes(block), start * self._row_bytes
        while view:
            n_written = os.pwrite(self._descriptor.number, view, offset)
            view, offset = view[n_written:], offset + n_written


class TableWriter:
    """A table in a file whose rows come in any order, each at most once.

    Rows are collected in blocks of consecutive numbers in the file, and each block is put in
    order at the end: single rows are not written one by one.

    Parameters
    ----------
    folder
        Where the files are created.
    shape, dtype
        Of the table, two dimensions.
    n_bytes
        Memory of a block.
    """

    def __init__(
        self, folder: str, shape: tuple[int, int], dtype: Any, *, n_bytes: int
    ) -> None:
        self._table = RowFile.new(folder, shape, dtype)
        is_long = shape[0] > np.iinfo(np.int32).max
        self._numbers = RowFile.new(folder, shape[:1], np.int64 if is_long else np.int32)
        row_bytes = 2 * shape[1] * self._table.dtype.itemsize + 8
        self._block_rows = max(1, n_bytes // row_bytes)
        self._starts = np.arange(0, max(1, shape[0]), self._block_rows)
        self._counts = np.zeros_like(self._starts)

    def write(self, numbers: np.ndarray, values: np.ndarray) -> None:
        """Write rows by number."""
        order = np.argsort(numbers, kind="stable")
        ascending = numbers[order]
        counts = np.bincount(ascending // self._block_rows, minlength=len(self._starts))
        starts = self._starts + self._counts
        self._table.write_runs(starts, counts, values[order])
        self._numbers.write_runs(starts, counts, ascending)
        self._counts += counts

    def finish(self) -> RowFile:
        """Return the table; rows that were not written are zeros."""
        for block, count in zip(
            self._table.blocks(self._block_rows), self._counts.tolist(), strict=False
        ):
            written = slice(block.start, block.start + count)
            rows = np.zeros((block.stop - block.start, self._table.shape[1]), self._table.dtype)
            rows[self._numbers[written] - block.start] = self._table[written]
            self._table[block] = rows
        return self._table


class ByteFile:
    """Bytes in an unnamed file that grows, read by position.

    Parameters
    ----------
    folder
        Where the file is created.
    """

    def __init__(self, folder: str) -> None:
        self._rows = RowFile.new(folder, (0,), np.uint8)

    def append(self, data: np.ndarray) -> int:
        """Append bytes; return the position of the first one."""
        return self._rows.append(data)

    def read_into(self, starts: np.ndarray, sizes: np.ndarray, out: np.ndarray) -> None:
        """Read pieces of so many bytes, one after the other."""
        ends = np.cumsum(sizes)
        filled = np.flatnonzero(sizes)
        for i in filled[np.argsort(starts[filled], kind="stable")].tolist():
            self._rows.read_into(out[ends[i] - sizes[i] : ends[i]], int(starts[i]))


def _as_bytes(block: np.ndarray) -> memoryview:
    return block.reshape(-1).view(np.uint8).data
