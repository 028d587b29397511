"""Neighbors among streamed blocks: those of one exact search, for any blocks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import StreamingNeighbors
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import quiet, random_points, searches

SOME = examples(15 if JIT_DISABLED else 80)


def stream_for(pool, queries, k, n_threads=1):
    """Start a search for queries that may be rows of other points."""
    points = queries.points
    return StreamingNeighbors(
        points.values[queries.rows],
        k,
        positions=queries.excluded,
        codes=points.codes[queries.rows],
        weight=pool.weight,
        n_threads=n_threads,
    )


def add_blocks(stream, pool, bounds):
    for start, stop in bounds:
        with quiet():
            stream.add_block(pool.values[start:stop], start, pool.codes[start:stop])
    return stream


@SOME
@given(search=searches(reaches=[1.0, 7.0]), n_threads=st.sampled_from([1, 2]), data=st.data())
def test_streaming_neighbors__are_those_of_one_exact_search(search, n_threads, data):
    pool, queries, k = search
    n_pool = len(pool.values)
    inner = data.draw(st.lists(st.integers(0, n_pool), max_size=8))
    blocks = data.draw(st.permutations(list(pairwise(sorted([0, *inner, n_pool])))))
    stream = add_blocks(stream_for(pool, queries, k, n_threads), pool, blocks)
    expected = naive.nearest_points(pool, queries, k)
    assert np.array_equal(stream.positions, expected)
    assert np.array_equal(
        stream.squared_distances, naive.distances_at(pool, queries, expected).reshape(-1, k)
    )


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 99])
def test_streaming_neighbors__of_blocks_shorter_than_k_are_those_of_all_rows(size):
    pool = random_points(np.random.default_rng(0), 60, 3, n_values=4, n_codes=2, weight=0.7)
    rows = np.arange(0, 60, 7)
    stream = StreamingNeighbors(
        pool.values[rows], 6, positions=rows, codes=pool.codes[rows], weight=0.7, n_threads=1
    )
    add_blocks(stream, pool, [(i, min(i + size, 60)) for i in range(0, 60, size)])
    expected = naive.nearest_rows(pool.values, 6, rows, codes=pool.codes, weight=0.7)
    assert np.array_equal(stream.positions, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.float16])
def test_streaming_neighbors__by_tree_or_tiles_are_those_of_all_rows(dtype):
    n, step = (400, 150) if JIT_DISABLED else (40_000, 17_000)
    rng = np.random.default_rng(0)
    queries = np.sort(rng.choice(n, 20, replace=False))
    for n_features in (3, 20):
        values = (rng.normal(size=(n, n_features)) * 20).astype(dtype)
        stream = StreamingNeighbors(values[queries], 5, positions=queries, n_threads=2)
        for start in range(0, n, step):
            stream.add_block(values[start : start + step], start)
        assert np.array_equal(stream.positions, naive.nearest_rows(values, 5, queries))


def test_streaming_neighbors__exclude_no_row_for_queries_without_a_position():
    values = np.arange(12.0).reshape(12, 1)
    stream = StreamingNeighbors(values[[3, 8]], 2, positions=np.array([-1, 8]), n_threads=1)
    for start in (8, 0, 4):
        stream.add_block(values[start : start + 4], start)
    assert stream.positions.tolist() == [[3, 2], [7, 9]]
    assert stream.squared_distances.tolist() == [[0.0, 1.0], [1.0, 1.0]]


def test_streaming_neighbors__at_equal_distance_are_those_of_lower_position():
    values = np.zeros((30, 2))
    stream = StreamingNeighbors(values[:1], 4, positions=np.array([0]), n_threads=1)
    for start in (20, 10, 0):
        stream.add_block(values[start : start + 10], start)
    assert stream.positions.tolist() == [[1, 2, 3, 4]]


def test_streaming_neighbors__include_rows_at_an_infinite_distance():
    values = np.array([[0.0], [1e200], [-1e200], [1.0]])
    stream = StreamingNeighbors(values[:1], 3, positions=np.array([0]), n_threads=1)
    for start in range(4):
        with np.errstate(over="ignore"):
            stream.add_block(values[start : start + 1], start)
    assert stream.positions.tolist() == [[3, 1, 2]]


def test_streaming_neighbors__are_refused_if_there_are_too_few_rows():
    values = np.arange(4.0).reshape(4, 1)
    stream = StreamingNeighbors(values[:1], 4, positions=np.array([0]), n_threads=1)
    stream.add_block(values, 0)
    with pytest.raises(ValueError, match="k=4 neighbors need more rows"):
        _ = stream.positions


def test_streaming_neighbors__of_no_queries_or_no_rows_are_none():
    values = np.arange(4.0).reshape(4, 1)
    stream = StreamingNeighbors(values[:0], 2, positions=np.empty(0, int), n_threads=1)
    stream.add_block(values, 0)
    assert stream.positions.shape == (0, 2)
    stream = StreamingNeighbors(values[:2], 3, positions=np.array([0, 1]), n_threads=1)
    stream.add_block(values[:0], 0)
    stream.add_block(values, 0)
    assert stream.positions.tolist() == [[1, 2, 3], [0, 2, 3]]
