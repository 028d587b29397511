"""Count rows by class, and by category and class; integer codes of the labels."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from smotefast.tables.labels import label_keys

Counts = dict[Any, int]


def class_counts(y: np.ndarray) -> Counts:
    """Count the rows of each class, in label order."""
    if y.dtype.kind == "O":  # 33,000 texts: sorting takes 8 ms, counting 1 ms
        counted = Counter(y.tolist())
        return {label: counted[label] for label in sorted(counted)}
    labels, counts = np.unique(y, return_counts=True)
    return dict(zip(label_keys(labels), counts.tolist(), strict=True))


def class_codes(y: np.ndarray, counts: Counts) -> np.ndarray:
    """Return the index of each label among the classes, which are in label order."""
    if y.dtype.kind == "O":
        index = {label: code for code, label in enumerate(counts)}
        return np.fromiter((index[label] for label in y.tolist()), np.int32, len(y))
    return np.searchsorted(np.array(list(counts), dtype=y.dtype), y).astype(np.int32)


def smallest_class(counts: Counts) -> Any:
    """Return the label of the smallest class; of several the lowest."""
    return min(counts, key=counts.__getitem__)


def largest_class(counts: Counts) -> Any:
    """Return the label of the largest class; of several the lowest."""
    return max(counts, key=counts.__getitem__)


def counts_by_class(codes: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Count the rows of each class that have each category.

    Parameters
    ----------
    codes
        Codes of all rows, shape (n_rows, n_columns).
    y
        Label of each row.

    Returns
    -------
    list of arrays of shape (n_categories, n_classes)
        One for each column.
    """
    classes, labels = np.unique(y, return_inverse=True)
    counts = []
    for column in codes.T:
        shape = (int(column.max()) + 1, len(classes))
        both = column * np.int64(len(classes)) + labels
        counts.append(np.bincount(both, minlength=shape[0] * shape[1]).reshape(shape))
    return counts
