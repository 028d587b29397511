"""Docstrings name parameters and attributes, as imbalanced-learn asks of its own."""

import inspect

import numpy as np
import pytest
from sklearn.neighbors import KernelDensity

from smotefast import combine, multilabel, over_sampling, regression, under_sampling
from smotefast.engine.base import BaseSampler
from tests.helpers.docstrings import section

HOMES = (over_sampling, under_sampling, combine, regression, multilabel)
PUBLIC = [getattr(home, name) for home in HOMES for name in home.__all__]
KINDS = [kind for kind in PUBLIC if inspect.isclass(kind) and issubclass(kind, BaseSampler)]
GIVEN = {
    "SMOTENC": {"categorical_features": [0]},
    "KMeansSMOTE": {"kmeans_estimator": 1},
    "GenerativeOverSampler": {"synthesizer": KernelDensity()},
    "Combination": {
        "creation": over_sampling.SMOTE(),
        "selection": under_sampling.TomekLinks(),
    },
}
# Of methods that all samplers have.
METHODS = ["fit", "fit_resample"]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def fitted(kind):
    rng = np.random.default_rng(0)
    sampler = kind(**GIVEN.get(kind.__name__, {}))
    y = np.repeat([0, 1], [28, 12])
    if kind.__module__.startswith("smotefast.regression."):
        y = np.exp(np.arange(40) / 8)
    if kind.__module__.startswith("smotefast.multilabel."):
        y = np.column_stack([np.ones(40, dtype=int), y, np.arange(40) < 6])
    sampler.fit_resample(rng.normal(size=(40, 3)), y)
    return sampler


def fitted_attributes(sampler):
    properties = {
        name
        for name, value in inspect.getmembers(type(sampler))
        if isinstance(value, property) and hasattr(sampler, name)
    }
    names = {*vars(sampler), *properties}
    return {name for name in names if name.endswith("_") and not name.startswith("_")}


@each_kind
def test_docstrings__name_the_parameters_in_their_order(kind):
    assert list(section(kind, "Parameters")) == [*inspect.signature(kind).parameters]
    for name in METHODS:
        method = getattr(kind, name)
        taken = [*inspect.signature(method).parameters][1:]
        assert [each.strip("*") for each in section(method, "Parameters")] == taken


@each_kind
@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
def test_docstrings__name_every_fitted_attribute_and_no_other(kind):
    sampler = fitted(kind)
    documented = section(kind, "Attributes")
    absent = {name for name in documented if not hasattr(sampler, name)}
    assert all("only " in documented[name].lower() for name in absent)
    assert fitted_attributes(sampler) <= set(documented)


@each_kind
def test_docstrings__say_when_there_are_feature_names(kind):
    assert "Defined only when" in section(kind, "Attributes")["feature_names_in_"]
