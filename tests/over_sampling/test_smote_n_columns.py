"""SMOTEN on every type of column and container, and what it refuses."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OrdinalEncoder

from smotefast.over_sampling import SMOTEN
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import categories
from tests.over_sampling.test_smote_n import pair, untied


def test_smote_n__gives_imbalanced_learns_frames():
    pd = pytest.importorskip("pandas")
    for X, y in untied(3):
        frame = pd.DataFrame(
            {
                "a": pd.Categorical(np.array(list("zyxwvutsr"))[X[:, 0]], ordered=True),
                "b": X[:, 1],
                "c": np.array(list("zyxwvutsr"))[X[:, 2]],
                "d": X[:, 3] / 2,
                "e": pd.Series(X[:, 4], dtype="category"),
                "f": X[:, 5],
            },
        )
        mine, other = pair()
        assert_same(mine, other, frame, y)
        for one, two in zip(
            mine.categorical_encoder_.categories_,
            other.categorical_encoder_.categories_,
            strict=True,
        ):
            assert list(one) == list(two)


def test_smote_n__gives_the_same_rows_in_every_container():
    pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    ((X, y),) = untied(1)
    names = np.array(list("zyxwvutsr"))[X]
    expected = SMOTEN(random_state=0).fit_resample(names, y)[0].tolist()
    objects = names.astype(object)
    columns = {f"c{j}": column for j, column in enumerate(objects.T)}
    frame = pl.DataFrame(columns, schema_overrides={"c0": pl.Categorical})
    arrow = pa.table(columns)
    tables = [pd.DataFrame(columns), frame, arrow, arrow.to_batches()[0]]
    tables.append(pa.concat_tables([arrow[:20], arrow[20:]]))
    tables.append(pa.table({name: pa.chunked_array([
        pa.array(one[:20]).dictionary_encode(), pa.array(one[20:]).dictionary_encode()
    ]) for name, one in columns.items()}))  # fmt: skip
    for container in (names.tolist(), objects, *tables):
        out = SMOTEN(random_state=0).fit_resample(container, y)[0]
        assert type(out) is type(container)
        if hasattr(out, "schema"):
            assert out.schema == container.schema
            rows = [list(row.values()) for row in (
                out.to_dicts() if hasattr(out, "to_dicts") else out.to_pylist())]  # fmt: skip
        else:
            rows = np.asarray(out, dtype=object).tolist()
        assert rows == expected


def test_smote_n__of_booleans_gives_imbalanced_learns_dtype_and_modes_of_the_class():
    X, y = categories(0, (60, 25), 6, 2)
    mine, other = (one.fit_resample(X.astype(bool), y)[0] for one in pair())
    assert mine.dtype == other.dtype == bool
    assert mine.shape == other.shape
    pd = pytest.importorskip("pandas")
    out = SMOTEN(random_state=0).fit_resample(pd.DataFrame(X.astype(bool)), y)[0]
    assert set(out.dtypes.astype(str)) == {"bool"}
    np.testing.assert_array_equal(out.to_numpy(), mine)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_smote_n__takes_missing_values_as_one_more_category(missing):
    for X, y in untied(5):
        holes = X.astype(object)
        holes[X == 8] = missing  # the highest code stays the highest
        mine, other = pair()
        found = mine.fit_resample(holes, y)[0]
        expected = other.fit_resample(X, y)[0]
        new = found[len(y) :]
        gone = np.array([[v is None or v != v for v in row] for row in new])
        np.testing.assert_array_equal(np.where(gone, 8, new), expected[len(y) :])


def test_smote_n__takes_the_order_of_a_users_encoder():
    X, y = categories(2, n_columns=5, n_categories=4)  # of many modes several share the votes
    encoder = OrdinalEncoder(categories=[np.array(list("dbca"))] * 5, dtype=np.int32)
    names = np.array(list("abcd"), dtype=object)[X]
    mine = SMOTEN(encoder, random_state=0)
    out = mine.fit_resample(names, y)[0]
    assert [list(one) for one in mine.categorical_encoder_.categories_] == [[*"dbca"]] * 5
    ranks = np.array([3, 1, 2, 0])  # of a, b, c, d in the encoder's order
    numbers = SMOTEN(random_state=0).fit_resample(ranks[X], y)[0]
    np.testing.assert_array_equal(np.array(list("dbca"))[numbers], out)
    assert (SMOTEN(random_state=0).fit_resample(names, y)[0] != out).any()


def test_smote_n__with_an_encoder_gives_imbalanced_learns_rows():
    order = list(np.random.default_rng(0).permutation(list("zyxwvutsr")))
    for X, y in untied(5):
        encoder = OrdinalEncoder(categories=[order] * 6, dtype=np.int32)
        names = np.array(list("zyxwvutsr"), dtype=object)[X]
        assert_same(*pair(categorical_encoder=encoder), names, y)


def test_smote_n__uses_only_the_number_of_a_users_estimator():
    ((X, y),) = untied(1, k=3)
    estimator = NearestNeighbors(n_neighbors=4)
    mine, other = pair(k_neighbors=estimator)
    assert_same(mine, other, X, y)
    plain = SMOTEN(k_neighbors=3, random_state=0).fit_resample(X, y)[0]
    assert_equal(mine.fit_resample(X, y)[0], plain)
    assert mine.nn_k_.n_neighbors == other.nn_k_.n_neighbors == 4
    assert not hasattr(estimator, "n_samples_fit_")


def test_smote_n__keeps_the_input_as_it_was_and_items_of_lists():
    X, y = categories(0)
    rows = [[int(v) for v in row] for row in X]
    out = SMOTEN(random_state=0).fit_resample(rows, y.tolist())[0]
    assert rows == X.tolist()
    assert all(type(value) is int for row in out for value in row)


@pytest.mark.parametrize(
    ("X", "y", "kwargs", "words"),
    [
        ([["a"]] * 10, [0] * 7 + [1] * 3, {}, "Expected n_neighbors <= n_samples_fit.*class 1"),
        (
            [["a"]] * 9,
            [0] * 6 + [1] * 3,
            {"categorical_encoder": OrdinalEncoder(categories=[["b"]])},
            "Found unknown categories",
        ),
    ],
)
def test_smote_n__refuses_in_plain_words(X, y, kwargs, words):
    with pytest.raises(ValueError, match=words):
        SMOTEN(**kwargs).fit_resample(X, y)


def test_smote_n__has_no_encoder_before_it_has_seen_data():
    with pytest.raises(AttributeError, match="categorical_encoder_ yet"):
        _ = SMOTEN().categorical_encoder_


def test_smote_n__has_no_encoder_of_missing_values_and_says_so():
    X = np.array([["a"], ["b"], [None]], dtype=object)[np.arange(40) % 3]
    sampler = SMOTEN(random_state=0)
    sampler.fit_resample(X, np.arange(40) < 10)
    with pytest.raises(AttributeError, match=r"no categorical_encoder_: .* missing values"):
        sampler.categorical_encoder_  # noqa: B018
