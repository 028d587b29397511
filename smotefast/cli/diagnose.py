"""What ``smotefast diagnose`` does with its options."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any

from smotefast.diagnosis import Diagnosis, checked_sampler, diagnose_dataset
from smotefast.storage import DestinationExistsError, local_path, resolve_limit


def check_arguments(source: str, sampler: str | None, memory_limit: str | None) -> None:
    """Refuse what no data can put right.

    Raises
    ------
    ValueError
        Naming the argument and what is allowed.
    """
    resolve_limit(memory_limit)
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
    """Diagnose files, write the page if one is asked for, and return what to print.

    Raises
    ------
    OSError, ValueError
        If the page is there already, or cannot be written; said before anything is read.
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


def _check_page(path: str, overwrite: bool) -> str:
    """Return where the page goes, links followed, or say why it cannot."""
    real = os.path.realpath(path)
    if os.path.isdir(real):
        raise IsADirectoryError(f"{path!r} is a folder. Give the name of a file.")
    if not os.path.isdir(os.path.dirname(real)):
        raise FileNotFoundError(f"There is no folder {os.path.dirname(real)!r} for the page.")
    if os.path.lexists(real):
        if not overwrite:
            raise FileExistsError(f"{path!r} exists. Give another name, or --overwrite.")
        if not _is_page(real):
            raise DestinationExistsError(
                f"{path!r} is no HTML page, and nothing else is replaced. Give another name."
            )
    return real


def _is_page(path: str) -> bool:
    """Whether this is a regular file that begins as a page does."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(64).lstrip().lower().startswith(b"<!doctype html")


def write_page(found: Diagnosis, path: str, *, overwrite: bool) -> None:
    """Write the page beside its place and move it there, so that it is whole or absent."""
    folder, name = os.path.split(_check_page(path, overwrite))
    handle, beside = tempfile.mkstemp(".tmp", f".{name}.", folder)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(found.to_html())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, _check_page(path, overwrite))
    except BaseException:
        os.remove(beside)
        raise


def _umask() -> int:
    """Return what is taken from the permissions of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
