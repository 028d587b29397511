"""Where a row stands among other classes, told from its nearest rows of any class."""

from __future__ import annotations

import numpy as np


def other_class_counts(neighbors: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Count for each row the neighbours that are not of its class.

    Parameters
    ----------
    neighbors : positions of shape (n_rows, m), in the whole data
    own : positions of the rows of the class, ascending
    """
    place = np.searchsorted(own, neighbors)
    place[place == len(own)] = 0
    return np.asarray(np.count_nonzero(own[place] != neighbors, axis=1))


def is_in_danger(n_others: np.ndarray, m: int) -> np.ndarray:
    """Tell where at least half of ``m`` neighbours, but not all, are of other classes."""
    return np.asarray((n_others >= m / 2) & (n_others < m))


def is_noise(n_others: np.ndarray, m: int) -> np.ndarray:
    """Tell where all of ``m`` neighbours are of other classes."""
    return np.asarray(n_others == m)
