"""Classes derived from the samplers: what they may override, and what they are kinds of."""

import imblearn
import numpy as np
import pytest
from imblearn import combine as their_combine
from imblearn import over_sampling as their_over
from imblearn import under_sampling as their_under
from sklearn.base import clone
from sklearn.datasets import make_classification

from smotefast import combine, over_sampling, under_sampling
from smotefast.engine.hooks import hooks_of
from smotefast.over_sampling import SMOTE, SMOTENC
from smotefast.over_sampling.base import BaseOverSampler

HOMES = [
    (over_sampling, their_over),
    (under_sampling, their_under),
    (combine, their_combine),
]
PAIRS = {
    name: (getattr(ours, name), getattr(theirs, name))
    for ours, theirs in HOMES
    for name in ours.__all__
    if hasattr(theirs, name)
}
OURS = [pair[0] for pair in PAIRS.values()]
# A public method that imbalanced-learn calls.
PUBLIC = {"TomekLinks": {"is_tomek"}}
# Defined by imbalanced-learn, and called neither by it nor by scikit-learn any more.
NOT_CALLED = {"_more_tags"}


def private_methods(kind):
    """Return the private methods that imbalanced-learn's own classes give to a sampler."""
    found = set()
    for base in kind.__mro__:
        if base.__module__.startswith("imblearn."):
            found |= {name for name, value in vars(base).items() if callable(value)}
    return {name for name in found if name.startswith("_") and not name.startswith("__")}


@pytest.mark.parametrize("name", PAIRS)
def test_hooks__are_the_private_methods_of_imbalanced_learns_class(name):
    ours, theirs = PAIRS[name]
    expected = private_methods(theirs) - NOT_CALLED | PUBLIC.get(name, set())
    assert set(hooks_of(ours)) == expected
    assert {"_fit_resample", "_check_X_y"} <= expected
    assert not expected & set(dir(ours))  # none is a method that is called here


@pytest.mark.parametrize("kind", [*OURS, combine.Combination], ids=lambda kind: kind.__name__)
def test_a_class_that_overrides_a_hook__is_refused_when_it_is_made(kind):
    for hook in hooks_of(kind):
        words = rf"Mine overrides {hook}, which .*{kind.__name__} does not.*fit_resample"
        for method in (lambda self, *given: given, staticmethod(len), property(len)):
            with pytest.raises(TypeError, match=words):
                type("Mine", (kind,), {hook: method})
        mixin = type("Mixin", (), {hook: lambda self, *given: given})
        for bases in ((mixin, kind), (kind, mixin)):
            with pytest.raises(TypeError, match=rf"overrides {hook} \(from Mixin\)"):
                type("Mine", bases, {})


def test_a_class_between__is_refused_as_well():
    class Tuned(SMOTENC):
        pass

    with pytest.raises(TypeError, match=r"overrides _make_samples, .*SMOTENC does not"):

        class Mine(Tuned):
            def _make_samples(self, X, *given):
                return X

    with pytest.raises(TypeError, match=r"_fit_resample"):

        class Own(BaseOverSampler):
            def _fit_resample(self, X, y):
                return X, y


def test_a_method_that_the_sampler_never_had__may_have_any_name():
    class Mine(under_sampling.RandomUnderSampler):
        def _make_samples(self):
            return 5

        def _more_tags(self):
            return {}

    assert Mine()._make_samples() == 5


def test_public_methods__may_be_overridden():
    X, y = make_classification(200, weights=[0.9], random_state=0)

    class Mine(SMOTE):
        def __init__(self, *, factor=1, random_state=None):
            super().__init__(random_state=random_state)
            self.factor = factor

        def fit(self, X, y, **params):
            return super().fit(X * self.factor, y, **params)

        def fit_resample(self, X, y, **params):
            return super().fit_resample(X * self.factor, y, **params)

        def get_params(self, deep=True):
            return {"factor": self.factor, "random_state": self.random_state}

    found = clone(Mine(factor=2, random_state=0)).fit_resample(X, y)[0]
    expected = SMOTE(random_state=0).fit_resample(X * 2, y)[0]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", [name for name in PAIRS if name not in combine.__all__])
def test_a_class_of_both_libraries__may_be_made(name):
    both = type("Both", PAIRS[name], {})
    assert issubclass(both, imblearn.base.BaseSampler)


@pytest.mark.parametrize("name", PAIRS)
def test_samplers__are_kinds_of_each_other_as_in_imbalanced_learn(name):
    ours, theirs = PAIRS[name]
    for other_ours, other_theirs in PAIRS.values():
        assert issubclass(ours, other_ours) == issubclass(theirs, other_theirs)
