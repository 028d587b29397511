"""``iter_resampled(order="shuffled")`` yields the shuffled rows of a job, at any position."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.batch.shuffle_keys import ShuffleKeys
from smotefast.combine import Combination, SMOTETomek
from smotefast.over_sampling import ADASYN, SMOTE, RandomOverSampler
from smotefast.storage import sorted_runs
from smotefast.under_sampling import RandomUnderSampler
from tests.batch.test_over_samplers import mixed_table
from tests.batch.test_row_order import make_runs_small
from tests.helpers.case_names import name_of
from tests.helpers.hypothesis_examples import examples
from tests.helpers.iterations import iterate, table_of, written
from tests.helpers.parquet_files import imbalanced, same, write_file, write_folder

SAMPLERS = [
    SMOTE(random_state=3),
    SMOTE(random_state=np.random.RandomState(3)),
    ADASYN(random_state=3),
    SMOTETomek(random_state=3),
    RandomUnderSampler(random_state=3, replacement=True, sampling_strategy="all"),
    Combination(SMOTE(random_state=1), RandomUnderSampler(random_state=2)),
]
OPTIONS = [
    {"rows": "synthetic"},
    {"provenance": True, "keep": ["f1"], "keep_fill": "base"},
    {"sampler": RandomUnderSampler(random_state=0), "weight_column": "weight"},
]


@pytest.fixture
def small_runs(monkeypatch):
    """Small runs during a test."""
    make_runs_small(monkeypatch)


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=name_of)
@pytest.mark.usefixtures("small_runs")
def test_rows__are_those_that_a_job_writes_in_each_pass(tmp_path, sampler):
    source = write_folder(tmp_path / "in", imbalanced(share=0.3), 3)
    rows = iterate(source, sampler=sampler, order="shuffled")
    expected = written(source, tmp_path, sampler, order="shuffled")
    assert same(table_of(rows), expected)
    assert same(table_of(rows), expected)
    assert rows.n_rows == rows.summary.rows_written == expected.num_rows
    assert rows.summary.scratch_bytes > 0


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.usefixtures("small_runs")
def test_rows__go_with_other_options(tmp_path, source, options):
    rows = iterate(source, order="shuffled", **options)
    options = dict(options)
    expected = written(
        source, tmp_path, options.pop("sampler", None), order="shuffled", **options
    )
    assert same(table_of(rows), expected)
    names = rows.schema.names[::-2]
    assert same(table_of(rows.select(names)), expected.select(names))


@pytest.mark.usefixtures("small_runs")
def test_columns_of_any_type__are_shuffled(tmp_path):
    source = write_folder(tmp_path / "in", mixed_table(), 3)
    sampler = RandomOverSampler(random_state=3)
    rows = iterate(source, sampler=sampler, order="shuffled")
    assert same(table_of(rows), written(source, tmp_path, sampler, order="shuffled"))


@pytest.fixture(scope="module")
def file_and_rows(tmp_path_factory):
    """Return a source, and its shuffled rows."""
    folder = tmp_path_factory.mktemp("rows")
    source = write_file(folder / "in.parquet", imbalanced(), group_rows=100)
    return source, written(source, folder, order="shuffled")


@examples(20)
@given(batch_rows=st.none() | st.integers(1, 900), n_shards=st.integers(1, 9), data=st.data())
def test_rows__are_found_at_any_position(file_and_rows, batch_rows, n_shards, data):
    source, expected = file_and_rows
    with pytest.MonkeyPatch.context() as patch:
        make_runs_small(patch)
        rows = iterate(source, order="shuffled", batch_rows=batch_rows)
    start = data.draw(st.integers(0, rows.n_rows))
    rest = pa.Table.from_batches(list(rows.batches(start)), schema=rows.schema)
    assert same(rest, expected.slice(start))
    shards = [rows.shard(i, n_shards) for i in range(n_shards)]
    assert same(pa.concat_tables(map(table_of, shards)), expected)
    positions = data.draw(st.lists(st.integers(0, rows.n_rows - 1), max_size=9))
    features = np.column_stack(expected.select(rows.features).columns)
    assert np.array_equal(rows.matrix(np.float32)[positions], features[positions])


@pytest.mark.parametrize("n_rows", [0, 1, 7, 5_000])
def test_an_index__finds_keys_before_and_after_each_row(n_rows):
    keys = ShuffleKeys(5)
    index, ascending = keys.counted_for_positions(n_rows), np.sort(keys.of_rows(0, n_rows))
    for rank in range(0, n_rows, 7):
        first_key, n_before = index.at(rank)
        assert n_before == np.searchsorted(ascending, np.uint64(first_key)) <= rank
        assert ascending[rank] <= np.uint64(index.last_key(rank))
        assert rank - n_before < 300


@pytest.mark.usefixtures("small_runs")
def test_columns_that_are_not_selected__are_not_read(source, monkeypatch):
    rows = iterate(source, order="shuffled")
    seen = set()
    without_keys = sorted_runs._without_keys

    def recorded(batch):
        seen.update(batch.schema.names)
        return without_keys(batch)

    monkeypatch.setattr(sorted_runs, "_without_keys", recorded)
    assert table_of(rows.select("f1")).num_rows == rows.n_rows
    assert seen == {"f1", "label", ""}  # the target may be needed, and the key is


def test_rows__do_not_need_the_source_any_more(tmp_path, source):
    expected = written(source, tmp_path, order="shuffled")
    rows = iterate(source, order="shuffled")
    os.remove(source)
    assert same(table_of(rows), expected)
    copy = pickle.loads(pickle.dumps(rows))
    assert same(table_of(copy.shard(1, 2)), expected.slice(540))


def test_scratch__has_the_sorted_rows_alone_and_is_empty_in_the_end(tmp_path):
    pa_csv.write_csv(imbalanced(dtype=np.float64), tmp_path / "in.csv")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with iterate(tmp_path / "in.csv", order="shuffled", scratch=scratch) as rows:
        (folder,) = scratch.iterdir()
        assert {path.suffix for path in folder.iterdir()} == {".arrow", ".lock"}
        iteration = iter(rows)
        assert next(iteration).num_rows == rows.n_rows
    assert list(scratch.iterdir()) == []
    with pytest.raises(ValueError, match="closed"):
        rows.batches()


def test_rows_that_are_closed_during_a_pass__end_it(tmp_path, source):
    rows = iterate(source, order="shuffled", batch_rows=10)
    iteration = iter(rows)
    next(iteration)
    rows.close()
    with pytest.raises(ValueError, match="closed"):
        list(iteration)


def test_an_error_while_sorting__leaves_no_scratch(tmp_path, source, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("smotefast.batch.external_sort.write_run", fail)
    with pytest.raises(OSError, match="scratch folder"):
        iterate(source, order="shuffled", scratch=tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["in.parquet"]
