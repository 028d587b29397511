"""Targets: check y, return plain labels, and rebuild y in the caller's type of container.

New rows have labels that occur in y, so y is extended by taking rows of it. No label is
converted back to its original dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast._typing import Container, Label
from smotefast.tables.arrays import refuse_masked
from smotefast.tables.column_types import is_missing
from smotefast.tables.native_labels import (
    Take,
    arrow_labels,
    missing_labels,
    pandas_labels,
    polars_labels,
)
from smotefast.tables.protocol import library_of

_MULTILABEL = (
    "y must be one label per row, or one-hot with exactly one 1 in each row. Multilabel and "
    "multioutput targets are not supported."
)


class Target:
    """The labels of y, and y itself to take rows from.

    Parameters
    ----------
    values
        Labels of shape (n_samples,), none of them missing; for a one-hot target the position
        of the 1 in each row.
    take
        Returns rows of y by position, in the caller's type of container.
    """

    def __init__(self, values: np.ndarray, take: Take) -> None:
        self.values = values
        self._take = take

    def take(self, indices: np.ndarray) -> Container:
        """Return the labels at these positions, in the caller's type of container."""
        return self._take(indices)

    def extend(self, labels: np.ndarray) -> Container:
        """Return y with labels appended, all of which must occur in y."""
        rows = self._rows_with(labels)
        return self._take(np.concatenate([np.arange(len(self.values)), rows]))

    def _rows_with(self, labels: np.ndarray) -> np.ndarray:
        """Return for each label the position of a row that has it."""
        if not len(labels):
            return np.empty(0, dtype=np.int64)
        # Labels are ordered by class, so there are only a few runs of equal labels.
        starts = np.flatnonzero(np.r_[True, labels[1:] != labels[:-1]])
        keys = label_keys(labels[starts])
        first_rows = {label: self._first_row_with(label) for label in dict.fromkeys(keys)}
        rows = [first_rows[label] for label in keys]
        return np.repeat(rows, np.diff(np.r_[starts, len(labels)]))

    def _first_row_with(self, label: Label) -> int:
        rows = np.flatnonzero(self.values == label)
        if not len(rows):
            raise ValueError(f"Label {label!r} does not occur in y.")
        return int(rows[0])


def label_keys(labels: np.ndarray) -> list[Any]:
    """Return labels as Python objects, but dates and time spans as NumPy scalars.

    ``tolist`` would convert nanoseconds to integers and days to dates, which equal no label.
    """
    return list(labels) if labels.dtype.kind in "mM" else list(labels.tolist())


def open_target(y: Container) -> Target:
    """Open a container of labels of any library.

    Raises
    ------
    ValueError
        If y is not binary or multiclass, or has missing labels or labels that cannot be sorted.
    """
    match library_of(y):
        case "pandas":
            return _target(*pandas_labels(y))
        case "polars":
            return _target(*polars_labels(y))
        case "pyarrow":
            return _target(*arrow_labels(y))
        case "narwhals":
            from smotefast.tables.narwhals_frames import wrapper_like

            native, wrap = open_target(y.to_native()), wrapper_like(y)
            return Target(native.values, lambda indices: wrap(native.take(indices)))
        case "scipy":
            raise ValueError("y is sparse; pass y.toarray().")
    if isinstance(y, list):
        return _target(y, lambda indices: [y[i] for i in indices.tolist()])
    refuse_masked(y, "y")
    array = np.asarray(y) if hasattr(y, "__array__") else y
    if getattr(array, "dtype", None) is not None and array.dtype.kind == "T":
        # scikit-learn does not support NumPy's variable-width strings yet.
        flat = array.reshape(-1)
        return _target(array.astype(object), lambda indices: np.take(flat, indices))
    return _target(array, None)


def _target(y: Container, take: Take | None) -> Target:
    values = label_values(y)
    if take is None:
        # A column of shape (n, 1) is returned as (n,), a one-hot target in its shape.
        array = np.asarray(y)
        original = array if array.ndim == 2 and array.shape[1] > 1 else values
        return Target(values, lambda indices: np.take(original, indices, axis=0))
    return Target(values, take)


