"""What ``smotefast diagnose`` does with its options."""

from __future__ import annotations

import json
import os
from typing import Any

from smotefast.diagnosis import Diagnosis, diagnose_dataset


def run(
    source: str,
    *,
    target: str,
    sampler: str | None,
    drop: list[str],
    memory_limit: str,
    html: str | None,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> str:
    """Diagnose files, write the page if one is asked for, and return what to print.

    Raises
    ------
    FileExistsError
        If the page is there already; said before anything is read.
    """
    if html is not None:
        _check_page(html, overwrite)
    found = diagnose_dataset(
        source,
        target=target,
        sampler=sampler,
        drop=drop,
        memory_limit=memory_limit,
        progress=False if quiet else None,
    )
    if html is not None:
        write_page(found, html, overwrite=overwrite)
    plain: dict[str, Any] = found.to_dict()
    return json.dumps(plain, indent=2, ensure_ascii=False) if as_json else str(found)


def _check_page(path: str, overwrite: bool) -> None:
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path!r} is a folder. Give the name of a file.")
    if os.path.lexists(path) and not overwrite:
        raise FileExistsError(f"{path!r} exists. Give another name, or --overwrite.")


def write_page(found: Diagnosis, path: str, *, overwrite: bool) -> None:
    """Write the page beside its place and move it there, so that it is whole or absent."""
    folder, name = os.path.split(os.path.abspath(path))
    beside = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        with open(beside, "x", encoding="utf-8") as file:
            file.write(found.to_html())
        _check_page(path, overwrite)
        os.replace(beside, path)
    finally:
        if os.path.exists(beside):
            os.remove(beside)
