"""Combination: the result of both steps one after another, and the contract of all three."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity

from smotefast import over_sampling, under_sampling
from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from smotefast.over_sampling import SMOTE
from smotefast.under_sampling import TomekLinks
from tests.helpers.assertions import assert_equal
from tests.helpers.datasets import classes, mixed

SIZES = (90, 25, 60)
RANDOM = {"random_state": 0}
CREATIONS = {
    "ADASYN": RANDOM,
    "BorderlineSMOTE": RANDOM,
    "GenerativeOverSampler": {**RANDOM, "synthesizer": KernelDensity()},
    "GeometricSMOTE": RANDOM,
    "KMeansSMOTE": {**RANDOM, "kmeans_estimator": 2, "cluster_balance_threshold": 0.05},
    "PolynomFitSMOTE": RANDOM,
    "ProWSyn": RANDOM,
    "ROSE": RANDOM,
    "RandomOverSampler": RANDOM,
    "SMOTE": RANDOM,
    "SMOTEN": RANDOM,
    "SMOTENC": {**RANDOM, "categorical_features": [3, 4]},
    "SVMSMOTE": RANDOM,
    "SafeLevelSMOTE": RANDOM,
}
SELECTIONS = {
    "AllKNN": {},
    "ClusterCentroids": {**RANDOM, "sampling_strategy": {0: 40}},
    "CondensedNearestNeighbour": RANDOM,
    "EditedNearestNeighbours": {"sampling_strategy": "all"},
    "InstanceHardnessThreshold": {
        **RANDOM, "estimator": GaussianNB(), "sampling_strategy": {0: 40},
    },
    "NearMiss": {"sampling_strategy": {0: 40, 2: 30}},
    "NeighbourhoodCleaningRule": {},
    "OneSidedSelection": RANDOM,
    "RandomUnderSampler": {**RANDOM, "sampling_strategy": {0: 40, 1: 12}},
    "RepeatedEditedNearestNeighbours": {},
    "TomekLinks": {"sampling_strategy": "all"},
}  # fmt: skip
quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")


def creation_of(name):
    return getattr(over_sampling, name)(**CREATIONS[name])


def selection_of(name):
    return getattr(under_sampling, name)(**SELECTIONS[name])


@quiet
@pytest.mark.parametrize(
    "options",
    [
        {"bounds": {"spend": (-1e9, 1e9)}},
        {"distance_columns": ["spend", "age"]},
        {"missing": "distance"},
        {"bounds": {"age": (-50, 150)}},
    ],
)
def test_column_options_that_change_nothing__remove_the_same_rows(options):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.integers(18, 30, 400), "spend": rng.normal(20, 3, 400)})
    y = np.arange(400) % 8 == 0
    found = SMOTETomek(smote=SMOTE(random_state=0, **options)).fit_resample(frame, y)
    expected = SMOTETomek(smote=SMOTE(random_state=0)).fit_resample(frame, y)
    in_order = SMOTE(random_state=0).fit_resample(frame, y)  # samples truncated before links
    assert len(TomekLinks(sampling_strategy="all").fit_resample(*in_order)[0]) < len(found[0])
    assert_equal(found[0], expected[0])
    assert_equal(found[1], expected[1])


def one_after_another(creation, selection, X, y):
    return clone(selection).fit_resample(*clone(creation).fit_resample(X, y))


def test_tables__name_all_samplers():
    assert sorted(CREATIONS) == sorted(over_sampling.__all__)
    assert sorted(SELECTIONS) == sorted(under_sampling.__all__)


@quiet
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("creation", CREATIONS)
def test_combination__of_any_two_equals_one_after_another(creation, selection):
    X, y = mixed(2, SIZES, n_categories=(9, 11, 7))
    if creation == "SMOTEN":
        X = X[:, 3:].astype(np.int64)
    steps = creation_of(creation), selection_of(selection)
    sampler = Combination(*steps)
    for one, two in zip(
        sampler.fit_resample(X, y), one_after_another(*steps, X, y), strict=True
    ):
        assert_equal(one, two)
    assert not any(hasattr(step, "sampling_strategy_") for step in steps)  # they were cloned
    assert isinstance(sampler.sampling_strategy_, dict)
    assert sampler.sampling_strategy_ == steps[0].fit(X, y).sampling_strategy_
    assert sum(sampler.sampling_strategy_.values()) > 0


@quiet
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("creation", ["SMOTE", "RandomOverSampler", "SMOTENC"])
def test_combination__of_a_frame_of_floats_gives_the_rows_of_an_array(creation, selection):
    pd = pytest.importorskip("pandas")
    X, y = mixed(2, SIZES)
    frame = pd.DataFrame(X, columns=list("abcde"), index=y * 7)
    sampler = Combination(creation_of(creation), selection_of(selection))
    X_new, y_new = sampler.fit_resample(X, y)
    frame_new, series_new = sampler.fit_resample(frame, pd.Series(y, name="label"))
    np.testing.assert_array_equal(frame_new.to_numpy(), X_new)
    np.testing.assert_array_equal(series_new.to_numpy(), y_new)
    assert list(sampler.feature_names_in_) == list("abcde")


@pytest.mark.parametrize(
    "steps", [("SMOTENC", "NearMiss"), ("SMOTE", "RandomUnderSampler")], ids=str
)
def test_combination__of_a_frame_gives_frames_from_step_to_step_where_none_rounds(steps):
    pd = pytest.importorskip("pandas")
    X, y = mixed(2, SIZES)
    frame = pd.DataFrame(X, columns=list("abcde"), index=y * 7).astype({"d": int})
    over, under = creation_of(steps[0]), selection_of(steps[1])
    if steps[0] == "SMOTENC":
        over.set_params(categorical_features=["d", "e"])  # which an array has not
    found = Combination(over, under).fit_resample(frame, y)
    for one, two in zip(found, one_after_another(over, under, frame, y), strict=True):
        assert_equal(one, two)


def texts():
    rng, n = np.random.default_rng(0), sum(SIZES)
    rows = np.arange(n)
    return {
        "text": [None if i % 7 == 0 else f"é{i}" for i in rows.tolist()],
        "number": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
        "time": np.datetime64("2024-01-01", "ns") + rows.astype("m8[h]"),
        "flag": rng.random(n) < 0.5,
    }


@pytest.mark.parametrize("library", ["pandas", "polars", "objects"])
def test_combination__of_copies_and_drawn_rows_needs_no_numbers(library):
    y = np.random.default_rng(1).permutation(np.repeat(["x", "y", "z"], SIZES))
    over = over_sampling.RandomOverSampler(sampling_strategy={"y": 70, "z": 60}, random_state=0)
    sampler = Combination(over, under_sampling.RandomUnderSampler(random_state=1))
    if library == "objects":
        X = np.array(list(texts().values()), dtype=object).T
    else:
        X = pytest.importorskip(library).DataFrame(texts())
    X_new, y_new = sampler.fit_resample(X, y)
    expected, y_expected = one_after_another(sampler.creation, sampler.selection, X, y)
    assert type(X_new) is type(X)
    assert (
        X_new.equals(expected)
        if library != "objects"
        else repr(X_new.tolist()) == repr(expected.tolist())
    )
    np.testing.assert_array_equal(y_new, y_expected)
    assert sorted(y_new) == ["x"] * 60 + ["y"] * 60 + ["z"] * 60


ALL = [
    (SMOTEENN(random_state=0), "smote_", "enn_"),
    (SMOTETomek(random_state=0), "smote_", "tomek_"),
    (Combination(creation_of("SMOTE"), selection_of("NearMiss")), "creation_", "selection_"),
    (
        Combination(creation_of("BorderlineSMOTE"), selection_of("RandomUnderSampler")),
        "creation_",
        "selection_",
    ),
]
all_of_them = pytest.mark.parametrize(
    ("sampler", "first", "second"), [pytest.param(*each, id=str(each[0])) for each in ALL]
)


def computed_again(creation, selection, X, y):
    """Compute the result from provenance and sample indices."""
    base, neighbor, step = creation.provenance_
    new = X[base] + step[:, np.newaxis] * (X[neighbor] - X[base])
    kept = selection.sample_indices_
    return np.concatenate([X, new])[kept], np.concatenate([y, y[base]])[kept]


@all_of_them
@pytest.mark.parametrize("kind", ["array", "frame", "list", "csr"])
def test_results__can_be_computed_from_provenance_and_sample_indices(
    sampler, first, second, kind
):
    X, y = classes(4, SIZES)
    containers = {"array": X, "list": X.tolist(), "csr": sparse.csr_array(X)}
    if kind == "frame":
        pd = pytest.importorskip("pandas")
        containers["frame"] = pd.DataFrame(X, columns=list("abcd"))
        containers["frame"]["count"] = (X[:, 0] * 10).astype(int)
        X = containers["frame"].to_numpy()
    sampler = clone(sampler)
    X_new, y_new = sampler.fit_resample(containers[kind], y.tolist() if kind == "list" else y)
    X_expected, y_expected = computed_again(
        getattr(sampler, first), getattr(sampler, second), X, y
    )
    if kind == "frame":
        X_expected[:, -1] = np.trunc(X_expected[:, -1])
    X_new = X_new.toarray() if kind == "csr" else np.asarray(X_new)
    np.testing.assert_allclose(X_new, X_expected, rtol=1e-15, atol=1e-15)
    np.testing.assert_array_equal(y_new, y_expected)
    assert (getattr(sampler, second).sample_indices_ >= len(X)).any()
    assert isinstance(sampler.sampling_strategy_, dict)


@all_of_them
def test_fit__looks_and_resamples_nothing(sampler, first, second):
    X, y = classes(5, SIZES)
    sampler = clone(sampler)
    assert sampler.fit(X, y) is sampler
    assert sampler.sampling_strategy_ == {1: 65, 2: 30}
    assert sampler.n_features_in_ == 4
    for name in (first, second):
        assert not hasattr(getattr(sampler, name, None), "sample_indices_")
        assert not hasattr(getattr(sampler, name, None), "provenance_")
    with pytest.raises(ValueError, match="Got 1 class instead"):
        sampler.fit(X, y * 0)
    assert not {first, second, "sampling_strategy_"} & set(vars(sampler))


@all_of_them
@pytest.mark.parametrize("failing", ["first", "second", "labels", "data"])
def test_what_failed__leaves_nothing_behind(sampler, first, second, failing):
    X, y = classes(6, SIZES)
    sampler = clone(sampler)
    sampler.fit_resample(X, y)
    assert {first, second, "sampling_strategy_"} <= set(vars(sampler))
    if failing == "first":
        sampler.set_params(**{first.rstrip("_"): over_sampling.SMOTE(k_neighbors=500)})
    elif failing == "second":
        sampler.set_params(**{second.rstrip("_"): under_sampling.NearMiss(n_neighbors=500)})
    elif failing == "labels":
        y = y[:-1]
    else:
        X = np.full_like(X, np.nan)
    with pytest.raises(ValueError, match=r"n_neighbors|inconsistent|NaN"):
        sampler.fit_resample(X, y)
    assert not {first, second, "sampling_strategy_"} & set(vars(sampler))


def test_parameters__of_the_steps_are_reached_through_the_combination():
    sampler = Combination(creation_of("SMOTE"), selection_of("NearMiss"))
    known = sampler.get_params()
    assert known["creation__k_neighbors"] == 5
    assert known["selection__version"] == 1
    assert set(sampler.get_params(deep=False)) == {"creation", "selection"}
    sampler.set_params(creation__k_neighbors=2, selection__version=2)
    X, y = classes(8, SIZES)
    steps = clone(sampler.creation), clone(sampler.selection)
    assert (steps[0].k_neighbors, steps[1].version) == (2, 2)
    expected = one_after_another(*steps, X, y)[0]
    np.testing.assert_array_equal(sampler.fit_resample(X, y)[0], expected)
    nested = SMOTEENN(enn=under_sampling.EditedNearestNeighbours())
    assert nested.set_params(enn__n_neighbors=7).enn.n_neighbors == 7
