"""Work is proportional to the number of columns, and not to its square."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.combine import SMOTETomek
from smotefast.diagnosis import diagnose_dataset
from smotefast.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.parquet_files import resample, write_file, write_folder

# A few rounded or small classes warn, which is nothing to look at here.
pytestmark = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")

_NARROW, _WIDE = 40, 240
# Six times as many columns. Work with their square would be 36 times as much.
_MOST = 8


def lines_run(work):
    """Count the lines of the package that some work runs, each turn of a loop anew."""
    n_lines = 0

    def trace(frame, event, argument):
        nonlocal n_lines
        if "smotefast" not in frame.f_code.co_filename:
            return None
        n_lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    threading.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
        threading.settrace(before)
    return n_lines


def assert_linear(work_of):
    """Compare the lines that few and many columns take."""
    works = [work_of(n_columns) for n_columns in (_NARROW, _WIDE)]
    for work in works:
        work()  # imports and what is cached
    few, many = map(lines_run, works)
    assert many <= _MOST * few


def labels(n_rows=80):
    return np.tile(np.array([0, 0, 0, 1], dtype=np.int8), n_rows // 4)


def numbers(n_columns, n_rows=80):
    rng = np.random.default_rng(0)
    columns = {f"c{j}": rng.normal(size=n_rows).astype("float32") for j in range(n_columns)}
    return pa.table({**columns, "label": labels(n_rows)})


def mixed(n_columns, n_rows=80):
    """Texts and numbers in turns."""
    rng = np.random.default_rng(0)
    columns = {
        f"c{j}": rng.choice(["a", "b"], n_rows) if j % 2 else rng.integers(0, 9, n_rows)
        for j in range(n_columns)
    }
    return pa.table({**columns, "label": labels(n_rows)})


def nested(n_columns, n_rows=80):
    """Lists and structs in turns: several stored columns each."""
    values = [[[1.0, 2.0]] * n_rows, [{"a": 1.0, "b": "x"}] * n_rows]
    columns = {f"c{j}": pa.array(values[j % 2]) for j in range(n_columns)}
    return pa.table({**columns, "label": labels(n_rows)})


JOBS = [
    ("smote", numbers),
    ("random", mixed),
    ("random", nested),
    ("smote-nc", mixed),
    ("smote-n", mixed),
    ("borderline-smote", numbers),
    ("adasyn", numbers),
    ("svm-smote", numbers),
    ("smote-tomek", numbers),
    ("tomek-links", numbers),
    ("random-under", mixed),
]


@pytest.mark.parametrize(("sampler", "table_of"), JOBS)
def test_work_of_a_job__is_proportional_to_its_columns(tmp_path, sampler, table_of):
    def work_of(n_columns):
        source = write_file(tmp_path / f"{n_columns}.parquet", table_of(n_columns))
        out = tmp_path / "out.parquet"
        return lambda: resample(source, out, sampler=sampler, overwrite=True)

    assert_linear(work_of)


def test_work_of_a_job__is_proportional_to_the_columns_of_several_files(tmp_path):
    def work_of(n_columns):
        source = write_folder(tmp_path / str(n_columns), numbers(n_columns), 4)
        return lambda: resample(source, tmp_path / "out.parquet", overwrite=True)

    assert_linear(work_of)


@pytest.mark.parametrize("table_of", [numbers, nested])
def test_work_of_a_job__is_proportional_to_the_dropped_columns(tmp_path, table_of):
    def work_of(n_columns):
        source = write_file(tmp_path / f"{n_columns}.parquet", table_of(n_columns))
        drop = [f"c{j}" for j in range(1, n_columns)]
        out = tmp_path / "out.parquet"
        return lambda: resample(source, out, sampler="random", drop=drop, overwrite=True)

    assert_linear(work_of)


def test_work_of_a_job__is_proportional_to_the_named_categorical_columns(tmp_path):
    def work_of(n_columns):
        source = write_file(tmp_path / f"{n_columns}.parquet", mixed(n_columns))
        sampler = SMOTENC([f"c{j}" for j in range(1, n_columns, 2)], random_state=0)
        out = tmp_path / "out.parquet"
        return lambda: resample(source, out, sampler=sampler, overwrite=True)

    assert_linear(work_of)


def test_work_of_refusing_different_files__is_proportional_to_their_columns(tmp_path):
    def work_of(n_columns):
        source = write_folder(tmp_path / str(n_columns), numbers(n_columns), 2)
        other = [f"x{j}" for j in range(n_columns)] + ["label"]
        pq.write_table(numbers(n_columns).rename_columns(other), source / "002.parquet")

        def refused():
            with pytest.raises(ValueError, match="does not have the schema"):
                resample(source, tmp_path / "out.parquet")

        return refused

    assert_linear(work_of)


@pytest.mark.parametrize("table_of", [numbers, mixed])
def test_work_of_a_diagnosis__is_proportional_to_the_columns(tmp_path, table_of):
    def in_files(n_columns):
        source = write_file(tmp_path / f"{n_columns}.parquet", table_of(n_columns))
        return lambda: diagnose_dataset(source, target="label", progress=False)

    def in_memory(n_columns):
        X = table_of(n_columns).drop_columns(["label"])
        return lambda: smotefast.diagnose(X, labels())

    assert_linear(in_files)
    assert_linear(in_memory)


IN_MEMORY = [
    (SMOTE(random_state=0), numbers),
    (RandomOverSampler(random_state=0), mixed),
    (RandomOverSampler(random_state=0, shrinkage=0.1), numbers),
    (SMOTENC("not numeric", random_state=0), mixed),
    (SMOTETomek(random_state=0), numbers),
    (TomekLinks(), numbers),
    (RandomUnderSampler(random_state=0), mixed),
]


@pytest.mark.parametrize("kind", [pa.Table, pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(("sampler", "table_of"), IN_MEMORY)
def test_work_of_fit_resample__is_proportional_to_the_columns(sampler, table_of, kind):
    converted = {pa.Table: lambda table: table, pd.DataFrame: pa.Table.to_pandas}

    def work_of(n_columns):
        X = table_of(n_columns).drop_columns(["label"])
        X = pl.from_arrow(X) if kind is pl.DataFrame else converted[kind](X)
        return lambda: sampler.fit_resample(X, labels())

    assert_linear(work_of)


def test_work_of_smote_nc__is_proportional_to_the_named_columns():
    def work_of(n_columns):
        X = mixed(n_columns).drop_columns(["label"])
        sampler = SMOTENC([f"c{j}" for j in range(1, n_columns, 2)], random_state=0)
        return lambda: sampler.fit_resample(X, labels())

    assert_linear(work_of)
