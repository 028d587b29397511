"""ProWSyn: levels of proximity, their weights, and pairs of rows of one level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.engine.rows import MatrixRows
from smotefast.over_sampling import ProWSyn
from smotefast.over_sampling.prowsyn import LevelDraws
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.reference_samplers import proximity_levels


@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(4, 20), min_size=2, max_size=3),
    k=st.integers(1, 4),
    n_levels=st.integers(1, 6),
)
@examples(20)
def test_levels__are_those_of_the_paper(seed, sizes, k, n_levels):
    X, y = classes(seed, sizes, 3)
    sampler = ProWSyn(n_neighbors=k, L=n_levels, n_jobs=1)
    sampler.prepare(MatrixRows(X, y), {1: 3})
    assert sampler.levels_[1].tolist() == proximity_levels(X, y, 1, k, n_levels)


@pytest.mark.parametrize(("scale", "message"), [(1e160, "no comparable"), (1e-165, "vanish")])
def test_numbers_without_squares__are_refused(scale, message):
    X, y = classes(0, (60, 20), 3)
    with pytest.raises(ValueError, match=message):
        ProWSyn().fit_resample(X * scale, y)


@pytest.mark.parametrize("theta", [0.0, 1.0])
def test_samples__lie_between_two_rows_of_a_level_drawn_by_its_weight(theta):
    X, y = classes(0, (8_000, 60), 3)
    sampler = ProWSyn(random_state=0, n_neighbors=2, L=3, theta=theta)
    X_new, _ = sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    level_of = dict(zip(np.flatnonzero(y == 1).tolist(), sampler.levels_[1], strict=True))
    level = np.array([level_of[row] for row in base.tolist()])
    assert level.tolist() == [level_of[row] for row in neighbor.tolist()]
    np.testing.assert_allclose(
        X_new[len(X) :], X[base] + step[:, np.newaxis] * (X[neighbor] - X[base]), rtol=1e-12
    )
    present = np.unique(sampler.levels_[1])
    weights = np.exp(-theta * (present - 1))
    shares = np.bincount(level)[present] / len(level)
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=0.02)


def test_draws__take_each_ordered_pair_of_a_level_equally_often():
    levels = np.array([1, 2, 1, 2, 2, 3])
    draws = LevelDraws(np.random.RandomState(0), 60_000, levels, theta=0.5)
    choices, steps = draws.read(0, 60_000)
    base, neighbor = np.divmod(choices, 6)
    assert (levels[base] == levels[neighbor]).all()
    counts = {}
    for pair in zip(base.tolist(), neighbor.tolist(), strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    weights = np.exp([0, -0.5, -1.0]) / np.exp([0, -0.5, -1.0]).sum()
    expected = {(0, 2): 2, (1, 3): 6, (3, 4): 6, (5, 5): 1}
    for pair, n_pairs in expected.items():
        share = weights[levels[pair[0]] - 1] / n_pairs
        assert counts[pair] / 60_000 == pytest.approx(share, abs=0.006)
    assert len(counts) == 2 + 6 + 1
    assert 0 <= steps.min() < 0.01
    assert 0.99 < steps.max() < 1
    for part, whole in zip(draws.read(41_000, 41_100), (choices, steps), strict=True):
        np.testing.assert_array_equal(part, whole[41_000:41_100])


def test_rows_of_other_classes__are_searched_for_in_blocks_of_any_size(monkeypatch):
    X, y = classes(2, (80, 30, 50), 3)
    whole, _ = ProWSyn(random_state=0).fit_resample(X, y)
    monkeypatch.setattr("smotefast.over_sampling.prowsyn._VALUES_PER_SEARCH", 40)
    blocks, _ = ProWSyn(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(blocks, whole)


def test_a_class_smaller_than_n_neighbors__is_refused_by_name():
    X, y = classes(3, (30, 4))
    with pytest.raises(
        ValueError, match="n_neighbors=5 needs at least 5 rows, and class 1 has 4"
    ):
        ProWSyn().fit_resample(X, y)
    assert len(ProWSyn(n_neighbors=4).fit_resample(X, y)[1]) == 60
