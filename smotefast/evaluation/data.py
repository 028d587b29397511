"""The rows of a comparison: one matrix of numbers and category codes, and the class of each."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smotefast._messages import did_you_mean, list_names
from smotefast.engine.column_checks import is_key
from smotefast.neighbors.row_hashes import hash_rows
from smotefast.tables import Table, open_table, open_target
from smotefast.tables.column_types import is_missing
from smotefast.tables.labels import label_keys

# Dense float64 values that a sparse X may become: 1.6 GB.
_MOST_VALUES = 200_000_000
# A column of text with so many rows and no value twice identifies rows.
_KEY_ROWS = 20


@dataclass(frozen=True)
class EvaluationData:
    """Rows of numbers and categories, and the class of each.

    Attributes
    ----------
    matrix
        Shape (n_rows, n_columns), float64; a category is a code, NaN is a missing value.
    names
        Names of the columns, or their positions in X if they have none.
    categorical
        Whether each column holds categories, shape (n_columns,).
    y
        The class of each row, as an index into ``labels``.
    labels
        The classes, in label order.
    groups, times
        Codes of groups whose rows are in one fold; ranks in time. None without them.
    scaling
        How numbers are scaled, see ``preprocessing.SCALERS``.
    left_out
        Classes whose rows are left out.
    """

    matrix: np.ndarray
    names: list[Hashable]
    categorical: np.ndarray
    y: np.ndarray
    labels: list[Any]
    groups: np.ndarray | None = None
    times: np.ndarray | None = None
    scaling: str = "standard"
    left_out: tuple[Any, ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def counts(self) -> np.ndarray:
        """Rows of each class, in label order."""
        return np.bincount(self.y, minlength=len(self.labels))

    @property
    def positive(self) -> int:
        """The smallest class; of two of one size the second."""
        counts = self.counts[::-1]
        return len(counts) - 1 - int(np.argmin(counts))

    def take(self, rows: np.ndarray) -> EvaluationData:
        """Return some of the rows."""
        groups = None if self.groups is None else self.groups[rows]
        times = None if self.times is None else self.times[rows]
        return replace(
            self, matrix=self.matrix[rows], y=self.y[rows], groups=groups, times=times
        )

    def without_classes(self, classes: Collection[int]) -> EvaluationData:
        """Return the rows of the other classes."""
        kept = [c for c in range(len(self.labels)) if c not in classes]
        data = self.take(np.flatnonzero(np.isin(self.y, kept)))
        return replace(
            data,
            y=np.searchsorted(kept, data.y),
            labels=[self.labels[c] for c in kept],
            left_out=tuple(self.labels[c] for c in classes),
        )

    def hashes(self) -> np.ndarray:
        """Return a hash of each row; equal rows have equal hashes."""
        values = self.matrix + 0.0  # -0.0 becomes 0.0
        values[np.isnan(values)] = np.nan
        return hash_rows(values, np.empty((self.n_rows, 0), dtype=np.int32))


def read_data(
    X: Any,
    y: Any,
    *,
    groups: Any,
    time: Any,
    categorical: Iterable[Hashable],
    scaling: str = "standard",
) -> tuple[EvaluationData, list[str]]:
    """Return the rows of a container, and warnings about columns that are left out.

    Raises
    ------
    ValueError
        If lengths differ, a number is infinite, or no column is left.
    """
    table, target = open_table(X), open_target(y)
    _check_length(table.n_samples, len(target.values), "y")
    labels, codes = np.unique(target.values, return_inverse=True)
    names: list[Hashable] = list(range(table.n_features))
    if table.names is not None:
        names = list(table.names)
    matrix, kinds, warnings = _matrix(table, names, set(categorical))
    used = [j for j, kind in enumerate(kinds) if kind != "left out"]
    if not used:
        raise ValueError("X has no column of numbers or categories to compare samplers on.")
    data = EvaluationData(
        np.ascontiguousarray(matrix[:, used]),
        [names[j] for j in used],
        np.array([kinds[j] == "category" for j in used]),
        codes.astype(np.int64),
        label_keys(labels),
        _ranks(groups, table.n_samples, "groups"),
        _ranks(time, table.n_samples, "time"),
        scaling,
    )
    return data, warnings


def _check_length(n_rows: int, n: int, name: str) -> None:
    if n != n_rows:
        raise ValueError(f"X has {n_rows} rows and {name} has {n}; pass one value per row.")


def _matrix(
    table: Table, names: list[Hashable], categorical: set[Hashable]
) -> tuple[np.ndarray, list[str], list[str]]:
    """Return all columns as numbers, the kind of each, and warnings."""
    unknown = categorical - set(names)
    if unknown:
        first = next(iter(unknown))
        raise ValueError(
            f"categorical={sorted(map(str, unknown))} names no column of X."
            f"{did_you_mean(first, names)} The columns are {list_names(names)}."
        )
    if table.is_sparse:
        return _dense(table), ["number"] * table.n_features, []
    matrix = np.empty((table.n_samples, table.n_features))
    kinds, warnings = [], []
    for j, column_type in enumerate(table.column_types()):
        kind = "number" if column_type == "number" else "category"
        kind = "category" if names[j] in categorical else kind
        if column_type == "other":
            kind, reason = "left out", "it holds neither numbers nor categories"
        else:
            matrix[:, j] = _column(table, j, kind, names[j])
            is_text = column_type == "text"
            if (is_text or kind == "number") and _is_key(matrix[:, j], is_text):
                kind, reason = "left out", "no value occurs twice"
        if kind == "left out":
            warnings.append(f"Column {names[j]!r} is not used: {reason}.")
        kinds.append(kind)
    return matrix, kinds, warnings


def _dense(table: Table) -> np.ndarray:
    if table.n_samples * table.n_features > _MOST_VALUES:
        raise ValueError(
            f"X is sparse, and {table.n_samples:,} x {table.n_features:,} dense values are too "
            "many. Reduce the columns first, as with TruncatedSVD, or use fewer rows: max_rows."
        )
    rows: Any = table.to_matrix()
    return np.asarray(rows.toarray(), dtype=np.float64)


def _column(table: Table, j: int, kind: str, name: Hashable) -> np.ndarray:
    """Return a column as numbers, or as codes of categories."""
    if kind == "category":
        codes, categories = table.encode(j)
        values = np.asarray(codes, dtype=np.float64)
        if categories and categories[-1] is None:
            values[values == len(categories) - 1] = np.nan
        return values
    values = np.asarray(table.select([j]).to_matrix(), dtype=np.float64)[:, 0]
    if np.isinf(values).any():
        raise ValueError(
            f"Column {name!r} has infinite values. Replace them by a number or by a missing "
            "value."
        )
    return values


def _is_key(values: np.ndarray, is_text: bool) -> bool:
    """Whether no value of text occurs twice, or of integers that are keys, as row numbers."""
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    if len(known) < _KEY_ROWS or len(distinct) < len(known):
        return False
    is_whole = bool((known == np.rint(known)).all())
    return is_text or (is_whole and is_key(distinct, len(known)))


def _ranks(values: Any, n_rows: int, name: str) -> np.ndarray | None:
    """Return values of any type that can be sorted as ranks from 0 on."""
    if values is None:
        return None
    array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    _check_length(n_rows, len(array), name)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; pass one value per row.")
    if any(map(is_missing, array.tolist() if array.dtype.kind in "Of" else [])) or (
        array.dtype.kind in "mM" and np.isnat(array).any()
    ):
        raise ValueError(f"{name} has missing values. Fill them, or leave out their rows.")
    try:
        return np.asarray(np.unique(array, return_inverse=True)[1])
    except TypeError as error:
        raise ValueError(f"The values of {name} cannot be sorted: {error}.") from error
