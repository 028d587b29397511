"""Refuse folders in which not all Parquet files are valid: table formats, unfinished jobs.

In a Delta Lake, Iceberg or Hudi table a log lists the valid files. The folder also contains
files that were deleted, rewritten or compacted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

_EXPORT = "Export the table to plain Parquet files first, with {}, and use their folder."
_LOGS = {
    "_delta_log": ("a Delta Lake table", "DeltaTable(path).to_pyarrow_table() or Spark"),
    ".hoodie": ("a Hudi table", "Spark"),
    ".hoodie_partition_metadata": ("a folder of a Hudi table", "Spark"),
    "_spark_metadata": ("the output of a Spark stream", "spark.read.parquet"),
}
_UNFINISHED = ("_temporary", ".spark-staging", ".hive-staging", "_impala_insert_staging")


def refuse_managed(path: str) -> None:
    """Raise ValueError if a log decides which files of a folder are valid."""
    for folder in _folder_and_parents(os.path.realpath(path)):
        for log, (what, tool) in _LOGS.items():
            if os.path.lexists(os.path.join(folder, log)):
                raise ValueError(_managed_message(path, what, log, tool))
        if _is_iceberg(folder):
            raise ValueError(
                _managed_message(path, "an Iceberg table", "metadata/", "PyIceberg or Spark")
            )


def refuse_unfinished(path: str) -> None:
    """Raise ValueError if a job is still writing to a folder, or has failed."""
    names = os.listdir(path)
    for name in sorted(names):
        if name.startswith(_UNFINISHED):
            raise ValueError(
                f"The folder {path!r} contains {name!r}: a job is still writing, or failed. "
                "Wait for it, or remove its files, then start again."
            )
    _refuse_uncommitted(path, set(names))


def _managed_message(path: str, what: str, log: str, tool: str) -> str:
    return (
        f"{path!r} is {what} ({log!r} lists the valid files), and its files may contain rows "
        f"that were deleted or rewritten. {_EXPORT.format(tool)}"
    )


def _folder_and_parents(folder: str) -> Iterator[str]:
    """Yield a folder and, if it is a partition such as ``day=1``, its parents."""
    yield folder
    while "=" in os.path.basename(folder):
        folder = os.path.dirname(folder)
        yield folder


def _is_iceberg(folder: str) -> bool:
    """Tell whether this is the root of an Iceberg table, or its folder ``data``."""
    sibling = os.path.join(os.path.dirname(folder), "metadata")
    if any(map(_has_iceberg_metadata, (os.path.join(folder, "metadata"), sibling))):
        return True
    is_data = os.path.basename(folder) == "data"
    return is_data and os.path.isdir(sibling) and not os.listdir(sibling)


def _has_iceberg_metadata(folder: str) -> bool:
    return os.path.isdir(folder) and any(
        name == "version-hint.text" or name.endswith((".metadata.json", ".avro"))
        for name in os.listdir(folder)
    )


def _refuse_uncommitted(path: str, names: set[str]) -> None:
    """Raise if a Databricks job did not commit its files, or a later job replaced files."""
    for name in sorted(names):
        job = name.removeprefix("_started_")
        if job != name and f"_committed_{job}" not in names:
            raise ValueError(
                f"The folder {path!r} contains {name!r} without '_committed_{job}': a job is "
                "still writing, or failed. Wait for it, or let Spark rewrite the folder."
            )
        if name.startswith("_committed_"):
            removed = sorted(_removed_files(os.path.join(path, name)) & names)
            if removed:
                raise ValueError(
                    f"{name!r} in the folder {path!r} lists {removed[0]!r} as replaced. Remove "
                    "such files (VACUUM), or let Spark rewrite the folder."
                )


def _removed_files(path: str) -> set[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return {str(name) for name in json.load(file).get("removed", [])}
    except (OSError, ValueError, AttributeError, TypeError):
        return set()
