"""``iter_resampled`` yields what ``resample_dataset`` writes, in every pass."""

from __future__ import annotations

import inspect
import logging
import os
import subprocess
import sys
import tempfile

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as ds
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

import smotefast
from smotefast import ResamplingWarning
from smotefast.batch import block_plan
from smotefast.combine import Combination, SMOTETomek
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.batch.test_over_samplers import CATEGORIES, NUMBERS, mixed_table
from tests.batch.test_resample import small_blocks
from tests.helpers.case_names import name_of
from tests.helpers.hypothesis_examples import examples
from tests.helpers.iterations import iterate, table_of, written
from tests.helpers.parquet_files import imbalanced, same, write_file, write_folder

LIMIT = "6GiB"
NUMERIC = [
    SMOTE(random_state=3),
    SMOTE(random_state=np.random.RandomState(3)),
    RandomOverSampler(random_state=3, shrinkage=0.3),
    BorderlineSMOTE(random_state=3),
    BorderlineSMOTE(random_state=3, kind="borderline-2"),
    ADASYN(random_state=3),
    SVMSMOTE(random_state=3),
    KMeansSMOTE(random_state=3, cluster_balance_threshold=0.05),
    TomekLinks(),
    SMOTETomek(random_state=3),
    Combination(SMOTE(random_state=3), TomekLinks(sampling_strategy="all")),
]
ANY_COLUMNS = [
    RandomOverSampler(random_state=3),
    RandomUnderSampler(random_state=3),
    RandomUnderSampler(random_state=3, replacement=True, sampling_strategy="all"),
    Combination(
        RandomOverSampler(random_state=1, sampling_strategy={"a": 300}),
        RandomUnderSampler(random_state=2, sampling_strategy="all", replacement=True),
    ),
]
CASES = [
    *((sampler, NUMBERS) for sampler in NUMERIC),
    *((sampler, None) for sampler in ANY_COLUMNS),
    (SMOTENC(["text", "category", "flag", "code", "day"], random_state=3), None),
    (SMOTEN(random_state=3), CATEGORIES),
]


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
@pytest.mark.parametrize(("sampler", "columns"), CASES, ids=name_of)
def test_rows__are_those_that_a_job_writes_in_each_pass(tmp_path, sampler, columns):
    table = mixed_table() if columns is None else mixed_table().select(columns)
    source = write_folder(tmp_path / "in", table, 3)
    # A generator as the seed is copied by the job, and by the iterator.
    rows = iterate(source, sampler=clone(sampler), memory_limit=LIMIT)
    expected = written(source, tmp_path, sampler, memory_limit=LIMIT)
    assert same(table_of(rows), expected)
    assert same(table_of(rows), expected)
    assert rows.n_rows == rows.summary.rows_written == expected.num_rows


@examples(25)
@given(
    source_group=st.integers(1, 700),
    read_rows=st.integers(1, 300),
    batch_rows=st.none() | st.integers(1, 900),
    n_files=st.integers(1, 5),
    part_bytes=st.sampled_from([1, 900, 9_000, 1 << 27]),
    sampler=st.sampled_from(
        [
            SMOTE(random_state=1),
            RandomUnderSampler(random_state=1, sampling_strategy=0.5),
            Combination(SMOTE(random_state=1), RandomUnderSampler(random_state=1)),
            SMOTETomek(random_state=1),
        ]
    ),
    rows=st.sampled_from(["all", "synthetic"]),
    data=st.data(),
)
@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
def test_rows__do_not_depend_on_files_row_groups_tasks_batches_or_shards(
    tmp_path_factory,
    source_group,
    read_rows,
    batch_rows,
    n_files,
    part_bytes,
    sampler,
    rows,
    data,
):
    if rows == "synthetic" and isinstance(sampler, RandomUnderSampler):
        rows = "all"
    table = imbalanced(seed=source_group)
    folder = tmp_path_factory.mktemp("rows")
    source = write_folder(folder / "in", table, n_files)
    if n_files == 1:
        source = write_file(folder / "in.parquet", table, group_rows=source_group)
    with pytest.MonkeyPatch.context() as patch:
        small_blocks(patch, 700, read_rows)
        patch.setattr("smotefast.batch.layout.PART_BYTES", part_bytes)
        found = iterate(source, sampler=clone(sampler), rows=rows, batch_rows=batch_rows)
    expected = written(source, folder, sampler, rows=rows)
    assert same(table_of(found), expected)
    sizes = [batch.num_rows for batch in found]
    assert set(sizes[:-1]) <= {batch_rows or found.batch_rows}
    assert not sizes or 0 < sizes[-1] <= found.batch_rows
    start = data.draw(st.integers(0, found.n_rows))
    rest = pa.Table.from_batches(list(found.batches(start)), schema=found.schema)
    assert same(rest, expected.slice(start))
    n_shards = data.draw(st.integers(1, 9))
    shards = [found.shard(i, n_shards) for i in range(n_shards)]
    assert same(pa.concat_tables(map(table_of, shards)), expected)
    assert max(s.n_rows for s in shards) - min(s.n_rows for s in shards) <= 1


