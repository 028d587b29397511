"""Search by other metrics, and among rows with missing values: what the definitions give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics.pairwise import cosine_distances, nan_euclidean_distances

from smotefast.neighbors import find_neighbors
from smotefast.neighbors.exact import metrics
from tests.helpers import reference_metrics as naive
from tests.helpers.hypothesis_examples import examples


def grid(seed, shape, n_values=3, missing=0.0):
    """Return small integers as floats, which have many equal distances."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, n_values, shape).astype(float)
    values[rng.random(shape) < missing] = np.nan
    return values


@examples(40)
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(2, 24), st.integers(1, 5)),
    missing=st.sampled_from([0.0, 0.3, 0.8]),
    metric=st.sampled_from(["manhattan", "nan_euclidean"]),
    per_block=st.sampled_from([1, 40, 1 << 15]),
    data=st.data(),
)
def test_all_pairs__find_what_sorting_all_distances_finds(
    seed, shape, missing, metric, per_block, data
):
    pool = grid(seed, shape, missing=missing if metric == "nan_euclidean" else 0.0)
    k = data.draw(st.integers(1, shape[0] - 1))
    queries = np.flatnonzero(np.random.default_rng(seed).random(shape[0]) < 0.6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(metrics._PAIRS_PER_BLOCK, metric, per_block)
        found = find_neighbors(pool, k, queries=queries, metric=metric, n_threads=1)
    assert found.method == "exact"

    def distances(a, b):
        return naive.distance(pool[a], pool[b], metric)

    expected = [naive.nearest_by(pool, query, k, distances) for query in queries]
    assert found.indices.tolist() == expected


@examples(25)
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(3, 20), st.integers(1, 4), st.integers(1, 3)),
    missing=st.sampled_from([0.0, 0.4, 1.0]),
)
def test_missing_numbers_beside_categories__are_found_by_the_scaled_distance(
    seed, shape, missing
):
    n_rows, n_numbers, n_codes = shape
    pool = grid(seed, (n_rows, n_numbers), missing=missing)
    codes = grid(seed + 1, (n_rows, n_codes)).astype(np.int32)

    def distances(a, b):
        return naive.common_square(pool[a], pool[b], codes[a], codes[b], weight=0.5)

    found = find_neighbors(
        pool, 2, codes=codes, weight=0.5, metric="nan_euclidean", n_threads=1
    )
    expected = [naive.nearest_by(pool, query, 2, distances) for query in range(n_rows)]
    assert found.indices.tolist() == expected


@examples(40)
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(9, 40), st.integers(1, 5)),
    metric=st.sampled_from(["cosine", "mahalanobis"]),
    scale=st.sampled_from([1e-200, 1.0, 1e200]),
    dtype=st.sampled_from([np.float32, np.float64, np.int64]),
)
def test_rows_for_euclidean_search__give_the_nearest_by_the_metric(
    seed, shape, metric, scale, dtype
):
    rng = np.random.default_rng(seed)
    values = 9 * rng.normal(size=shape)
    values[rng.random(shape[0]) < 0.2] = 0  # rows without a direction
    pool = values.astype(dtype)
    inverse = np.linalg.pinv(np.atleast_2d(np.cov(pool, rowvar=False, ddof=0)))
    scaled = pool * scale if dtype == np.float64 and metric == "cosine" else pool
    found = find_neighbors(scaled, 3, metric=metric, n_threads=1).indices
    wide = pool.astype(float)
    for query, neighbors in enumerate(found):
        of_all = [
            naive.distance(wide[query], row, metric, inverse)
            for i, row in enumerate(wide)
            if i != query
        ]
        of_found = [naive.distance(wide[query], wide[i], metric, inverse) for i in neighbors]
        np.testing.assert_allclose(of_found, np.sort(of_all)[:3], atol=1e-6)


def test_distances__are_those_of_scikit_learn():
    pool = np.random.default_rng(0).normal(size=(40, 6))
    pool[pool > 1] = np.nan
    theirs = np.nan_to_num(nan_euclidean_distances(pool), nan=np.inf)
    ours = [[naive.distance(a, b, "nan_euclidean") for b in pool] for a in pool]
    np.testing.assert_allclose(ours, theirs, atol=1e-7)
    whole = np.nan_to_num(pool)
    ours = [[naive.distance(a, b, "cosine") for b in whole] for a in whole]
    np.testing.assert_allclose(ours, cosine_distances(whole), atol=1e-12)


@pytest.mark.parametrize("metric", ["manhattan", "cosine"])
def test_sparse_rows__have_the_neighbors_of_dense_ones(metric):
    pool = np.random.default_rng(0).integers(0, 4, (50, 9)) * 1.0
    pool[3] = pool[7] = 0
    dense = find_neighbors(pool, 4, metric=metric, n_threads=1).indices
    with_zeros = sparse.csr_array(pool + 1)
    with_zeros.data -= 1  # some entries are stored zeros
    for csr in (sparse.csr_array(pool), sparse.csr_matrix(pool), with_zeros):
        found = find_neighbors(csr, 4, metric=metric, n_threads=1).indices
        np.testing.assert_array_equal(found, dense)


def test_mahalanobis__ignores_units_and_columns_without_variance():
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(60, 3))
    expected = find_neighbors(pool, 4, metric="mahalanobis", n_threads=1).indices
    other = np.column_stack([pool * [1e-9, 1.0, 1e9], np.full(60, 5.0), pool[:, 0] * 1e-9])
    found = find_neighbors(other, 4, metric="mahalanobis", n_threads=1).indices
    np.testing.assert_array_equal(found, expected)


def test_mahalanobis__refuses_rows_that_are_all_equally_far_apart():
    pool = np.random.default_rng(0).normal(size=(6, 5))
    with pytest.raises(
        ValueError,
        match=r"needs at least two more rows in a class than independent columns: of 6 rows",
    ):
        find_neighbors(pool, 2, metric="mahalanobis", n_threads=1)
    with pytest.raises(ValueError, match="metric='mahalanobis' needs dense rows"):
        find_neighbors(sparse.csr_array(pool), 2, metric="mahalanobis", n_threads=1)
