"""SMOTER: samples of the paper, for numbers and categories, and rows that are kept."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, kstest

from smotefast import ResamplingWarning
from smotefast.regression import SMOTER
from tests.helpers.reference_regression import nearest_in, ranges_of, target_between

HIGH = [[1, 0], [2, 1]]  # rare from 1.5


def table(n=120, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "a": rng.normal(size=n),
            "color": rng.choice(["blue", "red", "green"], n),
            "b": 50 * rng.random(n),
            "shape": rng.choice(["round", "square"], n),
            "constant": 7.0,
        }
    )
    return X, np.exp(X["a"].to_numpy()) + 0.1 * rng.random(n)


@pytest.mark.parametrize("columns", [["a", "b"], ["color", "shape"], None], ids=str)
def test_samples__are_those_of_the_paper(columns):
    X, y = table()
    X = X if columns is None else X[columns]
    # So many neighbors that categories of a row and its neighbor differ.
    sampler = SMOTER(relevance=HIGH, sampling_strategy=[1, 3], k_neighbors=12, random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    rare = np.flatnonzero(y >= 1.5).tolist()
    rows = X.iloc[rare].to_numpy().tolist()
    samples = X_new.iloc[len(sampler.sample_indices_) :].to_numpy().tolist()
    targets = y_new[len(sampler.sample_indices_) :]
    assert len(samples) == 2 * len(rare)
    ranges, picked = ranges_of(rows), []
    for sample, target, base, neighbor, step in zip(
        samples, targets, *sampler.provenance_, strict=True
    ):
        i, j = rare.index(base), rare.index(neighbor)
        assert j in nearest_in(rows, i, 12)
        for value, one, other in zip(sample, rows[i], rows[j], strict=True):
            if isinstance(value, str):
                assert value in (one, other)
                picked += [value == other] if one != other else []
            else:
                assert value == pytest.approx(one + step * (other - one))
        expected = target_between(sample, rows[i], rows[j], y[base], y[neighbor], ranges)
        assert target == pytest.approx(expected)
    if columns != ["a", "b"]:
        assert binomtest(sum(picked), len(picked)).pvalue > 1e-3


def test_every_row__is_the_base_row_of_equally_many_samples():
    X, y = table(60)
    sampler = SMOTER(relevance=HIGH, sampling_strategy=[1, 3.4], random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    n_rare = int(np.sum(y >= 1.5))
    counts = np.bincount(sampler.provenance_.base, minlength=60)[y >= 1.5]
    assert set(counts) == {2, 3}
    assert counts.sum() == int(2.4 * n_rare + 1e-9) == len(X_new) - 60
    other = SMOTER(relevance=HIGH, sampling_strategy=[1, 3.4], random_state=1)
    other.fit_resample(X, y)
    assert (np.bincount(other.provenance_.base, minlength=60)[y >= 1.5] != counts).any()


def test_neighbors_and_steps__are_drawn_uniformly():
    X, y = table(80)
    sampler = SMOTER(
        relevance=HIGH, sampling_strategy=[0.5, 100], k_neighbors=2, random_state=0
    )
    sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    assert kstest(step, "uniform").pvalue > 1e-3
    first = neighbor[base == base[0]]
    assert len(set(first)) == 2
    assert binomtest(int(np.sum(first == first[0])), len(first)).pvalue > 1e-3


def test_rows_of_a_bin_that_shrinks__are_drawn_without_replacement_and_kept_in_order():
    X, y = table()
    sampler = SMOTER(relevance=HIGH, random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    kept = sampler.sample_indices_
    assert (np.diff(kept) > 0).all()
    assert set(np.flatnonzero(y >= 1.5)) <= set(kept)
    assert np.sum(y[kept] < 1.5) == 60
    pd.testing.assert_frame_equal(X_new[: len(kept)], X.iloc[kept].reset_index(drop=True))
    np.testing.assert_array_equal(y_new[: len(kept)], y[kept])


def test_two_rare_ends__are_bins_of_their_own():
    X, y = table(300)
    y = np.log(y)
    points = [[-1.5, 1], [0, 0], [1.5, 1]]
    sampler = SMOTER(relevance=points, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    low, high = y_new <= -0.75, y_new >= 0.75
    assert (low.sum(), high.sum(), len(y_new)) == (100, 100, 300)
    base, neighbor, _ = sampler.provenance_
    assert ((y[base] < 0) == (y[neighbor] < 0)).all()


def test_equal_rows__have_the_mean_of_their_targets():
    X = np.zeros((6, 2))
    y = np.array([0, 0, 0, 0, 4.0, 8.0])
    sampler = SMOTER(relevance=[[1, 0], [2, 1]], k_neighbors=1, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    assert y_new[-1] == 6.0


@pytest.mark.parametrize(("n_rare", "message"), [(1, "are copies"), (3, "use 2 neighbors")])
def test_small_bins__use_the_rows_they_have_and_say_so(n_rare, message):
    X, y = table(30)
    y = np.where(np.arange(30) < n_rare, 5.0 + np.arange(30), 0.0)
    sampler = SMOTER(relevance=[[1, 0], [2, 1]], random_state=0)
    with pytest.warns(ResamplingWarning, match=message):
        X_new, y_new = sampler.fit_resample(X, y)
    assert len(X_new) == len(y_new) == 30
    if n_rare == 1:
        assert X_new.iloc[16:].to_numpy().tolist() == 14 * [X.iloc[0].tolist()]
        assert (y_new[16:] == 5.0).all()
