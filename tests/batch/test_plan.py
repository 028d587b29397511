"""A plan says what the job does, refuses what the job refuses, and changes nothing."""

from __future__ import annotations

import json
import os
import re

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as pa_dataset
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.batch import cost_model
from smotefast.batch.planned_steps import StoredColumns
from smotefast.combine import SMOTETomek
from smotefast.neighbors.planner import plan_search
from smotefast.neighbors.runner import run_search
from smotefast.over_sampling import SMOTE
from smotefast.storage import ParquetSource, open_source, process_spread
from smotefast.under_sampling import TomekLinks
from tests.helpers.parquet_files import imbalanced, resample, write_file

PROGRAM_BYTES = 200 << 20


def plan(source, destination=None, **options):
    usual = {"target": "label", "progress": False, "sampler": SMOTE(random_state=0)}
    return smotefast.plan_dataset(source, destination, **{**usual, **options})


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(600), group_rows=100)


@pytest.fixture
def small_program(monkeypatch):
    """Plan for a process of ``PROGRAM_BYTES``; this one grows with the tests before."""
    monkeypatch.setattr("smotefast.batch.peak_memory.resident_bytes", lambda: PROGRAM_BYTES)


def state_of(folder):
    return {
        path: (os.path.getmtime(path), os.path.getsize(path))
        for parent, folders, names in os.walk(folder)
        for path in [os.path.join(parent, name) for name in (*folders, *names)]
    }


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sampler": SMOTE(sampling_strategy=0.5, random_state=0)},
        {"sampler": "random"},
        {"sampler": "random-under"},
        {"sampler": "borderline-smote"},
        {"rows": "synthetic"},
        {"drop": ["f1"], "keep": "f2"},
        {"sampler": smotefast.Combination(
            SMOTE(sampling_strategy=0.3), smotefast.RandomUnderSampler(sampling_strategy=0.8)
        )},
        {"sampler": SMOTE(sampling_strategy=0.05), "if_balanced": "copy"},
    ],
    ids=str,
)  # fmt: skip
def test_a_plan__has_the_classes_and_rows_of_the_job(tmp_path, source, options):
    planned = plan(source, **options)
    done = resample(source, tmp_path / "out.parquet", **options)
    assert planned.refused == ()
    assert {each.label: each.before for each in planned.classes} == done.counts_before
    assert {each.label: each.after for each in planned.classes} == done.counts_after
    made = {each.label: each.generated for each in planned.classes if each.generated}
    assert made == {label: n for label, n in (done.counts_made or {}).items() if n}
    steps = [step.name for step in planned.steps]
    assert steps == ["starting", *done.seconds_by_step]
    size = os.path.getsize(tmp_path / "out.parquet")
    assert 0.4 * size < planned.n_written < 2.5 * size


def test_links__are_not_counted_before_they_are_found(source):
    planned = plan(source, sampler="tomek-links")
    assert [(each.label, each.after) for each in planned.classes] == [(0, None), (1, 60)]
    assert planned.searches[-1].label is None
    assert planned.searches[-1].how == "exact"


def write_text(path):
    columns = {"a": ["x", "y"] * 50, "b": np.arange(100.0), "label": np.arange(100) % 5 == 0}
    pq.write_table(pa.table(columns), path)


REFUSED = [
    {"target": "lable"},
    {"drop": ["f9"]},
    {"drop": ["f0", "f1", "f2", "f3"]},
    {"target": "f0"},
    {"sampler": SMOTE(k_neighbors=80)},
    {"sampler": SMOTE(sampling_strategy={0: 10})},
    {"sampler": SMOTE(sampling_strategy={7: 10})},
    {"sampler": SMOTE(sampling_strategy=0.01)},
    {"part_size": "1KiB"},
    {"weight_column": "f0", "sampler": "random-under"},
    {"report": "/no/folder/report.json"},
    {"feature": "f0"},
    {"sampler": "smote-nc"},
]


@pytest.fixture
def many_rows(tmp_path):
    table = imbalanced(20_000, n_features=20)
    return write_file(tmp_path / "many.parquet", table, group_rows=5_000)


def work_of_searching(planned):
    return next(step.work["multiply-add"] for step in planned.steps if step.name == "searching")


