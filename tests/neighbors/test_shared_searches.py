"""Searches that samplers share: the rows are those of separate calls, each search runs once."""

from __future__ import annotations

from contextvars import Context

import numpy as np
import pytest

from smotefast.neighbors import find_neighbors, share_searches
from smotefast.over_sampling import ADASYN, SMOTE, SMOTEN, SMOTENC, SVMSMOTE, BorderlineSMOTE
from tests.helpers.datasets import classes

SAMPLERS = [
    (SMOTE, "k_neighbors", {}),
    (BorderlineSMOTE, "k_neighbors", {}),
    (BorderlineSMOTE, "k_neighbors", {"kind": "borderline-2"}),
    (SVMSMOTE, "k_neighbors", {}),
    (ADASYN, "n_neighbors", {}),
    (SMOTENC, "k_neighbors", {"categorical_features": [2]}),
    (SMOTEN, "k_neighbors", {}),
]
quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")


def rows_for(kind):
    X, y = classes(3, (150, 60))
    X[20:30], X[160:164] = X[0], X[150]  # duplicates
    X = X.round(1)  # and ties
    if kind in (SMOTENC, SMOTEN):
        X[:, 2] = np.arange(len(y)) % 4
    return (np.abs(X).astype(int) if kind is SMOTEN else X), y


@quiet
@pytest.mark.parametrize(("kind", "parameter", "settings"), SAMPLERS)
@pytest.mark.parametrize("search", ["exact", "auto"])
def test_rows__are_those_of_separate_calls(kind, parameter, settings, search):
    X, y = rows_for(kind)
    with share_searches(7) as shared:
        for k in (3, 7, 5, 9):
            for ratio in (0.7, 0.9, 1.0):
                sampler = kind(
                    sampling_strategy=ratio,
                    random_state=0,
                    search=search,
                    **{parameter: k},
                    **settings,
                )
                found = sampler.fit_resample(X, y)
                expected = Context().run(sampler.fit_resample, X, y)  # nothing is shared
                for one, other in zip(found, expected, strict=True):
                    np.testing.assert_array_equal(one, other)
    assert shared.n_searches <= 4 if search == "exact" else shared.n_searches == 0


def test_a_search__runs_once_for_each_pool():
    X, _ = classes(1, (80, 40))
    with share_searches(10) as shared:
        for k in (3, 10, 5):
            for queries in (None, np.arange(0, 100, 3)):
                options = {"queries": queries, "search": "exact", "n_threads": 1}
                found = find_neighbors(X, k, **options)
                rows = np.arange(len(X)) if queries is None else queries
                assert found.indices.shape == (len(rows), k)
        assert shared.n_searches == 1
        find_neighbors(X + 1, 3, search="exact", n_threads=2)
        assert shared.n_searches == 2
        find_neighbors(X, 11, search="exact", n_threads=2)
        assert shared.n_searches == 3


def test_errors__are_those_of_a_search_that_is_not_shared():
    with share_searches(3), pytest.raises(ValueError, match="k=5 neighbors need"):
        find_neighbors(np.zeros((4, 2)), 5, search="exact", n_threads=1)
