"""Rows of several labels in turn, until each label is balanced: ML-ROS and ML-RUS.

In a round each label draws a row. Several rounds are drawn together, and the counts of the
labels after each row are running sums, so that no step is made for a single row.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

# Counts of labels that are computed together.
_COUNTS = 1 << 20

# Takes indices of labels, a number of rounds, and the rows of the last call that count; returns
# rows in the order of their draws, and the index of the label of each.
Draw = Callable[[list[int], int, np.ndarray], tuple[np.ndarray, np.ndarray]]


def rows_in_turn(
    matrix: csr_array,
    labels: np.ndarray,
    n: int,
    draw: Draw,
    *,
    sign: int,
    is_balanced: Callable[[np.ndarray], np.ndarray],
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
        Draws the rows of some rounds.
    sign
        1 if rows are added, -1 if they are removed.
    is_balanced
        Takes imbalance ratios of labels after a row of them is drawn.

    Returns
    -------
    ndarray
        Positions of rows, in the order of their draws.
    """
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.int64)
    active, drawn, n_rounds = list(range(len(labels))), [np.empty(0, dtype=np.int64)], 1
    while n > 0 and active:
        rows, which = (values[:n] for values in draw(active, n_rounds, drawn[-1]))
        if not len(rows):
            break
        after = counts + sign * np.cumsum(matrix[rows].toarray(), axis=0, dtype=np.int64)
        with np.errstate(divide="ignore", invalid="ignore"):
            irlbl = after.max(axis=1) / after[np.arange(len(rows)), labels[which]]
        balanced = np.flatnonzero(is_balanced(irlbl))
        n_kept = int(balanced[0]) + 1 if len(balanced) else len(rows)
        drawn.append(rows[:n_kept])
        counts, n = after[n_kept - 1], n - n_kept
        if len(balanced):
            at = active.index(int(which[n_kept - 1]))
            active = active[at + 1 :] + active[:at]  # the turn of the next label
            n_rounds = max(1, n_rounds // 2)
        elif 2 * n_rounds * len(active) * len(counts) <= _COUNTS:
            n_rounds *= 2
    return np.concatenate(drawn)
