"""Errors that the class sizes alone cause come before any search."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from smotefast import ResamplingWarning
from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from smotefast.engine.rows import MatrixRows
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from smotefast.storage import ParquetSource
from smotefast.under_sampling import (
    EditedNearestNeighbours,
    NearMiss,
    NeighbourhoodCleaningRule,
    OneSidedSelection,
    RandomUnderSampler,
    RepeatedEditedNearestNeighbours,
    TomekLinks,
)
from tests.helpers.case_names import name_of
from tests.helpers.parquet_files import resample, write_file

_SIZES = {"a": 60, "b": 40, "c": 3}
_TOO_SMALL = "k_neighbors=5 needs at least 6 rows in class 'c'"
_ESTIMATOR = NearestNeighbors(n_neighbors=6)
_ESTIMATOR_OF_ONE = NearestNeighbors(n_neighbors=1)
_CLAMPED = SMOTE(small_class="clamp")

ERRORS = [
    (SMOTE(), _TOO_SMALL),
    (SMOTE(k_neighbors=_ESTIMATOR), _TOO_SMALL),
    (SMOTE(k_neighbors=_ESTIMATOR_OF_ONE), "the first neighbor that an estimator reports"),
    (SMOTE(k_neighbors=2, sampling_strategy={"c": 2}), "greater or equal to the original"),
    (SMOTE(sampling_strategy=0.5), "only when the type of target is binary"),
    (SMOTEN(), _TOO_SMALL),
    (SMOTENC([1]), _TOO_SMALL),
    (SVMSMOTE(), _TOO_SMALL),
    (ADASYN(), "n_neighbors=5 needs at least 6 rows in class 'c'"),
    (ADASYN(n_neighbors=200), "n_neighbors=200 needs at least 201 rows in X"),
    (BorderlineSMOTE(m_neighbors=200), "m_neighbors=200 needs at least 201 rows in X"),
    (
        BorderlineSMOTE(m_neighbors=_ESTIMATOR_OF_ONE),
        "the first neighbor that an estimator reports",
    ),
    (BorderlineSMOTE(k_neighbors=200, kind="borderline-2"), "k_neighbors=200 needs at least"),
    (SVMSMOTE(m_neighbors=200), "m_neighbors=200 needs at least 201 rows in X"),
    (KMeansSMOTE(k_neighbors=3), "class c.*has 3 rows, and a cluster needs at least 4 rows"),
    (KMeansSMOTE(kmeans_estimator=200), "n_samples=103 should be >= n_clusters=200"),
    (RandomOverSampler(shrinkage={"b": 0.1}), "missing classes are: {'c'}"),
    (SMOTETomek(), _TOO_SMALL),
    (Combination(_CLAMPED, RandomUnderSampler(sampling_strategy={"a": 61})), "less or equal"),
    (Combination(_CLAMPED, TomekLinks(sampling_strategy=["x"])), "are not present"),
]
IN_MEMORY = [
    (SMOTEENN(), _TOO_SMALL),
    (
        SMOTEENN(smote=_CLAMPED, enn=EditedNearestNeighbours(n_neighbors=180)),
        "at least 181 rows",
    ),
    (
        Combination(_CLAMPED, RepeatedEditedNearestNeighbours(n_neighbors=180)),
        "at least 181 rows",
    ),
    (NearMiss(version=3, n_neighbors=4), "n_neighbors=4 needs at least 4 rows in each class"),
    (NearMiss(version=3, n_neighbors=1, n_neighbors_ver3=50), "n_neighbors_ver3=50 needs"),
    (OneSidedSelection(n_neighbors=5), "n_neighbors=5 needs a store of at least 5 rows"),
    (
        NeighbourhoodCleaningRule(
            edited_nearest_neighbours=EditedNearestNeighbours(), n_neighbors=200
        ),
        "n_neighbors=200 needs at least 201 rows",
    ),
]
IN_FILES = [
    (BorderlineSMOTE(m_neighbors=_ESTIMATOR), "cannot search rows in files"),
    (
        BorderlineSMOTE(k_neighbors=_ESTIMATOR, kind="borderline-2"),
        "cannot search rows in files",
    ),
    (ADASYN(n_neighbors=NearestNeighbors(n_neighbors=3)), "cannot search rows in files"),
]


def table(order="abc"):
    """Return classes of 60, 40 and 3 rows; ``order`` names them."""
    import pyarrow as pa

    label = np.repeat(list(order), [60, 40, 3])
    rng = np.random.default_rng(0)
    text = rng.choice(["x", "y"], 103)
    return pa.table({"f": rng.normal(size=103), "t": text, "g": rng.normal(size=103)}), label


def features_of(sampler, X):
    """Return the columns that a sampler takes."""
    first = getattr(sampler, "creation", sampler)
    mixed = isinstance(first, SMOTENC | SMOTEN)
    return X if mixed else X.select(["f", "g"])


@pytest.mark.parametrize(("sampler", "message"), ERRORS + IN_MEMORY, ids=name_of)
def test_fit_resample__fails_before_it_searches(monkeypatch, sampler, message):
    def search(*arguments, **options):
        raise AssertionError("a row was searched for, or a model fitted")

    for name in ("find_neighbors", "matrix", "rows_at", "all_rows"):
        monkeypatch.setattr(MatrixRows, name, search)
    X, y = table()
    with pytest.raises((ValueError, RuntimeError), match=message):
        sampler.fit_resample(features_of(sampler, X), y)


@pytest.mark.parametrize(("sampler", "message"), ERRORS + IN_FILES, ids=name_of)
def test_a_job__fails_after_counting_the_classes(tmp_path, monkeypatch, sampler, message):
    def load(*arguments):
        raise AssertionError("kernels were loaded")

    read = []
    batches = ParquetSource._batches

    def recorded(source, file, groups, columns, *options):
        read.append(list(columns))
        return batches(source, file, groups, columns, *options)

    monkeypatch.setattr("smotefast.batch.feature_plan.load_kernels", load)
    monkeypatch.setattr(ParquetSource, "_batches", recorded)
    X, y = table()
    X = features_of(sampler, X).append_column("label", [y])
    source = write_file(tmp_path / "in.parquet", X)
    with pytest.raises((ValueError, RuntimeError), match=message):
        resample(source, tmp_path / "out.parquet", sampler=sampler)
    assert read == [["label"]]


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
@pytest.mark.parametrize("small_class", ["error", "clamp", "duplicate"])
def test_a_small_class__is_refused_first_or_last_in_label_order(order, small_class):
    X, y = table(order)
    sampler = SMOTE(small_class=small_class)
    if small_class == "error":
        with pytest.raises(ValueError, match=f"rows in class '{order[2]}'"):
            sampler.fit_resample(X.select(["f", "g"]), y)
        return
    with pytest.warns(ResamplingWarning, match="use 2 neighbors instead of 5"):
        sampler.fit_resample(X.select(["f", "g"]), y)


def test_borderline_smote__searches_small_classes_first(monkeypatch):
    searched = []
    find_neighbors = MatrixRows.find_neighbors

    def recorded(rows, queries, *arguments, **options):
        searched.append(list(queries))
        return find_neighbors(rows, queries, *arguments, **options)

    monkeypatch.setattr(MatrixRows, "find_neighbors", recorded)
    X, y = table()
    values = np.column_stack([X["f"], X["g"]])
    values[100:] = values[0] + np.arange(3)[:, np.newaxis] / 1e6
    with pytest.raises(ValueError, match=_TOO_SMALL):
        BorderlineSMOTE().fit_resample(values, y)
    assert searched == [["c"]]


def test_borderline_smote__leaves_a_small_class_of_noise_unchanged():
    X, y = table()
    values = np.column_stack([X["f"], X["g"]])
    values[100:] = values[:3] + 1e-6
    with pytest.warns(ResamplingWarning, match="no samples for class 'c', which stays at"):
        new = BorderlineSMOTE().fit_resample(values, y)[1]
    assert np.count_nonzero(new == "c") == 3


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
def test_a_possible_second_step__is_not_refused_for_rounded_numbers(tmp_path):
    X, y = table()[0].select(["f", "g"]), np.repeat(["a", "b"], [63, 40])
    n_made = np.count_nonzero(ADASYN(random_state=0).fit_resample(X, y)[1] == "b")
    assert n_made > 63
    steps = ADASYN(random_state=0), RandomUnderSampler(sampling_strategy={"b": n_made})
    kept = Combination(*steps).fit_resample(X, y)[1]
    assert np.count_nonzero(kept == "b") == n_made
    source = write_file(tmp_path / "in.parquet", X.append_column("label", [y]))
    summary = resample(source, tmp_path / "out.parquet", sampler=Combination(*steps))
    assert summary.counts_after == {"a": 63, "b": n_made}
