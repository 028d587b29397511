"""Check whether a destination can be written, before anything is read or written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from smotefast.exceptions import ArgumentError, DestinationExistsError, StoreError
from smotefast.storage.file_access import LOCAL, Files, Location
from smotefast.storage.formats.table_formats import refuse_table_destination
from smotefast.storage.paths import PARQUET, other_format
from smotefast.storage.remote.files import RemoteFiles
from smotefast.storage.remote.locations import locate
from smotefast.storage.remote.manifest import DATA, JOBS, NAME, destination_manifest
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
    files
        Where it is.
    workspace
        The folder of jobs that write to it; empty if that is beside the destination.
    """

    path: str
    is_folder: bool
    files: Files = LOCAL
    workspace: str = ""

    @property
    def shown(self) -> str:
        """The destination as a command names it, without passwords."""
        return self.files.address if isinstance(self.files, RemoteFiles) else self.path


def destination_location(path: str | bytes | os.PathLike[str]) -> Location:
    """Return the path of a destination as text, and its file system.

    Raises
    ------
    ValueError, TypeError
        If it is no path, or has the file extension of another format.
    """
    text, files = locate(path, "destination")
    reason = other_format(text) or other_format(files.real(text))
    if reason is not None:
        raise ValueError(
            f"The destination {text!r} {reason}, but only Parquet is written. Use a name with "
            "the extension .parquet for one file, or without an extension for a folder of part "
            "files."
        )
    return Location(text, files)


def check_destination(
    path: str | bytes | os.PathLike[str] | Location,
    source: SourcePaths,
    *,
    overwrite: bool,
    scratch: str | None = None,
) -> Destination:
    """Resolve a destination: a file if it ends in .parquet, else a folder.

    ``scratch`` is a folder of this machine for jobs that write to a store.

    Raises
    ------
    OSError, ValueError
        If it exists and ``overwrite`` is False, overlaps the source, or cannot be created.
    """
    name, files = path if isinstance(path, Location) else destination_location(path)
    if isinstance(files, RemoteFiles):
        return _check_remote(name, files, source, overwrite=overwrite, scratch=scratch)
    if scratch is not None:
        raise ArgumentError(
            f"scratch={scratch!r} has no effect: the destination {name!r} is on this machine, "
            "and its job has a folder beside it."
        )
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
    local = [file.path for file in source.files if not file.files.is_remote]
    if any(_is_same(path, each) for each in (*roots, *local)):
        raise ArgumentError(f"The destination {name!r} is the source. Choose another.")
    if any(os.path.commonpath([path, root]) == root for root in roots):
        raise ArgumentError(f"The destination {name!r} is inside the source folder.")
    for part in (*roots, *map(os.path.realpath, local)):
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
    refuse_table_destination(path, LOCAL)
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


def _check_remote(
    path: str, files: RemoteFiles, source: SourcePaths, *, overwrite: bool, scratch: str | None
) -> Destination:
    """Resolve a destination in a store."""
    for part in (*source.paths, *(file.path for file in source.files)):
        if f"{part}/".startswith(f"{path}/") or f"{path}/".startswith(f"{part}/"):
            raise ArgumentError(
                f"The destination {path!r} is the source {part!r}, inside it, or contains it. "
                "Choose another."
            )
    output = remote_destination(path, files, scratch)
    info = files.info(path, StoreError)
    exists = info.is_file if not output.is_folder else _has_manifest(path, files)
    if exists and not overwrite:
        raise FileExistsError(
            f"The destination {path!r} exists. Choose another, or replace it with "
            "overwrite=True."
        )
    if output.is_folder and not info.is_file:
        _check_folder(path, files)
    elif output.is_folder or not (info.is_file or not files.entries(path)):
        raise DestinationExistsError(
            f"The destination {path!r} is a {'file' if info.is_file else 'folder'}, but would "
            "become the other. Choose another name."
        )
    return output


def _has_manifest(path: str, files: RemoteFiles) -> bool:
    return destination_manifest(path, files) is not None


def _check_folder(path: str, files: RemoteFiles) -> None:
    """Raise if a folder has files that no job has written: readers would see them as well."""
    now = RemoteFiles(files.url)  # what it lists is not remembered
    refuse_table_destination(path, now)
    for entry in now.entries(path):
        if not (DATA.fullmatch(entry.name) or entry.name in (NAME, JOBS)):
            raise DestinationExistsError(
                f"The destination {path!r} contains {entry.name!r}, which no job of smotefast "
                "has written, so it is not replaced. Choose another name, or remove it first."
            )


def remote_destination(path: str, files: RemoteFiles, scratch: str | None) -> Destination:
    """Return a destination in a store, with the folder of its jobs on this machine.

    Raises
    ------
    OSError, ValueError
        If the folder cannot be created.
    """
    name = os.path.basename(path)
    is_folder = not path.lower().endswith(PARQUET) or path.count("/") < 3
    digest = hashlib.sha256(files.url.address.encode()).hexdigest()[:16]
    folder = os.path.join(_scratch_folder(scratch), f"{name[:80]}-{digest}")
    return Destination(path, is_folder, files, folder)


def _scratch_folder(scratch: str | None) -> str:
    """Return an existing folder for jobs: that of the user, or one for temporary files."""
    if scratch is not None:
        if not os.path.isdir(scratch):
            raise ArgumentError(f"scratch={scratch!r} is no folder. Create it first.")
        return os.path.realpath(scratch)
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = os.path.join(tempfile.gettempdir(), f"smotefast-{user}")
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode) or (os.name == "posix" and status.st_uid != user):
        raise PermissionError(
            f"{folder!r} belongs to another user. Name a folder of your own with scratch."
        )
    return folder
