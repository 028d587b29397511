import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.kernels.distance_sums import sum_distances
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples

SOME = examples(8 if JIT_DISABLED else 60)
EDGES = [1, 2, 64, 65, 129] if JIT_DISABLED else [1, 2, 63, 64, 65, 129, 256, 257, 600]


def rows(seed, n, d, dtype=np.float64, offset=0.0):
    return (np.random.default_rng(seed).normal(size=(n, d)) + offset).astype(dtype)


def summed(values, begin=0, end=None, n_threads=1):
    sums = np.full((len(values) if end is None else end) - begin, np.nan)
    sum_distances(values, begin, sums, n_threads=n_threads)
    return sums


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(1, 150), st.integers(1, 9)),
    dtype=st.sampled_from([np.float32, np.float64]),
    offset=st.sampled_from([0.0, 1e3]),
)
def test_sum_distances__equals_the_naive_sums(seed, shape, dtype, offset):
    values = rows(seed, *shape, dtype, offset)
    np.testing.assert_allclose(
        summed(values), naive.sums_of_distances(values), rtol=1e-13, atol=0
    )


@pytest.mark.parametrize("n", EDGES)
def test_sum_distances__is_right_at_the_edges_of_blocks_and_tasks(n):
    values = rows(n, n, 3)
    np.testing.assert_allclose(summed(values), naive.sums_of_distances(values), rtol=1e-13)


def test_sum_distances__gives_duplicates_no_distance():
    values = np.repeat(rows(0, 1, 5, offset=1e6), 70, axis=0)
    assert not summed(values).any()


@SOME
@given(
    seed=st.integers(0, 999),
    n=st.integers(1, 400 if not JIT_DISABLED else 90),
    data=st.data(),
)
def test_sum_distances__has_the_same_bits_in_any_part_on_any_threads(seed, n, data):
    values = rows(seed, n, 6, np.float32)
    begin = data.draw(st.integers(0, n - 1))
    end = data.draw(st.integers(begin + 1, n))
    whole = summed(values, n_threads=2)
    np.testing.assert_array_equal(summed(values, n_threads=1), whole)
    np.testing.assert_array_equal(summed(values, begin, end, n_threads=2), whole[begin:end])
