"""The over-samplers beside SMOTE: categories, borders, clusters, support vectors."""

from __future__ import annotations

from typing import Any

from benchmarks.cases.turns import Side, compared
from benchmarks.data import arrays
from benchmarks.margins import KERNEL, LINEAR
from benchmarks.nominal_data import mixed_arrays, nominal_arrays
from benchmarks.plan import Plan
from benchmarks.programs import EXACT, OURS, THEIRS
from benchmarks.stats import claim

# Shares of the majority in clusters of the minority: some rows are in danger, some are safe.
_OVERLAP, _OVERLAP_OF_MANY = 0.3, 0.05  # of 2 and of 9 rows of the majority for one


def _both(sampler: str, later: tuple[int, int], speed: float | None, **how: Any) -> Any:
    """Return both sides of one sampler with the same parameters."""
    return {
        OURS: Side(OURS, later[0], sampler, speed=speed, **how),
        THEIRS: Side(THEIRS, later[1], sampler, **how),
    }


def _mixed(plan: Plan) -> str:
    n_samples = plan.size(55_000, 1_100)
    return mixed_arrays(plan.folder, n_samples, n_samples // 11, 20, 4)


def smote_nc_55k(plan: Plan) -> dict[str, Any]:
    how = {"parameters": {"categorical_features": [16, 17, 18, 19]}}
    title = "SMOTENC, 55,000 x 20 float64, 4 columns categorical, 5,000 minority"
    return compared(plan, title, _mixed(plan), _both("SMOTENC", (5, 1), 20, **how), 3)


def smote_nc_55k_frame(plan: Plan) -> dict[str, Any]:
    how = {"parameters": {"categorical_features": "auto"}, "more": {"n_categories": 4}}
    title = "SMOTENC, pandas frame, 55,000 x 20, 4 columns categorical, 5,000 minority"
    return compared(plan, title, _mixed(plan), _both("SMOTENC", (5, 1), 20, **how), 3)


def smote_n_20k(plan: Plan) -> dict[str, Any]:
    counts = [plan.size(full, full // 20) for full in (14_000, 4_000, 2_000)]
    folder = nominal_arrays(plan.folder, counts, 20)
    title = "SMOTEN, 20,000 x 20, 5 to 20 categories each, 3 classes, 2,000 in the smallest"
    return compared(plan, title, folder, _both("SMOTEN", (5, 1), None), 3)


def _near_others(plan: Plan, sampler: str) -> dict[str, Any]:
    """Compare both searches with imbalanced-learn, which takes minutes: two calls of it."""
    n_samples = plan.size(300_000, 1_500)
    folder = arrays(plan.folder, n_samples, n_samples // 3, 30, "float32", _OVERLAP)
    exact = {"search": "exact"}
    sides = {
        OURS: Side(OURS, 2, sampler, speed=10),
        EXACT: Side(OURS, 2, sampler, exact, speed=2),
        THEIRS: Side(THEIRS, 1, sampler, rounds=1),
    }
    title = f"{sampler}, 300,000 x 30 float32, 100,000 minority"
    result = compared(plan, title, folder, sides, 2)
    found = Side(OURS, 0, sampler).call(folder, recall=True)
    result["claims"].append(claim("recall@5", 0.95, found["recall"], ""))
    result["notes"].append(
        f"{_OVERLAP:.0%} of the majority rows lie in the clusters of the minority. "
        "recall@5 is the recall of the search within the class. The sampler measures the "
        "recall of the search among all rows itself and searches exactly below 0.95."
    )
    return result


def borderline_300k(plan: Plan) -> dict[str, Any]:
    return _near_others(plan, "BorderlineSMOTE")


def adasyn_300k(plan: Plan) -> dict[str, Any]:
    return _near_others(plan, "ADASYN")


def kmeans_smote_55k(plan: Plan) -> dict[str, Any]:
    n_samples = plan.size(55_000, 1_100)
    folder = arrays(plan.folder, n_samples, n_samples // 11, 20, "float64")
    # Half of the class's share of all rows: with more, k-means finds no cluster of it.
    how = {"parameters": {"cluster_balance_threshold": 0.05}}
    title = "KMeansSMOTE, 55,000 x 20 float64, 5,000 minority"
    result = compared(plan, title, folder, _both("KMeansSMOTE", (5, 3), None, **how), 3)
    result["notes"].append(
        "Both libraries use scikit-learn's `MiniBatchKMeans` with 8 clusters, and "
        "cluster_balance_threshold=0.05."
    )
    return result


def kmeans_smote_300k(plan: Plan) -> dict[str, Any]:
    n_samples = plan.size(300_000, 6_000)
    # In float32 imbalanced-learn ends with "cannot convert float NaN to integer".
    folder = arrays(plan.folder, n_samples, n_samples // 3, 30, "float64")
    how = {"parameters": {"cluster_balance_threshold": 0.1}}
    title = "KMeansSMOTE, 300,000 x 30 float64, 100,000 minority"
    result = compared(plan, title, folder, _both("KMeansSMOTE", (3, 1), 3, **how), 2)
    result["notes"].append("Both libraries use cluster_balance_threshold=0.1.")
    return result


def svm_smote_10k(plan: Plan) -> dict[str, Any]:
    n_samples = plan.size(10_000, 1_000)
    folder = arrays(plan.folder, n_samples, n_samples // 10, 20, "float64", _OVERLAP_OF_MANY)
    sides = _both("SVMSMOTE", (5, 3), 1)
    for name, machine in (("LinearSVC", LINEAR), ("Nystroem and LinearSVC", KERNEL)):
        quicker = {"svm_estimator": machine}
        sides[f"{OURS}, {name}"] = Side(OURS, 5, "SVMSMOTE", quicker, is_same=False)
    title = "SVMSMOTE, 10,000 x 20 float64, 1,000 minority"
    result = compared(plan, title, folder, sides, 3)
    result["notes"].append(
        "Both libraries fit scikit-learn's `SVC`, which takes most of the time. The runs with "
        "LinearSVC scale the columns first; imbalanced-learn does not accept LinearSVC."
    )
    return result
