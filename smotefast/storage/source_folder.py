"""List the files of a source: files, folders with subfolders, patterns, or a list of these.

Sources whose rows are ambiguous are refused: files that are listed twice, table formats with a
log, folders that a job is still writing.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence

from smotefast._messages import list_names
from smotefast.exceptions import SourceMissingError
from smotefast.storage.file_access import Entry, Files, ListedFile, Location
from smotefast.storage.formats.table_formats import refuse_managed, refuse_unfinished
from smotefast.storage.paths import PARQUET
from smotefast.storage.remote.manifest import NAME as MANIFEST
from smotefast.storage.remote.manifest import read_manifest
from smotefast.storage.source_file import looks_like_parquet

# Endings of files that are read once.
_STREAMED = {"csv": (".csv", ".csv.gz"), "arrow": (".arrow", ".feather", ".ipc")}


def list_source_files(locations: Sequence[Location]) -> list[ListedFile]:
    """Return the files of a source.

    Paths are in the order given; the files of a folder or a pattern in the order of their
    names.

    Raises
    ------
    OSError
        If there are none.
    ValueError
        If it is unclear which files belong to the data, or a file is listed twice.
    """
    listed = [each for path, files in locations for each in _files_of(path, files)]
    _refuse_duplicates(listed)
    return listed


def file_format(location: Location) -> str:
    """Return "csv" or "arrow" by the name of a file, unless it starts like Parquet."""
    name = location.path.lower()
    by_name = (kind for kind, ends in _STREAMED.items() if name.endswith(ends))
    kind = next(by_name, "parquet")
    return "parquet" if kind == "parquet" or looks_like_parquet(location) else kind


def _files_of(path: str, files: Files) -> list[ListedFile]:
    if files.is_folder(path):
        return [ListedFile(file, path, files) for file in _files_in(path, files)]
    if files.exists(path):
        return [ListedFile(path, os.path.dirname(path), files)]
    found = files.matches(path) if glob.has_magic(path) or not files.is_remote else []
    matches = [name for name in found if not os.path.basename(name).startswith("_")]
    if not matches:
        is_pattern = glob.has_magic(path)
        what = "no file that matches" if is_pattern else "no file or folder"
        advice = " Braces are not expanded: give a list of paths." if "{" in path else ""
        raise SourceMissingError(f"There is {what} {path!r}.{advice}")
    folders = [match for match in matches if files.is_folder(match)]
    plain = [match for match in matches if match not in set(folders)]
    root = _root_of(path)
    if plain:  # and not folders: data/** matches folders and what they contain
        return [ListedFile(file, root, files) for file in plain]
    below = [file for folder in folders for file in _files_in(folder, files)]
    return [ListedFile(file, root, files) for file in below]


def _root_of(pattern: str) -> str:
    """Return the folder before the first part of a pattern that has a wildcard."""
    root = pattern
    while glob.has_magic(root):
        root = os.path.dirname(root)
    return root


def _files_in(folder: str, files: Files) -> list[str]:
    """Return the Parquet files in a folder and its subfolders, in the order of their names."""
    files.load(folder)
    refuse_managed(folder, files)
    found: list[str] = []
    streamed: list[str] = []
    others: list[str] = []
    for entry in _entries(folder, files):
        location = Location(entry.path, files)
        if file_format(location) != "parquet":
            streamed.append(entry.path)
        elif entry.name.lower().endswith(PARQUET):
            found.append(entry.path)
        elif looks_like_parquet(location):
            raise ValueError(
                f"The folder {folder!r} contains {_below(entry.path, folder)!r}, a Parquet "
                f"file without a Parquet file name. Rename it to end in {PARQUET[0]}, or move "
                "it away."
            )
        else:
            others.append(_below(entry.path, folder))
    if not found and not streamed:
        content = f", only files such as {others[0]!r}" if others else ""
        raise SourceMissingError(
            f"The folder {folder!r} contains no .parquet, .csv or .arrow files{content}."
        )
    if found and streamed:
        raise ValueError(
            f"The folder {folder!r} has files of several formats, such as "
            f"{_below(found[0], folder)!r} and {_below(streamed[0], folder)!r}. Name those of "
            "one, for example with a pattern."
        )
    return found or streamed


def _entries(folder: str, files: Files) -> Iterator[Entry]:
    """Yield the files in a folder and its subfolders, except hidden ones such as _SUCCESS."""
    entries = files.entries(folder)
    names = [entry.name for entry in entries]
    manifest = read_manifest(folder, files) if MANIFEST in names else None
    if manifest is not None:  # a job wrote it; other files are old or unfinished
        for part in manifest["parts"]:
            yield Entry(os.path.basename(part["file"]), f"{folder}/{part['file']}", False)
        return
    refuse_unfinished(folder, files, names)
    for entry in entries:
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_folder:
            yield from _entries(entry.path, files)
        else:
            yield entry


def _below(path: str, folder: str) -> str:
    return os.path.relpath(path, folder)


def _refuse_duplicates(listed: list[ListedFile]) -> None:
    """Raise if two names are the same file, whose rows would then count twice."""
    names: dict[object, str] = {}
    for path, _, files in listed:
        key = files.identity(path)
        if key is None:  # opening the file reports a broken link
            continue
        if key in names:
            raise ValueError(_duplicate_message(names[key], path))
        names[key] = path


def _duplicate_message(path: str, other: str) -> str:
    if path == other:
        return f"{path!r} is listed twice, so its rows would count twice. Name it once."
    return (
        f"{path!r} and {other!r} are links to the same file, so its rows would count twice. "
        "Remove one of the names."
    )


def describe_paths(paths: Sequence[str]) -> str:
    """Return the paths of a source as text for messages."""
    return paths[0] if len(paths) == 1 else list_names(paths)
