"""Jobs that take rows away, alone or after rows were added: those that memory gives."""

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
from smotefast import ResamplingWarning, combine, over_sampling, under_sampling
from smotefast.combine import SMOTEENN, Combination, SMOTETomek
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
DRAWN = RandomUnderSampler(random_state=5)
NEAR = TomekLinks(search="exact")
EVERY = TomekLinks(sampling_strategy="all", search="exact")


def crowded(n_rows=700, seed=0, dtype=np.float32):
    """Return three classes that overlap, in columns of floats and integers."""
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
    NEAR,
    EVERY,
    TomekLinks(sampling_strategy="majority", search="exact"),
    TomekLinks(sampling_strategy=["a", "c"], search="exact"),
    TomekLinks(sampling_strategy=lambda y: ["b", str(np.unique(y)[0])], search="exact"),
    SMOTETomek(random_state=3, search="exact"),
    SMOTETomek(random_state=3, sampling_strategy={"a": 200}, search="exact"),
    Combination(SMOTE(random_state=3, sampling_strategy={"a": 150}), DRAWN),
    Combination(SMOTE(random_state=3), clone(DRAWN).set_params(sampling_strategy={"a": 80})),
    Combination(RandomOverSampler(random_state=3), DRAWN),
    Combination(RandomOverSampler(random_state=3, sampling_strategy={"a": 300}), EVERY),
    Combination(RandomOverSampler(random_state=3, shrinkage=0.4), EVERY),
    Combination(BorderlineSMOTE(random_state=3, search="exact"), EVERY),
    Combination(ADASYN(random_state=3, search="exact"), NEAR),
    Combination(SVMSMOTE(random_state=3), EVERY),
    Combination(KMeansSMOTE(random_state=3, cluster_balance_threshold=0.0), NEAR),
    Combination(SMOTENC(["whole"], random_state=3), DRAWN),
]


@pytest.fixture(autouse=True)
def _no_damage():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResamplingWarning)
        yield


def in_file_order(table, sampler):
    """Return what ``fit_resample`` gives, drawn rows in the order of the data."""
    sampler = clone(sampler)
    taken = in_memory(table, sampler)
    last = getattr(sampler, "selection_", sampler)
    if isinstance(last, RandomUnderSampler):
        taken = taken.take(np.argsort(last.sample_indices_, kind="stable"))
    return taken


