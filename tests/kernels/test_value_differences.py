import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.kernels.heaps import NO_ROW
from smotefast.kernels.value_differences import Shares, rank_codes, scan_codes
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples

SOME = examples(8 if JIT_DISABLED else 60)


def categories(seed, n_rows, n_columns, n_values, n_classes=3):
    """Make codes of a class and the class shares of the categories, of which some are equal."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n_values, (n_rows, n_columns)).astype(np.int32)
    counts = rng.integers(0, 4, (n_columns, n_values, n_classes))
    tables = [of / np.maximum(of.sum(axis=1, keepdims=True), 1) for of in counts]
    return codes, tables


def packed(tables):
    starts = np.cumsum([0, *map(len, tables)], dtype=np.int64)
    return Shares(np.vstack(tables), starts)


def outputs(n_queries, k):
    return np.full((n_queries, k), np.nan), np.full((n_queries, k), -7, np.int64)


def true_distances(codes, tables, queries, indices):
    return np.array(
        [
            naive.value_differences(codes, tables, row)[places]
            for row, places in zip(queries, indices, strict=True)
        ]
    )


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(2, 60), st.integers(1, 5)),
    n_values=st.integers(1, 8),
    n_classes=st.integers(2, 5),
    n_threads=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_scan_codes__finds_what_sorting_all_distances_finds(
    seed, shape, n_values, n_classes, n_threads, data
):
    codes, tables = categories(seed, *shape, n_values, n_classes)
    k = data.draw(st.integers(1, shape[0] - 1))
    queries = np.flatnonzero(np.random.default_rng(seed).random(shape[0]) < 0.7)
    distances, indices = outputs(len(queries), k)
    scan_codes(codes, packed(tables), queries, distances, indices, n_threads=n_threads)
    assert np.array_equal(indices, naive.nearest_by_value_difference(codes, tables, k, queries))
    assert np.array_equal(
        distances, true_distances(codes, tables, queries, indices).reshape(-1, k)
    )


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("n_values", [3, 40])
def test_scan_codes__is_right_at_the_edges_of_blocks_and_tasks(n_threads, n_values):
    codes, tables = categories(1, 270 if JIT_DISABLED else 600, 2, n_values)
    queries = np.r_[np.arange(0, 17), 255, 256, len(codes) - 1]
    distances, indices = outputs(len(queries), 4)
    scan_codes(codes, packed(tables), queries, distances, indices, n_threads=n_threads)
    assert np.array_equal(indices, naive.nearest_by_value_difference(codes, tables, 4, queries))


def test_scan_codes__stops_early_only_where_all_that_is_kept_is_at_distance_zero():
    codes = np.zeros((700, 1), np.int32)
    codes[[600, 650]] = 1  # the twin of row 600 stands in the block after the next
    tables = [np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])]
    distances, indices = outputs(2, 2)
    scan_codes(codes, packed(tables), np.array([0, 600]), distances, indices, n_threads=1)
    assert indices.tolist() == [[1, 2], [650, 0]]
    assert distances.tolist() == [[0.0, 0.0], [0.0, 4.0]]


def test_scan_codes__returns_no_row_where_there_are_too_few():
    codes, tables = categories(0, 3, 2, 3)
    distances, indices = outputs(3, 4)
    scan_codes(codes, packed(tables), np.arange(3), distances, indices, n_threads=1)
    assert (indices[:, 2:] == NO_ROW).all()
    assert np.isinf(distances[:, 2:]).all()
    assert np.array_equal(indices[:, :2], naive.nearest_by_value_difference(codes, tables, 2))


@SOME
@given(
    seed=st.integers(0, 999),
    n_values=st.integers(1, 6),
    n_candidates=st.integers(0, 12),
    n_threads=st.sampled_from([1, 2]),
    kind=st.sampled_from([np.int32, np.int64]),
)
def test_rank_codes__sorts_and_skips_what_is_no_candidate(
    seed, n_values, n_candidates, n_threads, kind
):
    codes, tables = categories(seed, 30, 3, n_values)
    rng = np.random.default_rng(seed)
    queries = np.arange(0, 30, 3)
    candidates = np.array([rng.permutation(32)[:n_candidates] - 1 for _ in queries], kind)
    candidates = candidates.reshape(10, n_candidates)
    distances, indices = outputs(10, 5)
    shares = packed(tables)
    rank_codes(codes, shares, queries, candidates, distances, indices, n_threads=n_threads)
    for i, row in enumerate(queries):
        valid = np.array([c for c in candidates[i] if 0 <= c < 30 and c != row], int)
        totals = naive.value_differences(codes, tables, row)[valid]
        order = np.lexsort((valid, totals))[:5]
        assert indices[i].tolist() == [*valid[order].tolist(), *[NO_ROW] * 5][:5]
        assert distances[i, : len(order)].tolist() == totals[order].tolist()
