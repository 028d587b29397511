"""Arrays with a row for each row of X are resampled as X is."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn import over_sampling as their_over
from imblearn import under_sampling as their_under
from scipy import sparse
from sklearn.exceptions import NotFittedError

import smotefast
from smotefast import SMOTE, SMOTENC, Combination, RandomOverSampler, TomekLinks
from tests.helpers.assertions import assert_equal
from tests.helpers.sampler_contract import CASES

pytestmark = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
# Their rows come from no row of X.
INVENT_ROWS = {"ClusterCentroids", "GenerativeOverSampler"}
ALIGNED = [case for case in CASES if case.name not in INVENT_ROWS]
each = pytest.mark.parametrize("case", ALIGNED, ids=str)
# Their samples do not lie between two rows, or only some columns do.
COMPUTES_OTHERWISE = {
    "SMOTENC", "SMOTEN", "RandomOverSampler", "GeometricSMOTE", "PolynomFitSMOTE", "ROSE",
}  # fmt: skip


def resampled(case):
    X, y = case.data()
    sampler = case.sampler()
    return sampler, X, y, *sampler.fit_resample(X, y)


@each
def test_the_target__comes_back_as_it_was_resampled(case):
    sampler, _, y, _, y_new = resampled(case)
    assert_equal(sampler.resample_aligned(y), y_new)
    assert sampler.resample_aligned(y.tolist()) == y_new.tolist()


@each
def test_columns_of_x__come_back_as_they_were_resampled(case):
    if case.name in COMPUTES_OTHERWISE:
        return
    sampler, X, _, X_new, _ = resampled(case)
    found = sampler.resample_aligned(X, "interpolate")
    if case.parameters.get("kind") == "borderline-2":  # which multiplies in another order
        np.testing.assert_allclose(found, X_new, rtol=1e-12)
        return
    assert_equal(found, X_new)
    assert_equal(sampler.resample_aligned(X[:, 1], "interpolate"), X_new[:, 1])


@each
def test_a_constant__is_the_value_of_synthetic_samples_only(case):
    sampler, X, _, X_new, _ = resampled(case)
    ids = sampler.resample_aligned(np.arange(len(X)), -1)
    is_original = ids >= 0
    assert_equal(X_new[is_original], X[ids[is_original]])
    positions = sampler.resample_aligned(np.arange(len(X)))
    assert_equal(positions[is_original], ids[is_original])
    assert len(ids) == len(X_new)
    copies = case.name == "RandomOverSampler" and not case.parameters
    adds_rows = hasattr(sampler, "provenance_") or "smote" in case.name.lower()
    assert (not is_original.all()) == (adds_rows and not copies) or case.name == "Combination"


def smote():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)).astype(np.float32), np.repeat([0, 1], [45, 15])
    sampler = SMOTE(random_state=0)
    return sampler, X, sampler.fit_resample(X, y)[0]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint8", "int64"])
def test_numbers__keep_their_dtype_and_are_computed_as_by_the_sampler(dtype):
    rng = np.random.default_rng(1)
    X, y = rng.normal(scale=40, size=(60, 3)), np.repeat([0, 1], [45, 15])
    X = np.abs(X).astype(dtype)
    sampler = SMOTE(random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    assert_equal(sampler.resample_aligned(X, "interpolate"), X_new)


def test_images__are_interpolated_pixel_by_pixel():
    sampler, X, X_new = smote()
    images = np.stack([X, 2 * X], axis=1)
    found = sampler.resample_aligned(images, "interpolate")
    assert found.shape == (len(X_new), 2, 3)
    assert_equal(found[:, 0], X_new)
    assert_equal(sampler.resample_aligned(images, 0)[len(X) :], np.zeros((30, 2, 3), "f4"))


FILLS = ["base", "interpolate", -1, 0.5, None]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_series_and_frames__get_the_values_of_arrays(library, fill):
    sampler, X, X_new = smote()
    module = pytest.importorskip(library)
    weights = X[:, 0].astype(float)
    if library == "pandas":
        series = module.Series(weights, name="w", index=np.arange(60) + 7)
        frame = series.to_frame()
    elif library == "polars":
        series = module.Series("w", weights)
        frame = series.to_frame()
    else:
        series = module.array(weights)
        frame = module.table({"w": series})
    expected = sampler.resample_aligned(weights, np.nan if fill is None else fill)
    for container in (series, frame):
        found = sampler.resample_aligned(container, fill)
        assert type(found) is type(container)
        values = np.asarray(found["w"] if container is frame else found, dtype=float)
        np.testing.assert_array_equal(values, expected)
    if library == "pandas":
        assert found.index.equals(module.RangeIndex(len(X_new)))
        assert sampler.resample_aligned(series).name == "w"


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_texts_and_dates__are_those_of_the_base_row(library):
    sampler = smote()[0]
    module = pytest.importorskip(library)
    make = module.table if library == "pyarrow" else module.DataFrame
    texts = [f"row {i}" for i in range(60)]
    frame = make({"text": texts, "day": np.arange(60).astype("datetime64[D]")})
    found = sampler.resample_aligned(frame)
    base = sampler.provenance_.base.tolist()
    assert list(map(str, found["text"])) == texts + [texts[i] for i in base]
    with pytest.raises(ValueError, match="text"):
        sampler.resample_aligned(frame, "interpolate")


def test_random_under_sampler__keeps_the_index_of_pandas():
    pd = pytest.importorskip("pandas")
    sampler = smotefast.RandomUnderSampler(random_state=0)
    frame = pd.DataFrame({"x": np.arange(40.0)}, index=np.arange(40) + 100)
    X_new, _ = sampler.fit_resample(frame, np.repeat([0, 1], [30, 10]))
    found = sampler.resample_aligned(frame["x"])
    pd.testing.assert_series_equal(found, X_new["x"])


def test_sparse_rows__are_taken():
    sampler, X, _ = smote()
    found = sampler.resample_aligned(sparse.csr_array(X))
    assert_equal(found.toarray(), sampler.resample_aligned(X))
    with pytest.raises(ValueError, match="base"):
        sampler.resample_aligned(sparse.csr_array(X), "interpolate")


def test_steps__of_imbalanced_learn_are_followed_if_they_tell_their_rows():
    X, y = smote()[1], np.repeat([0, 1], [45, 15])
    ids = np.arange(60)
    over = their_over.RandomOverSampler(random_state=0)
    both = Combination(over, their_under.TomekLinks(sampling_strategy="all"))
    X_new, _ = both.fit_resample(X, y)
    assert_equal(X[both.resample_aligned(ids)], X_new)
    both = Combination(their_over.SMOTE(random_state=0), TomekLinks())
    both.fit_resample(X, y)
    with pytest.raises(TypeError, match="SMOTE does not tell which rows"):
        both.resample_aligned(ids)


@pytest.mark.parametrize(
    "sampler", [SMOTE(), RandomOverSampler(), TomekLinks(), smotefast.SMOTEENN()], ids=str
)
def test_nothing_resampled__is_an_error(sampler):
    X, y = smote()[1], np.repeat([0, 1], [45, 15])
    with pytest.raises(NotFittedError):
        sampler.resample_aligned(y)
    sampler.fit(X, y)
    with pytest.raises(NotFittedError, match="Call fit_resample first; fit does not resample"):
        sampler.resample_aligned(y)
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="one row for each row of X"):
        sampler.resample_aligned(y[:-1])


@pytest.mark.parametrize(
    ("sampler", "array", "message"),
    [
        (SMOTE(), np.array(["a"] * 60), "use synthetic='base'"),
        (SMOTE(), np.arange(60) > 3, "use synthetic='base'"),
    ],
    ids=str,
)
def test_values_that_cannot_be_interpolated__are_refused(sampler, array, message):
    X, y = np.random.default_rng(0).integers(0, 4, (60, 3)), np.repeat([0, 1], [45, 15])
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match=message):
        sampler.resample_aligned(array, "interpolate")


@pytest.mark.parametrize("make", [np.array, list, pd.Series, pl.Series], ids=str)
def test_a_second_array__is_no_value_for_synthetic_samples(make):
    sampler, X, _ = smote()
    with pytest.raises(ValueError, match=r"synthetic is of type .*a call of its own"):
        sampler.resample_aligned(X[:, 0], make(X[:, 0]))


@pytest.mark.parametrize("value", [pd.Timestamp("2020-01-02"), pd.NaT, np.datetime64("2020")])
def test_a_value_of_a_library__is_one_value(value):
    sampler, X, X_new = smote()
    days = pd.Series(np.arange(len(X)).astype("datetime64[D]").astype("datetime64[ns]"))
    new = sampler.resample_aligned(days, value)[len(X) :]
    assert len(new) == len(X_new) - len(X) > 0
    assert new.isna().all() if value is pd.NaT else (new == value).all()


def test_numeric_columns_of_smotenc__come_back():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=60), rng.integers(0, 3, 60)])
    sampler = SMOTENC([1], random_state=0)
    X_new, _ = sampler.fit_resample(X, np.repeat([0, 1], [45, 15]))
    assert_equal(sampler.resample_aligned(X[:, 0], "interpolate"), X_new[:, 0])


@pytest.mark.parametrize("name", ["RepeatedEditedNearestNeighbours", "AllKNN"])
def test_the_sampler_of_the_last_pass__resamples_the_rows_of_that_pass(name):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 2)), np.repeat([0, 1], [70, 20])
    sampler = getattr(smotefast, name)()
    X_new, _ = sampler.fit_resample(X, y)
    last = sampler.enn_
    before = last._last_matrix()
    assert len(before) < len(X)
    assert_equal(last.resample_aligned(before), X_new)


@pytest.mark.parametrize("word", ["interpolated", "Base", "interpolat"])
def test_misspelled_words__are_not_taken_for_constants(word):
    with pytest.raises(ValueError, match="Did you mean"):
        smote()[0].resample_aligned(np.array(["a"] * 60), word)


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "int64[pyarrow]", "float64"])
def test_missing_values__are_not_interpolated(dtype):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    series = pd.Series([1] * 45 + [None] * 15, dtype=dtype)
    with pytest.raises(ValueError, match="Missing or infinite values"):
        smote()[0].resample_aligned(series, "interpolate")
    assert smote()[0].resample_aligned(series).isna().sum() == 45


def test_other_containers__come_back_as_their_type():
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    nw, pl = pytest.importorskip("narwhals"), pytest.importorskip("polars")
    sampler = smote()[0]
    ids = np.arange(60)
    expected = sampler.resample_aligned(ids)
    index = pd.MultiIndex.from_arrays([ids, ids + 1])
    assert sampler.resample_aligned(index)[-1] == (expected[-1], expected[-1] + 1)
    assert sampler.resample_aligned(pd.Categorical(ids.astype(str)))[-1] == str(expected[-1])
    chunked = pa.chunked_array([ids[:30], ids[30:]])
    assert isinstance(sampler.resample_aligned(chunked), pa.ChunkedArray)
    batch = pa.record_batch({"ids": ids})
    assert isinstance(sampler.resample_aligned(batch, 0), pa.RecordBatch)
    series = nw.from_native(pl.Series("ids", ids), series_only=True)
    found = sampler.resample_aligned(series, -1)
    assert isinstance(found, nw.Series)
    assert found.to_list()[60:] == [-1] * 30
    masked = np.ma.array(ids, mask=ids > 50)
    assert sampler.resample_aligned(masked).mask.sum() == 9 + (expected[60:] > 50).sum()


@pytest.mark.parametrize("array", [5, np.array(5), {*range(60)}, {}, "a" * 60, iter([])])
def test_what_has_no_rows__is_refused(array):
    with pytest.raises(TypeError, match="Pass an array or a list"):
        smote()[0].resample_aligned(array)


def test_cluster_centers__belong_to_no_row():
    sampler = smotefast.ClusterCentroids(random_state=0)
    sampler.fit_resample(smote()[1], np.repeat([0, 1], [45, 15]))
    with pytest.raises(TypeError, match="are no rows of X"):
        sampler.resample_aligned(np.arange(60))
