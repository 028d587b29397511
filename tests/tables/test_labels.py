"""Targets: the container type of y is kept, and invalid targets are refused."""

from __future__ import annotations

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from smotefast.tables import open_target

PLAIN = np.r_[np.zeros(9, dtype=int), np.ones(4, dtype=int), np.full(6, 2)]
TEXT = np.array(["alpha", "b", "c"])[PLAIN]
TAKEN = np.r_[np.arange(19), [9, 10, 9]]
UNITS = ["D", "s", "us", "ns"]


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint16", "float32", "float64", "str", "O"])
def test_array__keeps_its_dtype(dtype):
    y = TEXT.astype(dtype) if dtype in ("str", "O") else PLAIN.astype(dtype)
    target = open_target(y)
    assert np.array_equal(target.values, y)
    extended = target.extend(np.repeat(y[9], 3))
    assert extended.dtype == y.dtype
    assert np.array_equal(extended, np.r_[y, np.repeat(y[9], 3)])
    assert np.array_equal(target.take(TAKEN), y[TAKEN])


@pytest.mark.parametrize("dtype", ["bool", *(f"M8[{u}]" for u in UNITS), "m8[ns]", "m8[D]"])
def test_boolean_and_date_labels__keep_their_dtype(dtype):
    y = PLAIN.astype(dtype)
    target = open_target(y)
    extended = target.extend(y[[9, 9, 0]])
    assert extended.dtype == y.dtype
    assert np.array_equal(extended, np.r_[y, y[[9, 9, 0]]])


def test_variable_width_strings__are_unchanged():
    y = TEXT.astype(np.dtypes.StringDType())
    for given in (y, y[:, None]):
        target = open_target(given)
        assert np.array_equal(target.values, TEXT)
        for out in (target.extend(target.values[[9]]), target.take(np.r_[:19, 9])):
            assert out.dtype == y.dtype
            assert np.array_equal(out, np.r_[y, y[[9]]])
    missing = np.array(["a", None, "b"], dtype=np.dtypes.StringDType(na_object=None))
    with pytest.raises(ValueError, match="1 labels are missing"):
        open_target(missing)


def test_list__is_returned_as_a_list_of_its_items():
    y = TEXT.tolist()
    target = open_target(y)
    assert target.take(np.array([0, 9])) == ["alpha", "b"]
    extended = target.extend(np.array(["b", "b"]))
    assert extended == [*y, "b", "b"]
    assert all(type(label) is str for label in extended)


def test_column__is_returned_one_dimensional():
    target = open_target(PLAIN[:, None])
    assert target.values.shape == (19,)
    assert target.extend(PLAIN[:2]).shape == (21,)
    assert target.take(TAKEN).shape == (22,)


def test_tuple__is_returned_as_an_array():
    assert np.array_equal(open_target(tuple(PLAIN.tolist())).take(TAKEN), PLAIN[TAKEN])


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_one_hot__is_returned_with_all_its_columns(n_classes):
    labels = np.minimum(PLAIN, n_classes - 1)
    y = np.eye(n_classes, dtype=np.int8)[labels]
    target = open_target(y)
    assert np.array_equal(target.values, labels)
    extended = target.extend(np.array([1, 1, 0]))
    assert extended.dtype == y.dtype
    assert np.array_equal(extended, np.eye(n_classes)[np.r_[labels, 1, 1, 0]])


def test_one_hot_list__is_returned_as_lists():
    y = np.eye(3, dtype=int)[PLAIN].tolist()
    assert open_target(y).extend(np.array([2])) == [*y, [0, 0, 1]]


def test_row_without_a_class__is_refused():
    y = np.eye(3, dtype=int)[PLAIN]
    y[4] = 0
    with pytest.raises(ValueError, match="exactly one 1 in each row"):
        open_target(y)


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (PLAIN + 0.5, "Unknown label type: continuous"),
        (PLAIN.astype(object), "Unknown label type: unknown"),
        (np.array([1, "a"] * 5, dtype=object), "Unknown label type"),
        (np.array(["a", 1] * 5, dtype=object), "cannot be sorted"),
        (np.c_[PLAIN > 0, PLAIN > 1].astype(int), "Multilabel and multioutput"),
        (np.c_[PLAIN, PLAIN + 2], "y should be a 1d array"),
        (np.where(PLAIN == 1, np.nan, PLAIN), "Input y contains NaN"),
        (np.where(PLAIN == 1, np.inf, PLAIN), "Input y contains infinity"),
        (np.array(["a", None, "b"], dtype=object), "1 labels are missing"),
        (np.array(["a", np.nan, "b"], dtype=object), "Input y contains NaN"),
        (["a", None, "b"], "Input y contains NaN"),
        ([0.0, float("nan"), 1.0], "Input y contains NaN"),
        (np.array(["2020", "NaT"], dtype="M8[D]"), "Input y contains NaN"),
        (PLAIN + 1j, "Complex data not supported"),
        (sparse.csr_array(np.eye(3)), "y.toarray"),
        ("text", "Expected array-like"),
        (None, "Expected array-like"),
        (np.ma.masked_equal(PLAIN, 1), "y is a masked array"),
        (3, "Expected array-like"),
        (pa.array([1, None, 2]), "1 labels are missing"),
        (pa.schema([]), "pass a column"),
    ],
)
def test_values_that_are_not_a_target__are_refused(y, words):
    with pytest.raises(ValueError, match=words):
        open_target(y)


