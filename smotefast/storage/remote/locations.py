"""Tell local paths from URLs, and find the file system of each."""

from __future__ import annotations

import os

from smotefast.storage.file_access import Location
from smotefast.storage.paths import local_path, refuse_pattern
from smotefast.storage.remote.files import RemoteFiles
from smotefast.storage.remote.urls import parse_url


def locations(paths: object, name: str) -> list[Location]:
    """Return the locations of a source: one path, pattern or URL, or a list of them.

    The errors are those of ``local_path``.
    """
    if not isinstance(paths, list | tuple):
        return [locate(paths, name)]
    if not paths:
        raise ValueError(f"{name}={paths!r} is empty. Name at least one file or folder.")
    return [locate(path, name) for path in paths]


def shown_path(path: str | bytes | os.PathLike[str]) -> str:
    """Return a path, or a URL without passwords and options."""
    text = os.fsdecode(path)
    url = None if "\0" in text or os.path.lexists(text) else parse_url(text)
    return text if url is None else url.shown


def locate(path: object, name: str) -> Location:
    """Return the path and the file system of a source or destination.

    Parameters
    ----------
    path
        What ``local_path`` takes, or another URL, such as ``s3://bucket/folder``.
    name
        "source" or "destination", for messages.

    Raises
    ------
    ValueError, TypeError
        Those of ``local_path``.
    """
    is_text = isinstance(path, str | bytes | os.PathLike)
    text = os.fsdecode(path) if is_text else ""  # type: ignore[arg-type]
    url = None if "\0" in text or os.path.lexists(text) else parse_url(text)
    if url is None or url.scheme in ("file", "local"):
        return Location(local_path(path, name))
    refuse_pattern(url.shown, name)
    if name == "destination" and url.scheme in ("http", "https"):
        raise ValueError(
            f"destination={url.shown!r} cannot be written, as {url.scheme} is for reading. Use "
            "the URL of a store, such as s3://bucket/name."
        )
    return Location(url.shown, RemoteFiles(url))
