"""Provenance columns of a job name the rows of the source that samples were generated from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.base import clone

from smotefast.combine import Combination, SMOTETomek
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    BorderlineSMOTE,
    KMeansSMOTE,
    PolynomFitSMOTE,
    RandomOverSampler,
)
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.case_names import name_of
from tests.helpers.parquet_files import imbalanced, resample, write_file

SAMPLERS = [
    SMOTE(random_state=0),
    BorderlineSMOTE(random_state=0, search="exact"),
    BorderlineSMOTE(random_state=0, kind="borderline-2", search="exact"),
    ADASYN(random_state=0, search="exact"),
    KMeansSMOTE(random_state=0, cluster_balance_threshold=0.05),
    PolynomFitSMOTE(random_state=0, topology="mesh"),
    RandomOverSampler(random_state=0),
    SMOTETomek(random_state=0),
]


# KMeansSMOTE rounds the number of samples of each cluster up, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:Class:smotefast.ResamplingWarning")


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    labels = rng.choice([0, 1, 2], 500, p=[0.6, 0.25, 0.15])
    values = rng.normal(size=(500, 3)) + labels[:, np.newaxis]
    columns = {f"f{j}": values[:, j] for j in range(3)}
    return pa.table({**columns, "label": labels})


def run(tmp_path, table, sampler, **options):
    source = write_file(tmp_path / "in.parquet", table, group_rows=60)
    resample(source, tmp_path / "out", sampler=clone(sampler), provenance=True, **options)
    result = pq.read_table(tmp_path / "out")
    return result, result.filter(result["is_synthetic"])


@pytest.mark.parametrize("sampler", SAMPLERS, ids=name_of)
def test_synthetic_samples__lie_between_the_rows_that_are_named(tmp_path, table, sampler):
    result, synthetic = run(tmp_path, table, sampler)
    assert result.column_names == [
        "f0", "f1", "f2", "label", "is_synthetic", "base_row", "neighbor_row", "step",
    ]  # fmt: skip
    source = np.column_stack([table[f"f{j}"] for j in range(3)])
    base, neighbor = (source[synthetic[f"{name}_row"]] for name in ("base", "neighbor"))
    step = synthetic["step"].to_numpy()[:, np.newaxis]
    found = np.column_stack([synthetic[f"f{j}"] for j in range(3)])
    np.testing.assert_allclose(found, base + step * (neighbor - base), rtol=1e-12, atol=1e-12)
    labels = table["label"].to_numpy()[synthetic["base_row"]]
    np.testing.assert_array_equal(synthetic["label"].to_numpy(), labels)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=name_of)
def test_originals__have_no_provenance(tmp_path, table, sampler):
    result, synthetic = run(tmp_path, table, sampler)
    originals = result.slice(0, result.num_rows - synthetic.num_rows)
    assert not any(originals["is_synthetic"].to_pylist())
    for name in ("base_row", "neighbor_row", "step"):
        assert originals[name].null_count == originals.num_rows


def test_provenance__equals_that_in_memory(tmp_path, table):
    _, synthetic = run(tmp_path, table, SMOTE(random_state=0))
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(table.drop_columns(["label"]), table["label"])
    for name in ("base", "neighbor"):
        in_memory = getattr(sampler.provenance_, name)
        np.testing.assert_array_equal(synthetic[f"{name}_row"].to_numpy(), in_memory)
    np.testing.assert_array_equal(synthetic["step"].to_numpy(), sampler.provenance_.step)


@pytest.mark.parametrize(
    "sampler", [SMOTENC(["word"], random_state=0), SMOTEN(random_state=0)], ids=name_of
)
def test_categories__name_a_base_row_of_the_class(tmp_path, table, sampler):
    words = np.random.default_rng(0).choice(["a", "b", "c"], 500)
    table = table.add_column(0, "word", [words])
    if isinstance(sampler, SMOTEN):
        table = table.select(["word", "label"]).add_column(0, "other", [words[::-1]])
    _, synthetic = run(tmp_path, table, sampler)
    for name in ("base_row", "neighbor_row"):
        labels = table["label"].to_numpy()[synthetic[name]]
        np.testing.assert_array_equal(synthetic["label"].to_numpy(), labels)


def test_provenance__does_not_depend_on_parts_and_passes_a_second_step(
    tmp_path, table, monkeypatch
):
    sampler = Combination(
        SMOTE(random_state=0),
        RandomUnderSampler(sampling_strategy=dict.fromkeys(range(3), 200), random_state=0),
    )
    whole, _ = run(tmp_path, table, sampler)
    monkeypatch.setattr("smotefast.batch.layout.PART_BYTES", 2000)
    parts, synthetic = run(tmp_path, table, sampler, overwrite=True)
    assert parts.equals(whole)
    assert 0 < synthetic.num_rows < 600


def test_kept_columns__of_the_base_row_agree_with_the_provenance(tmp_path, table):
    table = table.append_column("key", pa.array(np.arange(500) * 10))
    _, synthetic = run(tmp_path, table, SMOTE(random_state=0), keep=["key"], keep_fill="base")
    assert [10 * row for row in synthetic["base_row"].to_pylist()] == synthetic[
        "key"
    ].to_pylist()


def test_a_column_of_the_same_name__is_refused(tmp_path):
    table = imbalanced().rename_columns(["f0", "step", "f2", "f3", "label"])
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ValueError, match=r"writes a column 'step'.*drop=\['step'\]"):
        resample(source, tmp_path / "out", provenance=True)
    assert resample(source, tmp_path / "out", provenance=True, drop=["step"])
