"""``smotefast diagnose``: run a diagnosis and write its HTML report."""

from __future__ import annotations

import json
import os

from smotefast.batch.arguments import check_format
from smotefast.diagnosis import Diagnosis, checked_sampler, diagnose_dataset
from smotefast.storage import DestinationExistsError, locate, resolve_memory_limit
from smotefast.storage.files import replace_file


def check_arguments(
    source: str, sampler: str | None, memory_limit: str | None, format: str | None
) -> None:
    """Raise ValueError for an argument that is invalid whatever the data are."""
    resolve_memory_limit(memory_limit)
    locate(source, "source")
    checked_sampler(sampler)
    check_format(format)


def run(
    source: str,
    *,
    target: str,
    sampler: str | None,
    format: str | None,
    drop: list[str],
    memory_limit: str | None,
    html: str | None,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> str:
    """Diagnose files, write the HTML report if requested, and return the text to print.

    Raises
    ------
    OSError, ValueError
        If the HTML file exists or cannot be written; raised before the source is read.
    """
    if html is not None:
        _check_html_path(html, overwrite)
    diagnosis = diagnose_dataset(
        source,
        target=target,
        sampler=sampler,
        format="delta" if format == "delta" else None,
        drop=drop,
        memory_limit=memory_limit,
        progress=False if quiet else None,
    )
    if html is not None:
        write_report(diagnosis, html, overwrite=overwrite)
    if as_json:
        return json.dumps(diagnosis.to_dict(), indent=2, ensure_ascii=False)
    return str(diagnosis)


def _check_html_path(path: str, overwrite: bool) -> str:
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


def write_report(diagnosis: Diagnosis, path: str, *, overwrite: bool) -> None:
    """Write the HTML report; it is never incomplete."""
    replace_file(_check_html_path(path, overwrite), diagnosis.to_html())
