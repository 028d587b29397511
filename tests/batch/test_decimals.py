"""Decimal columns in files: the rows of ``fit_resample``, with the types of the source."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.combine import Combination, SMOTETomek
from smotefast.diagnosis import diagnose_dataset
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.parquet_files import imbalanced, in_memory, resample, same, write_file

SAMPLERS = [
    SMOTE(random_state=0),
    BorderlineSMOTE(kind="borderline-2", random_state=0, search="exact"),
    SVMSMOTE(random_state=0),
    KMeansSMOTE(kmeans_estimator=2, cluster_balance_threshold=0.0, random_state=0),
    ADASYN(random_state=0),
    RandomOverSampler(random_state=0),
    RandomOverSampler(shrinkage=1.0, random_state=0),
    TomekLinks(),
    SMOTETomek(random_state=0),
    SMOTENC(["city"], random_state=0),
    SMOTENC(["price"], random_state=0),
    SMOTEN(random_state=0),
]
KINDS = [pa.decimal32(7, 2), pa.decimal64(12, 2), pa.decimal128(12, 2), pa.decimal256(50, 2)]


def prices(kind, table, *, city=False):
    """Return a table of a decimal column, numbers, and perhaps a column of text."""
    cents = np.rint(100 * table["f0"].to_numpy()).astype(int).tolist()
    column = pa.array([Decimal(value).scaleb(-2) for value in cents], kind)
    out = table.set_column(0, "price", column).drop_columns(["f3"])
    if city:
        names = pa.array(list("abc")).take(pa.array(np.arange(len(cents)) % 3))
        out = out.set_column(1, "city", names)
    return out


@pytest.mark.filterwarnings("ignore::UserWarning")  # KMeansSMOTE rounds up
@pytest.mark.parametrize(
    ("sampler", "kind"),
    [
        *((one, KINDS[2]) for one in SAMPLERS),
        *((SAMPLERS[i], k) for k in KINDS for i in (0, 9, 10)),
    ],
    ids=str,
)
def test_decimal_columns__get_the_rows_of_fit_resample_and_keep_their_type(
    tmp_path, destination, sampler, kind
):
    city = getattr(sampler, "categorical_features", None) == ["city"]
    source = write_file(tmp_path / "in.parquet", prices(kind, imbalanced(), city=city))
    table = pq.read_table(source)
    resample(source, destination, sampler=sampler)
    result = pq.read_table(destination)
    assert same(result, in_memory(table, sampler))
    assert result.schema.field("price").type == kind


@pytest.mark.parametrize("as_integer", [True, False])
def test_decimal_columns__are_stored_as_they_were(tmp_path, destination, as_integer):
    table = prices(pa.decimal128(9, 2), imbalanced())
    source = write_file(
        tmp_path / "in.parquet",
        table,
        store_decimal_as_integer=as_integer,
        use_dictionary=["label"],
        column_encoding={"price": "DELTA_BINARY_PACKED" if as_integer else "DELTA_BYTE_ARRAY"},
    )
    resample(source, destination)
    before, after = (
        pq.ParquetFile(path).metadata.row_group(0).column(0) for path in (source, destination)
    )
    assert before.physical_type == after.physical_type
    assert set(before.encodings) == set(after.encodings)


@pytest.mark.parametrize("kind", [*KINDS, pa.decimal128(1, 0)], ids=str)
@pytest.mark.parametrize("sampler", [SAMPLERS[0], SAMPLERS[5], RandomUnderSampler()], ids=str)
def test_decimal_targets__are_classes_by_their_value(tmp_path, destination, kind, sampler):
    table = imbalanced()
    labels = pa.array(list(map(Decimal, table["label"].to_pylist())), kind)
    source = write_file(tmp_path / "in.parquet", table.set_column(4, "label", labels))
    for strategy in ({1: 100, 0: 540}, {"1": 100, "0": 540}, {Decimal(1): 100, 0: 540}):
        wanted = strategy if "Under" not in str(sampler) else {next(iter(strategy)): 30}
        sampler.set_params(sampling_strategy=wanted)
        summary = resample(source, destination, sampler=sampler, overwrite=True)
        assert summary.counts_before == {0: 540, 1: 60}
        assert all(type(label) is int for label in summary.counts_before)
        assert pq.read_schema(destination).field("label").type == kind
        assert summary.counts_after[1] == (30 if "Under" in str(sampler) else 100)
    sampler.set_params(sampling_strategy="auto")


def test_decimal_targets__reach_a_callable_strategy_as_in_memory(tmp_path, destination):
    table = imbalanced()
    labels = pa.array(list(map(Decimal, table["label"].to_pylist())), pa.decimal128(3, 1))
    table = table.set_column(4, "label", labels)
    seen = []

    def strategy(y):
        seen.append(y)
        return {1: 200}

    sampler = SMOTE(sampling_strategy=strategy, random_state=0)
    source = write_file(tmp_path / "in.parquet", table)
    resample(source, destination, sampler=sampler)
    expected = in_memory(pq.read_table(source), sampler)
    assert pq.read_table(destination).to_pylist() == expected.to_pylist()
    assert seen[0].dtype == seen[1].dtype == np.int64
    assert np.array_equal(seen[0], seen[1])


def test_decimal_targets__with_fractions_are_continuous(tmp_path, destination):
    table = imbalanced()
    labels = pa.array([Decimal(one) / 2 for one in table["label"].to_pylist()], KINDS[2])
    source = write_file(tmp_path / "in.parquet", table.set_column(4, "label", labels))
    with pytest.raises(
        ValueError, match=r"continuous\. The target column 'label' holds .* 0\.5"
    ):
        resample(source, destination)


def test_decimal_columns__with_nulls_are_an_error_that_names_them(tmp_path, destination):
    table = prices(KINDS[2], imbalanced())
    values = table["price"].to_pylist()
    place = table["label"].to_pylist().index(1)
    values[place] = None
    table = table.set_column(0, "price", pa.array(values, KINDS[2]))
    with pytest.raises(
        ValueError, match="Column 'price' has 1 missing or infinite value in class 1"
    ):
        resample(write_file(tmp_path / "in.parquet", table), destination)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_decimal_columns__are_diagnosed_as_numbers(tmp_path, kind):
    table = prices(kind, imbalanced())
    floats = pa.array(map(float, table["price"].to_pylist()))
    plain = table.set_column(0, "price", floats)
    found, expected = [], []
    for name, data, said in (("in", table, found), ("plain", plain, expected)):
        said.append(smotefast.diagnose(data.drop_columns(["label"]), data["label"]).to_dict())
        source = write_file(tmp_path / f"{name}.parquet", data)
        said.append(diagnose_dataset(source, target="label").to_dict())
    assert found == expected


def test_combination__takes_decimal_columns(tmp_path, destination):
    sampler = Combination(
        SMOTE(sampling_strategy=0.5, random_state=0),
        RandomUnderSampler(sampling_strategy=0.8, random_state=0),
    )
    source = write_file(tmp_path / "in.parquet", prices(KINDS[2], imbalanced()))
    summary = resample(source, destination, sampler=sampler)
    assert summary.counts_after == {0: 337, 1: 270}
    assert pq.read_schema(destination).equals(pq.read_schema(source))
