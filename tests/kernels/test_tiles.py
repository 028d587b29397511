import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED, target_has
from smotefast.kernels.heaps import NO_ROW
from smotefast.kernels.tile_kernel import GROUP, panel_lanes
from smotefast.kernels.tiles import Panels, pack_panels, search_panels
from smotefast.neighbors.queries import as_points
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import searches

SOME = examples(5 if JIT_DISABLED else 40)


def packed(points, dtype, slack=0.0):
    n_rows, n_features = points.values.shape
    lanes = panel_lanes(dtype)
    n_panels = -(-n_rows // lanes)
    panels = Panels(
        np.empty((n_panels, n_features, lanes), dtype),
        np.empty((n_panels, lanes), dtype),
        np.empty((n_panels, points.codes.shape[1], lanes), np.int32),
    )
    pack_panels(points, np.zeros(n_features), 1.0, slack, *panels, n_threads=1)
    return panels


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pack_panels__puts_rows_in_lanes_and_infinity_in_empty_lanes(dtype):
    pool = np.arange(15.0).reshape(5, 3)
    panels, halves, codes = packed(as_points(pool), dtype, slack=0.25)
    assert np.array_equal(panels[0, :, :5].T, pool)
    assert np.array_equal(halves[0, :5], ((pool**2).sum(axis=1) * 0.25).astype(dtype))
    assert np.isinf(halves[0, 5:]).all()
    assert codes.size == 0


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
    panels = packed(as_points(pool), dtype)
    queries = np.arange(0, shape[0], 2)
    scores = np.empty((queries.shape[0], n_kept), dtype)
    indices = np.empty(scores.shape, np.int64)
    norms = np.empty(queries.shape[0])
    search_panels(
        panels, panels, queries, queries, 0.0, n_groups * GROUP, scores, indices, norms,
        n_threads=n_threads,
    )  # fmt: skip
    n_found = min(n_kept, shape[0] - 1)
    expected = naive.nearest_rows(pool, n_found, queries)
    for i in range(queries.shape[0]):
        found = np.sort(indices[i])
        assert np.array_equal(found[:n_found], np.sort(expected[i]))
        assert (found[n_found:] == NO_ROW).all()
        worst = naive.squared_distances(pool, queries[i])[expected[i][-1]]
        if n_found == n_kept:
            assert 2 * scores[i, 0] + norms[i] == worst


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pack_panels__puts_categories_in_lanes_and_lowers_halves_by_their_weight(dtype):
    points = as_points(np.zeros((5, 1)), np.arange(10).reshape(5, 2), weight=8.0)
    _, halves, codes = packed(points, dtype, slack=0.25)
    assert np.array_equal(codes[0, :, :5].T, points.codes)
    assert (codes[0, :, 5:] == -1).all()
    assert (halves[0, :5] == -4.0).all()
    assert np.isinf(halves[0, 5:]).all()


@SOME
@given(
    search=searches(min_codes=1, weights=[0.0, 2.0**-6, 0.5, 3.0, 1024.0], reaches=[1.0, 4.0]),
    dtype=st.sampled_from([np.float32, np.float64]),
    n_threads=st.sampled_from([1, 2]),
    n_groups=st.integers(1, 3),
)
def test_search_panels__orders_integers_with_categories_and_other_queries_exactly(
    search, dtype, n_threads, n_groups
):
    pool, queries, k = search
    pool, queries = rounded(pool, queries)
    scores, indices = (
        np.empty((len(queries.rows), k), dtype),
        np.empty((len(queries.rows), k), np.int64),
    )
    norms = np.empty(len(queries.rows))
    search_panels(
        packed(pool, dtype), packed(queries.points, dtype), queries.rows, queries.excluded,
        pool.weight / 2, n_groups * GROUP, scores, indices, norms, n_threads=n_threads,
    )  # fmt: skip
    expected = naive.nearest_points(pool, queries, k)
    assert np.array_equal(np.sort(indices), np.sort(expected))
    worst = naive.distances_at(pool, queries, expected)[:, -1]
    assert np.array_equal(2 * scores[:, 0] + norms, worst)


def rounded(pool, queries):
    """Round all numbers to integers, so that float32 sums and orders them exactly."""
    in_pool = queries.points is pool
    whole = pool._replace(values=np.rint(pool.values))
    others = queries.points._replace(values=np.rint(queries.points.values))
    return whole, queries._replace(points=whole if in_pool else others)


def test_target_has__follows_what_numba_compiles_for(monkeypatch):
    monkeypatch.setattr("numba.config.CPU_FEATURES", "+avx2,+avx512f")
    assert target_has("avx512f")
    monkeypatch.setattr("numba.config.CPU_FEATURES", "")  # as NUMBA_CPU_NAME=generic sets it
    assert not target_has("avx512f")
