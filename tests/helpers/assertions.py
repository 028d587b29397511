"""Assertions that a sampler and imbalanced-learn's return the same rows."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def assert_same(mine, other, X, y):
    """Compare containers, dtypes, rows, labels and target counts of two samplers."""
    X_mine, y_mine = mine.fit_resample(X, y)
    X_other, y_other = other.fit_resample(X, y)
    assert_equal(X_mine, X_other)
    assert_equal(y_mine, y_other)
    assert dict(mine.sampling_strategy_) == dict(other.sampling_strategy_)


def assert_same_choice(mine, other, X, y):
    """Compare also which rows two samplers keep."""
    assert_same(mine, other, X, y)
    np.testing.assert_array_equal(mine.sample_indices_, other.sample_indices_)


def assert_equal(one, two):
    """Compare two containers of the same type; NaN equals NaN."""
    assert type(one) is type(two)
    if hasattr(one, "columns") or hasattr(one, "iloc"):
        from pandas import testing

        compare = testing.assert_frame_equal if one.ndim == 2 else testing.assert_series_equal
        compare(one, two)
        return
    if sparse.issparse(one):
        assert one.format == two.format
        one, two = one.toarray(), two.toarray()
    if not isinstance(one, list):
        assert one.dtype == two.dtype
        if one.dtype == object:  # numpy compares NaN as unequal
            one, two = (np.where(a != a, None, a) for a in (one, two))
    np.testing.assert_array_equal(one, two)
