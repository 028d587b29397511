"""Shorter steps towards other classes (Borderline-SMOTE 2): the same in any blocks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine import draws as draws_module
from smotefast.engine.draws import Draws
from smotefast.engine.job import Job, provenance_of
from smotefast.over_sampling import _shorter_steps
from smotefast.over_sampling._shorter_steps import (
    InterpolateShortened,
    OtherClassFactors,
    ShortenedOrigins,
)
from tests.helpers.hypothesis_examples import examples

N = 500
CUTS = st.lists(st.integers(0, N), max_size=6).map(lambda cuts: sorted([0, *cuts, N]))


@pytest.fixture(autouse=True, params=[0, 1 << 16], ids=["drawn again", "kept"])
def _small_steps(request, monkeypatch):
    monkeypatch.setattr(draws_module, "_CHECKPOINT", 64)
    for module in (draws_module, _shorter_steps):
        monkeypatch.setattr(module, "FEW_DRAWS", request.param)
    monkeypatch.setattr(_shorter_steps, "_COUNTED", 37)


def draws_and_factors(seed, is_other_class, random_state=None):
    draws = Draws(np.random.RandomState(seed), N, len(is_other_class))
    generator = np.random.RandomState(seed) if random_state is None else random_state
    advance = random_state is not None
    return draws, OtherClassFactors(generator, draws, is_other_class, advance=advance)


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1), width=st.integers(1, 99))
@examples(60)
def test_factors__are_drawn_for_neighbors_of_other_classes_in_the_order_of_samples(
    seed, share, width
):
    is_other_class = np.random.default_rng(seed).random(width) < share
    ours, reference = np.random.RandomState(seed), np.random.RandomState(seed)
    draws, factors = draws_and_factors(seed, is_other_class, ours)
    choices = draws.choices(0, N)
    mask = is_other_class[choices]
    expected = np.ones(N)
    expected[mask] = reference.uniform(0.0, 0.5, size=mask.sum())
    np.testing.assert_array_equal(factors.read(0, choices), expected)
    assert ours.uniform() == reference.uniform()


@given(seed=st.integers(0, 99), share=st.floats(0, 1), cuts=CUTS, order=st.randoms())
@examples(60)
def test_factors__do_not_depend_on_blocks_or_their_order(seed, share, cuts, order):
    is_other_class = np.random.default_rng(seed).random(60) < share
    draws, factors = draws_and_factors(seed, is_other_class)
    choices = draws.choices(0, N)
    whole = factors.read(0, choices)
    blocks = list(pairwise(cuts))
    order.shuffle(blocks)
    for start, stop in blocks:
        block = factors.read(start, choices[start:stop])
        np.testing.assert_array_equal(block, whole[start:stop])


def shortened_recipe(seed, label, dtype, csr):
    rng = np.random.default_rng(seed + label)
    base = (rng.normal(size=(20, 3)) * 50 * (rng.random((20, 3)) < 0.7)).astype(dtype)
    neighbors = rng.integers(0, 20, (20, 5)).astype(np.int32)
    draws = Draws(np.random.RandomState(seed), N, neighbors.size)
    is_other_class = rng.random(neighbors.size) < 0.4
    factors = OtherClassFactors(np.random.RandomState(seed), draws, is_other_class)
    positions = np.arange(20)
    origins = ShortenedOrigins(label, positions, positions, neighbors, draws, factors=factors)
    rows = sparse.csr_array(base) if csr else base
    return base, InterpolateShortened.between(origins, rows, rows)


@given(
    seed=st.integers(0, 999),
    cuts=CUTS,
    csr=st.booleans(),
    dtype=st.sampled_from([np.float64, np.float32, np.int64]),
)
@examples(30)
def test_samples__do_not_depend_on_blocks(seed, cuts, csr, dtype):
    base, recipe = shortened_recipe(seed, 0, dtype, csr)
    job = Job([recipe, shortened_recipe(seed, 1, dtype, csr)[1]])
    whole = rows_of(job, 0, 2 * N, csr)
    blocks = [(start, stop) for start, stop in pairwise([*cuts, 2 * N]) if start < stop]
    parts = np.concatenate([rows_of(job, *block, csr) for block in blocks])
    np.testing.assert_array_equal(parts, whole)
    assert whole.dtype == job.dtype == dtype
    origins = provenance_of([recipe.origins])
    difference = base[origins.neighbor].astype(float) - base[origins.base]
    expected = base[origins.base] + origins.step[:, np.newaxis] * difference
    tolerance = 1 if dtype == np.int64 else 1e-4  # integers are truncated
    np.testing.assert_allclose(whole[:N], expected, rtol=0, atol=tolerance)


def rows_of(job, start, stop, csr):
    if csr:
        return job.sparse_rows(start, stop).toarray()
    out = np.empty((stop - start, 3), job.dtype)
    job.fill(start, stop, out)
    return out


def test_provenance__does_not_depend_on_blocks():
    origins = shortened_recipe(0, 0, np.float64, csr=False)[1].origins
    whole = origins.provenance(0, N).step
    cuts = [0, 50, 51, N]
    parts = [origins.provenance(start, stop).step for start, stop in pairwise(cuts)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert (whole < 0.5).sum() > N / 4
