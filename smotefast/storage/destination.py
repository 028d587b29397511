"""Whether a destination may be written, said before anything is read or written."""

from __future__ import annotations

import os
from typing import NamedTuple

from smotefast.storage.source import PARQUET, ParquetSource

ONE_FILE = (".parquet", ".pq")


class Destination(NamedTuple):
    """A place that may be written.

    Attributes
    ----------
    path
        With links followed, so that what is moved there lands beside the real thing.
    parts
        Whether it becomes a folder of part files.
    """

    path: str
    parts: bool


def check_destination(
    path: str | os.PathLike[str], source: ParquetSource, *, overwrite: bool
) -> Destination:
    """Resolve a destination: with the suffix .parquet or .pq one file, else a folder.

    Raises
    ------
    OSError, ValueError
        If it exists (and ``overwrite`` is False), touches the source, or cannot be made.
    """
    given, path = os.fspath(path), os.path.realpath(path)
    _check_apart(given, path, os.path.realpath(source.path))
    if os.path.lexists(path):
        if not overwrite:
            raise FileExistsError(
                f"The destination {given!r} exists. Choose another, or allow overwriting it."
            )
        _check_replaceable(given, path)
    parent = os.path.dirname(path)
    if not os.path.isdir(parent):
        raise FileNotFoundError(f"There is no folder {parent!r} to put the destination into.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(f"The folder {parent!r} of the destination is not writable.")
    return Destination(path, not path.lower().endswith(ONE_FILE))


def _check_apart(given: str, path: str, source: str) -> None:
    same = os.path.exists(path) and os.path.samefile(path, source)
    if same or path == source:
        raise ValueError(f"The destination {given!r} is the source. Choose another.")
    if os.path.commonpath([path, source]) == source:
        raise ValueError(f"The destination {given!r} lies inside the source folder.")
    if os.path.commonpath([path, source]) == path:
        raise ValueError(f"The source lies inside the destination {given!r}.")


def _check_replaceable(given: str, path: str) -> None:
    """Refuse to replace what is not data: a device, or a folder with other things in it."""
    if os.path.isfile(path):
        return
    if not os.path.isdir(path):
        raise ValueError(f"The destination {given!r} is neither a file nor a folder.")
    with os.scandir(path) as entries:
        listed = list(entries)
    for entry in listed:
        data = entry.is_file() and entry.name.lower().endswith(PARQUET)
        if not data and not entry.name.startswith(("_", ".")):
            raise ValueError(
                f"The destination {given!r} holds {entry.name!r}, which is no Parquet file; "
                "it will not be overwritten. Remove the folder yourself."
            )
