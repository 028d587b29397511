"""Data and parameters that a sampler refuses are problems, and others are not."""

from __future__ import annotations

import datetime
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import sparse

import smotefast
from smotefast import SMOTE, SMOTENC, Combination, RandomUnderSampler, TomekLinks
from smotefast.registry import SAMPLERS, all_names, make_sampler
from tests.helpers.diagnosis_data import find_point, mixed_frame, point_names, two_classes

X, Y = two_classes(60, 20, n_features=3)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])
DAYS = pd.date_range("2020", periods=80)
OTHER = {
    "dates": DAYS,
    "time spans": pd.to_timedelta(range(80), unit="s"),
    "periods": pd.period_range("2020", periods=80),
    "lists": [[1, 2]] * 80,
    "dicts": [{"k": 1}] * 80,
    "complex": np.ones(80) * 1j,
    "text beside lists": ["x", [1]] * 40,
    "very large integers": pd.Series([10**400] * 80, dtype=object),
}
NAMES = {
    "twice": ["a", "a", "b"],
    "integers twice": [0, 0, 1],
    "text and integers": ["a", 1, 2],
    "text and None": [None, "a", "b"],
    "text and tuples": [("p", "a"), "b", "c"],
}


@pytest.mark.parametrize("columns", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("sampler", [None, "smote", "random"])
def test_names_that_every_sampler_refuses__are_a_problem(columns, sampler):
    frame = pd.DataFrame(X, columns=columns)
    with pytest.raises((TypeError, ValueError)):
        smotefast.RandomOverSampler().fit_resample(frame, Y)
    point = find_point(smotefast.diagnose(frame, Y, sampler), "refused_data")
    assert point.level == "problem"
    assert "No sampler accepts these data" in point.text


def test_names_of_arrow_and_sparse_frames__are_checked_too():
    table = pa.Table.from_arrays([pa.array(X[:, 0]), pa.array(X[:, 1])], names=["a", "a"])
    frame = pd.DataFrame(X, columns=["a", "a", "b"]).astype(pd.SparseDtype(float, 0.0))
    for data in (table, frame):
        assert "refused_data" in point_names(smotefast.diagnose(data, Y))


@pytest.mark.parametrize("name", all_names())
def test_every_sampler__can_be_given_as_name_class_or_instance(name):
    frame, y = mixed_frame()
    data = frame if name == "smote-nc" else frame[["age", "stage"]]
    sampler = make_sampler(name)
    diagnosis = smotefast.diagnose(data, y, name)
    assert diagnosis.judged == type(sampler).__name__
    assert diagnosis.to_dict() == smotefast.diagnose(data, y, sampler).to_dict()
    assert diagnosis.to_dict() == smotefast.diagnose(data, y, type(sampler)).to_dict()
    assert not {"refused_data", "refused_parameter"} & set(point_names(diagnosis))
    assert diagnosis.candidates


@pytest.mark.parametrize("name", [name for name in all_names() if name != "kmeans-smote"])
@pytest.mark.parametrize("kind", ["text", "missing", "infinite", "booleans", *OTHER])
def test_samplers__refuse_what_the_report_says_and_nothing_else(name, kind):
    frame = FRAME.copy()
    frame["d"] = {
        "text": ["x", "y"] * 40,
        "missing": np.where(np.arange(80) % 9 == 0, np.nan, X[:, 0]),
        "infinite": np.where(np.arange(80) % 9 == 0, np.inf, X[:, 0]),
        "booleans": [True, False] * 40,
        **OTHER,
    }[kind]
    sampler, refused = make_sampler(name), False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sampler.fit_resample(frame, Y)
        except Exception:
            refused = True
    problems = [
        point
        for point in smotefast.diagnose(frame, Y, name).points
        if point.level == "problem" and "does not accept" in point.text
    ]
    assert bool(problems) == refused


def test_labels_that_every_sampler_refuses__are_refused_in_the_same_words():
    missing = Y.astype(float)
    missing[0] = np.nan
    for y in (missing, np.zeros(80, dtype=int), X[:, 0], [None, *Y[1:]], Y + 1j, []):
        with pytest.raises(ValueError) as expected:  # noqa: PT011  the texts are compared
            SMOTE().fit_resample(X, y)
        with pytest.raises(ValueError) as found:  # noqa: PT011
            smotefast.diagnose(X, y)
        if len(y):
            assert str(found.value) == str(expected.value)


def test_data_that_no_table_can_hold__are_refused_in_the_same_words():
    for data in (X + 1j, X[:, 0], X[:0], FRAME[[]], 5.0, None, pl.DataFrame(X).lazy()):
        with pytest.raises(ValueError) as expected:  # noqa: PT011
            SMOTE().fit_resample(data, Y[: len(X[:0])] if data is X[:0] else Y)
        with pytest.raises(ValueError) as found:  # noqa: PT011
            smotefast.diagnose(data, Y)
        assert str(found.value) == str(expected.value)


def test_booleans_in_an_array__are_refused_by_samplers_that_interpolate():
    for data, sampler, is_refused in (
        (X > 0, "smote", True),
        (X > 0, "tomek-links", False),
        (sparse.csr_array(X), "smote", False),
    ):
        diagnosis = smotefast.diagnose(data, Y, sampler)
        assert ("refused_data" in point_names(diagnosis)) == is_refused


def test_smotenc_without_categories__is_refused():
    text = find_point(smotefast.diagnose(FRAME, Y, "smote-nc"), "refused_data").text
    assert "work only with numerical features" in text


def test_strategies_of_any_step__are_checked():
    X, y = two_classes(400, 100)
    bad = (
        RandomUnderSampler(sampling_strategy={0: 500}),
        TomekLinks(sampling_strategy=[7]),
        Combination(SMOTE(sampling_strategy={7: 9}), TomekLinks()),
    )
    for sampler in bad:
        point = find_point(smotefast.diagnose(X, y, sampler), "refused_parameter")
        assert point.level == "problem"


def written(tmp_path, table):
    pq.write_table(table, tmp_path / "in.parquet")
    return tmp_path / "in.parquet"


def test_files__name_samplers_that_jobs_do_not_take(tmp_path):
    source = written(tmp_path, pa.table({"a": X[:, 0], "b": X[:, 1], "y": Y}))
    for name in all_names():
        points = point_names(smotefast.diagnose(source, target="y", sampler=name))
        assert ("not_for_files" in points) == (name not in SAMPLERS)


def test_files__that_a_job_refuses_have_a_problem(tmp_path):
    frame = FRAME.assign(y=Y).set_index(pd.Index(range(80), name="id").astype(float))
    indexed = written(tmp_path, pa.Table.from_pandas(frame))
    smote = smotefast.diagnose(indexed, "y", "smote")
    assert "index" in find_point(smote, "refused_data").text
    assert "refused_data" not in point_names(smotefast.diagnose(indexed, "y", "random"))
    nested = written(tmp_path, pa.table({"a": X[:, 0], "d": [[1, 2]] * 80, "y": Y}))
    smote_nc = smotefast.diagnose(nested, "y", "smote-nc")
    assert "nested" in find_point(smote_nc, "refused_data").text
    days = pa.table({"a": X[:, 0], "d": [datetime.date(2020, 1, 1)] * 80, "y": Y})
    days = written(tmp_path, days)
    for sampler, level in (("smote", "problem"), ("smote-nc", "warning")):
        diagnosis = smotefast.diagnose(days, "y", sampler)
        assert find_point(diagnosis, "unread_columns").level == level


def test_a_strategy_that_is_refused__is_a_problem_beside_other_points():
    X, y = two_classes()
    y[:50] = 2
    diagnosis = smotefast.diagnose(X, y, SMOTE(sampling_strategy=0.5))
    assert "binary" in find_point(diagnosis, "refused_parameter").text
    assert diagnosis.points[0].level == "problem"
    assert diagnosis.classes[1].n_new == 250


def test_categorical_features_that_do_not_exist__are_a_problem():
    frame, y = mixed_frame()
    diagnosis = smotefast.diagnose(frame, y, SMOTENC(["town"]))
    assert "'town'" in find_point(diagnosis, "refused_parameter").text
    assert find_point(diagnosis, "categorical_columns").columns == ("city",)
