"""MLROS and MLRUS: which rows are copied or removed, in turns of the labels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import chisquare

from smotefast import ResamplingWarning
from smotefast.multilabel import MLROS, MLRUS, label_imbalance
from smotefast.multilabel.turns import RunningCounts
from tests.helpers import reference_multilabel as reference


def labels(n=120, shares=(0.8, 0.5, 0.1, 0.05), seed=0):
    y = (np.random.default_rng(seed).random((n, len(shares))) < shares).astype(int)
    y[: len(shares)] |= np.eye(len(shares), dtype=int)
    return y


def resampled(kind, y, **parameters):
    """Return the fitted sampler, and whether it warned that rows are missing."""
    sampler = kind(random_state=0, **parameters)
    X = np.arange(y.shape[0])[:, np.newaxis]
    try:
        sampler.fit_resample(X, y)
    except ResamplingWarning:
        with pytest.warns(ResamplingWarning, match=f"{kind.__name__} (adds|removes)"):
            sampler.fit_resample(X, y)
        return sampler, True
    return sampler, False


@settings(max_examples=20)
@given(
    shares=st.lists(st.floats(0.02, 0.9), min_size=2, max_size=5),
    n=st.integers(10, 50),
    percentage=st.integers(5, 90),
)
def test_copies__are_those_that_ml_ros_could_draw(shares, n, percentage):
    y = labels(n, shares)
    sampler, warned = resampled(MLROS, y, percentage=percentage)
    copies = sampler.sample_indices_[n:].tolist()
    assert sampler.sample_indices_[:n].tolist() == list(range(n))
    assert reference.ml_ros_is_possible(y.tolist(), copies, n * percentage // 100)
    assert warned == (len(copies) < n * percentage // 100)


def test_copies__of_a_label_are_drawn_uniformly():
    y = np.zeros((2_000, 2), dtype=int)
    y[:, 0], y[:40, 1] = 1, 1
    y = np.column_stack([y, y[:, 0], y[:, 0]])
    sampler, _ = resampled(MLROS, y, percentage=30)
    copies = sampler.sample_indices_[2_000:]
    assert len(copies) > 100
    assert chisquare(np.bincount(copies, minlength=40)).pvalue > 1e-3


@settings(max_examples=20)
@given(
    shares=st.lists(st.floats(0.02, 0.9), min_size=2, max_size=5),
    n=st.integers(10, 50),
    percentage=st.integers(5, 90),
)
def test_removed_rows__have_majority_labels_only(shares, n, percentage):
    y = labels(n, shares)
    sampler, warned = resampled(MLRUS, y, percentage=percentage)
    kept = sampler.sample_indices_
    removed = np.setdiff1d(np.arange(n), kept)
    before = label_imbalance(y)
    assert not y[removed][:, before.minority()].any()
    assert y[removed][:, before.majority()].any(axis=1).all()
    assert (np.diff(kept) > 0).all()
    assert warned == (len(removed) < n * percentage // 100)


def test_labels_in_turn__lose_equally_many_rows():
    y = np.zeros((3_000, 4), dtype=int)
    y[:1_500, 0] = y[1_500:2_900, 1] = y[2_900:2_950, 2] = y[2_950:, 3] = 1
    sampler, _ = resampled(MLRUS, y, percentage=20)
    lost = y.sum(axis=0) - y[sampler.sample_indices_].sum(axis=0)
    assert lost.tolist() == [300, 300, 0, 0]


def test_a_label__is_left_alone_once_its_ratio_is_the_mean():
    y = np.zeros((1_510, 3), dtype=int)
    y[:1_000, 0] = y[1_000:1_500, 1] = y[1_500:, 2] = 1
    y[1_500:, 0] = 1
    mean = reference.mean_ir(y.tolist())
    first, second = 1_010, 500
    while first / second < mean:  # a row of each in turn
        first, second = first - 1, second - 1
    sampler, _ = resampled(MLRUS, y, percentage=80)
    counts = y[sampler.sample_indices_].sum(axis=0)
    assert counts.tolist() == [1_510 - 1_208 - second, second, 10]


@pytest.mark.parametrize("sign", [1, -1])
@given(shares=st.lists(st.floats(0.02, 0.9), min_size=1, max_size=5), data=st.data())
def test_running_counts__are_those_of_the_rows(sign, shares, data):
    y = labels(20, shares)
    rows = data.draw(st.lists(st.integers(0, 19), max_size=20, unique=sign < 0))
    counts, now = RunningCounts(csr_array(y), sign), y.sum(axis=0)
    for row in rows:
        counts.change(row)
        now = now + sign * y[row]
        found = [counts.irlbl(label) for label in range(len(shares))]
        assert found == [now.max() / n if n else np.inf for n in now.tolist()]


def test_thousands_of_labels__are_balanced_without_a_dense_matrix():
    n, n_labels = 4_000, 3_000
    columns = np.r_[np.arange(n_labels), np.arange(n - n_labels) % 7]
    y = csr_array((np.ones(n), (np.arange(n), columns)), shape=(n, n_labels))
    copies, _ = resampled(MLROS, y, percentage=20)
    assert y[copies.sample_indices_[n:]].sum(axis=0).max() == 1  # a copy for each label in turn
    removed, _ = resampled(MLRUS, y, percentage=5)
    lost = y.sum(axis=0) - y[removed.sample_indices_].sum(axis=0)
    assert lost[:7].tolist() == [29] * 4 + [28] * 3


@pytest.mark.parametrize("kind", [MLROS, MLRUS])
def test_rows_of_any_type__are_taken_unchanged(kind):
    y = labels()
    X = pd.DataFrame({"text": list("abcdef") * 20, "when": pd.Timestamp("2026-01-01")})
    sampler = kind(percentage=5, random_state=1)
    X_new, y_new = sampler.fit_resample(X, pd.DataFrame(y, columns=list("wxyz")))
    positions = sampler.sample_indices_
    pd.testing.assert_frame_equal(X_new, X.iloc[positions].reset_index(drop=True))
    np.testing.assert_array_equal(y_new, y[positions])
    np.testing.assert_array_equal(sampler.resample_aligned(np.arange(120)), positions)
    again = kind(percentage=5, random_state=1).fit(X, y)
    assert again.imbalance_.mean_ir == sampler.imbalance_.mean_ir


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (MLROS(percentage=0), "'percentage' parameter"),
        (MLRUS(percentage=100), "'percentage' parameter"),
        (MLRUS(random_state="a"), "'random_state' parameter"),
    ],
)
def test_parameters__are_refused_by_name(sampler, message):
    with pytest.raises(ValueError, match=message):
        sampler.fit_resample(np.zeros((120, 1)), labels())
