"""IRLbl, MeanIR and CVIR; indicator matrices in any container."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from smotefast.multilabel import MLROS, label_imbalance
from tests.helpers import reference_multilabel as reference

Y = np.array([[1, 0, 1, 0]] * 6 + [[1, 1, 0, 0]] * 3 + [[0, 0, 1, 0]])


@given(
    y=hnp.arrays(
        np.int8, st.tuples(st.integers(1, 9), st.integers(1, 5)), elements=st.integers(0, 1)
    )
)
def test_measures__are_those_of_the_paper(y):
    if not y.any():
        with pytest.raises(ValueError, match="no row has a label"):
            label_imbalance(y)
        return
    found = label_imbalance(y)
    np.testing.assert_allclose(found.irlbl, reference.irlbl(y.tolist()))
    assert found.mean_ir == pytest.approx(reference.mean_ir(y.tolist()))
    if np.isfinite(found.irlbl).sum() > 1:
        assert found.cvir == pytest.approx(reference.cvir(y.tolist()))
    else:
        assert found.cvir == 0


def test_labels__are_minority_or_majority_by_the_mean_and_absent_ones_neither():
    found = label_imbalance(Y)
    assert found.irlbl.tolist() == [1, 3, pytest.approx(9 / 7), np.inf]
    assert found.minority().tolist() == [1]
    assert found.majority().tolist() == [0, 2]


@pytest.mark.parametrize(
    "convert",
    [
        np.ndarray.tolist,
        lambda y: y.astype(bool),
        lambda y: y.astype(np.float32),
        sparse.csr_matrix,
        sparse.csc_array,
        lambda y: pd.DataFrame(y, columns=list("abcd")),
        lambda y: pl.DataFrame(y, schema=list("abcd")),
        lambda y: pa.table({name: y[:, j] for j, name in enumerate("abcd")}),
    ],
)
def test_containers__come_back_with_the_same_labels(convert):
    X = np.arange(20).reshape(10, 2)
    given = convert(Y)
    assert label_imbalance(given).irlbl.tolist() == label_imbalance(Y).irlbl.tolist()
    expected = MLROS(percentage=20, random_state=0).fit_resample(X, Y)[1]
    found = MLROS(percentage=20, random_state=0).fit_resample(X, given)[1]
    assert type(found) is type(given)
    if hasattr(given, "dtype"):
        assert found.dtype == given.dtype
    values = found.toarray() if sparse.issparse(found) else np.asarray(found)
    np.testing.assert_array_equal(values, expected)


def test_labels_of_half_precision__are_read():
    expected = label_imbalance(Y)
    np.testing.assert_array_equal(label_imbalance(Y.astype("f2")).irlbl, expected.irlbl)


def test_zeros_that_are_stored__are_no_labels_and_stay():
    y = sparse.csr_array((np.array([1, 0, 1, 1]), ([0, 1, 2, 2], [0, 1, 0, 1])), shape=(3, 2))
    assert label_imbalance(y).irlbl.tolist() == [1, 2]
    assert y.nnz == 4


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1, 1], "one dimension.*MultiLabelBinarizer"),
        (pd.Series([0, 1]), "one dimension"),
        ([[0, 2], [1, 0]], "other values than 0 and 1"),
        ([[0, np.nan], [1, 0]], "other values than 0 and 1"),
        ([["a", "b"], ["c", "d"]], "matrix of 0 and 1"),
        ([[1, 2], [3]], "one dimension.*MultiLabelBinarizer"),
        ([{1, 2}, {3}], "one dimension.*MultiLabelBinarizer"),
        (pd.DataFrame({"a": ["0", "1"]}), "matrix of 0 and 1.*column 'a' holds text.*astype"),
        (np.ma.masked_equal([[0, 1], [1, 0]], 1), "y is a masked array"),
        ([[0, 0], [0, 0]], "no row has a label"),
        (None, "target y is None"),
    ],
)
def test_targets_of_other_kinds__are_refused_with_advice(y, message):
    with pytest.raises(ValueError, match=message):
        label_imbalance(y)
