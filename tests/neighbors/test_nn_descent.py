import multiprocessing

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_neighbors
from smotefast.neighbors.cells.approximate import SampledSearch
from smotefast.neighbors.cells.embedding import frequent_levels
from smotefast.neighbors.cells.nn_descent import center_float32, search_nn_descent
from smotefast.neighbors.cells.partition import partition
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.queries import as_points, pool_queries
from smotefast.neighbors.result import recall
from tests.helpers.search_problems import search_by

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="pynndescent runs compiled only")


def clustered(n, d=12, seed=0, dtype=np.float32):
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(20, d)) * 3
    return (centers[rng.integers(0, 20, n)] + rng.normal(size=(n, d))).astype(dtype)


def search(pool, k=5, *, n_threads=2):
    """Search for all rows of a pool."""
    points = as_points(pool)
    queries = pool_queries(points, np.arange(pool.shape[0]))
    return next(search_nn_descent(points, queries, k, n_threads=n_threads)).indices


def recall_of(points, found):
    """Return the share of the true neighbors found, of every 20th row."""
    rows = np.arange(0, len(found), 20)
    queries, k = pool_queries(points, rows), found.shape[1]
    true = search_by("tiles", points, queries, k, n_threads=2, needs_distances=True)
    ranked = rank_candidates(points, queries, found[rows], k, n_threads=2)
    return recall(ranked.squared(), true.squared())


def check(found, queries, n_pool):
    """Check that no row is its own neighbor, and that neighbors are rows and distinct."""
    assert (found != queries[:, np.newaxis]).all()
    assert found.min() >= 0
    assert found.max() < n_pool
    ordered = np.sort(found, axis=1)
    assert (ordered[:, 1:] != ordered[:, :-1]).all()


def test_nn_descent__finds_nearly_all_and_the_same_on_any_number_of_threads():
    pool = clustered(20_000)
    found = search(pool)
    check(found, np.arange(20_000), 20_000)
    assert recall_of(as_points(pool), found) > 0.95
    assert np.array_equal(search(pool, n_threads=1), found)
    assert np.array_equal(search(pool), found)


def test_approximate_search__of_few_queries_is_in_cells_alone():
    pool, queries = clustered(6_000), np.arange(5, 6_000, 7)
    found = find_neighbors(pool, 5, queries=queries, search="approximate", n_threads=2)
    assert found.method == "approximate"
    check(found.indices, queries, 6_000)
    true = find_neighbors(pool, 5, queries=queries, search="exact", n_threads=2)
    is_found = (found.indices[:, :, np.newaxis] == true.indices[:, np.newaxis]).any(axis=2)
    assert is_found.mean() > 0.94


def test_nn_descent__adds_to_the_recall_of_the_cells(monkeypatch):
    monkeypatch.setattr("smotefast.neighbors.cells.nn_descent._RECALLS", (0.8,))
    pool = clustered(20_000)
    points = as_points(pool)
    queries = pool_queries(points, np.arange(20_000))
    cells = partition(points, points, n_threads=2)
    alone = SampledSearch(cells, queries, 8, n_threads=2).walk(0.8)
    before, after = (recall_of(points, found[:, :5]) for found in (alone.indices, search(pool)))
    assert before < 0.9
    assert after > before + 0.02


@pytest.mark.parametrize("dtype", [np.float64, np.int32])
@pytest.mark.parametrize(("scale", "offset"), [(1.0, 1e7), (1e30, 0.0), (1e-30, 0.0)])
def test_nn_descent__is_accurate_at_any_offset_and_scale(dtype, scale, offset):
    if dtype == np.int32 and scale != 1.0:
        scale, offset = 1e5, 1e8
    pool = (clustered(6_000, dtype=np.float64) * scale + offset).astype(dtype)
    assert recall_of(as_points(pool), search(pool)) > 0.9


