"""The manifest of a folder in a store: which of its files are the data.

A store cannot rename a folder in one step. So the files of a job are in a folder ``data-ID`` of
the destination, and the manifest, one small object that is written last, names them. Readers
see all of them or none.
"""

from __future__ import annotations

import json
import re
from typing import Any

from smotefast.exceptions import DestinationExistsError
from smotefast.storage.file_access import Files

NAME = "_manifest.json"
FORMAT = "smotefast manifest 1"
# Folders of the files of jobs, and of jobs that are running.
DATA = re.compile(r"data-[0-9a-f]{16}")
JOBS = "_smotefast"
_MOST_BYTES = 1 << 30

Manifest = dict[str, Any]


def read_manifest(folder: str, files: Files) -> Manifest | None:
    """Return the manifest of a folder; None if it has none, or one of another program.

    Raises
    ------
    ValueError
        If another version of smotefast has written it.
    """
    path = f"{folder}/{NAME}"
    if not files.is_file(path):
        return None
    try:
        manifest = json.loads(files.first_bytes(path, _MOST_BYTES))
        version = manifest["format"]
    except (ValueError, LookupError, TypeError):
        return None
    if version == FORMAT:
        return dict(manifest)
    if str(version).startswith("smotefast"):
        raise ValueError(f"{path!r} is {version!r}; this version reads {FORMAT!r}.")
    return None


def destination_manifest(folder: str, files: Files) -> Manifest | None:
    """Return the manifest of a folder that a job may write to.

    Raises
    ------
    DestinationExistsError
        If it has a manifest of another program: it is not known which files are its data.
    """
    manifest = read_manifest(folder, files)
    if manifest is None and files.is_file(f"{folder}/{NAME}"):
        raise DestinationExistsError(
            f"The destination {folder!r} has a file {NAME!r} that no job of smotefast has "
            "written. Choose another name, or remove it first."
        )
    return manifest


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the content of a manifest."""
    return json.dumps(manifest, indent=2, allow_nan=False).encode() + b"\n"
