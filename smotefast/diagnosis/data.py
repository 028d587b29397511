"""Rows as a diagnosis reads them: block by block, whether from memory or from files.

A block flows out with its numbers as one float64 matrix (NaN where a value is missing) and
its categories as Arrow arrays, so that everything after has one way to go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

BLOCK_ROWS = 1 << 16


@dataclass(frozen=True)
class Block:
    """Some rows that follow each other.

    Attributes
    ----------
    start
        Where they stand in the data.
    numbers
        Shape (n_rows, n_numbers), float64; NaN where missing.
    categories
        An Arrow array for each column that is taken as categories; null where missing.
    """

    start: int
    numbers: np.ndarray
    categories: list[Any]

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return int(self.numbers.shape[0])


@dataclass(frozen=True)
class Columns:
    """The columns of X, and how each is taken.

    Attributes
    ----------
    names
        Names, or positions where the columns have none.
    kinds
        "number", "boolean", "text", "category" or "other", as tables tell.
    numbers, categories, others
        Positions of those that are taken as numbers, as categories, and not at all.
    """

    names: list[Any]
    kinds: list[str]
    numbers: list[int]
    categories: list[int]

    @property
    def others(self) -> list[int]:
        """Positions of columns that no distance can be taken in."""
        taken = {*self.numbers, *self.categories}
        return [j for j in range(len(self.names)) if j not in taken]

    def named(self, columns: Sequence[int]) -> tuple[Any, ...]:
        """Return the names of some columns."""
        return tuple(self.names[j] for j in columns)


class Data(Protocol):
    """Rows, and the class of each.

    Attributes
    ----------
    columns
        What there is and how it is taken.
    labels
        The classes, in label order.
    classes
        For each row the position of its class in ``labels``.
    """

    columns: Columns
    labels: list[Any]
    classes: np.ndarray

    def blocks(self) -> Iterator[Block]:
        """Read all rows in order, once more each time."""
        ...


def take_columns(names: list[Any], kinds: list[str], declared: set[int]) -> Columns:
    """Decide what is taken as numbers: numbers that were not declared to be categories."""
    numbers = [j for j, kind in enumerate(kinds) if kind == "number" and j not in declared]
    categories = [j for j, kind in enumerate(kinds) if j not in numbers and kind != "other"]
    return Columns(names, kinds, numbers, categories)


def small_codes(n_classes: int) -> np.dtype[Any]:
    """Return the smallest type that numbers the classes: one byte a row for up to 127."""
    return np.min_scalar_type(-n_classes)
