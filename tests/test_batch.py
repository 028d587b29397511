"""The file-to-file job gives the rows of ``fit_resample``, whatever the files look like."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import smotefast
from smotefast.batch import plan as plan_module
from smotefast.over_sampling import SMOTE, RandomOverSampler
from tests.batch_files import imbalanced, in_memory, same, write_file, write_folder


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "out.parquet"


def resample(source, destination, **options):
    options = {
        "target": "label",
        "progress": False,
        "sampler": SMOTE(random_state=0),
        **options,
    }
    return smotefast.resample_dataset(source, destination, **options)


def small_blocks(monkeypatch, group_rows, batch_rows):
    """Have the job cut its work finely, as it would for very wide rows."""
    monkeypatch.setattr(plan_module, "_GROUP_ROWS", (1, group_rows))
    monkeypatch.setattr(plan_module, "_BATCH_ROWS", batch_rows)


@pytest.mark.parametrize(
    "sampler",
    [
        SMOTE(random_state=3),
        RandomOverSampler(random_state=3),
        RandomOverSampler(random_state=3, shrinkage=0.5),
    ],
)
def test_resample_dataset__gives_the_rows_of_fit_resample(tmp_path, destination, sampler):
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


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
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


def test_resample_dataset__gives_only_the_new_rows_on_request(tmp_path, destination):
    table = imbalanced()
    source = write_file(tmp_path / "in.parquet", table)
    summary = resample(source, destination, rows="synthetic")
    expected = in_memory(table, SMOTE(random_state=0))
    assert same(pq.read_table(destination), expected.slice(600))
    assert summary.rows_written == 480
    assert summary.counts_after == {0: 540, 1: 540}


def test_resample_dataset__drops_columns_from_features_and_destination(tmp_path, destination):
    table = imbalanced()
    named = table.append_column("id", [[f"row {i}" for i in range(600)]])
    resample(write_file(tmp_path / "in.parquet", named), destination, drop=["id"])
    assert same(pq.read_table(destination), in_memory(table, SMOTE(random_state=0)))


@pytest.mark.parametrize(
    "labels",
    [
        pa.array(["rare", "common"]),
        pa.array(["rare", "common"], pa.large_string()),
        pa.array([True, False]),
        pa.array([2**40, -1]),
        pa.array([200, 7], pa.uint8()),
        pa.array([1.0, 2.0]),
        pa.DictionaryArray.from_arrays(
            pa.array([2, 0], pa.int8()), ["common", "never", "rare"], ordered=True
        ),
        pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int16()), [10, 20]),
    ],
    ids=lambda labels: str(labels.type),
)
@pytest.mark.parametrize("sampler", [SMOTE(random_state=0), RandomOverSampler(random_state=0)])
def test_resample_dataset__takes_targets_of_any_type_of_class(
    tmp_path, destination, labels, sampler
):
    table = imbalanced()
    column = labels.take(pa.array(1 - table["label"].to_numpy()))
    table = table.set_column(4, "label", column).select(["f0", "label", "f1", "f3"])
    source = write_file(tmp_path / "in.parquet", table)
    resample(source, destination, sampler=sampler)
    result = pq.read_table(destination)
    expected = in_memory(pq.read_table(source), sampler)
    assert result.schema.equals(expected.schema, check_metadata=True)
    assert result.to_pylist() == expected.to_pylist()


def test_resample_dataset__keeps_all_categories_of_the_target_in_their_order(
    tmp_path, destination
):
    pd = pytest.importorskip("pandas")
    table = imbalanced().to_pandas()
    table["label"] = pd.Categorical.from_codes(
        table["label"], categories=["low", "high", "never"], ordered=True
    )
    table.to_parquet(tmp_path / "in.parquet")
    resample(tmp_path / "in.parquet", destination)
    result = pd.read_parquet(destination)
    assert result["label"].dtype == table["label"].dtype
    assert (result["label"] == "high").sum() == 540


def test_resample_dataset__serves_several_classes_in_label_order(tmp_path, destination):
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


@pytest.mark.parametrize(
    "types",
    [
        ["int64", "int32", "int8", "uint8"],
        ["float64", "float32", "int16", "bool"],
        ["float32", "float32", "int8", "float16"],
    ],
)
def test_resample_dataset__keeps_the_types_of_numeric_columns(tmp_path, destination, types):
    table = imbalanced()
    columns = [
        pa.array(
            (np.abs(table[f"f{j}"].to_numpy()) % 2 > 1)
            if kind == "bool"
            else np.abs(table[f"f{j}"].to_numpy()).astype(kind)
        )
        for j, kind in enumerate(types)
    ]
    table = pa.table([*columns, table["label"]], names=table.schema.names)
    resample(write_file(tmp_path / "in.parquet", table), destination)
    assert same(pq.read_table(destination), in_memory(table, SMOTE(random_state=0)))


def test_resample_dataset__copies_rows_of_any_type_with_the_random_sampler(
    tmp_path, destination
):
    table = imbalanced(300)
    n = table.num_rows
    for name, column in {
        "text": [f"é{i}" * (i % 7) if i % 5 else None for i in range(n)],
        "list": [[i] * (i % 3) for i in range(n)],
        "struct": [{"a": i, "b": None} for i in range(n)],
        "when": pa.array(range(n), pa.timestamp("us", "UTC")),
        "category": pa.array([f"c{i % 4}" for i in range(n)]).dictionary_encode(),
        "decimal": pa.array(range(n)).cast(pa.decimal128(30, 2)),
        "nan": pa.array([np.nan] * n),
        "nulls": pa.nulls(n, pa.int32()),
    }.items():
        table = table.append_column(name, pa.chunked_array([column]))
    sampler = RandomOverSampler(random_state=0)
    resample(write_folder(tmp_path / "in", table, 3), destination, sampler=sampler)
    picked = in_memory(table.select(["f0", "label"]), sampler), sampler.sample_indices_
    result, expected = pq.read_table(destination), table.take(pa.array(picked[1]))
    assert result.schema.equals(table.schema)
    assert str(result.to_pylist()) == str(expected.to_pylist())


def test_resample_dataset__leaves_other_classes_alone_whatever_they_hold(tmp_path, destination):
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


def test_resample_dataset__keeps_metadata_and_how_columns_are_stored(tmp_path, destination):
    table = imbalanced()
    field = pa.field("f0", pa.float32(), nullable=False, metadata={"unit": "EUR"})
    schema = table.schema.set(0, field).with_metadata({"made": "by hand"})
    table = pa.table(table.columns, schema=schema)
    source = write_file(
        tmp_path / "in.parquet",
        table,
        compression={"f0": "zstd", "f1": "none", "f2": "gzip", "f3": "snappy", "label": "zstd"},
        use_dictionary=["label"],
        column_encoding={"f0": "BYTE_STREAM_SPLIT"},
    )
    resample(source, destination)
    before, after = (pq.ParquetFile(path) for path in (source, destination))
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert after.schema_arrow.field("f0").metadata[b"unit"] == b"EUR"
    for j in range(5):
        one, other = (file.metadata.row_group(0).column(j) for file in (before, after))
        assert one.compression == other.compression
        assert set(one.encodings) == set(other.encodings)


def test_resample_dataset__makes_a_folder_of_part_files(tmp_path):
    table = imbalanced()
    destination = tmp_path / "out"
    resample(write_file(tmp_path / "in.parquet", table), destination)
    assert os.listdir(destination) == ["part-00000.parquet"]
    assert same(pq.read_table(destination), in_memory(table, SMOTE(random_state=0)))


@pytest.mark.parametrize("name", ["out", "out.parquet"])
def test_resample_dataset__replaces_a_destination_when_told_to(tmp_path, name):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, tmp_path / name)
    summary = resample(source, tmp_path / name, overwrite=True, rows="synthetic")
    assert pq.read_table(tmp_path / name).num_rows == summary.rows_written == 480
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", name]


def test_resample_dataset__copies_through_what_is_balanced(tmp_path, destination):
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


def test_resample_dataset__takes_the_name_of_a_sampler_and_does_not_change_an_object(
    tmp_path, destination
):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, destination, sampler="random")
    sampler = SMOTE(random_state=np.random.RandomState(0))
    before = sampler.random_state.get_state()[1].copy()
    resample(source, destination, sampler=sampler, overwrite=True)
    assert np.array_equal(sampler.random_state.get_state()[1], before)
    assert not hasattr(sampler, "nn_k_")


def test_resample_dataset__hands_the_target_to_a_callable_strategy(tmp_path, destination):
    table = imbalanced()
    seen = []

    def strategy(y):
        seen.append(y)
        return {1: 100}

    sampler = SMOTE(random_state=0, sampling_strategy=strategy)
    summary = resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)
    assert summary.counts_after == {0: 540, 1: 100}
    assert np.array_equal(seen[0], table["label"].to_numpy())


def test_resample_dataset__takes_an_estimator_of_neighbours(tmp_path, destination):
    from sklearn.neighbors import NearestNeighbors

    table = imbalanced()
    sampler = SMOTE(random_state=0, k_neighbors=NearestNeighbors(n_neighbors=4))
    summary = resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)
    assert summary.search == "estimator"
    assert same(pq.read_table(destination), in_memory(table, sampler))


def test_summary__reads_well(tmp_path, destination):
    summary = resample(write_file(tmp_path / "in.parquet", imbalanced()), destination)
    lines = str(summary).splitlines()
    assert lines[0].split() == ["class", "before", "after", "new"]
    assert lines[2].split() == ["1", "60", "540", "480"]
    assert f"rows written  1,080 to {destination}" in lines
    assert any(line.startswith("neighbours    exact") for line in lines)


def test_summary__names_the_first_of_many_classes():
    from smotefast.report import Summary

    counts = {f"c{i}": 1 for i in range(30)}
    text = str(Summary("out", counts, counts, 30, 1.0, 1, 1, "approximate", 0.9876))
    assert "... and 10 more classes" in text
    assert "approximate (recall 0.988 on a sample)" in text
