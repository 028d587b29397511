"""``smotefast diagnose``: run a diagnosis and write its HTML report."""

from __future__ import annotations

import json
import os

from smotefast.diagnosis import Diagnosis, checked_sampler, diagnose_dataset
from smotefast.storage import DestinationExistsError, local_path, resolve_memory_limit
from smotefast.storage.files import replace_file


def check_arguments(source: str, sampler: str | None, memory_limit: str | None) -> None:
    """Raise ValueError for an argument that is invalid whatever the data are."""
    resolve_memory_limit(memory_limit)
    local_path(source, "source")
    checked_sampler(sampler)


def run(
    source: str,
    *,
    target: str,
    sampler: str | None,
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
        check_report_path(html, overwrite)
    diagnosis = diagnose_dataset(
        source,
        target=target,
        sampler=sampler,
        drop=drop,
        memory_limit=memory_limit,
        progress=False if quiet else None,
    )
    if html is not None:
        write_report(diagnosis, html, overwrite=overwrite)
    if as_json:
        return json.dumps(diagnosis.to_dict(), indent=2, ensure_ascii=False)
    return str(diagnosis)


_A = {"HTML": "an HTML", "JSON": "a JSON"}


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
        if not _is_kind(real, kind):
            raise DestinationExistsError(
                f"{path!r} is not {_A[kind]} file, and only such a file is replaced. Use "
                "another name."
            )
    return real


def _is_kind(path: str, kind: str) -> bool:
    """Tell whether this is a regular file that starts like HTML, or like an object of JSON."""
    if not os.path.isfile(path):
        return False
    start = b"<!doctype html" if kind == "HTML" else b"{"
    with open(path, "rb") as file:
        return file.read(64).lstrip().lower().startswith(start)


def write_report(diagnosis: Diagnosis, path: str, *, overwrite: bool) -> None:
    """Write the HTML report; it is never incomplete."""
    replace_file(check_report_path(path, overwrite), diagnosis.to_html())
