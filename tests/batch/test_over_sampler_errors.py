"""Errors and warnings of over-samplers on files."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors

from smotefast import ResamplingWarning
from smotefast.over_sampling import SMOTE, SMOTEN, SMOTENC, BorderlineSMOTE
from tests.batch.test_over_samplers import (
    LIMIT,
    NUMBERS,
    READ_ALL_ROWS,
    SEARCH_ALL_ROWS,
    mixed_table,
)
from tests.helpers.parquet_files import in_memory, resample, same, write_file


def test_a_job__warns_about_a_class_that_gets_no_samples(tmp_path, destination):
    rng = np.random.default_rng(0)
    label = np.repeat(["many", "few"], [300, 40])
    table = pa.table({"x": rng.normal(size=340) + 100 * (label == "few"), "label": label})
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.warns(ResamplingWarning, match="class 'few', which stays at 40"):
        summary = resample(source, destination, sampler=BorderlineSMOTE(), memory_limit=LIMIT)
    assert summary.counts_after == {"few": 40, "many": 300}
    assert same(pq.read_table(destination), table)


def test_a_job__over_samples_small_classes_with_small_class(tmp_path, destination):
    rng = np.random.default_rng(0)
    label = np.repeat(["many", "few", "one"], [300, 4, 1])
    table = pa.table({"x": rng.normal(size=305), "label": label})
    source = write_file(tmp_path / "in.parquet", table)
    sampler = SMOTE(random_state=0, small_class="duplicate")
    with pytest.warns(ResamplingWarning, match=r"(?s)'few' has 4 rows.*'one' has one row"):
        resample(source, destination, sampler=sampler, memory_limit=LIMIT)
    result = pq.read_table(destination)
    with pytest.warns(ResamplingWarning):
        assert same(result, in_memory(table, clone(sampler)))


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
@pytest.mark.parametrize(
    "sampler",
    [SEARCH_ALL_ROWS[0], READ_ALL_ROWS[0]],
    ids=["searches all rows", "reads all rows"],
)
def test_a_job__refuses_missing_values_in_any_class_that_it_searches(
    sampler, value, tmp_path, destination
):
    table = mixed_table().select(NUMBERS)
    majority = int(np.flatnonzero(table["label"].to_pandas() == "c")[5])
    values = table["n1"].to_pylist()
    values[majority] = value
    table = table.set_column(1, "n1", pa.array(values, pa.float32()))
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(
        ValueError,
        match=r"'n1' has 1 missing or infinite value in rows .* compares rows of all classes",
    ):
        resample(source, destination, sampler=clone(sampler), memory_limit=LIMIT)
    assert not destination.exists()


def test_a_job__refuses_a_neighbor_estimator_for_rows_in_files(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", mixed_table().select(NUMBERS))
    sampler = BorderlineSMOTE(m_neighbors=NearestNeighbors(n_neighbors=6))
    with pytest.raises(ValueError, match="NearestNeighbors cannot search rows in files"):
        resample(source, destination, sampler=sampler, memory_limit=LIMIT)


def test_a_job__says_why_it_needs_all_rows_in_memory(tmp_path, destination):
    table = pa.table(
        {
            **{f"x{j}": np.zeros(2_000_000, np.float32) for j in range(20)},
            "label": np.arange(2_000_000) < 1000,
        }
    )
    source = write_file(tmp_path / "in.parquet", table, group_rows=200_000)
    del table
    for sampler, words in (
        ("kmeans-smote", "KMeansSMOTE needs the rows of all classes"),
        ("prowsyn", "ProWSyn needs the rows of all classes"),
        ("geometric-smote", "nor does GeometricSMOTE with selection_strategy='minority'"),
    ):
        with pytest.raises(MemoryError, match=words):
            resample(source, destination, sampler=sampler, memory_limit="1500MiB")


@pytest.mark.parametrize("sampler", [SMOTENC("not numeric"), SMOTEN()], ids=str)
def test_smote_nc__refuses_numeric_columns_alone_and_smote_n_takes_them(
    sampler, tmp_path, destination
):
    numbers = write_file(tmp_path / "in.parquet", mixed_table().select(NUMBERS))
    if isinstance(sampler, SMOTENC):
        with pytest.raises(ValueError, match="not designed to work only with numerical"):
            resample(numbers, destination, sampler=sampler, memory_limit=LIMIT)
        return
    resample(numbers, destination, sampler=sampler, memory_limit=LIMIT)  # each value a name
    assert pq.read_table(destination).num_rows > 900


@pytest.mark.parametrize("name", ["smote-nc", "smote-n"])
@pytest.mark.parametrize(
    "values", [[[1], [2]] * 30, [{"a": 1}, {"a": 2}] * 30], ids=["list", "struct"]
)
def test_a_job__refuses_nested_columns_by_name(name, values, tmp_path, destination):
    label = np.arange(60) % 5 == 0
    table = pa.table({"x": np.arange(60.0), "deep": values, "label": label})
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ValueError, match="Column 'deep' is nested"):
        resample(source, destination, sampler=name, memory_limit=LIMIT)


def test_a_job__reports_too_few_rows_before_too_little_memory(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", mixed_table().select(NUMBERS))
    sampler = BorderlineSMOTE(m_neighbors=1_000_000)
    with pytest.raises(ValueError, match="m_neighbors=1000000 needs at least 1000001 rows"):
        resample(source, destination, sampler=sampler, memory_limit=LIMIT)
