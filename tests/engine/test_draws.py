from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.engine import draws as draws_module
from smotefast.engine.draws import Draws
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples

CUTS = st.lists(st.integers(0, 500), min_size=2, max_size=6).map(sorted)


@pytest.fixture(autouse=True, params=[0, 1 << 16], ids=["drawn again", "kept"])
def _small_checkpoints(request, monkeypatch):
    monkeypatch.setattr(draws_module, "_CHECKPOINT", 64)
    monkeypatch.setattr(draws_module, "FEW_DRAWS", request.param)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 500), high=st.integers(1, 2**33))
@examples(60)
def test_draws__are_those_of_one_long_call(seed, n, high):
    block = Draws(np.random.RandomState(seed), n, high).read(0, n)
    choices, steps = naive.draw(seed, n, high)
    np.testing.assert_array_equal(block.choices, choices)
    np.testing.assert_array_equal(block.steps, steps)


@given(cuts=CUTS, order=st.randoms())
@examples(60)
def test_draws__do_not_depend_on_blocks_or_their_order(cuts, order):
    choices, steps = naive.draw(7, 500, 30_001)
    draws = Draws(np.random.RandomState(7), 500, 30_001)
    blocks = list(pairwise(cuts))
    order.shuffle(blocks)
    for start, stop in blocks:
        block = draws.read(start, stop)
        np.testing.assert_array_equal(block.choices, choices[start:stop])
        np.testing.assert_array_equal(block.steps, steps[start:stop])


@pytest.mark.parametrize("then", ["uniform", "normal", None])
def test_draws__leave_a_shared_generator_where_the_class_ends(then):
    mine, theirs = np.random.RandomState(3), np.random.RandomState(3)
    Draws(mine, 333, 77, then=then, width=3, advance=True)
    theirs.randint(0, 77, 333)
    if then == "uniform":
        theirs.uniform(size=3 * 333)  # width is for any kind
    elif then == "normal":
        theirs.randn(333, 3)
    np.testing.assert_array_equal(mine.uniform(size=5), theirs.uniform(size=5))


def test_draws__leave_the_generator_alone_without_advance():
    generator = np.random.RandomState(3)
    Draws(generator, 333, 77).read(0, 333)
    np.testing.assert_array_equal(
        generator.uniform(size=5), np.random.RandomState(3).uniform(size=5)
    )


def test_draws__serve_other_bit_generators():
    generator = np.random.RandomState(np.random.PCG64(5))
    block = Draws(generator, 200, 9).read(100, 200)
    again = np.random.RandomState(np.random.PCG64(5))
    np.testing.assert_array_equal(block.choices, again.randint(0, 9, 200)[100:])
    np.testing.assert_array_equal(block.steps, again.uniform(size=200)[100:])


class Unknown(np.random.PCG64):
    """A bit generator that numpy does not know by name."""


def test_draws__serve_bit_generators_of_others():
    again = np.random.RandomState(Unknown(5))
    choices, steps = again.randint(0, 9, 200), again.uniform(size=200)
    generator = np.random.RandomState(Unknown(5))
    draws = Draws(generator, 200, 9, advance=True)
    assert generator.uniform() == again.uniform()
    for start, stop in ((100, 200), (0, 200), (30, 70)):
        block = draws.read(start, stop)
        np.testing.assert_array_equal(block.choices, choices[start:stop])
        np.testing.assert_array_equal(block.steps, steps[start:stop])


@given(cuts=CUTS)
@examples(30)
def test_normals__do_not_depend_on_blocks(cuts):
    generator = np.random.RandomState(5)
    choices, expected = generator.randint(0, 99, 500), generator.randn(500, 3)
    draws = Draws(np.random.RandomState(5), 500, 99, then="normal", width=3)
    for start, stop in pairwise(cuts):
        np.testing.assert_array_equal(draws.choices(start, stop), choices[start:stop])
        np.testing.assert_array_equal(draws.normals(start, stop), expected[start:stop])
