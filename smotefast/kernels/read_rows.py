"""Read rows of a file by number: one system call for rows that are near each other."""

from __future__ import annotations

import ctypes
import os
from typing import Any

import numpy as np

from smotefast.kernels.compile import JIT_DISABLED, serial_kernel

if not JIT_DISABLED:
    from numba.core import types

    # The function of the C library, found by its name: a pointer could not be cached.
    _arguments = types.intc, types.intp, types.intp, types.int64
    pread: Any = types.ExternalFunction("pread", types.intp(*_arguments))

else:

    def _pread(descriptor: int, address: int, size: int, offset: int) -> int:
        data = os.pread(descriptor, size, offset)
        ctypes.memmove(address, data, len(data))
        return len(data)

    pread = _pread


@serial_kernel
def read_rows(
    descriptor: int,
    rows: np.ndarray,
    positions: np.ndarray,
    gap_bytes: int,
    buffer: np.ndarray,
    out: np.ndarray,
) -> bool:
    """Read rows of a file to positions in an array.

    Parameters
    ----------
    descriptor : number of the open file, which has rows of equal size
    rows : array of shape (n,), int64, ascending
        Numbers of the rows.
    positions : array of shape (n,), int64
        Row of ``out`` for each.
    gap_bytes : int
        Rows with at most so many bytes between them are read by one call.
    buffer : array of uint8
        What one call reads; a row at least.
    out : array of shape (n_out, row bytes), uint8; written

    Returns
    -------
    bool
        False if a call of the system failed; ``errno`` is lost.
    """
    n_rows, row_bytes = rows.shape[0], out.shape[1]
    most, begin = buffer.shape[0] // row_bytes, 0
    while begin < n_rows:
        first, stop = rows[begin], begin + 1
        while (
            stop < n_rows
            and rows[stop] - first < most
            and (rows[stop] - rows[stop - 1] - 1) * row_bytes <= gap_bytes
        ):
            stop += 1
        n_bytes, n_read = (rows[stop - 1] - first + 1) * row_bytes, 0
        while n_read < n_bytes:
            address = buffer.ctypes.data + n_read
            n = pread(descriptor, address, n_bytes - n_read, first * row_bytes + n_read)
            if n <= 0:
                return False
            n_read += n
        for i in range(begin, stop):
            at, to = (rows[i] - first) * row_bytes, positions[i]
            for j in range(row_bytes):  # a slice of 80 bytes takes twice as long
                out[to, j] = buffer[at + j]
        begin = stop
    return True
