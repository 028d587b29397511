"""How a job stores its rows: compression, rows of a row group, size of a part."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import pyarrow as pa

from smotefast._messages import did_you_mean
from smotefast.storage import ArgumentError, Destination, parse_size

Codec: TypeAlias = Literal["none", "snappy", "gzip", "zstd", "lz4", "brotli"]
CODECS = get_args(Codec)
# Bytes of the rows of a part, in memory. Readers such as Spark read 128 MiB at a time.
PART_BYTES = 128 << 20
# pyarrow cuts larger tables into several row groups.
MOST_GROUP_ROWS = 1 << 26


class Layout(NamedTuple):
    """How rows are stored; None stands for the default.

    Attributes
    ----------
    compression, compression_level
        Codec of all columns, and its level. By default, each column has the codec that it has
        in the source.
    row_group_size
        Rows of a row group. By default, as many as fit into 48 MiB of memory, or fewer.
    part_size
        Bytes of the rows of a part, in memory; 128 MiB by default.
    """

    compression: str | None = None
    compression_level: int | None = None
    row_group_size: int | None = None
    part_size: int | None = None

    @property
    def part_bytes(self) -> int:
        """Bytes of the rows of a part, in memory."""
        return self.part_size or PART_BYTES


def check_layout(
    compression: str | None,
    compression_level: int | None,
    row_group_size: int | None,
    part_size: int | str | None,
) -> Layout:
    """Check the arguments of ``resample_dataset`` with these names.

    Raises
    ------
    ValueError
        If one is invalid; the message says why.
    """
    if compression is not None and compression not in CODECS:
        raise ValueError(
            f"compression={compression!r} must be one of {', '.join(CODECS)}."
            f"{did_you_mean(compression, CODECS)}"
        )
    if compression_level is not None:
        _check_level(compression, compression_level)
    if row_group_size is not None:
        check_whole("row_group_size", row_group_size, 1, MOST_GROUP_ROWS)
    n_bytes = None if part_size is None else parse_size(part_size, "part_size")
    return Layout(compression, compression_level, row_group_size, n_bytes)


def check_part_size(layout: Layout, destination: Destination) -> None:
    """Raise ArgumentError if there is a size of parts, but the destination is a single file."""
    if layout.part_size is not None and not destination.is_folder:
        raise ArgumentError(
            f"part_size={layout.part_size} has no effect: the destination "
            f"{destination.path!r} is a single file. Use a name without an extension for a "
            "folder of part files."
        )


def _check_level(compression: str | None, level: int) -> None:
    if compression is None:
        raise ValueError(
            f"compression_level={level!r} needs compression, the codec that it belongs to."
        )
    if compression == "none" or not pa.Codec.supports_compression_level(compression):
        raise ValueError(
            f"compression_level={level!r} is not allowed: {compression!r} has no levels. Leave "
            "it out, or use another codec, such as compression='zstd'."
        )
    least = pa.Codec.minimum_compression_level(compression)
    most = pa.Codec.maximum_compression_level(compression)
    check_whole("compression_level", level, least, most, f" for {compression!r}")


def check_whole(name: str, value: Any, least: int, most: int, case: str = "") -> None:
    """Raise ValueError if a parameter is not a whole number in a range."""
    if type(value) is not int or not least <= value <= most:  # True is an int as well
        raise ValueError(
            f"{name}={value!r} must be a whole number from {least:,} to {most:,}{case}."
        )
