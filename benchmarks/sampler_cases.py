"""Cases of one sampler of both libraries on generated data, in the order of the documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.data import Generated, Table
from benchmarks.measure import EXACT, OURS, THEIRS, Case, Side
from smotefast.bench.cases import DataSet

Options = dict[str, Any]
BOTH: Options = {OURS: {}, EXACT: {"search": "exact"}}
LARGE = Generated(DataSet(n_rows=300_000, n_features=30, ratio=0.5), "float32")
TEN_THOUSAND = Generated(DataSet(ratio=1 / 9))
_MANY = Generated(DataSet(n_rows=3_000_000, n_features=30, ratio=0.5), "float32")
_OVERLAPPING = Generated(DataSet("overlapping", 300_000, 30, ratio=0.5), "float32")
_CATEGORIES = Generated(DataSet("mixed", n_rows=55_000))
_NOMINAL = Generated(DataSet("nominal", 20_000, n_classes=3, ratio=1 / 8), "int64")


def sampler_case(
    name: str,
    sampler: str,
    data: Generated | Table,
    parameters: Options | None = None,
    ours: Options | None = None,
    *,
    title: str = "",
    recall: bool = False,
    later: int = 15,
    limit: int = 600,
    **more: Any,
) -> Case:
    """Return a case of a sampler.

    Parameters
    ----------
    parameters, ours
        What both libraries get; our sides, with the parameters that only smotefast has.
    recall
        Whether to measure the recall of the neighbors that were used.
    later, limit
        Calls after the first one, at most; seconds that a call of imbalanced-learn gets.
    """
    usual: Options = {"sampler": sampler, "data": data}
    sides, prepare, checks = {}, {}, {}
    saved = "{folder}/rows of imbalanced-learn.npz"
    for side, added in (ours or {OURS: {}}).items():
        file = f"{{folder}}/rows of {len(sides)}.npz"
        given = usual | {"library": OURS, "parameters": (parameters or {}) | added}
        sides[side] = Side("sides:sampler_calls", given | {"later": later, "save": file})
        prepare[side] = Side("sides:sampler_calls", given | {"recall": recall and side == OURS})
        if side in BOTH:  # others use other estimators
            checks[side] = Side("agreement:compare", {"first": file, "second": saved})
    theirs = usual | {"library": THEIRS, "parameters": parameters or {}}
    theirs |= {"later": later, "save": saved, "limit": limit}
    sides[THEIRS] = Side("sides:sampler_calls", theirs)
    of_version = "".join(f", {key} {value}" for key, value in (parameters or {}).items())
    title = title or f"{sampler}{of_version}, {data.title}"
    table = data.table if isinstance(data, Table) else ""
    how = {"prepare": prepare, "checks": checks, "table": table}
    return Case(name, title, sides, **how, **more)


def _near_others(name: str, sampler: str) -> Case:
    """Return a case in which calls of imbalanced-learn take most of a minute."""
    note = "30% of the majority rows lie in the clusters of the minority."
    how: Options = {"rounds": 2, "recall": True, "notes": (note,)}
    return sampler_case(name, sampler, _OVERLAPPING, ours=BOTH, **how)


OVER_SAMPLERS = (
    sampler_case("smote_300k", "SMOTE", LARGE, recall=True),
    sampler_case(
        "smote_300k_exact", "SMOTE", LARGE, ours={OURS: {"search": "exact"}},
        title=f'SMOTE, search="exact", {LARGE.title}',
    ),
    sampler_case("small_10k", "SMOTE", TEN_THOUSAND, rounds=5),
    sampler_case(
        "smote_nc_55k", "SMOTENC", _CATEGORIES, {"categorical_features": [16, 17, 18, 19]},
        title="SMOTENC, 55,000 x 20 float64, 4 columns categorical, 5,000 minority",
    ),
    sampler_case(
        "smote_nc_55k_frame", "SMOTENC", _CATEGORIES._replace(n_categories=4),
        {"categorical_features": "auto"},
        title="SMOTENC, pandas frame, 55,000 x 20, 4 columns categorical, 5,000 minority",
    ),
    sampler_case(
        "smote_n_20k", "SMOTEN", _NOMINAL,
        title="SMOTEN, 20,000 x 20, 5 to 20 categories each, 3 classes, 2,000 in the smallest",
    ),
    _near_others("borderline_300k", "BorderlineSMOTE"),
    _near_others("adasyn_300k", "ADASYN"),
    sampler_case(
        # In float32 imbalanced-learn ends with "cannot convert float NaN to integer".
        "kmeans_smote_300k", "KMeansSMOTE", LARGE._replace(dtype="float64"),
        {"cluster_balance_threshold": 0.1}, rounds=2,
    ),
    sampler_case(
        # Half of the class's share of all rows: with more, k-means finds no cluster of it.
        "kmeans_smote_55k", "KMeansSMOTE", Generated(DataSet(n_rows=55_000)),
        {"cluster_balance_threshold": 0.05},
        notes=("Both libraries use scikit-learn's `MiniBatchKMeans` with 8 clusters.",),
    ),
    sampler_case(
        "svm_smote_10k", "SVMSMOTE", Generated(DataSet("little-overlap", ratio=1 / 9)),
        ours={
            OURS: {},
            f"{OURS}, LinearSVC": {"svm_estimator": "linear"},
            f"{OURS}, Nystroem and LinearSVC": {"svm_estimator": "kernel"},
        },
        notes=(
            "Both libraries fit scikit-learn's `SVC`, which takes most of the time. The runs "
            "with LinearSVC scale the columns first; imbalanced-learn does not accept "
            "LinearSVC.",
        ),
    ),
)  # fmt: skip
SMOTE_3M = sampler_case(
    "smote_3m", "SMOTE", _MANY, recall=True, later=0, rounds=1,
    notes=("One call; imbalanced-learn was given 600 s.",),
)  # fmt: skip


def _cleaner(name: str, sampler: str, n_rows: int, **version: int) -> Case:
    """Return a case of a sampler that removes rows; those that search do it exactly, too.

    On 500,000 rows, both libraries make one call.
    """
    note = "5% of the majority rows lie in the clusters of the minority."
    ours = BOTH if name in _SEARCH else {OURS: {}}
    how: Options = {"notes": (note,)}
    if n_rows == 500_000:
        how = {"later": 0, "rounds": 1, "notes": (f"imbalanced-learn was given 600 s. {note}",)}
    data = Generated(DataSet("little-overlap", n_rows=n_rows))
    return sampler_case(f"{name}_{n_rows // 1000}k", sampler, data, version, ours, **how)


_SEARCH = {
    "smote_enn": "SMOTEENN",
    "smote_tomek": "SMOTETomek",
    "tomek_links": "TomekLinks",
    "edited": "EditedNearestNeighbours",
    "repeated_edits": "RepeatedEditedNearestNeighbours",
    "all_knn": "AllKNN",
    "cleaning_rule": "NeighbourhoodCleaningRule",
    "one_sided": "OneSidedSelection",
}


def _cleaners(n_rows: int) -> Iterator[Case]:
    for name, sampler in _SEARCH.items():
        yield _cleaner(name, sampler, n_rows)
    for version in (1, 2, 3):
        yield _cleaner(f"near_miss_{version}", "NearMiss", n_rows, version=version)


CLEANING = (
    *_cleaners(55_000),
    # imbalanced-learn fits a classifier for each row: 34 s for 11,000 rows.
    _cleaner("condensed", "CondensedNearestNeighbour", 11_000),
    _cleaner("random_under", "RandomUnderSampler", 55_000),
    *_cleaners(500_000),
)


def small_case(name: str, **parameters: Any) -> Case:
    """Return a case of a thousand rows: the sampler is the first word of the name."""
    sampler = name.split()[0]
    shape = {"SMOTENC": "mixed", "SMOTEN": "nominal"}.get(sampler, "little-overlap")
    data = Generated(DataSet(shape, n_rows=1_000, ratio=1 / 9))
    title = f"{name}, 1,000 x 20, 100 minority"
    return sampler_case(f"small_{name}", sampler, data, parameters, title=title, rounds=5)


SMALL = (
    *map(small_case, ("SMOTE", "BorderlineSMOTE", "SVMSMOTE", "ADASYN", "SMOTEN")),
    small_case("BorderlineSMOTE 2", kind="borderline-2"),
    small_case("KMeansSMOTE", cluster_balance_threshold=0.05),
    small_case("SMOTENC", categorical_features=[16, 17, 18, 19]),
    *map(small_case, ("RandomOverSampler", "RandomUnderSampler", "TomekLinks")),
    *map(small_case, ("EditedNearestNeighbours", "RepeatedEditedNearestNeighbours", "AllKNN")),
    *map(small_case, ("NeighbourhoodCleaningRule", "OneSidedSelection")),
    *(small_case(f"NearMiss {version}", version=version) for version in (1, 2, 3)),
    *map(small_case, ("CondensedNearestNeighbour", "InstanceHardnessThreshold")),
    *map(small_case, ("ClusterCentroids", "SMOTEENN", "SMOTETomek")),
)
