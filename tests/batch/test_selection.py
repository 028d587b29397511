"""Jobs that remove rows, alone or after over-sampling: the rows of ``fit_resample``."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sklearn.base import clone

import smotefast
from smotefast import ResamplingWarning
from smotefast.combine import Combination, SMOTETomek
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.case_names import name_of
from tests.helpers.hypothesis_examples import examples
from tests.helpers.parquet_files import in_memory, resample, same, write_file, write_folder

LIMIT = "6GiB"
RANDOM_UNDER = RandomUnderSampler(random_state=5)
LINKS = TomekLinks(search="exact")
LINKS_OF_ALL = TomekLinks(sampling_strategy="all", search="exact")


def overlapping(n_rows=700, seed=0, dtype=np.float32):
    """Return three overlapping classes, in columns of floats and integers."""
    rng = np.random.default_rng(seed)
    label = rng.choice(["b", "c", "a"], n_rows, p=[0.6, 0.28, 0.12])
    near = np.searchsorted(["a", "b", "c"], label)
    values = rng.normal(size=(n_rows, 3)) + 0.6 * near[:, np.newaxis]
    columns = {f"f{j}": pa.array(values[:, j].astype(dtype)) for j in range(3)}
    whole = np.rint(rng.normal(scale=30, size=n_rows)).astype(np.int32)
    labels = pa.array(label.tolist()).dictionary_encode()
    return pa.table({**columns, "label": labels, "whole": whole}, metadata={"kept": "yes"})


JOBS = [
    RandomUnderSampler(random_state=3),
    RandomUnderSampler(random_state=3, replacement=True, sampling_strategy="all"),
    RandomUnderSampler(random_state=3, sampling_strategy={"b": 70, "a": 0}),
    RandomUnderSampler(random_state=np.random.RandomState(2), sampling_strategy="majority"),
    LINKS,
    LINKS_OF_ALL,
    TomekLinks(sampling_strategy="majority", search="exact"),
    TomekLinks(sampling_strategy=["a", "c"], search="exact"),
    TomekLinks(sampling_strategy=lambda y: ["b", str(np.unique(y)[0])], search="exact"),
    SMOTETomek(random_state=3, search="exact"),
    SMOTETomek(random_state=3, sampling_strategy={"a": 200}, search="exact"),
    Combination(SMOTE(random_state=3, sampling_strategy={"a": 150}), RANDOM_UNDER),
    Combination(
        SMOTE(random_state=3), clone(RANDOM_UNDER).set_params(sampling_strategy={"a": 80})
    ),
    Combination(RandomOverSampler(random_state=3), RANDOM_UNDER),
    Combination(RandomOverSampler(random_state=3, sampling_strategy={"a": 300}), LINKS_OF_ALL),
    Combination(RandomOverSampler(random_state=3, shrinkage=0.4), LINKS_OF_ALL),
    Combination(BorderlineSMOTE(random_state=3, search="exact"), LINKS_OF_ALL),
    Combination(ADASYN(random_state=3, search="exact"), LINKS),
    Combination(SVMSMOTE(random_state=3), LINKS_OF_ALL),
    Combination(KMeansSMOTE(random_state=3, cluster_balance_threshold=0.0), LINKS),
    Combination(SMOTENC(["whole"], random_state=3), RANDOM_UNDER),
]


@pytest.fixture(autouse=True)
def _ignore_resampling_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResamplingWarning)
        yield


def in_file_order(table, sampler):
    """Return the result of ``fit_resample``, with drawn rows in the order of the data."""
    sampler = clone(sampler)
    resampled = in_memory(table, sampler)
    last = getattr(sampler, "selection_", sampler)
    if isinstance(last, RandomUnderSampler):
        resampled = resampled.take(np.argsort(last.sample_indices_, kind="stable"))
    return resampled


@pytest.mark.parametrize("sampler", JOBS, ids=name_of)
def test_a_job__keeps_the_rows_of_fit_resample(sampler, tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping(), group_rows=130)
    expected = in_file_order(pq.read_table(source), sampler)
    summary = resample(source, destination, sampler=clone(sampler), memory_limit=LIMIT)
    result = pq.read_table(destination)
    assert same(result, expected)
    counts = {
        entry["values"]: entry["counts"] for entry in result["label"].value_counts().to_pylist()
    }
    assert {label: n for label, n in summary.counts_after.items() if n} == counts
    assert summary.rows_written == result.num_rows
    assert summary.rows_new - summary.rows_removed == result.num_rows - 700


@given(
    group_rows=st.integers(60, 900),
    batch_rows=st.integers(17, 900),
    which=st.integers(0, len(JOBS) - 1),
    seed=st.integers(0, 50),
    n_files=st.integers(1, 4),
)
@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_job__does_not_depend_on_files_or_blocks(
    group_rows, batch_rows, which, seed, n_files, tmp_path_factory, monkeypatch
):
    folder = tmp_path_factory.mktemp("job")
    sampler, table = JOBS[which], overlapping(seed=seed, dtype=np.float64)
    source = write_folder(folder / "in", table, n_files)
    expected = in_file_order(table, sampler)
    monkeypatch.setattr("smotefast.batch.block_plan.BATCH_ROWS", batch_rows)
    resample(source, folder / "out.parquet", sampler=clone(sampler), memory_limit=LIMIT)
    result = pq.read_table(folder / "out.parquet")
    assert same(result.replace_schema_metadata(), expected.replace_schema_metadata())


def test_a_job__writes_only_the_kept_synthetic_samples_on_request(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping(), group_rows=130)
    for sampler in (
        Combination(SMOTE(random_state=3), RANDOM_UNDER),
        SMOTETomek(random_state=3),
    ):
        expected = in_file_order(pq.read_table(source), sampler)
        both = clone(sampler)
        in_memory(pq.read_table(source), both)
        last = getattr(both, "selection_", None) or both.tomek_
        n_kept = int(np.count_nonzero(last.sample_indices_ < 700))
        resample(
            source, destination, sampler=sampler, rows="synthetic", memory_limit=LIMIT,
            overwrite=True,
        )  # fmt: skip
        assert same(pq.read_table(destination), expected.slice(n_kept))


def test_a_job__without_synthetic_samples_refuses_to_write_only_them(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping())
    with pytest.raises(ValueError, match="this job generates no samples"):
        resample(source, destination, sampler="random-under", rows="synthetic")
    assert not destination.exists()


def test_random_under_sampling__takes_columns_of_any_type(tmp_path, destination):
    table = overlapping().append_column(
        "note", pa.array([["x", None][i % 2] for i in range(700)])
    )
    table = table.append_column("lists", pa.array([[i] * (i % 3) for i in range(700)]))
    source = write_file(tmp_path / "in.parquet", table, group_rows=90)
    sampler = RandomUnderSampler(random_state=0)
    resample(source, destination, sampler=sampler, memory_limit=LIMIT)
    sampler.fit_resample(table.select(["f0"]), table["label"])
    expected = pq.read_table(source).take(np.sort(sampler.sample_indices_))
    assert same(pq.read_table(destination), expected)


def test_tomek_links__refuse_text_features(tmp_path, destination):
    table = overlapping().append_column("note", pa.array(["x"] * 700))
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ValueError, match="'note'"):
        resample(source, destination, sampler="tomek-links")
    resample(source, destination, sampler="tomek-links", drop=["note"], memory_limit=LIMIT)
    assert "note" not in pq.read_schema(destination).names


def run(*arguments):
    from typer.testing import CliRunner

    from smotefast.cli import app

    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_command__removes_rows_after_over_sampling(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping())
    strategy = json.dumps({"a": 150})
    done = run(
        "resample", source, destination, "--target", "label", "--sampling-strategy", strategy,
        "--then", "random-under", "--then-set", 'sampling_strategy={"b": 160}', "--seed", "3",
        "--memory-limit", LIMIT,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    sampler = Combination(
        SMOTE(random_state=3, sampling_strategy={"a": 150}),
        RandomUnderSampler(random_state=3, sampling_strategy={"b": 160}),
    )
    assert same(pq.read_table(destination), in_file_order(pq.read_table(source), sampler))
    assert "removed" in done.output


def test_the_command__requires_then_for_then_set(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping())
    done = run("resample", source, destination, "--target", "label", "--then-set", "a=1")
    assert done.exit_code == 2
    assert "--then-set needs --then" in done.output
    done = run("resample", source, destination, "--target", "label", "--then", "smote-enn")
    assert done.exit_code == 2
    assert not destination.exists()


def test_a_summary__counts_new_and_removed_rows(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping())
    summary = resample(source, destination, sampler="smote-tomek", memory_limit=LIMIT)
    assert summary.rows_new > 0
    assert summary.rows_removed > 0
    assert isinstance(summary, smotefast.report.summary.Summary)
    assert "removed" in str(summary).splitlines()[0]
    plain = resample(source, destination, overwrite=True, memory_limit=LIMIT)
    assert "removed" not in str(plain)
