"""Every over-sampler on files: the rows that it generates in memory."""

from __future__ import annotations

import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sklearn.base import clone

from smotefast import ResamplingWarning
from smotefast.over_sampling import (
    ADASYN,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    GeometricSMOTE,
    KMeansSMOTE,
    ProWSyn,
    SafeLevelSMOTE,
)
from smotefast.registry import make_sampler
from tests.helpers.case_names import name_of
from tests.helpers.hypothesis_examples import examples
from tests.helpers.parquet_files import in_memory, resample, same, write_file, write_folder

LIMIT = "6GiB"


def mixed_table(n_rows=900, seed=0, dtype=np.float32):
    """Return a table with columns of numbers and of categories of every type."""
    rng = np.random.default_rng(seed)
    label = np.array(["c", "a", "b"])[(rng.random(n_rows) < 0.25).astype(int)]
    label[rng.random(n_rows) < 0.1] = "b"
    near = np.searchsorted(["a", "b", "c"], label)[:, np.newaxis]
    numbers = (rng.normal(size=(n_rows, 4)) + 0.8 * near).astype(dtype)
    names = np.array(["red", "green", None, "blue"], object)
    levels = rng.integers(0, 4, (n_rows, 5))
    return pa.table(
        {
            "n0": numbers[:, 0],
            "text": pa.array(names[levels[:, 0]]),
            "n1": numbers[:, 1],
            "category": pa.array(names[levels[:, 1]]).dictionary_encode(),
            "label": pa.array(label.tolist()).dictionary_encode(),
            "flag": pa.array((levels[:, 2] > 1) | (near[:, 0] > 1)),
            "n2": numbers[:, 2],
            "code": pa.array(levels[:, 3], pa.int16()),
            "day": pa.array(levels[:, 4].astype("datetime64[D]")),
            "n3": numbers[:, 3],
        },
        metadata={"kept": "yes"},
    )


NUMBERS = ["n0", "n1", "label", "n2", "n3"]
CATEGORIES = ["text", "category", "label", "flag", "code", "day"]
SEARCH_ALL_ROWS = [
    BorderlineSMOTE(random_state=3, search="exact"),
    BorderlineSMOTE(random_state=3, kind="borderline-2", m_neighbors=5, search="exact"),
    BorderlineSMOTE(random_state=np.random.RandomState(1), kind="borderline-2"),
    ADASYN(random_state=3, search="exact"),
    ADASYN(random_state=np.random.RandomState(1), n_neighbors=3),
    SafeLevelSMOTE(random_state=np.random.RandomState(1), search="exact"),
]


READ_ALL_ROWS = [
    SVMSMOTE(random_state=3),
    GeometricSMOTE(random_state=3),
    ProWSyn(random_state=3, n_neighbors=2),
    KMeansSMOTE(random_state=3, cluster_balance_threshold=0.05),
    KMeansSMOTE(random_state=np.random.RandomState(1), cluster_balance_threshold=0.05),
]


MIXED = [
    SMOTENC(["text", "category", "flag", "code", "day"], random_state=3),
    SMOTENC(["day", "flag", "text", "code", "category"], random_state=3, k_neighbors=3),
    SMOTENC([1, 3, 4, -3, -2], random_state=np.random.RandomState(1)),
]


CATEGORICAL = [SMOTEN(random_state=3), SMOTEN(random_state=np.random.RandomState(1))]
JOBS = [
    *((sampler, NUMBERS) for sampler in SEARCH_ALL_ROWS + READ_ALL_ROWS),
    *((sampler, None) for sampler in MIXED),
    *((sampler, CATEGORIES) for sampler in CATEGORICAL),
]


@pytest.fixture(autouse=True)
def _ignore_resampling_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResamplingWarning)
        yield


@pytest.mark.parametrize(("sampler", "columns"), JOBS, ids=name_of)
def test_a_job__writes_the_rows_of_fit_resample(sampler, columns, tmp_path, destination):
    table = mixed_table() if columns is None else mixed_table().select(columns)
    source = write_file(tmp_path / "in.parquet", table, group_rows=130)
    expected = in_memory(pq.read_table(source), clone(sampler))
    summary = resample(source, destination, sampler=clone(sampler), memory_limit=LIMIT)
    result = pq.read_table(destination)
    assert same(result, expected)
    counts = result["label"].value_counts().to_pylist()
    assert summary.counts_after == {entry["values"]: entry["counts"] for entry in counts}


@given(
    group_rows=st.integers(60, 900),
    batch_rows=st.integers(17, 900),
    n_jobs=st.sampled_from([1, 2]),
    which=st.integers(0, len(JOBS) - 1),
)
@examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_job__does_not_depend_on_blocks_or_threads(
    group_rows, batch_rows, n_jobs, which, tmp_path, monkeypatch
):
    sampler, columns = JOBS[which]
    table = mixed_table(seed=1) if columns is None else mixed_table(seed=1).select(columns)
    source = write_file(tmp_path / "in.parquet", table, group_rows=group_rows)
    expected = in_memory(pq.read_table(source), clone(sampler))
    monkeypatch.setattr("smotefast.batch.block_plan.BATCH_ROWS", batch_rows)
    sampler = clone(sampler).set_params(n_jobs=n_jobs)
    destination = tmp_path / "out.parquet"
    resample(source, destination, sampler=sampler, memory_limit=LIMIT, overwrite=True)
    assert same(pq.read_table(destination), expected)


