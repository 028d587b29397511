"""Samplers pass the isinstance checks of imbalanced-learn, and its classes take them."""

import inspect
import multiprocessing
import os
import subprocess
import sys

import imblearn
import numpy as np
import pytest
from imblearn import combine as their_combine
from imblearn import ensemble, over_sampling, pipeline, under_sampling
from imblearn.tensorflow import balanced_batch_generator
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

import smotefast

THEIRS = {
    name: sampler
    for module in (over_sampling, under_sampling, their_combine)
    for name, sampler in vars(module).items()
    if inspect.isclass(sampler)
}
CHECK = """
import imblearn.base, imblearn.over_sampling
from smotefast import SMOTE, SMOTENC, TomekLinks
checks = [
    isinstance(SMOTE(), imblearn.base.SamplerMixin),
    isinstance(SMOTENC([0]), imblearn.over_sampling.SMOTE),
    isinstance(TomekLinks(), imblearn.base.BaseSampler),
]
left = [finder for finder in sys.meta_path if "smotefast" in type(finder).__module__]
print(*{*checks}, left)
"""
ORDERS = [
    "import imblearn, smotefast",
    "import smotefast, imblearn",
    "import smotefast.over_sampling, smotefast.under_sampling, imblearn",
    "import smotefast.over_sampling, imblearn, smotefast.under_sampling",
    "import imblearn.pipeline, smotefast.combine",
    # What looks whether imbalanced-learn is installed does not import it.
    "import smotefast, importlib.util; importlib.util.find_spec('imblearn'); import imblearn",
    "import smotefast, importlib; importlib.reload(smotefast); import imblearn",
    "sys.modules['imblearn'] = None; import smotefast; del sys.modules['imblearn']",
]


def run(code, **environment):
    command = [sys.executable, "-W", "error", "-c", f"import os, sys\n{code}"]
    return subprocess.check_output(command, text=True, env={**os.environ, **environment})


@pytest.mark.parametrize("order", ORDERS)
def test_samplers__are_virtual_subclasses_whatever_is_imported_first(order):
    assert run(order + CHECK) == "True []\n"


@pytest.mark.parametrize(
    ("word", "order", "is_on"),
    [("0", ORDERS[0], False), ("False", ORDERS[1], False), ("yes", ORDERS[1], True)],
)
def test_registration__can_be_turned_off(word, order, is_on):
    assert run(order + CHECK, SMOTEFAST_REGISTER=word) == f"{is_on} []\n"


def test_another_value_of_the_variable__is_warned_of():
    code = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import smotefast
print(caught[0].message)
"""
    words = "SMOTEFAST_REGISTER='ja' is not one of 1, true, yes, on, 0, false, no, off."
    assert run(code, SMOTEFAST_REGISTER="ja").startswith(words)


def test_imbalanced_learn__is_not_imported():
    code = "import smotefast.combine; print('imblearn' in sys.modules)"
    assert run(code) == "False\n"


def test_an_import_that_fails__is_repeated_with_registration(tmp_path):
    code = f"""
import smotefast.over_sampling
sys.path.insert(0, {str(tmp_path)!r})
for _ in range(2):
    try:
        import imblearn
    except ZeroDivisionError:
        print("failed")
sys.path.remove({str(tmp_path)!r})
"""
    (tmp_path / "imblearn.py").write_text("1 / 0")
    assert run(code + ORDERS[1] + CHECK) == "failed\nfailed\nTrue []\n"


def test_a_missing_imbalanced_learn__is_missed_as_before():
    code = """
import smotefast
sys.path[:] = [path for path in sys.path if not path.endswith("site-packages")]
try:
    import imblearn
except ModuleNotFoundError as error:
    print(error.name)
