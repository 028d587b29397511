"""SMOTE and SMOTENC with missing="distance": samples, containers, and what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from smotefast import SMOTE, SMOTEENN, SMOTENC, Combination, RandomUnderSampler, diagnose
from tests.helpers import reference_metrics as naive
from tests.helpers.assertions import assert_equal
from tests.helpers.hypothesis_examples import examples


def holes(seed=0, sizes=(40, 16), n_features=4, share=0.3, dtype=np.float64):
    """Return rows with missing values and their classes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(sum(sizes), n_features)).astype(dtype)
    X[rng.random(X.shape) < share] = np.nan
    return X, np.repeat([0, 1], sizes)


@examples(30)
@given(
    seed=st.integers(0, 999),
    share=st.sampled_from([0.0, 0.1, 0.5, 0.9]),
    dtype=st.sampled_from([np.float32, np.float64]),
    k=st.integers(1, 6),
)
def test_samples__are_those_of_the_definition(seed, share, dtype, k):
    X, y = holes(seed, share=share, dtype=dtype)
    sampler = SMOTE(k_neighbors=k, missing="distance", random_state=seed)
    new = sampler.fit_resample(X, y)[0][len(X) :]
    rare = np.flatnonzero(y == 1)
    pool = X[rare].astype(float)

    def distances(a, b):
        return naive.common_square(pool[a], pool[b])

    for sample, base, neighbor, step in zip(new, *sampler.provenance_, strict=True):
        nearest = naive.nearest_by(pool, base - rare[0], k, distances)
        assert neighbor - rare[0] in nearest
        expected = naive.interpolated(X[base], X[neighbor], step).astype(dtype)
        np.testing.assert_array_equal(sample, expected)


def test_rows_without_missing_values__get_the_samples_of_the_default():
    X, y = holes(share=0.0)
    expected = SMOTE(random_state=0).fit_resample(X, y)[0]
    np.testing.assert_array_equal(
        SMOTE(random_state=0, missing="distance").fit_resample(X, y)[0], expected
    )
    integers = (9 * X).astype(np.int32)
    expected = SMOTE(random_state=0).fit_resample(integers, y)[0]
    found = SMOTE(random_state=0, missing="distance").fit_resample(integers, y)[0]
    assert_equal(found, expected)


def test_missing_values_of_columns_that_do_not_count__are_filled_in_samples():
    X, y = holes()
    X[:, :2] = np.nan_to_num(X[:, :2])
    sampler = SMOTE(random_state=0, missing="distance", distance_columns=[0, 1])
    sampler.fit_resample(X, y)
    other = SMOTE(random_state=0)
    other.fit_resample(X[:, :2], y)
    for one, two in zip(sampler.provenance_, other.provenance_, strict=True):
        np.testing.assert_array_equal(one, two)


def containers(X):
    """Yield the same rows with missing values in containers: X, and the missing value."""
    items = [[None if np.isnan(value) else value for value in row] for row in X.tolist()]
    names = [f"c{j}" for j in range(X.shape[1])]
    columns = dict(zip(names, map(list, zip(*items, strict=True)), strict=True))
    yield X, np.nan
    yield items, None
    frame = pd.DataFrame(X, columns=names)
    yield frame, np.nan
    yield frame.astype("Float64"), pd.NA
    yield frame.astype("double[pyarrow]"), pd.NA
    yield pd.DataFrame(items, columns=names, dtype=object), None
    yield pl.DataFrame(columns), None
    yield pl.DataFrame(X, schema=names), np.nan
    yield pa.table(columns), None
    yield pa.table(columns).to_batches()[0], None


def rows_of(container):
    """Return the items of a container, row by row."""
    if isinstance(container, np.ndarray):
        return container.tolist()
    if isinstance(container, pd.DataFrame):
        return list(map(list, container.itertuples(index=False)))
    if isinstance(container, pl.DataFrame):
        return list(map(list, container.rows()))
    if isinstance(container, list):
        return container
    return [list(row.values()) for row in container.to_pylist()]


def is_the_same(item, missing):
    return item is missing or (isinstance(item, float) and item != item and missing is np.nan)


@pytest.mark.parametrize("number", range(10))
def test_containers__get_their_missing_value_back(number):
    X, y = holes(share=0.6)
    expected = SMOTE(random_state=0, missing="distance").fit_resample(X, y)[0]
    container, missing = list(containers(X))[number]
    found = SMOTE(random_state=0, missing="distance").fit_resample(container, y)[0]
    assert type(found) is type(container)
    assert np.isnan(expected[len(X) :]).any()
    for row, values in zip(rows_of(found), expected.tolist(), strict=True):
        for item, value in zip(row, values, strict=True):
            if value == value:
                assert item == value
            else:
                assert is_the_same(item, missing)


