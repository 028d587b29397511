"""The table of cases that compare one sampler of both libraries on one data set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.data import arrays, mixed_arrays, nominal_arrays
from benchmarks.programs import EXACT, OURS, THEIRS
from benchmarks.turns import (
    Found,
    Plan,
    Side,
    claim,
    compared,
    ratio,
    whole_processes,
)

_LIMIT = 600.0  # seconds for the only call of imbalanced-learn on large data
Data = Callable[[Plan], str]


class Study(NamedTuple):
    """A sampler on a data set.

    Attributes
    ----------
    rounds
        Processes of each side.
    recall
        Whether to measure the recall of the neighbors that were used.
    whole
        How many whole processes to measure as well.
    is_one_call
        Whether there is a single call, which may take too long.
    is_equal
        Whether all rows must be those of imbalanced-learn.
    """

    name: str
    title: str
    data: Data
    sides: dict[str, Side]
    rounds: int = 3
    recall: bool = False
    whole: int = 0
    is_one_call: bool = False
    is_equal: bool = False
    notes: tuple[str, ...] = ()

    def measure(self, plan: Plan) -> Found:
        """Return what is stored of the case."""
        folder = self.data(plan)
        result = compared(plan, self.title, folder, self.sides, self.rounds)
        found, ours = result["sides"], self.sides[OURS]
        if self.recall:
            answer = ours._replace(later=0).call(folder, recall=True)
            result["claims"].append(claim("recall@5", 0.95, answer["recall"], ""))
        if self.is_equal:
            equal = found[OURS]["rows_equal"]
            result["claims"].append(claim("rows equal bit for bit", 1, equal, ""))
        if self.whole:
            whole = whole_processes(plan, folder, self.whole, ours.sampler, **ours.parameters)
            for name, side in whole.items():
                found[name].update(side, peak_bytes=found[name]["peak_bytes"])
            speed = ratio(whole, what="process_wall")
            result["claims"].append(claim("speed, whole process", 1, speed))
        if self.is_one_call and "refused" not in found[THEIRS]:
            least = {"is_least": "stopped" in found[THEIRS]}
            result["speed"] = {"measured": ratio(found, what="first_call"), **least}
        result["notes"] += self.notes
        return result


def _both(
    sampler: str,
    speed: float | None,
    later: tuple[int, int] = (5, 1),
    exact: float | None = None,
    their_rounds: int | None = None,
    **how: Any,
) -> dict[str, Side]:
    """Return ours, ours with exact search if it has a target, and imbalanced-learn's side."""
    sides = {OURS: Side(OURS, later[0], sampler, speed=speed, **how)}
    if exact is not None:
        given = {**how.get("parameters", {}), "search": "exact"}
        sides[EXACT] = Side(OURS, later[0], sampler, given, speed=exact)
    return sides | {THEIRS: Side(THEIRS, later[1], sampler, rounds=their_rounds, **how)}


def _arrays(
    full: tuple[int, int],
    quick: tuple[int, int],
    n_features: int,
    dtype: str,
    overlap: float = 0,
) -> Data:
    """Return data of two classes: all rows and those of the minority, at both sizes."""

    def data(plan: Plan) -> str:
        return arrays(plan.folder, *(quick if plan.quick else full), n_features, dtype, overlap)

    return data


