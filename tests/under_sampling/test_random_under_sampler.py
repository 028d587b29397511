"""RandomUnderSampler: columns and containers of any type."""

import datetime

import numpy as np
import pytest
from imblearn import under_sampling as theirs
from scipy import sparse

from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes

SIZES = (60, 25, 40)


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return RandomUnderSampler(**kwargs), theirs.RandomUnderSampler(**kwargs)


def test_the_lowest_label_of_equally_small_classes__keeps_all_rows():
    X = np.arange(50)[:, np.newaxis]
    y = np.repeat([2, 0, 1], [10, 30, 10])
    mine, other = pair()
    assert_same_choice(mine, other, X, y)
    assert list(mine.sampling_strategy_) == [0, 2]
    assert mine.sample_indices_[10:20].tolist() == list(range(40, 50))


@pytest.mark.parametrize("replacement", [False, True])
def test_rows__are_repeated_only_with_replacement(replacement):
    X, y = classes(6, (500, 300))
    sampler = RandomUnderSampler(random_state=0, replacement=replacement)
    sampler.fit_resample(X, y)
    drawn = sampler.sample_indices_[:300]
    assert (len(set(drawn)) < 300) == replacement
    assert (y[drawn] == 0).all()
    np.testing.assert_array_equal(sampler.sample_indices_[300:], np.flatnonzero(y == 1))


def columns():
    """Make columns without numbers, with missing values."""
    rng, n = np.random.default_rng(0), sum(SIZES)
    rows = np.arange(n)
    day = datetime.date(2024, 2, 1)
    return {
        "text": [None if i % 7 == 0 else f"é{i}" for i in rows.tolist()],
        "number": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
        "count": [None if i % 5 == 0 else 2**60 + i for i in rows.tolist()],
        "day": [day + datetime.timedelta(days=i) for i in rows.tolist()],
        "time": np.datetime64("2024-01-01", "ns") + rows.astype("m8[h]"),
        "flag": rng.random(n) < 0.5,
    }


def labels():
    return np.random.default_rng(1).permutation(np.repeat(["x", "y", "z"], SIZES))


@pytest.mark.parametrize("index", ["range", "text", "repeated", "two levels"])
def test_pandas_rows__keep_their_types_and_their_index(index):
    pd = pytest.importorskip("pandas")
    rows = np.arange(sum(SIZES))
    indices = {
        "range": pd.RangeIndex(10, 10 + len(rows), name="row"),
        "text": pd.Index([f"r{i}" for i in rows]),
        "repeated": pd.Index(rows // 3),
        "two levels": pd.MultiIndex.from_arrays([rows % 4, rows], names=["a", "b"]),
    }
    X = pd.DataFrame(columns(), index=indices[index])
    X["kind"] = pd.Categorical(X["text"].str[-1])
    X["count"] = X["count"].astype("Int64")
    y = pd.Series(labels(), name="label", index=indices[index])
    mine, other = pair(replacement=True)
    assert_same_choice(mine, other, X, y)
    X_new, y_new = mine.fit_resample(X, y)
    pd.testing.assert_frame_equal(X_new, X.iloc[mine.sample_indices_])
    pd.testing.assert_series_equal(y_new, y.iloc[mine.sample_indices_])


def test_pandas_rows__keep_their_index_for_labels_of_any_container():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(columns(), index=np.arange(sum(SIZES)) * 2)
    for y in (labels(), labels().tolist(), pd.DataFrame({"label": labels()}, index=X.index)):
        assert_same_choice(*pair(), X, y)


def test_polars_and_arrow_rows__are_those_of_sample_indices():
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    frame = pl.DataFrame(columns()).with_columns(pl.col("text").cast(pl.Categorical))
    frame = frame.with_columns(more=pl.struct("flag", "day"), list=pl.concat_list("number"))
    table = pa.table({**columns(), "kind": pa.array(labels()).dictionary_encode()})
    for X in (frame, table):
        sampler, other = pair()
        X_new, y_new = sampler.fit_resample(X, labels())
        other.fit_resample(np.zeros((len(y_new) + 50, 1)), labels())
        taken = sampler.sample_indices_
        np.testing.assert_array_equal(taken, other.sample_indices_)
        expected = X[taken] if X is frame else X.take(taken)
        assert repr(X_new.to_pylist() if X is table else X_new.to_dicts()) == repr(
            expected.to_pylist() if X is table else expected.to_dicts()
        )
        assert X_new.schema == X.schema
        np.testing.assert_array_equal(y_new, labels()[taken])


def test_polars_and_arrow_labels__keep_their_type():
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    for y in (pl.Series("label", labels()), pa.chunked_array([labels()[:50], labels()[50:]])):
        sampler = RandomUnderSampler(random_state=0)
        _, y_new = sampler.fit_resample(np.zeros((sum(SIZES), 1)), y)
        assert type(y_new) is type(y)
        expected = labels()[sampler.sample_indices_]
        np.testing.assert_array_equal(np.asarray(y_new), expected)


def test_rows_of_lists_and_objects__equal_imbalanced_learns():
    objects = np.array(list(columns().values()), dtype=object).T
    assert_same_choice(*pair(), objects, labels())
    mine, other = pair()
    X_mine, y_mine = mine.fit_resample(objects.tolist(), labels().tolist())
    X_other, y_other = other.fit_resample(objects.tolist(), labels().tolist())
    assert y_mine == y_other
    assert repr(X_mine) == repr(X_other)  # where NaN is NaN
    assert isinstance(X_mine[0][2], int)


@pytest.mark.parametrize("form", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
@pytest.mark.parametrize("dtype", [np.int8, np.float64])
def test_sparse_rows__equal_imbalanced_learns(form, dtype):
    X, y = classes(6, SIZES, 9)
    X[X < 1] = 0
    X[0, 0] = np.nan if dtype == np.float64 else 5
    assert_same_choice(*pair(), getattr(sparse, form)(X.astype(dtype)), y)


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"sampling_strategy": {0: 61}}, "there is 60 samples and 61 samples are asked"),
        ({"sampling_strategy": {0: -1}}, "cannot be negative"),
        ({"sampling_strategy": 0.5}, "only when the type of target is binary"),
    ],
)
def test_strategies_that_the_data_do_not_allow__are_refused_by_both(kwargs, words):
    for sampler in pair(**kwargs):
        with pytest.raises(ValueError, match=words):
            sampler.fit_resample(*classes(5, SIZES))


def test_a_ratio_that_needs_more_rows__is_refused_by_both():
    for sampler in pair(sampling_strategy=0.2):
        with pytest.raises(ValueError, match="required to generate new sample in the majority"):
            sampler.fit_resample(*classes(5, (60, 25)))


def test_a_fraction_of_a_row__is_refused():
    with pytest.raises(TypeError, match=r"asks for 2\.5 rows of class 0"):
        RandomUnderSampler(sampling_strategy={0: 2.5}).fit_resample(*classes(5, SIZES))
