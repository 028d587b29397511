"""Columns of numbers for categories, so that cells separate rows by them as well.

A category has a value in its column in rows that have it and 0 in others. With the root of half
the weight as value, two rows of different categories are as far apart as the weight says if
both have a column, and closer if not. A column with two categories needs one value, the root of
the weight. So the distance of the columns is at most the true one, and a bound on it holds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from smotefast.neighbors.queries import DensePoints, row_sample

# Categories that get a column, at most: those that rows differ by most.
MOST_LEVELS = 48
# Rows that categories are counted in, or up to twice as many.
_SAMPLE = 4096


class Levels(NamedTuple):
    """Categories that get a column.

    Attributes
    ----------
    columns, codes
        Column of each category and its code there, shape (n_levels,), int32.
    values
        Its value in rows of it, shape (n_levels,), float64.
    """

    columns: np.ndarray
    codes: np.ndarray
    values: np.ndarray


def frequent_levels(points: DensePoints) -> Levels:
    """Choose the categories that get a column, by their variance on a sample of the rows."""
    found: list[tuple[float, int, int, float]] = []
    for column, codes in enumerate(row_sample(points.codes, _SAMPLE).T):
        levels, counts = np.unique(codes, return_counts=True)
        if len(levels) < 2:
            continue
        has_two = len(levels) == 2
        value = _root_below(
            points.weight if has_two else points.weight / 2, points.values.dtype
        )
        for level, share in zip(levels[has_two:], counts[has_two:] / len(codes), strict=True):
            found.append((-share * (1 - share) * value**2, column, int(level), value))
    found = sorted(found)[:MOST_LEVELS]
    return Levels(
        np.array([column for _, column, _, _ in found], dtype=np.int32),
        np.array([level for _, _, level, _ in found], dtype=np.int32),
        np.array([value for *_, value in found], dtype=np.float64),
    )


def _root_below(squared: float, dtype: np.dtype[Any]) -> float:
    """Return a root whose square is not above, in the dtype of the rows."""
    root = dtype.type(np.sqrt(squared))
    return float(np.nextafter(root, dtype.type(0)))


def embed(points: DensePoints, levels: Levels, rows: np.ndarray | slice) -> np.ndarray:
    """Return the numbers of some rows, followed by the columns of the levels."""
    values: np.ndarray = points.values[rows]
    if not len(levels.codes):
        return values
    has = points.codes[rows][:, levels.columns] == levels.codes
    return np.hstack([values, has * levels.values.astype(values.dtype)])
