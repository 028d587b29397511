"""The table of all samplers, for the tests of what they share.

A new sampler adds a row. ``test_sampler_rows.py`` compares its rows with those of
imbalanced-learn, ``test_sampler_contract.py`` tests what every sampler promises, and
``test_estimator_checks.py`` runs the checks of scikit-learn and imbalanced-learn on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity, KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

import smotefast
from tests.helpers.datasets import apart, clustered, far_from_zero
from tests.helpers.distance_ties import has_ties, sums_are_tied
from tests.helpers.sampler_cases import FLOATS, Case, Drawn, Large
from tests.helpers.synthesizers import TableMixture


def _near_miss_is_tied(X: np.ndarray, y: np.ndarray, parameters: dict[str, Any]) -> bool:
    sizes, k = np.bincount(y), parameters["n_neighbors"]
    smallest, others = X[y == sizes.argmin()], np.flatnonzero(sizes > sizes.min())
    farthest = parameters["version"] == 2
    tied = (sums_are_tied(X[y == label], smallest, k, farthest=farthest) for label in others)
    return has_ties(X) or any(tied)


_K = st.integers(1, 6)
_BORDERLINE = Drawn({"k_neighbors": _K, "m_neighbors": st.integers(1, 13)})
_FEWER_AND_MORE = Large(parameters={"sampling_strategy": {1: 2_700, 2: 5_000}})
_TREE = DecisionTreeClassifier(max_depth=4, max_features=1)
_EDITED = {"n_neighbors": _K, "kind_sel": st.sampled_from(["all", "mode"])}
_PASSES = {
    "make": apart,
    "approximate": True,
    "large": Large((2_000, 1_200, 200), 6, {"n_neighbors": 4}, seed=1),
}
_STORES = Drawn(
    {"n_neighbors": st.sampled_from([None, 1, 2, 3, 4, 6]), "n_seeds_S": st.integers(1, 5)},
    sizes=(5, 90),
    n_classes=4,
    n_features=20,
    sizes_differ=True,
    n_examples=25,
)

OVER_SAMPLERS = [
    Case(
        "SMOTE",
        make=far_from_zero,
        large=_FEWER_AND_MORE._replace(n_features=20),
        drawn=Drawn({"k_neighbors": _K}, n_features=40, n_examples=120),
    ),
    Case(
        "BorderlineSMOTE",
        {"kind": "borderline-1"},
        same=("in_danger_indices",),
        large=_FEWER_AND_MORE,
        drawn=_BORDERLINE._replace(n_examples=40),
    ),
    Case(
        "BorderlineSMOTE",
        {"kind": "borderline-2"},
        same=("in_danger_indices",),
        dtypes=FLOATS,
        sparse_form="csr_array",
        large=_FEWER_AND_MORE,
        drawn=_BORDERLINE._replace(n_examples=40),
    ),
    Case(
        "SVMSMOTE",
        sizes=(90, 40, 60),
        drawn=Drawn(
            {
                "k_neighbors": _K,
                "m_neighbors": st.integers(3, 15),
                "out_step": st.sampled_from([0.0, 0.5, 0.77, 1.0]),
            },
            sizes=(30, 120),
            n_classes=4,
        ),
    ),
    Case(
        "KMeansSMOTE",
        {"kmeans_estimator": 2, "cluster_balance_threshold": 0.05},
        make=clustered,
        drawn=Drawn(
            {"k_neighbors": st.integers(1, 4), "kmeans_estimator": st.integers(1, 5)},
            sizes=(40, 150),
            n_classes=4,
            n_examples=25,
        ),
    ),
    Case("ADASYN", large=Large(), drawn=Drawn({"n_neighbors": _K})),
    Case(
        "SMOTENC",
        {"categorical_features": [2]},
        columns="mixed",
        large=Large((4_000, 1_500, 800), 11, {"sampling_strategy": {1: 2_000, 2: 4_000}}),
    ),
    Case("SMOTEN", columns="categories"),
    Case(
        "RandomOverSampler",
        columns="anything",
        same=("sample_indices_",),
        drawn=Drawn(is_tied=None, n_examples=25),
    ),
    Case(
        "RandomOverSampler",
        {"shrinkage": 0.3},
        same=("sample_indices_", "shrinkage_"),
        dtypes=("float64", "int32", "int64"),
        is_checked=False,
        drawn=Drawn(dtypes=(np.float64,), is_tied=None, n_examples=25),
    ),
    Case(
        "GeometricSMOTE",
        bad_values={
            "truncation_factor": [2],
            "deformation_factor": [-1],
            "selection_strategy": ["nearest"],
        },
    ),
    Case(
        "GenerativeOverSampler",
        {"synthesizer": KernelDensity(bandwidth=0.3)},
        bad_values={"synthesizer": [5, KernelDensity]},
    ),
    Case(
        "GenerativeOverSampler",
        {"synthesizer": TableMixture(), "categorical_features": [2]},
        columns="mixed",
        is_checked=False,
        bad_values={"synthesizer": [5, KernelDensity]},
    ),
    Case("SafeLevelSMOTE"),
    Case("ProWSyn", bad_values={"L": [0], "theta": [-1.0]}),
    Case("PolynomFitSMOTE", bad_values={"topology": ["ring"], "order": [0]}),
    Case("ROSE"),
]
UNDER_SAMPLERS = [
    *(
        Case(
            "RandomUnderSampler",
            {"replacement": replacement},
            columns="anything",
            same=("sample_indices_",),
            is_checked=not replacement,
            drawn=Drawn(
                sizes=(1, 300),
                n_features=6,
                dtypes=(np.float32, np.float64, np.int8, np.uint64, bool, "U3"),
                is_tied=None,
                n_examples=30,
            ),
        )
        for replacement in (False, True)
    ),
    *(
        Case(
            "NearMiss",
            {"version": version, "n_neighbors_ver3": 15},
            same=("sample_indices_",),
            large=Large((5_000, 700, 2_500), parameters={"n_neighbors_ver3": 5}),
            drawn=Drawn(
                {"n_neighbors": _K, "n_neighbors_ver3": _K},
                sizes=(6, 120),
                sizes_differ=True,
                is_tied=_near_miss_is_tied,
                n_examples=20,
            ),
        )
        for version in (1, 2, 3)
    ),
    Case(
        "InstanceHardnessThreshold",
        {"estimator": _TREE},
        same=("sample_indices_",),
        text_labels=False,
        drawn=Drawn(
            {
                "estimator": st.sampled_from([GaussianNB(), KNeighborsClassifier(), _TREE]),
                "cv": st.integers(2, 5),
            },
            sizes=(5, 80),
            n_features=8,
            dtypes=(np.float32, np.float64, np.int16),
            is_tied=None,
            n_examples=40,
        ),
    ),
    *(
        Case(
            "ClusterCentroids",
            {"voting": voting},
            same=("voting_",),
            is_checked=voting == "soft",
            drawn=Drawn(sizes=(2, 90), n_features=8, is_tied=None, n_examples=20),
        )
        for voting in ("hard", "soft")
    ),
]
CLEANERS = [
    Case(
        "TomekLinks",
        same=("sample_indices_",),
        approximate=True,
        large=Large(),
        drawn=Drawn(sizes=(3, 70), n_features=25),
    ),
    *(
        Case(
            "EditedNearestNeighbours",
            {"kind_sel": kind_sel},
            same=("sample_indices_",),
            text_labels=kind_sel == "all",
            approximate=True,
            is_checked=kind_sel == "all",
            large=Large(parameters={"n_neighbors": 5}),
            drawn=Drawn({"n_neighbors": _K}, sizes=(4, 70), n_features=25, n_examples=30),
        )
        for kind_sel in ("all", "mode")
    ),
    Case(
        "RepeatedEditedNearestNeighbours",
        same=("n_iter_",),
        drawn=Drawn(
            {**_EDITED, "max_iter": st.sampled_from([1, 2, 3, 100])},
            sizes=(3, 60),
            n_features=25,
            sizes_differ=True,
        ),
        **_PASSES,
    ),
    Case(
        "AllKNN",
        same=("sample_indices_",),
        drawn=Drawn(
            {**_EDITED, "allow_minority": st.booleans()},
            sizes=(3, 60),
            n_features=25,
            sizes_differ=True,
        ),
        **_PASSES,
    ),
    Case(
        "NeighbourhoodCleaningRule",
        same=("sample_indices_", "classes_to_clean_"),
        text_labels=False,
        approximate=True,
        large=Large((4_000, 2_000, 1_000), parameters={"n_neighbors": 5}),
        drawn=Drawn(
            {"n_neighbors": _K, "threshold_cleaning": st.sampled_from([0.1, 0.5, 1.0, 1.7])},
            sizes=(4, 70),
            n_features=25,
            sizes_differ=True,
        ),
    ),
    *(
        Case(
            name,
            parameters,
            same=("sample_indices_",),
            is_checked=not parameters,
            large=Large((500, 80, 200), parameters={"n_seeds_S": 9}),
            drawn=None if parameters else _STORES,
        )
        for name in ("CondensedNearestNeighbour", "OneSidedSelection")
        for parameters in ({}, {"n_neighbors": 3, "n_seeds_S": 3})
    ),
]
COMBINATIONS = [
    Case("SMOTEENN", same=("enn_.sample_indices_",), large=Large((2_000, 300, 800))),
    Case("SMOTETomek", same=("tomek_.sample_indices_",), large=Large((2_000, 300, 800))),
    Case(
        "Combination",
        {
            "creation": smotefast.SMOTE(random_state=0),
            "selection": smotefast.RandomUnderSampler(random_state=0),
        },
    ),
]
CASES = [*OVER_SAMPLERS, *UNDER_SAMPLERS, *CLEANERS, *COMBINATIONS]
