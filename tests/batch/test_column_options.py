"""Jobs with parameters for single columns: limits work, other searches are refused by name."""

import json
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from smotefast import SMOTE, SMOTENC, SMOTETomek
from tests.helpers.parquet_files import imbalanced, in_memory, resample, same, write_file

LIMITS = {
    "bounds": {"f0": (-3.5, None), "whole": (0, 9.5), "price": (0.05, 0.95)},
    "round_columns": ["whole", "f1"],
}


def table_of(n_rows=400):
    table = imbalanced(n_rows)
    whole = pa.array(np.random.default_rng(1).integers(-9, 30, n_rows), pa.int16())
    kinds = pa.array(np.random.default_rng(2).choice(list("pq"), n_rows))
    tenths = np.random.default_rng(3).integers(-5, 15, n_rows).tolist()
    prices = pa.array([Decimal(each).scaleb(-1) for each in tenths], pa.decimal128(5, 1))
    table = table.append_column("whole", whole).append_column("price", prices)
    return table.append_column("kind", kinds)


@pytest.mark.parametrize("sampler", [SMOTE, SMOTENC], ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("limits", [LIMITS, {"bounds": (-5, 5), "round_columns": "integer"}])
def test_jobs__limit_samples_as_in_memory(sampler, limits, tmp_path, destination):
    table = table_of()
    categories = {"categorical_features": ["kind"]} if sampler is SMOTENC else {}
    table = table if categories else table.drop_columns(["kind"])
    over = sampler(random_state=0, **categories, **limits)
    source = write_file(tmp_path / "in.parquet", table, group_rows=90)
    report = tmp_path / "report.json"
    resample(source, destination, sampler=over, report=report)
    found = pq.read_table(destination)
    assert same(found, in_memory(table, over))
    new = found.slice(len(table))
    assert pc.min(new["whole"]).as_py() >= (0 if limits is LIMITS else -5)
    if limits is LIMITS:
        assert set(map(float, new["price"].to_pylist())) >= {0.1, 0.9}
        assert 0.05 <= min(new["price"].to_pylist()) <= max(new["price"].to_pylist()) <= 0.95
    assert "bounds" in json.loads(report.read_text())["samplers"][0]["parameters"]


@pytest.mark.parametrize("kind", [(5, 2), (3, 2), (2, 2)], ids=str)
def test_whole_numbers__fit_into_a_decimal_column(tmp_path, destination, kind):
    largest = 10 ** kind[0] - 1  # 999.99: rounded, it has one digit too many
    table = imbalanced(400)
    hundredths = np.where(table["label"].to_numpy() == 1, largest - np.arange(400) % 3, 0)
    hundredths[::2] *= -1
    prices = pa.array([Decimal(int(n)).scaleb(-2) for n in hundredths], pa.decimal128(*kind))
    table = table.append_column("price", prices)
    sampler = SMOTE(random_state=0, round_columns=["price"])
    resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)
    found = pq.read_table(destination)
    assert same(found, in_memory(table, sampler))
    new = found["price"].to_pylist()[len(table) :]
    assert all(each == int(each) for each in new)
    assert (min(new), max(new)) == (-(largest // 100), largest // 100)


@pytest.mark.parametrize(
    ("sampler", "words"),
    [
        (SMOTE(missing="distance"), "SMOTE with missing='distance' searches rows in memory"),
        (SMOTE(metric="cosine"), "SMOTE with metric='cosine' searches"),
        (SMOTENC(["kind"], distance_columns=["f0"]), "SMOTENC with distance_columns searches"),
        (
            SMOTETomek(smote=SMOTE(metric="manhattan", distance_columns=[0])),
            "SMOTE with metric='manhattan' and distance_columns searches",
        ),
    ],
)
def test_jobs__refuse_other_searches_before_they_look_for_the_source(sampler, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        resample(tmp_path / "not there", tmp_path / "out", sampler=sampler)


def test_unknown_columns__are_refused_before_rows_are_read(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=r"bounds has 'f9'\. The columns are 'f0'"):
        resample(source, destination, sampler=SMOTE(bounds={"f9": (0, 1)}))
    assert not destination.exists()
