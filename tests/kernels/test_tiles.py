import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED, target_has
from smotefast.kernels.microkernel import GROUP, panel_lanes
from smotefast.kernels.tiles import NOWHERE, pack_panels, search_panels
from tests import naive

SOME = settings(max_examples=5 if JIT_DISABLED else 40, deadline=None)


def packed(pool, dtype, slack=0.0):
    lanes = panel_lanes(dtype)
    panels = np.empty((-(-pool.shape[0] // lanes), pool.shape[1], lanes), dtype)
    halves = np.empty((panels.shape[0], lanes), dtype)
    pack_panels(pool, np.zeros(pool.shape[1]), 1.0, slack, panels, halves, n_threads=1)
    return panels, halves


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pack_panels__lays_rows_in_lanes_and_bars_empty_lanes(dtype):
    pool = np.arange(15.0).reshape(5, 3)
    panels, halves = packed(pool, dtype, slack=0.25)
    assert np.array_equal(panels[0, :, :5].T, pool)
    assert np.array_equal(halves[0, :5], ((pool**2).sum(axis=1) * 0.25).astype(dtype))
    assert np.isinf(halves[0, 5:]).all()


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(3, 120), st.integers(1, 9)),
    n_kept=st.integers(1, 5),
    dtype=st.sampled_from([np.float32, np.float64]),
    n_threads=st.sampled_from([1, 2]),
    n_groups=st.integers(1, 3),
)
def test_search_panels__orders_integers_exactly(
    seed, shape, n_kept, dtype, n_threads, n_groups
):
    pool = np.random.default_rng(seed).integers(0, 4, shape).astype(dtype)
    panels, halves = packed(pool, dtype)
    queries = np.arange(0, shape[0], 2)
    scores = np.empty((queries.shape[0], n_kept), dtype)
    positions = np.empty(scores.shape, np.int64)
    norms = np.empty(queries.shape[0])
    search_panels(
        panels, halves, queries, n_groups * GROUP, scores, positions, norms,
        n_threads=n_threads,
    )  # fmt: skip
    n_found = min(n_kept, shape[0] - 1)
    expected = naive.nearest_rows(pool, n_found, queries)
    for i in range(queries.shape[0]):
        found = np.sort(positions[i])
        assert np.array_equal(found[:n_found], np.sort(expected[i]))
        assert (found[n_found:] == NOWHERE).all()
        worst = naive.squared_distances(pool, queries[i])[expected[i][-1]]
        if n_found == n_kept:
            assert 2 * scores[i, 0] + norms[i] == worst


def test_target_has__follows_what_numba_compiles_for(monkeypatch):
    monkeypatch.setattr("numba.config.CPU_FEATURES", "+avx2,+avx512f")
    assert target_has("avx512f")
    monkeypatch.setattr("numba.config.CPU_FEATURES", "")  # as NUMBA_CPU_NAME=generic sets it
    assert not target_has("avx512f")
