"""Labels that NumPy has types for and Python has not, or not the same."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs

from smotefast import over_sampling as ours

KINDS = ["M8[D]", "M8[s]", "M8[us]", "M8[ns]", "m8[s]", "m8[ns]"]
NAMES = ["SMOTE", "RandomOverSampler"]


def data(dtype):
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat([3, 20, 1], [60, 25, 30]))
    return rng.normal(size=(len(y), 3)), y.astype(dtype)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("by_class", [False, True])
def test_dates_and_spans__give_imbalanced_learns_rows(name, dtype, by_class):
    X, y = data(dtype)
    strategy = {np.array(20).astype(dtype)[()]: 40} if by_class else "auto"
    kwargs = {"random_state": 0, "sampling_strategy": strategy}
    mine, other = getattr(ours, name)(**kwargs), getattr(theirs, name)(**kwargs)
    (X_mine, y_mine), (X_other, y_other) = mine.fit_resample(X, y), other.fit_resample(X, y)
    np.testing.assert_array_equal(X_mine, X_other)
    np.testing.assert_array_equal(y_mine, y_other)
    assert y_mine.dtype == y_other.dtype == y.dtype
    assert dict(mine.sampling_strategy_) == dict(other.sampling_strategy_)
    base, neighbor, _ = mine.provenance_
    assert (y[base] == y_mine[len(y) :]).all()
    assert (y[neighbor] == y[base]).all()


@pytest.mark.parametrize("dtype", ["M8[ns]", "m8[ns]"])
def test_dates_and_spans__of_pandas_and_polars_come_back(dtype):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    X, y = data(dtype)
    expected = ours.SMOTE(random_state=0).fit_resample(X, y)[1]
    for given in (pd.Series(y, name="t"), pl.Series("t", y)):
        out = ours.SMOTE(random_state=0).fit_resample(X, given)[1]
        assert type(out) is type(given)
        assert out.dtype == given.dtype
        np.testing.assert_array_equal(out.to_numpy(), expected)


def test_class_of_dates_that_is_too_small__is_named():
    X, y = data("M8[D]")
    with pytest.raises(ValueError, match=r"in class np.datetime64\('1970-01-21'\)"):
        ours.SMOTE(k_neighbors=25).fit_resample(X, y)


@pytest.mark.parametrize("name", NAMES)
def test_variable_width_strings__are_labels(name):
    X, y = data("int64")
    text = y.astype(str)
    X_text, y_text = getattr(ours, name)(random_state=0).fit_resample(X, text)
    strings = text.astype(np.dtypes.StringDType())
    X_new, y_new = getattr(ours, name)(random_state=0).fit_resample(X, strings)
    assert y_new.dtype == strings.dtype
    np.testing.assert_array_equal(X_new, X_text)
    assert y_new.tolist() == y_text.tolist()
