"""The ``Diagnosis`` that users get: figures, findings, and the report in several formats."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from smotefast._messages import list_names
from smotefast.report.plain_values import to_plain

if TYPE_CHECKING:
    from smotefast.diagnosis.pictures import Pictures

LEVELS = ("problem", "warning", "note")
KINDS = ("noise", "danger", "safe")


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
    threshold
        The figure from which on the finding has this level; None if there is none.
    text, advice, code
        What was found, what to do about it, and the next step as Python code.
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
    threshold: float | None
    text: str
    advice: str
    code: str
    label: Hashable = None
    columns: tuple[Hashable, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


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
    unevenness
        Standard deviation of the share of other classes among the neighbors of a row.
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
    unevenness: float | None
    repeated: float
    conflicting: float


@dataclass(frozen=True)
class Step:
    """A question of the decision guide, the answer of these data, and what it suggests.

    Attributes
    ----------
    question, answer, reason
        The question, whether it applies to the data, and the figures behind the answer.
    candidates
        Names of samplers and other options of ``compare``.
    """

    question: str
    answer: bool
    reason: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What is likely to go wrong when a data set is resampled, and what to compare.

    ``print`` it, display it in a notebook, or read its attributes.

    Attributes
    ----------
    n_rows, n_features
        Size of the data.
    counts
        Number of rows of each class, in label order.
    minority, imbalance
        The smallest class, and the size of the largest one divided by its size.
    sampled
        Number of rows of each class that were sampled for a closer look.
    judged
        The sampler that the points are about; SMOTE's defaults if none was given.
    distance
        The distance used for neighbors, in words.
    n_neighbors
        Number of neighbors that decides between noise, danger and safe.
    classes
        Figures of each class.
    points
        The findings, most serious first.
    guide
        The path through the decision guide.
    candidates
        What to try, for ``compare(X, y, samplers=report.candidates)``.
    rows
        Positions in X of the searched rows of each class: "noise", "danger" and "safe".
    """

    n_rows: int
    n_features: int
    counts: dict[Hashable, int]
    minority: Hashable
    imbalance: float
    sampled: dict[Hashable, int]
    judged: str
    distance: str
    n_neighbors: int
    classes: tuple[ClassFigures, ...]
    points: tuple[Point, ...]
    guide: tuple[Step, ...]
    candidates: tuple[str, ...]
    rows: dict[Hashable, dict[str, list[int]]]
    pictures: Pictures = field(repr=False, compare=False)

    def __str__(self) -> str:
        from smotefast.diagnosis.text import to_text

        return to_text(self)

    def has(self, level: str) -> bool:
        """Tell whether a finding has this level, or a more serious one."""
        if level not in LEVELS:
            raise ValueError(f"level={level!r} is not one of {list_names(LEVELS)}.")
        serious = LEVELS[: LEVELS.index(level) + 1]
        return any(point.level in serious for point in self.points)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dicts, lists, strings and numbers for ``json.dumps``.

        All keys are strings. ``classes`` holds the labels as they are.
        """
        names = (each.name for each in fields(self) if each.name != "pictures")
        return {name: to_plain(getattr(self, name)) for name in names}

    def to_html(self) -> str:
        """Return a self-contained HTML page with pictures, without scripts."""
        from smotefast.diagnosis.page import to_html_page

        return to_html_page(self)

    def _repr_html_(self) -> str:
        from smotefast.diagnosis.page import to_html_fragment

        return to_html_fragment(self)
