"""Resampled rows as an object: parts, columns, readers, other processes, their end."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from smotefast.combine import Combination
from smotefast.over_sampling import SMOTE, RandomOverSampler
from smotefast.storage import SourceChangedError
from smotefast.under_sampling import RandomUnderSampler
from tests.batch.test_changed_source import CHANGES
from tests.batch.test_iterate import CASES
from tests.batch.test_over_samplers import mixed_table
from tests.helpers.case_names import name_of
from tests.helpers.iterations import iterate, table_of, written
from tests.helpers.parquet_files import imbalanced, same, write_file, write_folder


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


@pytest.fixture
def csv(tmp_path):
    pa_csv.write_csv(imbalanced(dtype=np.float64), tmp_path / "in.csv")
    return tmp_path / "in.csv"


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def test_shards_of_shards__have_consecutive_rows(source):
    rows = iterate(source)
    half = rows.shard(1, 2)
    assert same(table_of(half.shard(2, 3)), table_of(rows).slice(900, 180))
    assert half.shard(2, 3).n_rows == 180


def test_more_shards_than_rows__leave_some_empty(source):
    rows = iterate(source).shard(0, 400)  # two or three rows
    parts = [rows.shard(i, 5) for i in range(5)]
    assert sorted(part.n_rows for part in parts)[:2] == [0, 0]
    assert same(pa.concat_tables(map(table_of, parts)), table_of(rows))


@pytest.mark.parametrize("position", [(2, 2), (-1, 2), (0, 0), (0, -1)])
def test_shards_that_do_not_exist__are_refused(source, position):
    with pytest.raises(ValueError, match=r"index=.* must be from 0 to n_shards-1"):
        iterate(source).shard(*position)


def test_batches__begin_at_a_row(source):
    rows = iterate(source, batch_rows=50)
    (expected,) = table_of(rows).slice(107, 50).combine_chunks().to_batches()
    assert next(rows.batches(107)).equals(expected)
    assert list(rows.batches(1080)) == []
    for start in (-1, 1081):
        with pytest.raises(ValueError, match=r"start=.* must be from 0 to 1,080"):
            rows.batches(start)


def test_columns__are_selected_in_their_order(source):
    rows = iterate(source)
    some = rows.select(["label", "f2"])
    assert some.schema.names == ["label", "f2"]
    assert some.features == ["f2"]
    assert same(table_of(some), table_of(rows).select(["label", "f2"]))
    assert some.select("f2").schema.names == ["f2"]
    assert same(table_of(some.shard(1, 3)), table_of(rows.shard(1, 3)).select(["label", "f2"]))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["lable"], "'lable' is not a column of these rows. Did you mean 'label'"),
        (["f0", "f0"], "each once"),
        ([], "at least one"),
    ],
)
def test_columns_that_cannot_be_selected__are_named(source, columns, message):
    with pytest.raises(ValueError, match=message):
        iterate(source).select(columns)


def test_columns_that_are_not_selected__are_not_read(source, monkeypatch):
    rows, read = iterate(source, sampler=RandomOverSampler()), []
    original = pq.ParquetFile.iter_batches

    def iter_batches(self, n_rows, groups, names):
        read.append(names)
        return original(self, n_rows, groups, names)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", iter_batches)
    table_of(rows.select("f1"))
    assert read == [["f1", "label"]]


def test_a_part_far_inside__does_not_read_the_row_groups_before_it(source, monkeypatch):
    rows, read = iterate(source), []
    original = pq.ParquetFile.iter_batches

    def iter_batches(self, n_rows, groups, names):
        read.extend(groups)
        return original(self, n_rows, groups, names)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", iter_batches)
    next(rows.batches(450))
    assert read[0] == 4


def test_other_libraries__take_the_rows(source):
    rows = iterate(source, batch_rows=100)
    expected = table_of(rows)
    assert rows.to_reader().read_all().equals(expected)
    assert pa.table(rows).equals(expected)
    assert pa.RecordBatchReader.from_stream(rows).read_all().equals(expected)
    assert pl.DataFrame(rows).equals(pl.from_arrow(expected))
    frame = rows.to_reader().read_pandas()
    pd.testing.assert_frame_equal(frame, expected.to_pandas())


def test_the_reader__is_a_source_again(source, tmp_path):
    rows = iterate(source, sampler=RandomUnderSampler(random_state=0, sampling_strategy=0.5))
    again = iterate(rows.to_reader(), scratch=tmp_path)
    assert again.summary.counts_before == {0: 120, 1: 60}
    assert again.summary.counts_after == {0: 120, 1: 120}


def test_iterations_at_the_same_time__do_not_disturb_each_other(tmp_path):
    table = imbalanced(20_000)
    source = write_file(tmp_path / "in.parquet", table, group_rows=3_000)
    sampler = Combination(SMOTE(random_state=0), RandomUnderSampler(random_state=1))
    rows = iterate(source, sampler=sampler, batch_rows=1_000)
    expected = table_of(rows)
    pairs = list(zip(rows, rows, strict=True))
    assert all(one.equals(other) for one, other in pairs)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: table_of(rows), range(16)):
            assert same(found, expected)
        parts = pool.map(lambda i: table_of(rows.shard(i, 16)), range(16))
        assert same(pa.concat_tables(parts), expected)


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
@pytest.mark.parametrize(("sampler", "columns"), CASES, ids=name_of)
def test_pickled_rows__are_the_same(tmp_path, sampler, columns):
    table = mixed_table() if columns is None else mixed_table().select(columns)
    source = write_folder(tmp_path / "in", table, 3)
    rows = iterate(source, sampler=sampler, memory_limit="6GiB", provenance=True)
    copied = pickle.loads(pickle.dumps(rows.shard(1, 2)))
    assert same(table_of(copied), table_of(rows.shard(1, 2)))


def test_rows_of_sources_and_samplers_that_cannot_be_pickled__can_be(tmp_path):
    table = imbalanced().append_column("day", [[f"day {i % 7}" for i in range(600)]])
    sampler = SMOTE(random_state=0, sampling_strategy=lambda y: {1: 100})
    reader = table.to_reader()
    options = {"keep": "day", "keep_fill": "base"}
    rows = iterate(reader, sampler=sampler, scratch=tmp_path, **options)
    assert same(table_of(pickle.loads(pickle.dumps(rows))), table_of(rows))


SPAWNED = """
import pickle, sys
rows = pickle.load(sys.stdin.buffer)
sys.stdout.write(str(sum(batch["f0"].sum().as_py() for batch in rows)))
"""


def test_another_process__computes_a_shard(source):
    rows = iterate(source, provenance=True)
    expected = [sum(b["f0"].sum().as_py() for b in rows.shard(i, 2)) for i in range(2)]
    for i in range(2):
        command = [sys.executable, "-c", SPAWNED]
        done = subprocess.run(
            command, input=pickle.dumps(rows.shard(i, 2)), capture_output=True
        )
        assert done.returncode == 0, done.stderr
        assert float(done.stdout) == pytest.approx(expected[i], rel=1e-12)


FORKED = """
import multiprocessing, os, sys, smotefast
def rows_of(shard):
    return sum(batch.num_rows for batch in shard)
