"""The current version of a Delta table: its log lists the files and their partition values."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

import pyarrow as pa

from smotefast.exceptions import (
    ArgumentError,
    SourceError,
    SourceMissingError,
    StoreReadError,
)
from smotefast.storage.file_access import ListedFile, Location, one_line
from smotefast.storage.partitions import Partitions
from smotefast.storage.remote.files import RemoteFiles
from smotefast.storage.remote.urls import RemoteUrl
from smotefast.storage.source import ParquetSource, open_listed

_EXPORT = "Rewrite the table without them, for example with Spark."


def open_delta(
    locations: list[Location], drop: Collection[str], schema: Literal["unify", "strict"]
) -> ParquetSource:
    """Open a Delta table; the parameters and errors are those of ``open_source``.

    Files are in the order of their names.

    Raises
    ------
    ValueError
        If the table is empty, or its rows are not those of its files.
    """
    if len(locations) != 1:
        raise ArgumentError("format='delta' reads one table: give the path of one folder.")
    location = locations[0]
    table = _load(location)
    _refuse_features(table, location.path)
    actions = pa.table(table.get_add_actions())
    paths = [_path_below(each, location.path) for each in actions["path"].to_pylist()]
    if not paths:
        raise ValueError(f"The Delta table {location.path!r} has no rows.")
    order = sorted(range(len(paths)), key=paths.__getitem__)
    path, files = location
    listed = [ListedFile(f"{path.rstrip('/')}/{paths[i]}", path, files) for i in order]
    partitions = _partitions(table, actions.take(order))
    return open_listed(locations, listed, drop, schema, partitions=partitions)


def _load(location: Location) -> Any:
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ImportError as error:
        raise SourceError(
            "format='delta' needs the package deltalake. Install 'smotefast[delta]'."
        ) from error
    path, files = location
    if not isinstance(files, RemoteFiles) and not os.path.isdir(path):
        what = "is no folder" if os.path.lexists(path) else "does not exist"
        raise SourceMissingError(f"{path!r} {what}: name the folder of a Delta table.")
    options = _options(files.url) if isinstance(files, RemoteFiles) else None
    try:
        return DeltaTable(path, storage_options=options)
    except (DeltaError, OSError, ValueError) as error:
        text = f"Cannot read {path!r} as a Delta table: {one_line(error)}"
        if isinstance(files, RemoteFiles):
            raise StoreReadError(files.url.without_secrets(text)) from None
        raise SourceError(text) from error


def _options(url: RemoteUrl) -> dict[str, str]:
    """Return what a URL says about its store, as options of deltalake."""
    given = dict(parse_qsl(url.options))
    options: dict[str, str] = {}
    if endpoint := given.get("endpoint_override"):
        scheme = given.get("scheme", "https")
        full = endpoint if "://" in endpoint else f"{scheme}://{endpoint}"
        options |= {"AWS_ENDPOINT_URL": full, "AWS_ALLOW_HTTP": "true"}
    if region := given.get("region"):
        options["AWS_REGION"] = region
    key, at, _ = url.root.partition("://")[2].rpartition("@")
    if url.scheme == "s3" and at:
        name, _, secret = key.partition(":")
        options |= {
            "AWS_ACCESS_KEY_ID": unquote(name),
            "AWS_SECRET_ACCESS_KEY": unquote(secret),
        }
    return options


def _refuse_features(table: Any, path: str) -> None:
    """Raise ValueError if the rows or columns are not those of the files."""
    mode = table.metadata().configuration.get("delta.columnMapping.mode", "none")
    if mode != "none":
        raise ValueError(
            f"The Delta table {path!r} has a column mapping ({mode!r}): its files have other "
            f"names of columns. {_EXPORT}"
        )
    if "deletionVectors" in (table.protocol().reader_features or ()) and _has_deleted(table):
        raise ValueError(
            f"The Delta table {path!r} has deletion vectors: its files contain rows that were "
            f"deleted. {_EXPORT}"
        )


def _has_deleted(table: Any) -> bool:
    try:
        vectors = pa.RecordBatchReader.from_stream(table.deletion_vectors())
        return any(batch.num_rows for batch in vectors)
    except Exception:  # they cannot be read, so there are some
        return True


def _path_below(path: str, table: str) -> str:
    """Return the path of a file relative to the table; the log has it as part of a URL."""
    decoded = unquote(path)
    if decoded.startswith("/") or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", decoded):
        raise ValueError(
            f"The Delta table {table!r} has files outside its folder, such as {decoded!r}, as "
            "shallow clones do. Rewrite the table first."
        )
    return decoded


def _partitions(table: Any, actions: pa.Table) -> Partitions:
    """Return the partition columns, with the types of the table."""
    names = table.metadata().partition_columns
    types = pa.schema(table.schema().to_arrow())
    fields = [pa.field(name, _plain(types.field(name).type)) for name in names]
    rows = actions["partition"].to_pylist() if names else [{}] * actions.num_rows
    values = [
        {each.name: pa.scalar(row[each.name]).cast(each.type).as_py() for each in fields}
        for row in rows
    ]
    return Partitions(fields, values)


def _plain(arrow_type: pa.DataType) -> pa.DataType:
    views = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
    return views.get(arrow_type, arrow_type)
