"""``smotefast visualize``: open the interactive SMOTE, with data of files or without."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from pathlib import Path

from smotefast.cli.report_files import check_report_path, write_report_file
from smotefast.storage import locate
from smotefast.visualizer import PAGE, page_with, sample_files

_PICTURES = (".png", ".svg", ".pdf", ".jpg", ".jpeg", ".gif", ".webp")


def check_arguments(
    source: str | None, target: str | None, data_options: list[str], output: str | None
) -> None:
    """Raise ValueError for arguments that do not fit together.

    ``data_options`` are the options about the data that were given.
    """
    if output is not None and Path(output).suffix.lower() in _PICTURES:
        raise ValueError(
            f"--output {output!r} would be no picture: the page is HTML. Use the ending .html; "
            "smotefast.plot draws pictures."
        )
    if source is None and (target is not None or data_options):
        given = "--target" if target is not None else data_options[0]
        raise ValueError(f"{given} is about the data of a file. Name the FILE as well.")
    if source is not None:
        locate(source, "source")
        if target is None:
            raise ValueError(
                "--target is missing. Name the column of FILE with the class labels."
            )


def run(
    source: str | None,
    *,
    target: str | None,
    feature: list[str],
    drop: list[str],
    sample: int,
    output: str | None,
    overwrite: bool,
    opens: bool,
    quiet: bool,
) -> str:
    """Write the page if it has data or a path, open it, and return the text to print.

    Raises
    ------
    OSError, ValueError
        If the file exists or cannot be written; raised before the source is read.
    """
    if output is not None:
        check_report_path(output, overwrite)
    path = str(PAGE)
    if source is not None and target is not None:
        progress = False if quiet else None
        data = sample_files(
            source, target, feature=feature, drop=drop, n_rows=sample, progress=progress
        )
        path = _write(page_with(data), output, overwrite)
    elif output is not None:
        path = _write(PAGE.read_text(encoding="utf-8"), output, overwrite)
    is_open = opens and _open(Path(path).as_uri())
    return f"Opened {path} in the browser." if is_open else f"Open {path} in a browser."


def _write(page: str, output: str | None, overwrite: bool) -> str:
    """Write the page to a path, or to a new temporary file that only the user can read."""
    if output is not None:
        return write_report_file(output, page, overwrite=overwrite)
    descriptor, path = tempfile.mkstemp(prefix="smotefast-", suffix=".html")
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(page)
    return path


def _open(uri: str) -> bool:
    """Open a page in a browser; return whether there is one with a window."""
    if sys.platform.startswith("linux") and not any(
        map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    ):
        return False  # webbrowser would start a browser for text in this terminal
    return webbrowser.open(uri)
