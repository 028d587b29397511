"""Search in cells: the partition, the bound, and what it certifies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_neighbors
from smotefast.neighbors.cells import search
from smotefast.neighbors.cells.approximate import (
    SampledSearch,
    search_cells_approximately,
)
from smotefast.neighbors.cells.embedding import embed
from smotefast.neighbors.cells.estimate import CenterExcesses, walk_costs
from smotefast.neighbors.cells.partition import partition
from smotefast.neighbors.exact.tiles import FLOAT32, INT16
from smotefast.neighbors.queries import as_points, other_queries, pool_queries
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import quiet, resolved, searches

SOME = examples(5 if JIT_DISABLED else 60)
N, MANY = (80, 200) if JIT_DISABLED else (1_500, 4_000)


def clusters(n, n_features=6, n_clusters=12, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    centers = rng.normal(scale=20, size=(n_clusters, n_features))
    rows = centers[rng.integers(0, n_clusters, n)] + rng.normal(size=(n, n_features))
    return as_points(rows.astype(dtype))


def every(points):
    return pool_queries(points, np.arange(len(points.values)))


def squared_to_centers(values, centers):
    return ((values[:, np.newaxis].astype(np.float64) - centers) ** 2).sum(axis=2)


@SOME
@given(drawn=searches(), cell_rows=st.sampled_from([1, 3, 16]), n_threads=st.integers(1, 2))
def test_partition__has_each_row_once_in_the_cell_of_its_nearest_center(
    drawn, cell_rows, n_threads
):
    points, queries, _ = drawn
    with quiet():
        cells = partition(points, queries.points, n_threads=n_threads, cell_rows=cell_rows)
    assert sorted(cells.packed.order) == list(range(len(points.values)))
    assert (cells.assigned.sizes > 0).all()
    home = cells.assigned.cell
    rows = embed(points, cells.assigned.levels, slice(None))
    distances = squared_to_centers(rows, cells.packed.centers)
    own = np.take_along_axis(distances, home[:, np.newaxis].astype(int), axis=1)[:, 0]
    assert (own <= distances.min(axis=1) * (1 + 1e-9)).all()
    for cell, start in enumerate(cells.packed.starts[:-1]):
        rows = cells.packed.order[start : cells.packed.starts[cell + 1]]
        assert (np.diff(rows) > 0).all()
        assert (home[rows] == cell).all()


@SOME
@given(
    drawn=searches(),
    cell_rows=st.sampled_from([1, 3, 16]),
    n_threads=st.integers(1, 2),
    n_near=st.sampled_from([1, 2, 256]),
)
def test_walk__resolves_only_what_sorting_all_distances_finds(
    drawn, cell_rows, n_threads, n_near
):
    points, queries, k = drawn
    with quiet(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "TASK_QUERIES", 7)
        cells = partition(points, queries.points, n_threads=n_threads, cell_rows=cell_rows)
        reach = search.Reach(n_near, np.inf)
        found = search.walk(cells, queries, k, reach, n_threads=n_threads)
    expected = naive.nearest_points(points, queries, k)
    is_resolved = resolved(found, queries)
    assert np.array_equal(found.indices[is_resolved], expected[is_resolved])
    distances = naive.distances_at(points, queries, expected)
    assert np.array_equal(found.squared()[is_resolved], distances[is_resolved])


def test_walk__resolves_nearly_all_rows_of_usual_data():
    points = clusters(N)
    cells = partition(points, points, n_threads=2, cell_rows=32)
    found = search.walk(cells, every(points), 5, n_threads=2)
    assert len(found.unresolved) < 0.02 * N
    assert np.array_equal(found.indices, naive.nearest_rows(points.values, 5))


@pytest.mark.parametrize("offset", [0.0, 1e6, -1e12])
@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_near_ties_at_borders_of_cells__are_never_certified_wrongly(gap, offset):
    rng = np.random.default_rng(int(-np.log10(gap)))
    # Pairs of rows at nearly the same distance from a query, on either side of it: the border
    # between their cells runs through many of the queries.
    query = rng.normal(size=(N // 5, 3)) * 10
    direction = rng.normal(size=query.shape)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    sides = [
        query + direction,
        query - direction * (1 + gap * rng.normal(size=(len(query), 1))),
    ]
    values = np.vstack(
        [query, *sides, *(side + 0.3 * rng.normal(size=side.shape) for side in sides)]
    )
    points = as_points(values + offset)
    queries = every(points)
    cells = partition(points, points, n_threads=2, cell_rows=4)
    found = search.walk(cells, queries, 1, n_threads=2)
    is_resolved = resolved(found, queries)
    assert np.array_equal(
        found.indices[is_resolved], naive.nearest_points(points, queries, 1)[is_resolved]
    )
    if gap >= 1e-6 and not offset:
        assert is_resolved.mean() > 0.95


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["one column", "constant columns", "huge", "tiny", "far rows"])
def test_cells__find_what_sorting_all_distances_finds_in_odd_data(kind, dtype):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N // 4, 1 if kind == "one column" else 4))
    if kind == "constant columns":
        values[:, 1:3] = 7.0
    values *= {"huge": 1e30, "tiny": 1e-30}.get(kind, 1.0)
    if kind == "far rows":
        values[:5] *= 1e12
    points = as_points(values.astype(dtype))
    with quiet():
        cells = partition(points, points, n_threads=1, cell_rows=8)
        found = search.walk(cells, every(points), 3, n_threads=1)
    is_resolved = resolved(found, every(points))
    assert np.array_equal(
        found.indices[is_resolved], naive.nearest_rows(values.astype(dtype), 3)[is_resolved]
    )
    assert is_resolved.mean() > (0.9 if kind != "far rows" else 0.5)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_cells__do_not_serve_values_without_squares(value):
    values = np.random.default_rng(0).normal(size=(50, 3))
    values[7, 1] = value
    points = as_points(values)
    with np.errstate(all="ignore"):
        assert partition(points, points, n_threads=1) is None
        assert search.search_cells(points, every(points), 3, n_threads=1) is None
        assert walk_costs(points, every(points), 3, n_threads=1) is None
        assert not list(search_cells_approximately(points, every(points), 3, n_threads=1))


@pytest.mark.parametrize("dtype", [FLOAT32, INT16])
def test_walk__does_not_depend_on_threads_tasks_or_blocks(monkeypatch, dtype):
    points = clusters(N, dtype=np.float32)
    # More cells than a tile has lanes.
    cell_rows = 1 if JIT_DISABLED else 20
    cells = partition(points, points, n_threads=2, cell_rows=cell_rows, dtype=dtype)
    exact = [search.WHOLE, search.Reach(9, np.inf)] if dtype == FLOAT32 else []
    for reach in (*exact, search.Reach(40, 0.5)):
        expected = search.walk(cells, every(points), 4, reach, n_threads=2)
        again = search.walk(cells, every(points), 4, reach, n_threads=1)
        assert np.array_equal(expected.indices, again.indices)
        with monkeypatch.context() as patch:
            patch.setattr(search, "WORK_PER_THREAD", 1.0)
            patch.setattr(search, "FEWEST_TASKS", 1)
            again = search.walk(cells, every(points), 4, reach, n_threads=2)
        assert np.array_equal(expected.indices, again.indices)
        shuffled = np.random.default_rng(0).permutation(N)
        again = search.walk(cells, every(points).subset(shuffled), 4, reach, n_threads=2)
        if reach.share == np.inf:
            assert np.array_equal(expected.indices[shuffled], again.indices)


@pytest.mark.parametrize("dtype", [FLOAT32, INT16])
def test_partition__does_not_depend_on_threads(dtype):
    points = clusters(N)
    one, two = (
        partition(points, points, n_threads=t, cell_rows=20, dtype=dtype) for t in (1, 2)
    )
    for first, second in zip(one.packed, two.packed, strict=True):
        assert np.array_equal(first, second)


@pytest.mark.parametrize("n_features", [1, 4, 5])
def test_int16_cells__hold_rows_rounded_to_the_unit_of_their_cell(n_features):
    points = clusters(N // 4, n_features)
    cells = partition(points, points, n_threads=1, cell_rows=40, dtype=INT16).packed
    n_panels, n_words, _ = cells.values.shape
    lanes = cells.halves.shape[1]
    assert n_words == (n_features + 1) // 2
    by_lane = cells.values.reshape(n_panels, n_words, lanes, 2).transpose(0, 2, 1, 3)
    for cell, center in enumerate(cells.centers):
        rows = cells.order[cells.starts[cell] : cells.starts[cell + 1]]
        panels = slice(cells.panel_starts[cell], cells.panel_ends[cell])
        packed = by_lane[panels].reshape(-1, 2 * n_words)[: len(rows)]
        expected, unit = naive.rounded_rows(points.values[rows], center)
        assert np.isclose(cells.units[cell], unit * cells.scale, rtol=1e-6)
        # The unit is rounded to float32: a value between two may go either way.
        assert (np.abs(packed[:, :n_features] - expected) <= 1).all()
        assert (packed[:, :n_features] == expected).mean() > 0.98
        assert not packed[:, n_features:].any()
        norms = (packed.astype(np.float64) ** 2).sum(axis=1) * np.float64(
            cells.units[cell]
        ) ** 2
        halves = cells.halves[panels].reshape(-1)
        assert np.allclose(halves[: len(rows)], norms * (0.5 - cells.slack), rtol=1e-6, atol=0)
        assert np.isinf(halves[len(rows) :]).all()


@SOME
@given(
    drawn=searches(weights=[0.0, 0.3, 1.0], reaches=[1.0, 7.0, 3e3]),
    cell_rows=st.sampled_from([1, 3, 16]),
    n_threads=st.integers(1, 2),
)
def test_walk_in_all_int16_cells__finds_rows_that_are_hardly_farther_than_the_nearest(
    drawn, cell_rows, n_threads
):
    points, queries, k = drawn
    with quiet():
        cells = partition(
            points, queries.points, n_threads=n_threads, cell_rows=cell_rows, dtype=INT16
        )
        found = search.walk(cells, queries, k, search.Reach(1_000, 1e9), n_threads=n_threads)
    is_resolved = resolved(found, queries)
    part = queries.subset(np.flatnonzero(is_resolved))
    true = naive.distances_at(points, part, naive.nearest_points(points, part, k))
    squared = found.squared()[is_resolved]
    # Units are at most this share of the largest distance; each of two rows has one.
    rows = np.vstack([points.values, queries.points.values]).astype(np.float64)
    largest = 2 * np.linalg.norm(rows - rows[0], axis=1).max()
    rounding = np.sqrt(rows.shape[1]) * 2 * largest / 32766
    float32 = 1e-5 * (largest**2 + points.weight * points.codes.shape[1])
    assert (squared <= (np.sqrt(true) + rounding) ** 2 + float32).all()


def test_int16_cells__tell_rows_apart_that_are_near_each_other():
    rng = np.random.default_rng(0)
    groups = np.repeat(rng.normal(size=(N // 20, 6)), 20, axis=0)
    points = as_points(groups + 1e-3 * rng.normal(size=groups.shape))
    cells = partition(points, points, n_threads=1, cell_rows=100, dtype=INT16)
    found = search.walk(cells, every(points), 5, search.Reach(3, 1.0), n_threads=1)
    share = naive.recall(points.values, found.indices, range(len(points.values)), 5)
    assert share > 0.9


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0, 4.0])
def test_walk_with_a_share__looks_through_the_cells_that_it_names(share):
    points = clusters(N)
    cells = partition(points, points, n_threads=2, cell_rows=20)
    reach = search.Reach(1_000, share)
    found = search.walk(cells, every(points), 4, reach, n_threads=2)
    # Every row of a cell within the share of the distance found was compared.
    squared = squared_to_centers(points.values, cells.packed.centers)
    home = cells.assigned.cell.astype(int)
    excess = squared - squared[np.arange(N), home][:, np.newaxis]
    kth = found.squared()[:, -1:]
    for row in range(0, N, 37):
        near = np.flatnonzero(excess[row] < share * kth[row] * (1 - 1e-3))
        pool = np.flatnonzero(np.isin(home, [*near, home[row]]))
        distances = ((points.values[pool] - points.values[row]) ** 2).sum(axis=1)
        distances[pool == row] = np.inf
        closest = np.sort(distances)[:4]
        assert (found.squared()[row] <= closest * (1 + 1e-6)).all()


def test_center_excesses__predict_recall_and_rows_compared():
    points = clusters(N, n_features=12)
    cells = partition(points, points, n_threads=2, cell_rows=20)
    queries = every(points)
    true = search.walk(cells, queries, 5, n_threads=2)
    excesses = CenterExcesses(cells.assigned, queries, cells.assigned.cell, true)
    for target in (0.7, 0.9):
        reach = excesses.reach_for(target)
        found = search.walk(cells, queries, 5, reach, n_threads=2)
        is_found = (true.indices[:, :, np.newaxis] == found.indices[:, np.newaxis]).any(axis=2)
        assert is_found.mean() >= target - 0.01
    reaches = [excesses.reach_for(0.7), excesses.reach_for(0.9), search.WHOLE]
    compared = [excesses.rows_compared(reach) for reach in reaches]
    assert sorted(compared) == compared
    assert compared[0] >= 1
    assert compared[-1] <= N


def test_walk_costs__are_small_for_clusters_and_large_without_them():
    structured = clusters(MANY, n_features=3)
    even = as_points(np.random.default_rng(0).normal(size=(MANY, 30)))
    near, far = (walk_costs(each, every(each), 5, n_threads=2) for each in (structured, even))
    assert near.exact.n_pool == MANY // 4
    assert near.exact.n_rows <= far.exact.n_rows
    assert far.exact.n_rows > 0.9 * far.exact.n_pool
    assert near.approximate.n_rows <= near.exact.n_rows


def test_recall_of_a_sample__is_known_before_all_queries_are_searched():
    points = as_points(np.random.default_rng(0).normal(size=(MANY, 8)))
    cells = partition(points, points, n_threads=2, dtype=INT16)
    sampled = SampledSearch(cells, every(points), 5, n_threads=2)
    results = {target: sampled.walk(target) for target in (0.3, 0.7, 0.99)}
    recalls = [sampled.recall(result, 5) for result in results.values()]
    assert recalls == sorted(recalls)
    assert recalls == [sampled.expected_recall(target, 5) for target in results]
    true = naive.nearest_points(points, every(points).subset(slice(0, 200)), 5)
    for result, recall in zip(results.values(), recalls, strict=True):
        is_found = (true[:, :, np.newaxis] == result.indices[:200, np.newaxis]).any(axis=2)
        assert abs(is_found.mean() - recall) < 0.1


def test_approximate_search__leaves_out_cells_that_find_too_little_for_a_sample(monkeypatch):
    targets = (0.3, 0.995, 0.5)
    monkeypatch.setattr("smotefast.neighbors.cells.approximate.RECALLS", targets)
    points = as_points(np.random.default_rng(0).normal(size=(MANY, 8)))
    cells = partition(points, points, n_threads=2, dtype=INT16)
    sampled = SampledSearch(cells, every(points), 5, n_threads=2)
    recalls = [sampled.expected_recall(target, 5) for target in targets]
    assert JIT_DISABLED or min(recalls) < 0.95 < max(recalls)  # 200 rows are in one cell
    expected = [share for share in recalls[:-1] if share >= 0.95] + recalls[-1:]
    results = search_cells_approximately(points, every(points), 5, n_threads=2)
    assert [result.recall for result in results] == expected


def test_queries_of_other_points__get_the_nearest_cell():
    points, others = clusters(N, seed=1), clusters(50, seed=2)
    cells = partition(points, others, n_threads=1, cell_rows=20)
    home = cells.home(other_queries(others), n_threads=1)
    distances = squared_to_centers(others.values, cells.packed.centers)
    assert np.array_equal(home, distances.argmin(axis=1))


@pytest.mark.skipif(JIT_DISABLED, reason="few rows are searched by other methods")
def test_auto__is_exact_in_cells_and_says_why(caplog):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60_000, 2)) @ rng.normal(size=(2, 12))
    with caplog.at_level("DEBUG", logger="smotefast"):
        found = find_neighbors(rows, 5, search="auto", n_threads=2)
    assert found.method == "exact"
    assert "search method: cells. Search in cells if a bound leaves few rows" in caplog.text
    sample = np.arange(0, 60_000, 3_000)
    assert np.array_equal(found.indices[sample], naive.nearest_rows(rows, 5, sample))


def test_walk__ends_before_far_cells_and_skips_groups_that_need_no_cell():
    # Two clusters far from each other, each of more cells than a tile has lanes.
    rng = np.random.default_rng(0)
    values = np.repeat([0.0, 1e4], 180)[:, np.newaxis] + rng.normal(size=(360, 4))
    points = as_points(values)
    cells = partition(points, points, n_threads=1, cell_rows=4)
    expected = naive.nearest_rows(values, 2)
    for reach in (search.WHOLE, search.Reach(3, np.inf), search.Reach(360, 2.0)):
        found = search.walk(cells, every(points), 2, reach, n_threads=1)
        is_same = (found.indices == expected).all(axis=1)
        assert is_same[resolved(found, every(points))].all() or reach.share == 2.0
        assert is_same.mean() > 0.95
        assert ((found.indices >= 180) == (np.arange(360) >= 180)[:, np.newaxis]).all()


def test_walk__looks_through_cells_whose_centers_are_equally_far():
    grid = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), axis=-1).reshape(-1, 2)
    points = as_points(np.repeat(grid, 2, axis=0))
    between = as_points(grid[:-13] + 0.5)
    cells = partition(points, between, n_threads=1, cell_rows=2)
    queries = other_queries(between)
    found = search.walk(cells, queries, 3, n_threads=1)
    is_resolved = resolved(found, queries)
    expected = naive.nearest_points(points, queries, 3)
    assert np.array_equal(found.indices[is_resolved], expected[is_resolved])
