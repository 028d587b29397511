"""Folds: classes, groups and time; what is held out; duplicates across folds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from smotefast.evaluation.data import EvaluationData
from smotefast.evaluation.folds import (
    duplicates_across,
    hold_out,
    inner_splits,
    make_folds,
)


def rows(n=200, share=0.2, *, groups=None, times=None):
    rng = np.random.default_rng(0)
    y = (rng.permutation(n) < share * n).astype(np.int64)
    X = rng.normal(size=(n, 3))
    return EvaluationData(X, [0, 1, 2], np.zeros(3, bool), y, ["a", "b"], groups, times)


def test_folds__hold_each_row_once_and_each_class_evenly():
    data = rows()
    folds = make_folds(data, 5, 3, seed=0)
    assert len(folds) == 15
    for repeat in range(3):
        of_repeat = [fold for fold in folds if fold.repeat == repeat]
        tested = np.concatenate([fold.test for fold in of_repeat])
        assert sorted(tested) == list(range(200))
        for fold in of_repeat:
            assert not set(fold.train) & set(fold.test)
            assert data.y[fold.test].sum() == 8
    assert not np.array_equal(folds[0].test, folds[5].test)


def test_groups__are_never_on_both_sides():
    groups = np.arange(200) // 5
    data = rows(groups=groups)
    folds = make_folds(data, 4, 2, seed=0)
    splits = [(fold.train, fold.test) for fold in folds]
    splits += [hold_out(data, 0.2, 0), *inner_splits(data, 0)]
    for train, test in splits:
        assert len(train)
        assert not set(groups[train]) & set(groups[test])


def test_time__goes_forward_and_equal_times_stay_together():
    times = np.random.default_rng(1).integers(0, 40, 200)
    data = rows(times=times)
    folds = make_folds(data, 4, 3, seed=0)
    assert 2 <= len(folds) <= 4
    for fold in folds:
        assert times[fold.train].max() < times[fold.test].min()
    for one, other in pairwise(folds):
        assert set(one.train) | set(one.test) == set(other.train)
    for train, test in (hold_out(data, 0.25, 0), *inner_splits(data, 0)):
        assert times[train].max() < times[test].min()


def test_folds_in_time_without_a_class__are_left_out():
    data = rows(times=np.arange(200))
    data.y[:] = 0
    data.y[-80:] = 1
    assert not [fold for fold in make_folds(data, 4, 1, 0) if not data.y[fold.train].any()]


@pytest.mark.parametrize(("share", "n_splits"), [(0.15, 5), (0.3, 3), (0.5, 2)])
def test_thresholds__are_tuned_on_more_folds_where_a_class_is_small(share, n_splits):
    assert len(inner_splits(rows(share=share), 0)) == n_splits


def test_held_out_rows__are_drawn_by_class():
    data = rows()
    first, second = hold_out(data, 0.25, 0)
    assert sorted([*first, *second]) == list(range(200))
    assert data.y[second].sum() == 10


def test_duplicates_across_folds__are_those_of_a_search_by_pairs():
    data = rows()
    data.matrix[10:40] = data.matrix[5]
    data.matrix[50, 0] = data.matrix[51, 0] = np.nan
    data.matrix[50, 1:] = data.matrix[51, 1:]
    data.matrix[60], data.matrix[61] = 0.0, -0.0
    folds = make_folds(data, 5, 2, seed=0)
    n_equal = 0
    for fold in folds:
        for i in fold.test:
            same = (data.matrix[fold.train] == data.matrix[i]) | (
                np.isnan(data.matrix[fold.train]) & np.isnan(data.matrix[i])
            )
            n_equal += same.all(axis=1).any()
    assert duplicates_across(data.hashes(), folds) == round(n_equal / 2)