"""
    assert run(code) == "imblearn\n"


def test_samplers__are_subclasses_of_the_same_classes_as_in_imbalanced_learn():
    names = [name for name in THEIRS if hasattr(smotefast, name)]
    assert len(names) == 21
    bases = {base for name in names for base in THEIRS[name].__mro__ if is_public(base)}
    for name in names:
        for base in bases | set(THEIRS.values()):
            expected = issubclass(THEIRS[name], base)
            assert issubclass(getattr(smotefast, name), base) == expected, (name, base)
    assert issubclass(smotefast.Combination, imblearn.base.BaseSampler)


def is_public(base):
    """Whether a class is of imbalanced-learn, and of a module that users import it from."""
    return base.__module__.startswith("imblearn") and "._" not in base.__module__


def test_subclasses_of_users__are_instances_too():
    class Mine(smotefast.SMOTE):
        pass

    assert isinstance(Mine(), over_sampling.SMOTE)
    assert not isinstance(LogisticRegression(), imblearn.base.SamplerMixin)


def data():
    return make_classification(
        600, 8, n_informative=6, n_classes=3, weights=[0.7, 0.2], class_sep=0.8, random_state=0
    )


def pairs(name, **params):
    return getattr(smotefast, name)(**params), getattr(imblearn_module(name), name)(**params)


def imblearn_module(name):
    return over_sampling if hasattr(over_sampling, name) else under_sampling


@pytest.mark.parametrize(
    ("kind", "parameter", "name"),
    [
        (their_combine.SMOTEENN, "smote", "SMOTE"),
        (their_combine.SMOTEENN, "enn", "EditedNearestNeighbours"),
        (their_combine.SMOTETomek, "smote", "SMOTE"),
        (their_combine.SMOTETomek, "tomek", "TomekLinks"),
        (
            under_sampling.NeighbourhoodCleaningRule,
            "edited_nearest_neighbours",
            "EditedNearestNeighbours",
        ),
    ],
)
def test_their_samplers__take_ours_as_a_step_with_the_same_rows(kind, parameter, name):
    params = {"random_state": 3, "k_neighbors": 4} if name == "SMOTE" else {}
    ours, theirs = pairs(name, **params)
    seed = {"random_state": 0} if "random_state" in inspect.signature(kind).parameters else {}
    found = kind(**{parameter: ours}, **seed).fit_resample(*data())
    assert_same_result(found, kind(**{parameter: theirs}, **seed).fit_resample(*data()))


def assert_same_result(found, expected):
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, two)


def ensembles(sampler):
    classifier = LogisticRegression(max_iter=500)
    yield ensemble.BalancedBaggingClassifier(classifier, sampler=sampler, random_state=0)
    yield pipeline.make_pipeline(clone(sampler), classifier)


@pytest.mark.parametrize("name", ["SMOTE", "RandomOverSampler", "RandomUnderSampler", "ADASYN"])
def test_their_ensembles_and_pipelines__predict_the_same_with_ours(name):
    X, y = data()
    ours, theirs = pairs(name, random_state=0)
    for one, two in zip(ensembles(ours), ensembles(theirs), strict=True):
        np.testing.assert_array_equal(
            one.fit(X, y).predict_proba(X), two.fit(X, y).predict_proba(X)
        )


@pytest.mark.parametrize("name", ["NearMiss", "TomekLinks", "RandomOverSampler"])
def test_their_batch_generators__yield_the_same_batches_with_ours(name):
    X, y = data()
    ours, theirs = pairs(name)
    results = []
    for sampler in (ours, theirs):
        if name.startswith("Random"):
            sampler.set_params(random_state=0)
        batches, n_steps = balanced_batch_generator(X, y, sampler=sampler, random_state=1)
        results.append([next(batches) for _ in range(n_steps)])
    for one, two in zip(*results, strict=True):
        assert_same_result(one, two)


def is_registered(sampler):
    return isinstance(sampler, over_sampling.SMOTE)


@pytest.mark.parametrize("method", ["loky", "spawn", "fork"])
def test_workers__register_the_classes_as_well(method):
    sampler = smotefast.SMOTE()
    if method == "loky":
        assert Parallel(2)(delayed(is_registered)(sampler) for _ in range(2)) == [True, True]
        return
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} on this system")
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.map(is_registered, [sampler]) == [True]
