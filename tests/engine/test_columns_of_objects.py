"""Columns of Python objects: one type afterwards, and missing values named by column."""

from __future__ import annotations

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from tests.helpers.all_samplers import COPIERS, LOOKERS, MAKERS, name_of_sampler

pd = pytest.importorskip("pandas")

RANDOM = np.random.RandomState(0)
N = 60
Y = np.repeat([0, 1], [40, 20])
QUARTERS = RANDOM.randint(0, 400, N) / 4
OTHER = RANDOM.randn(N)
CATEGORY = RANDOM.randint(0, 3, N)

KINDS = {
    "Decimal": lambda i, v: Decimal(str(v)),
    "Fraction": lambda i, v: Fraction(v),
    "0-d array": lambda i, v: np.array(v),
    "int": lambda i, v: int(v),
    "float": lambda i, v: float(v),
    "numpy scalars": lambda i, v: (np.float32, np.int64, np.float64, np.uint8)[i % 4](v),
    "mixed": lambda i, v: (int, float, Decimal, Fraction, np.float16)[i % 5](v),
    "bool among numbers": lambda i, v: v > 50 if i % 2 else float(v),
}
# All samplers with two types of objects, and all types with two samplers.
EACH = [
    *((sampler, kind) for sampler in MAKERS for kind in ("Decimal", "mixed")),
    *((sampler, kind) for sampler in (MAKERS[0], MAKERS[6]) for kind in KINDS),
]


def name_of(value):
    return value if isinstance(value, str) else name_of_sampler(value)


def column_of(kind):
    column = np.empty(N, dtype=object)
    for i, value in enumerate(QUARTERS):
        column[i] = KINDS[kind](i, value)
    return column


def array_of(column):
    X = np.empty((N, 3), dtype=object)
    X[:, 0], X[:, 1], X[:, 2] = column, OTHER, CATEGORY
    return X


def frame_of(column):
    frame = pd.DataFrame({"p": column, "x": OTHER, "c": CATEGORY})
    assert frame["p"].dtype == object
    return frame


def rows_of(column):
    pairs = zip(column, OTHER.tolist(), CATEGORY.tolist(), strict=True)
    return [list(row) for row in pairs]


