"""Everything that was measured, in one place, for points and advice to be made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.diagnosis.columns import ColumnFigures
from smotefast.diagnosis.data import Columns
from smotefast.diagnosis.findings import ClassFigures
from smotefast.diagnosis.sampler_facts import Judged
from smotefast.diagnosis.thresholds import JUDGED_ROWS

_SHOWN_COLUMNS = 6
_SHOWN_CLASSES = 4
_LONGEST = 40


@dataclass(frozen=True)
class Facts:
    """What is known of the data.

    Attributes
    ----------
    n_rows, columns, figures
        The data, and figures of each column by position.
    judged
        The sampler.
    classes
        Figures of each class.
    shares
        Share of the distance of each numeric column, by position in X.
    is_scaled
        Whether neighbours were found with scaled columns.
    n_left_out
        Rows without neighbours, because numbers are missing or infinite.
    unusable
        Numeric columns left out of distances: mostly missing.
    uneven
        Standard deviation of the foreign share around drawn rows, by class.
    groups
        Sizes of the groups of a class among its drawn rows.
    """

    n_rows: int
    columns: Columns
    figures: dict[int, ColumnFigures]
    judged: Judged
    classes: tuple[ClassFigures, ...]
    shares: dict[int, float]
    is_scaled: bool
    n_left_out: int
    unusable: frozenset[int]
    uneven: dict[Any, float]
    groups: dict[Any, list[int]]

    @property
    def n_features(self) -> int:
        """How many columns X has."""
        return len(self.columns.names)

    @property
    def growing(self) -> list[ClassFigures]:
        """The classes that get new rows."""
        return [one for one in self.classes if one.n_new]

    @property
    def studied(self) -> list[ClassFigures]:
        """The classes that the advice is about: they get new rows, or would by default."""
        return [one for one in self.classes if self.judged.weights.get(one.label)]

    @property
    def searched(self) -> list[ClassFigures]:
        """Studied classes of which enough rows were searched for shares to say something."""
        return [one for one in self.studied if one.n_searched >= JUDGED_ROWS]

    def keyed(self, figures: dict[int, Any]) -> dict[Any, Any]:
        """Return figures of columns by their names."""
        return {self.columns.names[j]: value for j, value in figures.items()}

    def these_have(self, columns: Sequence[int]) -> str:
        """Begin a sentence about columns: "'age' has", "Columns 0 and 3 have"."""
        return f"{sentence(self.named(columns))} {has(columns)}"

    def pooled(self, name: str) -> float:
        """Return the mean of a share over these classes, weighted by their new rows."""
        some = self.searched
        weights = np.array([self.judged.weights[one.label] for one in some], dtype=float)
        return float(np.average([getattr(one, name) for one in some], weights=weights))

    def named(self, columns: Sequence[int]) -> str:
        """Write the names of columns for a text: "'age' and 'income'", "columns 0 and 3"."""
        names = self.columns.named(columns[:_SHOWN_COLUMNS])
        listed = _listed([_quoted(name) for name in names], len(columns))
        if not all(isinstance(name, int) for name in names):
            return listed
        return f"{'columns' if len(columns) > 1 else 'column'} {listed}"


def listed_classes(labels: Sequence[Any], figures: Sequence[str]) -> str:
    """Write classes, each with a figure: "classes 1 (12%), 2 (9%) and 3 more"."""
    pairs = list(zip(labels, figures, strict=True))[:_SHOWN_CLASSES]
    shown = [f"{shown_label(label)} ({text})" for label, text in pairs]
    return f"{'classes' if len(labels) > 1 else 'class'} {_listed(shown, len(labels))}"


def _listed(shown: list[str], n: int) -> str:
    if n > len(shown):
        return f"{', '.join(shown)} and {n - len(shown)} more"
    if n > 1:
        return f"{', '.join(shown[:-1])} and {shown[-1]}"
    return shown[0]


def shown_label(label: Any) -> str:
    """Write a label for a text: quoted if it is one, and never long."""
    return _quoted(label)


def _quoted(name: Any) -> str:
    text = repr(name)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...'"


def sentence(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def has(columns: Sequence[int]) -> str:
    """Return "has" for one column and "have" for several."""
    return "have" if len(columns) > 1 else "has"


def percent(share: float) -> str:
    """Write a share, never as nothing or all where it is not."""
    if 0 < share < 0.01:
        return "less than 1%"
    return "more than 99%" if 0.99 < share < 1 else f"{share:.0%}"


def several(n: int, one: str) -> str:
    """Write a number with its noun: "1 row", "2 rows"."""
    many = {"class": "classes", "copy": "copies"}.get(one, f"{one}s")
    return f"{n:,} {one if n == 1 else many}"
