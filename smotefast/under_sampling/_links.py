"""Tomek links: two rows of different classes, each the nearest of the other.

At most one row of a link is of the largest class, so the other classes are searched for, and
then only the rows that they point at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

import numpy as np

from smotefast.engine.sampling_strategy import Counts, largest_class

# Takes positions of rows, ascending; returns the position of the nearest other row of each.
Nearest = Callable[[np.ndarray], np.ndarray]


class LabelledRows(Protocol):
    """Rows of which the positions of each class are known."""

    @property
    def sizes(self) -> Counts: ...  # rows of each class, in label order

    def positions(self, label: Any) -> np.ndarray:
        """Return where the rows of one class stand, ascending."""
        ...


def linked_rows(
    rows: LabelledRows, cleaned: Collection[Any], searched: list[Any], nearest: Nearest
) -> np.ndarray:
    """Return the positions of the rows of some classes that are in a Tomek link, ascending.

    Parameters
    ----------
    rows
        The data.
    cleaned
        The classes.
    searched
        The classes whose rows are searched for at first, as ``searched_classes`` says.
    nearest
        The search among rows of all classes.
    """
    if not cleaned:
        return np.empty(0, dtype=np.int64)
    members = [rows.positions(label) for label in searched]
    own = np.concatenate(members)
    order = np.argsort(own)
    own = own[order]
    label = np.repeat(np.arange(len(searched)), [len(each) for each in members])[order]
    target = nearest(own)
    place = np.minimum(np.searchsorted(own, target), len(own) - 1)
    is_inside = own[place] == target  # else the nearest row is of a class not searched for
    is_linked = is_inside & (label[place] != label) & (target[place] == own)
    pointing = np.flatnonzero(~is_inside)
    pointed = np.unique(target[pointing])
    back = nearest(pointed)
    is_linked[pointing] = back[np.searchsorted(pointed, target[pointing])] == own[pointing]
    is_cleaned = np.array([each in cleaned for each in searched])[label]
    removed = own[is_linked & is_cleaned]
    others = [each for each in rows.sizes if each not in searched]
    if any(each in cleaned for each in others):  # then it is one, and its rows were pointed at
        removed = np.union1d(removed, target[is_linked & ~is_inside])
    return np.asarray(removed)


def searched_classes(sizes: Counts, cleaned: Collection[Any]) -> list[Any]:
    """Return the classes whose rows are searched for at first, the fewer rows of two ways.

    Every link that counts has a row in one of the classes to clean, and one outside of the
    largest class; or of any other single class.
    """
    others = [label for label in sizes if label != largest_class(sizes)]
    of_cleaned = [label for label in sizes if label in cleaned]
    return min(of_cleaned, others, key=lambda labels: sum(sizes[label] for label in labels))
