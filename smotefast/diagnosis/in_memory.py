"""Tables in memory, as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from smotefast.diagnosis.data import BLOCK_ROWS, Block, Columns, small_codes
from smotefast.tables import Table
from smotefast.tables.labels import label_keys


class TableData:
    """Rows of an open table.

    Parameters
    ----------
    table
        The rows, not sparse.
    columns
        How its columns are taken.
    y
        Labels of shape (n_samples,).
    """

    def __init__(self, table: Table, columns: Columns, y: np.ndarray) -> None:
        self.columns = columns
        labels, classes = np.unique(y, return_inverse=True)
        self.labels = label_keys(labels)
        self.classes = classes.reshape(-1).astype(small_codes(len(labels)))
        self._numbers = _number_columns(table, columns.numbers)
        self._categories = [_category_column(table, j) for j in columns.categories]

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order."""
        for start in range(0, len(self.classes), BLOCK_ROWS):
            rows = slice(start, start + BLOCK_ROWS)
            numbers = np.asarray(self._numbers[rows], dtype=np.float64)
            pieces = [one.slice(start, BLOCK_ROWS) for one in self._categories]
            yield Block(start, numbers, pieces)


def _number_columns(table: Table, columns: list[int]) -> np.ndarray:
    if not columns:
        return np.empty((table.n_samples, 0))
    try:
        return np.asarray(table.select(columns).numeric())
    except ValueError:  # a column of objects that are numbers, which samplers refuse
        return np.column_stack([_as_numbers(table, j) for j in columns])


def _as_numbers(table: Table, column: int) -> np.ndarray:
    codes, values = table.codes(column)
    numbers = np.array([np.nan if one is None else float(one) for one in values])
    return np.asarray(numbers[codes])


def _category_column(table: Table, column: int) -> Any:
    """Return a column as Arrow: texts by a dictionary, anything else by its codes."""
    import pyarrow as pa

    codes, values = table.codes(column)
    holes = codes == len(values) - 1 if values and values[-1] is None else None
    if all(isinstance(one, str) or one is None for one in values):
        known = [one for one in values if one is not None]
        indices = pa.array(codes, mask=holes)
        return pa.DictionaryArray.from_arrays(indices, pa.array(known, pa.large_string()))
    return pa.array(codes, mask=holes)
