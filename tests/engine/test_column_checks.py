"""Columns that are unsuitable for distances are found, and others are not."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from smotefast import ResamplingWarning
from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from smotefast.engine import column_checks
from smotefast.engine.column_checks import suspect_columns
from smotefast.over_sampling import ADASYN, SMOTE, SMOTEN, SMOTENC, RandomOverSampler
from smotefast.under_sampling import NearMiss, RandomUnderSampler, TomekLinks

# Other tests generate tables with such columns and ignore the warning.
pytestmark = pytest.mark.filterwarnings("error")
N_ROWS = 400


def table(n_rows=N_ROWS, seed=0):
    """Numbers of two overlapping classes, the second of a fifth of the rows."""
    rng = np.random.default_rng(seed)
    y = (np.arange(n_rows) % 5 == 0).astype(int)
    return rng.normal(size=(n_rows, 3)) + y[:, None], y, rng


def suspects(column, y=None, n_rows=None):
    """Return what suspect_columns finds in a column added to others."""
    X, labels, _ = table(n_rows or len(column))
    return suspect_columns(np.column_stack([X, column]), labels if y is None else y)


KEYS = {
    "row numbers": np.arange(N_ROWS),
    "row numbers in any order, as floats": np.random.default_rng(1).permutation(N_ROWS) + 1e6,
    "numbers with gaps": np.sort(np.random.default_rng(1).choice(3 * N_ROWS, N_ROWS, False)),
    "negative numbers": -np.arange(N_ROWS) * 2.0,
    "random numbers of 40 bits": np.random.default_rng(1).choice(2**40, 2_000),
    "row numbers above 2**53": np.arange(2_000) * 16.0 + 2**55,
}


@pytest.mark.parametrize("name", list(KEYS))
def test_keys__are_found(name):
    assert suspects(KEYS[name]).keys == [3]


def no_keys():
    rng = np.random.default_rng(2)
    return {
        "measurements": rng.normal(size=N_ROWS),
        "numbers that repeat": np.r_[0, np.arange(N_ROWS - 1)],
        "amounts": np.rint(np.exp(rng.normal(12, 1.5, 3_000))) * 1_000 + np.arange(3_000),
        "few rows": np.arange(49),
        "whole numbers of a wide range": rng.choice(10**9, 200),
        "a category": rng.integers(0, 9, N_ROWS),
    }


@pytest.mark.parametrize("name", list(no_keys()))
def test_measurements__are_no_keys(name):
    column = no_keys()[name]
    assert suspects(column) == ([], [], [])


def test_numbers_without_a_finite_range__are_no_keys():
    column = np.arange(2_000.0)
    column[:2] = 1.7e308, -1.7e308
    assert suspects(column) == ([], [], [])


def test_one_repeated_value_in_all_rows__makes_a_column_no_key():
    column = np.random.default_rng(0).permutation(100_000)
    assert suspects(column).keys == [3]
    column[77_777] = column[5]
    assert suspects(column).keys == []


def test_constants__are_found_if_all_rows_agree():
    column = np.full(10_000, 2.5)
    assert suspects(column).constants == [3]
    column[1_234] = 2.4
    assert suspects(column) == ([], [], [])


@pytest.mark.parametrize("labels", [[0, 1], ["a", "b"], [True, False], [2.5, -1]])
def test_copies_of_the_target__are_found_whatever_their_values(labels):
    _, y, _ = table(3_000)
    target = np.array(labels, dtype=object if isinstance(labels[0], str) else None)[y]
    for column in (y, 1 - y, 7.5 * y - 3):
        assert suspects(column, target).target_copies == [3]
    column = y.copy()
    column[1_111] = 1 - column[1_111]
    assert suspects(column, target) == ([], [], [])


def test_copies_of_three_classes__tell_all_of_them_apart():
    y = np.arange(900) % 3
    assert suspects(y * 2, y).target_copies == [3]
    assert suspects(y == 1, y) == ([], [], [])


def test_a_rare_class__does_not_make_ordinary_columns_suspect():
    X, _, rng = table(5_000)
    y = np.zeros(5_000, dtype=int)
    y[rng.choice(5_000, 10, replace=False)] = 1
    rare = (rng.random((5_000, 30)) < 0.002).astype(float)
    rare[7] = 1
    assert suspect_columns(np.column_stack([X, rare]), y) == ([], [], [])


def test_sparse_columns__are_checked_if_they_have_entries():
    X, y, rng = table()
    columns = [rng.permutation(N_ROWS) + 1, np.full(N_ROWS, 3), y, np.zeros(N_ROWS)]
    found = suspect_columns(sparse.csr_array(np.column_stack([X, *columns])), y)
    assert found == ([3], [4], [5])


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_sparse_columns__are_found_suspect_as_dense_ones(seed, n_classes):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, 200)
    columns = [
        rng.permutation(200),  # a key that is 0 in one row
        y, y + 1, -y, (y == 1) * 3.5, (y > 0) * 1.0, np.full(200, 2.0),
        np.where(rng.random(200) < 0.02, 0, y + 1),
        *((rng.random((40, 200)) < 0.1 + rng.random((40, 1))) * rng.integers(1, 3, (40, 200))),
    ]  # fmt: skip
    dense = np.column_stack(columns).astype(float)
    stored = sparse.csr_array(dense)
    stored.data[(rng.random(stored.nnz) < 0.05) & (stored.indices > 7)] = 0  # stored, but 0
    expected = suspect_columns(stored.toarray(), y)
    assert suspect_columns(stored, y) == expected
    assert all(expected)


def test_columns_of_a_sparse_matrix__are_read_only_if_nearly_all_rows_have_them(monkeypatch):
    # Text: reading each of its columns took hours.
    rng = np.random.default_rng(0)
    words = np.minimum(rng.geometric(0.001, (3_000, 40)), 49_999)
    rows = np.repeat(np.arange(3_000), 40)
    text = sparse.csr_array((np.ones(words.size), (rows, words.ravel())), (3_000, 50_000))
    read = []
    as_array = column_checks._as_array
    monkeypatch.setattr(
        column_checks, "_as_array", lambda part: as_array(read.append(part.shape) or part)
    )
    assert suspect_columns(text, np.arange(3_000) % 10 == 0) == ([], [], [])
    assert sum(np.prod(shape) for shape in read) < 10_000


def frame():
    X, y, rng = table()
    values = pd.DataFrame(X, columns=["a", "b", "c"])
    return values.assign(id=rng.permutation(N_ROWS) + 5_000), y


CONTAINERS = {
    "pandas": lambda X: X,
    "polars": pl.from_pandas,
    "arrow": lambda X: pa.Table.from_pandas(X, preserve_index=False),
}
SAMPLERS = [
    SMOTE(random_state=0),
    ADASYN(random_state=0),
    TomekLinks(),
    NearMiss(),
    SMOTETomek(random_state=0),
    SMOTEENN(random_state=0),
    Combination(SMOTE(random_state=0), RandomUnderSampler(random_state=0)),
    Combination(RandomOverSampler(random_state=0, shrinkage=0.1), TomekLinks()),
]


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: str(sampler)[:40])
@pytest.mark.parametrize("container", list(CONTAINERS))
def test_samplers__warn_once_by_name_at_the_line_of_the_call(sampler, container):
    X, y = frame()
    X = CONTAINERS[container](X)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sampler.fit_resample(X, y)
    emitted = [warning for warning in caught if "Check the columns" in str(warning.message)]
    assert len(emitted) == 1
    assert "column 'id' has a different value in every row" in str(emitted[0].message)
    assert emitted[0].filename == __file__
    assert issubclass(emitted[0].category, ResamplingWarning)


def test_columns_without_names__are_named_by_position():
    X, y = frame()
    with pytest.warns(ResamplingWarning, match="column 3 has a different value"):
        SMOTE().fit_resample(X.to_numpy().tolist(), y.tolist())


def test_text_and_categories__are_keys_without_duplicates():
    X, y = frame()
    X["code"] = [f"C{i:05d}" for i in range(N_ROWS)]
    X["kind"] = pd.Categorical(np.where(np.arange(N_ROWS) % 3, "x", "y"))
    X["same"] = "always"
    message = "columns 'id', 'code' have a different value.*column 'same' has the same value"
    with pytest.warns(ResamplingWarning, match=message):
        SMOTENC(["code", "kind", "same"]).fit_resample(X, y)
    with pytest.warns(ResamplingWarning, match="columns 'id', 'code' have a different value"):
        SMOTEN().fit_resample(X[["id", "kind", "code"]], y)


@pytest.mark.parametrize("sampler", [RandomOverSampler(), RandomUnderSampler()])
def test_samplers_that_copy_rows__look_at_no_values(sampler):
    sampler.fit_resample(*frame())


def test_fit__does_not_warn_as_it_resamples_nothing():
    SMOTE().fit(*frame())


def test_many_columns__are_not_all_named():
    X, y, _ = table()
    with pytest.warns(
        ResamplingWarning, match="columns 3, 4, 5, .* 12 and 190 more have"
    ) as given:
        SMOTE().fit_resample(np.column_stack([X, np.ones((N_ROWS, 200))]), y)
    assert len(str(given[0].message)) < 300


def test_rows__are_the_same_with_and_without_the_warning():
    X, y = frame()
    with pytest.warns(ResamplingWarning):
        once, _ = SMOTETomek(random_state=0).fit_resample(X, y)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Check the columns", ResamplingWarning)
        again, _ = SMOTETomek(random_state=0).fit_resample(X, y)
    pd.testing.assert_frame_equal(once, again)