def resampled(sampler, X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # KMeansSMOTE rounds up
        return sampler.fit_resample(X, Y)[0]


@pytest.mark.parametrize(("sampler", "kind"), EACH, ids=name_of)
def test_objects_that_are_numbers__come_back_as_floats_in_every_row(sampler, kind, tmp_path):
    column = column_of(kind)
    plain = resampled(sampler, frame_of(column).astype({"p": float}))
    out = resampled(sampler, frame_of(column))
    assert out["p"].dtype == object
    assert set(map(type, out["p"])) == {float}
    assert out["p"].tolist() == plain["p"].tolist()
    assert out["p"].sum() == pytest.approx(plain["p"].sum())
    out.to_parquet(tmp_path / "out.parquet")
    assert pd.read_parquet(tmp_path / "out.parquet")["p"].dtype == "float64"


@pytest.mark.parametrize(("sampler", "kind"), EACH, ids=name_of)
def test_object_arrays_and_lists__hold_floats_in_every_row(sampler, kind):
    column = column_of(kind)
    expected = resampled(sampler, array_of(column.astype(float)))[:, 0].tolist()
    out = resampled(sampler, array_of(column))
    assert set(map(type, out[:, 0].tolist())) == {float}
    assert out[:, 0].tolist() == expected
    listed = resampled(sampler, rows_of(column))
    assert {type(row[0]) for row in listed} == {float}
    assert [row[0] for row in listed] == expected


@pytest.mark.parametrize(
    # The synthesizer of GenerativeOverSampler returns numbers, which no boolean is.
    "sampler",
    [one for one in MAKERS if name_of_sampler(one) != "GenerativeOverSampler"],
    ids=name_of_sampler,
)
def test_objects_that_are_booleans__come_back_as_a_column_of_bool_does(sampler):
    column = (QUARTERS > 50).astype(object)
    column[::2] = [np.bool_(value) for value in column[::2]]
    out = resampled(sampler, frame_of(column))
    plain = resampled(sampler, frame_of(column).astype({"p": bool}))
    assert set(map(type, out["p"])) == {bool}
    assert out["p"].tolist() == plain["p"].tolist()


@pytest.mark.parametrize("sampler", [*LOOKERS, *COPIERS], ids=name_of_sampler)
def test_samplers_that_copy_rows__keep_objects_as_they_are(sampler):
    column = column_of("Decimal")
    assert set(map(type, resampled(sampler, frame_of(column))["p"])) == {Decimal}
    assert {type(row[0]) for row in resampled(sampler, rows_of(column))} == {Decimal}
    assert set(map(type, resampled(sampler, array_of(column))[:, 0])) == {Decimal}


@pytest.mark.parametrize(
    "value",
    [
        "1.5",
        b"1",
        1j,
        np.complex128(1),
        np.datetime64("2020-01-01"),
        np.timedelta64(1, "s"),
        pd.Timestamp("2020"),
        [1.0],
        np.array([1.0]),
        10**400,
    ],
    ids=repr,
)
@pytest.mark.parametrize("sampler", [MAKERS[0], MAKERS[6]], ids=name_of_sampler)
def test_objects_that_are_no_numbers__are_refused_by_column(sampler, value):
    column = column_of("Decimal")
    column[3] = value
    with pytest.raises(ValueError, match="Column 'p' of X"):
        resampled(sampler, frame_of(column))
    for X in (array_of(column), rows_of(column) if not np.ndim(value) else array_of(column)):
        with pytest.raises((ValueError, TypeError), match="olumn 0 of X"):
            resampled(sampler, X)


MISSING = [None, np.nan, pd.NA, pd.NaT, Decimal("NaN"), Decimal("sNaN"), np.datetime64("NaT")]


@pytest.mark.parametrize(
    ("sampler", "value"),
    [
        *((sampler, pd.NA) for sampler in [*MAKERS, *LOOKERS]),
        *((sampler, value) for sampler in (MAKERS[0], MAKERS[6]) for value in MISSING),
    ],
    ids=lambda one: name_of_sampler(one) if hasattr(one, "fit") else repr(one),
)
def test_missing_objects__are_refused_in_the_same_words_in_frames_arrays_and_lists(
    sampler, value
):
    column = column_of("Decimal")
    column[[3, 50]] = value
    messages = []
    for X in (frame_of(column), array_of(column), rows_of(column)):
        with pytest.raises(
            ValueError, match=r"Input X contains NaN: column .* has 2 missing"
        ) as e:
            resampled(sampler, X)
        messages.append(str(e.value).replace("column 'p'", "column 0"))
    assert messages[0] == messages[1] == messages[2]
    assert "SimpleImputer" in messages[0]


@pytest.mark.parametrize("value", [None, pd.NA, pd.NaT, Decimal("NaN")], ids=repr)
@pytest.mark.parametrize("sampler", COPIERS, ids=name_of_sampler)
def test_missing_objects__are_taken_by_samplers_that_do_not_compute(sampler, value):
    column = column_of("float")
    column[[3, 50]] = value
    for X in (frame_of(column), array_of(column), rows_of(column)):
        assert len(resampled(sampler, X)) in (40, 80)


def test_missing_values__are_named_by_their_column_in_x_beside_categories():
    X = np.column_stack([CATEGORY, CATEGORY, OTHER, OTHER]).astype(float)
    X[4, 3] = np.nan
    for given in (X, X.astype(object), X.tolist()):
        with pytest.raises(ValueError, match="column 3 has 1 missing value, and SMOTENC"):
            resampled(MAKERS[6].set_params(categorical_features=[0, 1]), given)
    MAKERS[6].set_params(categorical_features=[2])
    text = array_of(column_of("float"))
    text[2, 1] = "n/a"
    with pytest.raises(ValueError, match="column 1 of X holds the text 'n/a'"):
        resampled(MAKERS[6], text)


def test_missing_and_infinite_values__are_counted_in_every_container():
    from scipy import sparse

    X = np.column_stack([QUARTERS, OTHER, OTHER])
    X[5:8, 1], X[0, 2] = np.nan, np.nan
    names = ["a", "b", "c"]
    words = r"contains NaN: column {} has 3 missing values \(another column has some too\)"
    for given, label in (
        (X, "1"),
        (sparse.csr_array(X), "1"),
        (sparse.csc_array(X), "1"),
        (pd.DataFrame(X), "1"),
        (pd.DataFrame(X, columns=[30, 20, 10]), "20"),
        (pd.DataFrame(X, columns=names), "'b'"),
        (pd.DataFrame(X, columns=names).astype("Float64"), "'b'"),
        (pa.table(dict(zip(names, X.T, strict=True))), "'b'"),
    ):
        with pytest.raises(ValueError, match=words.format(label)):
            resampled(MAKERS[0], given)
    with pytest.raises(
        ValueError, match=r"infinity or a value too large for .*: column 0 has 1"
    ):
        resampled(MAKERS[0], np.where(np.arange(N)[:, None] == 3, np.inf, np.c_[OTHER]))
