"""Search in files: the neighbors of memory, whatever the memory and the data are."""

import errno
import os
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast._row_files import RowFile
from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import (
    find_neighbors,
    find_neighbors_in_file,
    memory_needed_in_file,
    row_file_sample,
    row_file_search,
)
from smotefast.neighbors import rules as search_rules
from smotefast.neighbors.cells import (
    partition,
    row_file_cells,
    row_file_copies,
    row_file_scan,
    row_file_walk,
)
from smotefast.neighbors.exact.numpy_search import search_all_pairs
from smotefast.neighbors.planner import METHODS
from smotefast.neighbors.queries import as_file_points, as_points, pool_queries
from smotefast.neighbors.row_file_sample import MarkedRows
from tests.helpers.hypothesis_examples import examples

SOME = examples(3 if JIT_DISABLED else 25)
N = 120 if JIT_DISABLED else 1_200
KINDS = [
    "gaussian", "clusters", "low dimension", "integers", "duplicates", "one cluster",
    "constant", "far rows", "offset",
]  # fmt: skip


def rows_of(kind, n, seed=0):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, 5))
    if kind == "clusters":
        rows += 20 * rng.normal(size=(9, 5))[rng.integers(0, 9, n)]
    if kind == "low dimension":
        rows = rows[:, :2] @ rng.normal(size=(2, 5))
    if kind == "integers":
        rows = rng.integers(0, 3, (n, 5))
    if kind == "duplicates":
        rows[rng.random(n) < 0.4] = 0.5
    if kind == "one cluster":
        rows[n // 50 :] *= 1e-7
    if kind == "constant":
        rows[:, 1:3] = 7
    if kind == "far rows":
        rows[: n // 200 + 1] *= 1e9
    if kind == "offset":
        rows += 1e9
    return rows


def in_file(folder, rows):
    stored = RowFile.new(str(folder), rows.shape, rows.dtype)
    stored[:] = rows
    return stored


def search_file(folder, rows, k, *, memory_bytes=1 << 20, codes=None, **options):
    options = {"search": "exact", "n_threads": 2, **options}
    if codes is not None:
        options["codes"] = in_file(folder, codes)
    stored = in_file(folder, rows)
    found = find_neighbors_in_file(
        stored, k, folder=str(folder), memory_bytes=memory_bytes, **options
    )
    assert os.listdir(folder) == []
    # The rows are the same, wherever they are stored now.
    assert np.array_equal(stored[:], rows, equal_nan=True)
    if codes is not None:
        assert np.array_equal(options["codes"][:], codes)
    return found


@pytest.fixture
def small_cells(monkeypatch):
    """Cells of few rows, so that little data have many."""
    monkeypatch.setattr(partition, "_CELL_ROWS", 12)


def codes_of(kind, n, seed=0):
    """Return codes of three columns, and the weight of one that differs."""
    rng = np.random.default_rng(seed)
    n_levels = {"many levels": n, "one level": 1, "two levels": 2}.get(kind, 5)
    codes = rng.integers(0, n_levels, (n, 3)).astype(np.int32)
    if kind == "rare levels":
        codes[rng.random((n, 3)) < 0.9] = 0
    return codes, 0.0 if kind == "no weight" else 0.7


CODES = ["usual", "many levels", "one level", "two levels", "rare levels", "no weight"]


def nearest(rows, k, codes=None, weight=0.0):
    """Return the neighbors by a method that looks at every pair."""
    points = as_points(rows, codes, weight) if weight else as_points(rows)
    queries = pool_queries(points, np.arange(len(rows)))
    return search_all_pairs(points, queries, k, n_threads=1).indices


@pytest.mark.parametrize("kind", KINDS)
def test_exact_search__finds_the_rows_that_are_nearest(tmp_path, small_cells, kind):
    rows = rows_of(kind, N)
    found = search_file(tmp_path, rows, 4)
    assert found.info.method == "exact"
    assert found.info.recall is None
    assert found.indices.dtype == np.int32
    assert np.array_equal(found.indices[:], nearest(rows, 4))


@SOME
@given(
    kind=st.sampled_from(KINDS),
    dtype=st.sampled_from([np.float32, np.float64]),
    n=st.integers(2, 300),
    k=st.integers(1, 9),
    memory=st.sampled_from([1 << 12, 1 << 16, 1 << 22]),
    share=st.sampled_from([0.0, 0.3, 1.0]),
)
def test_neighbors__do_not_depend_on_memory(tmp_path_factory, kind, dtype, n, k, memory, share):
    rows, k = rows_of(kind, n).astype(dtype), min(k, n - 1)
    is_query = np.random.default_rng(n).random(n) < share
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partition, "_CELL_ROWS", 12)
        patch.setattr(row_file_scan, "_SCANNED_ROWS", 16)
        folder = tmp_path_factory.mktemp("rows")
        found = search_file(folder, rows, k, is_query=is_query, memory_bytes=memory)
    expected = np.where(is_query[:, np.newaxis], nearest(rows, k), 0)
    assert np.array_equal(found.indices[:], expected)


@SOME
@given(
    kind=st.sampled_from(KINDS),
    code_kind=st.sampled_from(CODES),
    dtype=st.sampled_from([np.float32, np.float64, np.int16]),
    n=st.integers(2, 300),
    k=st.integers(1, 9),
    memory=st.sampled_from([1 << 12, 1 << 16, 1 << 22]),
    share=st.sampled_from([0.3, 1.0]),
)
def test_neighbors_of_rows_with_categories__do_not_depend_on_memory(
    tmp_path_factory, kind, code_kind, dtype, n, k, memory, share
):
    with np.errstate(invalid="ignore"):
        rows, k = rows_of(kind, n).astype(dtype), min(k, n - 1)
    codes, weight = codes_of(code_kind, n)
    is_query = np.random.default_rng(n).random(n) < share
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partition, "_CELL_ROWS", 12)
        patch.setattr(row_file_scan, "_SCANNED_ROWS", 16)
        folder = tmp_path_factory.mktemp("rows")
        options = {"is_query": is_query, "codes": codes, "weight": weight}
        found = search_file(folder, rows, k, memory_bytes=memory, **options)
    expected = np.where(is_query[:, np.newaxis], nearest(rows, k, codes, weight), 0)
    assert np.array_equal(found.indices[:], expected)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_table__has_rows_for_a_part_of_the_rows(tmp_path, small_cells, share):
    rows = rows_of("gaussian", 900)
    rng = np.random.default_rng(0)
    in_table = rng.random(900) < 0.6
    is_query = in_table & (rng.random(900) < share)
    found = search_file(tmp_path, rows, 3, is_query=is_query, in_table=in_table)
    expected = np.where(is_query[:, np.newaxis], nearest(rows, 3), 0)[in_table]
    assert np.array_equal(found.indices[:], expected)


