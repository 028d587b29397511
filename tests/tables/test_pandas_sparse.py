"""pandas frames of sparse columns: computed as CSR, dtypes kept."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from smotefast.tables import open_table

pd = pytest.importorskip("pandas")

N = 24
TARGET = np.r_[np.zeros(16, dtype=int), np.ones(8, dtype=int)]
RANDOM = np.random.RandomState(0).randint(0, 50, (N, 4))


def zero_filled():
    return pd.DataFrame(
        {
            "a": pd.arrays.SparseArray(RANDOM[:, 0] % 3, fill_value=0),
            "b": pd.arrays.SparseArray((RANDOM[:, 1] % 2).astype("float32"), fill_value=0),
            "c": pd.arrays.SparseArray(RANDOM[:, 2] > 40, fill_value=False),
        }
    )


def test_sparse_frame__is_computed_as_csr_and_stays_sparse():
    X = zero_filled()
    table = open_table(X)
    numbers = table.to_matrix()
    assert table.is_sparse
    assert sparse.issparse(numbers)
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers.toarray(), X.astype("float64"))
    block = sparse.csr_array(np.array([[1.9, 0.25, 0.4], [0, 0, 0.6]]))
    out = table.append_sparse(block)
    assert list(out.dtypes) == list(X.dtypes)
    pd.testing.assert_frame_equal(out[:N], X)
    assert out[N:].to_numpy().tolist() == [[1, 0.25, False], [0, 0, True]]
    pd.testing.assert_frame_equal(table.append_sparse(None), X)
    # Before pandas 3, iloc makes the column of float32 one of float64.
    twice = X.iloc[[3, 3]].reset_index(drop=True).astype(X.dtypes)
    pd.testing.assert_frame_equal(table.take(np.array([3, 3])), twice)
    with pytest.raises(TypeError, match="append_sparse"):
        table.extend(1, lambda tail: None)


def test_booleans__are_computed_in_float64_and_true_from_one_half():
    X = zero_filled()[["c"]].assign(d=zero_filled()["c"])
    table = open_table(X)
    numbers = table.to_matrix()
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers.toarray(), X.to_numpy())
    out = table.append_sparse(sparse.csr_array([[0.5, 0.49]]))
    assert list(out.dtypes) == list(X.dtypes)
    assert out[N:].to_numpy().tolist() == [[True, False]]


def test_new_values__are_clipped_to_the_range_of_their_column():
    kinds = {"a": np.uint8, "b": np.int8, "c": np.int64}
    X = pd.DataFrame(
        {name: pd.arrays.SparseArray(RANDOM[:, 0], dtype=kind) for name, kind in kinds.items()}
    )
    out = open_table(X).append_sparse(sparse.csr_array([[-3.5, 300.0, 2.0**70], [7.9, 0, 0]]))
    assert list(out.dtypes) == list(X.dtypes)
    new = out[N:].to_numpy().tolist()
    assert new[0][:2] == [0, 127]
    assert new[0][2] > 2**63 - 2**11
    assert new[1] == [7, 0, 0]


def test_sparse_frame__equals_imbalanced_learn():
    over = pytest.importorskip("imblearn.over_sampling")
    X = pd.DataFrame.sparse.from_spmatrix(sparse.csr_array(RANDOM * (RANDOM > 20.0)))
    expected, _ = over.SMOTE(random_state=0).fit_resample(X, TARGET)
    table = open_table(X)
    made, _ = over.SMOTE(random_state=0).fit_resample(table.to_matrix(), TARGET)
    pd.testing.assert_frame_equal(table.append_sparse(made[N:]), expected)


def test_sparse_frame_with_fill_value_nan__is_dense():
    X = pd.DataFrame({"a": pd.arrays.SparseArray([1.0, np.nan, 2.0])})
    table = open_table(X)
    assert not table.is_sparse
    assert np.array_equal(table.to_matrix()[:, 0], [1, np.nan, 2], equal_nan=True)
    assert list(table.extend(1, lambda tail: tail.fill(1)).dtypes) == list(X.dtypes)


@pytest.mark.parametrize("kind", ["integer", "block"])
@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.filterwarnings("ignore:The 'sparse_index' parameter")
def test_sparse_columns__keep_values_dtypes_and_kinds_with_every_pandas_version(
    kind, is_old, monkeypatch
):
    array = pd.arrays.SparseArray
    if is_old and hasattr(array, "from_indices"):
        monkeypatch.delattr(array, "from_indices")
    wide = np.where(RANDOM[:, 0] > 20, 2**62 + RANDOM[:, 0].astype(np.int64), 0)
    X = pd.DataFrame(
        {
            "a": array(wide, fill_value=0, kind=kind),
            "b": array(RANDOM[:, 1] / 7, fill_value=0, kind=kind),
            "c": array(RANDOM[:, 2] > 20, fill_value=False, kind=kind),
            "d": array(np.zeros(N, dtype="int8"), fill_value=0, kind=kind),
        }
    )
    rows = np.random.default_rng(0).integers(0, N, 50)
    taken = open_table(X).take(rows)
    pd.testing.assert_frame_equal(taken, X.take(rows).reset_index(drop=True))
    block = sparse.csr_array(np.array([[0, 1.5, 0, 300.0], [7, 0, 1, 0]]))
    made = open_table(X).append_sparse(block)
    assert list(made.dtypes) == list(X.dtypes)
    pd.testing.assert_frame_equal(made[:N], X)
    assert made[N:].to_numpy().tolist() == [[0, 1.5, False, 127], [7, 0, True, 0]]
    assert {made[name].array.kind for name in made} == {kind}
