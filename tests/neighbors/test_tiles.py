"""Register tiles: the candidates of float32, and which of them are certified."""

from fractions import Fraction

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.exact.tiles import SPARE, nearest_candidates, pack
from smotefast.neighbors.queries import Queries, as_points, pool_queries
from tests.helpers import reference_kernels as naive
from tests.helpers.search_problems import (
    quiet,
    random_points,
    random_queries,
    resolved,
    search_by,
    search_only_by,
)

N = 60 if JIT_DISABLED else 400


def tiles_of(pool, k=5):
    """Search all rows of a pool; return the indices, and which tiles alone certify."""
    points = as_points(pool)
    return certified(points, pool_queries(points, np.arange(len(pool))), k)


def certified(points, queries, k=5, method="tiles"):
    """Search by tiles, and tell which queries they certify without other methods."""
    found = search_by(method, points, queries, k).indices
    return found, resolved(search_only_by(method, points, queries, k), queries)


def check_too_coarse(points, queries, monkeypatch):
    """Check that float64 certifies an order that float32 cannot, and float32 declines it."""
    expected = naive.nearest_points(points, queries, 5)
    by_float32, _ = certified(points, queries)
    by_float64, certain = certified(points, queries, method="float64_tiles")
    assert certain.mean() > 0.9
    monkeypatch.setattr("smotefast.neighbors.exact.tiles._PROBE", 5)
    assert search_only_by("tiles", points, queries, 5) is None
    declined = search_by("tiles", points, queries, 5).indices
    for found in (by_float32, by_float64, declined):
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("scale", [1e-30, 1e-15, 1.0, 1e15, 1e30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiles__are_certain_at_any_scale(scale, dtype):
    pool = (np.random.default_rng(0).normal(size=(N, 6)) * scale).astype(dtype)
    found, certain = tiles_of(pool)
    assert certain.mean() > 0.95
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


def test_tiles__are_certain_of_integers_with_any_number_of_ties():
    pool = np.random.default_rng(0).integers(0, 2, (N, 4)).astype(np.float64)
    found, certain = tiles_of(pool)
    assert certain.all()
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


def test_tiles__leave_an_order_that_float32_cannot_certify_to_float64(monkeypatch):
    # one column reaches 1e6, the order depends on columns of size one
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(N, 5))
    pool[:, 0] = rng.integers(0, 3, N) * 1e6 + 0.25
    points = as_points(pool)
    check_too_coarse(points, pool_queries(points, np.arange(N)), monkeypatch)


def test_tiles__leave_a_range_beyond_float64_to_the_scan():
    pool = np.array([[1.7e308], [1.7e308], [-1.7e308]])
    points = as_points(pool)
    queries = pool_queries(points, np.arange(3))
    for method in ("tiles", "float64_tiles"):
        with quiet():
            assert not certified(points, queries, 1, method)[1].any()


def test_tiles__are_right_beside_a_far_outlier():
    pool = np.random.default_rng(3).normal(size=(N, 4))
    pool[7] = 1e9
    found, _ = tiles_of(pool)
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


@pytest.mark.parametrize("packing", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weight", [1e-300, 1e-16, 1e-7, 0.3, 1e9, 1e30])
@pytest.mark.parametrize("reach", [1.0, 1e9])
def test_scores_of_tiles__never_exceed_the_true_distance(packing, dtype, weight, reach):
    # so few rows that every candidate is kept with its score
    rng = np.random.default_rng(0)
    n_pool = SPARE[np.dtype(packing).name]
    pool = random_points(rng, n_pool, 5, n_codes=9, weight=weight, dtype=dtype)
    queries = random_queries(rng, pool, 12, reach=reach)
    packed = pack(pool, queries.points, np.dtype(packing), n_threads=1)
    assert not packed.is_exact
    scores, candidates, norms = nearest_candidates(packed, queries, 1, n_threads=1)
    for i, (row, itself) in enumerate(zip(queries.rows, queries.excluded, strict=True)):
        is_kept = candidates[i] < n_pool
        assert is_kept.sum() == n_pool - (itself >= 0)
        for score, candidate in zip(scores[i, is_kept], candidates[i, is_kept], strict=True):
            bound = 2 * Fraction(float(score)) + Fraction(norms[i] * (1 - packed.slack))
            squares = [
                (Fraction(float(pool_value)) - Fraction(float(query_value))) ** 2
                for pool_value, query_value in zip(
                    pool.values[candidate], queries.points.values[row], strict=True
                )
            ]
            differing = int((pool.codes[candidate] != queries.points.codes[row]).sum())
            true = sum(squares) + Fraction(weight) * differing
            assert bound - Fraction(1e-36) <= true * Fraction(packed.scale) ** 2


@pytest.mark.parametrize("scale", [1e-15, 1.0, 1e15])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("in_pool", [True, False])
def test_tiles__are_certain_of_categories_and_other_queries_at_any_scale(scale, dtype, in_pool):
    rng = np.random.default_rng(0)
    pool = random_points(rng, N, 6, n_codes=3, weight=0.5)
    values = pool.values * scale
    pool = as_points(values.astype(dtype), pool.codes, 0.5 * scale**2)
    queries = pool_queries(pool, np.arange(N)) if in_pool else random_queries(rng, pool, N)
    found, certain = certified(pool, queries)
    assert certain.mean() > 0.95
    assert np.array_equal(found, naive.nearest_points(pool, queries, 5))


@pytest.mark.parametrize(
    ("reach", "change", "expected"), [(1.0, 0.0, True), (1.0, 0.5, False), (3000.0, 0.0, False)]
)
def test_tiles__are_exact_for_integers_near_the_pool_only(reach, change, expected):
    rng = np.random.default_rng(0)
    pool = random_points(rng, N, 4, n_values=3)
    queries = random_queries(rng, pool, N, reach=reach)
    queries.points.values[queries.rows[0], 2] += change
    packed = pack(pool, queries.points, np.dtype(np.float32), n_threads=1)
    assert packed.is_exact == expected
    found, certain = certified(pool, queries)
    assert certain.all() or not expected
    assert np.array_equal(found, naive.nearest_points(pool, queries, 5))


def test_tiles__are_not_exact_where_only_the_queries_have_large_norms():
    # float32 sums of these products have no bit left for halves
    rng = np.random.default_rng(0)
    pool = random_points(rng, N, 16, n_values=3)
    pool.values[: N // 4] += 510
    queries = random_queries(rng, pool, N // 4)
    queries.points.values[:] = rng.integers(2040, 2047, queries.points.values.shape)
    packed = pack(pool, queries.points, np.dtype(np.float32), n_threads=1)
    assert not packed.is_exact
    found, _ = certified(pool, queries)
    assert np.array_equal(found, naive.nearest_points(pool, queries, 5))


def test_tiles__leave_queries_beyond_float64_to_the_scan():
    pool = as_points(np.array([[1.7e308], [1.6e308], [1.5e308]]))
    others = as_points(np.array([[-1.7e308], [1.7e308]]))
    queries = Queries(others, np.arange(2), np.array([-1, 0]))
    assert pack(pool, others, np.dtype(np.float64), n_threads=1) is None
    with np.errstate(over="ignore"):  # what the naive sum, or an uncompiled one, meets
        found, certain = certified(pool, queries, 2)
        expected = naive.nearest_points(pool, queries, 2)
    assert not certain.any()
    assert np.array_equal(found, expected)


def test_pack__notices_a_fraction_that_its_sample_missed():
    values = np.zeros((2100, 1))
    values[1] = 0.5
    whole, points = as_points(values.round()), as_points(values)
    for pool, query_points, expected in [
        (whole, whole, True), (points, points, False), (whole, points, False),
        (points, whole, False),
    ]:  # fmt: skip
        packed = pack(pool, query_points, np.dtype(np.float32), n_threads=1)
        assert packed.is_exact == expected


def test_tiles__leave_categories_that_float32_cannot_certify_to_float64(monkeypatch):
    rng = np.random.default_rng(0)
    pool = random_points(rng, N, 5, n_codes=2, weight=0.5)
    pool.values[:, 0] = rng.integers(0, 3, N) * 1e6 + 0.25
    check_too_coarse(pool, random_queries(rng, pool, N), monkeypatch)