@pytest.mark.parametrize(
    ("sampler", "method"),
    [(SMOTETomek(random_state=0), "cells"), (TomekLinks(), "tiles")],
    ids=["after SMOTE", "alone"],
)
def test_links__are_planned_by_the_method_that_the_job_uses(
    tmp_path, monkeypatch, many_rows, sampler, method
):
    used = []

    def recorded(points, queries, k, problem, **options):
        used.append(plan_search(problem).method)
        return run_search(points, queries, k, problem, **options)

    monkeypatch.setattr("smotefast.neighbors.streaming.run_search", recorded)
    planned = plan(many_rows, sampler=sampler)
    assert used == []
    resample(many_rows, tmp_path / "out.parquet", sampler=sampler)
    assert planned.searches[-1].method == method == used[0]


def test_a_search_in_blocks__is_planned_as_one_for_each(monkeypatch, many_rows):
    at_once = work_of_searching(plan(many_rows, sampler=SMOTETomek(random_state=0)))
    monkeypatch.setattr("smotefast.batch.block_plan._search_sizes", lambda *_: (9_000, 36_000))
    in_turn = work_of_searching(plan(many_rows, sampler=SMOTETomek(random_state=0)))
    assert at_once < in_turn < 2 * at_once


def test_values_that_cannot_be_compared__are_refused_by_a_plan_of_links(tmp_path):
    table = imbalanced(600)
    column = table["f1"].to_numpy().copy()
    column[np.flatnonzero(table["label"].to_numpy() == 0)[5]] = np.nan
    table = table.set_column(1, "f1", pa.array(column))
    planned = plan(write_file(tmp_path / "in.parquet", table), sampler=TomekLinks())
    assert "'f1' has 1 missing or infinite value in class 0" in planned.refused[0].message


@pytest.mark.parametrize("options", REFUSED, ids=str)
def test_what_the_job_refuses__is_refused_with_its_message(tmp_path, source, options):
    destination = tmp_path / "out.parquet"
    with pytest.raises(Exception) as error:  # noqa: PT011  the plan has the same type
        resample(source, destination, **options)
    refusal = plan(source, destination, **options).refused[0]
    assert type(refusal.error) is error.type
    assert str(refusal.error) == str(error.value)


@pytest.mark.parametrize("name", ["text.parquet", "missing.parquet", "broken.parquet"])
def test_files_that_cannot_be_resampled__are_refused_with_the_message_of_the_job(
    tmp_path, name
):
    write_text(tmp_path / "text.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really PAR1")
    with pytest.raises((ValueError, OSError)) as error:
        resample(tmp_path / name, tmp_path / "out.parquet")
    assert str(plan(tmp_path / name).refused[0].error) == str(error.value)


def test_all_errors__are_in_one_plan(tmp_path, source):
    destination = write_file(tmp_path / "out.parquet", imbalanced(50))
    planned = plan(source, destination, report=destination, sampler=SMOTE(k_neighbors=80))
    kinds = [type(each.error).__name__ for each in planned.refused]
    assert kinds == ["FileExistsError", "ArgumentError", "ValueError"]
    assert [each.before for each in planned.classes] == [540, 60]
    allowed = plan(source, destination, overwrite=True)
    assert allowed.refused == ()


def test_an_argument_that_is_never_valid__raises_an_error(source):
    with pytest.raises(ValueError, match="rows='some'"):
        plan(source, rows="some")


@pytest.mark.usefixtures("small_program")
def test_a_limit_that_is_too_low__is_refused_and_the_plan_is_that_of_the_lowest_limit(
    tmp_path, source
):
    with pytest.raises(MemoryError) as error:
        resample(source, tmp_path / "out.parquet", memory_limit="1MiB")
    planned = plan(source, memory_limit="1MiB")
    assert str(planned.refused[0].error) == str(error.value)
    assert planned.memory_program < planned.memory_expected <= planned.memory_needed
    assert plan(source, memory_limit=planned.memory_needed).refused == ()
    few = planned.memory_needed - process_spread() - (4 << 20)
    assert len(plan(source, memory_limit=few).refused) == 1
    peaks = [step.memory for step in planned.steps if step.memory]
    assert max(peaks) == planned.memory_expected