OPTIONS = [
    {"rows": "synthetic"},
    {"drop": ["f1"]},
    {"keep": ["day"]},
    {"keep": ["day"], "keep_fill": "base"},
    {"provenance": True},
    {"provenance": True, "keep": ["day"], "keep_fill": "base", "rows": "synthetic"},
    {"sampler": RandomUnderSampler(random_state=0), "weight_column": "weight"},
    {
        "sampler": RandomUnderSampler(random_state=0),
        "weight_column": "f1",
        "weights_from": "f1",
        "keep": ["f1"],
    },
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: " ".join(options))
def test_options__have_the_effect_that_they_have_in_a_job(tmp_path, options):
    table = imbalanced().append_column("day", [[f"day {i % 7}" for i in range(600)]])
    if "keep" not in options and "sampler" not in options:
        table = table.drop_columns("day")
    source = write_file(tmp_path / "in.parquet", table, group_rows=70)
    rows = iterate(source, **options)
    expected = written(source, tmp_path, **options)
    assert rows.schema.equals(expected.schema, check_metadata=True)
    assert same(table_of(rows), expected)
    for name in expected.column_names:  # others are read only if they are needed
        assert same(table_of(rows.select([name])), expected.select([name]))


@pytest.mark.parametrize("name", ["if_balanced", "absent_classes"])
def test_scheduled_jobs__copy_rows_if_nothing_is_to_be_resampled(tmp_path, name):
    table = pa.table({"x": [1.0, 2.0, 3.0, 4.0], "label": [0, 0, 1, 1]})
    if name == "absent_classes":
        table = table.set_column(1, "label", [[0] * 4])
    source = write_file(tmp_path / "in.parquet", table)
    value = "copy" if name == "if_balanced" else "ignore"
    sampler = SMOTE(sampling_strategy=0.9) if name == "if_balanced" else SMOTE()
    rows = iterate(source, sampler=sampler, **{name: value})
    assert same(table_of(rows), table)
    assert rows.summary.copied


def test_partitions__are_read_and_can_be_features(tmp_path):
    table = imbalanced()
    for day in range(3):
        folder = tmp_path / "in" / f"day={day}"
        folder.mkdir(parents=True)
        write_file(folder / "a.parquet", table.slice(200 * day, 200))
    for options in ({}, {"feature": ["day"]}):
        rows = iterate(tmp_path / "in", **options)
        assert rows.features == [f"f{j}" for j in range(4)] + list(options.get("feature", ()))
        assert same(table_of(rows), written(tmp_path / "in", tmp_path, **options))


def write_ipc(path, table):
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    return path


def read_once(table, folder):
    """Yield sources of every kind that is copied first, anew for each use."""
    csv = folder / "in.csv"
    pa_csv.write_csv(table, csv)
    feather.write_feather(table, folder / "in.feather")
    yield "csv", lambda: csv
    yield "feather", lambda: folder / "in.feather"
    yield "dataset", lambda: ds.dataset(table)
    yield "reader", table.to_reader
    yield "polars", lambda: pl.from_arrow(table).lazy()


