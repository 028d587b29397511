"""Partition columns: values in the names of folders, such as ``day=1/part.parquet``."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import pyarrow as pa

from smotefast._messages import list_names
from smotefast.storage.file_access import Files, ListedFile


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
    keys = [_keys(file.path, file.root) for file in files]
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

    fields: dict[str, pa.Field] = {}
    values: dict[tuple[Files, str], dict[str, Any]] = {}
    for root, access in dict.fromkeys((file.root, file.files) for file in files):
        paths = [access.key(each.path) for each in files if each[1:] == (root, access)]
        data = ds.dataset(
            paths,
            filesystem=access.arrow,
            format="parquet",
            partitioning="hive",
            partition_base_dir=access.key(root),
        )
        for name in names:
            field = data.schema.field(name)
            fields[name] = _wider(fields.get(name, field), field)
        for fragment in data.get_fragments():
            found_keys = ds.get_partition_keys(fragment.partition_expression)
            values[access, fragment.path] = found_keys
    of_files = [values[file.files, file.files.key(file.path)] for file in files]
    typed = [
        {name: _as_type(found[name], fields[name].type) for name in names} for found in of_files
    ]
    return Partitions(list(fields.values()), typed)


def _wider(field: pa.Field, other: pa.Field) -> pa.Field:
    """Return the one that holds text, if their types differ."""
    return field if pa.types.is_string(field.type) or field.equals(other) else other


def _as_type(value: Any, arrow_type: pa.DataType) -> Any:
    is_text = value is not None and pa.types.is_string(arrow_type)
    return str(value) if is_text else value


def _keys(path: str, root: str) -> list[str]:
    """Return the partition columns in the names of the folders below the root."""
    folders = os.path.relpath(path, root or ".").split(os.sep)[:-1]
    return [name.split("=", 1)[0] for name in folders if "=" in name]
