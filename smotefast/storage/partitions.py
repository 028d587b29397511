"""Partition columns: values in the names of folders, such as ``day=1/part.parquet``."""

from __future__ import annotations

import os
from typing import Any, NamedTuple
from urllib.parse import unquote

import pyarrow as pa

from smotefast._messages import list_names
from smotefast.storage.file_access import ListedFile
from smotefast.storage.paths import printable_path

# The value of Hive for a missing one.
_MISSING = "__HIVE_DEFAULT_PARTITION__"


class Partitions(NamedTuple):
    """Partition columns of a source.

    Attributes
    ----------
    fields
        The columns, with the types that Arrow infers from all of their values: int32 or string.
    values
        The values of each file, by column.
    """

    fields: list[pa.Field]
    values: list[dict[str, Any]]


def find_partitions(files: list[ListedFile], in_files: frozenset[str]) -> Partitions:
    """Return the partition columns of files.

    ``in_files`` are columns that the files have themselves, which count.

    Raises
    ------
    ValueError
        If some files are partitioned by other columns than the rest.
    """
    keys = [_keys(file) for file in files]
    for file, found in zip(files, keys, strict=True):
        if [*found] != [*keys[0]]:
            first, other = (
                list_names([*names]) if names else "nothing" for names in (keys[0], found)
            )
            raise ValueError(
                f"{files[0].path!r} is partitioned by {first}, and {file.path!r} by {other}. "
                "Name folders with the same partition columns."
            )
    names = [name for name in keys[0] if name not in in_files]
    columns = {name: _typed([found[name] for found in keys]) for name in names}
    values: list[dict[str, Any]] = [{} for _ in files]
    for name, column in columns.items():
        for of_file, value in zip(values, column.to_pylist(), strict=True):
            of_file[name] = value
    return Partitions([pa.field(name, each.type) for name, each in columns.items()], values)


def _typed(values: list[str | None]) -> pa.Array:
    """Return values as int32 if all are such numbers, otherwise as text."""
    texts = pa.array(values, pa.string())
    try:
        return texts.cast(pa.int32()) if texts.null_count < len(texts) else texts
    except pa.ArrowInvalid:
        return texts


def _keys(file: ListedFile) -> dict[str, str | None]:
    """Return the partition columns in the names of the folders below the root."""
    path = os.path.relpath(file.path, file.root or ".")
    found: dict[str, str | None] = {}
    for folder in path.split(os.sep)[:-1]:
        name, is_partition, value = folder.partition("=")
        if is_partition:  # the first one counts, as for Arrow
            text = None if value == _MISSING else _decoded(value, file)
            found.setdefault(_decoded(name, file), text)
    return found


def _decoded(text: str, file: ListedFile) -> str:
    """Return a text without the URL encoding of Hive."""
    try:
        decoded = unquote(text, errors="strict")
        decoded.encode()
    except UnicodeError as error:
        raise ValueError(
            f"{printable_path(file.path)!r} is in a partition whose name is not in UTF-8. "
            "Rename the folder."
        ) from error
    return decoded
