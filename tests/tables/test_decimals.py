"""Decimal columns: read exactly, rounded to their scale, labels as integers."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from smotefast.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from smotefast.tables import open_table, open_target
from smotefast.tables.decimals import DecimalType, decimals_to_numbers, numbers_to_decimals

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

TYPES = [
    pa.decimal32(7, 2),
    pa.decimal64(15, 15),
    pa.decimal64(18, 4),
    pa.decimal128(12, 2),
    pa.decimal128(38, 25),
    pa.decimal128(38, 0),
    pa.decimal128(5, -2),
    pa.decimal256(50, 2),
    pa.decimal256(76, 30),
]


def decimals(kind, n=2000, *, digits=None, seed=0):
    """Return random decimals with at most ``digits`` digits, by default those of the type."""
    most = 10 ** min(kind.precision, digits or kind.precision) - 1
    draw = random.Random(seed)
    unscaled = [draw.randint(-most, most) for _ in range(n)]
    return [Decimal((v < 0, tuple(map(int, str(abs(v)))), -kind.scale)) for v in unscaled]


@pytest.mark.parametrize("kind", TYPES, ids=str)
@pytest.mark.parametrize("digits", [4, 15, None])
def test_decimals__are_read_as_float_of_the_decimal(kind, digits):
    values = decimals(kind, digits=digits)
    column = pa.array([*values, None], type=kind)
    for given in (column, column[3:], pa.chunked_array([column[:5], column[5:7], column[7:]])):
        numbers = decimals_to_numbers(given)
        expected = [float(v) for v in values[len(values) + 1 - len(given) :]]
        assert numbers[:-1].tolist() == expected
        assert np.isnan(numbers[-1])
    assert decimals_to_numbers(column[:0]).shape == (0,)
    assert decimals_to_numbers(pa.chunked_array([], type=kind)).shape == (0,)


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_decimals__survive_a_round_trip_through_floats(kind):
    column = pa.array(decimals(kind, digits=15), type=kind)
    assert numbers_to_decimals(decimals_to_numbers(column), kind).equals(column)


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_floats_beyond_a_decimal_type__are_clipped_to_its_range(kind):
    low, high = numbers_to_decimals(np.array([-1e300, np.inf]), kind).to_pylist()
    limit = float(Decimal(10) ** (kind.precision - kind.scale))
    assert low == high.copy_negate()
    assert limit * (1 - 1e-4) <= float(high) <= limit


def test_floats__are_rounded_half_to_even_at_the_scale():
    made = numbers_to_decimals(np.array([0.125, 0.375, -0.125, 2.675, 7]), pa.decimal128(5, 2))
    expected = ["0.12", "0.38", "-0.12", "2.67", "7.00"]  # the float 2.675 is slightly smaller
    assert made.to_pylist() == [Decimal(one) for one in expected]


CENTS = pa.decimal128(9, 2)
PRICES = decimals(CENTS, 60, digits=5)
OTHER = np.random.RandomState(0).randn(60)
Y = np.repeat([0, 1], [40, 20])


def containers(kind=CENTS, **more):
    table = pa.table({"p": pa.array(PRICES, kind), "x": OTHER, **more})
    yield table
    yield pa.concat_tables([table[:7], table[7:]])
    yield table.to_batches()[0]
    yield table.to_pandas(types_mapper=pd.ArrowDtype)
    if kind.bit_width <= 128:
        yield pl.from_arrow(table)


def prices_of(X):
    """Return the values of the first column, and its type."""
    if isinstance(X, pa.Table | pa.RecordBatch):
        return X.column(0).to_pylist(), X.schema.field(0).type
    return list(X["p"]), X["p"].dtype


@pytest.mark.parametrize("kind", [CENTS, pa.decimal64(9, 2), pa.decimal32(9, 2)], ids=str)
@pytest.mark.parametrize(
    "sampler", [SMOTE(random_state=0), RandomOverSampler(shrinkage=1.0, random_state=0)]
)
def test_decimal_columns__keep_their_type_and_get_rounded_values(sampler, kind):
    floats = pd.DataFrame({"p": list(map(float, PRICES)), "x": OTHER})
    plain = sampler.fit_resample(floats, Y)[0]["p"]
    expected = [Decimal(value).quantize(Decimal("0.01")) for value in plain]
    for X in containers(kind):
        out = sampler.fit_resample(X, Y)[0]
        values, found = prices_of(out)
        assert type(out) is type(X)
        assert found == prices_of(X)[1]
        assert values == expected
        assert values[:60] == PRICES


def test_decimal_types__are_known_in_every_container():
    narwhals = pytest.importorskip("narwhals")
    wrapped = narwhals.from_native(next(containers()), eager_only=True)
    for X in (*containers(), wrapped):
        assert open_table(X).decimal_types([1, 0]) == [None, DecimalType(9, 2)]
    for X in (np.eye(2), sparse.csr_array(np.eye(2)), pd.DataFrame(np.eye(2))):
        assert open_table(X).decimal_types([1, 0]) == [None, None]


def test_decimal_columns__are_numeric_or_categorical_columns_of_smotenc():
    text = np.array(list("abc"))[np.arange(60) % 3]
    floats = pd.DataFrame({"p": list(map(float, PRICES)), "x": OTHER, "c": text})
    plain = SMOTENC(["c"], random_state=0).fit_resample(floats, Y)[0]["p"]
    expected = [Decimal(value).quantize(Decimal("0.01")) for value in plain]
    for kind in (CENTS, pa.decimal32(9, 2), pa.decimal256(40, 2)):
        for X in containers(kind, c=text):
            assert (
                prices_of(SMOTENC(["c"], random_state=0).fit_resample(X, Y)[0])[0] == expected
            )
            out = SMOTENC("not numeric", random_state=0).fit_resample(X, Y)[0]
            assert prices_of(out)[0] == expected
            both = X[["p", "x"]] if hasattr(X, "dtypes") else X.select(["p", "x"])
            out = SMOTENC(["p"], random_state=0).fit_resample(both, Y)[0]
            assert set(prices_of(out)[0]) <= set(PRICES)


def test_decimal_columns__read_nulls_as_missing_values():
    table = pa.table({"p": pa.array([None, *PRICES[1:]], CENTS), "x": OTHER})
    for X in (table, table.to_pandas(types_mapper=pd.ArrowDtype), pl.from_arrow(table)):
        assert np.isnan(open_table(X).to_matrix()[0, 0])
        with pytest.raises(ValueError, match="column 'p' has 1 missing value"):
            SMOTE().fit_resample(X, Y)


def labels(kind, values):
    column = pa.array(list(map(Decimal, values)), kind)
    yield column
    yield pa.chunked_array([column[:3], column[3:]])
    yield pa.table({"y": column})
    yield pd.Series(column, dtype=pd.ArrowDtype(kind))
    yield pl.from_arrow(column)


@pytest.mark.parametrize("kind", [pa.decimal32(3, 2), pa.decimal64(12, 0), pa.decimal128(9, 3)])
def test_decimal_targets__are_integers_and_stay_decimals(kind):
    for y in labels(kind, Y.tolist()):
        target = open_target(y)
        assert target.values.dtype == np.int64
        assert target.values.tolist() == Y.tolist()
        for strategy in ({1: 30}, {1.0: 30}, {Decimal(1): 30}):
            sampler = SMOTE(sampling_strategy=strategy, random_state=0)
            _, out = sampler.fit_resample(np.c_[OTHER, OTHER], y)
            assert type(out) is type(y)
            assert len(out) == 70
            assert sampler.sampling_strategy_ == {1: 10}


def test_decimal_targets__with_fractions_are_continuous():
    for y in labels(pa.decimal128(9, 3), ["0.5", "1.25", "2", "0.5"]):
        with pytest.raises(ValueError, match="Unknown label type: continuous"):
            open_target(y)


def test_decimal_targets__beyond_64_bits_are_refused_with_the_next_step():
    for y in labels(pa.decimal128(38, 0), [10**20, 10**20 + 1, 10**20, 5]):
        with pytest.raises(
            ValueError, match=r"beyond 64-bit integers\. Convert the labels to text"
        ):
            open_target(y)
