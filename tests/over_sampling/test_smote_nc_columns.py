"""SMOTENC on every kind of column and container."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs

from smotefast.over_sampling import SMOTENC
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import mixed
from tests.helpers.mixed_tables import NAMES, as_frame, as_objects, other_frames, pair


@pytest.mark.parametrize(
    "columns",
    [[3, 4], [4, 3], [-1, -2], [-2, 4], (4,), np.array([3]), [False] * 3 + [True] * 2],
    ids=str,
)
def test_smote_nc__takes_positions_in_any_order_and_masks(columns):
    mine, other = pair(columns)
    assert_same(mine, other, *mixed(1))
    np.testing.assert_array_equal(mine.categorical_features_, other.categorical_features_)
    np.testing.assert_array_equal(mine.continuous_features_, other.continuous_features_)
    assert mine.n_features_ == other.n_features_ == mine.n_features_in_ == 5


@pytest.mark.parametrize(
    "columns", [np.array([3, 4]), np.array([0, 0, 0, 1, 1], bool)], ids=str
)
def test_smote_nc__takes_arrays_which_imbalanced_learn_compares_with_auto(columns):
    X, y = mixed(1)
    with pytest.raises(ValueError, match="truth value of an array"):
        theirs.SMOTENC(columns).fit_resample(X, y)
    mine = SMOTENC(columns, random_state=0).fit_resample(X, y)[0]
    assert_equal(mine, theirs.SMOTENC([3, 4], random_state=0).fit_resample(X, y)[0])


def test_smote_nc__draws_column_by_column_in_the_order_given():
    X, y = mixed(1)
    first, second = (SMOTENC(c, random_state=0).fit_resample(X, y)[0] for c in ([3, 4], [4, 3]))
    np.testing.assert_array_equal(first[:, :3], second[:, :3])
    assert (first[:, 3:] != second[:, 3:]).any()


@pytest.mark.parametrize(
    "columns",
    [["kind", "flag", "name"], ["name", "kind", "flag"], [4, 0, -4], [True, False] * 3],
    ids=str,
)
def test_smote_nc__gives_imbalanced_learns_frames(columns):
    frame, y = as_frame()
    if columns[0] is True:
        frame = frame[["kind", "wide", "flag", "small", "name", "count"]]
    mine, other = pair(columns)
    assert_same(mine, other, frame, y)
    assert list(mine.feature_names_in_) == list(frame.columns)


def test_smote_nc__of_auto_takes_columns_of_dtype_category():
    frame, y = as_frame()
    mine, other = pair("auto")
    assert_same(mine, other, frame.drop(columns=["flag", "name"]), y)
    assert mine.categorical_features_.tolist() == [0]


def text_columns():
    """Yield frames of two numeric columns and one of text or booleans."""
    pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    X, y = mixed(1)
    numbers = {"a": X[:, 0], "b": X[:, 1]}
    text, flags = NAMES[X[:, 3].astype(int)], X[:, 4] > 0
    for values, dtypes in (
        (text, ["str", "object", "string", pd.ArrowDtype(pa.string())]),
        (flags, ["bool", "object", "boolean", pd.ArrowDtype(pa.bool_())]),
    ):
        for dtype in dtypes:
            yield pd.DataFrame({**numbers, "c": pd.Series(values).astype(dtype)}), y
        yield pl.DataFrame({**numbers, "c": values.tolist()}), y
        yield pa.table({**numbers, "c": values.tolist()}), y
        yield pa.RecordBatch.from_pydict({**numbers, "c": values.tolist()}), y


def test_smote_nc__of_auto_takes_texts_and_booleans_where_no_column_is_a_category():
    for frame, y in text_columns():
        sampler = SMOTENC("auto", random_state=0)
        found = sampler.fit_resample(frame, y)[0]
        assert type(found) is type(frame)
        assert sampler.categorical_features_.tolist() == [2]
        expected = SMOTENC(["c"], random_state=0).fit_resample(frame, y)[0]
        assert found.equals(expected)


def test_smote_nc__of_auto_names_what_takes_a_text_beside_a_category():
    frame, y = as_frame()
    words = r"Column 'name' .* categorical_features='not numeric'"
    with pytest.raises(ValueError, match=words):
        SMOTENC("auto").fit_resample(frame.drop(columns="flag"), y)


def test_smote_nc__without_categories_does_not_send_dates_to_smote():
    frame, y = as_frame()
    dated = frame[["wide", "small"]].assign(day=np.datetime64("2024-01-01"))
    with pytest.raises(ValueError, match="categorical_features='not numeric'"):
        SMOTENC("auto").fit_resample(dated, y)
    with pytest.raises(ValueError, match="Use SMOTE"):
        SMOTENC("auto").fit_resample(frame[["wide", "small"]], y)


def test_smote_nc__names_the_column_of_text_in_an_array_by_its_place_in_the_array():
    X, y = mixed(1)
    with pytest.raises(ValueError, match=r"column 3 of X .* Name it in categorical_features"):
        SMOTENC([0]).fit_resample(as_objects(X), y)


@pytest.mark.parametrize("container", [list, tuple, np.array, "index"])
def test_smote_nc__takes_tuples_as_names_of_columns_in_levels(container):
    pd = pytest.importorskip("pandas")
    frame, y = as_frame()
    expected = SMOTENC([0, 3], random_state=0).fit_resample(frame.drop(columns="flag"), y)[0]
    levels = frame.drop(columns="flag")
    levels.columns = pd.MultiIndex.from_product([["p"], levels.columns])
    names = [("p", "kind"), ("p", "name")]
    if container == "index":
        names = pd.MultiIndex.from_tuples(names)
    elif container is np.array:
        names = levels.columns.to_numpy()[[0, 3]]
    else:
        names = container(names)
    found = SMOTENC(names, random_state=0).fit_resample(levels, y)[0]
    assert found.columns.equals(levels.columns)
    assert found.set_axis(expected.columns, axis=1).equals(expected)
    with pytest.raises(ValueError, match=r"\('p', 'x'\)"):
        SMOTENC([("p", "x")]).fit_resample(levels, y)


def test_smote_nc__of_not_numeric_takes_texts_and_booleans_too():
    frame, y = as_frame()
    mine = SMOTENC("not numeric", random_state=0)
    other = theirs.SMOTENC(["kind", "flag", "name"], random_state=0)
    assert_equal(mine.fit_resample(frame, y)[0], other.fit_resample(frame, y)[0])


def test_smote_nc__gives_the_same_rows_in_polars_arrow_and_narwhals():
    frame, y = as_frame()
    columns = ["kind", "flag", "name"]
    expected = SMOTENC(columns, random_state=0).fit_resample(frame, y)[0]
    for given_frame in other_frames(frame):
        for how in (columns, "not numeric"):
            out = SMOTENC(how, random_state=0).fit_resample(given_frame, y)[0]
            assert type(out) is type(given_frame)
            assert out.schema == given_frame.schema
            for name in frame.columns:
                column = out[name]
                values = column.to_list() if hasattr(column, "to_list") else column.to_pylist()
                assert values == expected[name].tolist()


def test_smote_nc__of_auto_takes_categories_of_polars_and_arrow():
    frame, y = as_frame()
    for given_frame in other_frames(frame[["kind", "wide", "small", "name"]]):
        numbers = given_frame.select(["kind", "wide", "small"])
        sampler = SMOTENC("auto").fit(numbers, y)
        assert sampler.categorical_features_.tolist() == [0]


@pytest.mark.parametrize("missing", [None, np.nan])
def test_smote_nc__takes_missing_values_as_one_more_category(missing):
    X, y = mixed(6)
    objects = as_objects(X)
    objects[::4, 3] = missing
    mine, other = pair()
    assert_same(mine, other, objects, y)
    new = mine.fit_resample(objects, y)[0][len(y) :, 3]
    assert any(value is missing or value != value for value in new)


def test_smote_nc__takes_nan_in_a_float_array_as_a_category():
    X, y = mixed(6)
    X[::4, 3] = np.nan
    mine, other = pair()
    assert_same(mine, other, X, y)


def test_smote_nc__takes_missing_values_of_frames():
    frame, y = as_frame()
    frame.loc[::4, "kind"] = None
    frame.loc[::5, "name"] = None
    mine, other = pair(["kind", "name"])
    assert_same(mine, other, frame.drop(columns="flag"), y)
    pl = pytest.importorskip("polars")
    names = [None if i % 5 == 0 else name for i, name in enumerate(frame["name"])]
    polars = pl.DataFrame({"a": frame["wide"].to_numpy(), "b": names})
    out = SMOTENC(["b"], random_state=0).fit_resample(polars, y)[0]
    assert out["b"][len(y) :].null_count() > 0
    assert out.schema == polars.schema


def test_smote_nc__of_a_list_gives_lists_with_texts_and_numbers():
    X, y = mixed(1)
    objects = as_objects(X)
    rows = objects.tolist()
    out, labels = SMOTENC([3, 4], random_state=0).fit_resample(rows, y.tolist())
    expected = SMOTENC([3, 4], random_state=0).fit_resample(objects, y)[0]
    assert out == expected.tolist()
    assert isinstance(labels, list)
    assert rows == objects.tolist()


def test_smote_nc__keeps_categorical_dtypes_with_categories_that_do_not_occur():
    pd = pytest.importorskip("pandas")
    frame, y = as_frame()
    out = SMOTENC("not numeric", random_state=0).fit_resample(frame, y)[0]
    assert list(out.dtypes) == list(frame.dtypes)
    assert "u" in out["kind"].cat.categories
    assert isinstance(out.index, pd.RangeIndex)


@pytest.mark.parametrize("columns", [["label"], ["label", "count"]])
def test_smote_nc__leaves_nullable_and_arrow_backed_columns_what_they_are(columns):
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    X, y = mixed(0)
    frame = pd.DataFrame(
        {
            "label": pd.array(NAMES[X[:, 3].astype(int)], dtype=pd.ArrowDtype(pa.string())),
            "count": pd.array(X[:, 4].astype(int), dtype="Int64"),
            "a": pd.array(X[:, 0], dtype="Float64"),
            "b": X[:, 1],
        }
    )
    out = SMOTENC(columns, random_state=0).fit_resample(frame, y)[0]
    assert list(out.dtypes) == list(frame.dtypes)
    assert set(out["label"]) == set(frame["label"])
    plain = SMOTENC(columns, random_state=0).fit_resample(
        frame.astype({"label": object, "count": "int64", "a": "float64"}), y
    )[0]
    assert out.to_numpy(dtype=object).tolist() == plain.to_numpy(dtype=object).tolist()
