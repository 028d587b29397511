"""The same rows in any container give the same report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

import smotefast
from smotefast.diagnosis import data
from smotefast.over_sampling import SMOTENC
from tests.helpers.diagnosis_data import find_point, mixed_frame, point_names, two_classes


def plain_rows():
    X, y = two_classes(300, 40)
    return X.round(1) + 0.0, y


CONTAINERS = {
    "list": lambda X: X.tolist(),
    "Fortran order": np.asfortranarray,
    "csr": sparse.csr_array,
    "csc": sparse.csc_matrix,
    "sparse frame": lambda X: pd.DataFrame(X).astype(pd.SparseDtype(float, 0.0)),
    "objects": lambda X: X.astype(object),
}


@pytest.mark.parametrize("make", CONTAINERS.values(), ids=CONTAINERS)
def test_containers_without_names__give_the_report_of_the_array(make):
    X, y = plain_rows()
    assert smotefast.diagnose(make(X), y).to_dict() == smotefast.diagnose(X, y).to_dict()


def test_float32__is_diagnosed_without_rounding():
    X, y = plain_rows()
    narrow = X.astype(np.float32)
    expected = smotefast.diagnose(narrow.astype(np.float64), y).to_dict()
    assert smotefast.diagnose(narrow, y).to_dict() == expected


FRAMES = {
    "polars": lambda frame: pl.from_pandas(frame),
    "Arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "category": lambda frame: frame.astype({"city": "category"}),
    "nullable": lambda frame: frame.convert_dtypes(),
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_frames__give_the_report_of_pandas(make):
    frame, y = mixed_frame()
    frame.loc[:9, "city"] = None
    frame.loc[20:24, "age"] = np.nan
    found, expected = smotefast.diagnose(make(frame), y), smotefast.diagnose(frame, y)
    assert point_names(found) == point_names(expected)
    assert found.classes == expected.classes
    assert [item.columns for item in found.points] == [item.columns for item in expected.points]
    assert found.candidates == expected.candidates


def test_labels__may_be_in_any_container():
    X, y = plain_rows()
    expected = smotefast.diagnose(X, y).to_dict()
    for labels in (y.tolist(), pd.Series(y), pl.Series(y), pa.array(y), y.reshape(-1, 1)):
        assert smotefast.diagnose(X, labels).to_dict() == expected


def test_lists_of_mixed_rows__have_text_columns_by_position():
    rows = [[float(i % 7), "ab"[i % 2]] for i in range(60)]
    diagnosis = smotefast.diagnose(rows, [0] * 50 + [1] * 10, SMOTENC([1]))
    assert "categorical_columns" not in point_names(diagnosis)
    diagnosis = smotefast.diagnose(rows, [0] * 50 + [1] * 10)
    assert find_point(diagnosis, "categorical_columns").columns == (1,)


def test_several_classes__each_have_their_figures():
    X, y = two_classes(400, 100)
    y[-30:] = 2
    diagnosis = smotefast.diagnose(X, np.array(["big", "mid", "small"])[y])
    assert [item.label for item in diagnosis.classes] == ["big", "mid", "small"]
    assert [item.n_new for item in diagnosis.classes] == [0, 330, 370]
    assert diagnosis.counts == {"big": 400, "mid": 70, "small": 30}


def test_very_wide_sparse_rows__are_diagnosed_by_their_sizes(monkeypatch):
    monkeypatch.setattr(data, "WIDEST_SPARSE", 3)
    X, y = plain_rows()
    diagnosis = smotefast.diagnose(sparse.csr_array(X), y)
    assert find_point(diagnosis, "unread_columns").level == "warning"
    assert diagnosis.classes[1].noise is None
    assert diagnosis.classes[1].n_searched == 0
    assert "-" in str(diagnosis).splitlines()[4]


def test_sparse_blocks__are_shorter_for_many_columns(monkeypatch):
    X, y = plain_rows()
    whole = smotefast.diagnose(X, y).to_dict()
    monkeypatch.setattr(data, "_BLOCK_VALUES", 40)
    assert smotefast.diagnose(sparse.csr_array(X), y).to_dict() == whole


def test_booleans__are_categories():
    frame, y = mixed_frame()
    frame["member"] = frame["age"] > 0
    diagnosis = smotefast.diagnose(frame, y)
    assert find_point(diagnosis, "categorical_columns").columns == ("city", "member")


def test_fewer_rows_than_neighbors__are_diagnosed_without_them():
    diagnosis = smotefast.diagnose([[0.0], [1.0], [2.0]], ["a", "a", "b"])
    assert diagnosis.classes[0].noise is None
    assert diagnosis.candidates == ("threshold", "class-weight", "random")
    assert find_point(diagnosis, "small_class").label == "b"


def test_columns_of_objects_that_are_numbers__are_numbers():
    X, y = plain_rows()
    X[3, 1] = np.nan
    frame = pd.DataFrame(X)
    objects = frame.astype(object).where(frame.notna(), None)
    assert smotefast.diagnose(objects, y).to_dict() == smotefast.diagnose(X, y).to_dict()


def test_arrow_views__are_text():
    frame, y = mixed_frame()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    place = table.schema.get_field_index("city")
    viewed = table.set_column(place, "city", table["city"].cast(pa.string_view()))
    assert smotefast.diagnose(viewed, y).to_dict() == smotefast.diagnose(table, y).to_dict()
