"""Connect to a store: through Arrow where it knows the scheme, otherwise through fsspec."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from smotefast._messages import did_you_mean
from smotefast.exceptions import SourceError
from smotefast.storage.remote.urls import RemoteUrl

# Schemes that Arrow reads itself; fsspec reads the others.
_ARROW = ("s3", "gs", "abfs", "abfss", "hdfs", "viewfs")
# Arrow repeats a request that fails for so long, instead of 15 minutes.
_GCS_RETRIES = "retry_limit_seconds=60"


def connect(url: RemoteUrl) -> tuple[Any, Callable[[str], str]]:
    """Return a file system of Arrow, and the function from paths to names in it."""
    from pyarrow import fs

    # The credentials of the URL are not in the paths, so both begin at its authority.
    shown_root = "/".join(url.shown.split("/")[:3])
    if url.scheme in _ARROW:
        options = [url.options] if url.options else []
        if url.scheme == "gs" and "retry_limit_seconds=" not in url.options:
            options.append(_GCS_RETRIES)
        query = f"?{'&'.join(options)}" if options else ""
        arrow, base = fs.FileSystem.from_uri(f"{url.root}/{query}")
        base = base.rstrip("/")
        return arrow, lambda path: base + path.removeprefix(shown_root)
    file_system, given = _open_fsspec(url)
    strip = type(file_system)._strip_protocol
    if url.scheme in ("http", "https"):  # options are part of the name
        names = {url.shown: given}
        return _wrapped(file_system), lambda path: names.get(path, path)
    return _wrapped(file_system), lambda path: str(strip(path))


def _wrapped(file_system: Any) -> Any:
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    return PyFileSystem(FSSpecHandler(file_system))


def _open_fsspec(url: RemoteUrl) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as error:
        raise SourceError(
            f"{url.shown!r}: URLs with {url.scheme!r} need the package fsspec. Install "
            "'smotefast[fsspec]'."
        ) from error
    rest = url.shown.split("://", 1)[1].partition("/")[2]
    name, options = f"{url.root}/{rest}", dict(parse_qsl(url.options))
    if url.scheme in ("http", "https") and options:
        name, options = f"{name}?{url.options}", {}
    try:
        file_system, key = fsspec.core.url_to_fs(name, **options)
    except ImportError as error:
        raise SourceError(
            f"{url.shown!r}: {error}. Install that package to use URLs with {url.scheme!r}."
        ) from error
    except ValueError as error:
        known = fsspec.available_protocols()
        if url.scheme in known:
            raise
        raise SourceError(
            f"{url.shown!r} has an unknown scheme.{did_you_mean(url.scheme, [*known, *_ARROW])}"
        ) from error
    return file_system, key


def without_cache(file_system: Any, key: str) -> Any:
    """Open a file of fsspec without its cache of one block, which columns would share."""
    try:
        file = file_system.open(key, "rb", cache_type="none")
    except TypeError:  # it takes no such option
        file = file_system.open(key, "rb")
    # All who open a file in memory:// get the same object, with one position.
    return io.BytesIO(file.getvalue()) if isinstance(file, io.BytesIO) else file


class FileWithoutSecrets:
    """A file of fsspec whose errors are those of a store.

    Parameters
    ----------
    file
        Open for reading.
    errors
        Returns a context manager that replaces errors of the store.
    """

    closed = False

    def __init__(
        self, file: Any, errors: Callable[[], contextlib.AbstractContextManager[None]]
    ) -> None:
        self._file, self._errors = file, errors

    def read(self, size: int = -1) -> bytes:
        """Read at the position."""
        with self._errors():
            return bytes(self._file.read(size))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Change the position."""
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        """Return the position."""
        return int(self._file.tell())

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        self._file.close()
