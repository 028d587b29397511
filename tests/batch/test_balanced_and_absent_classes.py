"""Scheduled jobs whose data need no resampling, or lack a class."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from smotefast.cli import app
from smotefast.combine import Combination
from smotefast.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, RandomOverSampler
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.case_names import name_of
from tests.helpers.parquet_files import resample, same, write_file


def table(**sizes):
    """Return classes of the given sizes, shuffled."""
    label = np.random.default_rng(0).permutation(np.repeat(list(sizes), list(sizes.values())))
    values = np.random.default_rng(1).normal(size=(len(label), 2))
    return pa.table({"x": values[:, 0], "y": values[:, 1], "label": label})


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", table(a=60, b=20))


ALREADY_REACHED = [
    SMOTE(sampling_strategy=0.2),
    SMOTE(sampling_strategy={"b": 20}),
    SMOTE(sampling_strategy={"b": 10}),
    SMOTE(sampling_strategy=lambda y: {"b": 10}),
    ADASYN(sampling_strategy=0.25),
    BorderlineSMOTE(sampling_strategy={"b": 5}),
    RandomOverSampler(sampling_strategy={"a": 50, "b": 10}),
    RandomUnderSampler(sampling_strategy=0.2),
    RandomUnderSampler(sampling_strategy={"a": 70}),
    RandomUnderSampler(sampling_strategy={"a": 70}, replacement=True),
    Combination(SMOTE(sampling_strategy=0.2), RandomUnderSampler(sampling_strategy=0.1)),
]


@pytest.mark.parametrize("sampler", ALREADY_REACHED, ids=name_of)
def test_a_ratio_already_reached__copies_the_rows_with_if_balanced(source, tmp_path, sampler):
    out = tmp_path / "out.parquet"
    summary = resample(source, out, sampler=sampler, if_balanced="copy")
    assert same(pq.read_table(out), pq.read_table(source))
    assert summary.copied
    assert "no class had to be resampled" in str(summary)


ERRORS = [
    sampler
    for sampler in ALREADY_REACHED
    if sampler.get_params().get("sampling_strategy") != {"b": 20}
]


@pytest.mark.parametrize("sampler", ERRORS, ids=name_of)
def test_a_ratio_already_reached__is_an_error_by_default(source, tmp_path, sampler):
    with pytest.raises(ValueError, match=r"ratio required|number of samples in a class"):
        resample(source, tmp_path / "out.parquet", sampler=sampler)


def test_balanced_data__are_copied_with_columns_of_any_type(tmp_path):
    balanced = table(a=30, b=30).append_column("text", [["x"] * 60])
    source = write_file(tmp_path / "in.parquet", balanced)
    summary = resample(source, tmp_path / "out.parquet", if_balanced="copy")
    assert summary.copied
    assert same(pq.read_table(tmp_path / "out.parquet"), balanced)


def test_classes_with_enough_rows__stay_while_others_are_over_sampled(tmp_path):
    source = write_file(tmp_path / "in.parquet", table(a=60, b=20, c=30))
    sampler = SMOTE(sampling_strategy={"b": 40, "c": 10}, random_state=0)
    summary = resample(source, tmp_path / "out.parquet", sampler=sampler, if_balanced="copy")
    assert summary.counts_after == {"a": 60, "b": 40, "c": 30}
    assert not summary.copied
    same_rows = SMOTE(sampling_strategy={"b": 40}, random_state=0)
    resample(source, tmp_path / "same.parquet", sampler=same_rows)
    assert same(*(pq.read_table(tmp_path / name) for name in ("out.parquet", "same.parquet")))


def test_a_second_step__runs_if_the_first_has_nothing_to_do(source, tmp_path):
    under = RandomUnderSampler(sampling_strategy=0.5, random_state=0)
    steps = Combination(SMOTE(sampling_strategy=0.2), under)
    summary = resample(source, tmp_path / "out.parquet", sampler=steps, if_balanced="copy")
    assert summary.counts_after == {"a": 40, "b": 20}
    steps = Combination(SMOTE(sampling_strategy=0.2), TomekLinks())
    summary = resample(source, tmp_path / "tomek.parquet", sampler=steps, if_balanced="copy")
    assert summary.counts_after["a"] < 60


@pytest.mark.parametrize(
    ("sampler", "counts"),
    [
        (SMOTE(sampling_strategy={"c": 50}), {"a": 60, "b": 20}),
        (SMOTE(sampling_strategy={"b": 30, "c": 50}), {"a": 60, "b": 30}),
        (SMOTE(sampling_strategy=lambda y: {"b": 30, "c": 50}), {"a": 60, "b": 30}),
        (RandomUnderSampler(sampling_strategy={"a": 30, "c": 5}), {"a": 30, "b": 20}),
        (TomekLinks(sampling_strategy=["c"]), {"a": 60, "b": 20}),
    ],
    ids=name_of,
)
def test_an_absent_class__is_ignored_with_absent_classes(source, tmp_path, sampler, counts):
    out = tmp_path / "out.parquet"
    with pytest.raises(ValueError, match="not present in the data"):
        resample(source, out, sampler=sampler, if_balanced="copy")
    summary = resample(source, out, sampler=sampler, absent_classes="ignore")
    assert summary.counts_after == counts


@pytest.mark.parametrize(
    "sampler",
    [SMOTE(), SMOTE(sampling_strategy={"b": 9}), RandomUnderSampler(), TomekLinks()],
    ids=name_of,
)
def test_a_single_class__is_copied_with_absent_classes(tmp_path, sampler):
    source = write_file(tmp_path / "in.parquet", table(a=40))
    out = tmp_path / "out.parquet"
    with pytest.raises(ValueError, match="more than 1 class"):
        resample(source, out, sampler=sampler, if_balanced="copy")
    assert resample(source, out, sampler=sampler, absent_classes="ignore").copied
    assert same(pq.read_table(out), pq.read_table(source))


@pytest.mark.parametrize("name", ["if_balanced", "absent_classes"])
def test_an_unknown_choice__is_an_error(source, tmp_path, name):
    with pytest.raises(ValueError, match=f"{name}='sometimes' must be"):
        resample(source, tmp_path / "out.parquet", **{name: "sometimes"})


def test_the_command__exits_with_0_if_there_is_nothing_to_do(source, tmp_path):
    command = ["resample", str(source), str(tmp_path / "out.parquet"), "--target", "label"]
    command += ["--sampling-strategy", '{"b": 5, "c": 9}']
    assert CliRunner().invoke(app, command).exit_code != 0
    allowed = ["--if-balanced", "copy", "--absent-classes", "ignore"]
    done = CliRunner().invoke(app, command + allowed)
    assert done.exit_code == 0
    assert "no class had to be resampled" in done.stdout
