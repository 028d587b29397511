"""The cases by group, in the order of the documents."""

from __future__ import annotations

from typing import Any

from benchmarks.data import Generated
from benchmarks.libraries import EXACT, OURS
from benchmarks.measure import Case
from smotefast.bench.cases import DataSet

_EXACT = {OURS: {}, EXACT: {"search": "exact"}}
_LARGE = DataSet(n_rows=300_000, n_features=30, ratio=0.5)
_LARGE_SIZE = "300,000 x 30 {}, 100,000 minority"
# Rows of the majority in clusters of the minority: some rows are in danger, some are safe.
_LITTLE_OVERLAP = "5% of the majority rows lie in the clusters of the minority."
_CATEGORIES = Generated(DataSet("mixed", n_rows=55_000))


def _near_others(name: str, sampler: str) -> Case:
    """Return a case in which calls of imbalanced-learn take most of a minute."""
    return Case(
        name,
        f"{sampler}, {_LARGE_SIZE.format('float32')}",
        sampler,
        Generated(DataSet("overlapping", n_rows=300_000, n_features=30, ratio=0.5), "float32"),
        ours=_EXACT,
        speed={OURS: 10, EXACT: 2},
        later=(2, 1),
        rounds=2,
        recall=True,
        notes=(
            "30% of the majority rows lie in the clusters of the minority. recall@5 is the "
            "recall of the search within the class. The sampler measures the recall of the "
            "search among all rows itself and searches exactly below 0.95.",
        ),
    )


OVER_SAMPLERS = (
    Case(
        "smote_300k", f"SMOTE, {_LARGE_SIZE.format('float32')}", "SMOTE",
        Generated(_LARGE, "float32"), speed={OURS: 15}, later=(3, 1), recall=True,
    ),
    Case(
        "smote_300k_exact", f'SMOTE, search="exact", {_LARGE_SIZE.format("float32")}', "SMOTE",
        Generated(_LARGE, "float32"), ours={OURS: {"search": "exact"}}, speed={OURS: 3},
        later=(3, 1), is_equal=True,
    ),
    Case(
        "small_10k", "SMOTE, 10,000 x 20 float64, 1,000 minority", "SMOTE",
        Generated(DataSet(ratio=1 / 9)), speed={OURS: 1}, later=(60, 60), rounds=5, whole=10,
    ),
    Case(
        "smote_nc_55k", "SMOTENC, 55,000 x 20 float64, 4 columns categorical, 5,000 minority",
        "SMOTENC", _CATEGORIES, {"categorical_features": [16, 17, 18, 19]}, speed={OURS: 20},
    ),
    Case(
        "smote_nc_55k_frame",
        "SMOTENC, pandas frame, 55,000 x 20, 4 columns categorical, 5,000 minority", "SMOTENC",
        _CATEGORIES._replace(n_categories=4), {"categorical_features": "auto"},
        speed={OURS: 20},
    ),
    Case(
        "smote_n_20k",
        "SMOTEN, 20,000 x 20, 5 to 20 categories each, 3 classes, 2,000 in the smallest",
        "SMOTEN", Generated(DataSet("nominal-70-20-10", n_rows=20_000), "int64"),
    ),
    _near_others("borderline_300k", "BorderlineSMOTE"),
    _near_others("adasyn_300k", "ADASYN"),
    Case(
        # In float32 imbalanced-learn ends with "cannot convert float NaN to integer".
        "kmeans_smote_300k", f"KMeansSMOTE, {_LARGE_SIZE.format('float64')}", "KMeansSMOTE",
        Generated(_LARGE), {"cluster_balance_threshold": 0.1}, speed={OURS: 3}, later=(3, 1),
        rounds=2, notes=("Both libraries use cluster_balance_threshold=0.1.",),
    ),
    Case(
        # Half of the class's share of all rows: with more, k-means finds no cluster of it.
        "kmeans_smote_55k", "KMeansSMOTE, 55,000 x 20 float64, 5,000 minority", "KMeansSMOTE",
        Generated(DataSet(n_rows=55_000)), {"cluster_balance_threshold": 0.05}, later=(5, 3),
        notes=(
            "Both libraries use scikit-learn's `MiniBatchKMeans` with 8 clusters, and "
            "cluster_balance_threshold=0.05.",
        ),
    ),
    Case(
        "svm_smote_10k", "SVMSMOTE, 10,000 x 20 float64, 1,000 minority", "SVMSMOTE",
        Generated(DataSet("little-overlap", ratio=1 / 9)),
        ours={
            OURS: {},
            f"{OURS}, LinearSVC": {"svm_estimator": "linear_machine"},
            f"{OURS}, Nystroem and LinearSVC": {"svm_estimator": "kernel_machine"},
        },
        speed={OURS: 1}, later=(5, 3),
        notes=(
            "Both libraries fit scikit-learn's `SVC`, which takes most of the time. The runs "
            "with LinearSVC scale the columns first; imbalanced-learn does not accept "
            "LinearSVC.",
        ),
    ),
)  # fmt: skip