@pytest.mark.parametrize("value", [1e4, 1e9, 1e30])
@pytest.mark.parametrize("columns", [slice(None), 3])
def test_nn_descent__is_accurate_beside_an_outlier(value, columns):
    pool = clustered(6_000)
    pool[7, columns] = value
    assert recall_of(as_points(pool), search(pool)) > 0.92


def test_center_float32__scales_the_bulk_to_one_and_keeps_outliers_finite():
    pool = clustered(5_000, dtype=np.float64) * 1e-200 + 1e-190
    pool[5] = -1e100
    points = as_points(pool)
    data = center_float32(points, frequent_levels(points), np.arange(5_000))
    assert np.isfinite(np.square(data).sum(axis=1)).all()
    assert 0.1 < np.median(np.abs(data)) < 2
    assert (data[5] < -1e9).all()


@pytest.mark.parametrize("share", [0.7, 1.0])
def test_nn_descent__is_accurate_with_duplicates(share):
    pool = clustered(20_000)
    pool[np.random.default_rng(1).random(20_000) < share] = pool[0]
    found = search(pool)
    check(found, np.arange(20_000), 20_000)
    assert recall_of(as_points(pool), found) > 0.95


@pytest.mark.parametrize("weight", [0.5, 20.0, 1e6])
def test_nn_descent__with_categories_is_accurate_on_any_number_of_threads(weight):
    pool = clustered(6_000, 8)
    codes = np.random.default_rng(1).integers(0, 6, (6_000, 3))
    found = find_neighbors(
        pool, 5, search="approximate", n_threads=2, codes=codes, weight=weight
    )
    assert found.method == "approximate"
    check(found.indices, np.arange(6_000), 6_000)
    points = as_points(pool, codes, weight)
    assert recall_of(points, found.indices) >= 0.9
    again = find_neighbors(
        pool, 5, search="approximate", n_threads=1, codes=codes, weight=weight
    )
    assert np.array_equal(again.indices, found.indices)


def test_approximate_search__is_exact_for_few_rows_and_ranges_beyond_float64():
    few = find_neighbors(clustered(500), 5, search="approximate", n_threads=1)
    assert few.method == "exact"
    boundless = clustered(5_000, dtype=np.float64)
    boundless[:], boundless[0] = 1.7e308, -1.7e308
    points = as_points(boundless)
    queries = pool_queries(points, np.arange(5_000))
    assert not list(search_nn_descent(points, queries, 5, n_threads=2))


def test_find_neighbors__reports_the_recall_of_an_approximate_search():
    pool = clustered(6_000)
    found = find_neighbors(pool, 5, search="approximate", n_threads=2)
    assert found.method == "approximate"
    assert found.indices.dtype == np.int32
    assert found.recall is not None
    assert found.recall >= 0.95


def test_find_neighbors__warns_where_no_attempt_finds_enough(monkeypatch):
    monkeypatch.setattr("smotefast.neighbors.runner.RECALL_WANTED", 2.0)
    with pytest.warns(UserWarning, match="use search='exact'"):
        find_neighbors(clustered(5_000), 5, search="approximate", n_threads=2)


def test_find_neighbors__returns_the_best_of_its_attempts(monkeypatch):
    recalls = iter([0.5, 0.9, 0.7])
    monkeypatch.setattr(SampledSearch, "recall", lambda *_: next(recalls))
    with pytest.warns(UserWarning, match=r"found 0\.90 of"):
        found = find_neighbors(clustered(5_000), 5, search="approximate", n_threads=2)
    assert found.recall == 0.9


def _search_in_child(pool, queue):
    from smotefast._threads import kernel_threads_usable

    queue.put((kernel_threads_usable(), search(pool)))


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork"
)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_nn_descent__gives_the_same_in_a_forked_child():
    pool = clustered(5_000)
    found = search(pool)  # starts threads in this process
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_search_in_child, args=(pool, queue))
    child.start()
    _, in_child = queue.get(timeout=300)
    child.join()
    assert child.exitcode == 0
    assert np.array_equal(in_child, found)
