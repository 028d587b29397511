"""Rows of Arrow columns in temporary files: a row has as many bytes as any other.

A row is read by its number, with one read for its values of fixed size and one for each text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from smotefast._row_files import ByteFile, RowFile
from smotefast.batch.class_tables import Categories, class_ranges
from smotefast.batch.gathering import check_complete, position_file, rows_of_classes
from smotefast.batch.reading import FileReader
from smotefast.engine.class_counts import Counts
from smotefast.engine.recipes import ConsecutivePositions

_UNICODE = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BINARY = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)


def can_be_packed(arrow_type: pa.DataType) -> bool:
    """Return whether values of a type can be in files: all but nested ones can."""
    if isinstance(arrow_type, pa.BaseExtensionType):
        return can_be_packed(arrow_type.storage_type)
    is_known = _is_text(arrow_type) or pa.types.is_null(arrow_type)
    return is_known or pa.types.is_dictionary(arrow_type) or _fixed_bits(arrow_type) > 0


class PackedRows:
    """Rows of Arrow columns in files that vanish with this object.

    Parameters
    ----------
    fields
        Fields of the columns.
    n_rows
        Number of rows.
    folder
        Where the files are created.

    Attributes
    ----------
    names
        Names of the columns.
    """

    def __init__(self, fields: Sequence[pa.Field], n_rows: int, folder: str) -> None:
        self.names = [field.name for field in fields]
        self._texts = ByteFile(folder)
        self._columns = [_packed_column(field.type, self._texts) for field in fields]
        # A bit for each column, which is set where the value is null, comes first.
        widths = [-(-len(fields) // 8), *(column.width for column in self._columns)]
        self._ends = np.cumsum(widths).tolist()
        self._rows = RowFile.new(folder, (n_rows, self._ends[-1]), np.uint8)

    def write(self, start: int, columns: Sequence[pa.Array]) -> None:
        """Write rows from number ``start`` on."""
        n_rows = len(columns[0]) if columns else 0
        block = np.empty((n_rows, self._ends[-1]), dtype=np.uint8)
        is_null = [_null_mask(column) for column in columns]
        block[:, : self._ends[0]] = np.packbits(np.column_stack(is_null), axis=1)
        for at, packed, column in zip(self._ends, self._columns, columns, strict=False):
            block[:, at : at + packed.width] = packed.packed(column)
        self._rows[start : start + n_rows] = block

    def take(self, names: Sequence[str], rows: np.ndarray) -> dict[str, pa.Array]:
        """Return values of some columns by row number."""
        block = self._rows[rows]
        is_null = np.unpackbits(block[:, : self._ends[0]], axis=1)
        columns: dict[str, pa.Array] = {}
        for name in names:
            j = self.names.index(name)
            values = block[:, self._ends[j] : self._ends[j + 1]]
            columns[name] = self._columns[j].unpacked(values, is_null[:, j].astype(bool))
        return columns


class ClassFile:
    """Rows of some classes in files; see ``GatheredTable``."""

    def __init__(
        self, n_samples: int, rows: PackedRows, source_rows: RowFile, sizes: Counts
    ) -> None:
        self.n_samples = n_samples
        self.names = rows.names
        self.source_rows = source_rows
        self._rows = rows
        self._ranges = class_ranges(sizes)

    def positions(self, label: Any) -> ConsecutivePositions:
        """Return the positions among these rows of those of a class."""
        return ConsecutivePositions(self._ranges[label])

    def take(self, names: list[str], positions: np.ndarray) -> dict[str, pa.Array]:
        """Return values of some columns by position among these rows."""
        return self._rows.take(names, positions)


def gather_into_files(reader: FileReader, columns: list[str], sizes: Counts) -> ClassFile:
    """Read columns of some classes into files."""
    n_rows, folder = sum(sizes.values()), reader.scratch
    packed = PackedRows([reader.source.schema.field(n) for n in columns], n_rows, folder)
    source_rows = position_file(folder, n_rows, reader.source.n_rows)
    first = {label: each.start for label, each in class_ranges(sizes).items()}
    n_read = dict.fromkeys(sizes, 0)
    for label, positions, rows in rows_of_classes(reader, columns, list(sizes)):
        start, free = first[label] + n_read[label], max(0, sizes[label] - n_read[label])
        fitting = rows.slice(0, free)
        packed.write(start, [fitting.column(name) for name in columns])
        source_rows[start : start + fitting.num_rows] = positions[:free]
        n_read[label] += rows.num_rows
    check_complete(n_read, sizes)
    return ClassFile(reader.source.n_rows, packed, source_rows, sizes)


class _PackedColumn(Protocol):
    """Turns values of a column into ``width`` bytes each, and back."""

    width: int

    def packed(self, column: pa.Array) -> np.ndarray:
        """Return the bytes, an array of shape (n_rows, width)."""
        ...

    def unpacked(self, values: np.ndarray, is_null: np.ndarray) -> pa.Array:
        """Return the values of bytes."""
        ...


def _packed_column(arrow_type: pa.DataType, texts: ByteFile) -> _PackedColumn:
    if isinstance(arrow_type, pa.BaseExtensionType):
        return _PackedExtension(arrow_type, _packed_column(arrow_type.storage_type, texts))
    if pa.types.is_dictionary(arrow_type):
        return _PackedCategories(arrow_type)
    if _is_text(arrow_type):
        return _PackedText(arrow_type, texts)
    return _PackedValues(arrow_type)


class _PackedValues:
    """Values of fixed size, of a type that may have no values at all (null)."""

    def __init__(self, arrow_type: pa.DataType) -> None:
        self._type = arrow_type
        self._is_bool = pa.types.is_boolean(arrow_type)
        self.width = 1 if self._is_bool else _fixed_bits(arrow_type) // 8

    def packed(self, column: pa.Array) -> np.ndarray:
        if not self.width:
            return np.empty((len(column), 0), np.uint8)
        column = column.cast(pa.uint8()) if self._is_bool else column
        buffer, start = column.buffers()[1], column.offset
        values = np.frombuffer(buffer, np.uint8)[start * self.width :]
        return values[: len(column) * self.width].reshape(-1, self.width)

    def unpacked(self, values: np.ndarray, is_null: np.ndarray) -> pa.Array:
        if not self.width:
            return pa.nulls(len(values), self._type)
        data = pa.py_buffer(np.ascontiguousarray(values))
        if self._is_bool:
            numbers = pa.Array.from_buffers(pa.uint8(), len(values), [_bitmap(is_null), data])
            return numbers.cast(self._type)
        return pa.Array.from_buffers(self._type, len(values), [_bitmap(is_null), data])


class _PackedText:
    """Text or bytes of any length: where they start in a file, and their length."""

    width = 16

    def __init__(self, arrow_type: pa.DataType, texts: ByteFile) -> None:
        self._type, self._texts = arrow_type, texts
        is_unicode = any(is_type(arrow_type) for is_type in _UNICODE)
        self._plain = pa.large_string() if is_unicode else pa.large_binary()

    def packed(self, column: pa.Array) -> np.ndarray:
        plain = column.cast(self._plain)
        _, offsets, data = plain.buffers()
        edges = np.frombuffer(offsets, np.int64)[plain.offset : plain.offset + len(plain) + 1]
        spans = np.zeros((len(plain), 2), np.int64)
        if len(plain) and data is not None:
            first = self._texts.append(np.frombuffer(data, np.uint8)[edges[0] : edges[-1]])
            spans[:, 0] = first + edges[:-1] - edges[0]
            spans[:, 1] = np.diff(edges)
        return spans.view(np.uint8)

    def unpacked(self, values: np.ndarray, is_null: np.ndarray) -> pa.Array:
        starts, sizes = np.ascontiguousarray(values).view(np.int64).T
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        data = np.empty(int(offsets[-1]), np.uint8)
        self._texts.read_into(starts, sizes, data)
        buffers = [_bitmap(is_null), pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.Array.from_buffers(self._plain, len(sizes), buffers).cast(self._type)


class _PackedCategories:
    """Codes of the categories of all rows."""

    width = 4

    def __init__(self, arrow_type: pa.DictionaryType) -> None:
        self._categories = Categories(arrow_type)

    def packed(self, column: pa.DictionaryArray) -> np.ndarray:
        codes = self._categories.codes(column).fill_null(0)
        return (
            np.ascontiguousarray(codes.to_numpy(zero_copy_only=False))
            .view(np.uint8)
            .reshape(-1, 4)
        )

    def unpacked(self, values: np.ndarray, is_null: np.ndarray) -> pa.Array:
        codes = np.ascontiguousarray(values).view(np.int32).reshape(-1)
        return self._categories.joined([pa.array(codes, mask=is_null)])


class _PackedExtension:
    """Values of an extension type, as its storage."""

    def __init__(self, arrow_type: pa.BaseExtensionType, storage: _PackedColumn) -> None:
        self._type, self._storage = arrow_type, storage
        self.width = storage.width

    def packed(self, column: pa.ExtensionArray) -> np.ndarray:
        return self._storage.packed(column.storage)

    def unpacked(self, values: np.ndarray, is_null: np.ndarray) -> pa.Array:
        storage = self._storage.unpacked(values, is_null)
        return pa.ExtensionArray.from_storage(self._type, storage)


def _is_text(arrow_type: pa.DataType) -> bool:
    return any(is_type(arrow_type) for is_type in (*_UNICODE, *_BINARY))


def _fixed_bits(arrow_type: pa.DataType) -> int:
    """Return the bits of a value; 0 for types whose values have no fixed size."""
    try:
        return int(arrow_type.bit_width)
    except ValueError:
        return 0


def _null_mask(column: pa.Array) -> np.ndarray:
    mask: np.ndarray = column.is_null().to_numpy(zero_copy_only=False)
    return mask


def _bitmap(is_null: np.ndarray) -> pa.Buffer | None:
    """Return the validity bitmap of Arrow; None if no value is null."""
    return pa.array(~is_null).buffers()[1] if is_null.any() else None
