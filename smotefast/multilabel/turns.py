"""Rows of several labels in turn, until each label is balanced: ML-ROS and ML-RUS."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

# Takes the index of a label and returns a row that has it; -1 if there is none.
Draw = Callable[[int], int]


class RunningCounts:
    """Rows with each label, and with the most frequent one, while rows come or go.

    A change takes time in proportion to the labels of the row.

    Parameters
    ----------
    matrix
        All labels, shape (n_samples, n_labels).
    sign
        1 if rows are added, -1 if they are removed.
    """

    def __init__(self, matrix: csr_array, sign: int) -> None:
        self._labels, self._ends, self._sign = matrix.indices, matrix.indptr, sign
        self._counts = np.bincount(matrix.indices, minlength=matrix.shape[1]).tolist()
        self._n_with = Counter(self._counts)  # labels with this number of rows
        self._most = max(self._counts)

    def change(self, row: int) -> None:
        """Add or remove a row."""
        for label in self._labels[self._ends[row] : self._ends[row + 1]].tolist():
            before = self._counts[label]
            after = self._counts[label] = before + self._sign
            self._n_with[before] -= 1
            self._n_with[after] += 1
            self._most = max(self._most, after)
        while self._most and not self._n_with[self._most]:
            self._most -= 1

    def irlbl(self, label: int) -> float:
        """Return the imbalance ratio of a label."""
        count = self._counts[label]
        return float(self._most / count) if count else np.inf


def rows_in_turn(
    matrix: csr_array,
    labels: np.ndarray,
    n: int,
    draw: Draw,
    *,
    sign: int,
    is_balanced: Callable[[float], bool],
) -> np.ndarray:
    """Draw a row for each label in turn, and drop a label once it is balanced.

    Parameters
    ----------
    matrix
        All labels, shape (n_samples, n_labels).
    labels
        The labels to balance, by position.
    n
        Number of rows, unless all labels are balanced before.
    draw
        Takes the index of one of ``labels``.
    sign
        1 if rows are added, -1 if they are removed.
    is_balanced
        Takes the imbalance ratio of a label after a row of it is drawn.

    Returns
    -------
    ndarray
        Positions of rows, in the order of their draws.
    """
    counts = RunningCounts(matrix, sign)
    drawn: list[int] = []
    active = deque(enumerate(labels.tolist()))
    while len(drawn) < n and active:
        index, label = active.popleft()
        row = draw(index)
        if row < 0:
            continue
        drawn.append(row)
        counts.change(row)
        if not is_balanced(counts.irlbl(label)):
            active.append((index, label))
    return np.array(drawn, dtype=np.int64)
