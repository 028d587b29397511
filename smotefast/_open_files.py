"""Scratch files that are open: they have no names, unless other processes are to read them."""

from __future__ import annotations

import contextlib
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, Self


class Publisher(Protocol):
    """Makes files known to other processes by name; see ``storage.remote.shared_folder``."""

    def publish(self, path: str, *, is_kept: bool) -> str:
        """Let other processes read a file; return its name for them."""
        ...

    def fetch(self, name: str) -> str:
        """Return the path of such a file on this machine."""
        ...


# Folders in which files get names.
_shared_folders: dict[str, Publisher] = {}


class OpenFile:
    """An open file in a folder, closed with its last user at the latest.

    ``new`` creates one. It has no name, so the system removes it when it is closed, also if the
    process is killed. In a block of ``files_for_other_processes`` it has one and can be
    pickled; this process removes it when it is closed.

    Attributes
    ----------
    number
        The file descriptor.
    folder
        Where the file was created.
    """

    def __init__(
        self,
        number: int,
        folder: str,
        name: str = "",
        publisher: Publisher | None = None,
        *,
        is_published: bool = False,
    ) -> None:
        self.number, self.folder = number, folder
        self._name, self._publisher, self._is_published = name, publisher, is_published
        self._finalizer = self._closed_at_end("")
        _open.add(self)

    @classmethod
    def new(cls, folder: str) -> Self:
        """Create a file.

        Raises
        ------
        OSError
            If the folder is missing or not writable, or no files can be created there.
        """
        number, path = tempfile.mkstemp(prefix="rows-", dir=folder)
        if folder not in _shared_folders:
            file = cls(number, folder)
            os.unlink(path)
            return file
        file = cls(number, folder, path, _shared_folders[folder])
        file._remove_at_end(path)
        return file

    def __reduce__(self) -> tuple[Any, ...]:
        if self._publisher is None:
            raise TypeError(
                "Rows in temporary files can be read by this process only. Raise memory_limit, "
                "so that all classes fit into memory."
            )
        name = self._name
        if not self._is_published:
            os.fsync(self.number)  # from then on, a network file system shows it to others
            name = self._publisher.publish(name, is_kept=True)
        return _opened, (name, self.folder, self._publisher)

    def close(self) -> None:
        """Close the file; reading it is an error from then on."""
        self.number = -1
        self._finalizer()

    def leave(self) -> None:
        """Let the file stay when it is closed."""
        self._remove_at_end("")

    def _remove_at_end(self, path: str) -> None:
        self._finalizer.detach()
        self._finalizer = self._closed_at_end(path)

    def _closed_at_end(self, path: str) -> weakref.finalize[..., OpenFile]:
        return weakref.finalize(self, _close, self.number, os.getpid(), path)


_open: weakref.WeakSet[OpenFile] = weakref.WeakSet()


def _opened(name: str, folder: str, publisher: Publisher) -> OpenFile:
    """Open a file that another process has created, to read it."""
    try:
        number = os.open(publisher.fetch(name), os.O_RDONLY)
    except FileNotFoundError as error:
        raise FileNotFoundError(missing_file_message(name)) from error
    return OpenFile(number, folder, name, publisher, is_published=True)


def _close(number: int, process: int, path: str) -> None:
    if os.getpid() != process:  # a forked child ends with its copies
        return
    with contextlib.suppress(OSError):
        os.close(number)
    if path:
        with contextlib.suppress(OSError):
            os.unlink(path)


def missing_file_message(path: str) -> str:
    """Say that a process lacks a file of a job that others share with it."""
    if "://" in path:
        return f"{path!r}, a file of the job, is not in its store: the job has ended."
    return (
        f"{path!r}, a file of the job, is not on this machine, or was removed. All machines "
        "need the folder of the job under the same path; scratch may name another."
    )


@contextmanager
def files_closed_after(folder: str) -> Iterator[None]:
    """Close the files in a folder at the end of a block, also of rows that are still used.

    An error of a thread keeps the rows that the thread has read, and their space on the disk.
    """
    try:
        yield
    finally:
        for each in _files_in(folder):
            each.close()


@contextmanager
def files_for_other_processes(folder: str, publisher: Publisher) -> Iterator[None]:
    """Give the files that are created in a folder names, by which other processes open them.

    Files that are open at the end of the block stay until the folder is removed.
    """
    _shared_folders[folder] = publisher
    try:
        yield
    finally:
        _shared_folders.pop(folder)
        for each in _files_in(folder):
            each.leave()


def _files_in(folder: str) -> list[OpenFile]:
    return [each for each in list(_open) if each.folder == folder]
