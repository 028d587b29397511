"""SafeLevelSMOTE: the five cases of the paper, and classes of noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import smotefast
from smotefast.engine.rows import MatrixRows
from smotefast.over_sampling import SafeLevelSMOTE
from smotefast.over_sampling.safe_level_smote import safe_steps
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.reference_samplers import nearest_of, safe_level, safe_step


@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(5, 25), min_size=2, max_size=3),
    k=st.integers(1, 4),
    m=st.integers(1, 6),
)
@examples(25)
def test_samples__are_those_of_the_paper_for_the_same_draws(seed, sizes, k, m):
    X, y = classes(seed, sizes, 3)
    positions = np.flatnonzero(y == 1)
    levels = {row: safe_level(X, y, row, m) for row in positions}
    pairs = [(row, end) for row in positions for end in nearest_of(X, positions, row, k)]
    usable = [pair for pair in pairs if safe_step(*map(levels.get, pair), 0.5) is not None]
    sampler = SafeLevelSMOTE(
        random_state=seed, k_neighbors=k, m_neighbors=m, search="exact", n_jobs=1
    )
    job = sampler.prepare(MatrixRows(X, y), {1: 9})
    assert job.n_rows == (9 if usable else 0)
    if not usable:
        return
    found = np.empty((9, 3))
    job.fill(0, 9, found)
    generator = np.random.RandomState(seed)
    choices, uniforms = generator.randint(0, len(usable), 9), generator.uniform(size=9)
    for sample, choice, uniform in zip(found, choices, uniforms, strict=True):
        row, end = usable[choice]
        step = safe_step(levels[row], levels[end], uniform)
        np.testing.assert_allclose(sample, X[row] + step * (X[end] - X[row]), rtol=1e-12)


def test_steps__are_those_of_the_five_cases():
    levels = [(a, b) for a in range(7) for b in range(7) if a or b]
    for uniform in (0.0, 0.3, 0.999):
        expected = [safe_step(*pair, uniform) for pair in levels]
        found = safe_steps(*np.array(levels).T, np.full(len(levels), uniform))
        np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-15)


def test_samples__lie_in_the_half_of_the_safer_row_on_average():
    X, y = classes(3, (400, 80), 2)
    sampler = SafeLevelSMOTE(random_state=0)
    sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    level = np.array([safe_level(X, y, row, 5) if y[row] == 1 else 0 for row in range(len(X))])
    assert step[level[base] > level[neighbor]].mean() < 0.45
    assert step[level[base] < level[neighbor]].mean() > 0.55
    assert (step[(level[neighbor] == 0)] == 0).all()
    assert (level[base] + level[neighbor] > 0).all()


def test_a_class_of_noise__gets_no_samples_and_a_warning():
    X, y = classes(0, (200, 8), 3)
    far_apart = np.flatnonzero(y == 0)[:8]
    X *= 100
    X[y == 1] = X[far_apart] + 0.01
    with pytest.warns(
        smotefast.ResamplingWarning, match="no samples for class 1.*m_neighbors=1"
    ):
        X_new, _ = SafeLevelSMOTE(m_neighbors=1, random_state=0).fit_resample(X, y)
    assert len(X_new) == len(X)


def test_neighbor_estimators__are_fitted_on_the_class_and_on_all_rows():
    X, y = classes(4, (60, 20))
    sampler = SafeLevelSMOTE(random_state=0)
    sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.nn_k_._fit_X, X[y == 1])
    np.testing.assert_array_equal(sampler.nn_m_._fit_X, X)
    assert (sampler.nn_k_.n_neighbors, sampler.nn_m_.n_neighbors) == (6, 6)


def test_large_samples__are_the_same_in_blocks_and_with_kernels():
    X, y = classes(5, (900, 60), 4)
    sampler = SafeLevelSMOTE(random_state=0, m_neighbors=3)
    job = sampler.prepare(MatrixRows(X, y), {1: 70_000})  # more draws than are kept
    whole, block = np.empty((70_000, 4)), np.empty((500, 4))
    job.fill(0, 70_000, whole)
    job.fill(40_000, 40_500, block)
    np.testing.assert_array_equal(block, whole[40_000:40_500])
    base, neighbor, step = job.origins()[0].provenance(0, 70_000)
    expected = X[base] + step[:, np.newaxis] * (X[neighbor] - X[base])
    np.testing.assert_array_equal(whole, expected)