def _mixed(plan: Plan) -> str:
    n_samples = plan.size(55_000, 1_100)
    return mixed_arrays(plan.folder, n_samples, n_samples // 11)


def _nominal(plan: Plan) -> str:
    return nominal_arrays(plan.folder, [plan.size(n, n // 20) for n in (14_000, 4_000, 2_000)])


_LARGE = _arrays((300_000, 100_000), (6_000, 2_000), 30, "float32")
_MIDDLE = _arrays((55_000, 5_000), (1_100, 100), 20, "float64")
# Shares of the majority in clusters of the minority: some rows are in danger, some are safe.
_OVERLAP, _OVERLAP_OF_MANY = 0.3, 0.05  # of 2 and of 9 rows of the majority for one
_OVERLAP_NOTE = "{:.0%} of the majority rows lie in the clusters of the minority."


def _near_others(name: str, sampler: str) -> Study:
    """Return a study whose calls of imbalanced-learn take minutes: two of them."""
    return Study(
        name,
        f"{sampler}, 300,000 x 30 float32, 100,000 minority",
        _arrays((300_000, 100_000), (1_500, 500), 30, "float32", _OVERLAP),
        _both(sampler, 10, (2, 1), exact=2, their_rounds=1),
        rounds=2,
        recall=True,
        notes=(
            f"{_OVERLAP_NOTE.format(_OVERLAP)} recall@5 is the recall of the search within the "
            "class. The sampler measures the recall of the search among all rows itself and "
            "searches exactly below 0.95.",
        ),
    )


def _svm_sides() -> dict[str, Side]:
    sides = _both("SVMSMOTE", 1, (5, 3))
    for name, machine in (("LinearSVC", "linear"), ("Nystroem and LinearSVC", "kernel")):
        quicker = {"svm_estimator": f"benchmarks.sides:{machine}_machine"}
        sides[f"{OURS}, {name}"] = Side(OURS, 5, "SVMSMOTE", quicker, is_same=False)
    return sides


OVER_SAMPLERS = (
    Study(
        "smote_300k", "SMOTE, 300,000 x 30 float32, 100,000 minority", _LARGE,
        _both("SMOTE", 15, (3, 1)), recall=True,
    ),
    Study(
        "smote_300k_exact",
        'SMOTE, search="exact", 300,000 x 30 float32, 100,000 minority', _LARGE,
        {
            OURS: Side(OURS, 3, parameters={"search": "exact"}, speed=3),
            THEIRS: Side(THEIRS, 1),
        },
        is_equal=True,
    ),
    Study(
        "small_10k", "SMOTE, 10,000 x 20 float64, 1,000 minority",
        _arrays((10_000, 1_000), (10_000, 1_000), 20, "float64"),
        _both("SMOTE", 1, (60, 60)), rounds=5, whole=10,
    ),
    Study(
        "smote_nc_55k", "SMOTENC, 55,000 x 20 float64, 4 columns categorical, 5,000 minority",
        _mixed, _both("SMOTENC", 20, parameters={"categorical_features": [16, 17, 18, 19]}),
    ),
    Study(
        "smote_nc_55k_frame",
        "SMOTENC, pandas frame, 55,000 x 20, 4 columns categorical, 5,000 minority", _mixed,
        _both(
            "SMOTENC", 20, parameters={"categorical_features": "auto"},
            more={"n_categories": 4},
        ),
    ),
    Study(
        "smote_n_20k",
        "SMOTEN, 20,000 x 20, 5 to 20 categories each, 3 classes, 2,000 in the smallest",
        _nominal, _both("SMOTEN", None),
    ),
    _near_others("borderline_300k", "BorderlineSMOTE"),
    _near_others("adasyn_300k", "ADASYN"),
    Study(
        "kmeans_smote_300k", "KMeansSMOTE, 300,000 x 30 float64, 100,000 minority",
        # In float32 imbalanced-learn ends with "cannot convert float NaN to integer".
        _arrays((300_000, 100_000), (6_000, 2_000), 30, "float64"),
        _both("KMeansSMOTE", 3, (3, 1), parameters={"cluster_balance_threshold": 0.1}),
        rounds=2, notes=("Both libraries use cluster_balance_threshold=0.1.",),
    ),
    Study(
        "kmeans_smote_55k", "KMeansSMOTE, 55,000 x 20 float64, 5,000 minority", _MIDDLE,
        # Half of the class's share of all rows: with more, k-means finds no cluster of it.
        _both("KMeansSMOTE", None, (5, 3), parameters={"cluster_balance_threshold": 0.05}),
        notes=(
            "Both libraries use scikit-learn's `MiniBatchKMeans` with 8 clusters, and "
            "cluster_balance_threshold=0.05.",
        ),
    ),
    Study(
        "svm_smote_10k", "SVMSMOTE, 10,000 x 20 float64, 1,000 minority",
        _arrays((10_000, 1_000), (1_000, 100), 20, "float64", _OVERLAP_OF_MANY), _svm_sides(),
        notes=(
            "Both libraries fit scikit-learn's `SVC`, which takes most of the time. The runs "
            "with LinearSVC scale the columns first; imbalanced-learn does not accept "
            "LinearSVC.",
        ),
    ),
)  # fmt: skip


class Cleaning(NamedTuple):
    """A sampler that removes rows, and how it is measured; ``exact`` as in ``_both``.

    Those with a target for the speed are measured on large data as well.
    """

    name: str
    sampler: str
    speed: float | None
    exact: float | None = None
    later: tuple[int, int] = (5, 1)
    parameters: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it

    def study(self, rows: int, minority: int, *, is_large: bool = False) -> Study:
        """Return the study at one size."""
        title = "".join(f", {name} {value}" for name, value in self.parameters.items())
        title = f"{self.sampler}{title}, {rows:,} x 20 float64, {minority:,} minority"
        note = _OVERLAP_NOTE.format(_OVERLAP_OF_MANY)
        given = {"parameters": self.parameters, "exact": self.exact}
        sides = _both(self.sampler, self.speed, self.later, **given)
        if is_large:
            title = f"{title}, one call"
            note = f"imbalanced-learn was given {_LIMIT:.0f} s. {note}"
            sides = {of: side._replace(later=0, speed=None) for of, side in sides.items()}
            sides[THEIRS] = sides[THEIRS]._replace(more={"limit": _LIMIT})
        return Study(
            f"{self.name}_{rows // 1000}k",
            title,
            _arrays((rows, minority), (1_100, 100), 20, "float64", _OVERLAP_OF_MANY),
            sides,
            rounds=1 if is_large else 2 if rows < 55_000 else 3,
            is_one_call=is_large,
            notes=(note,),
        )


_CLEANING = (
    Cleaning("smote_enn", "SMOTEENN", 15, 3),
    Cleaning("smote_tomek", "SMOTETomek", 15, 3),
    Cleaning("tomek_links", "TomekLinks", 15, 3),
    Cleaning("edited", "EditedNearestNeighbours", 10, 3),
    Cleaning("repeated_edits", "RepeatedEditedNearestNeighbours", 10, 3),
    Cleaning("all_knn", "AllKNN", 20, 3),
    Cleaning("cleaning_rule", "NeighbourhoodCleaningRule", 10, 3),
    Cleaning("one_sided", "OneSidedSelection", 8, 3),
    Cleaning("near_miss_1", "NearMiss", 3, None, (5, 3), {"version": 1}),
    Cleaning("near_miss_2", "NearMiss", 3, None, (5, 1), {"version": 2}),
    Cleaning("near_miss_3", "NearMiss", 3, None, (5, 3), {"version": 3}),
    Cleaning("condensed", "CondensedNearestNeighbour", None),
    Cleaning("random_under", "RandomUnderSampler", None, None, (30, 30)),
)
# imbalanced-learn fits a classifier for each row: 34 s for 11,000 rows.
_SMALLER = (11_000, 1_000)
CLEANERS = (
    *(
        one.study(*(_SMALLER if one.name == "condensed" else (55_000, 5_000)))
        for one in _CLEANING
    ),
    *(one.study(500_000, 50_000, is_large=True) for one in _CLEANING if one.speed),
)
