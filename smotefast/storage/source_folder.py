"""List the files of a source: files, folders with subfolders, patterns, or a list of these.

Sources whose rows are ambiguous are refused: files that are listed twice, table formats with a
log, folders that a job is still writing.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator, Sequence

from smotefast._messages import list_names
from smotefast.exceptions import SourceMissingError
from smotefast.storage.paths import PARQUET
from smotefast.storage.source_file import looks_like_parquet
from smotefast.storage.table_formats import refuse_managed, refuse_unfinished

# Endings of files that are read once.
_STREAMED = {"csv": (".csv", ".csv.gz"), "arrow": (".arrow", ".feather", ".ipc")}


def list_source_files(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Return the files of a source, each with the folder that partitions are relative to.

    Paths are in the order given; the files of a folder or a pattern in the order of their
    names.

    Raises
    ------
    OSError
        If there are none.
    ValueError
        If it is unclear which files belong to the data, or a file is listed twice.
    """
    files = [each for path in paths for each in _files_of(path)]
    _refuse_duplicates([path for path, _ in files])
    return files


def file_format(path: str) -> str:
    """Return "csv" or "arrow" by the name of a file, unless it starts like Parquet."""
    name = path.lower()
    by_name = (kind for kind, ends in _STREAMED.items() if name.endswith(ends))
    kind = next(by_name, "parquet")
    return "parquet" if looks_like_parquet(path) else kind


def _files_of(path: str) -> list[tuple[str, str]]:
    if os.path.isdir(path):
        return [(file, path) for file in _files_in(path)]
    if os.path.lexists(path):
        return [(path, os.path.dirname(path))]
    found = sorted(glob.glob(path, recursive=True))
    matches = [name for name in found if not os.path.basename(name).startswith("_")]
    if not matches:
        is_pattern = glob.has_magic(path)
        what = "no file that matches" if is_pattern else "no file or folder"
        advice = " Braces are not expanded: give a list of paths." if "{" in path else ""
        raise SourceMissingError(f"There is {what} {path!r}.{advice}")
    folders = [match for match in matches if os.path.isdir(match)]
    files = [match for match in matches if match not in set(folders)]
    if files and folders:  # such as data/**, which matches folders and what they contain
        folders = []
    root = _root_of(path)
    return [(file, root) for match in files or folders for file in _files_below(match)]


def _files_below(path: str) -> list[str]:
    return _files_in(path) if os.path.isdir(path) else [path]


def _root_of(pattern: str) -> str:
    """Return the folder before the first part of a pattern that has a wildcard."""
    root = pattern
    while glob.has_magic(root):
        root = os.path.dirname(root)
    return root


def _files_in(folder: str) -> list[str]:
    """Return the Parquet files in a folder and its subfolders, in the order of their names."""
    refuse_managed(folder)
    files: list[str] = []
    streamed: list[str] = []
    others: list[str] = []
    for entry in _entries(folder):
        if file_format(entry.path) != "parquet":
            streamed.append(entry.path)
        elif entry.name.lower().endswith(PARQUET):
            files.append(entry.path)
        elif looks_like_parquet(entry.path):
            raise ValueError(
                f"The folder {folder!r} contains {_below(entry.path, folder)!r}, a Parquet "
                f"file without a Parquet file name. Rename it to end in {PARQUET[0]}, or move "
                "it away."
            )
        else:
            others.append(_below(entry.path, folder))
    if not files and not streamed:
        content = f", only files such as {others[0]!r}" if others else ""
        raise SourceMissingError(
            f"The folder {folder!r} contains no .parquet, .csv or .arrow files{content}."
        )
    return files or streamed


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the files in a folder and its subfolders, except hidden ones such as _SUCCESS."""
    refuse_unfinished(folder)
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir():
            yield from _entries(entry.path)
        else:
            yield entry


def _below(path: str, folder: str) -> str:
    return os.path.relpath(path, folder)


def _refuse_duplicates(files: list[str]) -> None:
    """Raise if two names are the same file, whose rows would then count twice."""
    names: dict[tuple[int, int], str] = {}
    for path in files:
        with contextlib.suppress(OSError):  # opening the file reports a broken link
            status = os.stat(path)
            key = status.st_dev, status.st_ino
            if key in names and status.st_ino:
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
