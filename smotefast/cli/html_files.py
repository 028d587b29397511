"""Write HTML files: reports and pages of commands."""

from __future__ import annotations

import os

from smotefast.storage import DestinationExistsError
from smotefast.storage.files import replace_file


def check_html_path(path: str, overwrite: bool) -> str:
    """Return the real path of the HTML file, or raise if it cannot be written."""
    real = os.path.realpath(path)
    if os.path.isdir(real):
        raise IsADirectoryError(f"{path!r} is a folder. Use the name of a file.")
    if not os.path.isdir(os.path.dirname(real)):
        raise FileNotFoundError(
            f"The folder {os.path.dirname(real)!r} of the HTML file does not exist. Create it "
            "first."
        )
    if os.path.lexists(real):
        if not overwrite:
            raise FileExistsError(f"{path!r} exists. Use another name, or --overwrite.")
        if not _is_html(real):
            raise DestinationExistsError(
                f"{path!r} is not an HTML file, and only such a file is replaced. Use another "
                "name."
            )
    return real


def _is_html(path: str) -> bool:
    """Tell whether this is a regular file that starts like HTML."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(64).lstrip().lower().startswith(b"<!doctype html")


def write_html(path: str, text: str, *, overwrite: bool) -> str:
    """Write an HTML file, which is never incomplete; return its real path."""
    real = check_html_path(path, overwrite)
    replace_file(real, text)
    return real
