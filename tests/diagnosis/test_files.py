"""Files give the report of the table in memory, within a memory limit."""

from __future__ import annotations

import os
import re

import numpy as np
import pyarrow as pa
import pytest

import smotefast
from smotefast.diagnosis import diagnose_dataset, files
from smotefast.diagnosis.data import Columns
from smotefast.over_sampling import SMOTE, SMOTENC
from smotefast.storage import open_source, uses_jemalloc
from smotefast.storage.process_memory import parse_size
from tests.helpers.diagnosis_data import mixed_frame, point_names, two_classes
from tests.helpers.parquet_files import write_file, write_folder


def table_of(frame, y):
    return pa.Table.from_pandas(frame.assign(label=y), preserve_index=False)


@pytest.fixture
def table():
    frame, y = mixed_frame(900)
    frame.loc[:9, "city"] = None
    frame.loc[20:44, "age"] = np.nan
    again = np.arange(900)
    again[100:300] = again[400:600]
    frame, y = frame.iloc[again].reset_index(drop=True), y.iloc[again].reset_index(drop=True)
    frame["age"] *= 1000
    frame["member"] = frame["stage"] > 3
    return table_of(frame, y)


def in_memory(table, sampler=None):
    return smotefast.diagnose(table.drop_columns(["label"]), table["label"], sampler)


def from_files(source, **options):
    return diagnose_dataset(source, target="label", progress=False, **options)


@pytest.mark.parametrize("rows", [13, 200, 65_536])
@pytest.mark.parametrize("n_files", [1, 3])
def test_files__give_the_report_of_the_table(tmp_path, monkeypatch, table, rows, n_files):
    monkeypatch.setattr(files, "BLOCK_ROWS", rows)
    if n_files == 1:
        source = write_file(tmp_path / "in.parquet", table, group_rows=77)
    else:
        source = write_folder(tmp_path / "in", table, n_files)
    expected = in_memory(table)
    assert {"missing_values", "duplicates", "scales"} <= set(point_names(expected))
    assert from_files(source).to_dict() == expected.to_dict()


def test_dictionaries__are_read_like_the_texts_they_stand_for(tmp_path, monkeypatch, table):
    monkeypatch.setattr(files, "BLOCK_ROWS", 100)
    place = table.schema.get_field_index("city")
    coded = table.set_column(place, "city", table["city"].dictionary_encode())
    diagnosis = from_files(write_file(tmp_path / "in.parquet", coded, group_rows=90))
    assert diagnosis.classes == in_memory(table).classes


def test_views_of_text__are_read_as_text(tmp_path, table):
    place = table.schema.get_field_index("city")
    viewed = table.set_column(place, "city", table["city"].cast(pa.string_view()))
    diagnosis = from_files(write_file(tmp_path / "in.parquet", viewed))
    assert diagnosis.classes == in_memory(table).classes


@pytest.mark.parametrize(
    "sampler",
    [
        "smote-nc",
        SMOTENC(["city", "stage", "member"], k_neighbors=3),
        SMOTE(sampling_strategy={"fraud": 400}),
        SMOTE(sampling_strategy=lambda y: {"fraud": int((y == "fine").sum())}),
    ],
    ids=["name", "SMOTENC", "dict", "callable"],
)
def test_samplers__have_the_same_report_for_files_as_in_memory(tmp_path, table, sampler):
    diagnosis = from_files(write_file(tmp_path / "in.parquet", table), sampler=sampler)
    assert diagnosis.to_dict() == in_memory(table, sampler).to_dict()


def test_dropped_columns__are_ignored(tmp_path, table):
    source = write_file(tmp_path / "in.parquet", table)
    expected = in_memory(table.drop_columns(["age", "city"]))
    assert from_files(source, drop=["age", "city"]).to_dict() == expected.to_dict()


