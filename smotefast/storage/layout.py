"""How a source's columns are stored, so that the copy is stored the same way.

A source flows in; keyword arguments of ``ParquetWriter`` flow out. The largest row group
of the largest file speaks for all.
"""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from smotefast.storage.source import ParquetSource

_WIDTHS = {"INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8}
_DICTIONARY = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}
_KEPT_ENCODINGS = (
    "BYTE_STREAM_SPLIT",
    "DELTA_BINARY_PACKED",
    "DELTA_BYTE_ARRAY",
    "DELTA_LENGTH_BYTE_ARRAY",
)
_CODECS = {"SNAPPY", "GZIP", "ZSTD", "LZ4", "BROTLI"}


def writer_options(
    source: ParquetSource, dropped: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return compression, dictionaries and encodings of each stored column.

    Decimals are stored as integers, as Spark does, where one of the source's is.

    Parameters
    ----------
    source
        The files.
    dropped
        Top-level columns that will not be written.
    """
    compression, dictionaries, encodings = {}, [], {}
    chunks, names = _chunks(source), frozenset(source.schema.names)
    as_integer = any(_is_integer(column) for _, column, kind in chunks if _is_decimal(kind))
    for path, column, kind in chunks:
        if path.split(".")[0] in dropped and path not in names:
            continue
        compression[path] = column.compression if column.compression in _CODECS else "NONE"
        kept = next((name for name in _KEPT_ENCODINGS if name in column.encodings), None)
        if _dictionary_pays(column):
            dictionaries.append(path)
        elif kept and column.physical_type == _written_type(column, kind, as_integer):
            encodings[path] = kept
    return {
        "compression": compression,
        "use_dictionary": dictionaries or False,
        "column_encoding": encodings or None,
        "store_decimal_as_integer": as_integer,
    }


def _is_decimal(kind: Any) -> bool:
    return bool(kind.logical_type.type == "DECIMAL")


def _is_integer(chunk: Any) -> bool:
    return chunk.physical_type in ("INT32", "INT64")


def _written_type(chunk: Any, kind: Any, as_integer: bool) -> str:
    """Return the physical type that a column is written in; decimals share one setting."""
    if not _is_decimal(kind):
        return str(chunk.physical_type)
    if not as_integer or kind.precision > 18:
        return "FIXED_LEN_BYTE_ARRAY"
    return "INT32" if kind.precision <= 9 else "INT64"


def _chunks(source: ParquetSource) -> list[tuple[str, Any, Any]]:
    """Return path, chunk and type of each stored column."""
    file = max(source.files, key=lambda file: file.n_rows)
    with pq.ParquetFile(file.path) as parquet:
        metadata = parquet.metadata
        groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
        group = max(groups, key=lambda group: group.num_rows)
        chunks = [group.column(i) for i in range(group.num_columns)]
        kinds = [metadata.schema.column(i) for i in range(group.num_columns)]
        return [(c.path_in_schema, c, kind) for c, kind in zip(chunks, kinds, strict=True)]


def _dictionary_pays(chunk: Any) -> bool:
    """Whether a column was dictionary encoded and not larger for it.

    Writers try a dictionary first and give up when it grows: such a column says
    dictionary and plain. Trying again on 2,000,000 x 20 random float32 made the copy take
    1.2 s instead of 0.3 s, and the file larger by a quarter.
    """
    if not _DICTIONARY & set(chunk.encodings):
        return False
    width = _WIDTHS.get(chunk.physical_type)
    return width is None or chunk.total_uncompressed_size < 0.9 * width * chunk.num_values
