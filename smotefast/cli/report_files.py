"""Write HTML and JSON files: reports and pages of commands."""

from __future__ import annotations

import os

from smotefast.storage import DestinationExistsError
from smotefast.storage.files import replace_file

# The kinds of files with their article, and what a file of a kind begins with.
_KINDS = {"HTML": ("an HTML", b"<!doctype html"), "JSON": ("a JSON", b"{")}


def check_report_path(path: str, overwrite: bool, kind: str = "HTML") -> str:
    """Return the real path of an HTML or JSON file, or raise if it cannot be written."""
    real = os.path.realpath(path)
    if os.path.isdir(real):
        raise IsADirectoryError(f"{path!r} is a folder. Use the name of a file.")
    if not os.path.isdir(os.path.dirname(real)):
        raise FileNotFoundError(
            f"The folder {os.path.dirname(real)!r} of the {kind} file does not exist. Create "
            "it first."
        )
    if os.path.lexists(real):
        if not overwrite:
            raise FileExistsError(f"{path!r} exists. Use another name, or --overwrite.")
        name, start = _KINDS[kind]
        if not _begins_with(real, start):
            raise DestinationExistsError(
                f"{path!r} is not {name} file, and only such a file is replaced. Use another "
                "name."
            )
    return real


def _begins_with(path: str, start: bytes) -> bool:
    """Tell whether this is a regular file that begins with these bytes, after spaces."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(64).lstrip().lower().startswith(start)


def write_report_file(path: str, text: str, *, overwrite: bool, kind: str = "HTML") -> str:
    """Write a file, which is never incomplete; return its real path."""
    real = check_report_path(path, overwrite, kind)
    replace_file(real, text)
    return real
