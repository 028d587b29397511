"""SMOTEN: imbalanced-learn's rows without distance ties, and majority votes with them."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from imblearn import over_sampling as theirs
from scipy import sparse

from smotefast.engine import majority_vote as votes
from smotefast.neighbors import problem
from smotefast.over_sampling import SMOTEN
from tests.helpers import reference_kernels
from tests.helpers.assertions import assert_same
from tests.helpers.datasets import categories
from tests.helpers.distance_ties import categories_are_tied
from tests.helpers.hypothesis_examples import examples


def untied(n, k=5, **kwargs):
    """Find seeds of tables without ties."""
    tables = (categories(seed, **kwargs) for seed in range(400))
    found = list(islice((one for one in tables if not categories_are_tied(*one, k)), n))
    assert len(found) == n
    return found


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return SMOTEN(**kwargs), theirs.SMOTEN(**kwargs)


@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(7, 30), min_size=2, max_size=4),
    n_columns=st.integers(4, 9),
    n_categories=st.integers(7, 15),
    k=st.integers(1, 6),
    kind=st.sampled_from(["int", "float", "text", "object"]),
)
@examples(60)
def test_smote_n__gives_imbalanced_learns_rows(seed, sizes, n_columns, n_categories, k, kind):
    X, y = categories(seed, sizes, n_columns, n_categories)
    assume(not categories_are_tied(X, y, k))
    if kind in ("text", "object"):
        X = np.array(list("qwertzuiopasdfgh"))[X].astype("U1" if kind == "text" else object)
    elif kind == "float":
        X = X / 3
    assert_same(*pair(random_state=seed, k_neighbors=k), X, y)


@pytest.mark.parametrize("sizes", [(60, 25), (40, 25, 30), (40, 25, 30, 12)])
def test_smote_n__gives_imbalanced_learns_rows_for_two_and_more_classes(sizes):
    for X, y in untied(10, sizes=sizes):
        assert_same(*pair(), X, y)


def modes(X, y, label, k):
    """Return for each row of a class the categories of most of it and its neighbors."""
    codes = np.column_stack([np.unique(one, return_inverse=True)[1] for one in X.T])
    shares = reference_kernels.class_shares(codes, y)
    rows = codes[y == label]
    nearest = reference_kernels.nearest_by_value_difference(rows, shares, k)
    return [reference_kernels.mode_of(rows[[i, *nearest[i]]]) for i in range(len(rows))]


@given(
    seed=st.integers(0, 9999),
    sizes=st.lists(st.integers(3, 20), min_size=3, max_size=4),
    n_columns=st.integers(1, 4),
    n_categories=st.integers(1, 5),
    data=st.data(),
)
@examples(40)
def test_smote_n__with_any_ties_elects_the_mode_of_a_row_and_its_nearest(
    seed, sizes, n_columns, n_categories, data
):
    X, y = categories(seed, sizes, n_columns, n_categories)
    k = data.draw(st.integers(1, min(sizes) - 1))
    sampler = SMOTEN(random_state=seed, k_neighbors=k, sampling_strategy="all")
    X_new, y_new = sampler.fit_resample(X, y)
    new, labels = X_new[len(y) :], y_new[len(y) :]
    base = sampler.provenance_.base
    for label in np.unique(labels):
        rows_of_class = np.flatnonzero(y == label)
        expected = modes(X, y, label, k)
        values = [np.unique(column) for column in X.T]
        for row, at in zip(new[labels == label], base[labels == label], strict=True):
            codes = expected[np.searchsorted(rows_of_class, at)]
            assert row.tolist() == [v[c] for v, c in zip(values, codes, strict=True)]


@pytest.mark.parametrize("sizes", [(300, 90), (300, 90, 60)])
@pytest.mark.parametrize("n_categories", [3, 40])
def test_smote_n__gives_the_same_rows_with_and_without_kernels(
    sizes, n_categories, monkeypatch
):
    X, y = categories(1, sizes, 5, n_categories)
    results = []
    for loaded in (True, False):
        for module in (votes, problem):
            monkeypatch.setattr(module, "kernels_are_loaded", lambda loaded=loaded: loaded)
        results.append(SMOTEN(random_state=0).fit_resample(X, y)[0])
    np.testing.assert_array_equal(*results)


def test_smote_n__does_not_depend_on_the_number_of_threads():
    X, y = categories(1, (900, 500, 300), 5, 20)
    results = [SMOTEN(random_state=0, n_jobs=n).fit_resample(X, y)[0] for n in (1, 2, None)]
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


@pytest.mark.parametrize("sizes", [(40, 12), (40, 12, 20)])
def test_smote_n__of_rows_that_are_all_the_same_repeats_them(sizes):
    _, y = categories(0, sizes)
    X = np.full((len(y), 3), "a", dtype=object)
    X_new, y_new = SMOTEN(random_state=0).fit_resample(X, y)
    assert (X_new == "a").all()
    assert np.bincount(y_new).tolist() == [40] * len(sizes)


def test_smote_n__of_duplicates_repeats_what_stands_often_enough():
    rows = np.array([["a", "x"], ["b", "y"], ["c", "z"]], dtype=object)
    X = np.concatenate([np.repeat(rows, 6, axis=0), rows[[0] * 30]])
    y = np.repeat([1, 0], [18, 30])
    new = SMOTEN(random_state=0).fit_resample(X, y)[0][48:]
    assert {tuple(row) for row in new} <= {tuple(row) for row in rows}


def test_smote_n__stands_a_column_of_as_many_categories_as_rows():
    X, y = categories(3, (300, 80), 3, 5)
    X = np.column_stack([np.random.default_rng(0).permutation(len(y)), X])
    new = SMOTEN(random_state=0).fit_resample(X, y)[0][len(y) :]
    assert set(new[:, 0]) <= set(X[y == 1, 0])


def test_smote_n__leaves_balanced_data_as_it_is():
    X, y = categories(0, (20, 20))
    X_new, y_new = SMOTEN(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(y_new, y)
    out = SMOTEN().fit_resample(sparse.csr_array(X), y)[0]
    np.testing.assert_array_equal(out.toarray(), X)
