"""GeometricSMOTE: the samples of the paper, and the shape of the ball."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.engine.rows import MatrixRows
from smotefast.over_sampling import GeometricSMOTE
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.reference_samplers import geometric_neighbor, sample_in_ball

STRATEGIES = ["minority", "majority", "combined"]
each_strategy = pytest.mark.parametrize("selection_strategy", STRATEGIES)
SIZES = (80, 30, 50)


def in_ball(sampler, X, y):
    """Return samples as vectors from the base row, along and across the line to the neighbor.

    In units of the distance between the two.
    """
    X_new, _ = sampler.fit_resample(X, y)
    base, neighbor, _ = sampler.provenance_
    line = X[neighbor] - X[base]
    radius = np.linalg.norm(line, axis=1)
    moved = (X_new[len(X) :] - X[base]) / radius[:, np.newaxis]
    along = (moved * line).sum(axis=1) / radius
    return along, np.linalg.norm(moved, axis=1)


@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(4, 30), min_size=2, max_size=3),
    n_features=st.integers(1, 6),
    k=st.integers(1, 3),
    truncation=st.sampled_from([-1.0, -0.4, 0.0, 0.3, 1.0]),
    deformation=st.sampled_from([0.0, 0.5, 1.0]),
    strategy=st.sampled_from(STRATEGIES),
)
@examples(25)
def test_samples__are_those_of_the_paper_for_the_same_draws(
    seed, sizes, n_features, k, truncation, deformation, strategy
):
    X, y = classes(seed, sizes, n_features)
    sampler = GeometricSMOTE(
        random_state=seed,
        k_neighbors=k,
        truncation_factor=truncation,
        deformation_factor=deformation,
        selection_strategy=strategy,
        search="exact",
        n_jobs=1,
    )
    counts = {0: 7, 1: 5}
    job = sampler.prepare(MatrixRows(X, y), counts)
    found = np.empty((12, n_features))
    job.fill(0, 12, found)
    expected = []
    for label, n in counts.items():
        generator, positions = np.random.RandomState(seed), np.flatnonzero(y == label)
        k_drawn = 1 if strategy == "majority" else k
        choices = generator.randint(0, len(positions) * k_drawn, n)
        normals = generator.standard_normal((n, n_features))
        uniforms = generator.uniform(size=n)
        for choice, normal, uniform in zip(choices, normals, uniforms, strict=True):
            base = positions[choice // k_drawn]
            end = geometric_neighbor(X, y, base, choice % k_drawn, k, strategy)
            shape = truncation, deformation
            expected.append(sample_in_ball(X[base], X[end], normal, uniform, *shape))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@each_strategy
def test_neighbors__are_rows_of_the_class_of_another_or_the_nearer_of_both(
    selection_strategy,
):
    X, y = classes(0, SIZES, n_features=4)
    found = {}
    for strategy in {selection_strategy, "combined"}:
        sampler = GeometricSMOTE(selection_strategy=strategy, random_state=0)
        sampler.fit_resample(X, y)
        base, neighbor, step = sampler.provenance_
        assert np.isnan(step).all()
        found[strategy] = np.linalg.norm(X[neighbor] - X[base], axis=1), y[base] != y[neighbor]
    share = found[selection_strategy][1].mean()
    assert {"minority": share == 0, "majority": share == 1}.get(
        selection_strategy, 0 < share < 1
    )
    if selection_strategy == "minority":  # which draws the same base rows
        assert (found["combined"][0] <= found["minority"][0]).all()
    with pytest.raises(ValueError, match="do not lie between two rows"):
        sampler.resample_aligned(X, "interpolate")


@pytest.mark.parametrize("factor", [-1.0, -0.4, 0.0, 0.3, 1.0])
def test_truncation__cuts_a_part_off_the_ball(factor):
    X, y = classes(1, SIZES, n_features=3)
    along, distance = in_ball(GeometricSMOTE(truncation_factor=factor, random_state=0), X, y)
    assert distance.max() <= 1 + 1e-12
    lowest, highest = (factor - 1, 1) if factor > 0 else (-1, factor + 1)
    assert lowest <= along.min() < lowest + 0.3
    assert highest - 0.3 < along.max() <= highest


def test_deformation__shrinks_the_ball_to_a_line():
    X, y = classes(1, SIZES, n_features=3)
    along, distance = in_ball(GeometricSMOTE(deformation_factor=1.0, random_state=0), X, y)
    np.testing.assert_allclose(distance, np.abs(along), atol=1e-12)


def test_points__are_uniform_in_the_ball():
    X, y = classes(1, (3_000, 30), n_features=2)
    _, distance = in_ball(GeometricSMOTE(truncation_factor=0.0, random_state=0), X, y)
    # Half of a disk lies within 0.71 of its radius.
    assert np.mean(distance < 0.5**0.5) == pytest.approx(0.5, abs=0.03)


def test_rows_of_other_classes__are_searched_in_blocks_of_any_size(monkeypatch):
    X, y = classes(2, SIZES, n_features=3)
    whole, _ = GeometricSMOTE(random_state=0).fit_resample(X, y)
    monkeypatch.setattr("smotefast.over_sampling.geometric_smote._VALUES_PER_SEARCH", 40)
    blocks, _ = GeometricSMOTE(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(blocks, whole)


def test_majority__needs_no_neighbors_in_the_class():
    X, y = classes(3, (30, 2))
    sampler = GeometricSMOTE(selection_strategy="majority", random_state=0)
    assert len(sampler.fit_resample(X, y)[1]) == 60
    with pytest.raises(ValueError, match="k_neighbors=5 needs at least 6 rows"):
        sampler.set_params(selection_strategy="combined").fit_resample(X, y)


@each_strategy
def test_the_neighbor_estimator__is_fitted_on_the_last_class(selection_strategy):
    X, y = classes(5, SIZES)
    sampler = GeometricSMOTE(selection_strategy=selection_strategy, random_state=0)
    sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.nn_k_._fit_X, X[y == 2])


def test_equal_rows__get_samples_equal_to_them():
    X, y = classes(4, (40, 10))
    X[y == 1] = X[y == 1][0]
    X_new, y_new = GeometricSMOTE(selection_strategy="minority").fit_resample(X, y)
    assert (X_new[y_new == 1] == X[y == 1][0]).all()


@pytest.mark.parametrize("exponent", [-560, -1, 530, 1000])
def test_numbers_whose_squares_overflow__get_the_samples_of_scaled_numbers(exponent):
    X, y = classes(0, (20, 2), 3)  # of two rows each is the neighbor of the other
    sampler = GeometricSMOTE(k_neighbors=1, selection_strategy="minority", random_state=0)
    expected, _ = sampler.fit_resample(X, y)
    found, _ = sampler.fit_resample(np.ldexp(X, exponent), y)
    np.testing.assert_allclose(np.ldexp(found, -exponent), expected, rtol=1e-12)
