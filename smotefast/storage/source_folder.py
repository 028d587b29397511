"""List the Parquet files of a source folder, and refuse folders whose rows are ambiguous."""

from __future__ import annotations

import contextlib
import os

from smotefast.exceptions import SourceMissingError
from smotefast.storage.paths import PARQUET
from smotefast.storage.source_file import looks_like_parquet
from smotefast.storage.table_formats import refuse_managed


def list_source_files(path: str) -> list[str]:
    """Return the files of a source, sorted by name.

    Raises
    ------
    OSError
        If there are none.
    ValueError
        If it is unclear which files belong to the data, or a file is listed twice.
    """
    if not os.path.exists(path):
        raise SourceMissingError(f"There is no file or folder {path!r}.")
    if not os.path.isdir(path):
        return [path]
    refuse_managed(path)
    files = []
    other_files: list[str] = []
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        if entry.name.startswith((".", "_")):  # _SUCCESS, _metadata, temporary files
            continue
        if entry.is_dir():
            raise ValueError(_subfolder_message(path, entry.name))
        if entry.name.lower().endswith(PARQUET):
            files.append(entry.path)
        elif looks_like_parquet(entry.path):
            raise ValueError(
                f"The folder {path!r} contains {entry.name!r}, a Parquet file without a "
                f"Parquet file name. Rename it to end in {PARQUET[0]}, or move it away."
            )
        else:
            other_files.append(entry.name)
    if not files:
        content = f", only files such as {other_files[0]!r}" if other_files else ""
        raise SourceMissingError(f"The folder {path!r} contains no .parquet files{content}.")
    _refuse_duplicates(files)
    return files


def _refuse_duplicates(files: list[str]) -> None:
    """Raise if two names are the same file, whose rows would then count twice."""
    names: dict[tuple[int, int], str] = {}
    for path in files:
        with contextlib.suppress(OSError):  # opening the file reports a broken link
            status = os.stat(path)
            other = names.setdefault((status.st_dev, status.st_ino), path)
            if other != path and status.st_ino:
                raise ValueError(
                    f"{other!r} and {path!r} are links to the same file, so its rows would "
                    "count twice. Remove one of the names."
                )


def _subfolder_message(path: str, subfolder: str) -> str:
    if "=" in subfolder:
        return (
            f"{path!r} is partitioned into folders such as {subfolder!r}, which hold the "
            "values of a column in their names. Rewrite the data as plain files first, or name "
            "one of these folders."
        )
    return (
        f"The folder {path!r} contains another folder, {subfolder!r}. Name a folder that "
        "contains files only."
    )
