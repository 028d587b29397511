"""The files of a source that is a folder, or why it is none."""

from __future__ import annotations

import contextlib
import os

from smotefast.storage.errors import SourceMissingError
from smotefast.storage.paths import PARQUET
from smotefast.storage.source_file import looks_like_parquet
from smotefast.storage.table_formats import refuse_managed


def files_of(path: str) -> list[str]:
    """Return the files of a source in the order of their names.

    Raises
    ------
    OSError
        If there are none.
    ValueError
        If some of them may not count, or count twice.
    """
    if not os.path.exists(path):
        raise SourceMissingError(f"There is no file or folder {path!r}.")
    if not os.path.isdir(path):
        return [path]
    refuse_managed(path)
    files = []
    others: list[str] = []
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        if entry.name.startswith((".", "_")):  # _SUCCESS, _metadata, temporary files
            continue
        if entry.is_dir():
            raise ValueError(_folder_reason(path, entry.name))
        if entry.name.lower().endswith(PARQUET):
            files.append(entry.path)
        elif looks_like_parquet(entry.path):
            raise ValueError(
                f"The folder {path!r} holds {entry.name!r}, a Parquet file by its content that "
                f"is not named so. Rename it to end in {PARQUET[0]}, or move it away."
            )
        else:
            others.append(entry.name)
    if not files:
        held = f", only files such as {others[0]!r}" if others else ""
        raise SourceMissingError(f"The folder {path!r} holds no .parquet files{held}.")
    _refuse_twice(files)
    return files


def _refuse_twice(files: list[str]) -> None:
    """Refuse a file that is listed under two names: its rows would count twice."""
    seen: dict[tuple[int, int], str] = {}
    for path in files:
        with contextlib.suppress(OSError):  # a broken link is told of when it is opened
            status = os.stat(path)
            before = seen.setdefault((status.st_dev, status.st_ino), path)
            if before != path and status.st_ino:
                raise ValueError(
                    f"{before!r} and {path!r} are the same file by way of a link, and its "
                    "rows would count twice. Remove one of the names."
                )


def _folder_reason(path: str, inner: str) -> str:
    if "=" in inner:
        return (
            f"{path!r} is partitioned by folders like {inner!r}: the value of a column is in "
            "the folder names, not in the files. Rewrite it as plain files first, or name "
            "one of these folders."
        )
    return f"The folder {path!r} holds another folder, {inner!r}. Name a folder of files only."
