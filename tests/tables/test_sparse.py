"""SciPy sparse: format and class are kept, the user's object is not changed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from smotefast.tables import open_table
from smotefast.tables.sparse import index_type, is_canonical

DENSE = np.array([[0, 1.5, 0, 2], [0, 0, 0, 0], [3, 0, 4, 0], [0, 5, 6, 7]])
FLAVOURS = ["csr_matrix", "csr_array", "csc_matrix", "csc_array"]
TAKEN = np.array([3, 3, 0])
OTHERS = ["coo_matrix", "coo_array", "lil_array", "dok_matrix", "bsr_array", "dia_array"]


@pytest.mark.parametrize("flavour", FLAVOURS + OTHERS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_round_trip__keeps_format_and_class(flavour, dtype):
    X = getattr(sparse, flavour)(DENSE.astype(dtype))
    kind = getattr(sparse, flavour if flavour in FLAVOURS else f"csr_{flavour[4:]}")
    table = open_table(X)
    numbers = table.to_matrix()
    assert table.is_sparse
    assert numbers.format == "csr"
    assert isinstance(X, sparse.sparray) == isinstance(numbers, sparse.sparray)
    block = sparse.csr_array(DENSE[[2, 3]].astype(dtype))
    for out, rows in (
        (table.append_sparse(block), np.r_[0:4, 2, 3]),
        (table.append_sparse(None), np.r_[0:4]),
        (table.take(np.array([3, 3, 0])), np.array([3, 3, 0])),
    ):
        assert type(out) is kind
        assert out.dtype == dtype
        assert np.array_equal(out.toarray(), DENSE.astype(dtype)[rows])
    assert not np.shares_memory(table.append_sparse(None).data, numbers.data)


def crooked(kind=sparse.csr_array):
    """Return a matrix with unsorted and duplicate entries."""
    parts = (np.array([1.0, 2.0, 4.0, 3.0]), np.array([2, 0, 1, 1]), np.array([0, 2, 4, 4]))
    return kind(parts, shape=(3, 3))


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix])
def test_to_matrix__sorts_and_sums_a_copy(kind):
    X = crooked(kind)
    numbers = open_table(X).to_matrix()
    assert is_canonical(numbers)
    assert numbers.toarray().tolist() == [[2, 0, 1], [0, 7, 0], [0, 0, 0]]
    assert X.indices.tolist() == [2, 0, 1, 1]
    assert X.data.tolist() == [1, 2, 4, 3]


def test_to_matrix__of_duplicate_true_entries_is_one():
    X = sparse.csr_array((np.array([True, True, True]), [1, 1, 0], [0, 2, 3]), shape=(2, 2))
    assert open_table(X).to_matrix().toarray().tolist() == [[0, 1], [1, 0]]


def test_take_and_append__keep_duplicate_entries():
    X = crooked()
    dense = X.toarray()
    table = open_table(X)
    assert np.array_equal(table.take(np.array([1, 0])).toarray(), dense[[1, 0]])
    assert np.array_equal(table.append_sparse(X).toarray(), np.vstack([dense, dense]))
    assert X.indices.tolist() == [2, 0, 1, 1]


def test_to_matrix__does_not_copy_a_canonical_csr():
    X = sparse.csr_array(DENSE)
    assert open_table(X).to_matrix() is X


def test_is_canonical__ignores_the_cached_flag_of_scipy():
    X = sparse.csr_array(DENSE)
    assert X.has_canonical_format
    X.indices[:2] = X.indices[:2][::-1].copy()
    assert not is_canonical(X)
    assert is_canonical(open_table(X).to_matrix())
    assert not is_canonical(X)


def test_is_canonical__compares_indices_within_rows_only():
    assert is_canonical(sparse.csr_array(np.eye(4)[::-1]))
    assert is_canonical(sparse.csr_array((3, 3)))
    assert is_canonical(sparse.csr_array(DENSE))
    empty_ends = sparse.csr_array(np.array([[0, 0], [1, 1], [0, 0], [1, 0], [0, 0]]))
    assert is_canonical(empty_ends)


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (sparse.csr_array(DENSE + 1j), "Complex data not supported"),
        (sparse.csr_array((0, 3)), "0 sample"),
        (sparse.csr_array((3, 0)), "0 feature"),
        (sparse.coo_array(np.arange(3)), "Expected 2D"),
    ],
)
def test_data_that_are_not_a_table__are_refused(X, words):
    with pytest.raises(ValueError, match=words):
        open_table(X)


def test_long_double__can_be_taken_but_not_interpolated():
    X = sparse.csr_array(DENSE.astype("longdouble"))
    table = open_table(X)
    taken = table.take(np.array([3, 0]))
    assert taken.dtype == np.longdouble
    assert np.array_equal(taken.toarray(), DENSE[[3, 0]])
    with pytest.raises(ValueError, match=r"X\.astype\('float64'\), or use RandomOverSampler"):
        table.to_matrix()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_booleans__are_computed_in_float64_and_true_from_one_half(flavour):
    X = getattr(sparse, flavour)(DENSE > 0)
    table = open_table(X)
    numbers = table.to_matrix()
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers.toarray(), DENSE > 0)
    out = table.append_sparse(sparse.csr_array([[0.5, 0.49, 0, 1]]))
    assert out.dtype == bool
    assert np.array_equal(out.toarray(), np.vstack([DENSE > 0, [True, False, False, True]]))
    assert out.nnz == (DENSE > 0).sum() + 2


@pytest.mark.parametrize("width", [np.int32, np.int64])
@pytest.mark.parametrize("flavour", FLAVOURS + OTHERS)
def test_results__have_32_bit_indices(flavour, width):
    X = getattr(sparse, flavour)(DENSE)
    if flavour in FLAVOURS:
        X.indices, X.indptr = X.indices.astype(width), X.indptr.astype(width)
    table = open_table(X)
    block = sparse.csr_array(DENSE[:1])
    block.indices, block.indptr = block.indices.astype(width), block.indptr.astype(width)
    for out in (table.append_sparse(block), table.append_sparse(None), table.take(TAKEN)):
        assert out.indices.dtype == np.int32
        assert out.indptr.dtype == np.int32
    if flavour in FLAVOURS:
        assert X.indices.dtype == width  # the input is not changed


def test_index_type__grows_beyond_32_bits():
    assert index_type(2**31 - 1, 7) is np.int32
    assert index_type(7, 2**31) is np.int64


def test_extend__is_refused():
    with pytest.raises(TypeError, match="append_sparse"):
        open_table(sparse.csr_array(DENSE)).extend(1, lambda tail: None)
    with pytest.raises(TypeError, match="extend"):
        open_table(DENSE).append_sparse(None)


@pytest.mark.parametrize("flavour", [*FLAVOURS, "coo_array"])
def test_rows__equal_those_of_imbalanced_learn(flavour):
    over = pytest.importorskip("imblearn.over_sampling")
    X = getattr(sparse, flavour)(np.vstack([DENSE, DENSE * 2, DENSE * 3]))
    y = np.r_[np.zeros(8), np.ones(4)]
    expected = over.SMOTE(random_state=0, k_neighbors=3).fit_resample(X, y)[0]
    table = open_table(X)
    out = table.append_sparse(sparse.csr_array(expected[12:]))
    assert type(out) is type(expected)
    assert np.array_equal(out.toarray(), expected.toarray())
    sampler = over.RandomOverSampler(random_state=0)
    expected = sampler.fit_resample(X, y)[0]
    taken = table.take(sampler.sample_indices_)
    assert type(taken) is type(expected)
    assert np.array_equal(taken.toarray(), expected.toarray())
