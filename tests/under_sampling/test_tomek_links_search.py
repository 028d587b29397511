"""Tomek links equal those of all pairs of rows, and are found with the fewest queries."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.engine.rows import MatrixRows
from smotefast.kernels.compile import JIT_DISABLED
from smotefast.under_sampling.tomek_links import linked_rows, query_classes
from tests.helpers import reference_kernels
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples

SOME = examples(10 if JIT_DISABLED else 60)


class Spy:
    """Search with a table, and record the queries."""

    def __init__(self, X):
        self.table = reference_kernels.nearest_rows(X, 1)[:, 0]
        self.queries = []

    def __call__(self, rows):
        self.queries.append(rows.tolist())
        return self.table[rows]


def subsets(labels):
    return [list(some) for n in range(len(labels) + 1) for some in combinations(labels, n)]


def tied(seed, sizes, n_features, n_values):
    """Make rows of a few values, so that distances tie; n_values=0 makes distinct rows."""
    X, y = classes(seed, sizes, n_features)
    if n_values:
        X = np.random.default_rng(seed).integers(0, n_values, X.shape).astype(float)
    return X, y


@SOME
@given(
    seed=st.integers(0, 9999),
    sizes=st.lists(st.integers(1, 14), min_size=2, max_size=5),
    n_features=st.integers(1, 3),
    n_values=st.sampled_from([0, 1, 2, 4, 9]),
)
def test_linked_rows__equal_those_of_all_pairs(seed, sizes, n_features, n_values):
    X, y = tied(seed, sizes, n_features, n_values)
    rows, spy, labels = MatrixRows(None, y), Spy(X), list(range(len(sizes)))
    for cleaned in subsets(labels):
        expected = reference_kernels.linked(y, spy.table, cleaned)
        searched = query_classes(rows.sizes, cleaned)
        found = linked_rows(rows, cleaned, searched, spy)
        assert found.tolist() == expected
        for label in labels:  # all choices of queries that miss no link are equal
            others = [each for each in labels if each != label]
            assert linked_rows(rows, cleaned, others, spy).tolist() == expected
    assert all(rows == sorted(set(rows)) for rows in spy.queries)


def test_linked_rows__of_distinct_rows_belong_to_all_classes():
    X, y = tied(0, (40, 30, 20), 2, 0)
    rows, spy = MatrixRows(None, y), Spy(X)
    expected = reference_kernels.linked(y, spy.table, [0, 1, 2])
    assert {y[row] for row in expected} == {0, 1, 2}
    assert linked_rows(rows, [0, 1, 2], [0, 1, 2], spy).tolist() == expected


@pytest.mark.parametrize("labels", [["b", "a"], [True, False], [7, -2]])
def test_linked_rows__do_not_depend_on_the_type_of_labels(labels):
    X, y = tied(0, (40, 30), 2, 0)
    labels = sorted(labels)
    rows, spy = MatrixRows(None, np.array(labels)[y]), Spy(X)
    for cleaned in subsets([0, 1]):
        named = {labels[each]: 0 for each in cleaned}  # as target counts are
        searched = query_classes(rows.sizes, named)
        expected = reference_kernels.linked(y, spy.table, cleaned)
        assert linked_rows(rows, named, searched, spy).tolist() == expected


@SOME
@given(
    seed=st.integers(0, 9999),
    small=st.integers(1, 20),
    more=st.integers(1, 40),
    n_values=st.sampled_from([0, 3, 9]),
)
def test_queries__of_two_classes_are_the_smaller_one_and_its_neighbors(
    seed, small, more, n_values
):
    X, y = tied(seed, (small + more, small), 2, n_values)
    rows, spy = MatrixRows(None, y), Spy(X)
    linked_rows(rows, [0], query_classes(rows.sizes, [0]), spy)  # as for "auto"
    minority = np.flatnonzero(y == 1)
    pointed = spy.table[minority]
    assert spy.queries[0] == minority.tolist()
    assert spy.queries[1:] == [np.unique(pointed[y[pointed] == 0]).tolist()]


def test_queries__do_not_exist_without_classes_to_clean():
    X, y = tied(0, (9, 5), 2, 0)
    spy = Spy(X)
    found = linked_rows(MatrixRows(None, y), [], [], spy)
    assert found.tolist() == spy.queries == []


@pytest.mark.parametrize(
    ("sizes", "cleaned", "searched"),
    [
        ({0: 90, 1: 10}, [0], [1]),
        ({0: 90, 1: 10}, [1], [1]),
        ({0: 90, 1: 10}, [0, 1], [1]),
        ({0: 10, 1: 90}, [1], [0]),
        ({0: 50, 1: 50}, [1], [1]),
        ({0: 90, 1: 60, 2: 10}, [0, 1], [1, 2]),
        ({0: 90, 1: 60, 2: 10}, [0, 2], [1, 2]),
        ({0: 90, 1: 60, 2: 10}, [1], [1]),
        ({0: 90, 1: 60, 2: 40}, [0], [0]),  # 90 rows are fewer than 100
        ({0: 90, 1: 60, 2: 10}, [], []),
    ],
)
def test_query_classes__are_those_to_clean_or_all_but_the_largest(sizes, cleaned, searched):
    assert query_classes(sizes, cleaned) == searched
