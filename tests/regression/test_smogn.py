"""SMOGN: which samples get noise, how much, and what other packages generate."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, chisquare, ks_2samp, kstest

from smotefast.regression import SMOGN, SMOTER
from smotefast.regression.heom import BinRows
from smotefast.regression.samples import sample_deviations
from tests.helpers.reference_regression import half_median, heom, nearest_in, ranges_of
from tests.regression.test_smoter import HIGH, table


def resampled(X, y, **parameters):
    """Return a fitted sampler, and the positions and rows of the rare bin."""
    how = {"relevance": HIGH, "k_neighbors": 3, "random_state": 0, **parameters}
    sampler = SMOGN(**how)
    X_new, y_new = sampler.fit_resample(X, y)
    n_kept = len(sampler.sample_indices_)
    rare = np.flatnonzero(y >= 1.5)
    rows = X.iloc[rare].to_numpy().tolist()
    return sampler, X_new[n_kept:].reset_index(drop=True), y_new[n_kept:], rare, rows


def test_far_neighbors__are_replaced_by_noise_as_in_the_paper():
    X, y = table(150)
    sampler, _, _, rare, rows = resampled(X, y, sampling_strategy=[1, 40])
    base, neighbor, step = sampler.provenance_
    is_noisy, ranges, share = np.isnan(step), ranges_of(rows), []
    for i in range(len(rows)):
        limit, near = half_median(rows, i), nearest_in(rows, i, 3)
        close = {rare[j] for j in near if heom(rows[i], rows[j], ranges) < limit}
        assert set(neighbor[(base == rare[i]) & ~is_noisy]) <= close
        share.append(1 - len(close) / len(near))
    assert 0 < np.mean(share) < 1
    n_noisy = int(is_noisy.sum())
    assert binomtest(n_noisy, len(base), float(np.mean(share))).pvalue > 1e-3
    np.testing.assert_array_equal(neighbor[is_noisy], base[is_noisy])


@pytest.mark.parametrize("perturbation", [0.02, 30.0])
def test_noise__is_normal_and_never_wider_than_half_the_median_distance(perturbation):
    X, y = table(150)
    sampler, X_new, y_new, rare, rows = resampled(
        X, y, sampling_strategy=[1, 60], perturbation=perturbation
    )
    base, _, step = sampler.provenance_
    noisy = np.flatnonzero(np.isnan(step))
    limits = {row: half_median(rows, i) for i, row in enumerate(rare)}
    width = np.minimum([limits[row] for row in base[noisy]], perturbation)
    assert width.max() < 1
    for name in ("a", "b"):
        difference = X_new[name].to_numpy()[noisy] - X[name].to_numpy()[base[noisy]]
        deviation = X[name].iloc[rare].std()
        assert kstest(difference / (width * deviation), "norm").pvalue > 1e-3
    difference = y_new[noisy] - y[base[noisy]]
    assert kstest(difference / (width * np.std(y[rare], ddof=1)), "norm").pvalue > 1e-3
    counts = X_new["color"].iloc[noisy].value_counts().sort_index()
    shares = X["color"].iloc[rare].value_counts(normalize=True).sort_index()
    assert chisquare(counts, shares * len(noisy)).pvalue > 1e-3


def test_deviations__are_those_of_a_sample():
    rows = np.array([[1.0, 5.0], [3.0, 5.0], [8.0, 6.0]])
    expected = [np.std(column, ddof=1) for column in rows.T]
    np.testing.assert_allclose(sample_deviations(rows), expected)
    assert sample_deviations(rows[:1]).tolist() == [0, 0]


def test_near_neighbors__are_interpolated_as_by_smoter():
    X, y = table(100)
    how = {"relevance": HIGH, "sampling_strategy": [1, 5], "random_state": 3}
    smoter, smogn = SMOTER(**how), SMOGN(**how)
    X_one, y_one = smoter.fit_resample(X, y)
    X_two, y_two = smogn.fit_resample(X, y)
    near = 100 + np.flatnonzero(~np.isnan(smogn.provenance_.step))
    assert 0 < len(near) < len(X_one) - 100
    pd.testing.assert_frame_equal(X_one.iloc[near], X_two.iloc[near])
    np.testing.assert_array_equal(y_one[near], y_two[near])


def test_large_bins__measure_the_median_distance_on_a_sample(monkeypatch):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, (400, 1)).astype(np.int32)
    rows = BinRows(rng.normal(size=(400, 2)), codes, np.zeros(400), np.arange(400))
    exact = rows.median_distances(1)
    monkeypatch.setattr("smotefast.regression.heom._MOST_MEASURED", 100)
    np.testing.assert_allclose(rows.median_distances(2), exact, rtol=0.3)
    assert (rows.median_distances(2) != exact).any()


def in_unit_cube(n, seed=0):
    """Return rows whose rare bin has columns of range 1: HEOM is the Euclidean distance."""
    rng = np.random.default_rng(seed)
    X = rng.beta(0.5, 0.5, size=(n, 2))
    y = np.where(np.arange(n) < 30, 3 + X.sum(axis=1), X[:, 0])
    rare = X[:30]
    X[:30] = (rare - rare.min(axis=0)) / np.ptp(rare, axis=0)
    return X, y


def test_samples__have_the_distribution_of_imbreg():
    reason = "imbreg is not installed; the papers are compared in other tests"
    imbreg = pytest.importorskip("imbreg.resampling", reason=reason)
    X, y = in_unit_cube(230)
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": y})
    found = imbreg.smogn_regress(
        frame, method="range", control_pts=np.array([[1, 0, 0], [2, 1, 0]]),
        c_perc=[1, 61], k=4, pert=0.02, seed=0,
    )  # fmt: skip
    theirs = found[found["y"] > 2].to_numpy()
    how = {"relevance": HIGH, "sampling_strategy": [1, 61], "random_state": 1}
    smogn, wide = SMOGN(k_neighbors=4, **how), SMOTER(k_neighbors=25, **how)
    for sampler, is_same in ((smogn, True), (wide, False)):
        X_new, y_new = sampler.fit_resample(X, y)
        ours = np.column_stack([X_new, y_new])[y_new > 2]
        assert len(ours) == len(theirs)
        directions = np.column_stack([np.eye(3), [1, 1, 0], [1, -1, 0], [1, 0, -1]])
        p = min(
            ks_2samp(one, two).pvalue
            for one, two in zip((ours @ directions).T, (theirs @ directions).T, strict=True)
        )
        assert (p > 1e-3) if is_same else (p < 1e-4)
