"""Files of an object store or of another remote file system, through Arrow or fsspec."""

from __future__ import annotations

import contextlib
import fnmatch
import glob
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from smotefast.exceptions import (
    SourceError,
    SourceMissingError,
    StoreError,
    StoreReadError,
)
from smotefast.storage.file_access import Entry, State, one_line
from smotefast.storage.remote.connect import FileWithoutSecrets, connect, without_cache
from smotefast.storage.remote.urls import RemoteUrl

# Bytes to upload at a time.
_PIECE = 4 << 20
# What to do about an error whose text has one of these words.
_ADVICE = {
    ("access_denied", "access denied", "forbidden", "403", "unauthorized", "invalidaccesskey",
     "invalid_access_key", "signature", "permission"):
        "Check the credentials and the permissions.",
    ("no_such_bucket", "bucket does not exist", "nosuchbucket"):
        "Check the name of the bucket, and the region or endpoint.",
    ("entitytoolarge", "copy source is larger"):
        "S3 copies files of up to 5 GB: write a folder of part files instead.",
    ("network_connection", "curlcode", "connect", "timeout", "timed out", "resolve"):
        "Check the endpoint and the connection; the same command goes on from what is done.",
}  # fmt: skip


# The file system of Arrow, and the function from paths to names in it.
Connection = tuple[Any, Callable[[str], str]]