def label_values(y: Container) -> np.ndarray:
    """Return labels of shape (n_samples,), or raise if y is not a classification target.

    Parameters
    ----------
    y
        Array-like of labels, or one-hot of shape (n_samples, n_classes).
    """
    from sklearn.utils import column_or_1d
    from sklearn.utils.multiclass import check_classification_targets, type_of_target

    if _is_plain(y):
        return np.asarray(y)
    _refuse_missing(y)
    try:
        target_type = type_of_target(y, input_name="y")
    except TypeError as error:
        if "bytes" in str(error):
            raise
        raise ValueError(
            f"y mixes labels that cannot be sorted: {error}. Convert them to one type, such as "
            "text: y.astype(str)."
        ) from error
    if target_type == "multilabel-indicator":
        return _from_one_hot(np.asarray(y))
    if target_type == "unknown" and np.asarray(y).dtype == object:
        raise ValueError(_unknown_objects(y))
    if target_type not in {"binary", "multiclass", "multiclass-multioutput"}:
        try:
            check_classification_targets(y)
        except ValueError as error:
            raise ValueError(
                f"{error} Pass the labels of classes. From numbers that are measured, make "
                "classes first, such as y > 0.5."
            ) from error
    return np.asarray(column_or_1d(y))


def _is_plain(y: Container) -> bool:
    """Tell whether y is an array of integers or text, which needs no further check.

    scikit-learn sorts such an array twice to check it: 50 ms for 33,000 texts, here 1 ms.
    """
    if not (type(y) is np.ndarray and y.ndim == 1 and len(y)):
        return False
    if y.dtype.kind in "biuU":
        return True
    try:
        return y.dtype.kind == "O" and all(type(label) is str for label in set(y.tolist()))
    except TypeError:  # an unhashable label is not text
        return False


def _from_one_hot(y: np.ndarray) -> np.ndarray:
    """Return the column with the 1 of each row.

    imbalanced-learn accepts a row without a 1, as the first class.
    """
    if np.any((y != 0).sum(axis=1) != 1):
        raise ValueError(_MULTILABEL)
    return np.asarray((y != 0).argmax(axis=1))


def _unknown_objects(y: Container) -> str:
    """Return the error message for Python objects that scikit-learn does not accept."""
    labels = list(np.asarray(y).flat)
    types = sorted({type(label).__name__ for label in labels})
    name = _label_type(labels)
    step = f"[{name}(label) for label in y]" if isinstance(y, list) else f"y.astype({name})"
    return (
        "Unknown label type: unknown. y has dtype object and holds values of type "
        f"{' and '.join(types[:3])}, as frame.to_numpy()[:, -1] returns for columns of "
        f"several types. If they are classes, convert them first: {step}."
    )


def _label_type(labels: list[Any]) -> str:
    """Return the name of a Python type that can represent these labels."""
    if all(isinstance(label, bool | np.bool_) for label in labels):
        return "bool"
    try:
        is_whole = all(abs(int(label)) < 2**63 and label == int(label) for label in labels)
    except (TypeError, ValueError, OverflowError):
        return "str"
    return "int" if is_whole else "str"


def _refuse_missing(y: Container) -> None:
    from sklearn.utils import assert_all_finite

    n_missing, next_step = 0, ""
    if isinstance(y, list | tuple):
        n_missing = sum(map(is_missing, y))
    elif isinstance(y, np.ndarray) and y.dtype.kind == "f":
        n_missing = int(np.isnan(y).sum())
        if not n_missing:
            assert_all_finite(y, input_name="y")
    elif isinstance(y, np.ndarray) and y.dtype.kind in "mM":
        n_missing = int(np.isnat(y).sum())
    elif isinstance(y, np.ndarray) and y.dtype.kind == "O":
        known = [label for label in y.flat if not is_missing(label)]
        n_missing = y.size - len(known)
        if not all(isinstance(label, str) for label in known):
            name = _label_type(known)
            next_step = f", and convert the others from dtype object: y.astype({name})"
    if n_missing:
        raise missing_labels(n_missing, next_step)