WHOLE = [None if i % 3 == 0 else i for i in range(56)]
FLAGS = [None if i % 3 == 0 else i % 2 == 0 for i in range(56)]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"i": pd.array(WHOLE, "Int16"), "f": pd.array(FLAGS, "boolean")}),
        pd.DataFrame({"i": WHOLE, "f": FLAGS}, dtype=object),
        pd.DataFrame(
            {"i": pd.array(WHOLE, "int64[pyarrow]"), "f": pd.array(FLAGS, "bool[pyarrow]")}
        ),
        pl.DataFrame({"i": WHOLE, "f": FLAGS}, schema={"i": pl.Int16, "f": pl.Boolean}),
        pl.DataFrame({"i": WHOLE, "f": FLAGS}).cast({"i": pl.Decimal(9, 2)}),
        pa.table({"i": pa.array(WHOLE, pa.uint8()), "f": FLAGS}),
        pa.table({"i": pa.array(WHOLE, pa.float16()), "f": FLAGS}),
    ],
    ids=["nullable", "objects", "arrow-backed", "polars", "decimals", "arrow", "float16"],
)
def test_integers_and_booleans__keep_their_dtype_and_their_missing_values(frame):
    y = np.repeat([0, 1], [40, 16])
    sampler = SMOTE(random_state=0, missing="distance")
    found = sampler.fit_resample(frame, y)[0]
    schema = getattr(frame, "schema", None)
    if schema is None:
        assert found.dtypes.equals(frame.dtypes)
    else:
        assert found.schema == schema
    rows, before = rows_of(found), rows_of(frame)
    if isinstance(before[1][0], int) and schema is None and "object" in map(str, frame.dtypes):
        before = [[i and float(i), flag] for i, flag in before]
    assert list(map(repr, rows[:56])) == list(map(repr, before))
    missing = {repr(row[0]) for row in before if pd.isna(row[0])}
    new = [row[0] for row in rows[56:]]
    assert any(map(pd.isna, new))
    assert {repr(item) for item in new if pd.isna(item)} == missing
    for row, base, neighbor in zip(rows[56:], *sampler.provenance_[:2], strict=True):
        for item, one, two in zip(row, before[base], before[neighbor], strict=True):
            assert pd.isna(item) == (pd.isna(one) and pd.isna(two))


def mixed_holes(seed=0):
    rng = np.random.default_rng(seed)
    X, y = holes(seed, n_features=3)
    kinds = rng.choice(np.array(["a", "b", None], dtype=object), len(X))
    return pd.DataFrame({"u": X[:, 0], "kind": kinds, "v": X[:, 1], "w": X[:, 2]}), y


def test_smote_nc__takes_missing_numbers_and_missing_categories():
    frame, y = mixed_holes()
    sampler = SMOTENC(["kind"], random_state=0, missing="distance")
    found = sampler.fit_resample(frame, y)[0]
    numbers = frame[["u", "v", "w"]].to_numpy()
    new = found[["u", "v", "w"]].to_numpy()[len(frame) :]
    median = np.median(np.nanstd(numbers[y == 1], axis=0))
    assert sampler.median_std_ == {1: pytest.approx(median)}
    codes = frame[["kind"]].fillna("missing").to_numpy()

    def distances(a, b):
        pairs = numbers[40 + a], numbers[40 + b], codes[40 + a], codes[40 + b]
        return naive.common_square(*pairs, weight=sampler.median_std_[1] ** 2)

    for sample, base, neighbor, step in zip(new, *sampler.provenance_, strict=True):
        assert neighbor - 40 in naive.nearest_by(range(16), base - 40, 5, distances)
        expected = naive.interpolated(numbers[base], numbers[neighbor], step)
        np.testing.assert_array_equal(sample, expected)
    assert set(found["kind"]) == set(frame["kind"])


@pytest.mark.parametrize("library", ["polars", "pyarrow", "objects", "lists"])
def test_smote_nc__gives_each_container_the_same_rows(library):
    frame, y = mixed_holes()
    expected = SMOTENC([1], random_state=0, missing="distance").fit_resample(frame, y)[0]
    items = [[None if pd.isna(v) else v for v in row] for row in rows_of(frame)]
    columns = dict(zip(frame, zip(*items, strict=True), strict=True))
    X = {
        "polars": lambda: pl.DataFrame({name: list(c) for name, c in columns.items()}),
        "pyarrow": lambda: pa.table({name: list(c) for name, c in columns.items()}),
        "objects": lambda: np.array(items, dtype=object),
        "lists": lambda: items,
    }[library]()
    found = rows_of(SMOTENC([1], random_state=0, missing="distance").fit_resample(X, y)[0])
    before = [[None if pd.isna(v) else v for v in row] for row in rows_of(expected)]
    assert found == before


def test_smote_nc__of_numbers_that_are_all_missing_copies_none():
    frame, y = mixed_holes()
    frame.loc[y == 1, ["u", "v", "w"]] = np.nan
    sampler = SMOTENC(["kind"], random_state=0, missing="distance")
    found = sampler.fit_resample(frame, y)[0]
    assert sampler.median_std_ == {1: 0.0}
    assert found[["u", "v", "w"]][len(frame) :].isna().all(axis=None)


