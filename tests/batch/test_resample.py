"""The file-to-file job gives the rows of ``fit_resample``, whatever the files look like."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.batch import block_plan as plan_module
from smotefast.over_sampling import SMOTE, RandomOverSampler
from tests.helpers.hypothesis_examples import examples
from tests.helpers.parquet_files import (
    imbalanced,
    in_memory,
    resample,
    same,
    write_file,
    write_folder,
)


def small_blocks(monkeypatch, group_rows, batch_rows):
    """Have the job cut its work finely, as it would for very wide rows."""
    monkeypatch.setattr(plan_module, "_GROUP_ROWS", (1, group_rows))
    monkeypatch.setattr(plan_module, "BATCH_ROWS", batch_rows)


@pytest.mark.parametrize(
    "sampler",
    [
        SMOTE(random_state=3),
        RandomOverSampler(random_state=3),
        RandomOverSampler(random_state=3, shrinkage=0.5),
    ],
)
def test_resample_dataset__writes_the_rows_of_fit_resample(tmp_path, destination, sampler):
    table = imbalanced()
    summary = resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)
    assert same(pq.read_table(destination), in_memory(table, sampler))
    assert summary.counts_before == {0: 540, 1: 60}
    assert summary.counts_after == {0: 540, 1: 540}
    assert summary.rows_written == 1080
    assert summary.rows_new == 480
    assert os.listdir(tmp_path) in (
        ["in.parquet", "out.parquet"],
        ["out.parquet", "in.parquet"],
    )


@examples(12)
@given(
    source_group=st.integers(1, 700),
    group_rows=st.integers(1, 700),
    batch_rows=st.integers(1, 300),
    n_files=st.integers(1, 5),
    n_jobs=st.sampled_from([1, 2]),
)
def test_resample_dataset__does_not_depend_on_row_groups_blocks_files_or_threads(
    tmp_path_factory, source_group, group_rows, batch_rows, n_files, n_jobs
):
    table = imbalanced(seed=source_group)
    folder = tmp_path_factory.mktemp("blocks")
    if n_files == 1:
        source = write_file(folder / "in.parquet", table, group_rows=source_group)
    else:
        source = write_folder(folder / "in", table, n_files)
    with pytest.MonkeyPatch.context() as patch:
        small_blocks(patch, group_rows, batch_rows)
        resample(source, folder / "out", sampler=SMOTE(random_state=1, n_jobs=n_jobs))
    expected = in_memory(table, SMOTE(random_state=1))
    assert same(pq.read_table(folder / "out"), expected)


def test_resample_dataset__writes_row_groups_of_the_planned_size(
    tmp_path, destination, monkeypatch
):
    small_blocks(monkeypatch, 100, 64)
    resample(write_file(tmp_path / "in.parquet", imbalanced(), group_rows=37), destination)
    metadata = pq.ParquetFile(destination).metadata
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    assert sizes == [100] * 10 + [80]


def test_resample_dataset__writes_smaller_row_groups_if_rows_are_wide(
    tmp_path, destination, monkeypatch
):
    monkeypatch.setattr(plan_module, "_GROUP_BYTES", (100_000, 100_000))
    monkeypatch.setattr(plan_module, "BATCH_ROWS", 100)
    monkeypatch.setattr("smotefast.batch.column_sizes._sampled_width", lambda *_: 1.0)
    table = imbalanced(2_000).append_column(
        "text", [["x" * (9 if row < 1_000 else 2_000) for row in range(2_000)]]
    )
    source = write_file(tmp_path / "in.parquet", table)  # stored by a dictionary of two
    resample(source, destination, sampler=RandomOverSampler(random_state=0))
    metadata = pq.ParquetFile(destination).metadata
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    assert sizes[0] > 400
    assert max(sizes[4:24]) <= 60
    expected = in_memory(table, RandomOverSampler(random_state=0))
    assert same(pq.read_table(destination), expected)


def test_resample_dataset__writes_only_synthetic_samples_on_request(tmp_path, destination):
    table = imbalanced()
    source = write_file(tmp_path / "in.parquet", table)
    summary = resample(source, destination, rows="synthetic")
    expected = in_memory(table, SMOTE(random_state=0))
    assert same(pq.read_table(destination), expected.slice(600))
    assert summary.rows_written == 480
    assert summary.counts_after == {0: 540, 1: 540}


def test_resample_dataset__drops_columns_from_features_and_output(tmp_path, destination):
    table = imbalanced()
    named = table.append_column("id", [[f"row {i}" for i in range(600)]])
    resample(write_file(tmp_path / "in.parquet", named), destination, drop=["id"])
    assert same(pq.read_table(destination), in_memory(table, SMOTE(random_state=0)))


def test_resample_dataset__over_samples_several_classes_in_label_order(tmp_path, destination):
    rng = np.random.default_rng(0)
    table = imbalanced().set_column(
        4, "label", [rng.choice(list("bca"), 600, p=[0.2, 0.1, 0.7])]
    )
    sampler = SMOTE(random_state=0, sampling_strategy={"b": 300, "c": 200})
    source = write_folder(tmp_path / "in", table, 3)
    summary = resample(source, destination, sampler=sampler)
    assert same(pq.read_table(destination), in_memory(table, sampler))
    assert list(summary.counts_after) == ["a", "b", "c"]
    assert summary.counts_after["b"] == 300
    assert summary.counts_after["c"] == 200


def test_resample_dataset__copies_missing_values_of_other_classes(tmp_path, destination):
    table = imbalanced()
    common = table["label"].to_numpy() == 0
    holes = table["f1"].to_numpy().copy()
    holes[np.flatnonzero(common)[:3]] = np.nan, np.inf, -np.inf
    nulls = pa.array(holes, mask=np.arange(600) == np.flatnonzero(common)[5])
    damaged = table.set_column(1, "f1", nulls)
    resample(write_file(tmp_path / "in.parquet", damaged), destination)
    result, expected = pq.read_table(destination), in_memory(table, SMOTE(random_state=0))
    assert str(result.slice(0, 600).to_pylist()) == str(damaged.to_pylist())
    assert same(result.slice(600), expected.slice(600))


def test_resample_dataset__writes_a_folder_of_part_files(tmp_path):
    table = imbalanced()
    destination = tmp_path / "out"
    resample(write_file(tmp_path / "in.parquet", table), destination)
    assert os.listdir(destination) == ["part-00000.parquet"]
    assert same(pq.read_table(destination), in_memory(table, SMOTE(random_state=0)))


def test_resample_dataset__copies_balanced_data(tmp_path, destination):
    table = imbalanced(share=0.5)
    summary = resample(write_file(tmp_path / "in.parquet", table), destination)
    assert same(pq.read_table(destination), table)
    assert summary.rows_new == 0
    assert summary.search is None


def test_resample_dataset__counts_rows_for_a_callback(tmp_path, destination, monkeypatch):
    small_blocks(monkeypatch, 300, 300)
    calls = []
    resample(
        write_file(tmp_path / "in.parquet", imbalanced()),
        destination,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls == [(0, 1080), (300, 1080), (600, 1080), (900, 1080), (1080, 1080)]


def test_resample_dataset__shows_a_bar_on_request(tmp_path, destination, capsys):
    resample(write_file(tmp_path / "in.parquet", imbalanced()), destination, progress=True)
    assert capsys.readouterr().out == ""


def test_resample_dataset__takes_a_name_and_does_not_change_a_sampler_object(
    tmp_path, destination
):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, destination, sampler="random")
    sampler = SMOTE(random_state=np.random.RandomState(0))
    before = sampler.random_state.get_state()[1].copy()
    resample(source, destination, sampler=sampler, overwrite=True)
    assert np.array_equal(sampler.random_state.get_state()[1], before)
    assert not hasattr(sampler, "nn_k_")


def test_resample_dataset__calls_a_strategy_with_the_target(tmp_path, destination):
    table = imbalanced()
    seen = []

    def strategy(y):
        seen.append(y)
        return {1: 100}

    sampler = SMOTE(random_state=0, sampling_strategy=strategy)
    summary = resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)
    assert summary.counts_after == {0: 540, 1: 100}
    assert np.array_equal(seen[0], table["label"].to_numpy())


def test_resample_dataset__takes_a_neighbor_estimator(tmp_path, destination):
    from sklearn.neighbors import NearestNeighbors

    table = imbalanced()
    sampler = SMOTE(random_state=0, k_neighbors=NearestNeighbors(n_neighbors=4))
    summary = resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)
    assert summary.search == "estimator"
    assert same(pq.read_table(destination), in_memory(table, sampler))
