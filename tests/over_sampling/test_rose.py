"""ROSE: the density estimate of the paper, by class, and what is refused."""

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import kstest

from smotefast.engine.rows import MatrixRows
from smotefast.over_sampling import ROSE, RandomOverSampler
from tests.helpers.datasets import classes
from tests.helpers.reference_samplers import density_scale


@pytest.mark.parametrize("shrinkage", [1.0, 0.3, {0: 2.0, 1: 0.5}])
def test_samples__are_rows_plus_noise_of_the_papers_bandwidth(shrinkage):
    X, y = classes(0, (30, 12, 40), 3)
    counts = {0: 9, 1: 5}
    job = ROSE(random_state=4, shrinkage=shrinkage).prepare(MatrixRows(X, y), counts)
    found = np.empty((14, 3))
    job.fill(0, 14, found)
    generator, expected = np.random.RandomState(4), []
    for label, n in counts.items():
        rows = X[y == label]
        factor = shrinkage[label] if isinstance(shrinkage, dict) else shrinkage
        choices, noise = generator.randint(0, len(rows), n), generator.standard_normal((n, 3))
        expected.append(rows[choices] + factor * density_scale(rows) * noise)
    np.testing.assert_allclose(found, np.vstack(expected), rtol=1e-12)


def test_noise__is_normal_with_a_width_for_each_column():
    X, y = classes(1, (2_000, 25), 3)
    X *= [1, 10, 100]
    sampler = ROSE(random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    noise = X_new[len(X) :] - X[sampler.provenance_.base]
    for values, scale in zip(noise.T, density_scale(X[y == 1]), strict=True):
        assert kstest(values / scale, "norm").pvalue > 1e-3
        assert values.std() == pytest.approx(scale, rel=0.05)


def test_no_shrinkage__copies_rows():
    X, y = classes(2)
    sampler = ROSE(random_state=0, shrinkage=0)
    X_new, _ = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_new[len(X) :], X[sampler.provenance_.base])


def test_sparse_rows__get_the_noise_of_dense_rows():
    X, y = classes(3)
    expected, _ = ROSE(random_state=0).fit_resample(X, y)
    found, _ = ROSE(random_state=0).fit_resample(sparse.csr_array(X), y)
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-12)


def test_a_class_of_one_row__is_refused_by_name():
    X, y = classes(4, (20, 1))
    with pytest.raises(ValueError, match=r"Class 1 has one row.*RandomOverSampler"):
        ROSE().fit_resample(X, y)
    with pytest.raises(ValueError, match=r"missing classes are: {1}"):
        ROSE(shrinkage={0: 1.0}).fit_resample(*classes(4))


@pytest.mark.parametrize(("dtype", "center"), [("float32", 1e5), ("float16", 300.0)])
def test_noise__of_small_floats_is_measured_in_float64(dtype, center):
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(3_000, 2)) + center).astype(dtype)
    y = np.repeat([0, 1], [2_000, 1_000])
    rows = X[y == 1].astype(np.float64)
    job = ROSE(random_state=0).prepare(MatrixRows(X, y), {1: 10})
    (recipe,) = job.recipes
    np.testing.assert_allclose(recipe.scale, density_scale(rows), rtol=1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf, "a", None, -1.0])
def test_shrinkage_of_a_class__is_a_finite_number(value):
    X, y = classes(0, (30, 12), 3)
    with pytest.raises(ValueError, match="shrinkage factor needs to be >= 0"):
        ROSE(shrinkage={1: value}).fit_resample(X, y)


@pytest.mark.parametrize("sampler", [ROSE(), RandomOverSampler(shrinkage=1.0)], ids=str)
@pytest.mark.parametrize("exponent", [-560, -1, 530, 1000])
def test_numbers_whose_squares_overflow__get_the_samples_of_scaled_numbers(sampler, exponent):
    X, y = classes(5, (20, 8), 3)
    X[:, 1] = 2  # a constant column has no noise
    expected, _ = sampler.set_params(random_state=0).fit_resample(X, y)
    for rows in (np.ldexp(X, exponent), sparse.csr_array(np.ldexp(X, exponent))):
        found, _ = sampler.fit_resample(rows, y)
        found = found.toarray() if sparse.issparse(found) else found
        np.testing.assert_allclose(np.ldexp(found, -exponent), expected, rtol=1e-9)
    assert (expected[:, 1] == 2).all()


@pytest.mark.parametrize("sampler", [ROSE(), RandomOverSampler(shrinkage=1.0)], ids=str)
def test_many_draws__are_those_of_a_generator_which_ends_after_them(sampler):
    X, y = classes(6, (9_000, 3_000, 2_000), 6)  # more draws than are kept
    expected, _ = sampler.set_params(random_state=7).fit_resample(X, y)
    generator = np.random.RandomState(7)
    found, _ = sampler.set_params(random_state=generator).fit_resample(X, y)
    np.testing.assert_array_equal(found, expected)
    drawn = np.random.RandomState(7)
    for n_rows, n_new in ((3_000, 6_000), (2_000, 7_000)):
        drawn.randint(0, n_rows, n_new), drawn.standard_normal((n_new, 6))
    assert generator.uniform() == drawn.uniform()


@pytest.mark.parametrize(("dtype", "highest"), [("f2", 65504), ("f4", 3.4e38), ("f8", 1.7e308)])
@pytest.mark.parametrize(
    "sampler", [ROSE(shrinkage=3), RandomOverSampler(shrinkage=3)], ids=str
)
def test_noise__does_not_lead_out_of_the_range_of_the_dtype(sampler, dtype, highest):
    X = np.where(np.random.default_rng(0).random((60, 3)) > 0.5, highest, 0.9 * highest)
    X_new, _ = sampler.fit_resample(X.astype(dtype), np.arange(60) % 4 == 0)
    assert np.isfinite(X_new).all()
    assert X_new.dtype == dtype
