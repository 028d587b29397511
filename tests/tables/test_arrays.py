"""NumPy arrays and lists: any memory layout and dtype, one allocation, clear errors."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from smotefast.tables import open_table

TAKEN = np.array([0, 1, 2, 3, 2, 2])
NUMBERS = ["int8", "uint8", "int32", "int64", "uint64"]
NUMBERS += ["float16", "float32", "float64", "longdouble"]


def matrix(dtype="float64", n=4):
    return (np.arange(n * 3).reshape(n, 3) % 100).astype(dtype)


@pytest.mark.parametrize("dtype", [*NUMBERS, "bool"])
def test_round_trip__keeps_dtype(dtype):
    X = matrix(dtype)
    table = open_table(X)
    block = X[[2, 2]]
    out = table.extend(2, lambda tail: np.copyto(tail, block))
    assert (table.n_samples, table.n_features, table.names, table.is_sparse) == (
        4,
        3,
        None,
        False,
    )
    assert out.dtype == X.dtype
    assert np.array_equal(out, X[TAKEN])
    assert np.array_equal(table.take(TAKEN), X[TAKEN])


@pytest.mark.parametrize(
    "X",
    [
        np.asfortranarray(matrix()),
        matrix(n=8)[::2],
        matrix()[::-1],
        np.broadcast_to(np.arange(3.0), (4, 3)),
        matrix(">f4"),
    ],
)
def test_any_memory_layout__gives_a_native_matrix_and_a_contiguous_result(X):
    table = open_table(X)
    numbers = table.to_matrix()
    assert numbers.dtype.isnative
    assert np.array_equal(numbers, X)
    out = table.extend(1, lambda tail: np.copyto(tail, X[:1]))
    assert out.flags.c_contiguous
    assert np.array_equal(out, np.vstack([X, X[:1]]))


@pytest.mark.parametrize("X", [matrix(), np.asfortranarray(matrix()), matrix(n=8)[::2]])
def test_to_matrix__does_not_copy_a_native_array(X):
    X.flags.writeable = False
    assert np.shares_memory(open_table(X).to_matrix(), X)


def test_extend__does_not_change_a_read_only_array():
    X = matrix()
    X.flags.writeable = False
    out = open_table(X).extend(1, lambda tail: tail.fill(7))
    assert not np.shares_memory(out, X)
    assert out.flags.writeable


def test_extend__allocates_the_result_and_nothing_else():
    X = np.zeros((50_000, 20), dtype=np.float32)
    open_table(X[:2]).extend(1, lambda tail: tail.fill(1))
    tracemalloc.start()
    out = open_table(X).extend(50_000, lambda tail: tail.fill(1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.01 * out.nbytes


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool"])
def test_extend__returns_the_dtype_of_the_new_rows(dtype):
    X = matrix(dtype)
    table = open_table(X)
    out = table.extend(1, lambda tail: tail.fill(-0.5), np.dtype("float64"))
    assert out.dtype == np.float64
    assert np.array_equal(out, np.vstack([X, np.full((1, 3), -0.5)]))
    listed = open_table(X.tolist()).extend(1, lambda tail: tail.fill(-0.5), np.dtype("float64"))
    assert listed == [*X.tolist(), [-0.5] * 3]


def test_extend__keeps_large_integers():
    X = np.array([[2**53 + 1, 1], [3, 4]])
    assert open_table(X).extend(1, lambda tail: tail.fill(0))[0, 0] == 2**53 + 1


def test_object_array__is_float64_as_a_matrix_and_unchanged_by_take():
    X = np.array([[1, 2.5], [True, None]], dtype=object)
    table = open_table(X)
    numbers = table.to_matrix()
    assert numbers.dtype == np.float64
    assert np.isnan(numbers[1, 1])
    assert table.extend(1, lambda tail: tail.fill(0)).dtype == np.float64
    assert table.take(np.array([1, 1])).tolist() == [[True, None]] * 2


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (matrix("M8[s]"), "dates"),
        (matrix("m8[s]"), "time spans"),
        (matrix("str"), "not compatible with arrays of bytes/strings"),
        (matrix("S"), "not compatible with arrays of bytes/strings"),
        (matrix("str").astype(np.dtypes.StringDType()), "arrays of bytes/strings"),
        (np.array([[1, "1.5"]], dtype=object), "column 1 of X holds the text '1.5'"),
        ([["a", "1"], ["b", "2"]], "not compatible with arrays of bytes/strings"),
        ([["a", 1], ["b", 2]], "column 0 of X holds the text 'a'"),
    ],
)
def test_arrays_that_are_not_numeric__are_refused_but_can_be_taken(X, words):
    table = open_table(X)
    with pytest.raises(ValueError, match=words):
        table.to_matrix()
    taken = table.take(np.array([0, 0]))
    assert np.array_equal(np.asarray(taken), np.asarray(X)[[0, 0]])


def test_other_objects__are_refused_with_the_error_of_numpy():
    with pytest.raises(TypeError, match=r"argument must be .* string.* number"):
        open_table(np.array([[{}, 1.0]], dtype=object)).to_matrix()


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.zeros(3), "Expected 2D array, got 1D array instead"),
        ([1, 2], "Expected 2D array, got 1D array instead"),
        (np.zeros((2, 2, 2)), "Found array with dim 3"),
        (3, "Expected 2D array, got scalar"),
        (np.zeros((0, 2)), "0 sample"),
        (np.zeros((2, 0)), "0 feature"),
        ([[1, 2], [3]], "inhomogeneous"),
        (matrix() + 1j, "Complex data not supported"),
        (np.zeros(3, dtype="i4,f4"), "structured array"),
        (np.ma.masked_array(matrix(), matrix() > 3), "masked"),
    ],
)
def test_other_objects_of_the_library__are_refused(X, words):
    with pytest.raises(ValueError, match=words):
        open_table(X)


def test_numpy_matrix__is_refused_with_the_error_of_scikit_learn():
    with pytest.warns(PendingDeprecationWarning):
        X = np.asmatrix(matrix())
    with pytest.raises(TypeError, match=r"np\.matrix is not supported"):
        open_table(X)


def test_masked_array_without_masked_values__is_an_array():
    assert np.array_equal(open_table(np.ma.masked_array(matrix())).to_matrix(), matrix())


def test_list__is_returned_as_a_list():
    X = [[1, 2.5], (3, 4), np.array([5.0, 6.0])]
    table = open_table(X)
    out = table.extend(1, lambda tail: tail.fill(0.5))
    assert out == [[1, 2.5], [3, 4], [5.0, 6.0], [0.5, 0.5]]
    assert out[0] is not X[0]
    taken = open_table([["a", 1], ["b", None]]).take(np.array([1, 1]))
    assert taken == [["b", None]] * 2
    assert taken[0] is not taken[1]


def test_tuple_of_rows__is_returned_as_an_array():
    assert isinstance(open_table(((1, 2), (3, 4))).take(np.array([0])), np.ndarray)


@pytest.mark.parametrize("X", [matrix(n=12), matrix("float32", 12), matrix(n=12).tolist()])
def test_rows__equal_those_of_imbalanced_learn(X):
    over = pytest.importorskip("imblearn.over_sampling")
    y = np.r_[np.zeros(8), np.ones(4)]
    table = open_table(X)
    made = over.SMOTE(random_state=0, k_neighbors=3).fit_resample(table.to_matrix(), y)[0][12:]
    expected = over.SMOTE(random_state=0, k_neighbors=3).fit_resample(X, y)[0]
    out = table.extend(len(made), lambda tail: np.copyto(tail, made))
    assert type(out) is type(expected)
    assert np.array_equal(out, expected)
    sampler = over.RandomOverSampler(random_state=0)
    expected = sampler.fit_resample(X, y)[0]
    assert np.array_equal(table.take(sampler.sample_indices_), expected)