def test_missing_values__are_found_in_a_sample(tmp_path):
    table = imbalanced(600)
    values = table["f1"].to_numpy().copy()
    values[::2] = np.nan
    source = write_file(tmp_path / "in.parquet", table.set_column(1, "f1", pa.array(values)))
    [refusal] = plan(source, sampler=SMOTE(search="exact")).refused
    assert re.match(r"Column 'f1' has \d+ missing .* in class 1.* of a sample", refusal.message)


def test_warnings__are_those_of_the_job(tmp_path):
    table = imbalanced(2_000).append_column("id", pa.array(np.arange(2_000)))
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.warns(smotefast.ResamplingWarning) as caught:
        resample(source, tmp_path / "out.parquet")
    assert plan(source).warnings == (str(caught[0].message),)
    assert plan(source, keep="id").warnings == ()


def test_a_plan__changes_no_file(tmp_path, source):
    before = state_of(tmp_path)
    plan(source, tmp_path / "out.parquet", report=tmp_path / "report.json")
    plan(source, tmp_path / "out", part_size="64KiB")
    plan(source, source, overwrite=True)
    assert state_of(tmp_path) == before


def test_what_an_interrupted_job_left__stays(tmp_path, source):
    left = tmp_path / ".out.parquet.smotefast"
    left.mkdir()
    (left / "journal.jsonl").write_bytes(b'{"versions": {}}\n{"task": "a')
    (left / "data").write_bytes(b"abc")
    before = state_of(tmp_path)
    assert plan(source, tmp_path / "out.parquet").refused == ()
    assert state_of(tmp_path) == before


def test_a_plan__reads_all_rows_of_the_target_only(tmp_path, monkeypatch):
    source = write_file(tmp_path / "in.parquet", imbalanced(400_000, n_features=6))
    read = {}
    batches_before = ParquetSource._batches

    def recorded(self, file, groups, columns, *rest):
        for batch in batches_before(self, file, groups, columns, *rest):
            for name in columns:
                read[name] = read.get(name, 0) + batch.num_rows
            yield batch

    monkeypatch.setattr(ParquetSource, "_batches", recorded)
    plan(source, sampler=SMOTE(search="exact"))
    assert read["label"] >= 400_000
    assert all(read[f"f{j}"] < 150_000 for j in range(6))


def test_text_files__are_counted_and_their_copy_is_planned(tmp_path):
    table = imbalanced(3_000)
    pa_csv.write_csv(table, tmp_path / "in.csv")
    planned = plan(tmp_path / "in.csv")
    assert planned.refused == ()
    assert planned.n_rows == 3_000
    assert [each.after for each in planned.classes] == [2_700, 2_700]
    copying = next(step for step in planned.steps if step.name == "copying")
    assert copying.n_read == os.path.getsize(tmp_path / "in.csv")
    assert copying.n_written == copying.scratch > 0
    assert planned.memory_needed is not None


@pytest.mark.parametrize("name", ["in.csv", "in.arrow"])
def test_a_copied_source_without_rows__is_refused_as_by_the_job(tmp_path, name):
    table = imbalanced().slice(0, 0)
    if name == "in.csv":
        pa_csv.write_csv(table, tmp_path / name)
    else:
        feather.write_feather(table, tmp_path / name)
    with pytest.raises(ValueError, match="has no rows") as caught:
        resample(tmp_path / name, tmp_path / "out")
    assert [each.message for each in plan(tmp_path / name).refused] == [str(caught.value)]


def test_a_column_of_text_files_that_becomes_wider__is_planned_as_it_will_be(tmp_path):
    lines = ["a,label", *("1,0" for _ in range(1_500_000)), "1.5,1", "x,1"]
    (tmp_path / "in.csv").write_text("\n".join(lines))
    refused = plan(tmp_path / "in.csv", sampler=SMOTE(k_neighbors=1)).refused
    assert "Column 'a' of X is text" in refused[0].message


