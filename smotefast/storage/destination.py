"""Whether a destination may be written, said before anything is read or written."""

from __future__ import annotations

import os
from typing import NamedTuple

from smotefast.storage.errors import ArgumentError, DestinationExistsError
from smotefast.storage.paths import PARQUET, local_path, other_format
from smotefast.storage.source import ParquetSource

_BESIDE = {"_success", "_metadata", "_common_metadata"}


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


def destination_path(path: str | bytes | os.PathLike[str]) -> str:
    """Return the path of a destination as text.

    Raises
    ------
    ValueError, TypeError
        If it is no local path, or ends as data of another format do.
    """
    given = local_path(path, "destination")
    what = other_format(given) or other_format(os.path.realpath(given))
    if what is not None:
        raise ValueError(
            f"The destination {given!r} {what}, and only Parquet is written. End the name in "
            ".parquet for one file, or give a name without such an ending for a folder of part "
            "files."
        )
    return given


def check_destination(
    path: str | bytes | os.PathLike[str], source: ParquetSource, *, overwrite: bool
) -> Destination:
    """Resolve a destination: with a suffix of Parquet one file, else a folder.

    Raises
    ------
    OSError, ValueError
        If it exists (and ``overwrite`` is False), touches the source, or cannot be made.
    """
    given = destination_path(path)
    path = os.path.realpath(given)
    _check_apart(given, path, source)
    parts = not path.lower().endswith(PARQUET)
    if _exists(path):
        if not overwrite:
            raise FileExistsError(
                f"The destination {given!r} exists. Choose another, or replace it with "
                "overwrite=True."
            )
        _check_replaceable(given, path, parts)
    parent = os.path.dirname(path)
    if not os.path.isdir(parent):
        raise FileNotFoundError(f"There is no folder {parent!r} to put the destination into.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(f"The folder {parent!r} of the destination is not writable.")
    return Destination(path, parts)


def _exists(path: str) -> bool:
    """Whether something has this name; a name that is too long raises OSError."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _check_apart(given: str, path: str, source: ParquetSource) -> None:
    """Refuse what is, holds or lies in the source; its files may be links to elsewhere."""
    named = os.path.realpath(source.path)
    if _same(path, named) or any(_same(path, file.path) for file in source.files):
        raise ArgumentError(f"The destination {given!r} is the source. Choose another.")
    if os.path.commonpath([path, named]) == named:
        raise ArgumentError(f"The destination {given!r} lies inside the source folder.")
    for place in (named, *(os.path.realpath(file.path) for file in source.files)):
        if os.path.commonpath([path, place]) == path:
            raise ArgumentError(f"The source {place!r} lies inside the destination {given!r}.")


def _same(path: str, other: str) -> bool:
    return path == other or (os.path.exists(path) and os.path.samefile(path, other))


def _check_replaceable(given: str, path: str, parts: bool) -> None:
    """Refuse to replace what is not data: a device, or a folder with other things in it."""
    if os.path.ismount(path):
        raise DestinationExistsError(
            f"The destination {given!r} is a mount point, which cannot be replaced. Name a "
            "folder in it."
        )
    if os.path.isfile(path):
        if parts:
            raise DestinationExistsError(
                f"The destination {given!r} is a file and would become a folder of part "
                "files. End the name in .parquet for one file, or remove the file yourself."
            )
        return
    if not os.path.isdir(path):
        raise DestinationExistsError(
            f"The destination {given!r} is neither a file nor a folder."
        )
    with os.scandir(path) as entries:
        for entry in entries:
            if not _is_data(entry):
                raise DestinationExistsError(
                    f"The destination {given!r} holds {entry.name!r}, which is no Parquet "
                    "file; it will not be overwritten. Remove the folder yourself."
                )


def _is_data(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a Parquet file, or what engines write beside their files."""
    if not entry.is_file(follow_symlinks=False):
        return False
    name = entry.name.lower()
    beside = name in _BESIDE or (name.startswith(".") and name.endswith(".crc"))
    return beside or name.endswith(PARQUET)
