from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine.draws import Draws
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.job import Job
from smotefast.engine.recipes import Origins
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples

FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
INTS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]


def recipe(base, pool, k, n_new, seed, step_size=1.0):
    rng = np.random.default_rng(seed)
    neighbors = rng.integers(0, pool.shape[0], (base.shape[0], k)).astype(np.int32)
    draws = Draws(np.random.RandomState(seed), n_new, neighbors.size)
    positions = np.arange(base.shape[0]), np.arange(pool.shape[0])
    return Interpolate.between(Origins(1, *positions, neighbors, draws, step_size), base, pool)


@pytest.fixture(params=["compiled", "numpy"], autouse=True)
def _way(request, monkeypatch):
    """Run every test through the kernels and through the way taken before they load."""
    loaded = request.param == "compiled"
    monkeypatch.setattr("smotefast.engine.interpolate.kernels_are_loaded", lambda: loaded)


def expected(one, base, pool, dtype):
    choices, uniforms = one.origins.draws.read(0, one.origins.n_rows)
    steps = one.origins.step_size * uniforms
    return naive.interpolate(base, pool, one.origins.neighbors, choices, steps, dtype)


@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(1, 40), st.integers(1, 70)),
    k=st.integers(1, 7),
    n_new=st.integers(0, 700),
    dtype=st.sampled_from(FLOATS),
    threads=st.integers(1, 2),
)
@examples(40)
def test_interpolate__equals_the_naive_rows_bit_for_bit(seed, shape, k, n_new, dtype, threads):
    base = (np.random.default_rng(seed).normal(size=shape) * 1e3).astype(dtype)
    one = recipe(base, base, k, n_new, seed)
    out = np.empty((n_new, shape[1]), dtype)
    one.fill(0, n_new, out, n_threads=threads)
    np.testing.assert_array_equal(out, expected(one, base, base, dtype))


@pytest.mark.parametrize("dtype", INTS)
def test_interpolate__of_integers_does_not_wrap_and_truncates_toward_zero(dtype):
    limits = np.iinfo(dtype)
    rng = np.random.default_rng(0)
    low, high = max(limits.min, -(2**40)), min(limits.max, 2**40)
    base = rng.integers(low, high, (30, 5), dtype=np.int64).astype(dtype)
    one = recipe(base, base, 3, 200, 0)
    out = np.empty((200, 5), dtype)
    one.fill(0, 200, out, n_threads=1)
    wide = base.astype(np.int64)
    np.testing.assert_array_equal(out, expected(one, wide, wide, dtype))
    assert out.min() >= base.min()
    assert out.max() <= base.max()


def test_interpolate__of_unsigned_beyond_int64_stays_between_the_rows():
    base = np.array([[2**64 - 2**12], [2**63 + 2**12]], dtype=np.uint64)
    one = recipe(base, base, 1, 50, 0)
    out = np.empty((50, 1), np.uint64)
    one.fill(0, 50, out, n_threads=1)
    assert out.min() >= base.min()
    assert out.max() <= base.max()


def test_interpolate__scales_the_step():
    base = np.random.default_rng(0).normal(size=(9, 4))
    one = recipe(base, base, 2, 60, 1, step_size=-0.5)
    out = np.empty((60, 4))
    one.fill(0, 60, out, n_threads=1)
    np.testing.assert_array_equal(out, expected(one, base, base, base.dtype))


@given(
    seed=st.integers(0, 999),
    density=st.sampled_from([0.0, 0.05, 0.5, 1.0]),
    dtype=st.sampled_from([np.float32, np.float64, np.int64]),
    threads=st.integers(1, 2),
)
@examples(40)
def test_interpolate__of_csr_rows_equals_the_dense_rows(seed, density, dtype, threads):
    base = sparse.random(30, 20, density=density, format="csr", random_state=seed)
    base = (base * 1000).astype(dtype)
    base.eliminate_zeros()
    job = Job([recipe(base, base, 3, 300, seed)], n_threads=threads)
    dense = np.empty((300, 20), dtype)
    one = recipe(base.toarray(), base.toarray(), 3, 300, seed)
    one.fill(0, 300, dense, n_threads=1)
    rows = job.sparse_rows(0, 300)
    np.testing.assert_array_equal(rows.toarray(), dense)
    assert rows.dtype == dtype
    assert rows.has_canonical_format


@given(cuts=st.lists(st.integers(0, 500), min_size=1, max_size=5).map(sorted))
@examples(40)
def test_job__rows_do_not_depend_on_blocks(cuts):
    base = np.random.default_rng(1).normal(size=(25, 6)).astype(np.float32)
    job = Job([recipe(base, base, 2, 200, 1), recipe(base, base, 3, 300, 2)], n_threads=2)
    whole = np.empty((500, 6), np.float32)
    job.fill(0, 500, whole)
    edges = [0, *cuts, 500]
    for start, stop in pairwise(edges):
        block = np.empty((stop - start, 6), np.float32)
        job.fill(start, stop, block)
        np.testing.assert_array_equal(block, whole[start:stop])