def test_sources_that_are_read_once__are_copied_to_scratch_that_vanishes(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    table = imbalanced(dtype=np.float64)
    for name, source in read_once(table, tmp_path):
        with iterate(source(), scratch=scratch) as rows:
            assert len(os.listdir(scratch)) == 1, name
            expected = written(source(), tmp_path)
            assert same(table_of(rows), expected), name
            assert same(table_of(rows), expected), name
        assert os.listdir(scratch) == [], name


def test_a_changed_text_file__does_not_matter_after_it_was_copied(tmp_path):
    source = tmp_path / "in.csv"
    pa_csv.write_csv(imbalanced(dtype=np.float64), source)
    rows = iterate(source, scratch=tmp_path)
    before = table_of(rows)
    source.write_text("gone")
    assert same(table_of(rows), before)


def test_a_failed_preparation__leaves_no_scratch(tmp_path):
    source = tmp_path / "in.csv"
    pa_csv.write_csv(imbalanced(dtype=np.float64), source)
    with pytest.raises(ValueError, match="k_neighbors"):
        iterate(source, sampler=SMOTE(k_neighbors=1000), scratch=tmp_path)
    assert os.listdir(tmp_path) == ["in.csv"]
    with pytest.raises(MemoryError, match="memory_limit=1 MiB is not enough"):
        iterate(source, memory_limit="1MiB", scratch=tmp_path)
    assert os.listdir(tmp_path) == ["in.csv"]


AT_EXIT = """
import sys, smotefast
rows = smotefast.iter_resampled(sys.argv[1], target="label", scratch=sys.argv[2])
batches = iter(rows)
next(batches)
if sys.argv[3] == "error":
    raise KeyboardInterrupt
"""


@pytest.mark.parametrize("end", ["normal", "error"])
def test_scratch__vanishes_at_exit(tmp_path, end):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    pa_csv.write_csv(imbalanced(dtype=np.float64), tmp_path / "in.csv")
    command = [sys.executable, "-c", AT_EXIT, tmp_path / "in.csv", scratch, end]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode == 0) == (end == "normal"), done.stderr
    assert os.listdir(scratch) == []


def test_no_scratch__is_needed_for_parquet(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    source = write_file(tmp_path / "in.parquet", imbalanced())
    assert iterate(source).n_rows == 1080
    with pytest.raises(FileNotFoundError, match=r"The scratch folder .*missing.* with scratch"):
        iterate(pq.read_table(source).to_reader())


@pytest.mark.parametrize(
    "sampler",
    [
        SMOTE(),
        RandomOverSampler(),
        RandomUnderSampler(),
        Combination(SMOTE(), RandomUnderSampler()),
    ],
    ids=name_of,
)
@pytest.mark.parametrize("n_rows", [600, 30_000])  # few draws are drawn at once
def test_without_a_seed__each_pass_has_the_rows_drawn_once(tmp_path, sampler, n_rows):
    source = write_file(tmp_path / "in.parquet", imbalanced(n_rows))
    rows, others = (iterate(source, sampler=sampler) for _ in range(2))
    first = table_of(rows)
    np.random.seed(5)
    assert same(table_of(rows), first)
    assert same(table_of(rows.shard(0, 2)), first.slice(0, rows.n_rows // 2))
    assert not same(table_of(others), first)


def test_the_summary__has_the_classes_and_no_destination(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    summary = iterate(source).summary
    assert summary.counts_before == {0: 540, 1: 60}
    assert summary.counts_after == {0: 540, 1: 540}
    assert summary.search == "exact"
    assert set(summary.seconds_by_step) == {"counting", "planning", "gathering", "searching"}
    text = str(summary)
    assert "rows          1,080\n" in text
    assert "preparation" in text
    assert "written" not in text
    assert "1,080 rows</td>" in summary._repr_html_()


def test_the_log__has_the_phases_of_the_preparation(tmp_path, caplog):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with caplog.at_level(logging.INFO, logger="smotefast"):
        rows = iterate(source)
    phases = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert phases[0] == "counting classes"
    assert "finding neighbors" in phases
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="smotefast"):
        table_of(rows)
    assert not caplog.records


def test_warnings__are_those_of_a_job_and_come_once(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    sampler = SMOTE(random_state=0, k_neighbors=80, small_class="clamp")
    with pytest.warns(ResamplingWarning, match="59 neighbors instead of 80"):
        rows = iterate(source, sampler=sampler)
    assert len(table_of(rows)) == 1080


def test_parameters__are_those_of_a_job_without_those_about_files():
    ours = inspect.signature(smotefast.iter_resampled).parameters
    jobs = inspect.signature(smotefast.resample_dataset).parameters
    about_files = {
        "destination", "overwrite", "resume", "compression", "compression_level",
        "row_group_size", "part_size", "partition_by", "report", "cluster",
    }  # fmt: skip
    assert set(ours) == set(jobs) - about_files | {"batch_rows", "scratch"}
    for name in set(ours) & set(jobs) - {"progress"}:
        assert ours[name].default == jobs[name].default
        assert ours[name].annotation == jobs[name].annotation


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"batch_rows": 0}, ValueError, "batch_rows=0 must be a whole number from 1 to"),
        ({"batch_rows": True}, ValueError, "batch_rows=True"),
        ({"batch_rows": 2.5}, ValueError, "batch_rows=2.5"),
        ({"progress": print}, TypeError, "progress=<built-in.* must be None, True or False"),
        ({"scratch": 5}, TypeError, "scratch=5 must be the path of a folder"),
        ({"scratch": " "}, ValueError, "scratch=' ' is not the path of a folder"),
        ({"rows": "synthetc"}, ValueError, "Did you mean 'synthetic'"),
        ({"target": "labels"}, ValueError, "Did you mean 'label'"),
        ({"sampler": "edited"}, ValueError, "sampler"),
        ({"destination": "out"}, TypeError, "destination"),
        ({"overwrite": True}, TypeError, "overwrite"),
    ],
)
def test_wrong_arguments__are_named(tmp_path, options, error, message):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(error, match=message):
        iterate(source, **options)


