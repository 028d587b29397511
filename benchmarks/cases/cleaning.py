"""Under-samplers, cleaners and combinations: what they keep, and how fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.cases.turns import Side, compared, ratio
from benchmarks.data import arrays
from benchmarks.plan import Plan
from benchmarks.programs import EXACT, OURS, THEIRS

# Share of the majority in clusters of the minority: there is something to clean.
_OVERLAP = 0.05
_LARGE, _QUICK = (500_000, 50_000), (1_100, 100)  # rows, and those of the minority
_LIMIT = 600.0  # seconds for the only call of imbalanced-learn on large data
_SPEED_EXACT = 3

Case = Callable[[Plan], dict[str, Any]]


class Cleaning(NamedTuple):
    """A sampler and how it is measured.

    ``speed`` is how many times as fast as imbalanced-learn it should be, ``later`` and
    ``rounds`` how often each side is called, ``size`` the rows and those of the minority;
    ``has_search`` says that it can be told to search exactly. What has a ``speed`` is measured
    on large data as well.
    """

    name: str
    sampler: str
    speed: float | None
    parameters: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it
    later: tuple[int, int] = (5, 1)
    rounds: int = 3
    size: tuple[int, int] = (55_000, 5_000)
    has_search: bool = True

    def title(self, size: tuple[int, int]) -> str:
        """Return the title of a case of this size."""
        told = "".join(f", {name} {value}" for name, value in self.parameters.items())
        shape = f"{size[0]:,} x 20 float64, {size[1]:,} minority"
        return f"{self.sampler}{told}, {shape}"

    def sides(self) -> dict[str, Side]:
        """Return both searches of ours, if there are two, and imbalanced-learn's side."""
        given, (ours, theirs) = self.parameters, self.later
        sides = {OURS: Side(OURS, ours, self.sampler, given, speed=self.speed)}
        if self.has_search:
            exact = {**given, "search": "exact"}
            sides[EXACT] = Side(OURS, ours, self.sampler, exact, speed=_SPEED_EXACT)
        return sides | {THEIRS: Side(THEIRS, theirs, self.sampler, given)}


def _near_miss(version: int, later: tuple[int, int] = (5, 3)) -> Cleaning:
    given = {"version": version}
    name = f"near_miss_{version}"
    return Cleaning(name, "NearMiss", 3, given, later, has_search=False)


SAMPLERS = (
    Cleaning("smote_enn", "SMOTEENN", 15),
    Cleaning("smote_tomek", "SMOTETomek", 15),
    Cleaning("tomek_links", "TomekLinks", 15),
    Cleaning("edited", "EditedNearestNeighbours", 10),
    Cleaning("repeated_edits", "RepeatedEditedNearestNeighbours", 10),
    Cleaning("all_knn", "AllKNN", 20),
    Cleaning("cleaning_rule", "NeighbourhoodCleaningRule", 10),
    Cleaning("one_sided", "OneSidedSelection", 8),
    _near_miss(1),
    _near_miss(2, later=(5, 1)),
    _near_miss(3),
    # imbalanced-learn asks a classifier about each row by itself: 34 s for 11,000 rows.
    Cleaning(
        "condensed", "CondensedNearestNeighbour", None, size=(11_000, 1_000), rounds=2,
        has_search=False,
    ),
    Cleaning("random_under", "RandomUnderSampler", None, later=(30, 30), has_search=False),
)  # fmt: skip


def _usual(one: Cleaning) -> Case:
    """Return the case of a sampler at the size where all are measured."""

    def measured(plan: Plan) -> dict[str, Any]:
        title, folder = one.title(one.size), _data(plan, one.size)
        result = compared(plan, title, folder, one.sides(), one.rounds)
        result["notes"].append(_note())
        return result

    measured.__name__ = f"{one.name}_{one.size[0] // 1000}k"
    return measured


def _large(one: Cleaning) -> Case:
    """Return the case of a sampler on large data: one call, which may take too long."""

    def measured(plan: Plan) -> dict[str, Any]:
        sides = {
            name: side._replace(later=0, rounds=1, speed=None)
            for name, side in one.sides().items()
        }
        sides[THEIRS] = sides[THEIRS]._replace(more={"limit": _LIMIT})
        title = f"{one.title(_LARGE)}, one call"
        result = compared(plan, title, _data(plan, _LARGE), sides, 1)
        found = result["sides"]
        if "refused" not in found[THEIRS]:
            speed = {"measured": ratio(found, what="first_call")}
            result["speed"] = speed | {"is_least": "stopped" in found[THEIRS]}
        result["notes"].append(f"imbalanced-learn was given {_LIMIT:.0f} s. {_note()}")
        return result

    measured.__name__ = f"{one.name}_{_LARGE[0] // 1000}k"
    return measured


def _data(plan: Plan, size: tuple[int, int]) -> str:
    n_samples, n_minority = _QUICK if plan.quick else size
    return arrays(plan.folder, n_samples, n_minority, 20, "float64", _OVERLAP)


def _note() -> str:
    return f"{_OVERLAP:.0%} of the majority rows lie in the clusters of the minority."


CLEANING = tuple(map(_usual, SAMPLERS))
LARGE_CLEANING = tuple(_large(one) for one in SAMPLERS if one.speed)
