"""Combination: the result of both steps one after another, and the contract of all three."""

import numpy as np
import pytest
from imblearn import FunctionSampler
from imblearn import combine as their_combine
from imblearn import over_sampling as their_over
from imblearn import under_sampling as their_under
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.utils._param_validation import InvalidParameterError

from smotefast import over_sampling, under_sampling
from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from tests.helpers.assertions import assert_equal
from tests.helpers.datasets import classes, mixed

SIZES = (90, 25, 60)
RANDOM = {"random_state": 0}
CREATIONS = {
    "ADASYN": RANDOM,
    "BorderlineSMOTE": RANDOM,
    "KMeansSMOTE": {**RANDOM, "kmeans_estimator": 2, "cluster_balance_threshold": 0.05},
    "RandomOverSampler": RANDOM,
    "SMOTE": RANDOM,
    "SMOTEN": RANDOM,
    "SMOTENC": {**RANDOM, "categorical_features": [3, 4]},
    "SVMSMOTE": RANDOM,
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


def test_steps__may_be_of_imbalanced_learn():
    X, y = classes(10, SIZES)
    over, under = (
        their_over.SMOTE(random_state=0),
        their_under.RandomUnderSampler(random_state=0),
    )
    for steps in (
        (over, under),
        (creation_of("SMOTE"), under),
        (over, selection_of("NearMiss")),
    ):
        found = Combination(*steps).fit_resample(X, y)
        for one, two in zip(found, one_after_another(*steps, X, y), strict=True):
            assert_equal(one, two)


@pytest.mark.parametrize(
    ("sampler", "name"),
    [
        (Combination(5, under_sampling.NearMiss()), "creation"),
        (Combination(over_sampling.SMOTE(), LogisticRegression()), "selection"),
        (Combination(None, under_sampling.NearMiss()), "creation"),
        (Combination(over_sampling.SMOTE, None), "creation"),
        (Combination(over_sampling.SMOTE(), None), "selection"),
        (SMOTEENN(smote="SMOTE"), "smote"),
        (SMOTEENN(enn=3), "enn"),
        (SMOTETomek(tomek=LogisticRegression()), "tomek"),
        (SMOTETomek(search="fast"), "search"),
        (SMOTEENN(sampling_strategy="majority"), "sampling_strategy"),
    ],
    ids=str,
)
def test_all__refuse_bad_parameters_by_name(sampler, name):
    for method in (sampler.fit, sampler.fit_resample):
        words = f"'{name}'"
        with pytest.raises((InvalidParameterError, ValueError), match=words):
            method(*classes(11, SIZES))


def text_frames():
    rng, n = np.random.default_rng(0), sum(SIZES)
    data = {"a": rng.normal(size=n), "b": rng.normal(size=n), "c": rng.choice([*"xyz"], n)}
    yield pytest.importorskip("pandas").DataFrame(data)
    yield pytest.importorskip("polars").DataFrame(data)
    yield pytest.importorskip("pyarrow").table(data)


@pytest.mark.parametrize(
    ("sampler", "first", "second"),
    [
        (SMOTETomek(smote=over_sampling.SMOTENC(["c"])), "SMOTENC", "TomekLinks"),
        (SMOTEENN(smote=over_sampling.SMOTENC(["c"])), "SMOTENC", "EditedNearestNeighbours"),
        (
            Combination(over_sampling.SMOTENC("auto"), under_sampling.NearMiss()),
            "SMOTENC",
            "NearMiss",
        ),
        (
            Combination(over_sampling.RandomOverSampler(), under_sampling.ClusterCentroids()),
            "RandomOverSampler",
            "ClusterCentroids",
        ),
        (
            Combination(over_sampling.SMOTEN(), their_under.TomekLinks()),
            "SMOTEN",
            "TomekLinks",
        ),
    ],
    ids=str,
)
def test_a_second_step_that_compares_numbers__says_so_and_what_to_do(sampler, first, second):
    y = np.repeat([0, 1, 2], SIZES)
    frames = list(text_frames())
    if second == "TomekLinks" and first == "SMOTEN":
        frames = frames[:1]  # what imbalanced-learn takes
    for frame in frames:
        with pytest.raises(ValueError, match=r"Column 'c'") as raised:
            clone(sampler).fit_resample(frame, y)
        words = str(raised.value)
        assert f"{second}, the step after it, compares only numbers" in words
        assert f"use {first} alone" in words
        assert "use SMOTENC or" not in words


def test_another_error_of_a_second_step__is_not_taken_for_one_about_text():
    y = np.repeat([0, 1, 2], SIZES)
    under = under_sampling.RandomUnderSampler(sampling_strategy={0: 10**6})
    sampler = Combination(over_sampling.SMOTENC("auto"), under)
    for frame in text_frames():
        with pytest.raises(ValueError, match="less or equal"):
            sampler.fit_resample(frame, y)


@pytest.mark.parametrize("name", [*under_sampling.__all__])
def test_samplers_that_remove_rows__name_one_that_takes_text(name):
    if name == "RandomUnderSampler":
        return
    y = np.repeat([0, 1, 2], SIZES)
    for frame in text_frames():
        with pytest.raises(ValueError, match=r"Column 'c' .* use RandomUnderSampler, which"):
            getattr(under_sampling, name)().fit_resample(frame, y)


OVER = [over_sampling.SMOTE(), their_over.ADASYN(), over_sampling.RandomOverSampler()]
UNDER = [under_sampling.RandomUnderSampler(), their_under.TomekLinks()]
BOTH = [SMOTETomek(), their_combine.SMOTEENN(), Combination(OVER[0], UNDER[0])]
REMOVES_ROWS = r"must be a sampler that removes rows \(such as TomekLinks\(\)\)"
WRONG_STEPS = [
    *((SMOTEENN, "smote", "must be an over-sampler", step) for step in UNDER + BOTH),
    *((SMOTETomek, "smote", "must be an over-sampler", step) for step in UNDER + BOTH),
    *((SMOTEENN, "enn", REMOVES_ROWS, step) for step in OVER + BOTH),
    *((SMOTETomek, "tomek", REMOVES_ROWS, step) for step in OVER + BOTH),
    *((Combination, "creation", "must be an over-sampler", step) for step in UNDER + BOTH),
    *((Combination, "selection", REMOVES_ROWS, step) for step in OVER + BOTH),
    *(
        (
            under_sampling.NeighbourhoodCleaningRule,
            "edited_nearest_neighbours",
            REMOVES_ROWS,
            step,
        )
        for step in OVER + BOTH
    ),
]


@pytest.mark.parametrize(("kind", "name", "words", "step"), WRONG_STEPS)
def test_a_step_of_the_wrong_kind__is_refused_by_name(kind, name, words, step):
    given = {"creation": OVER[0], "selection": UNDER[0]} if kind is Combination else {}
    got = type(step).__name__
    for wrong in (step, type(step)):
        sampler = kind(**{**given, name: wrong})
        for method in (sampler.fit, sampler.fit_resample):
            with pytest.raises(InvalidParameterError, match=rf"'{name}'.*{words}.*{got}"):
                method(*classes(11, SIZES))


def test_a_step_of_unknown_type__is_accepted():
    X, y = classes(10, SIZES)
    steps = make_pipeline(over_sampling.SMOTE(random_state=0)), FunctionSampler()
    expected = over_sampling.SMOTE(random_state=0).fit_resample(X, y)
    for one, two in zip(Combination(*steps).fit_resample(X, y), expected, strict=True):
        assert_equal(one, two)
