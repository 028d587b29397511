"""Which steps a combination takes, of which package, and what it says of those it refuses."""

import numpy as np
import pytest
from imblearn import FunctionSampler
from imblearn import combine as their_combine
from imblearn import over_sampling as their_over
from imblearn import under_sampling as their_under
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils._param_validation import InvalidParameterError

from smotefast import over_sampling, under_sampling
from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from tests.helpers.assertions import assert_equal
from tests.helpers.datasets import classes

SIZES = (90, 25, 60)


def test_steps__may_be_of_imbalanced_learn():
    X, y = classes(10, SIZES)
    over, under = (
        their_over.SMOTE(random_state=0),
        their_under.RandomUnderSampler(random_state=0),
    )
    for steps in (
        (over, under),
        (over_sampling.SMOTE(random_state=0), under),
        (over, under_sampling.NearMiss(sampling_strategy={0: 40, 2: 30})),
    ):
        found = Combination(*steps).fit_resample(X, y)
        expected = steps[1].fit_resample(*steps[0].fit_resample(X, y))
        for one, two in zip(found, expected, strict=True):
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
