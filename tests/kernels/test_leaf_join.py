import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.kernels.leaf_join import join_leaves
from smotefast.kernels.tile_kernel import panel_lanes
from smotefast.neighbors.approximate.graph import empty_graph, tree_bounds
from tests.helpers import reference_kernels as naive

SIZE = 40 if JIT_DISABLED else 150


def joined(data, leaves, n_neighbors, n_threads, is_query=None):
    graph = empty_graph(data.shape[0], n_neighbors)
    is_query = np.ones(data.shape[0], bool) if is_query is None else is_query
    for tree in leaves:
        lanes = panel_lanes(np.float32)
        join_leaves(data, tree, is_query, *graph, lanes, n_threads=n_threads)
    return graph


@pytest.mark.parametrize("n_threads", [1, 2])
def test_join_leaves__finds_the_nearest_rows_within_each_leaf(n_threads):
    rng = np.random.default_rng(0)
    data = rng.normal(size=(2 * SIZE, 5)).astype(np.float32)
    order = rng.permutation(2 * SIZE).astype(np.int32)
    leaves = np.full((3, SIZE + 10), -1, np.int32)
    leaves[0, :SIZE], leaves[1, : SIZE - 1] = order[:SIZE], order[SIZE:-1]
    leaves[2, 0] = order[-1]  # a leaf of one row has no pair
    indices, distances, flags = joined(data, [leaves], 4, n_threads)
    for leaf in (order[:SIZE], order[SIZE:-1]):
        expected = leaf[naive.nearest_rows(data[leaf], 4)]
        assert np.array_equal(np.sort(indices[leaf], axis=1), np.sort(expected, axis=1))
        assert (flags[leaf] == 1).all()
        assert (distances[leaf, 0] == distances[leaf].max(axis=1)).all()
    assert (indices[order[-1]] == -1).all()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6])
def test_join_leaves__finds_the_same_for_a_subset_of_queries(share):
    rng = np.random.default_rng(1)
    data = rng.normal(size=(2 * SIZE, 4)).astype(np.float32)
    leaves = [rng.permutation(2 * SIZE).astype(np.int32).reshape(4, -1) for _ in range(2)]
    is_query = rng.random(2 * SIZE) < share
    everyone = joined(data, leaves, 5, 2)
    some = joined(data, leaves, 5, 2, is_query)
    for all_of, found in zip(everyone[:2], some[:2], strict=True):
        np.testing.assert_array_equal(np.sort(found[is_query]), np.sort(all_of[is_query]))
    assert (some[0][~is_query] == -1).all()
    assert (some[2][~is_query] == 0).all()


def test_join_leaves__adds_no_row_twice_over_several_trees():
    data = np.random.default_rng(0).normal(size=(SIZE, 3)).astype(np.float32)
    tree = np.arange(SIZE, dtype=np.int32)[np.newaxis]
    once = joined(data, [tree], 6, 1)
    twice = joined(data, [tree, tree[:, ::-1].copy()], 6, 1)
    assert np.array_equal(once[0], twice[0])


def test_join_leaves__fills_heaps_with_identical_rows():
    data = np.ones((SIZE, 3), np.float32)
    indices, distances, _ = joined(data, [np.arange(SIZE, dtype=np.int32)[np.newaxis]], 5, 1)
    assert (distances == 0).all()
    assert (indices != np.arange(SIZE)[:, np.newaxis]).all()


def test_tree_bounds__separate_the_leaves_of_each_tree():
    leaves = np.array([[0, 1, -1], [2, 3, 4], [4, 3, 2], [1, -1, -1], [0, -1, -1]])
    assert tree_bounds(leaves, 5) == [(0, 2), (2, 5)]
