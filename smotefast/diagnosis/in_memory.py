"""Tables in memory, as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from smotefast.diagnosis.data import BLOCK_ROWS, Block, Columns, small_codes
from smotefast.tables import Table
from smotefast.tables.labels import label_keys

# Sparse rows are looked at as dense blocks: 65,536 rows of so many columns are 2 GiB, so blocks
# of them are shorter. Wider rows are texts or one-hot keys, in which no distance means much.
WIDEST_SPARSE = 4_096
_BLOCK_VALUES = 1 << 23


class TableData:
    """Rows of an open table.

    Parameters
    ----------
    table
        The rows.
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
        width = max(1, self._numbers.shape[1])
        step = max(1, min(BLOCK_ROWS, _BLOCK_VALUES // width))
        for start in range(0, len(self.classes), step):
            numbers = self._numbers[start : start + step]
            if not isinstance(numbers, np.ndarray):
                numbers = numbers.toarray()
            pieces = [one.slice(start, step) for one in self._categories]
            yield Block(start, np.asarray(numbers, dtype=np.float64), pieces)


def _number_columns(table: Table, columns: list[int]) -> Any:
    """Return the columns as an array, or sparse rows as they are."""
    if not columns:
        return np.empty((table.n_samples, 0))
    if table.is_sparse:
        return table.numeric()
    return np.asarray(table.select(columns).numeric())


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


def kinds_of(table: Table) -> list[str]:
    """Return what each column holds; columns of very wide sparse rows are not looked at."""
    if not table.is_sparse:
        return table.kinds()
    kind = "number" if table.n_features <= WIDEST_SPARSE else "other"
    return [kind] * table.n_features