@pytest.mark.parametrize("sampler", JOBS, ids=name_of)
def test_a_job__keeps_the_rows_that_fit_resample_keeps(sampler, tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded(), group_rows=130)
    expected = in_file_order(pq.read_table(source), sampler)
    summary = resample(source, destination, sampler=clone(sampler), memory_limit=LIMIT)
    result = pq.read_table(destination)
    assert same(result, expected)
    counts = {
        one["values"]: one["counts"] for one in result["label"].value_counts().to_pylist()
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
def test_a_job__does_not_depend_on_files_and_blocks(
    group_rows, batch_rows, which, seed, n_files, tmp_path_factory, monkeypatch
):
    folder = tmp_path_factory.mktemp("job")
    sampler, table = JOBS[which], crowded(seed=seed, dtype=np.float64)
    source = write_folder(folder / "in", table, n_files)
    expected = in_file_order(table, sampler)
    monkeypatch.setattr("smotefast.batch.block_plan.BATCH_ROWS", batch_rows)
    resample(source, folder / "out.parquet", sampler=clone(sampler), memory_limit=LIMIT)
    result = pq.read_table(folder / "out.parquet")
    assert same(result.replace_schema_metadata(), expected.replace_schema_metadata())


def test_a_job__writes_only_the_new_rows_that_stay(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded(), group_rows=130)
    for sampler in (Combination(SMOTE(random_state=3), DRAWN), SMOTETomek(random_state=3)):
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


def test_a_job__without_new_rows_has_none_to_write(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded())
    with pytest.raises(ValueError, match="this job makes no rows"):
        resample(source, destination, sampler="random-under", rows="synthetic")
    assert not destination.exists()


IN_MEMORY = [
    *(getattr(under_sampling, name)() for name in under_sampling.__all__
      if name not in ("RandomUnderSampler", "TomekLinks")),
    SMOTEENN(),
    Combination(SMOTE(), under_sampling.NearMiss()),
]  # fmt: skip


@pytest.mark.parametrize("sampler", IN_MEMORY, ids=str)
def test_a_job__refuses_what_needs_all_rows_and_names_what_does_not(
    sampler, tmp_path, destination
):
    source = write_file(tmp_path / "in.parquet", crowded())
    with pytest.raises(ValueError, match=r"files do not allow.*'(tomek-links|random-under)'"):
        resample(source, destination, sampler=sampler)
    assert not destination.exists()


def test_every_sampler__is_known_by_its_name():
    from smotefast.registry import sampler_class

    for room in (over_sampling, under_sampling, combine):
        for name in room.__all__:
            if name != "Combination":
                assert sampler_class(name) is getattr(room, name)


def test_a_job__refuses_links_between_categories(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded())
    sampler = Combination(SMOTENC(["whole"]), TomekLinks())
    with pytest.raises(ValueError, match=r"SMOTENC generates categories.*'random-under'"):
        resample(source, destination, sampler=sampler)


@pytest.mark.parametrize("first", ["smote-nc", "random"])
def test_a_job__says_what_to_do_about_text_that_links_cannot_compare(
    first, tmp_path, destination
):
    table = crowded().append_column("note", pa.array([*"xyz"][i % 3] for i in range(700)))
    source = write_file(tmp_path / "in.parquet", table)
    creation = {"smote-nc": SMOTENC("auto"), "random": RandomOverSampler()}[first]
    words = rf"TomekLinks, the step after {type(creation).__name__}, compares rows by numbers"
    with pytest.raises(ValueError, match=rf"{words} alone. Take 'random-under'"):
        resample(source, destination, sampler=Combination(creation, TomekLinks()))
    with pytest.raises(ValueError, match=r"'note' .* use RandomUnderSampler"):
        resample(source, destination, sampler=TomekLinks())
    assert not destination.exists()


def test_a_job__checks_the_parameters_of_both_steps(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded())
    for sampler in (
        Combination(SMOTE(k_neighbors=0), TomekLinks()),
        Combination(SMOTE(), TomekLinks(search="quick")),
    ):
        with pytest.raises(ValueError, match=r"parameter of (SMOTE|TomekLinks) must be"):
            resample(source, destination, sampler=sampler)


def test_a_job__draws_from_columns_of_any_kind(tmp_path, destination):
    table = crowded().append_column("note", pa.array([["x", None][i % 2] for i in range(700)]))
    table = table.append_column("lists", pa.array([[i] * (i % 3) for i in range(700)]))
    source = write_file(tmp_path / "in.parquet", table, group_rows=90)
    sampler = RandomUnderSampler(random_state=0)
    resample(source, destination, sampler=sampler, memory_limit=LIMIT)
    sampler.fit_resample(table.select(["f0"]), table["label"])
    expected = pq.read_table(source).take(np.sort(sampler.sample_indices_))
    assert same(pq.read_table(destination), expected)


def test_a_job__looks_at_text_only_to_copy_it(tmp_path, destination):
    table = crowded().append_column("note", pa.array(["x"] * 700))
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ValueError, match="'note'"):
        resample(source, destination, sampler="tomek-links")
    resample(source, destination, sampler="tomek-links", drop=["note"], memory_limit=LIMIT)
    assert "note" not in pq.read_schema(destination).names


def run(*arguments):
    from typer.testing import CliRunner

    from smotefast.cli import app

    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_command__takes_rows_away_afterwards(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded())
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


def test_the_command__wants_a_second_step_for_its_parameters(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded())
    done = run("resample", source, destination, "--target", "label", "--then-set", "a=1")
    assert done.exit_code == 2
    assert "--then-set needs --then" in done.output
    done = run("resample", source, destination, "--target", "label", "--then", "smote-enn")
    assert done.exit_code == 2
    assert not destination.exists()


def test_a_summary__tells_rows_made_and_removed(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", crowded())
    summary = resample(source, destination, sampler="smote-tomek", memory_limit=LIMIT)
    assert summary.rows_new > 0
    assert summary.rows_removed > 0
    assert isinstance(summary, smotefast.report.summary.Summary)
    assert "removed" in str(summary).splitlines()[0]
    plain = resample(source, destination, overwrite=True, memory_limit=LIMIT)
    assert "removed" not in str(plain)