class TasksHere:
    """Does the tasks of a cluster, the last one first, and saves their results."""

    are_shared = True

    def find(self, work, numbers):
        self.n_rows = []
        self.saved = {
            name: work(number, self.n_rows.append)
            for name, number in reversed(list(numbers.items()))
        }

    def load(self, name):
        return self.saved[name]


@pytest.mark.parametrize("kind", ["clusters", "integers", "far rows"])
@pytest.mark.parametrize("with_codes", [False, True])
def test_cells_that_tasks_find__are_those_that_one_process_finds(
    tmp_path, small_cells, monkeypatch, kind, with_codes
):
    monkeypatch.setattr(row_file_search, "_TASK_ROWS", 70)
    rows = in_file(tmp_path, rows_of(kind, N))
    codes = in_file(tmp_path, codes_of("usual", N)[0]) if with_codes else None
    points, tasks = as_file_points(rows, codes, 0.7 if with_codes else 0.0), TasksHere()
    found = row_file_search._cells_of_rows(points, 2, tasks)
    expected = partition.assign(points, points, n_threads=2)
    assert sorted(tasks.n_rows) == sorted([70] * (N // 70) + [N % 70])
    assert np.array_equal(found.cell, expected.cell)
    assert found.cell.dtype == expected.cell.dtype
    assert np.array_equal(found.sizes, expected.sizes)
    assert np.array_equal(found.centers, expected.centers)


@examples(40)
@given(
    seed=st.integers(0, 999),
    n=st.integers(1, 3_000),
    share=st.sampled_from([0.0, 0.1, 0.9, 1.0]),
    marks=st.sampled_from([256, 512, 1 << 20]),
)
def test_marked_rows__are_numbered_in_their_order(seed, n, share, marks):
    is_marked = np.random.default_rng(seed).random(n) < share
    rows = np.flatnonzero(is_marked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_file_sample, "_MARKS", marks)
        marked = MarkedRows(is_marked, n)
        assert len(marked) == len(rows)
        assert np.array_equal(marked.numbers(rows), np.arange(len(rows)))
        assert np.array_equal(marked.rows(np.arange(len(rows))), rows)
    assert np.array_equal(MarkedRows(None, n).numbers(rows), rows)


@pytest.fixture
def huge_cell(monkeypatch):
    """Rows of which nine in ten are in one cell; a buffer holds a small part of it."""
    monkeypatch.setattr(partition, "_CELL_ROWS", 12)
    monkeypatch.setattr(row_file_cells, "_FEWEST_ROWS", 1)
    monkeypatch.setattr(row_file_cells, "_TIMES_AVERAGE", 1)
    centers = 10.0 * np.vstack([np.zeros(5), np.eye(5)])
    monkeypatch.setattr(partition, "k_means", lambda *_, **__: centers)
    rng = np.random.default_rng(1)
    is_near, direction = rng.random(N) < 0.9, np.eye(5)[rng.integers(0, 5, N)]
    # Rows on both sides of the planes between cells.
    distance = np.where(is_near, rng.uniform(0, 4.99, N), rng.uniform(5.01, 7, N))
    return distance[:, np.newaxis] * direction + 0.01 * rng.normal(size=(N, 5))


def test_a_huge_cell__is_searched_part_by_part(tmp_path, huge_cell, monkeypatch):
    n_parts, parts, capacities = [0], row_file_cells.CellBuffer.parts, []

    def counted(buffer, cell):
        capacities.append((buffer.n_rows, len(buffer.packed.order)))
        for each in parts(buffer, cell):
            n_parts[0] += 1
            yield each

    monkeypatch.setattr(row_file_cells.CellBuffer, "parts", counted)
    found = search_file(tmp_path, huge_cell, 4, memory_bytes=1 << 12)
    assert np.array_equal(found.indices[:], nearest(huge_cell, 4))
    assert n_parts[0] > 10
    # Four panels of 32 rows are the least that a buffer holds; without a compiler N is 120.
    assert max(max(each) for each in capacities) <= max(128, 0.5 * N)


def test_a_huge_cell__is_refused_by_an_approximate_search(tmp_path, huge_cell, monkeypatch):
    monkeypatch.setattr(search_rules, "approximate_cells_pay", lambda _: True)
    method = METHODS["approximate_cells"]._replace(pays=lambda _: True)
    monkeypatch.setitem(METHODS, "approximate_cells", method)
    with pytest.raises(MemoryError, match=r"rows are so near.*Use search='exact'"):
        search_file(tmp_path, huge_cell, 3, search="auto", memory_bytes=1 << 12)


@pytest.mark.parametrize("kind", ["gaussian", "clusters", "integers", "far rows"])
def test_walks_that_stop_often__go_on_in_the_order_of_the_file(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(partition, "_CELL_ROWS", 2)  # several blocks of cells
    rows = rows_of(kind, 240)
    found = search_file(tmp_path, rows, 4, memory_bytes=1 << 12)
    assert np.array_equal(found.indices[:], nearest(rows, 4))


@pytest.mark.parametrize(("memory", "with_codes"), [(1 << 16, 0), (1 << 22, 0), (1 << 16, 1)])
def test_approximate_search__finds_what_it_finds_in_memory(
    tmp_path, small_cells, monkeypatch, memory, with_codes
):
    monkeypatch.setattr(search_rules, "cells_may_pay", lambda _: True)
    monkeypatch.setattr(search_rules, "_EXACT_WORK", 0)
    monkeypatch.setattr(search_rules, "_EXACT_RATIO", 0)
    rows = rows_of("gaussian", 2 * N).astype(np.float32)
    codes, weight = codes_of("usual", len(rows)) if with_codes else (None, 0.0)
    categories = {"codes": codes, "weight": weight}
    in_memory = find_neighbors(rows, 5, search="auto", n_threads=2, **categories)
    found = search_file(tmp_path, rows, 5, search="auto", memory_bytes=memory, **categories)
    assert found.info.method == in_memory.method == "approximate"
    assert found.info.recall == in_memory.recall
    assert np.array_equal(found.indices[:], in_memory.indices)
    true = nearest(rows, 5, codes, weight)
    is_found = (true[:, :, np.newaxis] == found.indices[:][:, np.newaxis]).any(axis=2)
    assert is_found.mean() > 0.93


@pytest.mark.parametrize(
    ("dtype", "with_codes"), [(np.float32, 0), (np.float64, 0), (np.float32, 1)]
)
def test_large_cell_of_duplicates__is_searched_among_few_copies(
    tmp_path, small_cells, monkeypatch, dtype, with_codes
):
    monkeypatch.setattr(row_file_copies, "_LARGE", 100)
    monkeypatch.setattr(row_file_copies, "_ROWS_AT_ONCE", 50)
    sizes = []

    def limit_copies(cells, n_copies):
        sizes.append(cells.pool_sizes.max())
        row_file_copies.limit_copies(cells, n_copies)
        sizes.append(cells.pool_sizes.max())

    monkeypatch.setattr(row_file_walk, "limit_copies", limit_copies)
    rows = rows_of("duplicates", N).astype(dtype)
    codes, weight = (codes_of("rare levels", N)[0], 1e-9) if with_codes else (None, 0.0)
    found = search_file(tmp_path, rows, 4, codes=codes, weight=weight)
    assert np.array_equal(found.indices[:], nearest(rows, 4, codes, weight))
    assert sizes[0] > 0.3 * N
    assert sizes[1] < 150


def test_full_disk__stops_the_search_and_leaves_no_file(tmp_path, monkeypatch):
    rows = in_file(tmp_path, rows_of("gaussian", 200))

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(OSError, match="No space left"):
        find_neighbors_in_file(rows, 3, n_threads=1, folder=str(tmp_path), memory_bytes=1 << 20)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_values_without_squares__are_refused(tmp_path, value):
    rows = rows_of("gaussian", 50)
    rows[7, 1] = value
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="no comparable distance"):
        search_file(tmp_path, rows, 3)


@pytest.mark.parametrize("scale", [1e-150, 1e-158, 1e-161, 1e-163, 1e-170])
@pytest.mark.parametrize("weight", [0.0, 0.7])
def test_numbers_whose_squares_vanish__are_refused_as_in_memory(tmp_path, scale, weight):
    rows = np.vstack([np.zeros((20, 5)), rows_of("integers", 30)]) * scale
    codes = codes_of("usual", len(rows))[0] if weight else None
    options = {"search": "exact", "n_threads": 1, "codes": codes, "weight": weight}
    for k in (3, len(rows) - 1):
        if scale < 1e-162 and k == 3 and not weight:
            for find in (find_neighbors, partial(search_file, tmp_path)):
                with pytest.raises(ValueError, match=r"vanish in float64\. Multiply"):
                    find(rows, k, **options)
        else:
            found = search_file(tmp_path, rows, k, **options)
            expected = find_neighbors(rows, k, **options)
            assert np.array_equal(found.indices[:], expected.indices)


def test_nn_descent__is_refused_and_other_searches_are_named(tmp_path):
    with pytest.raises(MemoryError, match="Use search='auto' or 'exact'"):
        search_file(tmp_path, rows_of("gaussian", 5_000), 3, search="approximate")


def test_auto_among_duplicates__is_refused_if_it_may_be_approximate(tmp_path, monkeypatch):
    rows = np.tile(rows_of("gaussian", 2_001), (6, 1))
    monkeypatch.setattr(search_rules, "_EXACT_WORK", 0)
    monkeypatch.setattr(search_rules, "cells_may_pay", lambda _: True)
    with pytest.raises(MemoryError, match=r"at most half of the rows.*Use search='exact'"):
        search_file(tmp_path, rows, 3, search="auto")


def test_too_many_neighbors__are_refused(tmp_path):
    with pytest.raises(ValueError, match="k=3 neighbors need at least 4 rows; there are 3"):
        search_file(tmp_path, rows_of("gaussian", 3), 3)


def test_memory_needed__grows_with_rows_much_less_than_the_rows_themselves():
    few, many = (memory_needed_in_file(n, 20, np.float32) for n in (10**6, 10**7))
    assert few < many < 10**7 * 20 * 4 / 4
