"""Replaced classes: imbalanced-learn's rows, parameters, texts and pickles."""

import copy
import inspect
import io
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
from imblearn import combine, over_sampling, under_sampling
from sklearn.base import clone

import smotefast
from smotefast.patch.names import ALL_NAMES
from tests.helpers.datasets import categories, classes, mixed

PARAMETERS = {"SMOTENC": {"categorical_features": [3, 4]}}
DATA = {"SMOTENC": mixed(0), "SMOTEN": categories(0)}
SEEDED = {"random_state": 0}


def named(name):
    """Return the class that the name stands for now."""
    modules = (over_sampling, under_sampling, combine)
    return next(getattr(module, name) for module in modules if hasattr(module, name))


ORIGINALS = {name: named(name) for name in ALL_NAMES}


def make(cls, name):
    takes_seed = "random_state" in inspect.signature(cls).parameters
    return cls(**PARAMETERS.get(name, {}), **(SEEDED if takes_seed else {}))


def data(name):
    X, y = DATA.get(name, classes(0, (60, 25, 30)))
    return X, y


@pytest.fixture
def patch():
    with smotefast.patch_imblearn():
        yield


# They say that a class gets more or fewer samples than requested.
pytestmark = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")


@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_replaced_class__looks_like_the_original(patch, name):
    original, replaced = ORIGINALS[name], named(name)
    assert replaced is not original
    assert issubclass(replaced, getattr(smotefast, name))
    for attribute in ("__name__", "__qualname__", "__module__"):
        assert getattr(replaced, attribute) == getattr(original, attribute)
    # Its docstring has the attributes of both.
    before, after = original.__doc__.split("Attributes\n    ----------\n")
    start, end = replaced.__doc__.split("Attributes\n    ----------\n")
    assert (start, end[-len(after) :]) == (before, after)
    assert ("search_ : str" in end) == ("search_ : str" in getattr(smotefast, name).__doc__)
    assert inspect.signature(replaced) == inspect.signature(original)
    assert repr(replaced) == repr(original)
    one, two = make(replaced, name), make(original, name)
    assert repr(one) == repr(two)
    assert str(one._repr_html_inner()).count("smotefast") == 0
    assert one.get_params() == two.get_params()
    assert clone(one).set_params(sampling_strategy="auto").get_params() == two.get_params()
    for method in ("fit", "fit_resample"):
        assert getattr(replaced, method).__doc__ == getattr(original, method).__doc__


@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_replaced_class__returns_the_same_rows_and_attributes(patch, name):
    one, two = make(named(name), name), make(ORIGINALS[name], name)
    X, y = data(name)
    for found, expected in zip(one.fit_resample(X, y), two.fit_resample(X, y), strict=True):
        np.testing.assert_array_equal(found, expected)
    fitted = {attribute for attribute in vars(two) if not attribute.startswith("_")}
    assert all(hasattr(one, attribute) for attribute in fitted)


