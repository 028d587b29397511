"""Cases that end in an exception: wrong parameters, and data that samplers cannot use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

import smotefast
from smotefast import over_sampling, under_sampling
from tests.version_results.data_sets import data
from tests.version_results.samplers import Case, make, resample

WRONG_PARAMETERS: list[tuple[str, dict[str, Any]]] = [
    ("SMOTE", {"k_neighbors": 0}),
    ("SMOTE", {"k_neighbors": "5"}),
    ("SMOTE", {"k_neighbors": 300}),
    ("SMOTE", {"search": "aprox"}),
    ("SMOTE", {"n_jobs": "2"}),
    ("SMOTE", {"small_class": "drop"}),
    ("SMOTE", {"random_state": np.random.default_rng(0)}),
    ("SMOTE", {"sampling_strategy": "majority"}),
    ("SMOTE", {"sampling_strategy": 0.5}),
    ("SMOTE", {"sampling_strategy": 1.5}),
    ("SMOTE", {"sampling_strategy": {1: 2}}),
    ("SMOTE", {"sampling_strategy": {7: 300}}),
    ("SMOTE", {"sampling_strategy": {1: 300.5}}),
    ("SMOTE", {"sampling_strategy": [1]}),
    ("SMOTE", {"neighbors": 3}),
    ("BorderlineSMOTE", {"kind": "borderline-3"}),
    ("BorderlineSMOTE", {"m_neighbors": 1000}),
    ("SVMSMOTE", {"out_step": 2.0}),
    ("KMeansSMOTE", {"cluster_balance_threshold": 0.99}),
    ("SMOTENC", {"categorical_features": [9]}),
    ("SMOTENC", {"categorical_features": []}),
    ("SMOTENC", {"categorical_features": "auto"}),
    ("RandomOverSampler", {"shrinkage": -1.0}),
    ("RandomUnderSampler", {"sampling_strategy": {0: 9999}}),
    ("RandomUnderSampler", {"replacement": "yes"}),
    ("TomekLinks", {"sampling_strategy": {0: 100}}),
    ("TomekLinks", {"sampling_strategy": "minority"}),
    ("TomekLinks", {"sampling_strategy": [7]}),
    ("EditedNearestNeighbours", {"kind_sel": "most"}),
    ("EditedNearestNeighbours", {"n_neighbors": 1000}),
    ("RepeatedEditedNearestNeighbours", {"max_iter": 0}),
    ("NeighbourhoodCleaningRule", {"threshold_cleaning": -1.0}),
    ("NearMiss", {"version": 4}),
    ("NearMiss", {"n_neighbors": 1000}),
    ("CondensedNearestNeighbour", {"n_seeds_S": 0}),
    ("InstanceHardnessThreshold", {"cv": 1}),
    ("ClusterCentroids", {"voting": "medium"}),
    ("SMOTEENN", {"smote": under_sampling.TomekLinks()}),
    ("SMOTETomek", {"tomek": over_sampling.SMOTE()}),
    ("Combination", {"creation": None}),
]
# One or two of each kind of sampler.
_SAMPLERS = ("SMOTE", "SMOTENC", "SMOTEN", "BorderlineSMOTE", "TomekLinks", "SMOTETomek")
_COPYING = ("RandomOverSampler", "RandomUnderSampler")


def refused() -> Iterator[Case]:
    X, y = data("overlap")
    for number, (name, params) in enumerate(WRONG_PARAMETERS):
        yield f"refused/{name}/{number}:{'+'.join(params)}", partial(_wrong, name, params)
    for form, given in _wrong_values().items():
        for name in _SAMPLERS:
            yield f"refused/{name}/{form}", partial(resample, make(name), *given)
    for form, given in _wrong_tables().items():
        for name in (*_SAMPLERS, *_COPYING):
            yield f"refused/{name}/{form}", partial(resample, make(name), *given)
    yield "refused/SMOTE/fit parameter", partial(resample, make("SMOTE"), X, y, weights=y)
    yield "refused/diagnose/nothing", partial(smotefast.diagnose, X)
    yield "refused/diagnose/both", partial(smotefast.diagnose, X, y, target="y")
    yield "refused/diagnose/sampler", partial(smotefast.diagnose, X, y, "smoot")
    yield "refused/diagnose/one class", partial(smotefast.diagnose, X, np.zeros(len(X)))
    yield "refused/attribute", lambda: {"": smotefast.SMOTER}


def _wrong(name: str, params: dict[str, Any]) -> dict[str, Any]:
    return resample(make(name, **params), *data("overlap"))


def _wrong_values() -> dict[str, Any]:
    """Return data that some samplers take: SMOTEN reads any value as a category."""
    X, y = data("overlap")
    holed, infinite, text = X.copy(), X.copy(), X.astype(object)
    holed[3, 2], infinite[3, 2], text[3, 2] = np.nan, np.inf, "one"
    return {
        "NaN": (holed, y),
        "infinity": (infinite, y),
        "text": (text, y),
        "dates": (X.astype("datetime64[s]"), y),
        "small class": data("tiny"),
    }


def _wrong_tables() -> dict[str, Any]:
    """Return data that no sampler takes."""
    X, y = data("overlap")
    return {
        "one class": (X, np.zeros(len(X))),
        "lengths": (X, y[:-1]),
        "one column": (X[:, 0], y),
        "three axes": (X[:, :, np.newaxis], y),
        "no rows": (X[:0], y[:0]),
        "no columns": (X[:, :0], y),
        "continuous labels": (X, X[:, 0]),
        "missing labels": (X, np.where(y == 1, np.nan, y)),
        "None": (None, y),
        "complex": (X * 1j, y),
        "dict": ({"a": 1}, y),
    }
