"""Draws of ADASYN, with a given number of samples per base row: the same in any blocks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine import draws as draws_module
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.job import Job
from smotefast.engine.recipes import Origins
from smotefast.over_sampling.adasyn import DrawsPerRow
from tests.helpers.hypothesis_examples import examples

N_PER_ROW = st.lists(st.integers(0, 30), min_size=1, max_size=60).filter(any)


@pytest.fixture(autouse=True, params=[0, 1 << 16], ids=["drawn again", "kept"])
def _small_checkpoints(request, monkeypatch):
    monkeypatch.setattr(draws_module, "_CHECKPOINT", 64)
    monkeypatch.setattr(draws_module, "FEW_DRAWS", request.param)


@given(seed=st.integers(0, 2**32 - 1), n_per_row=N_PER_ROW, k=st.integers(1, 9))
@examples(60)
def test_draws_per_row__are_imbalanced_learns(seed, n_per_row, k):
    ours, reference = np.random.RandomState(seed), np.random.RandomState(seed)
    draws = DrawsPerRow(ours, np.array(n_per_row), k)
    rows = np.repeat(np.arange(len(n_per_row)), n_per_row)
    columns = reference.choice(k, size=len(rows))
    steps = reference.uniform(size=(len(rows), 1))[:, 0]
    choices, uniforms = draws.read(0, draws.n)
    assert draws.n == len(rows)
    np.testing.assert_array_equal(choices, rows * k + columns)
    np.testing.assert_array_equal(uniforms, steps)
    assert ours.uniform() == reference.uniform()  # the next class continues


@given(seed=st.integers(0, 99), n_per_row=N_PER_ROW, order=st.randoms(), data=st.data())
@examples(60)
def test_draws_per_row__do_not_depend_on_blocks_or_their_order(seed, n_per_row, order, data):
    draws = DrawsPerRow(np.random.RandomState(seed), np.array(n_per_row), 5)
    all_choices, all_uniforms = draws.read(0, draws.n)
    inner = data.draw(st.lists(st.integers(0, draws.n), max_size=6))
    blocks = list(pairwise(sorted([0, *inner, draws.n])))
    order.shuffle(blocks)
    for start, stop in blocks:
        choices, uniforms = draws.read(start, stop)
        np.testing.assert_array_equal(choices, all_choices[start:stop])
        np.testing.assert_array_equal(uniforms, all_uniforms[start:stop])
        np.testing.assert_array_equal(draws.choices(start, stop), all_choices[start:stop])


@given(seed=st.integers(0, 999), n_threads=st.sampled_from([1, 2, 3]), csr=st.booleans())
@examples(30)
def test_draws_per_row__in_a_job_do_not_depend_on_blocks_or_threads(seed, n_threads, csr):
    recipes, generator = [], np.random.RandomState(seed)
    for label in (0, 1):
        rng = np.random.default_rng(seed + label)
        numbers, neighbors = rng.normal(size=(20, 3)), rng.integers(0, 20, (20, 5))
        n_per_row = np.bincount(generator.randint(0, 20, 300), minlength=20)
        draws = DrawsPerRow(generator, n_per_row, 5)
        origins = Origins(label, np.arange(20), np.arange(20), neighbors, draws)
        base = sparse.csr_array(numbers) if csr else numbers
        recipes.append(Interpolate.between(origins, base, base))
    whole = rows_of(Job(recipes), 0, 600, csr)
    job = Job(recipes, n_threads=n_threads)
    parts = [rows_of(job, *block, csr) for block in pairwise([0, 7, 299, 310, 600])]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def rows_of(job, start, stop, csr):
    if csr:
        return job.sparse_rows(start, stop).toarray()
    out = np.empty((stop - start, 3))
    job.fill(start, stop, out)
    return out
