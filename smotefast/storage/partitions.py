"""Partition columns: values in the names of folders, such as ``day=1/part.parquet``."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import pyarrow as pa

from smotefast._messages import list_names
from smotefast.storage.file_access import ListedFile


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
        if found != keys[0]:
            first, other = (
                list_names(names) if names else "nothing" for names in (keys[0], found)
            )
            raise ValueError(
                f"{files[0].path!r} is partitioned by {first}, and {file.path!r} by {other}. "
                "Name folders with the same partition columns."
            )
    names = [name for name in keys[0] if name not in in_files]
    if not names:
        return Partitions([], [{} for _ in files])
    import pyarrow.dataset as ds  # imports pandas: 0.17 s

    hive = ds.HivePartitioning(pa.schema([(name, pa.string()) for name in names]))
    texts = [ds.get_partition_keys(hive.parse(_folders(file))) for file in files]
    columns = {name: _typed([found[name] for found in texts]) for name in names}
    fields = [pa.field(name, column.type) for name, column in columns.items()]
    return Partitions(fields, pa.table(columns).to_pylist())


def _typed(values: list[str | None]) -> pa.Array:
    """Return values as int32 if all are such numbers, otherwise as text."""
    texts = pa.array(values, pa.string())
    try:
        return texts.cast(pa.int32()) if texts.null_count < len(texts) else texts
    except pa.ArrowInvalid:
        return texts


def _keys(file: ListedFile) -> list[str]:
    """Return the partition columns in the names of the folders below the root."""
    return [name.split("=", 1)[0] for name in _folders(file).split("/") if "=" in name]


def _folders(file: ListedFile) -> str:
    """Return the folders of a file below the root, and "/" after each."""
    path = os.path.relpath(file.path, file.root or ".").replace(os.sep, "/")
    return path[: path.rfind("/") + 1]
