"""Cases on tens of thousands of rows: compiled searches, and approximate ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from scipy import sparse
from sklearn.svm import LinearSVC

from tests.version_results.data_sets import data, suited
from tests.version_results.samplers import Case, make, resample

_ALL = ("large clusters", "large uniform", "large repeated")
_ONE = ("large clusters",)
_FAST: list[tuple[str, dict[str, Any]]] = [
    ("SMOTE", {}),
    ("BorderlineSMOTE", {}),
    ("BorderlineSMOTE", {"kind": "borderline-2"}),
    ("ADASYN", {}),
    ("SMOTENC", {}),
    ("SMOTEN", {}),
    ("TomekLinks", {}),
    ("EditedNearestNeighbours", {}),
    ("EditedNearestNeighbours", {"kind_sel": "mode"}),
    ("RepeatedEditedNearestNeighbours", {}),
    ("AllKNN", {}),
    ("NeighbourhoodCleaningRule", {}),
    ("OneSidedSelection", {}),
    ("SMOTEENN", {}),
]
_OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("SVMSMOTE", {"svm_estimator": LinearSVC(random_state=0)}),
    ("NearMiss", {}),
    ("NearMiss", {"version": 2}),
    ("NearMiss", {"version": 3}),
    ("RandomOverSampler", {"shrinkage": 0.1}),
    ("RandomUnderSampler", {}),
]
# Samplers, their parameters, data sets and searches.
LARGE: list[tuple[str, dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
    *((name, params, _ALL, ("auto", "exact", "approximate")) for name, params in _FAST),
    *((name, params, _ALL, ("",)) for name, params in _OTHERS),
    ("SMOTETomek", {}, _ALL, ("auto", "approximate")),
    ("KMeansSMOTE", {"kmeans_estimator": 20}, _ALL, ("auto", "approximate")),
    ("InstanceHardnessThreshold", {}, _ONE, ("",)),
    ("CondensedNearestNeighbour", {}, _ONE, ("",)),
    ("Combination", {}, _ONE, ("",)),
    ("SMOTE", {"k_neighbors": 300}, ("large uniform",), ("auto", "approximate")),
    *(
        (name, {"n_jobs": 1}, _ONE, ("auto", "approximate"))
        for name in ("SMOTE", "SMOTENC", "EditedNearestNeighbours", "TomekLinks")
    ),
    *(
        (name, {}, ("large low", "large wide"), ("auto", "exact"))
        for name in ("SMOTE", "BorderlineSMOTE", "EditedNearestNeighbours", "TomekLinks")
    ),
    *(
        (name, {}, ("largest clusters", "largest uniform"), ("auto",))
        for name in ("SMOTE", "SMOTENC", "BorderlineSMOTE", "TomekLinks")
    ),
    *((name, {}, ("large sparse",), ("auto",)) for name in ("SMOTE", "SMOTENC", "SMOTEENN")),
]


def large_data() -> Iterator[Case]:
    for number, (name, params, kinds, searches) in enumerate(LARGE):
        for kind in kinds:
            for search in searches:
                dtype = "float64" if search == "exact" else "float32"
                X, y = data(kind, dtype)
                X = sparse.csr_array(X) if kind == "large sparse" else suited(name, X)
                how = {"search": search} if search else {}
                run = partial(resample, make(name, **params, **how), X, y)
                shown = "+".join(params)
                yield f"{name}/{number}:{shown}/{kind}/{dtype}/{search or 'none'}", run


def forked() -> Iterator[Case]:
    """Cases of a process forked off after threads were started, which must start none."""
    X, y = data("large uniform", "float32")
    for name in ("SMOTE", "KMeansSMOTE", "TomekLinks"):
        for search in ("auto", "approximate"):
            yield f"{name}/forked/{search}", partial(resample, make(name, search=search), X, y)
