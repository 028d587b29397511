"""Refuse folders in which not all Parquet files are valid: table formats, unfinished jobs.

In a Delta Lake, Iceberg or Hudi table a log lists the valid files. The folder also contains
files that were deleted, rewritten or compacted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence

from smotefast.exceptions import DestinationExistsError
from smotefast.storage.file_access import LOCAL, Files, Location
from smotefast.storage.remote.manifest import DATA
from smotefast.storage.remote.manifest import NAME as MANIFEST

_EXPORT = "Export the table to plain Parquet files first, with {}, and use their folder."
_LOGS = {
    "_delta_log": ("a Delta Lake table", "DeltaTable(path).to_pyarrow_table() or Spark"),
    ".hoodie": ("a Hudi table", "Spark"),
    ".hoodie_partition_metadata": ("a folder of a Hudi table", "Spark"),
    "_spark_metadata": ("the output of a Spark stream", "spark.read.parquet"),
}
# Lists of files that are longer are not read.
_MOST_BYTES = 1 << 30
_ADVICE = {"_delta_log": " Or let resample or diagnose read the table, with format='delta'."}
_WRITE_DELTA = (
    " In Python, deltalake.write_deltalake(PATH, smotefast.iter_resampled(...), "
    "mode='overwrite') writes the rows as a new version of the table."
)
_UNFINISHED = ("_temporary", ".spark-staging", ".hive-staging", "_impala_insert_staging")


def refuse_managed(path: str, files: Files = LOCAL) -> None:
    """Raise ValueError if a log decides which files of a folder are valid."""
    for folder in _folder_and_parents(files.real(path)):
        for log, (what, tool) in _LOGS.items():
            if _is_in(folder, log, files):
                message = _managed_message(path, what, log, tool)
                raise ValueError(message + _ADVICE.get(log, ""))
        if _is_iceberg(folder, files):
            raise ValueError(
                _managed_message(path, "an Iceberg table", "metadata/", "PyIceberg or Spark")
            )


def refuse_table_destination(path: str, files: Files) -> None:
    """Raise DestinationExistsError if a folder is a table, whose log a job does not write."""
    for log, (what, _) in _LOGS.items():
        if _is_in(path, log, files):
            advice = _WRITE_DELTA if log == "_delta_log" else ""
            raise DestinationExistsError(
                f"The destination {path!r} is {what}, and a job writes plain Parquet files "
                f"only. Choose another folder.{advice}"
            )


def refuse_unfinished(path: str, files: Files, names: Sequence[str]) -> None:
    """Raise ValueError if a job is still writing to a folder, or has failed.

    ``names`` are those in the folder.
    """
    for name in sorted(names):
        if name.startswith(_UNFINISHED):
            raise ValueError(
                f"The folder {path!r} contains {name!r}: a job is still writing, or failed. "
                "Wait for it, or remove its files, then start again."
            )
        if DATA.fullmatch(name):
            raise ValueError(
                f"The folder {path!r} contains {name!r} without {MANIFEST!r}: a job of "
                "smotefast is still writing, or failed. Wait for it, or use 'smotefast clean'."
            )
    _refuse_uncommitted(path, files, set(names))


def _is_in(folder: str, name: str, files: Files) -> bool:
    """Whether a folder has an entry; of a store, folders are listed once."""
    if files.is_remote:
        return any(entry.name == name for entry in files.entries(folder))
    return files.exists(os.path.join(folder, name))


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


def _is_iceberg(folder: str, files: Files) -> bool:
    """Tell whether this is the root of an Iceberg table, or its folder ``data``."""
    is_data = os.path.basename(folder) == "data"
    candidates = [os.path.join(folder, "metadata")]
    sibling = os.path.join(os.path.dirname(folder), "metadata")
    if is_data or not files.is_remote:  # beside other folders there may be millions of objects
        candidates.append(sibling)
    if any(_has_iceberg_metadata(each, files) for each in candidates):
        return True
    return is_data and files.is_folder(sibling) and not files.entries(sibling)


def _has_iceberg_metadata(folder: str, files: Files) -> bool:
    return _is_in(os.path.dirname(folder), os.path.basename(folder), files) and (
        files.is_folder(folder)
        and any(
            name == "version-hint.text" or name.endswith((".metadata.json", ".avro"))
            for name, _, _ in files.entries(folder)
        )
    )


def _refuse_uncommitted(path: str, files: Files, names: set[str]) -> None:
    """Raise if a Databricks job did not commit its files, or a later job replaced files."""
    for name in sorted(names):
        job = name.removeprefix("_started_")
        if job != name and f"_committed_{job}" not in names:
            raise ValueError(
                f"The folder {path!r} contains {name!r} without '_committed_{job}': a job is "
                "still writing, or failed. Wait for it, or let Spark rewrite the folder."
            )
        if name.startswith("_committed_"):
            removed = sorted(_removed_files(Location(os.path.join(path, name), files)) & names)
            if removed:
                raise ValueError(
                    f"{name!r} in the folder {path!r} lists {removed[0]!r} as replaced. Remove "
                    "such files (VACUUM), or let Spark rewrite the folder."
                )


def _removed_files(location: Location) -> set[str]:
    try:
        text = location.files.first_bytes(location.path, _MOST_BYTES)
        return {str(name) for name in json.loads(text).get("removed", [])}
    except (OSError, ValueError, AttributeError, TypeError):
        return set()
