"""Samples have the distribution of those of smote-variants and imbalanced-learn-extra.

Neither package is a dependency of the tests. Install them beside smotefast to run these:
``pip install --no-deps smote-variants imbalanced-learn-extra`` and what they import.
"""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from smotefast.over_sampling import (
    ROSE,
    SMOTE,
    GeometricSMOTE,
    PolynomFitSMOTE,
    ProWSyn,
    SafeLevelSMOTE,
)
from tests.helpers.datasets import classes
from tests.helpers.reference_samplers import nearest_of, safe_level

N = 4_000


@pytest.fixture
def smote_variants():
    reason = (
        "smote-variants is not installed; samplers are compared with the papers in other tests"
    )
    return pytest.importorskip("smote_variants", reason=reason)


def least_p(one, two):
    """Return the lowest p-value of columns and of some projections."""
    rng = np.random.default_rng(0)
    directions = np.hstack([np.eye(one.shape[1]), rng.normal(size=(one.shape[1], 4))])
    pairs = zip((one @ directions).T, (two @ directions).T, strict=True)
    return min(ks_2samp(a, b).pvalue for a, b in pairs)


def data(seed=0, n_small=40, n_features=3):
    """Return two overlapping classes; the small one gets N samples."""
    return classes(seed, (N + n_small, n_small), n_features)


def new_rows(sampler, X, y):
    return sampler.fit_resample(X, y)[0][len(X) :]


def their_rows(sampler, X, y):
    return sampler.sample(X, y)[0][len(X) :]


@pytest.mark.parametrize(
    ("strategy", "truncation", "deformation"),
    [("combined", 1.0, 0.0), ("minority", -0.5, 0.5), ("majority", 0.3, 1.0)],
)
def test_geometric_smote__is_that_of_imbalanced_learn_extra(strategy, truncation, deformation):
    reason = "imbalanced-learn-extra is not installed; the paper is compared in other tests"
    gsmote = pytest.importorskip("imblearn_extra.gsmote", reason=reason)
    X, y = data()
    shape = {"truncation_factor": truncation, "deformation_factor": deformation}
    theirs = gsmote.GeometricSMOTE(selection_strategy=strategy, random_state=0, **shape)
    expected = theirs.fit_resample(X, y)[0][len(X) :]
    mine = GeometricSMOTE(selection_strategy=strategy, random_state=1, **shape)
    assert least_p(new_rows(mine, X, y), expected) > 1e-3
    other = {"combined": "minority", "minority": "majority", "majority": "minority"}[strategy]
    mine.set_params(selection_strategy=other)
    assert least_p(new_rows(mine, X, y), expected) < 1e-4


def test_safe_level_smote__places_samples_between_two_rows_as_smote_variants(smote_variants):
    # Their pairs have neighbors of any class and a step for each column, so only columns are
    # compared, for pairs of this package.
    X, y = classes(0, (300, 40), 3)
    positions = np.flatnonzero(y == 1)
    levels = {row: safe_level(X, y, row, 5) for row in positions}
    pairs = [(row, end) for row in positions for end in nearest_of(X, positions, row, 5)]
    usable = [
        (row, end, levels[row], levels[end]) for row, end in pairs if levels[row] or levels[end]
    ]
    theirs = smote_variants.Safe_Level_SMOTE(random_state=0)
    theirs.min_label = 1
    expected = theirs.generate_samples(X, y, np.array(usable), N)[0][len(X) :]
    counts = {"sampling_strategy": {1: 40 + N}}
    for sampler, is_same in ((SafeLevelSMOTE(**counts), True), (SMOTE(**counts), False)):
        found = new_rows(sampler.set_params(random_state=1), X, y)
        p = min(ks_2samp(*columns).pvalue for columns in zip(found.T, expected.T, strict=True))
        assert (p > 1e-3) if is_same else (p < 1e-6)


def test_rose__adds_the_noise_of_smote_variants_for_its_bandwidth(smote_variants):
    X, y = data(n_small=10)
    X[y == 1] *= np.geomspace(1, 1e4, 10)[:, np.newaxis]  # rows that are far apart
    n, d = X.shape
    expected = their_rows(smote_variants.ROSE(random_state=0), X, y)
    # smote-variants has d + 1 and all rows in the formula, and divides by n in the variance.
    factor = (4 / ((d + 1) * n) / (4 / ((d + 2) * 10))) ** (1 / (d + 4)) * (9 / 10) ** 0.5
    for shrinkage, is_same in ((factor, True), (1.5 * factor, False)):
        found = new_rows(ROSE(random_state=1, shrinkage=shrinkage), X, y)
        p = least_p(found, expected)
        assert (p > 1e-3) if is_same else (p < 1e-6)


def test_prowsyn__draws_levels_and_rows_as_smote_variants(smote_variants):
    X, y = data(seed=1)
    X[y == 1, 0] += 15  # in six levels, without rows that remain
    how = {"n_neighbors": 2, "L": 8}
    theirs = smote_variants.ProWSyn(random_state=0, **how)
    expected = their_rows(theirs, X, y)
    mine = ProWSyn(random_state=1, **how)
    for theta, is_same in ((1.0, True), (0.5, False)):
        mine.set_params(theta=theta).fit_resample(X, y)
        base, neighbor, _ = mine.provenance_
        # Since 1.0 they draw the two weights of a pair, before a step as in the paper.
        weights = np.random.default_rng(0).random((2, N))
        steps = weights[0] / weights.sum(axis=0)
        found = X[base] + steps[:, np.newaxis] * (X[neighbor] - X[base])
        p = least_p(found, expected)
        assert (p > 1e-3) if is_same else (p < 1e-6)
    parts, _ = theirs.determine_clusters_proximity_levels(X, y)
    positions = np.flatnonzero(y == 1)
    assert mine.levels_[1].max() == len(parts) == 6
    for level, part in enumerate(parts, start=1):
        assert set(part) == set(positions[mine.levels_[1] == level])


@pytest.mark.parametrize("topology", ["star", "bus"])
def test_polynom_fit_smote__has_the_lines_of_smote_variants(smote_variants, topology):
    X, y = classes(2, (100, 20), 3)
    n_lines = 20 if topology == "star" else 19
    theirs = getattr(smote_variants, f"polynom_fit_SMOTE_{topology}")(proportion=1.0)
    expected = their_rows(theirs, X, y)  # four on each line
    mine = PolynomFitSMOTE(topology=topology, sampling_strategy={1: 20 + 4 * n_lines})
    found = new_rows(mine, X, y)
    for rows in (found, expected):
        rows[:] = rows[np.lexsort(np.round(rows, 9).T)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_polynom_fit_smote__has_the_curves_of_smote_variants(smote_variants):
    # Their columns have different positions on the curve, so only columns are compared.
    X, y = data(seed=3)
    expected = their_rows(smote_variants.polynom_fit_SMOTE_poly(random_state=0), X, y)
    for order, is_same in ((2, True), (6, False)):
        mine = PolynomFitSMOTE(topology="polynomial", order=order, random_state=1)
        found = new_rows(mine, X, y)
        p = min(ks_2samp(*columns).pvalue for columns in zip(found.T, expected.T, strict=True))
        assert (p > 1e-3) if is_same else (p < 1e-6)
