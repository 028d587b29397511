"""Files of a job: write them through to the disk, check and remove them."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import zlib

_CHUNK = 1 << 20
# Errors of file systems that cannot flush folders; PostgreSQL ignores them as well.
_NO_FLUSH = (errno.EINVAL, errno.EBADF, errno.ENOTSUP)


def flush_to_disk(path: str) -> None:
    """Wait until the content of a file, or the entries of a folder, are on disk."""
    is_folder = os.path.isdir(path)
    if is_folder and os.name == "nt":
        return  # Windows cannot open folders
    descriptor = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not is_folder or error.errno not in _NO_FLUSH:
            raise
    finally:
        os.close(descriptor)


def file_checksum(path: str) -> str:
    """Return the CRC-32 of a file, such as "crc32:0a1b2c3d"."""
    checksum = 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return f"crc32:{checksum:08x}"


def replace_file(path: str, text: str) -> None:
    """Write a file of text; at any moment the path is absent, unchanged or complete."""
    folder = os.path.dirname(path)
    temporary = os.path.join(folder, f".smotefast-{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "x", encoding="utf-8") as file:
            file.write(text)
        flush_to_disk(temporary)
        os.replace(temporary, path)
        flush_to_disk(folder)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def remove(path: str) -> None:
    """Remove a file or a folder, if it exists."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
