"""Second pass over the files: read the rows of some classes into memory.

Rows come in the order of the files, as one matrix for each class; ``class_tables.py`` gathers
Arrow tables. Rows of other classes are skipped, whatever values they hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from smotefast._row_files import RowFile
from smotefast._typing import Rows
from smotefast.batch.memory_needs import position_bytes
from smotefast.batch.reading import (
    FileReader,
    NumberReader,
    also_affected,
    count_unusable,
    source_changed,
    values_text,
)
from smotefast.batch.scan import label_codes
from smotefast.engine.class_counts import Counts
from smotefast.tables.arrow_columns import features_to_matrix
from smotefast.tables.arrow_tables import take_arrow


@dataclass(frozen=True)
class ClassMatrices:
    """Rows of some classes in memory, by class.

    Attributes
    ----------
    matrices
        The rows.
    positions
        Their positions in the files, ascending.
    """

    matrices: dict[Any, np.ndarray]
    positions: dict[Any, np.ndarray]

    def merged(self, other: ClassMatrices) -> ClassMatrices:
        """Return the classes of both."""
        return ClassMatrices(
            {**self.matrices, **other.matrices}, {**self.positions, **other.positions}
        )


@dataclass(frozen=True)
class ClassFiles:
    """Rows of some classes in temporary files, by class; see ``ClassMatrices``."""

    matrices: dict[Any, RowFile]
    positions: dict[Any, RowFile]


class Gathered(NamedTuple):
    """Rows as the over-sampler needs them, and classes that are in memory as matrices."""

    rows: Any  # what ``needs().reads`` of the over-sampler names
    in_memory: ClassMatrices = ClassMatrices({}, {})


def gather_matrices(
    reader: NumberReader, sizes: Counts, *, over_sampled: Collection[Any]
) -> ClassMatrices:
    """Read the numeric columns of some classes into one matrix for each.

    Parameters
    ----------
    reader
        The columns.
    sizes
        Number of rows of each class to read.
    over_sampled
        The classes that get synthetic samples, for error messages.

    Raises
    ------
    ValueError
        If a value of these rows is missing or not finite.
    """
    return gather_numbers(reader, sizes, over_sampled=over_sampled, in_files=())[0]


def gather_numbers(
    reader: NumberReader,
    sizes: Counts,
    *,
    over_sampled: Collection[Any],
    in_files: Collection[Any],
) -> tuple[ClassMatrices, ClassFiles]:
    """Read the numeric columns of some classes; the rows of some of these into files.

    The other parameters, and errors, are those of ``gather_matrices``.
    """
    in_memory = {label: n for label, n in sizes.items() if label not in in_files}
    rows = ClassMatrices(
        {label: reader.empty(n) for label, n in in_memory.items()},
        {label: np.empty(n, np.int64) for label, n in in_memory.items()},
    )
    folder, n_in_source = reader.files.scratch, reader.files.source.n_rows
    files = ClassFiles(
        {label: reader.empty_file(sizes[label]) for label in in_files},
        {label: position_file(folder, sizes[label], n_in_source) for label in in_files},
    )
    matrices, positions = rows.matrices | files.matrices, rows.positions | files.positions
    _fill(reader, sizes, matrices, positions, over_sampled)
    return rows, files


def position_file(folder: str, n_rows: int, n_in_source: int) -> RowFile:
    """Create a file of positions in the source, which are read as int64."""
    stored = np.uint32 if position_bytes(n_in_source) == 4 else np.int64
    return RowFile.new(folder, (n_rows,), stored).converted_to(np.int64)


def _fill(
    reader: NumberReader,
    sizes: Counts,
    matrices: Mapping[Any, Rows],
    positions_of: Mapping[Any, Rows],
    over_sampled: Collection[Any],
) -> None:
    """Write rows and positions of classes into their arrays, or files."""
    unusable = UnusableValues(over_sampled)
    filled = dict.fromkeys(sizes, 0)
    for label, positions, part in rows_of_classes(reader.files, reader.features, list(sizes)):
        unusable.count(part, label, reader.features)
        free = max(0, sizes[label] - filled[label])  # of a source that has changed
        span = slice(filled[label], filled[label] + min(part.num_rows, free))
        positions_of[label][span] = positions[:free]
        if not unusable.counts:
            values = features_to_matrix(part.columns[1:], reader.features, reader.dtype)
            matrices[label][span] = values[:free]
        filled[label] += part.num_rows
    unusable.refuse()
    check_complete(filled, sizes)


def gather_all_rows(reader: NumberReader) -> tuple[np.ndarray, np.ndarray]:
    """Read all rows into one matrix; return it and the label of each row."""
    matrix = reader.empty(reader.files.source.n_rows)
    for start, values in reader.blocks("reading all rows"):
        matrix[start : start + len(values)] = values
    labels = np.array(reader.files.labels)
    return matrix, labels[reader.files.class_codes()]


def rows_of_classes(
    reader: FileReader, columns: list[str], labels: list[Any]
) -> Iterator[tuple[Any, np.ndarray, pa.RecordBatch]]:
    """Yield rows of some classes, each batch with its class and the positions in the source.

    The first column is the target, which tells the classes apart. The rows of each class come
    in the order of the source.
    """
    ordered = [reader.target, *(name for name in columns if name != reader.target)]
    if reader.gathered is not None and labels:
        yield from reader.gathered.read(reader, ordered, labels)
        return
    for start, batch in reader.batches(ordered, "reading classes") if labels else ():
        for label, positions, rows in split_by_class(batch, labels):
            yield label, positions + start, rows


def split_by_class(
    batch: pa.RecordBatch, labels: list[Any]
) -> Iterator[tuple[Any, np.ndarray, pa.RecordBatch]]:
    """Yield the rows of each of some classes in their order, with their positions in the batch.

    Column 0 is the target.
    """
    codes = label_codes(batch.column(0), labels)
    members = np.flatnonzero(codes >= 0)
    order = np.argsort(codes[members], kind="stable")
    positions = members[order]
    columns = [take_arrow(column, positions) for column in batch.columns]
    rows = pa.RecordBatch.from_arrays(columns, schema=batch.schema)
    edges = np.searchsorted(codes[positions], np.arange(len(labels) + 1)).tolist()
    for label, start, stop in zip(labels, edges[:-1], edges[1:], strict=True):
        if start < stop:
            yield label, positions[start:stop], rows.slice(start, stop - start)


class UnusableValues:
    """Counts missing and infinite values by class and column."""

    def __init__(self, over_sampled: Collection[Any]) -> None:
        self.counts: dict[tuple[Any, str], int] = {}
        self._over_sampled = over_sampled

    def count(self, rows: pa.RecordBatch, label: Any, features: list[str]) -> None:
        """Count the values of rows of a class."""
        for name in features:
            n_unusable = count_unusable(rows.column(name))
            if n_unusable:
                self.counts[label, name] = self.counts.get((label, name), 0) + n_unusable

    def refuse(self) -> None:
        """Raise an error if there are any."""
        if not self.counts:
            return
        (label, name), n_unusable = next(iter(self.counts.items()))
        use = "is being over-sampled" if label in self._over_sampled else "is being searched"
        raise ValueError(
            f"Column {name!r} has {values_text(n_unusable)} in class {label!r}, which "
            f"{use}{self._others(label, name)}. Fill or remove them, drop the column, or leave "
            "the class out of sampling_strategy."
        )

    def _others(self, label: Any, name: str) -> str:
        """Say which other columns, or else classes, have such values."""
        columns = dict.fromkeys(other for _, other in self.counts if other != name)
        classes = dict.fromkeys(other for other, _ in self.counts if other != label)
        if columns:
            return also_affected("column", "columns", [*columns])
        return also_affected("class", "classes", [*classes])


def check_complete(n_rows: Counts, sizes: Counts) -> None:
    """Raise an error if the numbers of rows are not those that were counted."""
    for label, n in sizes.items():
        if n_rows[label] != n:
            raise source_changed(f"class {label!r} has {n_rows[label]:,} rows instead of {n:,}")