@pytest.mark.parametrize("sampler", [SEARCH_ALL_ROWS[0], SEARCH_ALL_ROWS[3], MIXED[0]], ids=str)
def test_a_job__reads_folders(sampler, tmp_path, destination):
    table = mixed_table() if isinstance(sampler, SMOTENC) else mixed_table().select(NUMBERS)
    source = write_folder(tmp_path / "in", table, 4)
    resample(source, destination, sampler=clone(sampler), memory_limit=LIMIT)
    expected = in_memory(table, clone(sampler))
    assert same(
        pq.read_table(destination).replace_schema_metadata(), expected.replace_schema_metadata()
    )


@pytest.mark.parametrize("dtype", [np.float64, np.int32])
@pytest.mark.parametrize("name", ["borderline-smote", "adasyn", "SMOTENC"])
def test_a_job__computes_in_the_dtype_of_the_columns(name, dtype, tmp_path, destination):
    table = mixed_table(dtype=np.float64)
    numbers = [column for column in NUMBERS if column != "label"]
    for column in numbers:
        values = (table[column].to_numpy() * 1000).astype(dtype)
        position = table.schema.get_field_index(column)
        table = table.set_column(position, column, pa.array(values))
    table = table if name == "SMOTENC" else table.select(NUMBERS)
    table = table.drop_columns(["code", "day"]) if name == "SMOTENC" else table
    source = write_file(tmp_path / "in.parquet", table, group_rows=200)
    sampler = {"SMOTENC": SMOTENC("not numeric"), "adasyn": ADASYN()}.get(
        name, BorderlineSMOTE()
    )
    sampler.set_params(random_state=0)
    resample(source, destination, sampler=sampler, memory_limit=LIMIT)
    assert same(pq.read_table(destination), in_memory(pq.read_table(source), clone(sampler)))


@pytest.mark.parametrize("name", ["SMOTE-NC", "smote-nc", "smotenc", "SMOTENC", "smote_nc"])
def test_samplers__have_several_spellings(name, tmp_path, destination):
    table = mixed_table().drop_columns(["code", "day"])
    source = write_file(tmp_path / "in.parquet", table)
    summary = resample(source, destination, sampler=name, memory_limit=LIMIT)
    assert len(set(summary.counts_after.values())) == 1


@pytest.mark.parametrize("form", ["large_string", "string_view", "binary"])
def test_a_job__keeps_any_type_of_text(form, tmp_path, destination):
    table = mixed_table().select(["n0", "text", "label"])
    kind = {"large_string": pa.large_string(), "binary": pa.binary()}.get(form)
    kind = pa.string_view() if kind is None else kind
    table = table.set_column(1, "text", table["text"].cast(kind))
    source = write_file(tmp_path / "in.parquet", table, group_rows=100)
    sampler = SMOTENC("not numeric", random_state=0)
    resample(source, destination, sampler=sampler, memory_limit=LIMIT)
    result = pq.read_table(destination)
    assert result.schema.field("text").type == kind
    assert same(result, in_memory(pq.read_table(source), clone(sampler)))


def test_a_job__joins_categories_that_not_every_file_has(tmp_path, destination):
    rng = np.random.default_rng(0)
    folder = tmp_path / "in"
    folder.mkdir()
    tables = []
    for i, names in enumerate(["xy", "yz", "zx"]):
        values = pa.array(rng.choice(list(names), 200)).dictionary_encode()
        label = rng.choice(["a", "b"], 200, p=[0.8, 0.2])
        tables.append(pa.table({"x": rng.normal(size=200), "name": values, "label": label}))
        pq.write_table(tables[-1], folder / f"{i}.parquet")
    sampler = SMOTENC("auto", random_state=0)
    resample(folder, destination, sampler=sampler, memory_limit=LIMIT)
    whole = pa.concat_tables(tables).unify_dictionaries()
    expected = in_memory(whole, clone(sampler))
    result = pq.read_table(destination)
    assert result["name"].to_pylist() == expected["name"].to_pylist()
    assert result["x"].equals(expected["x"])


@pytest.mark.parametrize("name", ["smote-nc", "smote-n", "borderline-smote", "adasyn", "smote"])
@pytest.mark.parametrize("strategy", ["auto", {}])
def test_a_job__without_samples_to_generate_copies_the_source(
    name, strategy, tmp_path, destination
):
    table = pa.table({"x": np.arange(20.0), "t": ["a", "b"] * 10, "label": [0, 1] * 10})
    if name in ("borderline-smote", "adasyn", "smote"):
        table = table.drop_columns(["t"])
    source = write_file(tmp_path / "in.parquet", table)
    sampler = make_sampler(name).set_params(sampling_strategy=strategy)
    summary = resample(source, destination, sampler=sampler, memory_limit=LIMIT)
    assert summary.counts_after == {0: 10, 1: 10}
    assert same(pq.read_table(destination), table)


def test_float16_columns__are_categories_in_the_order_of_their_values(tmp_path, destination):
    rng = np.random.default_rng(0)
    values = rng.choice(np.linspace(-3, 3, 40), 300).astype(np.float16)
    label = rng.random(300) < 0.2
    table = pa.table({"half": values, "other": rng.integers(0, 5, 300), "label": label})
    source = write_file(tmp_path / "in.parquet", table, group_rows=64)
    sampler = SMOTEN(random_state=0, search="exact")
    resample(source, destination, sampler=sampler, memory_limit=LIMIT)
    result = pq.read_table(destination)
    assert same(result, in_memory(table, clone(sampler)))
    assert same(result, in_memory(pq.read_table(source), clone(sampler)))
