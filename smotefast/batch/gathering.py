"""Second pass over the files: the rows of the classes that get new ones.

A source and a quota flow in; the rows of those classes flow out, in the order of the
files: as one matrix a class for samplers that compute, as an Arrow table for samplers
that copy. Rows of other classes are skipped, whatever they hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smotefast.batch.reading import Reading, all_labels, number_blocks, unusable_values
from smotefast.batch.scan import label_codes
from smotefast.storage import SourceChangedError
from smotefast.tables.arrow_columns import features_to_matrix
from smotefast.tables.arrow_tables import take_arrow
from smotefast.tables.categories import lookup_categories


class GatheredTable:
    """Rows of all classes as one table, class after class.

    Attributes
    ----------
    table
        What the positions count in.
    """

    def __init__(self, n_samples: int, table: pa.Table, sizes: dict[Any, int]) -> None:
        self.n_samples = n_samples
        self.table = table
        ends = np.cumsum(list(sizes.values()), dtype=int).tolist()
        self._ranges = {
            label: (end - sizes[label], end) for label, end in zip(sizes, ends, strict=True)
        }

    def positions(self, label: Any) -> np.ndarray:
        """Return where the rows of one class stand in ``table``."""
        return np.arange(*self._ranges[label])


def gather_matrices(
    reading: Reading, features: list[str], dtype: np.dtype[Any], sizes: dict[Any, int]
) -> tuple[dict[Any, np.ndarray], dict[Any, np.ndarray]]:
    """Read the features of some classes into one matrix each.

    Returns
    -------
    matrices, positions
        By class: the rows, and where they stand in the files.

    Raises
    ------
    ValueError
        If a value of these rows is missing or not finite.
    """
    matrices = {label: np.empty((n, len(features)), dtype) for label, n in sizes.items()}
    positions = {label: np.empty(n, np.int64) for label, n in sizes.items()}
    filled = dict.fromkeys(sizes, 0)
    unusable: dict[tuple[Any, str], int] = {}
    columns = [reading.target, *features]
    for start, batch in reading.batches(columns, "reading classes"):
        for label, where, rows in _by_class(batch, list(sizes)):
            _count_unusable(rows, label, features, unusable)
            free = sizes[label] - filled[label]
            place = slice(filled[label], filled[label] + min(rows.num_rows, free))
            positions[label][place] = where[:free] + start
            if not unusable:
                values = features_to_matrix(rows.columns[1:], features, dtype)
                matrices[label][place] = values[:free]
            filled[label] += rows.num_rows
    _refuse_unusable(unusable)
    _check_filled(filled, sizes)
    return matrices, positions


def gather_everything(
    reading: Reading, features: list[str], dtype: np.dtype[Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Read all rows into one matrix, and the class of each."""
    matrix = np.empty((reading.source.n_rows, len(features)), dtype)
    for start, values in number_blocks(reading, features, dtype, "reading all rows"):
        matrix[start : start + len(values)] = values
    labels = np.array(list(reading.labels))
    return matrix, labels[all_labels(reading)]


def gather_table(reading: Reading, columns: list[str], sizes: dict[Any, int]) -> GatheredTable:
    """Read some columns of some classes into one table."""
    source, target = reading.source, reading.target
    schema = pa.schema([source.schema.field(name) for name in columns])
    categories = {
        field.name: Categories(field.type)
        for field in schema
        if pa.types.is_dictionary(field.type)
    }
    pieces: dict[Any, dict[str, list[pa.Array]]]
    pieces = {label: {name: [] for name in columns} for label in sizes}
    ordered = [target, *(name for name in columns if name != target)]
    filled = dict.fromkeys(sizes, 0)
    for _, batch in reading.batches(ordered, "reading classes") if sizes else ():
        for label, _, rows in _by_class(batch, list(sizes)):
            for name in columns:
                piece = rows.column(name)
                kept = categories[name].codes(piece) if name in categories else piece
                pieces[label][name].append(kept)
            filled[label] += rows.num_rows
    _check_filled(filled, sizes)
    joined = []
    for field in schema:  # column by column: one of them is held twice
        parts = [part for label in sizes for part in pieces[label].pop(field.name)]
        if field.name in categories:
            joined.append(categories[field.name].joined(parts))
        else:
            joined.append(pa.chunked_array(parts, type=field.type).combine_chunks())
        del parts
    return GatheredTable(source.n_rows, pa.table(joined, schema=schema), sizes)


