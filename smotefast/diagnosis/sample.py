"""The rows that are looked at closely: some of each class, the same ones in every run.

Data flow in; positions, numbers and categories of the drawn rows flow out, with figures of
each column over all rows that the same pass collects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from smotefast.diagnosis.data import Block, Data
from smotefast.diagnosis.thresholds import SEARCHED_IN_ALL, SEARCHED_PER_CLASS


class Dictionary:
    """The categories of a column that drawn rows have, by number.

    A null is one more category, and what no drawn row has is another: it equals none of them.
    """

    def __init__(self, column: Any) -> None:
        import pyarrow.compute as pc

        self.known = pc.unique(column).drop_null()

    def codes(self, column: Any) -> np.ndarray:
        """Return the categories of a column by number, int32."""
        import pyarrow.compute as pc

        n = len(self.known)
        found = pc.fill_null(pc.index_in(plain(column), value_set=self.known), n + 1)
        codes = np.array(found, dtype=np.int32)
        if column.null_count:
            codes[np.asarray(column.is_null())] = n
        return codes


@dataclass(frozen=True)
class Sample:
    """The drawn rows, in the order of the data.

    Attributes
    ----------
    positions
        Where they stand, ascending.
    classes
        The class of each, by its place among the labels.
    numbers
        Shape (n_rows, n_numbers), float64.
    codes
        Categories by number, of shape (n_rows, n_categories), int32.
    dictionaries
        What the numbers of each column stand for.
    """

    positions: np.ndarray
    classes: np.ndarray
    numbers: np.ndarray
    codes: np.ndarray
    dictionaries: list[Dictionary]


class Coded(NamedTuple):
    """A block with its categories numbered as the sample's are.

    Attributes
    ----------
    start
        Where its rows stand.
    numbers, codes, classes
        The rows.
    """

    start: int
    numbers: np.ndarray
    codes: np.ndarray
    classes: np.ndarray


def drawn_positions(classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Draw rows of each class with a fixed seed; return their positions, ascending."""
    most = max(1, min(SEARCHED_PER_CLASS, SEARCHED_IN_ALL // n_classes))
    random_state = np.random.RandomState(0)
    drawn = []
    for code in range(n_classes):
        rows = np.flatnonzero(classes == code)
        if len(rows) > most:
            rows = rows[random_state.permutation(len(rows))[:most]]
        drawn.append(rows)
    return np.sort(np.concatenate(drawn))


class Drawing:
    """Collects the drawn rows from the blocks that pass by."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._positions = drawn_positions(data.classes, len(data.labels))
        self._numbers: list[np.ndarray] = []
        self._categories: list[list[Any]] = []

    def see(self, block: Block) -> None:
        """Keep what is drawn of a block."""
        import pyarrow as pa

        start, stop = np.searchsorted(
            self._positions, [block.start, block.start + block.n_rows]
        )
        rows = self._positions[start:stop] - block.start
        self._numbers.append(block.numbers[rows])
        self._categories.append([plain(one.take(pa.array(rows))) for one in block.categories])

    def result(self) -> Sample:
        """Return the sample."""
        columns = list(_joined(self._categories))
        dictionaries = [Dictionary(column) for column in columns]
        codes = np.empty((len(self._positions), len(columns)), dtype=np.int32)
        for place, (one, column) in enumerate(zip(dictionaries, columns, strict=True)):
            codes[:, place] = one.codes(column)
        classes = self._data.classes[self._positions]
        return Sample(
            self._positions, classes, np.concatenate(self._numbers), codes, dictionaries
        )


def _joined(pieces: list[list[Any]]) -> Iterator[Any]:
    import pyarrow as pa

    for parts in zip(*pieces, strict=True):
        yield pa.concat_arrays(list(parts))


def plain(column: Any) -> Any:
    """Return a column in a type whose values pyarrow looks up."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return without_view(column)


def without_view(column: Any) -> Any:
    """Return views of texts as texts: pyarrow takes and compares no views."""
    import pyarrow as pa

    if str(column.type) not in ("string_view", "binary_view"):
        return column
    is_text = str(column.type) == "string_view"
    return column.cast(pa.large_string() if is_text else pa.large_binary())
