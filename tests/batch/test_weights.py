"""Jobs that under-sample at random write weights that restore the class sizes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from smotefast.combine import Combination
from smotefast.over_sampling import SMOTE
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.parquet_files import imbalanced, resample, same, write_file

SAMPLER = RandomUnderSampler(random_state=0, sampling_strategy=0.5)


@pytest.fixture
def table():
    labels = np.random.default_rng(0).choice(["a", "b", "c"], 600, p=[0.7, 0.2, 0.1])
    return pa.table({"x": np.arange(600.0), "given": np.arange(600) % 7, "label": labels})


def weights_by_class(table):
    totals = table.group_by("label").aggregate([("w", "sum")])
    return {row["label"]: row["w_sum"] for row in totals.to_pylist()}


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("strategy", ["auto", "majority", {"a": 100, "b": 50}])
def test_weights__add_up_to_the_rows_before(tmp_path, table, strategy, replacement):
    source = write_file(tmp_path / "in.parquet", table, group_rows=70)
    sampler = RandomUnderSampler(
        sampling_strategy=strategy, random_state=0, replacement=replacement
    )
    summary = resample(source, tmp_path / "out", sampler=sampler, weight_column="w")
    result = pq.read_table(tmp_path / "out")
    assert result.column_names == ["x", "given", "label", "w"]
    assert weights_by_class(result) == pytest.approx(summary.counts_before)
    resample(source, tmp_path / "plain", sampler=sampler)
    assert same(result.drop_columns(["w"]), pq.read_table(tmp_path / "plain"))


def test_weights__equal_those_in_memory(tmp_path):
    table = imbalanced()
    source = write_file(tmp_path / "in.parquet", table)
    resample(source, tmp_path / "out.parquet", sampler=SAMPLER, weight_column="w")
    sampler = RandomUnderSampler(random_state=0, sampling_strategy=0.5)
    X, y = sampler.fit_resample(table.drop_columns(["label"]), table["label"])
    in_memory = {(*row, label): weight for *row, label, weight in zip(
        *(column.to_pylist() for column in X.columns), y.to_pylist(),
        sampler.sample_weight_.tolist(), strict=True,
    )}  # fmt: skip
    result = pq.read_table(tmp_path / "out.parquet")
    *columns, weights = (column.to_pylist() for column in result.columns)
    in_file = dict(zip(zip(*columns, strict=True), weights, strict=True))
    assert in_file == in_memory


@pytest.mark.parametrize("name", ["given", "w"])
def test_weights_from__are_multiplied(tmp_path, table, name):
    source = write_file(tmp_path / "in.parquet", table)
    options = {"sampler": RandomUnderSampler(random_state=0)}
    resample(source, tmp_path / "plain.parquet", weight_column="w", **options)
    resample(
        source, tmp_path / "out.parquet", weight_column=name, weights_from="given", **options
    )
    plain, result = (pq.read_table(tmp_path / f"{one}.parquet") for one in ("plain", "out"))
    expected = pc.multiply(plain["w"], pc.cast(plain["given"], pa.float64()))
    assert result[name].combine_chunks().equals(expected.combine_chunks())
    assert result.column_names == ["x", "given", "label", *(["w"] if name == "w" else [])]


def test_weights__do_not_depend_on_parts(tmp_path, table, monkeypatch):
    source = write_file(tmp_path / "in.parquet", table, group_rows=30)
    options = {"sampler": RandomUnderSampler(random_state=1), "weight_column": "w"}
    resample(source, tmp_path / "whole", **options)
    monkeypatch.setattr("smotefast.batch.layout.PART_BYTES", 1000)
    resample(source, tmp_path / "parts", **options)
    assert same(pq.read_table(tmp_path / "whole"), pq.read_table(tmp_path / "parts"))


def test_weights__are_1_in_a_job_that_changes_nothing(tmp_path):
    table = pa.table({"x": [1.0, 2.0], "label": ["a", "b"]})
    source = write_file(tmp_path / "in.parquet", table)
    options = {"sampler": RandomUnderSampler(), "if_balanced": "copy"}
    resample(source, tmp_path / "out.parquet", weight_column="w", **options)
    assert pq.read_table(tmp_path / "out.parquet")["w"].to_pylist() == [1.0, 1.0]


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_weights_from__must_be_finite(tmp_path, value):
    table = pa.table({"w": [1.0, value, 1.0], "label": ["a", "a", "b"]})
    source = write_file(tmp_path / "in.parquet", table)
    options = {"sampler": RandomUnderSampler(random_state=0, sampling_strategy={"a": 2})}
    with pytest.raises(ValueError, match="'w' has weights that are missing or not finite"):
        resample(
            source, tmp_path / "out.parquet", weight_column="w", weights_from="w", **options
        )
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sampler": SMOTE()}, "needs the sampler 'random-under' alone"),
        ({"sampler": TomekLinks()}, "needs the sampler 'random-under' alone"),
        ({"sampler": Combination(SMOTE(), RandomUnderSampler())}, "'random-under' alone"),
        ({"weight_column": None, "weights_from": "given"}, "weights_from needs weight_column"),
        ({"weight_column": "given"}, "weight_column='given' is a column"),
        ({"weight_column": "label"}, "weight_column='label' is a column"),
        ({"weights_from": "givn"}, "is not a column that the job writes. Did you mean 'given'"),
        ({"weights_from": "given", "drop": ["given"]}, "is not a column that the job writes"),
        ({"weights_from": "label"}, "weights_from='label' is the target"),
        ({"weights_from": "text", "weight_column": "text"}, "'text' is string"),
    ],
    ids=str,
)
def test_weight_columns__are_refused_with_the_reason(tmp_path, table, options, message):
    table = table.append_column("text", pa.array(["t"] * 600))
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ValueError, match=message):
        resample(
            source, tmp_path / "out.parquet",
            **{"sampler": RandomUnderSampler(), "weight_column": "w", **options},
        )  # fmt: skip
    assert not (tmp_path / "out.parquet").exists()
