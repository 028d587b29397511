"""Folders whose files all processes of a cluster read: on a file system they share, or a store.

A process writes files to a folder of its own machine, and publishes those that are complete.
Others fetch them by the name that this returns.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import weakref
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from smotefast.storage.file_access import Location
from smotefast.storage.files import remove
from smotefast.storage.remote.files import RemoteFiles
from smotefast.storage.remote.urls import RemoteUrl, parse_url
from smotefast.storage.scratch import ScratchFolder

# The folder in which this process has files of each folder in a store.
_here: dict[str, ScratchFolder] = {}


class SharedFolder(Protocol):
    """A folder of files that several processes read; it can be pickled."""

    @property
    def path(self) -> str:
        """Where this process writes files."""
        ...

    def publish(self, path: str, *, is_kept: bool = False) -> str:
        """Let others read a complete file of ``path``; return its name for them.

        With ``is_kept`` this process still uses the file, and may change it until it publishes
        it again.
        """
        ...

    def fetch(self, name: str) -> str:
        """Return the path of a published file on this machine."""
        ...

    def location(self, name: str) -> Location:
        """Return a published file, or a folder in this one, as part of a source."""
        ...

    def remove(self, name: str) -> None:
        """Remove a published file."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a published file that is read once."""
        ...

    def remove_all(self) -> None:
        """Remove the folder with its files."""
        ...

    def forget(self) -> None:
        """Remove the copies of this process that others have published."""
        ...


class MountedFolder:
    """A folder that all processes have under the same path; see ``SharedFolder``."""

    def __init__(self, path: str) -> None:
        self.path = path

    def publish(self, path: str, *, is_kept: bool = False) -> str:
        """Return the path: the others see the file."""
        return path

    def fetch(self, name: str) -> str:
        """Return the path."""
        return name

    def location(self, name: str) -> Location:
        """Return a file or folder as part of a source."""
        return Location(os.path.join(self.path, name))

    def remove(self, name: str) -> None:
        """Remove a file."""
        remove(name)

    def open(self, name: str) -> BinaryIO:
        """Open a file."""
        return open(name, "rb")

    def remove_all(self) -> None:
        """Remove the folder with its files."""
        remove(self.path)

    def forget(self) -> None:
        """Do nothing: there are no copies."""


class StoreFolder:
    """A folder in a store; see ``SharedFolder``.

    A process has the files that it writes, and copies of those that it fetches, in a folder of
    its machine until ``forget`` or its end.

    Parameters
    ----------
    files, url
        The store, and the folder.
    path
        Folder for the files of this process. None means a new one for temporary files.
    """

    def __init__(self, files: RemoteFiles, url: str, path: str | None = None) -> None:
        self._files, self.url, self._path = files, url, path
        self._published: dict[str, tuple[object, str]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return StoreFolder, (self._files, self.url)

    @property
    def path(self) -> str:
        """Where this process writes files."""
        if self._path is not None:
            return self._path
        if self.url not in _here:
            _here[self.url] = ScratchFolder()
        return _here[self.url].path

    def publish(self, path: str, *, is_kept: bool = False) -> str:
        """Upload a file; one that has changed since it was published gets another name."""
        status = os.stat(path)
        state = status.st_size, status.st_mtime_ns
        known, name = self._published.get(path, (None, ""))
        if known != state:
            version = f"-{secrets.token_hex(4)}" if name else ""
            name = f"{self.url}/{os.path.basename(path)}{version}"
            self._files.upload(path, name, lambda: None)
            self._published[path] = state, name
        if not is_kept:
            os.unlink(path)
            del self._published[path]
        return name

    def fetch(self, name: str) -> str:
        """Download a file, unless this process has it; return its path."""
        path = self._copy(name)
        if not os.path.exists(path):
            os.replace(self._download(name), path)
        return path

    def open(self, name: str) -> BinaryIO:
        """Open a copy of a file, which takes space until it is closed."""
        path = self._download(name)
        file = open(path, "rb")
        os.unlink(path)
        return file

    def _copy(self, name: str) -> str:
        """Return the path of the copy of this process."""
        return os.path.join(self.path, os.path.basename(name))

    def _download(self, name: str) -> str:
        """Download a file to a path of its own, which this returns."""
        path = f"{self._copy(name)}.{secrets.token_hex(4)}"
        self._files.download(name, path)
        return path

    def location(self, name: str) -> Location:
        """Return a published file, or a folder in this one, as part of a source."""
        return Location(name if "://" in name else f"{self.url}/{name}", self._files)

    def remove(self, name: str) -> None:
        """Remove a file from the store, and the copy of this process."""
        remove(self._copy(name))
        self._files.delete(name)

    def remove_all(self) -> None:
        """Remove the folder with its files from the store, and the copies of this process."""
        if self._path is not None:
            remove(self._path)
        self.forget()
        self._files.delete_folder(self.url)

    def forget(self) -> None:
        """Remove the copies of this process, and what it has written."""
        if self.url in _here:
            _here.pop(self.url).remove()


def store_of(folder: str | os.PathLike[str] | None) -> RemoteUrl | None:
    """Return the URL of a folder in a store; None for one of this machine."""
    url = parse_url(folder) if isinstance(folder, str) else None
    return None if url is None or url.scheme in ("file", "local") else url


class SharedScratch:
    """A new folder for files of processes of a cluster; it is removed when this process ends.

    Parameters
    ----------
    parent
        Folder that all of them have under the same path, or the URL of a folder in a store.
        None means the system's folder for temporary files.

    Attributes
    ----------
    shared
        The folder.
    remove
        Removes it.
    """

    def __init__(self, parent: str | os.PathLike[str] | None) -> None:
        store = store_of(parent)
        self.shared: SharedFolder
        self.remove: Callable[[], object]
        if store is not None:
            here = ScratchFolder()
            url = f"{store.shown.rstrip('/')}/{os.path.basename(here.path)}"
            self.shared = StoreFolder(RemoteFiles(store), url, here.path)
            self.remove = weakref.finalize(
                self, _remove_from_store, self.shared, here, os.getpid()
            )
        else:
            here = ScratchFolder(None if parent is None else os.path.abspath(parent))
            self.shared = MountedFolder(here.path)
            self.remove = here.remove
        self._here = here


def _remove_from_store(shared: SharedFolder, here: ScratchFolder, process: int) -> None:
    if os.getpid() == process:  # a forked child has a copy
        with contextlib.suppress(OSError):
            shared.remove_all()
    here.remove()
