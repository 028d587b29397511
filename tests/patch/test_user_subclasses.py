"""Subclasses that users derive from replaced classes."""

import abc
import warnings

import numpy as np
import pytest
from imblearn import over_sampling, under_sampling
from sklearn.base import clone

import smotefast
from smotefast.exceptions import PatchWarning
from tests.helpers.datasets import classes

ORIGINALS = [over_sampling.SMOTE]  # a name of its own would be set to the replacement


def original(**params):
    return ORIGINALS[0](**params)


@pytest.fixture(autouse=True)
def patch():
    with smotefast.patch_imblearn():
        yield


def same_rows(one, two):
    X, y = classes(0)
    np.testing.assert_array_equal(one.fit_resample(X, y)[0], two.fit_resample(X, y)[0])


def test_a_subclass_without_hooks__is_built_on_the_replacement():
    class Half(over_sampling.SMOTE):
        def __init__(self, *, factor=0.5, random_state=None):
            super().__init__(random_state=random_state)
            self.factor = factor

        def fit_resample(self, X, y):
            X_new, y_new = super().fit_resample(X, y)
            return X_new * self.factor, y_new

    assert issubclass(Half, smotefast.SMOTE)
    assert clone(Half(factor=1)).get_params() == {"factor": 1, "random_state": None}
    same_rows(Half(factor=1, random_state=0), original(random_state=0))


def doubling():
    """Define a class whose samples are twice the original's."""

    class Doubling(over_sampling.SMOTE):
        def _make_samples(self, *args, **kwargs):
            X, y = super()._make_samples(*args, **kwargs)
            return 2 * X, y

    return Doubling


def test_a_subclass_with_a_hook__is_built_on_the_original_with_one_warning():
    with pytest.warns(
        PatchWarning, match=r"Doubling overrides or calls '_make_samples'"
    ) as warned:
        cls = doubling()
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert cls.__bases__ == (*ORIGINALS,)
    assert type(cls) is type(ORIGINALS[0])
    assert isinstance(cls(), over_sampling.SMOTE)
    X, y = classes(0)
    new = cls(random_state=0).fit_resample(X, y)[0][len(X) :]
    expected = original(random_state=0).fit_resample(X, y)[0][len(X) :]
    np.testing.assert_array_equal(new, 2 * expected)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cls().fit_resample(X, y)


def test_a_subclass_of_a_subclass__takes_both_to_the_original():
    class Between(over_sampling.SMOTE):
        def name(self):
            return "between"

    earlier = Between(random_state=0)
    assert issubclass(Between, smotefast.SMOTE)
    with pytest.warns(PatchWarning, match="Last overrides or calls"):

        class Last(Between):
            def _make_samples(self, *args, **kwargs):
                return super()._make_samples(*args, **kwargs)

    assert not issubclass(Last, smotefast.SMOTE)
    assert issubclass(Last, Between)
    assert Last().name() == "between"
    same_rows(Last(random_state=0), original(random_state=0))
    same_rows(Between(random_state=0), original(random_state=0))
    same_rows(earlier, original(random_state=0))


def test_a_mixin_with_a_hook__counts():
    class Mixin:
        def _make_samples(self, *args, **kwargs):
            X, y = super()._make_samples(*args, **kwargs)
            return X + 1, y

    with pytest.warns(PatchWarning):

        class Shifted(Mixin, over_sampling.SMOTE):
            pass

    X, y = classes(0)
    new = Shifted(random_state=0).fit_resample(X, y)[0][len(X) :]
    expected = original(random_state=0).fit_resample(X, y)[0][len(X) :]
    np.testing.assert_array_equal(new, expected + 1)


def calls_by_super(self, X, y):
    return super(type(self), self)._fit_resample(X, y)


@pytest.mark.parametrize(
    "attribute",
    [
        lambda self, X, y: self._fit_resample(X, y),
        staticmethod(lambda self: self._fit_resample),
        classmethod(lambda cls: cls._fit_resample),
        property(lambda self: [self._fit_resample for _ in range(1)]),
        calls_by_super,
    ],
)
def test_a_method_that_calls_a_hook__counts(attribute):
    with pytest.warns(PatchWarning, match="'_fit_resample'"):
        cls = type(over_sampling.SMOTE)("Mine", (over_sampling.SMOTE,), {"helper": attribute})
    assert cls.__bases__ == (*ORIGINALS,)


def test_a_hook_called_by_the_name_of_the_class__is_that_of_the_original():
    with pytest.warns(PatchWarning):

        class Plain(over_sampling.SMOTE):
            def _fit_resample(self, X, y):
                return over_sampling.SMOTE._fit_resample(self, X, y)

    same_rows(Plain(random_state=0), original(random_state=0))


def test_a_subclass_defined_before_the_patch__works_under_it():
    smotefast.unpatch_imblearn()
    cls = doubling()
    X, y = classes(0)
    expected = cls(random_state=0).fit_resample(X, y)[0]
    with smotefast.patch_imblearn():
        assert isinstance(cls(), over_sampling.SMOTE)
        np.testing.assert_array_equal(cls(random_state=0).fit_resample(X, y)[0], expected)


def test_abstract_classes__stay_abstract():
    class Base(over_sampling.SMOTE):
        @abc.abstractmethod
        def name(self): ...

    with pytest.raises(TypeError, match="abstract"):
        Base()


def test_other_samplers__have_hooks_of_their_own():
    with pytest.warns(PatchWarning, match="'is_tomek'"):

        class Mine(under_sampling.TomekLinks):
            @staticmethod
            def is_tomek(y, nn_index, class_type):
                return np.zeros(len(y), dtype=bool)

    X, y = classes(0)
    assert len(Mine().fit_resample(X, y)[0]) == len(X)
