"""Check whether a destination can be written, before anything is read or written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from smotefast.exceptions import ArgumentError, DestinationExistsError
from smotefast.storage.paths import PARQUET, local_path, other_format
from smotefast.storage.source_file import SourceFile

_METADATA_FILES = {"_success", "_metadata", "_common_metadata"}


class SourcePaths(Protocol):
    """The paths of a source, and its files."""

    @property
    def paths(self) -> list[str]: ...  # noqa: D102  see the class

    @property
    def files(self) -> Sequence[SourceFile]: ...  # noqa: D102


class Destination(NamedTuple):
    """A path that may be written.

    Attributes
    ----------
    path
        The real path, with links resolved, so that the result replaces the link's target.
    is_folder
        Whether it becomes a folder of part files.
    """

    path: str
    is_folder: bool


def destination_path(path: str | bytes | os.PathLike[str]) -> str:
    """Return the path of a destination as text.

    Raises
    ------
    ValueError, TypeError
        If it is not a local path, or has the file extension of another format.
    """
    text = local_path(path, "destination")
    reason = other_format(text) or other_format(os.path.realpath(text))
    if reason is not None:
        raise ValueError(
            f"The destination {text!r} {reason}, but only Parquet is written. Use a name with "
            "the extension .parquet for one file, or without an extension for a folder of part "
            "files."
        )
    return text


def check_destination(
    path: str | bytes | os.PathLike[str], source: SourcePaths, *, overwrite: bool
) -> Destination:
    """Resolve a destination: a file if it ends in .parquet, else a folder.

    Raises
    ------
    OSError, ValueError
        If it exists and ``overwrite`` is False, overlaps the source, or cannot be created.
    """
    name = destination_path(path)
    path = os.path.realpath(name)
    _check_separate(name, path, source)
    is_folder = not path.lower().endswith(PARQUET)
    if _exists(path):
        if not overwrite:
            raise FileExistsError(
                f"The destination {name!r} exists. Choose another, or replace it with "
                "overwrite=True."
            )
        _check_replaceable(name, path, is_folder)
    parent = os.path.dirname(path)
    if not os.path.isdir(parent):
        raise FileNotFoundError(
            f"The folder {parent!r} of the destination does not exist. Create it first."
        )
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(f"The folder {parent!r} of the destination is not writable.")
    return Destination(path, is_folder)


def _exists(path: str) -> bool:
    """Tell whether a path exists, even as a broken link; a too long name raises OSError."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _check_separate(name: str, path: str, source: SourcePaths) -> None:
    """Raise if the destination is, contains or is inside the source or one of its files."""
    roots = [os.path.realpath(each) for each in source.paths if os.path.lexists(each)]
    if any(_is_same(path, each) for each in (*roots, *(file.path for file in source.files))):
        raise ArgumentError(f"The destination {name!r} is the source. Choose another.")
    if any(os.path.commonpath([path, root]) == root for root in roots):
        raise ArgumentError(f"The destination {name!r} is inside the source folder.")
    for part in (*roots, *(os.path.realpath(file.path) for file in source.files)):
        if os.path.commonpath([path, part]) == path:
            raise ArgumentError(f"The source {part!r} is inside the destination {name!r}.")


def _is_same(path: str, other: str) -> bool:
    return path == other or (os.path.exists(path) and os.path.samefile(path, other))


def _check_replaceable(name: str, path: str, is_folder: bool) -> None:
    """Raise unless the existing destination is a data file, or a folder of data files."""
    if os.path.ismount(path):
        raise DestinationExistsError(
            f"The destination {name!r} is a mount point, which cannot be replaced. Name a "
            "folder inside it."
        )
    if os.path.isfile(path):
        if is_folder:
            raise DestinationExistsError(
                f"The destination {name!r} is a file, but would become a folder of part files. "
                "Use a name with the extension .parquet for one file, or remove the file first."
            )
        return
    if not os.path.isdir(path):
        raise DestinationExistsError(
            f"The destination {name!r} is neither a file nor a folder."
        )
    other = next(_other_entries(path), None)
    if other is not None:
        raise DestinationExistsError(
            f"The destination {name!r} contains {os.path.relpath(other, path)!r}, which is not "
            "a Parquet file, so it is not replaced. Remove the folder first."
        )


def _other_entries(folder: str) -> Iterator[str]:
    """Yield what is no data file in a folder and its partitions, such as ``day=1``."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if "=" in entry.name and entry.is_dir(follow_symlinks=False):
                yield from _other_entries(entry.path)
            elif not _is_data(entry):
                yield entry.path


def _is_data(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a Parquet file or a metadata file that engines add."""
    if not entry.is_file(follow_symlinks=False):
        return False
    name = entry.name.lower()
    is_metadata = name in _METADATA_FILES or (name.startswith(".") and name.endswith(".crc"))
    return is_metadata or name.endswith(PARQUET)
