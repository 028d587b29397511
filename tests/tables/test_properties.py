"""Properties of every container and dtype: original rows are kept, new rows are as computed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from smotefast.tables import open_table, open_target
from tests.helpers.hypothesis_examples import examples

DTYPES = ["int8", "uint8", "int32", "int64", "float32", "float64", "bool"]


def values_of(kind):
    if kind == "int64":  # larger integers are not exact in a frame with a float column
        return st.integers(-(2**53), 2**53)
    finite = {"allow_nan": False, "allow_infinity": False} if "float" in kind else {}
    return hnp.from_dtype(np.dtype(kind), **finite)


@st.composite
def columns(draw):
    n = draw(st.integers(1, 20))
    kinds = draw(st.lists(st.sampled_from(DTYPES), min_size=1, max_size=20))
    return [draw(hnp.arrays(kind, n, elements=values_of(kind))) for kind in kinds]


def rows_of(container):
    if isinstance(container, pa.Table | pa.RecordBatch):
        return [column.to_numpy(zero_copy_only=False) for column in arrow_columns(container)]
    return [container[name].to_numpy() for name in container.columns]


def arrow_columns(container):
    parts = container.columns
    return [pa.concat_arrays(c.chunks) if isinstance(c, pa.ChunkedArray) else c for c in parts]


def containers(values):
    named = {f"c{j}": one for j, one in enumerate(values)}
    table = pa.table(named)
    yield table
    yield pa.concat_tables([table[:1], table[1:]])
    yield table.to_batches()[0]
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    yield pandas.DataFrame(named)
    yield polars.DataFrame(named)


@examples(60)
@given(columns(), st.data())
def test_frames__repeat_rows_through_the_matrix(values, data):
    n = len(values[0])
    rows = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=10)), dtype=int)
    seen = None
    for container in containers(values):
        table = open_table(container)
        numbers = table.to_matrix()
        assert seen is None or (seen.dtype == numbers.dtype and np.array_equal(seen, numbers))
        seen = numbers
        out = table.extend(len(rows), lambda tail, block=numbers[rows]: np.copyto(tail, block))
        taken = table.take(np.r_[np.arange(n), rows].astype(int))
        for result in (out, taken):
            assert type(result) is type(container)
            for before, after in zip(values, rows_of(result), strict=True):
                assert after.dtype == before.dtype
                assert np.array_equal(after, np.r_[before, before[rows]])


@given(
    hnp.arrays(
        st.sampled_from([np.dtype(one) for one in DTYPES]),
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
        elements={"allow_nan": False},
    ),
    st.data(),
)
def test_arrays__repeat_rows(X, data):
    rows = np.array(data.draw(st.lists(st.integers(0, len(X) - 1), max_size=9)), dtype=int)
    expected = np.vstack([X, X[rows]])
    for given_X in (X, np.asfortranarray(X), X.tolist()):
        table = open_table(given_X)
        out = table.extend(len(rows), lambda tail: np.copyto(tail, X[rows]))
        assert type(out) is type(given_X)
        assert np.array_equal(out, expected)
        assert np.array_equal(table.take(np.r_[np.arange(len(X)), rows].astype(int)), expected)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=30), st.data())
def test_targets__extend_by_labels_that_occur(labels, data):
    y = np.array(labels)
    new = np.array(data.draw(st.lists(st.sampled_from(labels), max_size=9)), dtype=int)
    for given_y in (y, labels, y.astype(str), pa.array(labels), y.astype(float)):
        target = open_target(given_y)
        added = new.astype(target.values.dtype)
        out = target.extend(added)
        assert type(out) is type(given_y)
        assert np.array_equal(np.asarray(out), np.r_[target.values, added])
