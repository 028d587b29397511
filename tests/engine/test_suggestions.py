"""Errors about names of parameters, values and methods say which name may be meant."""

from __future__ import annotations

import copy
import inspect
import pickle

import numpy as np
import pytest
from sklearn.base import clone

from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from smotefast.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from smotefast.under_sampling import NearMiss, RandomUnderSampler, TomekLinks

PARAMETERS = [
    (SMOTE, "ratio", "Did you mean 'sampling_strategy'"),
    (SMOTE, "k_neighbours", "Did you mean 'k_neighbors'"),
    (SMOTE, "k", "Did you mean 'k_neighbors'"),
    (SMOTE, "small_clas", "Did you mean 'small_class'"),
    (SMOTE, "seed", "Did you mean 'random_state'"),
    (SMOTE, "kind", "It is a parameter of BorderlineSMOTE"),
    (
        SMOTE,
        "categorical_features",
        "It is a parameter of GenerativeOverSampler and SMOTENC",
    ),
    (ADASYN, "k_neighbors", "Did you mean 'n_neighbors'"),
    (NearMiss, "size_ngh", "Did you mean 'n_neighbors'"),
    (NearMiss, "ver3_samp_ngh", "Did you mean 'n_neighbors_ver3'"),
    (RandomOverSampler, "n_jobs", "It takes 'sampling_strategy', 'random_state', 'shrinkage'"),
    (RandomUnderSampler, "return_indices", "sample_indices_"),
    (SMOTEENN, "ratio", "Did you mean 'sampling_strategy'"),
]


@pytest.mark.parametrize(("kind", "name", "words"), PARAMETERS)
def test_unknown_parameters__are_a_type_error_with_a_suggestion(kind, name, words):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'.*{words}"):
        kind(**{name: 1})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ratio", "Did you mean 'sampling_strategy'"),
        ("kind", "It is a parameter of BorderlineSMOTE"),
        ("k_neighbours", "Did you mean 'k_neighbors'"),
    ],
)
def test_set_params__suggests_too(name, words):
    with pytest.raises(ValueError, match=f"Invalid parameter '{name}'.*{words}"):
        SMOTE().set_params(**{name: 1})
    with pytest.raises(ValueError, match=f"Invalid parameter '{name}'.*{words}"):
        SMOTETomek(smote=SMOTE()).set_params(**{f"smote__{name}": 1})


def test_set_params__still_sets():
    both = SMOTETomek(smote=SMOTE())
    assert both.set_params(smote__k_neighbors=3, n_jobs=1) is both
    assert (both.smote.k_neighbors, both.n_jobs) == (3, 1)


VALUES = [
    (SMOTE(sampling_strategy="minorty"), "Did you mean 'minority'"),
    (SMOTE(search="aprox"), "Did you mean 'approximate'"),
    (SMOTE(small_class="clmp"), "Did you mean 'clamp'"),
    (BorderlineSMOTE(kind="borderline1"), "Did you mean 'borderline-1'"),
    (TomekLinks(sampling_strategy="majorty"), "Did you mean 'majority'"),
    (SMOTEENN(search="exactly"), "Did you mean 'exact'"),
    (SMOTENC("not_numeric"), "Did you mean 'not numeric'"),
]


@pytest.mark.parametrize(("sampler", "words"), VALUES, ids=lambda one: str(one)[:40])
def test_unknown_words__keep_their_error_and_get_a_suggestion(sampler, words):
    X, y = np.arange(20.0).reshape(-1, 1), [0] * 14 + [1] * 6
    with pytest.raises(ValueError, match=f"parameter of .* must be .*{words}") as caught:
        sampler.fit_resample(X, y)
    assert type(caught.value).__name__ == "InvalidParameterError"


@pytest.mark.parametrize("name", ["fit_sample", "sample", "fit_resampel", "fit_transform"])
def test_former_methods__are_called_fit_resample(name):
    with pytest.raises(AttributeError, match="Did you mean 'fit_resample'"):
        getattr(SMOTE(), name)
    assert not hasattr(SMOTE(), name)


def test_attributes_that_are_not_there_yet__say_so_in_their_own_words():
    with pytest.raises(AttributeError, match="no provenance_ yet; call fit_resample first"):
        _ = SMOTE().provenance_
    with pytest.raises(AttributeError, match=r"no attribute 'ratio_'\. .*sampling_strategy_"):
        _ = SMOTE().ratio_
    with pytest.raises(AttributeError, match=r"no attribute '_nothing'$"):
        _ = SMOTE()._nothing


def test_samplers__are_introspected_cloned_and_pickled_as_before():
    assert next(iter(inspect.signature(SMOTE).parameters)) == "sampling_strategy"
    sampler = SMOTE(k_neighbors=3)
    for same in (clone(sampler), copy.deepcopy(sampler), pickle.loads(pickle.dumps(sampler))):
        assert same.get_params() == sampler.get_params()


def test_subclasses__may_take_other_parameters():
    class Named(SMOTE):
        def __init__(self, name, *, k_neighbors=5):
            super().__init__(k_neighbors=k_neighbors)
            self.name = name

    class Anything(SMOTE):
        def __init__(self, **params):
            super().__init__()
            self.params = params

    assert Named("a", k_neighbors=2).k_neighbors == 2
    with pytest.raises(TypeError, match="Did you mean 'name'"):
        Named(naem="a")
    assert Anything(ratio=1).params == {"ratio": 1}


@pytest.mark.parametrize(
    ("sampler", "words"),
    [
        (Combination(SMOTE, TomekLinks), r"'creation' .* Give an instance: SMOTE\(\)"),
        (Combination(SMOTE(), TomekLinks), r"'selection' .* Give an instance: TomekLinks\(\)"),
        (SMOTEENN(smote=BorderlineSMOTE), r"'smote' .* Give an instance: BorderlineSMOTE\(\)"),
    ],
)
def test_classes_as_steps__are_refused_with_the_right_call(sampler, words):
    with pytest.raises(ValueError, match=words):
        sampler.fit_resample([[0.0], [1.0], [2.0]], [0, 0, 1])
