"""Arguments of diagnose: labels, the name of a column, a file, a sampler."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import smotefast
from smotefast.over_sampling import SMOTE
from tests.helpers.diagnosis_data import mixed_frame, two_classes

CONTAINERS = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "Arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "record batch": lambda frame: pa.RecordBatch.from_pandas(frame, preserve_index=False),
}


@pytest.mark.parametrize("make", CONTAINERS.values(), ids=CONTAINERS)
def test_the_target__may_be_the_name_of_a_column(make):
    frame, y = mixed_frame()
    expected = smotefast.diagnose(make(frame), y).to_dict()
    whole = make(frame.assign(label=y))
    assert smotefast.diagnose(whole, "label").to_dict() == expected
    assert smotefast.diagnose(whole, target="label").to_dict() == expected


def test_the_target__may_have_an_integer_as_name():
    X, y = two_classes()
    frame = pd.DataFrame(np.column_stack([y, X]))
    expected = smotefast.diagnose(pd.DataFrame(X), y)
    diagnosis = smotefast.diagnose(frame, 0)
    assert diagnosis.classes == expected.classes
    assert smotefast.diagnose(frame.rename(columns={1: "a"}), 0).classes == expected.classes


@pytest.mark.parametrize(
    ("frame", "name", "words"),
    [
        (mixed_frame()[0], "agee", "'agee' is not a column of X. Did you mean 'age'"),
        (mixed_frame()[0], "lable", "The columns are 'age', '<income>', 'city', 'stage'"),
        (two_classes()[0], "label", "X has no named columns"),
        (pd.DataFrame(np.ones((3, 2)), columns=["a", "a"]), "a", "names 2 columns"),
    ],
)
def test_a_name_that_is_no_column__is_refused_with_the_columns(frame, name, words):
    with pytest.raises(ValueError, match=words):
        smotefast.diagnose(frame, name)


def test_the_target__is_given_once():
    X, y = two_classes()
    with pytest.raises(TypeError, match="target='label'"):
        smotefast.diagnose(X)
    with pytest.raises(TypeError, match="both y and target"):
        smotefast.diagnose(X, y, target="label")


def test_the_target__may_be_the_tuple_that_names_a_column_of_several_levels():
    X, y = two_classes()
    frame = pd.DataFrame(X, columns=pd.MultiIndex.from_product([["x"], range(X.shape[1])]))
    expected = smotefast.diagnose(frame, y).to_dict()
    frame["t", "label"] = y
    assert smotefast.diagnose(frame, target=("t", "label")).to_dict() == expected


def test_a_lazy_frame__is_refused_with_the_next_step():
    frame, y = mixed_frame()
    lazy = pl.from_pandas(frame.assign(label=y)).lazy()
    with pytest.raises(ValueError, match=r"X.collect\(\)"):
        smotefast.diagnose(lazy, target="label")


def test_a_sampler__may_be_a_class():
    X, y = two_classes()
    diagnosis = smotefast.diagnose(X, y, SMOTE)
    assert diagnosis.to_dict() == smotefast.diagnose(X, y, SMOTE()).to_dict()
    with pytest.raises(TypeError, match="nor a sampler of smotefast"):
        smotefast.diagnose(X, y, dict)


def test_samplers_of_imbalanced_learn__are_refused_with_ours_as_a_hint():
    over_sampling = pytest.importorskip("imblearn.over_sampling")
    X, y = two_classes()
    for given in (over_sampling.SMOTE(), over_sampling.SMOTE):
        with pytest.raises(TypeError, match="Import SMOTE from smotefast"):
            smotefast.diagnose(X, y, given)


def test_files__are_diagnosed_by_their_path(tmp_path):
    frame, y = mixed_frame()
    path = tmp_path / "in.parquet"
    frame.assign(label=y).to_parquet(path)
    expected = smotefast.diagnose_dataset(path, target="label").to_dict()
    assert smotefast.diagnose(path, target="label").to_dict() == expected
    assert smotefast.diagnose(str(path), "label", SMOTE).judged == "SMOTE"
    with pytest.raises(TypeError, match="is a path: name its target column"):
        smotefast.diagnose(path, y)


def test_jobs__take_the_class_of_a_sampler(tmp_path):
    X, y = two_classes()
    frame = pd.DataFrame(X, columns=list("abcd")).assign(label=y)
    frame.to_parquet(tmp_path / "in.parquet")
    arguments = {"target": "label", "progress": False}
    summary = smotefast.resample_dataset(
        tmp_path / "in.parquet", tmp_path / "out.parquet", sampler=SMOTE, **arguments
    )
    assert summary.counts_after == {0: 400, 1: 400}


def test_clean_data__have_no_points():
    diagnosis = smotefast.diagnose(*two_classes())
    assert diagnosis.points == ()
    assert diagnosis.counts == {0: 400, 1: 100}
    assert "No points" in str(diagnosis)


def test_samplers__may_be_named():
    X, y = two_classes()
    assert smotefast.diagnose(X, y, "smote").judged == "SMOTE"
    with pytest.raises(ValueError, match="'smoot' is not one of"):
        smotefast.diagnose(X, y, "smoot")
    with pytest.raises(TypeError, match="nor a sampler of"):
        smotefast.diagnose(X, y, 5)
    with pytest.raises(ValueError, match=r"'smoot' is not one of .*Did you mean 'smote'"):
        smotefast.diagnose(X, y, "smoot")
    with pytest.raises(ValueError, match="k_neighbors"):
        smotefast.diagnose(X, y, SMOTE(k_neighbors=0))


def test_one_class_and_uneven_lengths__are_refused():
    X, _ = two_classes()
    with pytest.raises(ValueError, match="more than 1 class"):
        smotefast.diagnose(X, np.zeros(500, dtype=int))
    with pytest.raises(ValueError, match="X has 500 rows and y has 3"):
        smotefast.diagnose(X, [0, 1, 1])


def test_data__are_not_changed():
    frame, y = mixed_frame()
    before, labels = frame.copy(), y.copy()
    smotefast.diagnose(frame, y)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_series_equal(y, labels)
