"""Blocks shrink to fit the memory limit before a job fails; the rows stay the same."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

import smotefast
from smotefast.batch.block_plan import make_plan
from smotefast.batch.column_sizes import ColumnSizes
from smotefast.batch.memory_needs import MemoryNeed
from smotefast.batch.reading import joined_blocks
from smotefast.combine import SMOTETomek
from smotefast.neighbors import StreamingNeighbors
from smotefast.over_sampling import ADASYN, BorderlineSMOTE
from smotefast.storage import open_source, uses_jemalloc
from smotefast.storage.process_memory import parse_size, resident_bytes
from smotefast.under_sampling import TomekLinks
from tests.helpers.parquet_files import imbalanced, in_memory, resample, same, write_file

PROGRAM_BYTES = 200 << 20

SEARCH_ALL_ROWS = [
    BorderlineSMOTE(random_state=0),
    BorderlineSMOTE(random_state=0, kind="borderline-2"),
    ADASYN(random_state=0),
    TomekLinks(),
    SMOTETomek(random_state=0),
]


@pytest.fixture
def small_program(monkeypatch):
    """Plan for a process of ``PROGRAM_BYTES``; this one grows with the tests before."""
    monkeypatch.setattr("smotefast.batch.peak_memory.resident_bytes", lambda: PROGRAM_BYTES)


def plan_of(source, need, limit, n_written=None):
    opened = open_source(source)
    names = opened.schema.names
    n_written = opened.n_rows if n_written is None else n_written
    return make_plan(
        ColumnSizes(opened, names), names, n_written=n_written, need=need, limit=limit
    )


def lowest_limit(source, need, **options):
    """Return the limit that the error names."""
    with pytest.raises(MemoryError) as refused:
        plan_of(source, need, 1, **options)
    return parse_size(re.search(r"needs about ([\d.]+ \w+)", str(refused.value))[1])


@pytest.mark.parametrize("sampler", SEARCH_ALL_ROWS, ids=str)
@pytest.mark.parametrize(
    ("batch_rows", "query_rows", "pool_rows"),
    [(40, 7, 0), (7, 40, 100), (1000, 1, 1000), (40, 1000, 130)],
)
def test_rows__do_not_depend_on_the_rows_searched_at_a_time(
    tmp_path, monkeypatch, sampler, batch_rows, query_rows, pool_rows
):
    table = imbalanced(400, share=0.2)
    source = write_file(tmp_path / "in.parquet", table)
    make_plan_before = make_plan

    def cut(*arguments, **options):
        plan = make_plan_before(*arguments, **options)
        sizes = {"batch_rows": batch_rows, "query_rows": query_rows, "pool_rows": pool_rows}
        sizes["generated_rows"] = query_rows + 30
        return dataclasses.replace(plan, **sizes)

    monkeypatch.setattr("smotefast.batch.feature_plan.make_plan", cut)
    resample(source, tmp_path / "out.parquet", sampler=sampler)
    exact = clone(sampler).set_params(search="exact")
    assert same(pq.read_table(tmp_path / "out.parquet"), in_memory(table, exact))


@pytest.mark.usefixtures("small_program")
def test_blocks__are_smaller_if_a_search_would_not_fit(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(20_000, n_features=600))
    need = MemoryNeed(0, 0, block_row=100_000, query=100_000, n_queries=20_000)
    least = lowest_limit(source, need)
    small, large = plan_of(source, need, least), plan_of(source, need, 64 << 30)
    assert small.batch_rows < large.batch_rows
    assert small.peak_bytes <= least < large.peak_bytes
    assert small.query_rows == small.pool_rows == small.batch_rows
    assert large.query_rows == need.n_queries
    assert large.pool_rows > 20_000


@pytest.mark.usefixtures("small_program")
def test_the_limit_that_is_named__is_enough_for_a_process_that_has_kept_more(
    tmp_path, monkeypatch
):
    source = write_file(tmp_path / "in.parquet", imbalanced(20_000, n_features=60))
    least = lowest_limit(source, MemoryNeed(0, 0))
    larger = PROGRAM_BYTES + (4 << 20 if uses_jemalloc() else 12 << 20)
    monkeypatch.setattr("smotefast.batch.peak_memory.resident_bytes", lambda: larger)
    assert plan_of(source, MemoryNeed(0, 0), least).peak_bytes <= least


@pytest.mark.usefixtures("small_program")
def test_blocks_of_samples__grow_with_spare_memory_if_their_rows_are_read(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(20_000, n_features=600))
    in_memory, in_files = MemoryNeed(0, 0), MemoryNeed(0, 0, read_row=10_000)
    least = lowest_limit(source, in_files)
    for limit in (least, 2 * least, 64 << 30):
        plan = plan_of(source, in_files, limit)
        assert plan.batch_rows <= plan.generated_rows <= plan.group_rows
        assert plan.peak_bytes <= limit
        in_memory_plan = plan_of(source, in_memory, limit)
        assert in_memory_plan.generated_rows == in_memory_plan.batch_rows
    assert plan.generated_rows == plan.group_rows > plan_of(source, in_files, least).batch_rows


@pytest.mark.usefixtures("small_program")
def test_a_row_group__is_large_enough_for_the_records_of_the_writer(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(60, n_features=2_000))
    least = lowest_limit(source, MemoryNeed(0, 0), n_written=1_000_000)
    plan = plan_of(source, MemoryNeed(0, 0), least, n_written=1_000_000)
    assert plan.group_rows > (8 << 20) / (2_000 * 4.125)
    assert plan.peak_bytes <= least


@pytest.mark.parametrize("sampler", ["borderline-smote", "adasyn", "smote-tomek"])
def test_a_job__with_wide_rows_needs_little_memory(tmp_path, sampler):
    source = write_file(tmp_path / "in.parquet", imbalanced(300, n_features=2_000))
    limit = resident_bytes() + (400 << 20)
    summary = resample(source, tmp_path / "out.parquet", sampler=sampler, memory_limit=limit)
    assert summary.rows_written > 500


def test_neighbors_of_all_blocks__do_not_depend_on_the_rows_searched_at_a_time():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 4, (300, 3)).astype(np.float32)  # many at the same distance
    codes = rng.integers(0, 2, (300, 2)).astype(np.int32)
    queries = np.arange(0, 300, 3)
    found = []
    for n_at_once, step, order in itertools.product((None, 1, 7, 100), (64, 300), (1, -1)):
        stream = StreamingNeighbors(
            values[queries], 5, positions=queries, codes=codes[queries], weight=0.5,
            n_threads=1, n_at_once=n_at_once,
        )  # fmt: skip
        for start in list(range(0, 300, step))[::order]:
            block = slice(start, start + step)
            stream.add_block(values[block], start, codes[block])
        found.append((stream.positions, stream.squared_distances))
    for positions, distances in found[1:]:
        np.testing.assert_array_equal(positions, found[0][0])
        np.testing.assert_array_equal(distances, found[0][1])


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(0, 100))
def test_joined_blocks__have_all_rows_and_are_as_large_as_allowed(sizes, n_rows):
    values = np.arange(sum(sizes))
    edges = np.cumsum([0, *sizes])
    blocks = [(int(i), values[i:j]) for i, j in itertools.pairwise(edges)]
    joined = list(joined_blocks(iter(blocks), n_rows))
    assert [row for _, block in joined for row in block] == values.tolist()
    ends = set(edges.tolist())
    for start, block in joined:
        assert block[0] == start
        assert start + len(block) in ends
        assert len(block) <= n_rows or len(block) in sizes
    for (_, one), (start, _) in itertools.pairwise(joined):
        following = next(
            size for size, edge in zip(sizes, edges, strict=False) if edge == start
        )
        assert len(one) + following > n_rows


def test_a_reader__holds_no_more_than_a_page_and_its_dictionary(tmp_path):
    values = np.random.default_rng(0).normal(size=(60_000, 8)).astype(np.float32)
    table = pa.table({f"c{j}": values[:, j] for j in range(8)})
    source = open_source(write_file(tmp_path / "in.parquet", table))
    reader = ColumnSizes(source, source.schema.names).reader_bytes(source.schema.names)
    before = pa.total_allocated_bytes()
    batches = source.batches(source.schema.names, 64)
    next(batches)
    held = pa.total_allocated_bytes() - before
    assert held < reader < 2 * held


@pytest.mark.parametrize(("limit", "n_calls"), [("1023MiB", 0), ("1GiB", 1)])
def test_a_job_with_a_large_limit__relaxes_the_allocator_before_it_reads(
    tmp_path, monkeypatch, limit, n_calls
):
    source = write_file(tmp_path / "in.parquet", imbalanced(50))
    calls = []

    def open_source(arguments):
        calls.append("open")
        raise InterruptedError

    monkeypatch.setattr(
        smotefast.batch.run_job, "relax_allocator", lambda: calls.append("relax")
    )
    monkeypatch.setattr(smotefast.batch.run_job, "_open", open_source)
    with pytest.raises(InterruptedError):
        resample(source, tmp_path / "out.parquet", memory_limit=limit)
    assert calls == [*["relax"] * n_calls, "open"]