def test_files_without_usable_columns__are_diagnosed_by_their_sizes(tmp_path):
    dates = pa.array(np.arange(300), pa.timestamp("s"))
    table = pa.table({"when": dates, "label": pa.array([0] * 280 + [1] * 20)})
    diagnosis = from_files(write_file(tmp_path / "in.parquet", table))
    assert "unread_columns" in point_names(diagnosis)
    assert diagnosis.classes[1].noise is None


def test_too_little_memory__is_refused_before_columns_are_read(tmp_path, table):
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(MemoryError, match="memory_limit=30 MiB is not enough"):
        from_files(source, memory_limit="30MiB")


def test_too_little_memory__is_refused_before_a_source_is_copied(tmp_path, monkeypatch):
    (tmp_path / "in.csv").write_text("x,label\n1,0\n2,1\n")
    monkeypatch.setattr("smotefast.storage.StreamSource.to_parquet", None)
    with pytest.raises(MemoryError, match="30 MiB is not enough: copying the source needs"):
        from_files(tmp_path / "in.csv", memory_limit="30MiB")


def test_the_limit_that_is_named__is_enough_for_a_process_that_has_kept_more(
    tmp_path, monkeypatch
):
    X, y = two_classes(80_000, 20_000, n_features=40)
    table = pa.table({**{f"x{j}": X[:, j] for j in range(40)}, "label": y})
    source = open_source(write_file(tmp_path / "in.parquet", table))
    columns = Columns.from_kinds([f"x{j}" for j in range(40)], ["number"] * 40, set())
    monkeypatch.setattr(files, "resident_bytes", lambda: 200 << 20)
    with pytest.raises(MemoryError) as refused:
        files.block_rows(source, "label", columns, 2, 1)
    named = parse_size(re.search(r"needs about ([\d.]+ \w+)", str(refused.value))[1])
    more = 4 << 20 if uses_jemalloc() else 12 << 20
    monkeypatch.setattr(files, "resident_bytes", lambda: (200 << 20) + more)
    assert files.block_rows(source, "label", columns, 2, named)


def test_a_limit_that_is_exceeded_later__ends_the_diagnosis(tmp_path, monkeypatch, table):
    def refuse(limit):
        raise MemoryError("too much")

    monkeypatch.setattr(files, "check_resident_memory", refuse)
    with pytest.raises(MemoryError, match="is not enough: the process occupies"):
        from_files(write_file(tmp_path / "in.parquet", table))


def test_blocks__are_smaller_for_less_memory(tmp_path):
    X, y = two_classes(80_000, 20_000, n_features=40)
    table = pa.table({**{f"x{j}": X[:, j] for j in range(40)}, "label": y})
    source = open_source(write_file(tmp_path / "in.parquet", table))
    columns = Columns.from_kinds([f"x{j}" for j in range(40)], ["number"] * 40, set())

    def rows(limit):
        return files.block_rows(source, "label", columns, 2, limit)

    assert rows(1 << 40) == 65_536
    sizes = []
    for limit in range(1 << 28, 1 << 32, 1 << 24):
        try:
            sizes.append(rows(limit))
        except MemoryError:
            assert sizes == []
    assert sizes[0] < 20_000
    assert sizes == sorted(sizes)


def test_progress__is_a_bar_or_nothing(tmp_path, table):
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(TypeError, match="progress='yes'"):
        diagnose_dataset(source, target="label", progress="yes")
    assert os.listdir(tmp_path) == ["in.parquet"]


@pytest.mark.parametrize("name", [None, "user"])
def test_the_index_of_a_frame__is_no_column(tmp_path, name):
    frame, y = mixed_frame()
    frame = frame.assign(label=y).sample(frac=0.9, random_state=0).rename_axis(name)
    frame.to_parquet(tmp_path / "in.parquet")
    expected = smotefast.diagnose(frame.drop(columns="label"), frame["label"])
    assert from_files(tmp_path / "in.parquet").to_dict() == expected.to_dict()
