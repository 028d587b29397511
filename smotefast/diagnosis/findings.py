"""What was counted, what was found, and which sampler fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LEVELS = ("problem", "warning", "note")


@dataclass(frozen=True)
class Point:
    """One thing that is worth knowing before resampling.

    Attributes
    ----------
    name
        For programs, such as "missing_values".
    level
        "problem" (the sampler refuses, or what it makes is not worth having), "warning" or
        "note".
    text, advice
        What is the case, and what to do about it.
    label
        The class that it is about; None for all of the data, or for several classes, which
        are then keys in ``values``.
    columns
        The columns that it is about.
    values
        The figures behind it.
    """

    name: str
    level: str
    text: str
    advice: str
    label: Any = None
    columns: tuple[Any, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassFigures:
    """A class and what stands around its drawn rows.

    Attributes
    ----------
    label, n_rows, n_new
        The class, its rows, and the rows that the sampler would make.
    n_searched
        Drawn rows whose neighbours were looked for among all rows.
    noise, danger, safe
        Shares of these that have only foreign rows, at least half, and fewer than half among
        their neighbours; None where none were searched.
    overlap
        Share of which the nearest row is foreign.
    overlap_as_it_is
        The same without scaling, where the figures are of scaled columns; else None.
    repeated, conflicting
        Shares of the drawn rows that come again in the class, and in another.
    """

    label: Any
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
    """Which sampler fits.

    Attributes
    ----------
    sampler
        Its name; None where no resampling is needed.
    reason
        Why.
    alternatives
        Other samplers, and when.
    first
        What to try before any resampling.
    """

    sampler: str | None
    reason: str
    alternatives: tuple[tuple[str, str], ...]
    first: str


@dataclass(frozen=True)
class Findings:
    """The figures of a ``Diagnosis``, whose description says what they are."""

    n_rows: int
    n_features: int
    counts: dict[Any, int]
    sampled: dict[Any, int]
    judged: str
    distance: str
    n_neighbors: int
    classes: tuple[ClassFigures, ...]
    points: tuple[Point, ...]
    advice: Recommendation
