"""Folders whose Parquet files are not simply all rows: table formats, jobs still writing.

In a Delta Lake, Iceberg or Hudi table a log says which files count. Files that were deleted,
rewritten or compacted still lie beside the others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

_EXPORT = "Export the table to plain Parquet files first, with {}, and name their folder."
_LOGS = {
    "_delta_log": ("a Delta Lake table", "DeltaTable(path).to_pyarrow_table() or Spark"),
    ".hoodie": ("a Hudi table", "Spark"),
    ".hoodie_partition_metadata": ("a folder of a Hudi table", "Spark"),
    "_spark_metadata": ("the output of a Spark stream", "spark.read.parquet"),
}
_WRITING = ("_temporary", ".spark-staging", ".hive-staging", "_impala_insert_staging")


def refuse_managed(path: str) -> None:
    """Refuse a folder where a log, not the folder, says which files hold the rows.

    Raises
    ------
    ValueError
        With the reason and the next step.
    """
    for folder in _upwards(os.path.realpath(path)):
        for log, (what, tool) in _LOGS.items():
            if os.path.lexists(os.path.join(folder, log)):
                raise ValueError(_managed(path, what, log, tool))
        if _is_iceberg(folder):
            raise ValueError(
                _managed(path, "an Iceberg table", "metadata/", "PyIceberg or Spark")
            )
    names = os.listdir(path)
    for name in sorted(names):
        if name.startswith(_WRITING):
            raise ValueError(
                f"The folder {path!r} holds {name!r}: a job is still writing there, or failed. "
                "Wait for it, or remove what it left, then start again."
            )
    _refuse_uncommitted(path, set(names))


def _managed(path: str, what: str, log: str, tool: str) -> str:
    return (
        f"{path!r} is {what} ({log!r} lists the files that count), and its files may hold rows "
        f"that were deleted or rewritten. {_EXPORT.format(tool)}"
    )


def _upwards(folder: str) -> Iterator[str]:
    """Yield a folder, and while it is a partition such as ``day=1`` the one that holds it."""
    yield folder
    while "=" in os.path.basename(folder):
        folder = os.path.dirname(folder)
        yield folder


def _is_iceberg(folder: str) -> bool:
    """Whether this is the root of an Iceberg table, or its folder ``data``."""
    beside = os.path.join(os.path.dirname(folder), "metadata")
    return _holds(os.path.join(folder, "metadata"), _is_of_iceberg) or (
        _holds(beside, _is_of_iceberg)
        or (os.path.basename(folder) == "data" and _is_empty_folder(beside))
    )


def _is_of_iceberg(name: str) -> bool:
    return name == "version-hint.text" or name.endswith((".metadata.json", ".avro"))


def _holds(folder: str, test: Callable[[str], bool]) -> bool:
    return os.path.isdir(folder) and any(map(test, os.listdir(folder)))


def _is_empty_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.listdir(path)


def _refuse_uncommitted(path: str, names: set[str]) -> None:
    """Refuse files of a Databricks job without ``_committed_ID``, or removed by a later one."""
    for name in sorted(names):
        job = name.removeprefix("_started_")
        if job != name and f"_committed_{job}" not in names:
            raise ValueError(
                f"The folder {path!r} holds {name!r} without '_committed_{job}': a job is "
                "still writing there, or failed. Wait for it, or let Spark rewrite the folder."
            )
        if name.startswith("_committed_"):
            removed = sorted(_removed_by(os.path.join(path, name)) & names)
            if removed:
                raise ValueError(
                    f"{name!r} in the folder {path!r} says that {removed[0]!r} was replaced. "
                    "Remove such files (VACUUM), or let Spark rewrite the folder."
                )


def _removed_by(path: str) -> set[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return {str(name) for name in json.load(file).get("removed", [])}
    except (OSError, ValueError, AttributeError, TypeError):
        return set()