class RemoteFiles:
    """Files of one store; see ``file_access.Files``.

    Paths are URLs without passwords and options, as in messages. The connection is made when it
    is used first.

    Parameters
    ----------
    url
        The URL that a user gave.
    """

    is_remote = True
    error: type[SourceError] = StoreReadError

    def __init__(self, url: RemoteUrl) -> None:
        self.url = url
        self._listed: dict[str, list[Entry]] = {}
        self._lock = threading.Lock()
        self._connected: tuple[int, Connection] | None = None

    def __reduce__(self) -> tuple[type[RemoteFiles], tuple[RemoteUrl]]:
        """Another process makes its own connection."""
        return type(self), (self.url,)

    @property
    def address(self) -> str:
        """What tells the URL from others, without secrets."""
        return self.url.address

    def __repr__(self) -> str:
        return f"RemoteFiles({self.url.shown!r})"

    def _connection(self) -> Connection:
        """Return the connection of this process; a forked one cannot use that of its parent."""
        connected = self._connected
        if connected is None or connected[0] != os.getpid():
            if connected is not None:
                self._lock = threading.Lock()
            with self._lock, self.errors(self.url.shown):
                connected = self._connected
                if connected is None or connected[0] != os.getpid():
                    connected = self._connected = os.getpid(), connect(self.url)
        return connected[1]

    @property
    def arrow(self) -> Any:
        """The file system of Arrow."""
        return self._connection()[0]

    def key(self, path: str) -> str:
        """Return the name of a path in the file system of Arrow."""
        return self._connection()[1](path)

    @contextlib.contextmanager
    def errors(self, path: str, kind: type[OSError] = StoreReadError) -> Iterator[None]:
        """Replace the errors of a store by one that names the path, and has no passwords."""
        try:
            yield
        except Exception as error:
            if isinstance(error, kind | SourceMissingError):
                raise
            cause = None if self.url.secrets else error
            if isinstance(error, FileNotFoundError):
                missing = SourceMissingError if kind is StoreReadError else FileNotFoundError
                raise missing(f"There is no file or folder {path!r}.") from cause
            raise kind(self.explain(path, error)) from cause

    def explain(self, path: str, error: Exception) -> str:
        """Return a message about an error of the store, without passwords."""
        if isinstance(error, SourceError):
            return str(error)
        text = one_line(error)
        words = text.lower()
        advice = (
            advice for marks, advice in _ADVICE.items() if any(each in words for each in marks)
        )
        shown = self.url.without_secrets(text).rstrip(".")
        return f"{path!r}: {shown}. {next(advice, '')}".strip()

    def info(self, path: str, kind: type[OSError] = StoreReadError) -> Any:
        """Return Arrow's FileInfo."""
        key = self.key(path)
        with self.errors(path, kind):
            return self.arrow.get_file_info(key)

    def load(self, folder: str) -> None:
        """List a folder with all of its subfolders by one request for each 1,000 files."""
        found: dict[str, list[Entry]] = {folder: []}
        start = len(self.key(folder).rstrip("/")) + 1
        for info in self._list(folder, recursive=True):
            relative = info.path.rstrip("/")[start:]
            path = f"{folder}/{relative}"
            entry = Entry(os.path.basename(path), path, not info.is_file)
            found.setdefault(os.path.dirname(path), []).append(entry)
            if entry.is_folder:
                found.setdefault(path, [])
        self._listed |= {path: sorted(entries) for path, entries in found.items()}

    def _list(
        self, folder: str, *, recursive: bool, kind: type[OSError] = StoreReadError
    ) -> list[Any]:
        from pyarrow.fs import FileSelector

        selector = FileSelector(self.key(folder), recursive=recursive, allow_not_found=True)
        with self.errors(folder, kind):
            infos: list[Any] = self.arrow.get_file_info(selector)
        return infos

    def real(self, path: str) -> str:
        """Return the path: there are no links."""
        return path

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        return _is_there(self.info(path))

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder: in object stores, a name that others begin with."""
        if path in self._listed:
            return True
        info = self.info(path)
        return _is_there(info) and not info.is_file

    def is_file(self, path: str) -> bool:
        """Whether there is a file."""
        return bool(self.info(path).is_file)

    def entries(self, folder: str) -> list[Entry]:
        """Return what is in a folder, in the order of the names."""
        if folder not in self._listed:
            names = {
                os.path.basename(info.path.rstrip("/")): not info.is_file
                for info in self._list(folder, recursive=False)
            }
            entries = [Entry(name, f"{folder}/{name}", names[name]) for name in sorted(names)]
            self._listed[folder] = entries
        return self._listed[folder]

    def matches(self, pattern: str) -> list[str]:
        """Return the paths that match a pattern, as ``glob.glob`` does, sorted."""
        root = pattern
        while glob.has_magic(root):
            root = os.path.dirname(root)
        parts = pattern[len(root) :].strip("/").split("/")
        if "**" in parts:
            self.load(root)
        return sorted(set(self._below(root, parts)))

    def _below(self, folder: str, parts: list[str]) -> Iterator[str]:
        """Yield the paths in a folder that match the parts of a pattern."""
        part, *rest = parts
        if part == "**":
            yield from self._below(folder, rest) if rest else [folder]
        for entry in self.entries(folder):
            if part == "**":
                if not entry.name.startswith("."):
                    if entry.is_folder:
                        yield from self._below(entry.path, parts)
                    elif not rest:
                        yield entry.path
            elif _matches(entry.name, part):
                if not rest:
                    yield entry.path
                elif entry.is_folder:
                    yield from self._below(entry.path, rest)

    def state(self, path: str) -> State:
        """Return a version if the store has them, and size and time of the last change."""
        info = self.info(path)
        if not info.is_file:
            raise SourceMissingError(f"There is no file {path!r}.")
        with self.errors(path):
            version = self._version(path)
        return ("", version, info.size, info.mtime_ns or 0)

    def _version(self, path: str) -> str:
        """Return what changes with the content of a file, such as its ETag, or nothing."""
        key, wrapped = self.key(path), self._wrapped()
        if wrapped is not None:
            return str(wrapped.ukey(key))
        with self.arrow.open_input_file(key) as file:
            metadata = {name.lower(): value for name, value in file.metadata().items()}
        return bytes(metadata.get(b"etag", metadata.get("etag", b""))).decode()

    def _wrapped(self) -> Any:
        """Return the file system of fsspec, or None."""
        return getattr(getattr(self.arrow, "handler", None), "fs", None)

    def identity(self, path: str) -> object:
        """Return the path with its store."""
        return self.url.root, self.url.options, path

    def first_bytes(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file."""
        with self.errors(path), self.opened(path) as file:
            return bytes(file.read_at(size, 0))

    def checksum(self, path: str) -> tuple[int, str]:
        """Return the size of a file, and the CRC-32 of its content."""
        checksum = size = 0
        with self.opened(path) as file:
            while piece := file.read(_PIECE):
                checksum, size = zlib.crc32(piece, checksum), size + len(piece)
        return size, f"crc32:{checksum:08x}"

    @contextlib.contextmanager
    def opened(self, path: str) -> Iterator[Any]:
        """Open a file for reading at any position; nothing is read that is not requested."""
        key, wrapped = self.key(path), self._wrapped()
        if wrapped is None:
            with self.errors(path):
                opened = self.arrow.open_input_file(key)
        else:
            with self.errors(path):
                plain = without_cache(wrapped, key)
            opened = pa.PythonFile(
                FileWithoutSecrets(plain, lambda: self.errors(path)), mode="r"
            )
        with opened as file:
            yield file

    def write(self, path: str, content: bytes) -> None:
        """Write a small file."""
        key = self.key(path)
        with (
            self.errors(path, StoreError),
            self.arrow.open_output_stream(key, compression=None) as file,
        ):
            file.write(content)

    def upload(self, local: str, path: str, tick: Callable[[], object]) -> None:
        """Copy a file of this machine to a store; ``tick`` is called between pieces.

        After an error or an interruption, the store may have a part of the file.
        """
        key = self.key(path)
        with open(local, "rb", buffering=0) as source:
            with (
                self.errors(path, StoreError),
                self.arrow.open_output_stream(key, compression=None) as file,
            ):
                while piece := source.read(_PIECE):
                    file.write(piece)
                    tick()
        size, n_bytes = self.info(path, StoreError).size, os.path.getsize(local)
        if size != n_bytes:
            raise StoreError(f"{path!r} has {size} bytes after {n_bytes} were written.")

    def download(self, path: str, local: str) -> None:
        """Copy a file of a store to this machine."""
        with self.errors(path), self.opened(path) as source, open(local, "wb") as file:
            while piece := source.read(_PIECE):
                file.write(piece)

    def move(self, path: str, to: str) -> None:
        """Give a complete file another name in one step; a file of that name is replaced."""
        old, new = self.key(path), self.key(to)
        with self.errors(to, StoreError):
            try:
                self.arrow.copy_file(old, new)
            except NotImplementedError:  # not an object store, but one that renames
                self.arrow.move(old, new)
                return
        self.delete(path)

    def delete(self, path: str) -> None:
        """Delete a file, if it exists."""
        with self.errors(path, StoreError), contextlib.suppress(FileNotFoundError):
            self.arrow.delete_file(self.key(path))

    def delete_folder(self, path: str) -> None:
        """Delete a folder with all of its files, if it exists."""
        with self.errors(path, StoreError), contextlib.suppress(FileNotFoundError):
            self.arrow.delete_dir(self.key(path))

    def files_below(self, folder: str) -> dict[str, Any]:
        """Return Arrow's FileInfo of each file below a folder, by its path from there."""
        start = len(self.key(folder).rstrip("/")) + 1
        infos = self._list(folder, recursive=True, kind=StoreError)
        return {info.path[start:]: info for info in infos if info.is_file}


def _is_there(info: Any) -> bool:
    from pyarrow.fs import FileType

    return bool(info.type != FileType.NotFound)


def _matches(name: str, pattern: str) -> bool:
    """Whether a name matches a part of a pattern; wildcards do not match a leading dot."""
    is_hidden = name.startswith(".") and not pattern.startswith(".")
    return fnmatch.fnmatchcase(name, pattern) and not (is_hidden and glob.has_magic(pattern))
