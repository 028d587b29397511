"""A job keeps types, categories, metadata and encodings of columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.over_sampling import SMOTE, RandomOverSampler
from smotefast.tables.arrow_tables import take_arrow
from tests.helpers.parquet_files import (
    imbalanced,
    in_memory,
    resample,
    same,
    write_file,
    write_folder,
)


@pytest.mark.parametrize(
    "labels",
    [
        pa.array(["rare", "common"]),
        pa.array(["rare", "common"], pa.large_string()),
        pa.array([True, False]),
        pa.array([2**40, -1]),
        pa.array([200, 7], pa.uint8()),
        pa.array(["rare", "common"], pa.string_view()),
        pa.array([1.0, 2.0]),
        pa.array(np.array([2, -1], np.float16)),
        pa.DictionaryArray.from_arrays(
            pa.array([2, 0], pa.int8()), ["common", "never", "rare"], ordered=True
        ),
        pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int16()), [10, 20]),
    ],
    ids=lambda labels: str(labels.type),
)
@pytest.mark.parametrize("sampler", [SMOTE(random_state=0), RandomOverSampler(random_state=0)])
def test_resample_dataset__takes_targets_of_any_class_type(
    tmp_path, destination, labels, sampler
):
    table = imbalanced()
    column = take_arrow(labels, 1 - table["label"].to_numpy())
    table = table.set_column(4, "label", column).select(["f0", "label", "f1", "f3"])
    source = write_file(tmp_path / "in.parquet", table)
    resample(source, destination, sampler=sampler)
    result = pq.read_table(destination)
    expected = in_memory(pq.read_table(source), sampler)
    assert result.schema.equals(expected.schema, check_metadata=True)
    assert result.to_pylist() == expected.to_pylist()


def test_resample_dataset__treats_negative_zero_as_zero(tmp_path, destination):
    table = imbalanced()
    zeros = np.where(np.arange(600) % 3, 0.0, -0.0)
    labels = np.where(table["label"].to_numpy() == 1, zeros, 1.0)  # the rare class
    table = table.set_column(4, "label", [labels])
    summary = resample(write_file(tmp_path / "in.parquet", table), destination)
    assert summary.counts_after == {0.0: 540, 1.0: 540}
    expected = in_memory(table, SMOTE(random_state=0))
    assert pq.read_table(destination).to_pylist() == expected.to_pylist()


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        ([1, 0], {"1": 300}),
        ([1.0, 0.0], {"1": 300}),
        ([True, False], {"true": 300}),
        ([True, False], {"True": 300}),
        (["True", "true"], {"True": 300}),
    ],
)
def test_resample_dataset__takes_json_keys_as_labels(tmp_path, destination, labels, keys):
    table = imbalanced()
    column = pa.array(labels).take(pa.array(1 - table["label"].to_numpy()))
    source = write_file(tmp_path / "in.parquet", table.set_column(4, "label", column))
    sampler = SMOTE(sampling_strategy=keys, random_state=0)
    assert resample(source, destination, sampler=sampler).counts_after[labels[0]] == 300


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


def test_resample_dataset__keeps_metadata_compression_and_encodings(tmp_path, destination):
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
