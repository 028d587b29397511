"""Constants as values of synthetic samples leave the values of other rows as they are."""

import numpy as np
import pytest

from smotefast import SMOTE


def smote():
    X = np.random.default_rng(0).normal(size=(60, 3))
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, np.repeat([0, 1], [45, 15]))
    return sampler


def short(value):
    return str(getattr(value, "dtype", value))[:20]


def missing(value):
    return value is None or value != value


CONSTANTS = [
    (np.arange(60).astype("datetime64[D]"), None),
    (np.arange(60).astype("datetime64[s]"), np.datetime64("2026-01-01", "s")),
    (np.array(["a", "bc"] * 30), "longer"),
    (np.array([b"a"] * 60), b"longer"),
    (np.array(["a", None] * 30, dtype=object), 0),
    (np.arange(60.0), None),
    (np.arange(60, dtype=np.uint8), 255),
    (np.arange(60) > 3, True),
    (["a"] * 60, 0),
    ([["a", "b"][: 1 + i % 2] for i in range(60)], None),
    ([(i, "x") for i in range(60)], None),
]


@pytest.mark.parametrize(("array", "constant"), CONSTANTS, ids=short)
def test_constants__leave_kept_rows_as_they_are(array, constant):
    found = smote().resample_aligned(array, constant)
    assert type(found) is type(array)
    assert list(found[:60]) == list(array)
    new = list(found[60:])
    if isinstance(array, np.ndarray):
        assert found.dtype.kind == array.dtype.kind
        new = found[60:].tolist()
        constant = constant.item() if isinstance(constant, np.generic) else constant
    assert len(new) == 30
    assert all(value == constant or (missing(value) and missing(constant)) for value in new)


UNFIT = [
    (np.arange(60), np.nan),
    (np.arange(60), 0.5),
    (np.arange(60, dtype=np.uint8), -1),
    (np.arange(60, dtype=np.uint8), 256),
    (np.arange(60.0), "missing"),
    (np.arange(60).astype("datetime64[us]"), "missing"),
    (np.arange(60) > 3, 2),
]


@pytest.mark.parametrize("library", [None, "pandas", "polars", "pyarrow"])
@pytest.mark.parametrize(("array", "constant"), UNFIT, ids=short)
def test_constants_that_would_change_other_values__are_refused(array, constant, library):
    if library:
        module = pytest.importorskip(library)
        array = module.array(array) if library == "pyarrow" else module.Series(array)
    with pytest.raises(ValueError, match="cannot hold the constant"):
        smote().resample_aligned(array, constant)


def test_a_constant_that_is_no_category__is_refused_with_the_dtype():
    pd = pytest.importorskip("pandas")
    texts = pd.Series(["a", "b"] * 30, dtype="category")
    with pytest.raises(ValueError, match=r"^category cannot hold the constant 'zz'"):
        smote().resample_aligned(texts, "zz")
    with pytest.raises(ValueError, match=r"^category, int64 cannot hold the constant 'zz'"):
        smote().resample_aligned(pd.DataFrame({"a": texts, "b": range(60)}), "zz")