@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_pickle__is_one_of_the_original(patch, name):
    sampler = make(named(name), name)
    X, y = data(name)
    for _ in range(2):  # before and after a call
        stored = pickle.dumps(sampler)
        assert b"smotefast" not in stored
        loaded = pickle.loads(stored)
        assert type(loaded) is named(name)
        sampler.fit_resample(X, y)
    smotefast.unpatch_imblearn()
    original = pickle.loads(stored)
    assert type(original) is ORIGINALS[name]
    assert original.get_params() == sampler.get_params()
    with smotefast.patch_imblearn():
        again = pickle.loads(pickle.dumps(original))
        assert type(again) is named(name)
        found = again.fit_resample(X, y)
    for one, two in zip(found, original.fit_resample(X, y), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_pickle_of_a_fitted_sampler__has_the_attributes_of_the_original(patch, name):
    one, two = make(named(name), name), make(ORIGINALS[name], name)
    for sampler in (one, two):
        sampler.fit_resample(*data(name))
    stored = pickle.dumps(one)
    assert b"smotefast" not in stored
    loaded = pickle.loads(stored)
    public = {attribute for attribute in vars(two) if not attribute.startswith("_")}
    assert public <= {attribute for attribute in vars(loaded) if not attribute.startswith("_")}
    for attribute in public - {
        "sampling_strategy_"
    }:  # of combinations, see docs/differences.md
        assert (
            type(getattr(loaded, attribute)).__name__ == type(getattr(two, attribute)).__name__
        )


def test_pickles__load_where_smotefast_is_absent(patch, tmp_path):
    samplers = {name: make(named(name), name) for name in ALL_NAMES}
    for name, sampler in samplers.items():
        sampler.fit_resample(*data(name))
    path = tmp_path / "samplers.joblib"
    expected = {name: sampler.fit_resample(*data(name)) for name, sampler in samplers.items()}
    joblib.dump((samplers, {name: data(name) for name in samplers}, expected), path)
    code = f"""
import sys
sys.modules["smotefast"] = None
import joblib, numpy as np
samplers, data, expected = joblib.load({str(path)!r})
for name, sampler in samplers.items():
    assert type(sampler).__mro__[1].__module__.startswith("imblearn.")
    repr(sampler)
    for one, two in zip(sampler.fit_resample(*data[name]), expected[name]):
        np.testing.assert_array_equal(one, two)
print(len(samplers))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "21\n", done.stderr


def test_a_loaded_sampler__forgets_its_state_at_the_next_call(patch):
    sampler = over_sampling.SMOTE(random_state=0)
    sampler.fit_resample(*classes(0, (60, 25)))
    loaded = pickle.loads(pickle.dumps(sampler))
    assert loaded.nn_k_.n_samples_fit_ == 25
    loaded.fit_resample(*classes(0, (60, 30)))
    assert loaded.nn_k_.n_samples_fit_ == 30


def test_a_sampler_made_before_the_patch__can_be_pickled_under_it():
    before = over_sampling.SMOTE(k_neighbors=3)
    with smotefast.patch_imblearn():
        assert isinstance(before, over_sampling.SMOTE)
        loaded = pickle.loads(pickle.dumps(before))
        assert type(loaded) is over_sampling.SMOTE
        assert loaded.get_params() == before.get_params()
    assert type(pickle.loads(pickle.dumps(before))) is over_sampling.SMOTE


def test_a_sampler_made_under_the_patch__works_after_it():
    X, y = classes(0)
    with smotefast.patch_imblearn():
        sampler = over_sampling.SMOTE(random_state=0)
    expected = over_sampling.SMOTE(random_state=0).fit_resample(X, y)[0]
    np.testing.assert_array_equal(sampler.fit_resample(X, y)[0], expected)
    assert type(pickle.loads(pickle.dumps(sampler))) is over_sampling.SMOTE


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copies__have_everything(patch, copied):
    sampler = over_sampling.SMOTE(random_state=0)
    sampler.fit_resample(*classes(0))
    other = copied(sampler)
    assert type(other) is over_sampling.SMOTE
    assert vars(other).keys() == vars(sampler).keys()
    assert other.search_ == "exact"


def test_fitted_steps__are_instances_of_replaced_classes(patch):
    sampler = combine.SMOTEENN(random_state=0)
    sampler.fit_resample(*classes(0))
    assert isinstance(sampler.smote_, over_sampling.SMOTE)
    assert isinstance(sampler.enn_, under_sampling.EditedNearestNeighbours)
    assert not isinstance(sampler.enn_, over_sampling.SMOTE)
    loaded = pickle.loads(pickle.dumps(sampler))
    assert type(loaded.smote_) is over_sampling.SMOTE


def test_instances__are_those_of_the_original_as_well(patch):
    sampler = over_sampling.SMOTENC([0])
    assert isinstance(sampler, ORIGINALS["SMOTENC"])
    assert isinstance(sampler, ORIGINALS["SMOTE"])
    assert isinstance(sampler, over_sampling.SMOTE)
    assert isinstance(ORIGINALS["SMOTENC"]([0]), over_sampling.SMOTE)
    assert not isinstance(ORIGINALS["SMOTE"](), smotefast.SMOTE)
    assert not issubclass(ORIGINALS["SMOTE"], smotefast.SMOTE)
    assert not isinstance(ORIGINALS["ADASYN"](), over_sampling.SMOTE)


def test_private_methods_of_the_original__can_be_called(patch):
    X, y = classes(0)
    neighbors = np.arange(25).repeat(2).reshape(25, 2)
    arguments = X[y == 1], y.dtype, 1, X[y == 1], neighbors, 10
    expected = ORIGINALS["SMOTE"](random_state=0)._make_samples(*arguments)
    found = over_sampling.SMOTE(random_state=0)._make_samples(*arguments)
    np.testing.assert_array_equal(found[0], expected[0])
    with pytest.raises(AttributeError, match="no attribute '_other'"):
        _ = over_sampling.SMOTE()._other
    with pytest.raises(AttributeError, match="no attribute '_other'"):
        _ = over_sampling.SMOTE._other


def test_parameters_that_imbalanced_learn_does_not_have__are_refused(patch):
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'search'"):
        over_sampling.SMOTE(search="auto")


def test_search__is_that_of_the_patch():
    X, y = classes(0)
    with smotefast.patch_imblearn(search="approximate"):
        sampler = over_sampling.SMOTE()
        assert sampler.search == "approximate"
        with smotefast.patch_imblearn():
            assert sampler.search == "exact"
            sampler.fit_resample(X, y)
            assert sampler.search_ == "exact"
    assert "search" not in sampler.get_params()


def test_verbose__names_each_class_once_and_counts_calls():
    code = """
import smotefast
smotefast.patch_imblearn(verbose=True)
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE
from tests.helpers.datasets import classes
for _ in range(2):
    SMOTE().fit_resample(*classes(0))
SMOTEENN(smote=SMOTE()).fit_resample(*classes(0))
smotefast.unpatch_imblearn()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    patched, first, second, last = io.StringIO(done.stderr).readlines()
    assert patched.endswith(" that are replaced: 21\n")
    assert first == "smotefast: imblearn.over_sampling.SMOTE is replaced\n"
    assert second == "smotefast: imblearn.combine.SMOTEENN is replaced\n"
    assert last.startswith("smotefast: 3 calls of fit_resample in this process took ")
    assert last.endswith(" s (SMOTE 2, SMOTEENN 1)\n")
    once = code.replace("range(2)", "range(1)").replace("SMOTEENN(", "# ")
    done = subprocess.run([sys.executable, "-c", once], capture_output=True, text=True)
    assert "smotefast: 1 call of fit_resample in this process took " in done.stderr


@pytest.mark.parametrize(
    ("n_small", "advice"),
    [(3, "Lower k_neighbors to 2 or less, or leave the class"), (1, "Leave the class out of")],
)
def test_advice__names_no_parameter_that_a_replaced_class_does_not_have(patch, n_small, advice):
    X, y = classes(0, (60, n_small))
    with pytest.raises(ValueError, match=advice) as caught:
        named("SMOTE")().fit_resample(X, y)
    assert "small_class" not in str(caught.value)
