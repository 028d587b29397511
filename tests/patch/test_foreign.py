"""What other packages and unusual programs do with replaced samplers."""

import copy
import functools
import pickle
import threading
from typing import Protocol, runtime_checkable

import imblearn.over_sampling
import numpy as np
import pytest
from imblearn.over_sampling import SMOTE

import smotefast
from smotefast.exceptions import PatchWarning

# From before the patch, which does not replace what is inside a dict or a function.
BEFORE = {"class": SMOTE, "function": functools.partial(SMOTE, random_state=0)}
X = np.random.default_rng(0).normal(size=(40, 2))
y = np.repeat([0, 1], [30, 10])


@pytest.fixture
def patched():
    with smotefast.patch_imblearn():
        yield imblearn.over_sampling.SMOTE


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_class_from_before__is_pickled_by_its_name(patched, protocol):
    original = BEFORE["class"]
    assert original is not patched
    written = pickle.dumps(BEFORE, protocol)
    assert b"smotefast" not in written
    read = pickle.loads(written)
    assert read["class"] is patched
    assert read["function"].func is patched
    smotefast.unpatch_imblearn()
    read = pickle.loads(written)
    assert read["class"] is read["function"].func is original


def test_other_abstract_classes__are_pickled_as_before(patched):
    for cls in (imblearn.base.BaseSampler, smotefast.SMOTE, patched):
        assert pickle.loads(pickle.dumps(cls)) is cls


def test_the_state_of_a_fitted_sampler__is_that_of_the_original(patched):
    sampler = patched(random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.__getstate__()["nn_k_"].n_features_in_ == 2
    assert b"smotefast" not in pickle.dumps(sampler.__getstate__())  # skops stores this


def test_a_user_chooses__what_belongs_to_a_pickle_and_a_copy(patched):
    class WithLock(SMOTE):
        def __getstate__(self):
            state = dict(super().__getstate__())
            state.pop("lock", None)
            return state

    sampler = WithLock(random_state=0)
    sampler.lock = threading.Lock()  # cannot be copied
    assert "lock" not in sampler.__reduce_ex__(2)[2]
    for copied in (copy.copy(sampler), copy.deepcopy(sampler)):
        assert vars(copied) == vars(SMOTE(random_state=0))
        np.testing.assert_array_equal(
            copied.fit_resample(X, y)[0], BEFORE["function"]().fit_resample(X, y)[0]
        )


def test_a_user_chooses__how_to_pickle(patched):
    class WithReduce(SMOTE):
        def __reduce__(self):
            return WithReduce, ()

    assert WithReduce(k_neighbors=3).__reduce_ex__(2) == (WithReduce, ())


def test_a_user_chooses__how_to_restore_a_copy(patched):
    class Restored(SMOTE):
        def __setstate__(self, state):
            super().__setstate__(state)
            self.restored = True

    for copied in (copy.copy(Restored()), copy.deepcopy(Restored())):
        assert copied.restored


def test_a_call__does_not_use_what_a_user_chose_for_copies(patched):
    class Small(SMOTE):
        def __getstate__(self):
            raise AssertionError("a call makes no copy that users see")

    sampler = Small(random_state=0)
    sampler.lock = lock = threading.Lock()
    X_new, _ = sampler.fit_resample(X, y)
    assert len(X_new) == 60
    assert sampler.lock is lock


def test_a_hook__can_be_called_from_outside_and_sets_attributes(patched):
    sampler = patched(random_state=0).fit(X, y)
    X_new, _ = sampler._fit_resample(X, y)
    assert type(vars(sampler)["nn_k_"]).__name__ == "NearestNeighbors"
    np.testing.assert_array_equal(X_new, sampler.fit_resample(X, y)[0])
    assert "nn_k_" not in vars(sampler)  # computed when it is read


def test_setting_a_hook__warns_that_it_is_not_called(patched):
    words = "_make_samples of SMOTE is set, but smotefast's SMOTE does not call it"
    sampler = patched(random_state=0)
    with pytest.warns(PatchWarning, match=words):
        sampler._make_samples = len


def test_a_subclass__may_have_other_metaclasses_derived_from_abcmeta(patched):
    @runtime_checkable
    class Resampler(Protocol):
        def fit_resample(self, X, y): ...

    class Mine(patched, Resampler):
        pass

    assert isinstance(Mine(), smotefast.SMOTE)
    assert isinstance(patched(), Resampler)
