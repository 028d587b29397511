"""The parts of a diagnosis: points, figures of each class, and the recommended sampler."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

LEVELS = ("problem", "warning", "note")


@dataclass(frozen=True)
class Point:
    """One finding that matters before resampling.

    Attributes
    ----------
    name
        An identifier for programs, such as "missing_values".
    level
        "problem" (the sampler does not accept the data, or its rows would be useless),
        "warning" or "note".
    text, advice
        What was found, and what to do about it.
    label
        The class concerned; None for the whole data or for several classes, which are then
        the keys in ``values``.
    columns
        The columns concerned.
    values
        The figures behind the text.
    """

    name: str
    level: str
    text: str
    advice: str
    label: Hashable = None
    columns: tuple[Hashable, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


def class_point(
    name: str, level: str, text: str, advice: str, figure: str, values: dict[Hashable, float]
) -> Point:
    """Return a point about one class or several, with a figure for each class."""
    label = next(iter(values)) if len(values) == 1 else None
    return Point(name, level, text, advice, label=label, values={figure: values})


@dataclass(frozen=True)
class ClassFigures:
    """The size of a class, and shares of its sampled rows.

    Attributes
    ----------
    label, n_rows, n_new
        The class, its number of rows, and the number of rows that the sampler would add.
    n_searched
        Sampled rows whose neighbors were searched for among all rows.
    noise, danger, safe
        Shares of these rows with all, at least half (but not all), and fewer than half of
        their neighbors in other classes; None if no row was searched for.
    overlap
        Share of these rows whose nearest neighbor is of another class.
    overlap_as_it_is
        The same without scaling, if the other figures use scaled columns; else None.
    repeated, conflicting
        Shares of the sampled rows that have a duplicate in the class, and in another class.
    """

    label: Hashable
    n_rows: int
    n_new: int
    n_searched: int
    noise: float | None
    danger: float | None
    safe: float | None
    overlap: float | None
    overlap_as_it_is: float | None
    repeated: float
    conflicting: float


@dataclass(frozen=True)
class Recommendation:
    """The sampler that fits the data.

    Attributes
    ----------
    sampler
        The name of its class; None if the data need no resampling.
    reason
        Why this sampler.
    alternatives
        Other samplers, each with the reason for it.
    first
        What to try before resampling.
    """

    sampler: str | None
    reason: str
    alternatives: tuple[tuple[str, str], ...]
    first: str


@dataclass(frozen=True)
class Findings:
    """The attributes of a ``Diagnosis``, which describes them."""

    n_rows: int
    n_features: int
    counts: dict[Hashable, int]
    sampled: dict[Hashable, int]
    judged: str
    distance: str
    n_neighbors: int
    classes: tuple[ClassFigures, ...]
    points: tuple[Point, ...]
    advice: Recommendation
