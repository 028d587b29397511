"""The sampled rows: up to 2,000 random rows of each class, the same ones in every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smotefast.diagnosis.data import Block, Data
from smotefast.tables.column_types import plain_values

if TYPE_CHECKING:
    import pyarrow as pa

# A share of 2,000 rows has a margin of error of 2.2 percentage points (two standard errors),
# and 2,000 searches among 1,000,000 rows take seconds.
SAMPLED_PER_CLASS = 2_000
# Sampled rows of all classes together: 23 classes then take as long as 10.
SAMPLED_IN_ALL = 20_000


class CategoryEncoder:
    """Codes for the categories of a column that the sampled rows have.

    Missing values share one more code. Categories that no sampled row has share another: they
    differ from all categories of the sampled rows.
    """

    def __init__(self, sampled: pa.Array) -> None:
        import pyarrow.compute as pc

        self.known = pc.unique(sampled).drop_null()

    def codes(self, column: pa.Array) -> np.ndarray:
        """Return the code of each row, int32."""
        import pyarrow.compute as pc

        n = len(self.known)
        indices = pc.index_in(plain_values(column), value_set=self.known)
        codes = np.array(pc.fill_null(indices, n + 1), dtype=np.int32)
        if column.null_count:
            codes[np.asarray(column.is_null())] = n
        return codes


class EncodedBlock(NamedTuple):
    """A block of the data with codes instead of categories.

    Attributes
    ----------
    start
        Position of its first row in the data.
    numbers, codes, classes
        The rows and the class of each.
    """

    start: int
    numbers: np.ndarray
    codes: np.ndarray
    classes: np.ndarray


@dataclass(frozen=True)
class Sample:
    """The sampled rows, in the order of the data.

    Attributes
    ----------
    positions
        Their positions in the data, ascending.
    classes
        The class of each row, as an index into the labels.
    numbers
        Shape (n_rows, n_numbers), float64.
    codes
        Codes of the categories, of shape (n_rows, n_categories), int32.
    encoders
        The encoder of each column of categories.
    """

    positions: np.ndarray
    classes: np.ndarray
    numbers: np.ndarray
    codes: np.ndarray
    encoders: list[CategoryEncoder]

    def encode(self, block: Block, classes: np.ndarray) -> EncodedBlock:
        """Encode a block; ``classes`` are those of all rows of the data."""
        codes = _encode(block.categories, self.encoders, block.n_rows)
        stop = block.start + block.n_rows
        return EncodedBlock(block.start, block.numbers, codes, classes[block.start : stop])


def _encode(
    columns: list[pa.Array], encoders: list[CategoryEncoder], n_rows: int
) -> np.ndarray:
    codes = np.empty((n_rows, len(columns)), dtype=np.int32)
    for i, (encoder, column) in enumerate(zip(encoders, columns, strict=True)):
        codes[:, i] = encoder.codes(column)
    return codes


def sample_positions(classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Draw rows of each class with a fixed seed; return their positions, ascending."""
    most = max(1, min(SAMPLED_PER_CLASS, SAMPLED_IN_ALL // n_classes))
    random_state = np.random.RandomState(0)
    drawn = []
    for code in range(n_classes):
        rows = np.flatnonzero(classes == code)
        if len(rows) > most:
            rows = rows[random_state.permutation(len(rows))[:most]]
        drawn.append(rows)
    return np.sort(np.concatenate(drawn))


class SampleCollector:
    """Collects the sampled rows block by block."""

    def __init__(self, data: Data) -> None:
        self._positions = sample_positions(data.classes, len(data.labels))
        self._classes = data.classes[self._positions]
        self._numbers: list[np.ndarray] = []
        self._categories: list[list[pa.Array]] = []

    def add(self, block: Block) -> None:
        """Keep the sampled rows of a block."""
        import pyarrow as pa

        stop = block.start + block.n_rows
        first, last = np.searchsorted(self._positions, [block.start, stop])
        rows = self._positions[first:last] - block.start
        self._numbers.append(block.numbers[rows])
        self._categories.append(
            [plain_values(column.take(pa.array(rows))) for column in block.categories]
        )

    def sample(self) -> Sample:
        """Return the sampled rows of all blocks."""
        import pyarrow as pa

        pieces = zip(*self._categories, strict=True)
        columns = [pa.concat_arrays(list(arrays)) for arrays in pieces]
        encoders = [CategoryEncoder(column) for column in columns]
        codes = _encode(columns, encoders, len(self._positions))
        numbers = np.concatenate(self._numbers)
        return Sample(self._positions, self._classes, numbers, codes, encoders)
