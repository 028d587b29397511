"""Access to the files of a source: local here, remote in ``remote/files.py``.

Paths of both kinds are text: a remote one is its URL without passwords and options. So
``os.path.join`` and ``os.path.basename`` work with both.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, TypeVar

from smotefast.exceptions import SourceError
from smotefast.storage.files import file_checksum
from smotefast.storage.paths import arrow_path

# What identifies a file and its content. The size is the third, the time of the last change
# the fourth.
State = tuple[int | str, ...]
# Requests to a store take 10 to 100 ms each, whatever the size, so many run at the same time.
_THREADS = 16

Item = TypeVar("Item")
Result = TypeVar("Result")


class Entry(NamedTuple):
    """A file or folder in a folder."""

    name: str
    path: str
    is_folder: bool


class Files(Protocol):
    """A file system, as far as sources need it.

    Attributes
    ----------
    is_remote
        Whether each call is a request over the network.
    error
        What an error of reading is raised as.
    """

    is_remote: bool
    error: type[SourceError]

    @property
    def arrow(self) -> Any:
        """The file system of Arrow, or None for that of this machine."""

    def key(self, path: str) -> str:
        """Return the name of a path in the file system of Arrow."""
        ...

    def load(self, folder: str) -> None:
        """Prepare to list a folder with all of its subfolders."""

    def real(self, path: str) -> str:
        """Return the path with links resolved."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder, or a broken link."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        ...

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file."""
        ...

    def entries(self, folder: str) -> list[Entry]:
        """Return what is in a folder, in the order of the names."""
        ...

    def matches(self, pattern: str) -> list[str]:
        """Return the paths that match a pattern, as ``glob.glob`` does, sorted."""
        ...

    def state(self, path: str) -> State:
        """Return what identifies a file and its content."""
        ...

    def identity(self, path: str) -> object:
        """Return a value that two names of the same file share; None if it is unknown."""
        ...

    def first_bytes(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file."""
        ...

    def checksum(self, path: str) -> tuple[int, str]:
        """Return the size of a file, and the CRC-32 of its content."""
        ...

    def opened(self, path: str) -> AbstractContextManager[Any]:
        """Return a context manager for what Arrow can read: a name, or an open file."""
        ...

    def explain(self, path: str, error: Exception) -> str:
        """Return a message about an error of reading, in one line."""
        ...


class LocalFiles:
    """Files of this machine; see ``Files``."""

    is_remote = False
    error = SourceError
    arrow = None

    def key(self, path: str) -> str:
        """Return the absolute path."""
        return os.path.abspath(path)

    def load(self, folder: str) -> None:
        """Do nothing: listing is fast."""

    def real(self, path: str) -> str:
        """Return the path with links resolved."""
        return os.path.realpath(path)

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder, or a broken link."""
        return os.path.lexists(path)

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return os.path.isdir(path)

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file."""
        return os.path.isfile(path)

    def entries(self, folder: str) -> list[Entry]:
        """Return what is in a folder, in the order of the names."""
        with os.scandir(folder) as found:
            entries = [Entry(each.name, each.path, each.is_dir()) for each in found]
        return sorted(entries)

    def matches(self, pattern: str) -> list[str]:
        """Return the paths that match a pattern, sorted."""
        return sorted(glob.glob(pattern, recursive=True))

    def state(self, path: str) -> State:
        """Return device, inode, size, and the times of the last change of content and all."""
        status = os.stat(path)
        identity = (status.st_dev, status.st_ino, status.st_size)
        return (*identity, status.st_mtime_ns, status.st_ctime_ns)

    def identity(self, path: str) -> object:
        """Return device and inode; None for a broken link."""
        try:
            status = os.stat(path)
        except OSError:
            return None
        return (status.st_dev, status.st_ino) if status.st_ino else None

    def first_bytes(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file."""
        with open(path, "rb") as file:
            return file.read(size)

    def checksum(self, path: str) -> tuple[int, str]:
        """Return the size of a file, and the CRC-32 of its content."""
        return os.path.getsize(path), file_checksum(path)

    def opened(self, path: str) -> AbstractContextManager[Any]:
        """Return a context manager for a name that Arrow can open."""
        return arrow_path(path)

    def explain(self, path: str, error: Exception) -> str:
        """Return a message about an error of reading, in one line."""
        return f"Cannot read {path!r}: {one_line(error)}"


class SharedFiles(LocalFiles):
    """Files on storage that several machines share; see ``Files``.

    The number of a device differs between machines, and there are file systems whose inodes
    and times of other changes do, too.
    """

    def state(self, path: str) -> State:
        """Return the size, and the time of the last change of content."""
        status = os.stat(path)
        return 0, 0, status.st_size, status.st_mtime_ns


def one_line(error: BaseException) -> str:
    """Return the message of an error without line breaks."""
    return " ".join(str(error).split()) or type(error).__name__


LOCAL, SHARED = LocalFiles(), SharedFiles()


class Location(NamedTuple):
    """A path that a user gave, as it is shown in messages, and its file system."""

    path: str
    files: Files = LOCAL


class ListedFile(NamedTuple):
    """A file of a source, and the folder that its partitions are relative to."""

    path: str
    root: str
    files: Files = LOCAL


def map_files(
    function: Callable[[Item], Result], items: Iterable[Item], *, are_remote: bool
) -> list[Result]:
    """Return what a function returns for each file; in threads, if files are remote."""
    if not are_remote:
        return [function(item) for item in items]
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="smotefast-store") as pool:
        return list(pool.map(function, items))