@pytest.mark.parametrize("kind", ["dataset", "reader"])
def test_objects__are_counted_only_if_they_can_be_read_again(tmp_path, kind):
    table = imbalanced(600)
    source = pa_dataset.dataset(table) if kind == "dataset" else table.to_reader()
    planned = plan(source)
    if kind == "dataset":
        assert [each.before for each in planned.classes] == [540, 60]
    else:
        assert planned.classes == ()
        assert "read once" in planned.unknown[0]
        assert source.read_all().num_rows == 600
    assert plan(source, drop="f9").refused[0].message.startswith("drop='f9' is not a column")


def test_the_plan_of_a_folder__writes_parts_at_the_same_time(tmp_path, source):
    planned = plan(source, tmp_path / "out", memory_limit="8GiB")
    assert planned.n_parts == planned.n_threads
    assert plan(source, tmp_path / "out.parquet").n_parts == 1


@pytest.mark.usefixtures("small_program")
def test_the_text_and_the_json__say_the_same(tmp_path, source, monkeypatch):
    monkeypatch.setattr("smotefast.batch.feature_plan.kernels_were_compiled", lambda: False)
    planned = plan(source, tmp_path / "out.parquet", memory_limit="1MiB")
    entry = json.loads(json.dumps(planned.to_dict()))
    assert entry["format"] == "smotefast plan 1"
    assert [each["label"] for each in entry["classes"]] == [0, 1]
    assert entry["refused"][0]["error"] == "MemoryLimitError"
    assert entry["seconds"] == pytest.approx(sum(s.seconds for s in planned.steps))
    text = str(planned)
    for part in ("600 rows, 1 file", "writing", "search  class 1", "refused: memory_limit="):
        assert part in text
    assert max(map(len, text.split("\n\n")[2].splitlines())) < 80


def test_partitions__of_unknown_columns_are_refused_and_those_of_copies_not_read(tmp_path):
    table = imbalanced(60)
    source = write_file(tmp_path / "in.parquet", table)
    refused = plan(source, tmp_path / "out", partition_by=["lable"]).refused
    assert [type(each.error).__name__ for each in refused] == ["ValueError"]
    assert "Did you mean 'label'" in str(refused[0].error)
    csv = tmp_path / "in.csv"
    pa_csv.write_csv(table, csv)
    planned = plan(csv, tmp_path / "out", partition_by=["label"])
    assert planned.refused == ()
    assert any("number of files of each partition" in text for text in planned.unknown)


def test_many_classes__are_shortened_in_the_text(tmp_path):
    label = np.repeat(np.arange(60), np.r_[[20] * 59, 100])
    table = pa.table({"x": np.random.default_rng(0).normal(size=len(label)), "label": label})
    planned = plan(write_file(tmp_path / "in.parquet", table))
    assert len(planned.classes) == 60
    assert "... and 40 more" in str(planned)


def test_seconds__are_shared_by_the_threads_that_can_share_them():
    work = {"count": 1e6, "multiply-add": 1e9, "encode zstd": 1e6}
    units = cost_model.UNITS
    alone = cost_model.seconds(work, n_threads=1, n_parts=1)
    assert alone == pytest.approx(sum(n * units[unit].seconds for unit, n in work.items()))
    shared = cost_model.seconds(work, n_threads=4, n_parts=2)
    count, search, encode = (n * units[unit].seconds for unit, n in work.items())
    assert shared == pytest.approx(count + search / 4 + encode / 2)


def test_stored_columns__are_those_of_the_footers(tmp_path):
    path = tmp_path / "in.parquet"
    nested = pa.array([{"a": 1.0, "b": "x"}] * 600)
    table = imbalanced(600).append_column("s", nested)
    pq.write_table(table, path, compression={"f0": "zstd", "f1": "snappy", "label": "none"})
    opened = open_source(path)
    stored = StoredColumns(opened, opened.schema.names, {})
    metadata = pq.ParquetFile(path).metadata.row_group(0)
    chunks = [metadata.column(j) for j in range(metadata.num_columns)]
    names = opened.schema.names
    assert stored.stored(names) == sum(each.total_compressed_size for each in chunks)
    assert stored.plain(names) == sum(each.total_uncompressed_size for each in chunks)
    assert stored.n_chunks(["s"]) == 2
    assert set(stored.decoding(["f0", "label"])) == {"decode zstd", "decode none"}
