"""Register tiles: what float32 proposes and when it is certain."""

from fractions import Fraction

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.exact.tiles import SPARE, nearest_candidates, pack, search_tiles
from smotefast.neighbors.queries import Asked, points_of, within
from tests.helpers import reference_kernels as naive
from tests.helpers.search_problems import mixed, strangers
from tests.neighbors.test_exact import N, settle, settle_asked


@pytest.mark.parametrize("scale", [1e-30, 1e-15, 1.0, 1e15, 1e30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiles__are_certain_at_any_scale(scale, dtype):
    pool = (np.random.default_rng(0).normal(size=(N, 6)) * scale).astype(dtype)
    found, certain = settle(search_tiles, pool, 5, np.arange(N))
    assert certain.mean() > 0.95
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


def test_tiles__are_certain_of_integers_however_many_ties():
    pool = np.random.default_rng(0).integers(0, 2, (N, 4)).astype(np.float64)
    found, certain = settle(search_tiles, pool, 5, np.arange(N))
    assert certain.all()
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


def test_tiles__turn_to_float64_where_float32_cannot_tell(monkeypatch):
    # one column reaches 1e6, the order hangs on columns of size one
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(N, 5))
    pool[:, 0] = rng.integers(0, 3, N) * 1e6 + 0.25
    expected = naive.nearest_rows(pool, 5)
    found, certain = settle(search_tiles, pool, 5, np.arange(N))
    assert np.array_equal(found, expected)
    if not JIT_DISABLED:  # more rows than are left to the scan
        assert certain.mean() > 0.9
    monkeypatch.setattr("smotefast.neighbors.exact.tiles._PROBE", 5)
    assert np.array_equal(settle(search_tiles, pool, 5, np.arange(N))[0], expected)


def test_tiles__leave_a_range_beyond_float64_to_the_scan():
    pool = np.array([[1.7e308], [1.7e308], [-1.7e308]])
    points = points_of(pool)
    _, _, certain = search_tiles(points, within(points, np.arange(3)), 1, n_threads=1)
    assert not certain.any()


def test_tiles__are_right_beside_a_far_outlier():
    pool = np.random.default_rng(3).normal(size=(N, 4))
    pool[7] = 1e9
    found, _ = settle(search_tiles, pool, 5, np.arange(N))
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


@pytest.mark.parametrize("packing", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weight", [1e-300, 1e-16, 1e-7, 0.3, 1e9, 1e30])
@pytest.mark.parametrize("reach", [1.0, 1e9])
def test_tiles__promise_no_more_than_the_true_distance(packing, dtype, weight, reach):
    # so few rows that every candidate is kept, with what its score promises
    rng = np.random.default_rng(0)
    n_pool = SPARE[np.dtype(packing).name]
    pool = mixed(rng, n_pool, 5, n_codes=9, weight=weight, dtype=dtype)
    asked = strangers(rng, pool, 12, reach=reach)
    made = pack(pool, asked.points, np.dtype(packing), n_threads=1)
    assert not made.is_exact
    scores, candidates, norms = nearest_candidates(made, asked, 1, n_threads=1)
    for i, (row, own) in enumerate(zip(asked.rows, asked.own, strict=True)):
        is_kept = candidates[i] < n_pool
        assert is_kept.sum() == n_pool - (own >= 0)
        for score, candidate in zip(scores[i, is_kept], candidates[i, is_kept], strict=True):
            promised = 2 * Fraction(float(score)) + Fraction(norms[i] * (1 - made.slack))
            squares = [
                (Fraction(float(theirs)) - Fraction(float(ours))) ** 2
                for theirs, ours in zip(
                    pool.values[candidate], asked.points.values[row], strict=True
                )
            ]
            differing = int((pool.codes[candidate] != asked.points.codes[row]).sum())
            true = sum(squares) + Fraction(weight) * differing
            assert promised - Fraction(1e-36) <= true * Fraction(made.scale) ** 2


@pytest.mark.parametrize("scale", [1e-15, 1.0, 1e15])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("is_within", [True, False])
def test_tiles__are_certain_of_categories_and_strangers_at_any_scale(scale, dtype, is_within):
    rng = np.random.default_rng(0)
    pool = mixed(rng, N, 6, n_codes=3, weight=0.5)
    values = pool.values * scale
    pool = points_of(values.astype(dtype), pool.codes, 0.5 * scale**2)
    asked = within(pool, np.arange(N)) if is_within else strangers(rng, pool, N)
    found, certain = settle_asked(search_tiles, pool, asked, 5)
    assert certain.mean() > 0.95
    assert np.array_equal(found, naive.nearest_points(pool, asked, 5))


@pytest.mark.parametrize(
    ("reach", "change", "expected"), [(1.0, 0.0, True), (1.0, 0.5, False), (3000.0, 0.0, False)]
)
def test_tiles__are_certain_of_whole_numbers_near_the_pool_only(reach, change, expected):
    rng = np.random.default_rng(0)
    pool = mixed(rng, N, 4, n_values=3)
    asked = strangers(rng, pool, N, reach=reach)
    asked.points.values[asked.rows[0], 2] += change
    made = pack(pool, asked.points, np.dtype(np.float32), n_threads=1)
    assert made.is_exact == expected
    found, certain = settle_asked(search_tiles, pool, asked, 5)
    assert certain.all() or not expected
    assert np.array_equal(found, naive.nearest_points(pool, asked, 5))


def test_tiles__are_not_exact_where_only_the_queries_have_large_norms():
    # float32 sums of these products have no bit left for halves
    rng = np.random.default_rng(0)
    pool = mixed(rng, N, 16, n_values=3)
    pool.values[: N // 4] += 510
    asked = strangers(rng, pool, N // 4)
    asked.points.values[:] = rng.integers(2040, 2047, asked.points.values.shape)
    made = pack(pool, asked.points, np.dtype(np.float32), n_threads=1)
    assert not made.is_exact
    found, _ = settle_asked(search_tiles, pool, asked, 5)
    assert np.array_equal(found, naive.nearest_points(pool, asked, 5))


def test_tiles__leave_strangers_beyond_float64_to_the_scan():
    pool = points_of(np.array([[1.7e308], [1.6e308], [1.5e308]]))
    others = points_of(np.array([[-1.7e308], [1.7e308]]))
    asked = Asked(others, np.arange(2), np.array([-1, 0]))
    assert pack(pool, others, np.dtype(np.float64), n_threads=1) is None
    with np.errstate(over="ignore"):  # what the naive sum, or an uncompiled one, meets
        found, certain = settle_asked(search_tiles, pool, asked, 2)
        expected = naive.nearest_points(pool, asked, 2)
    assert not certain.any()
    assert np.array_equal(found, expected)


def test_pack__notices_a_fraction_that_its_sample_missed():
    values = np.zeros((2100, 1))
    values[1] = 0.5
    whole, points = points_of(values.round()), points_of(values)
    for pool, asked, expected in [
        (whole, whole, True), (points, points, False), (whole, points, False),
        (points, whole, False),
    ]:  # fmt: skip
        made = pack(pool, asked, np.dtype(np.float32), n_threads=1)
        assert made.is_exact == expected


def test_tiles__turn_to_float64_for_strangers_with_categories(monkeypatch):
    rng = np.random.default_rng(0)
    pool = mixed(rng, N, 5, n_codes=2, weight=0.5)
    pool.values[:, 0] = rng.integers(0, 3, N) * 1e6 + 0.25
    asked = strangers(rng, pool, N)
    expected = naive.nearest_points(pool, asked, 5)
    found, certain = settle_asked(search_tiles, pool, asked, 5)
    assert np.array_equal(found, expected)
    if not JIT_DISABLED:  # more rows than are left to the scan
        assert certain.mean() > 0.9
    monkeypatch.setattr("smotefast.neighbors.exact.tiles._PROBE", 5)
    assert np.array_equal(settle_asked(search_tiles, pool, asked, 5)[0], expected)
