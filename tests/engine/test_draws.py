"""Random draws in blocks: the values of one long call, in any blocks and any order."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.engine import draws as draws_module
from smotefast.engine.draws import Draws
from tests.helpers import reference_kernels
from tests.helpers.hypothesis_examples import examples

CUTS = st.lists(st.integers(0, 500), min_size=2, max_size=6).map(sorted)
THEN = {
    "integers only": (),
    "uniforms": ("uniform",),
    "rows of normals": (("normal", 3),),
    "rows of uniforms": (("uniform", 3),),
    "normals, then uniforms": (("normal", 3), "uniform"),
}
each_then = pytest.mark.parametrize("then", THEN.values(), ids=THEN)


@pytest.fixture(autouse=True, params=[0, 1 << 16], ids=["drawn again", "kept"])
def _small_checkpoints(request, monkeypatch):
    monkeypatch.setattr(draws_module, "_CHECKPOINT", 64)
    monkeypatch.setattr(draws_module, "FEW_DRAWS", request.param)


def drawn_at_once(generator, n, high, then):
    """Return what ``Draws`` stands for, from one call of the generator for each kind."""
    values = [generator.randint(0, high, n)]
    for kind in then:
        name, shape = (kind, n) if isinstance(kind, str) else (kind[0], (n, kind[1]))
        draw = generator.uniform if name == "uniform" else generator.normal
        values.append(draw(size=shape))
    return values


def assert_equal_blocks(drawn, expected, start, stop):
    assert len(drawn) == len(expected)
    for values, all_values in zip(drawn, expected, strict=True):
        np.testing.assert_array_equal(values, all_values[start:stop])


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 500), high=st.integers(1, 2**33))
@examples(60)
def test_draws__are_those_of_one_long_call(seed, n, high):
    choices, uniforms = Draws(np.random.RandomState(seed), n, high).read(0, n)
    expected_choices, expected_uniforms = reference_kernels.draw(seed, n, high)
    np.testing.assert_array_equal(choices, expected_choices)
    np.testing.assert_array_equal(uniforms, expected_uniforms)


@each_then
@given(cuts=CUTS, order=st.randoms())
@examples(30)
def test_draws__do_not_depend_on_blocks_or_their_order(then, cuts, order):
    expected = drawn_at_once(np.random.RandomState(7), 500, 30_001, then)
    draws = Draws(np.random.RandomState(7), 500, 30_001, then)
    blocks = [*pairwise(cuts), (0, 500)]
    order.shuffle(blocks)
    for start, stop in blocks:
        np.testing.assert_array_equal(draws.choices(start, stop), expected[0][start:stop])
        assert_equal_blocks(draws.read(start, stop), expected, start, stop)


@each_then
def test_draws__advance_a_shared_generator_to_the_end_of_the_class(then):
    ours, expected = np.random.RandomState(3), np.random.RandomState(3)
    Draws(ours, 333, 77, then, advance=True)
    drawn_at_once(expected, 333, 77, then)
    np.testing.assert_array_equal(ours.normal(size=5), expected.normal(size=5))


def test_draws__do_not_change_if_the_generator_moves_afterwards():
    generator = np.random.RandomState(3)
    draws = Draws(generator, 333, 77)
    generator.uniform(size=99)
    expected = drawn_at_once(np.random.RandomState(3), 333, 77, ("uniform",))
    assert_equal_blocks(draws.read(100, 333), expected, 100, 333)


class UnknownBitGenerator(np.random.PCG64):
    """A bit generator that numpy does not know by name."""


@pytest.mark.parametrize("bit_generator", [np.random.PCG64, UnknownBitGenerator])
def test_draws__work_with_any_bit_generator(bit_generator):
    reference = np.random.RandomState(bit_generator(5))
    expected = drawn_at_once(reference, 200, 9, ("uniform",))
    generator = np.random.RandomState(bit_generator(5))
    draws = Draws(generator, 200, 9, advance=True)
    assert generator.uniform() == reference.uniform()
    for start, stop in ((100, 200), (0, 200), (30, 70)):
        assert_equal_blocks(draws.read(start, stop), expected, start, stop)


def test_blocks_in_order__are_drawn_once_by_each_of_several_readers(monkeypatch):
    monkeypatch.setattr(draws_module, "FEW_DRAWS", 0)
    expected = drawn_at_once(np.random.RandomState(7), 500, 30_001, ("uniform",))
    draws = Draws(np.random.RandomState(7), 500, 30_001)
    draw, drawn = draws_module._draw, []

    def count(generator, kind, n, high):
        drawn.append(n)
        return draw(generator, kind, n, high)

    for start in range(0, 250, 50):
        for first in (start, start + 250):
            assert_equal_blocks(draws.read(first, first + 50), expected, first, first + 50)
        if start == 0:  # from here on, nothing is skipped
            monkeypatch.setattr(draws_module, "_draw", count)
    assert sum(drawn) == 2 * 400


def test_readers_at_many_positions__do_not_fill_the_memory():
    draws = Draws(np.random.RandomState(7), 100_000, 30_001)
    for start in range(0, 100_000, 1_000):
        draws.choices(start, start + 10)
    kept = draws._streams[0]._generators if draws._streams else ()
    assert len(kept) <= draws_module._MOST_GENERATORS