rows = smotefast.iter_resampled(sys.argv[1], target="label", scratch=sys.argv[2])
next(iter(rows))
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(rows_of, [rows.shard(i, 4) for i in range(4)]))
process = os.fork()
if not process:
    print(rows_of(rows), flush=True)
    del rows
    sys.exit()
os.waitpid(process, 0)
print(len(os.listdir(sys.argv[2])), rows_of(rows))
"""


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no fork on this system"
)
def test_forked_processes__compute_shards_and_leave_the_scratch(csv, scratch):
    command = [sys.executable, "-c", FORKED, csv, scratch]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[270, 270, 270, 270]", "1080", "1 1080"], done.stderr
    assert os.listdir(scratch) == []


@pytest.mark.parametrize("change", CHANGES, ids=name_of)
def test_a_file_changed_between_passes__is_an_error(source, change):
    rows = iterate(source)
    table_of(rows)
    change(source)
    with pytest.raises(SourceChangedError, match=r"in\.parquet") as error:
        table_of(rows)
    assert error.value.__notes__ == [
        "The rows were prepared before. Call iter_resampled again."
    ]


def test_a_file_changed_while_other_rows_are_read__is_an_error_at_the_end(tmp_path):
    source = write_folder(tmp_path / "in", imbalanced(), 3)
    batches = iter(iterate(source, batch_rows=100))
    next(batches)
    os.utime(source / "000.parquet", ns=(1, 1))
    with pytest.raises(SourceChangedError, match=r"000\.parquet"):
        list(batches)


def test_closed_rows__say_so(source):
    with iterate(source, batch_rows=100) as rows:
        batches, part = iter(rows), rows.shard(0, 2)
        next(batches)
    for use in (
        lambda: next(batches),
        lambda: iter(rows),
        lambda: iter(part),
        lambda: rows.shard(0, 2),
        lambda: rows.select("f0"),
        lambda: rows.matrix(),
        lambda: pa.table(rows),
    ):
        with pytest.raises(ValueError, match=r"closed\. Call iter_resampled again"):
            use()
    rows.close()
    assert (rows.n_rows, rows.summary.counts_after) == (1080, {0: 540, 1: 540})
    assert "1,080 rows x 5 columns, in batches of 100" in repr(rows)


def test_rows_of_a_copied_source__can_be_closed_during_an_iteration(csv, scratch):
    rows = iterate(csv, scratch=scratch, batch_rows=100)
    batches = iter(rows)
    next(batches)
    rows.close()
    assert os.listdir(scratch) == []
    with pytest.raises(ValueError, match=r"closed\. Call iter_resampled again"):
        next(batches)


def test_scratch_folders__may_have_names_of_any_bytes(csv, tmp_path):
    odd = os.fsencode(tmp_path) + b"/odd \xff \n'name"
    os.mkdir(odd)
    with iterate(csv, scratch=odd) as rows:
        assert len(os.listdir(odd)) == 1
        assert len(table_of(rows)) == 1080
    assert os.listdir(odd) == []


def test_scratch__stays_until_no_part_is_used(csv, scratch):
    rows = iterate(csv, scratch=scratch)
    part = rows.shard(0, 2).select("f0")
    batches = iter(part)
    del rows, part
    gc.collect()
    assert len(os.listdir(scratch)) == 1
    assert sum(batch.num_rows for batch in batches) == 540
    del batches
    gc.collect()
    assert os.listdir(scratch) == []


def test_a_pickled_copy__does_not_remove_the_scratch(csv, scratch):
    rows = iterate(csv, scratch=scratch)
    copied = pickle.loads(pickle.dumps(rows))
    copied.close()
    del copied
    gc.collect()
    assert len(table_of(rows)) == 1080
    rows.close()
    assert os.listdir(scratch) == []


def test_an_iteration_that_ends_early__closes_its_file(source):
    def n_open():
        return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    rows = iterate(source, batch_rows=10)
    before = n_open()
    for _ in range(5):
        for _ in rows:
            break
    gc.collect()
    assert n_open() == before


def test_dictionaries__are_the_same_in_one_batch(tmp_path):
    words = pa.chunked_array([["a", "b"] * 30, ["c", "a"] * 30]).dictionary_encode()
    table = pa.table({"x": np.arange(120.0), "word": words, "label": [0] * 90 + [1] * 30})
    source = write_folder(tmp_path / "in", table, 4)
    rows = iterate(source, sampler=RandomOverSampler(random_state=0), batch_rows=100)
    expected = written(source, tmp_path, RandomOverSampler(random_state=0))
    assert same(table_of(rows), expected)
    assert [batch.num_rows for batch in rows] == [100, 80]
