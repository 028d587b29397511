"""append_mixed: new rows of computed numbers and copied values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import sparse

from smotefast.tables import open_table
from smotefast.tables.categories import MixedRows
from smotefast.tables.column_types import is_missing

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
nw = pytest.importorskip("narwhals")


def items(container):
    """Return the rows of any container as lists of Python items."""
    if isinstance(container, nw.DataFrame):
        container = container.to_native()
    if sparse.issparse(container):
        return container.toarray().tolist()
    if isinstance(container, pd.DataFrame):
        rows = zip(
            *(container.iloc[:, j].tolist() for j in range(container.shape[1])), strict=True
        )
        return [[None if is_missing(v) else v for v in row] for row in rows]
    if isinstance(container, pl.DataFrame):
        return [list(row) for row in container.rows()]
    if isinstance(container, pa.Table | pa.RecordBatch):
        return [
            list(row) for row in zip(*(c.to_pylist() for c in container.columns), strict=True)
        ]
    return [list(row) for row in container]


def containers():
    """Yield tables with text, numbers and booleans in columns 0, 1 and 2."""
    columns = {"t": ["b", None, "a"], "n": [1, 2, 3], "b": [True, False, True]}
    arrow = pa.table(columns)
    yield [list(row) for row in zip(*columns.values(), strict=True)]
    yield np.array(list(zip(*columns.values(), strict=True)), dtype=object)
    yield arrow
    yield arrow.to_batches()[0]
    yield pa.concat_tables([arrow[:2], arrow[2:]])
    yield pa.table({"t": arrow["t"].dictionary_encode(), "n": arrow["n"].cast(pa.int8()),
                    "b": pc.run_end_encode(arrow["b"].combine_chunks())})  # fmt: skip
    yield pa.table({**columns, "t": arrow["t"].cast(pa.string_view())})
    yield pl.DataFrame(columns)
    yield pl.DataFrame(columns, schema_overrides={"t": pl.Enum(["a", "b", "q"]), "n": pl.Int8})
    yield pl.DataFrame(columns, schema_overrides={"t": pl.Categorical})
    yield nw.from_native(pl.DataFrame(columns))
    yield pd.DataFrame(columns)
    yield pd.DataFrame(columns, index=[7, 7, 1]).astype({"t": "category", "b": "boolean"})
    yield pd.DataFrame(columns).astype(
        {"t": pd.ArrowDtype(pa.string()), "n": "Int8", "b": "bool[pyarrow]"}
    )
    yield pd.DataFrame({**columns, "n": pd.arrays.SparseArray([1, 2, 3])})


@pytest.mark.parametrize("place", range(15))
@pytest.mark.parametrize("picked", [[2, 0, 0, 1], []])
def test_append_mixed__keeps_original_rows_dtypes_and_order(place, picked):
    X = list(containers())[place]
    rows = np.array(picked, dtype=int)
    numbers = np.arange(len(rows))[:, None] + 1.75
    new = MixedRows(numbers, [1], {0: rows, 2: rows[::-1]})
    out = open_table(X).append_mixed(new)
    assert type(out) is type(X)
    before, after = items(X), items(out)
    assert after[:3] == before
    objects = isinstance(X, list | np.ndarray)
    for i, row in enumerate(after[3:]):
        number = i + 1.75 if objects else i + 1
        assert row == [before[rows[i]][0], number, before[rows[::-1][i]][2]]
    if hasattr(X, "schema"):
        assert out.schema == X.schema
    elif isinstance(X, pd.DataFrame):
        assert list(out.dtypes) == list(X.dtypes)
        assert isinstance(out.index, pd.RangeIndex)


@pytest.mark.parametrize("place", range(15))
def test_select__returns_a_table_of_the_same_type(place):
    X = list(containers())[place]
    part = open_table(X).select([1])
    assert (part.n_samples, part.n_features) == (3, 1)
    numbers = part.to_matrix()
    dense = numbers.toarray() if part.is_sparse else numbers
    np.testing.assert_array_equal(dense, [[1], [2], [3]])
    both = open_table(X).select([2, 0])
    assert both.column_types()[0] in ("boolean", "other")  # run-end encoded columns are "other"
    assert both.encode(1).categories == ["a", "b", None]


@pytest.mark.parametrize("dtype", ["f4", ">f8", "i2", ">i4", "u8", "f2", "?"])
def test_append_mixed__keeps_dtype_and_byte_order_of_an_array(dtype):
    X = np.array([[1, 0], [0, 1], [1, 1]]).astype(dtype)
    new = MixedRows(np.array([[0.75], [0.25]]), [0], {1: np.array([0, 2])})
    for order in "CF":
        out = open_table(np.asarray(X, order=order)).append_mixed(new)
        assert out.dtype == X.dtype
        np.testing.assert_array_equal(out[:3], X)
        assert out[3:, 1].tolist() == X[[0, 2], 1].tolist()
        kind = np.dtype(dtype).kind
        assert out[3:, 0].tolist() == {"f": [0.75, 0.25], "b": [True, False]}.get(kind, [0, 0])


@pytest.mark.parametrize("flavour", ["csr_array", "csc_array", "csr_matrix", "csc_matrix"])
def test_append_mixed__stores_no_zeros_in_a_sparse_matrix(flavour):
    X = getattr(sparse, flavour)(np.array([[1.0, 0, 5], [0, 2, 5], [3, 0, 0]], np.float32))
    new = MixedRows(np.array([[0.5, 0.0], [0.0, 7.0]]), [2, 0], {1: np.array([0, 1])})
    out = open_table(X).append_mixed(new)
    assert type(out) is type(X)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out.toarray()[3:], [[0, 0, 0.5], [7, 2, 0]])
    assert out.nnz == X.nnz + 3


def test_append_mixed__keeps_a_sparse_frame_sparse():
    frame = pd.DataFrame(np.array([[1.0, 0], [0, 2], [3, 0]])).astype(pd.SparseDtype(float, 0))
    new = MixedRows(np.array([[0.5], [0.0]]), [1], {0: np.array([2, 1])})
    out = open_table(frame).append_mixed(new)
    assert list(out.dtypes) == list(frame.dtypes)
    assert out.to_numpy().tolist()[3:] == [[3.0, 0.5], [0.0, 0.0]]


def test_append_mixed__shares_the_memory_of_an_arrow_table():
    X = pa.table({"t": ["b", "a"], "n": [1.0, 2.0]})
    out = open_table(X).append_mixed(MixedRows(np.ones((1, 1)), [1], {0: np.array([1])}))
    assert out["n"].chunk(0).buffers()[1].address == X["n"].chunk(0).buffers()[1].address
    assert out["t"].to_pylist() == ["b", "a", "a"]
