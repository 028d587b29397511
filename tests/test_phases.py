"""What calls in memory log: phases at INFO, details at DEBUG, and nothing by default."""

from __future__ import annotations

import logging
import subprocess
import sys

import numpy as np
import pytest

from smotefast import (
    SMOTE,
    SMOTEENN,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    KMeansSMOTE,
    RandomOverSampler,
)
from smotefast._phases import advance, displayed_by, phase, resampling
from tests.test_processes import APPROXIMATE


def data(n=400, n_minority=100, n_features=4):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, n_features)), (np.arange(n) < n_minority).astype(int)


@pytest.fixture
def messages(caplog):
    """Return the messages of a level."""

    def of(level):
        return [record.getMessage() for record in caplog.records if record.levelname == level]

    with caplog.at_level(logging.DEBUG, "smotefast"):
        yield of


def test_smote__logs_its_phases(messages):
    SMOTE(random_state=0).fit_resample(*data())
    *phases, done = messages("INFO")
    assert phases == [
        "SMOTE: 400 rows, 4 columns, rows by class: 0: 300, 1: 100",
        "searching neighbors: 5 for each of 81 rows, among 100 rows, 4 columns",
        "generating samples: 200 rows",
    ]
    assert done.startswith("SMOTE: done, 600 rows in ")


def test_a_combination__logs_the_calls_of_its_steps(messages):
    SMOTEENN(random_state=0).fit_resample(*data())
    done = [message.partition(",")[0] for message in messages("INFO") if ": done" in message]
    assert done == ["SMOTE: done", "EditedNearestNeighbours: done", "SMOTEENN: done"]


@pytest.mark.parametrize(
    ("sampler", "expected"),
    [
        (RandomOverSampler(random_state=0), "generating samples: 200 rows"),
        (KMeansSMOTE(kmeans_estimator=1, random_state=0), "clustering: started"),
        (EditedNearestNeighbours(), "searching neighbors: 3 for each of 300 rows, among 400"),
        (CondensedNearestNeighbour(random_state=0), "condensing: 300 rows"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_samplers__log_their_phases(sampler, expected, messages):
    sampler.fit_resample(*data())
    assert any(message.startswith(expected) for message in messages("INFO"))


def test_many_classes__are_named_up_to_ten(messages):
    rng = np.random.default_rng(0)
    RandomOverSampler(random_state=0).fit_resample(rng.normal(size=(60, 2)), np.arange(60) % 30)
    assert "9: 2, and 20 more" in messages("INFO")[0]


def test_searches_of_a_phase__are_details(messages):
    CondensedNearestNeighbour(random_state=0).fit_resample(*data())
    assert not [message for message in messages("INFO") if "searching" in message]
    assert [
        message
        for message in messages("DEBUG")
        if message.startswith("searching neighbors: 1 for")
    ]


def test_the_choice_of_a_search__is_logged_with_its_reason(messages):
    SMOTE(random_state=0).fit_resample(*data(n_features=1))
    choices = [
        message for message in messages("DEBUG") if message.startswith("search method: ")
    ]
    assert choices
    for choice in choices:
        assert choice.endswith("cannot serve these data") or len(choice.split(". ")[1]) > 20


@pytest.mark.parametrize("search", [APPROXIMATE])
def test_an_approximate_search__logs_its_recall(search, messages):
    X, y = data(30_000, 10_000)
    sampler = SMOTE(random_state=0, search=search)
    sampler.fit_resample(X, y)
    assert f"approximate search, attempt 1: recall {sampler.recall_:.3f}" in messages("DEBUG")
    for step in ("partitioning: 10,000 rows", "joining neighbors: "):
        assert any(message.startswith(step) for message in messages("INFO"))


def test_a_call_that_fails__does_not_log_that_it_is_done(messages):
    with pytest.raises(ValueError, match="k_neighbors=5"):
        SMOTE().fit_resample(*data(n_minority=3))
    assert not any("done" in message for message in messages("INFO"))


def test_by_default__nothing_is_logged_and_nothing_is_printed():
    code = (
        "import numpy as np; from smotefast import SMOTE, TomekLinks\n"
        "X = np.random.default_rng(0).normal(size=(400, 4)); y = np.arange(400) < 100\n"
        "TomekLinks().fit_resample(*SMOTE(random_state=0).fit_resample(X, y))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class Recorder:
    """A display that records what it is told."""

    def __init__(self):
        self.told = []
        self.is_open = None

    def __enter__(self):
        self.is_open = True
        return self

    def __exit__(self, *error):
        self.is_open = False

    def phase(self, name, total=None, *, writes=False):
        self.told.append((name, total))

    def advance(self, rows):
        self.told.append(rows)


def test_phases__count_no_more_than_their_total_and_always_all_of_it():
    recorder = Recorder()
    with displayed_by(lambda: recorder), resampling("a call"):
        with phase("first", 10):
            advance(7)
            advance(7)
        with phase("second", 5), phase("a part of it", 3):
            advance(3)
        with phase("third"):
            advance(1)
        advance(1)  # in no phase
    assert recorder.told == [("first", 10), 7, 3, ("second", 5), 5, ("third", None)]
    assert recorder.is_open is False


def test_outside_of_calls__phases_display_nothing():
    recorder = Recorder()
    with displayed_by(lambda: recorder), phase("a search", 10):
        advance(5)
    assert recorder.is_open is None
