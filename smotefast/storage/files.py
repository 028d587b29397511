"""Files of a job: write them through to the disk, check and remove them."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import zlib
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

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


def file_checksum(path: str, tick: Callable[[], object] = lambda: None) -> str:
    """Return the CRC-32 of a file, such as "crc32:0a1b2c3d".

    ``tick`` is called between pieces, and may raise an error.
    """
    checksum = 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            tick()
            checksum = zlib.crc32(chunk, checksum)
    return f"crc32:{checksum:08x}"


class OutputFiles(Protocol):
    """Where the files of the output are kept until the job is complete."""

    def keep(self, path: str, name: str, tick: Callable[[], object]) -> None:
        """Keep a complete file; ``tick`` raises an error if the job is to end."""

    def has(self, name: str, n_bytes: int, checksum: str) -> bool:
        """Whether a file is there as it was kept."""
        ...

    def remove_others(self, names: Collection[str]) -> None:
        """Remove files with other names, which an earlier run has left."""

    def sizes(self) -> Mapping[str, int]:
        """Return the sizes of the files by name."""
        ...


class LocalOutput:
    """Files of the output of a job in its folder, before they are moved to the destination.

    Parameters
    ----------
    path
        The output: a folder of files, or a single file.
    is_folder
        Whether it is a folder.
    """

    def __init__(self, path: str, *, is_folder: bool) -> None:
        self._path, self._is_folder = path, is_folder

    def path_of(self, name: str) -> str:
        """Return the path of a file."""
        return os.path.join(self._path, name) if self._is_folder else self._path

    def keep(self, path: str, name: str, tick: Callable[[], object]) -> None:
        """Give a file that is complete and on disk its name, and flush the name."""
        new = self.path_of(name)
        if "/" in name:
            self._make_folders(os.path.dirname(new))
        os.replace(path, new)
        flush_to_disk(os.path.dirname(new))

    def _make_folders(self, folder: str) -> None:
        """Create the folder of a partition, and flush the names of the new folders."""
        if not os.path.isdir(folder):
            self._make_folders(os.path.dirname(folder))
            with contextlib.suppress(FileExistsError):  # another part has just created it
                os.mkdir(folder)
            flush_to_disk(os.path.dirname(folder))

    def has(self, name: str, n_bytes: int, checksum: str) -> bool:
        """Whether there is a file with this content."""
        path = self.path_of(name)
        try:
            return os.path.getsize(path) == n_bytes and file_checksum(path) == checksum
        except OSError:
            return False

    def sizes(self) -> Mapping[str, int]:
        """Return the sizes of the files by name; a single file has no name."""
        if not self._is_folder:
            return {"": os.path.getsize(self._path)}
        paths = (
            os.path.join(folder, name)
            for folder, _, names in os.walk(self._path)
            for name in names
        )
        return {os.path.relpath(path, self._path): os.path.getsize(path) for path in paths}

    def remove_others(self, names: Collection[str]) -> None:
        """Remove files with other names, and empty folders.

        If an earlier run has exchanged the folder with an old destination, it has old files.
        """
        if not self._is_folder:
            return
        kept = set(map(self.path_of, names))
        for folder, folders, found in os.walk(self._path, topdown=False):
            for path in (os.path.join(folder, name) for name in sorted(found)):
                if path not in kept:
                    remove(path)
            for path in (os.path.join(folder, name) for name in sorted(folders)):
                if os.path.islink(path) or not os.listdir(path):
                    remove(path)


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
