"""PolynomFitSMOTE: points on the lines of each topology, and on fitted curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine.rows import MatrixRows
from smotefast.over_sampling import PolynomFitSMOTE
from smotefast.over_sampling.polynom_fit_smote import LineDraws, MeshDraws, ends_of_lines
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.reference_samplers import lines, points_on

TOPOLOGIES = ["star", "bus", "mesh", "polynomial"]
each_line = pytest.mark.parametrize("topology", TOPOLOGIES[:3])
each_topology = pytest.mark.parametrize("topology", TOPOLOGIES)


def samples_of(topology, X, y, n, seed=0):
    sampler = PolynomFitSMOTE(topology=topology, random_state=seed)
    X_new, _ = sampler.set_params(sampling_strategy={1: sum(y == 1) + n}).fit_resample(X, y)
    return X_new[len(X) :], sampler.provenance_


def in_order(rows):
    return rows[np.lexsort(np.round(rows, 9).T)]


@each_line
@pytest.mark.parametrize("per_line", [1, 3])
def test_samples__are_those_of_the_paper_if_each_line_gets_as_many(topology, per_line):
    X, y = classes(0, (30, 9), 3)
    of_paper = lines(X[y == 1], topology)
    found, _ = samples_of(topology, X, y, per_line * len(of_paper))
    expected = np.vstack([points_on(line, per_line) for line in of_paper])
    np.testing.assert_allclose(in_order(found), in_order(expected), rtol=1e-12)


@given(n=st.integers(1, 400), n_lines=st.integers(1, 400))
@examples(60)
def test_lines__get_the_same_number_of_samples_or_one_more(n, n_lines):
    drawn, steps = LineDraws(np.random.RandomState(0), n, n_lines).read(0, n)
    counts = np.bincount(drawn, minlength=n_lines)
    assert counts.max() - counts.min() <= 1
    assert len(counts) == n_lines
    for line in np.unique(drawn):
        on_line = steps[drawn == line]
        np.testing.assert_allclose(on_line, np.arange(1, len(on_line) + 1) / (len(on_line) + 1))


def test_few_samples__take_each_line_with_the_same_probability():
    drawn = [LineDraws(np.random.RandomState(seed), 7, 20).choices(0, 7) for seed in range(900)]
    shares = np.bincount(np.concatenate(drawn), minlength=20) / 900
    np.testing.assert_allclose(shares, 7 / 20, atol=0.05)
    assert len({tuple(each) for each in drawn}) > 100


@pytest.mark.parametrize("n_rows", [2, 3, 50, 1_500_000_000])
def test_lines_of_a_mesh__have_two_different_rows_each(n_rows):
    n_lines = n_rows * (n_rows - 1) // 2
    n = min(n_lines, 3_000)
    pairs, _ = MeshDraws(np.random.RandomState(1), n, n_rows).read(0, n)
    base, neighbor = np.divmod(pairs, n_rows)
    assert (neighbor < base).all()
    assert base.max() < n_rows
    assert len(np.unique(pairs)) == n
    np.testing.assert_array_equal(  # lines are numbered row by row, without gaps
        LineDraws(np.random.RandomState(1), n, n_lines).choices(0, n),
        base * (base - 1) // 2 + neighbor,
    )


def test_lines_of_a_mesh__are_numbered_exactly_for_billions_of_rows():
    base = np.concatenate([np.arange(1, 50), 2 ** np.arange(6, 31), 3 ** np.arange(4, 19)])
    first = base * (base - 1) // 2
    for line, neighbor in ((first, 0), (first + base - 1, base - 1)):
        found = ends_of_lines(line)
        np.testing.assert_array_equal(found[0], base)
        np.testing.assert_array_equal(found[1], neighbor)


def test_pairs__are_interpolated_by_the_kernel_as_by_numpy(monkeypatch):
    X, y = classes(7, (50, 12), 3)
    expected, _ = samples_of("mesh", X, y, 60)
    monkeypatch.setattr("smotefast.engine.interpolate._FEW_VALUES", 0)
    found, _ = samples_of("mesh", X, y, 60)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("topology", ["bus", "mesh"])
def test_provenance__says_both_ends_of_the_line(topology):
    X, y = classes(1, (50, 12), 3)
    found, (base, neighbor, step) = samples_of(topology, X, y, 31)
    expected = X[base] + step[:, np.newaxis] * (X[neighbor] - X[base])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_star__leads_from_the_base_row_to_the_mean():
    X, y = classes(1, (50, 12), 3)
    found, (base, neighbor, step) = samples_of("star", X, y, 31)
    to_mean = X[y == 1].mean(axis=0) - X[base]
    part = (found - X[base]) / to_mean
    np.testing.assert_allclose(part, part[:, :1].repeat(3, axis=1), rtol=1e-9)
    np.testing.assert_array_equal(base, neighbor)
    assert np.isnan(step).all()


@pytest.mark.parametrize("order", [1, 2, 5])
def test_polynomial__is_the_least_squares_fit_to_rows_sorted_by_their_mean(order):
    X, y = classes(2, (60, 20), 3)
    rows = X[y == 1]
    rows = rows[np.argsort(rows.mean(axis=1))]
    job = PolynomFitSMOTE(topology="polynomial", order=order, random_state=5).prepare(
        MatrixRows(X, y), {1: 30}
    )
    found = np.empty((30, 3))
    job.fill(0, 30, found)
    generator = np.random.RandomState(5)
    positions = generator.randint(0, 19, 30) + generator.uniform(size=30)
    curves = [np.polyfit(np.arange(20), column, order) for column in rows.T]
    expected = np.column_stack([np.polyval(curve, positions) for curve in curves])
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8)
    base, after, _ = job.origins()[0].provenance(0, 30)
    np.testing.assert_array_equal(X[base], rows[positions.astype(int)])
    np.testing.assert_array_equal(X[after], rows[positions.astype(int) + 1])


@pytest.mark.parametrize("topology", ["star", "mesh", "polynomial"])
def test_samples__do_not_depend_on_the_order_of_rows(topology):
    X, y = classes(3, (40, 8), 3)
    order = np.random.default_rng(0).permutation(len(y))
    n = 56  # two on each line of the mesh, seven on each of the star
    one, _ = samples_of(topology, X, y, n)
    two, _ = samples_of(topology, X[order], y[order], n)
    np.testing.assert_allclose(in_order(one), in_order(two), rtol=1e-9)


@each_topology
@pytest.mark.parametrize("n", [5, 100])
def test_samples__do_not_depend_on_blocks_or_sparse_storage(topology, n):
    X, y = classes(4, (40, 15), 4)
    X[np.random.default_rng(0).random(X.shape) < 0.5] = 0
    sampler = PolynomFitSMOTE(topology=topology, random_state=0)
    whole, parts = np.empty((n, 4)), np.empty((n, 4))
    sampler.prepare(MatrixRows(X, y), {1: n}).fill(0, n, whole)
    job = sampler.prepare(MatrixRows(X, y), {1: n})
    for start, stop in ((3, n), (0, 3)):
        job.fill(start, stop, parts[start:stop])
    np.testing.assert_array_equal(parts, whole)
    rows = MatrixRows(sparse.csr_array(X), y)
    found = sampler.prepare(rows, {1: n}).sparse_rows(0, n).toarray()
    np.testing.assert_allclose(found, whole, rtol=1e-9, atol=1e-12)


@each_topology
def test_integers__are_truncated_and_kept(topology):
    X, y = classes(5, (40, 15), 3)
    X = (X * 100).astype(np.int16)
    found, _ = samples_of(topology, X, y, 25)
    exact, _ = samples_of(topology, X.astype(float), y, 25)
    assert found.dtype == np.int16
    np.testing.assert_array_equal(found, np.trunc(exact))


@pytest.mark.parametrize(
    ("topology", "n_rows", "words"),
    [
        ("bus", 1, "topology='bus' needs at least 2 rows, and class 1 has 1"),
        ("mesh", 1, "topology='mesh' needs at least 2"),
        ("polynomial", 2, "class 1 has 2. Use topology='star', lower order=2, or leave"),
    ],
)
def test_too_few_rows__are_refused_by_name(topology, n_rows, words):
    X, y = classes(6, (20, n_rows))
    with pytest.raises(ValueError, match=words):
        PolynomFitSMOTE(topology=topology).fit_resample(X, y)
    assert len(PolynomFitSMOTE().fit_resample(X, y)[1]) == 40


def test_polynomial__ends_at_the_last_row():
    X = np.concatenate([np.zeros(400), np.arange(3.0)])[:, np.newaxis]
    y = np.repeat([0, 1], [400, 3])
    sampler = PolynomFitSMOTE(topology="polynomial", order=1, random_state=0)
    samples = sampler.fit_resample(X, y)[0][403:]
    assert 0 <= samples.min() < 0.1
    assert 1.9 < samples.max() <= 2
