"""Draws with a fixed number for each base row, and factors for some: any cut gives the same."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.engine import draws as draws_module
from smotefast.engine.draws import Draws
from smotefast.over_sampling import _draws as draw_forms
from smotefast.over_sampling._draws import AllottedDraws, OtherClassFactors
from tests.helpers.hypothesis_examples import examples

N = 500
CUTS = st.lists(st.integers(0, N), max_size=6).map(lambda cuts: sorted([0, *cuts, N]))
ALLOTTED = st.lists(st.integers(0, 30), min_size=1, max_size=60).filter(any)


@pytest.fixture(autouse=True, params=[0, 1 << 16], ids=["drawn again", "kept"])
def _small_steps(request, monkeypatch):
    monkeypatch.setattr(draws_module, "_CHECKPOINT", 64)
    monkeypatch.setattr(draws_module, "FEW_DRAWS", request.param)
    monkeypatch.setattr(draw_forms, "FEW_DRAWS", request.param)
    monkeypatch.setattr(draw_forms, "_COUNTED", 37)


@given(seed=st.integers(0, 2**32 - 1), allotted=ALLOTTED, k=st.integers(1, 9))
@examples(60)
def test_allotted_draws__are_imbalanced_learns(seed, allotted, k):
    mine, theirs = np.random.RandomState(seed), np.random.RandomState(seed)
    draws = AllottedDraws(mine, np.array(allotted), k)
    rows = np.repeat(np.arange(len(allotted)), allotted)
    columns = theirs.choice(k, size=len(rows))
    steps = theirs.uniform(size=(len(rows), 1))[:, 0]
    block = draws.read(0, draws.n)
    assert draws.n == len(rows)
    np.testing.assert_array_equal(block.choices, rows * k + columns)
    np.testing.assert_array_equal(block.steps, steps)
    assert mine.uniform() == theirs.uniform()  # the generator goes on for the next class


@given(seed=st.integers(0, 99), allotted=ALLOTTED, order=st.randoms(), data=st.data())
@examples(60)
def test_allotted_draws__do_not_depend_on_blocks_or_their_order(seed, allotted, order, data):
    draws = AllottedDraws(np.random.RandomState(seed), np.array(allotted), 5)
    whole = draws.read(0, draws.n)
    inner = data.draw(st.lists(st.integers(0, draws.n), max_size=6))
    blocks = list(pairwise(sorted([0, *inner, draws.n])))
    order.shuffle(blocks)
    for start, stop in blocks:
        block = draws.read(start, stop)
        np.testing.assert_array_equal(block.choices, whole.choices[start:stop])
        np.testing.assert_array_equal(block.steps, whole.steps[start:stop])
        np.testing.assert_array_equal(draws.choices(start, stop), whole.choices[start:stop])


def factors_of(seed, is_foreign, random_state=None):
    draws = Draws(np.random.RandomState(seed), N, len(is_foreign))
    generator = np.random.RandomState(seed) if random_state is None else random_state
    kwargs = {"advance": random_state is not None}
    return draws, OtherClassFactors(generator, draws, is_foreign, **kwargs)


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1), width=st.integers(1, 99))
@examples(60)
def test_foreign_factors__are_drawn_for_foreign_neighbours_in_the_order_of_rows(
    seed, share, width
):
    is_foreign = np.random.default_rng(seed).random(width) < share
    mine, theirs = np.random.RandomState(seed), np.random.RandomState(seed)
    draws, factors = factors_of(seed, is_foreign, mine)
    choices = draws.choices(0, N)
    mask = is_foreign[choices]
    expected = np.ones(N)
    expected[mask] = theirs.uniform(0.0, 0.5, size=mask.sum())
    np.testing.assert_array_equal(factors.read(0, choices), expected)
    assert mine.uniform() == theirs.uniform()


@given(seed=st.integers(0, 99), share=st.floats(0, 1), cuts=CUTS, order=st.randoms())
@examples(60)
def test_foreign_factors__do_not_depend_on_blocks_or_their_order(seed, share, cuts, order):
    is_foreign = np.random.default_rng(seed).random(60) < share
    draws, factors = factors_of(seed, is_foreign)
    choices = draws.choices(0, N)
    whole = factors.read(0, choices)
    blocks = list(pairwise(cuts))
    order.shuffle(blocks)
    for start, stop in blocks:
        np.testing.assert_array_equal(
            factors.read(start, choices[start:stop]), whole[start:stop]
        )