def test_the_source__can_be_missing():
    with pytest.raises(FileNotFoundError, match=r"nowhere\.parquet"):
        iterate("nowhere.parquet")


def test_batches__are_smaller_by_default_if_rows_are_wide(tmp_path, monkeypatch):
    monkeypatch.setattr(block_plan, "_GROUP_BYTES", (10_000, 20_000))
    source = write_file(tmp_path / "in.parquet", imbalanced(3_000))
    rows = iterate(source)
    assert 500 < rows.batch_rows < 2_000
    assert iterate(source, batch_rows=2_500).batch_rows == 2_500


def test_too_many_rows_of_a_batch__are_refused_by_name(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(200_000, n_features=40))
    with pytest.raises(MemoryError, match="another size than batch_rows=300000"):
        iterate(source, batch_rows=300_000, memory_limit="500MiB")


def test_small_batches__need_no_more_memory(tmp_path):
    # A writer would remember each of these batches.
    source = write_file(tmp_path / "in.parquet", imbalanced(300_000, n_features=20))
    rows = iterate(source, batch_rows=1, memory_limit="2GiB")
    assert next(iter(rows)).num_rows == 1


def test_batches__have_the_size_that_was_given_even_if_rows_are_wider_than_estimated(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(block_plan, "_GROUP_BYTES", (50_000, 100_000))
    monkeypatch.setattr("smotefast.batch.column_sizes._sampled_width", lambda *_: 1.0)
    text = ["x" * (9 if row < 1_000 else 2_000) for row in range(2_000)]
    source = write_file(
        tmp_path / "in.parquet", imbalanced(2_000).append_column("text", [text])
    )
    sampler = RandomOverSampler(random_state=0)
    rows = iterate(source, sampler=sampler, batch_rows=300)
    assert [batch.num_rows for batch in rows] == [300] * 12
    assert same(table_of(rows), written(source, tmp_path, sampler))
    rows = iterate(source, sampler=sampler)  # without a size, batches may be smaller
    assert max(batch.num_rows for batch in rows) < 100 < rows.batch_rows


LOWEST = """
import re, sys, smotefast
from smotefast.storage.process_memory import parse_size, peak_bytes

def prepare(limit):
    batch_rows = int(sys.argv[2]) or None
    return smotefast.iter_resampled(
        sys.argv[1], target="label", memory_limit=limit, batch_rows=batch_rows, progress=False
    )

limit = sys.argv[3]
try:
    rows = prepare(limit)
except MemoryError as error:
    print(re.search(r"needs about ([\\d.]+ [KMG]iB)", str(error))[1])
else:
    n_rows = sum(batch.num_rows for _ in range(2) for batch in rows)
    print(n_rows, peak_bytes() - parse_size(limit))
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells the peak of one process"
)
@pytest.mark.parametrize("batch_rows", [0, 1_000, 100_000])
def test_an_iteration__stays_under_the_lowest_limit_accepted(tmp_path, batch_rows):
    table = imbalanced(400_000, n_features=20)
    source = write_file(tmp_path / "in.parquet", table, group_rows=150_000)

    def run(limit):
        command = [sys.executable, "-c", LOWEST, source, str(batch_rows), limit]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    run("1MiB")  # compiles, if necessary
    n_rows, above = map(int, run(run("1MiB")).split())
    assert n_rows == 2 * 720_000
    assert above <= 0
