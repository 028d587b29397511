"""Files of a job: write them through to the disk, check and remove them."""

from __future__ import annotations

import contextlib
import os
import shutil
import zlib

_CHUNK = 1 << 20


def flush_to_disk(path: str) -> None:
    """Wait until the content of a file, or the entries of a folder, are on disk."""
    if os.path.isdir(path) and os.name == "nt":
        return  # Windows cannot open folders
    descriptor = os.open(path, os.O_RDONLY if os.path.isdir(path) else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_checksum(path: str) -> str:
    """Return the CRC-32 of a file, such as "crc32:0a1b2c3d"."""
    checksum = 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return f"crc32:{checksum:08x}"


def remove(path: str) -> None:
    """Remove a file or a folder, if it exists."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