def as_objects(values):
    out = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        out[i] = value
    return out


@pytest.mark.parametrize(
    ("y", "kinds", "to"),
    [
        (as_objects([0, 1, 2] * 3), "int", "int"),
        (as_objects([0.0, 1.0] * 3), "float", "int"),
        (as_objects([0.0, 1, np.int8(2)] * 3), "float and int and int8", "int"),
        (as_objects([True, np.bool_(False)] * 3), "bool", "bool"),
        (as_objects([Decimal(1), Decimal("2.0")] * 3), "Decimal", "int"),
        (as_objects([Fraction(1), Fraction(2)] * 3), "Fraction", "int"),
        (as_objects([np.array(1), np.array(2)] * 3), "ndarray", "int"),
        (as_objects([0.5, 1.5] * 3), "float", "str"),
        (as_objects([1, "a"] * 3), "int and str", "str"),
        (as_objects([10**30, 1] * 3), "int", "str"),
    ],
    ids=lambda one: str(one)[:20],
)
def test_labels_of_python_objects__are_refused_with_their_types_and_the_next_step(y, kinds, to):
    pd = pytest.importorskip("pandas")
    for given in (y, pd.Series(y, dtype=object)):
        with pytest.raises(ValueError, match="y has dtype object") as caught:
            open_target(given)
        assert f"values of type {kinds}, as" in str(caught.value)
        assert str(caught.value).endswith(f"y.astype({to}).")
    converted = y.astype(to)  # the suggested step works
    assert open_target(converted).values.tolist() == converted.tolist()


def test_labels_of_python_objects__in_a_list_are_refused_with_the_next_step():
    with pytest.raises(ValueError, match=r"first: \[int\(label\) for label in y\]"):
        open_target([Decimal(0), Decimal(1)] * 3)


@pytest.mark.parametrize("hole", [None, np.nan, Decimal("NaN")])
def test_missing_labels_among_python_objects__are_refused_with_both_steps(hole):
    pd = pytest.importorskip("pandas")
    y = as_objects([0, 1, hole, 1])
    for given in (y, pd.Series(y, dtype=object)):
        with pytest.raises(ValueError, match=r"1 labels are missing.*object: y\.astype\(int\)"):
            open_target(given)
    with pytest.raises(ValueError, match=r"assign them to a class\.$"):
        open_target(as_objects(["a", hole, "b"]))


def test_bytes__are_refused_with_the_error_of_scikit_learn():
    # Before scikit-learn 1.7 it is a warning, which is an error here.
    with pytest.raises((TypeError, FutureWarning), match="bytes"):
        open_target(np.where(PLAIN, b"a", b"b"))


def test_label_that_does_not_occur__is_refused():
    with pytest.raises(ValueError, match="Label 7 does not occur"):
        open_target(PLAIN).extend(np.array([7]))


def test_no_new_labels__give_the_same_container():
    assert np.array_equal(open_target(PLAIN).extend(PLAIN[:0]), PLAIN)


@pytest.mark.parametrize(
    "y",
    [
        PLAIN,
        PLAIN.tolist(),
        TEXT,
        TEXT.astype(object),
        PLAIN[:, None],
        PLAIN.astype("float32"),
        np.eye(3)[PLAIN],
        PLAIN > 0,
    ],
)
def test_targets__equal_those_of_imbalanced_learn(y):
    over = pytest.importorskip("imblearn.over_sampling")
    sampler = over.RandomOverSampler(random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = sampler.fit_resample(np.zeros((19, 1)), y)[1]
    target = open_target(y)
    taken = target.take(sampler.sample_indices_)
    extended = target.extend(target.values[sampler.sample_indices_[19:]])
    for mine in (taken, extended):
        assert type(mine) is type(expected)
        assert np.array_equal(mine, expected)
