"""Searches in blocks of queries find the same rows, whatever the blocks are."""

from __future__ import annotations

import numpy as np
import pytest

from smotefast.kernels.points import Points
from smotefast.neighbors.cells.search import search_cells
from smotefast.neighbors.exact.scan import search_scan
from smotefast.neighbors.exact.tiles import search_float64_tiles, search_tiles
from smotefast.neighbors.queries import as_points, pool_queries
from smotefast.neighbors.result import ResultInBlocks, SearchResult

SEARCHES = [search_tiles, search_float64_tiles, search_cells, search_scan]


def points_of(kind) -> Points:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2_500, 4)).astype(np.float32)
    if kind == "duplicates":
        rows = rows[rng.integers(0, 60, len(rows))]
    if kind == "integers":
        rows = rng.integers(0, 5, rows.shape).astype(np.float32)
    return as_points(rows)


@pytest.mark.parametrize("kind", ["numbers", "duplicates", "integers"])
@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.__name__)
def test_results__do_not_depend_on_blocks(monkeypatch, search, kind):
    points = points_of(kind)
    queries = pool_queries(points, np.arange(0, 2_500, 2))
    whole = search(points, queries, 3, n_threads=1)
    monkeypatch.setattr("smotefast.neighbors.queries._RESULT_BYTES", 1)
    in_blocks = search(points, queries, 3, n_threads=1)
    without = search(points, queries, 3, n_threads=1, with_distances=False)
    resolved = np.setdiff1d(np.arange(len(queries.rows)), whole.unresolved)
    for found in (in_blocks, without):
        np.testing.assert_array_equal(found.indices[resolved], whole.indices[resolved])
        np.testing.assert_array_equal(found.unresolved, whole.unresolved)
        np.testing.assert_array_equal(found.tied, whole.tied)
    np.testing.assert_array_equal(in_blocks.squared()[resolved], whole.squared()[resolved])
    assert without.squared_distances is None
    assert whole.indices.dtype == np.int32


def test_what_is_no_row__stays_no_row_in_four_bytes():
    results = ResultInBlocks(3, 2, 10, with_distances=False)
    indices = np.array([[1, 2**62], [3, 9], [4, 4]])
    found = SearchResult(indices, np.array([[0.0, np.inf], [1.0, 2.0], [0.0, 0.0]]))
    results.add(slice(0, 3), found, np.array([False, True, False]))
    result = results.result()
    assert result.indices.tolist() == [[1, 10], [3, 9], [4, 4]]
    assert result.unresolved.tolist() == [0, 2]
    assert result.tied.tolist() == [2]


def test_results_of_a_subset__replace_those_that_were_unresolved():
    base = SearchResult(
        np.zeros((5, 1), np.int32), None, np.array([1, 2, 4]), tied=np.array([2])
    )
    rest = SearchResult(
        np.array([[7], [8]]), None, np.array([1]), tied=np.array([], dtype=np.int64)
    )
    merged = base.merged(np.array([1, 2]), rest)
    assert merged.indices[:, 0].tolist() == [0, 7, 8, 0, 0]
    assert merged.unresolved.tolist() == [2, 4]
    assert merged.tied.tolist() == []