def test_infinite_values__are_refused_by_name_beside_missing_ones():
    X, y = holes()
    X[3, 2] = np.inf
    with pytest.raises(ValueError, match=r"infinity.*column 2 has 1 infinite value,"):
        SMOTE(missing="distance").fit_resample(X, y)


def test_squares_that_overflow__are_refused_beside_missing_values():
    X, y = holes()
    X[:, 0] *= 1e200
    for sampler in (SMOTE(missing="distance"), SMOTENC([3], missing="distance")):
        with pytest.raises(ValueError, match="squares differences, and X has values up to"):
            sampler.fit_resample(np.where(np.arange(4) < 3, X, 1), y)
    apart = SMOTE(missing="distance", distance_columns=[1, 2, 3], random_state=0)
    assert len(apart.fit_resample(X, y)[0]) > len(X)


@pytest.mark.parametrize(
    ("sampler", "is_advised"),
    [
        (SMOTE(), True),
        (SMOTE(metric="cosine"), False),
        (SMOTE(search="approximate"), False),
        (SMOTE(k_neighbors=NearestNeighbors(n_neighbors=4)), False),
        (SMOTEENN(), False),
        (Combination(SMOTE(), RandomUnderSampler()), True),
    ],
)
def test_advice__names_missing_only_if_it_is_allowed(sampler, is_advised):
    X, y = holes()
    for call in (sampler.fit, sampler.fit_resample):
        with pytest.raises(ValueError, match="Input X contains NaN") as error:
            call(X, y)
        assert ("set missing='distance'" in str(error.value)) == is_advised


def test_missing_values__are_refused_by_default_and_in_sparse_rows():
    X, y = holes()
    for sampler, rows in (
        (SMOTE(), X),
        (SMOTENC([3]), np.nan_to_num(X) + np.where(np.arange(4) < 1, X * 0, 0)),
        (SMOTE(missing="distance"), sparse.csr_array(X)),
    ):
        with pytest.raises(ValueError, match="Input X contains NaN: column 0 has"):
            sampler.fit_resample(rows, y)


@pytest.mark.parametrize(
    ("sampler", "words"),
    [
        (SMOTE(missing="distance", metric="cosine"), "missing='distance' measures Euclidean"),
        (SMOTE(missing="distance", search="approximate"), "search='approximate' knows no"),
        (
            SMOTE(missing="distance", k_neighbors=NearestNeighbors(n_neighbors=4)),
            "k_neighbors is an estimator.*missing='distance' changes.* as a number",
        ),
        (SMOTENC([1], missing="distance", search="approximate"), "'approximate' knows no"),
        (SMOTE(missing="distances"), "Did you mean 'distance'"),
    ],
)
def test_parameters__that_exclude_each_other_are_refused_by_name(sampler, words):
    with pytest.raises(ValueError, match=words):
        sampler.fit_resample(*holes())


def test_fitted_neighbors__have_the_metric_of_missing_values():
    X, y = holes()
    sampler = SMOTE(random_state=0, missing="distance")
    sampler.fit_resample(X, y)
    assert sampler.nn_k_.metric == "nan_euclidean"
    neighbors = sampler.nn_k_.kneighbors(X[y == 1], return_distance=False)
    base, neighbor, _ = sampler.provenance_
    assert all(n - 40 in neighbors[b - 40] for b, n in zip(base, neighbor, strict=True))
    assert sampler.__sklearn_tags__().input_tags.allow_nan
    assert not SMOTE().__sklearn_tags__().input_tags.allow_nan
    frame, y = mixed_holes()
    mixed = SMOTENC(["kind"], random_state=0, missing="distance")
    mixed.fit_resample(frame, y)
    assert not hasattr(mixed.nn_k_, "n_samples_fit_")


def test_combinations__pass_missing_values_to_a_step_that_takes_them():
    X, y = holes()
    frame = pd.DataFrame(X, columns=list("abcd"))
    first = SMOTE(random_state=0, missing="distance")
    second = RandomUnderSampler(sampling_strategy={0: 30}, random_state=0)
    expected = second.fit_resample(*first.fit_resample(frame, y))
    found = Combination(first, second).fit_resample(frame, y)
    assert_equal(found[0], expected[0])
    with pytest.raises(ValueError, match="EditedNearestNeighbours computes with all values"):
        SMOTEENN(smote=first).fit_resample(frame, y)


def test_diagnose__accepts_missing_values_that_the_sampler_takes():
    X, y = holes(sizes=(80, 30))
    refused = str(diagnose(X, y, sampler=SMOTE()))
    accepted = str(diagnose(X, y, sampler=SMOTE(missing="distance")))
    assert "SimpleImputer" in refused
    assert "SMOTE computes with all values" not in accepted
