"""Samplers for the comparison of two versions, with usual and other parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KernelDensity, KNeighborsClassifier, NearestNeighbors
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from smotefast import combine, over_sampling, under_sampling
from tests.version_results.digests import public_state

Parts = dict[str, Any]
Case = tuple[str, Callable[[], Any]]

KINDS = {
    name: getattr(home, name)
    for home in (over_sampling, under_sampling, combine)
    for name in home.__all__
}
# What a sampler needs on most of these data, or that makes it quicker.
USUAL: dict[str, Parts] = {
    "KMeansSMOTE": {"cluster_balance_threshold": 0.0, "kmeans_estimator": 4},
    "InstanceHardnessThreshold": {"estimator": DecisionTreeClassifier(random_state=0), "cv": 2},
    "SMOTENC": {"categorical_features": [0, -1]},
    "GenerativeOverSampler": {"synthesizer": KernelDensity()},
    "Combination": {
        "creation": over_sampling.BorderlineSMOTE(random_state=0),
        "selection": under_sampling.TomekLinks(sampling_strategy="all"),
    },
}


def takes(name: str, parameter: str) -> bool:
    return parameter in inspect.signature(KINDS[name]).parameters


def make(name: str, **params: Any) -> Any:
    """Return a sampler with a seed."""
    seed = {"random_state": 0} if takes(name, "random_state") else {}
    return KINDS[name](**{**seed, **USUAL.get(name, {}), **params})


def nearest(k: int) -> NearestNeighbors:
    return NearestNeighbors(n_neighbors=k)


VARIANTS: dict[str, list[Parts]] = {
    "SMOTE": [{"k_neighbors": 1}, {"k_neighbors": 20}, {"k_neighbors": nearest(4)}],
    "BorderlineSMOTE": [
        {"kind": "borderline-2"},
        {"kind": "borderline-2", "random_state": np.random.RandomState(3), "m_neighbors": 4},
        {"m_neighbors": 3, "k_neighbors": 2},
        {"m_neighbors": nearest(6), "k_neighbors": nearest(4)},
    ],
    "SVMSMOTE": [
        {"out_step": 0.2, "m_neighbors": 4, "k_neighbors": 3},
        {"svm_estimator": SVC(kernel="linear")},
        {"svm_estimator": LinearSVC(random_state=0)},
        {"m_neighbors": nearest(6), "k_neighbors": nearest(4)},
    ],
    "KMeansSMOTE": [
        {"kmeans_estimator": None},
        {"kmeans_estimator": KMeans(3, n_init=1, random_state=1), "density_exponent": 2.0},
        {"kmeans_estimator": MiniBatchKMeans(3, n_init=1, random_state=1), "k_neighbors": 4},
        {"cluster_balance_threshold": 0.12},
    ],
    "ADASYN": [{"n_neighbors": 2}, {"n_neighbors": 15}, {"n_neighbors": nearest(4)}],
    "SMOTENC": [
        {"k_neighbors": 2},
        {"k_neighbors": 12, "categorical_features": [1]},
        {"k_neighbors": nearest(4)},
        {"categorical_encoder": OneHotEncoder(sparse_output=False)},
    ],
    "SMOTEN": [
        {"k_neighbors": 2},
        {"k_neighbors": 12},
        {"k_neighbors": nearest(4)},
        {"categorical_encoder": OrdinalEncoder()},
    ],
    "GeometricSMOTE": [
        {"selection_strategy": "minority", "truncation_factor": -0.5},
        {"selection_strategy": "majority", "deformation_factor": 0.5},
    ],
    "SafeLevelSMOTE": [{"m_neighbors": 10}, {"random_state": np.random.RandomState(3)}],
    "ProWSyn": [{"L": 2, "n_neighbors": 1}, {"theta": 0.1}],
    "PolynomFitSMOTE": [{"topology": each} for each in ("bus", "mesh", "polynomial")],
    "ROSE": [{"shrinkage": 0.3}],
    "RandomOverSampler": [
        {"shrinkage": 0.3},
        {"shrinkage": {1: 0.2}, "sampling_strategy": "minority"},
    ],
    "RandomUnderSampler": [{"replacement": True}],
    "NearMiss": [
        {"version": 2},
        {"version": 3},
        {"version": 3, "n_neighbors_ver3": 5, "n_neighbors": 1},
        {"n_neighbors": 5},
        {"n_neighbors": nearest(4)},
    ],
    "InstanceHardnessThreshold": [
        {"estimator": None},
        {"estimator": LogisticRegression(), "cv": 3},
    ],
    "ClusterCentroids": [
        {"voting": "hard"},
        {"voting": "soft", "estimator": KMeans(n_init=1, random_state=1)},
        {"estimator": MiniBatchKMeans(n_init=1, random_state=1)},
    ],
    "EditedNearestNeighbours": [
        {"kind_sel": "mode"},
        {"n_neighbors": 1},
        {"n_neighbors": 6, "kind_sel": "mode"},
        {"n_neighbors": nearest(5)},
    ],
    "RepeatedEditedNearestNeighbours": [
        {"kind_sel": "mode", "n_neighbors": 5},
        {"max_iter": 2},
        {"n_neighbors": nearest(5)},
    ],
    "AllKNN": [{"kind_sel": "mode"}, {"allow_minority": True, "n_neighbors": 5}],
    "NeighbourhoodCleaningRule": [
        {"threshold_cleaning": 0.1},
        {"threshold_cleaning": 2.0, "n_neighbors": 5},
        {"n_neighbors": KNeighborsClassifier(3)},
        {
            "edited_nearest_neighbours": under_sampling.EditedNearestNeighbours(
                n_neighbors=5, kind_sel="mode"
            )
        },
    ],
    "CondensedNearestNeighbour": [
        {"n_seeds_S": 20},
        {"n_neighbors": 3},
        {"n_neighbors": KNeighborsClassifier(1)},
    ],
    "OneSidedSelection": [
        {"n_seeds_S": 20},
        {"n_neighbors": 3},
        {"n_neighbors": KNeighborsClassifier(1)},
    ],
    "SMOTEENN": [
        {"enn": under_sampling.EditedNearestNeighbours(kind_sel="mode")},
        {"enn": under_sampling.AllKNN(sampling_strategy="all")},
        {"smote": over_sampling.ADASYN(random_state=4), "sampling_strategy": "minority"},
    ],
    "SMOTETomek": [
        {"tomek": under_sampling.TomekLinks(sampling_strategy="majority")},
        {"smote": over_sampling.SMOTE(k_neighbors=2, random_state=4)},
    ],
    "Combination": [
        {"selection": under_sampling.RandomUnderSampler(sampling_strategy="majority")},
        {
            "creation": over_sampling.RandomOverSampler(random_state=4),
            "selection": under_sampling.OneSidedSelection(random_state=4),
        },
        {
            "creation": over_sampling.SMOTEN(random_state=4),
            "selection": under_sampling.RandomUnderSampler(random_state=4),
        },
    ],
}
_GENERAL: list[Parts] = [
    {"n_jobs": 1},
    {"n_jobs": 2},
    {"random_state": np.random.RandomState(3)},
    {"random_state": None},
]


def variants(name: str) -> Iterator[tuple[str, Any]]:
    """Yield samplers that have other than the usual parameters."""
    # Where n_jobs is a number of processes, they take seconds to start.
    general = [] if name == "InstanceHardnessThreshold" else _GENERAL
    for number, params in enumerate([*VARIANTS.get(name, []), *general]):
        if all(takes(name, parameter) for parameter in params):
            yield f"{number}:{'+'.join(params)}", make(name, **params)


def strategies(name: str) -> dict[str, list[Any]]:
    """Return values of ``sampling_strategy`` by the name of a data set of two, and of three."""
    if name not in under_sampling.__all__:
        words = ["minority", "not minority", "not majority", "all"]
        return {"clusters": [0.7], "overlap": [*words, {1: 250}, {1: 200, 2: 180}, twice]}
    words = ["majority", "not minority", "not majority", "all"]
    if name in TAKES_COUNTS:
        return {"clusters": [0.7], "overlap": [*words, {0: 150}, {0: 200, 2: 90}, half]}
    return {"overlap": [*words, [0], [2, 0], last]}


# Under-samplers that are told how many rows to keep; the others clean.
TAKES_COUNTS = {
    *("RandomUnderSampler", "NearMiss"),
    *("InstanceHardnessThreshold", "ClusterCentroids"),
}


def twice(y: Any) -> dict[Any, int]:
    return {1: 2 * int(np.sum(y == 1))}


def half(y: Any) -> dict[Any, int]:
    return {0: int(np.sum(y == 0)) // 2}


def last(y: Any) -> list[Any]:
    return [int(np.max(y))]


def resample(sampler: Any, X: Any, y: Any, **fit_params: Any) -> Parts:
    """Resample with a copy of a sampler; return the result and all that it learned."""
    sampler = clone(sampler)
    X_new, y_new = sampler.fit_resample(X, y, **fit_params)
    return {"X": X_new, "y": y_new, "X given": X, "y given": y, **public_state(sampler)}


def fit(sampler: Any, X: Any, y: Any) -> Parts:
    return public_state(clone(sampler).fit(X, y))