def _by_class(
    batch: pa.RecordBatch, keys: list[Any]
) -> Iterator[tuple[Any, np.ndarray, pa.RecordBatch]]:
    """Cut out the rows of each wanted class, in their order, with where they stand.

    Column 0 is the target.
    """
    codes = label_codes(batch.column(0), keys)
    wanted = np.flatnonzero(codes >= 0)
    order = np.argsort(codes[wanted], kind="stable")
    where = wanted[order]
    taken = [take_arrow(column, where) for column in batch.columns]
    rows = pa.RecordBatch.from_arrays(taken, schema=batch.schema)
    borders = np.searchsorted(codes[wanted][order], np.arange(len(keys) + 1))
    for key, start, stop in zip(keys, borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        if start < stop:
            yield key, where[start:stop], rows.slice(start, stop - start)


def _count_unusable(
    rows: pa.RecordBatch, label: Any, features: list[str], unusable: dict[tuple[Any, str], int]
) -> None:
    for name in features:
        n_bad = unusable_values(rows.column(name))
        if n_bad:
            unusable[label, name] = unusable.get((label, name), 0) + n_bad


def _refuse_unusable(unusable: dict[tuple[Any, str], int]) -> None:
    if not unusable:
        return
    (label, name), n_bad = next(iter(unusable.items()))
    more = f" (and {len(unusable) - 1} more columns or classes)" if len(unusable) > 1 else ""
    raise ValueError(
        f"Column {name!r} is missing (null or NaN) or infinite in {n_bad} rows of class "
        f"{label!r}{more}, for which rows are to be made. Fill or remove them, drop the "
        "column, or leave the class out of sampling_strategy."
    )


def _check_filled(filled: dict[Any, int], sizes: dict[Any, int]) -> None:
    if filled != sizes:
        raise SourceChangedError("The source was changed while it was being read. Start again.")


class Categories:
    """Categories of a column in the order in which they were met.

    Every batch that pyarrow reads holds all categories; of the pieces only codes are kept.

    Parameters
    ----------
    kind
        Dictionary type of the column.
    """

    def __init__(self, kind: pa.DictionaryType) -> None:
        self._kind = kind
        self._values = pa.array([], type=kind.value_type)

    def codes(self, column: pa.DictionaryArray) -> pa.Array:
        """Return the codes of a piece, int32; categories that are new are added."""
        if self._values.equals(column.dictionary):
            return column.indices.cast(pa.int32())
        known = lookup_categories(column.dictionary, self._values)
        unknown = column.dictionary.filter(pc.is_null(known))
        if len(unknown):
            self._values = pa.concat_arrays([self._values, unknown])
        return lookup_categories(column, self._values)

    def joined(self, pieces: list[pa.Array]) -> pa.DictionaryArray:
        """Return pieces of codes as one array of the column's type.

        Raises
        ------
        ValueError
            If there are more categories than its index type can count.
        """
        codes = pa.concat_arrays(pieces) if pieces else pa.array([], pa.int32())
        try:
            codes = codes.cast(self._kind.index_type)
        except pa.ArrowInvalid as error:
            raise ValueError(
                f"The files have {len(self._values)} categories in a column of type "
                f"{self._kind}, more than it can count. Rewrite it with wider indices."
            ) from error
        return pa.DictionaryArray.from_arrays(codes, self._values, ordered=self._kind.ordered)