def _cleaning(
    name: str,
    sampler: str,
    speed: float | None,
    later: tuple[int, int] = (5, 1),
    n_rows: int = 55_000,
    **parameters: Any,
) -> Case:
    """Return a case of a sampler that removes rows; one that is fast also searches exactly."""
    has_search = speed is not None and sampler != "NearMiss"
    title = "".join(f", {of} {value}" for of, value in parameters.items())
    targets = {OURS: speed, **({EXACT: 3} if has_search else {})}
    return Case(
        f"{name}_{n_rows // 1000}k",
        f"{sampler}{title}, {n_rows:,} x 20 float64, {n_rows // 11:,} minority",
        sampler,
        Generated(DataSet("little-overlap", n_rows=n_rows)),
        parameters,
        ours=_EXACT if has_search else {OURS: {}},
        speed={of: target for of, target in targets.items() if target is not None},
        later=later,
        rounds=3 if n_rows == 55_000 else 2,
        notes=(_LITTLE_OVERLAP,),
    )


CLEANING = (
    _cleaning("smote_enn", "SMOTEENN", 15),
    _cleaning("smote_tomek", "SMOTETomek", 15),
    _cleaning("tomek_links", "TomekLinks", 15),
    _cleaning("edited", "EditedNearestNeighbours", 10),
    _cleaning("repeated_edits", "RepeatedEditedNearestNeighbours", 10),
    _cleaning("all_knn", "AllKNN", 20),
    _cleaning("cleaning_rule", "NeighbourhoodCleaningRule", 10),
    _cleaning("one_sided", "OneSidedSelection", 8),
    _cleaning("near_miss_1", "NearMiss", 3, (5, 3), version=1),
    _cleaning("near_miss_2", "NearMiss", 3, version=2),
    _cleaning("near_miss_3", "NearMiss", 3, (5, 3), version=3),
    # imbalanced-learn fits a classifier for each row: 34 s for 11,000 rows.
    _cleaning("condensed", "CondensedNearestNeighbour", None, n_rows=11_000),
    _cleaning("random_under", "RandomUnderSampler", None, (30, 30)),
)


def _one_call(case: Case) -> Case:
    """Return a case of the cleaners on 500,000 rows, with a single call."""
    return case._replace(
        name=case.name.replace("_55k", "_500k"),
        title=f"{case.title.replace('55,000', '500,000').replace(', 5,', ', 50,')}, one call",
        data=Generated(DataSet("little-overlap", n_rows=500_000)),
        speed={},
        later=(0, 0),
        rounds=1,
        limit=600,
        notes=(f"imbalanced-learn was given 600 s. {_LITTLE_OVERLAP}",),
    )


CLEANING_OF_MANY = tuple(_one_call(case) for case in CLEANING if case.speed)


def _small(
    name: str,
    sampler: str = "",
    whole: bool = False,
    later: int = 40,
    shape: str = "little-overlap",
    **parameters: Any,
) -> Case:
    """Return a case of a thousand rows."""
    whole_speed = {"whole": 10} if whole else {}
    return Case(
        f"small_{name}", f"{name}, 1,000 x 20, 100 minority", sampler or name,
        Generated(DataSet(shape, n_rows=1_000, ratio=1 / 9)), parameters, speed={OURS: 1},
        later=(later, later), rounds=5, **whole_speed,
    )  # fmt: skip


_FEW = 4  # calls of what takes about a second
SMALL = (
    _small("SMOTE"),
    _small("BorderlineSMOTE", whole=True),
    _small("BorderlineSMOTE 2", "BorderlineSMOTE", kind="borderline-2"),
    _small("SVMSMOTE"),
    _small("KMeansSMOTE", cluster_balance_threshold=0.05),
    _small("ADASYN"),
    _small("SMOTENC", whole=True, shape="mixed", categorical_features=[16, 17, 18, 19]),
    _small("SMOTEN", shape="nominal"),
    *map(_small, ("RandomOverSampler", "RandomUnderSampler", "TomekLinks")),
    _small("EditedNearestNeighbours", whole=True),
    *map(_small, ("RepeatedEditedNearestNeighbours", "AllKNN", "NeighbourhoodCleaningRule")),
    _small("OneSidedSelection"),
    _small("CondensedNearestNeighbour", later=_FEW),
    *(_small(f"NearMiss {version}", "NearMiss", version=version) for version in (1, 2, 3)),
    _small("InstanceHardnessThreshold", later=_FEW),
    _small("ClusterCentroids"),
    _small("SMOTEENN", whole=True),
    _small("SMOTETomek"),
)
