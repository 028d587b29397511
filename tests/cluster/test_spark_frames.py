"""``smotefast.spark.resample`` gives the rows of memory as a lazy DataFrame of Spark."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import smotefast
from smotefast.neighbors import row_file_search
from smotefast.over_sampling import ADASYN, SMOTE, SMOTENC, RandomOverSampler
from smotefast.spark import frames
from tests.helpers.classes_in_files import put_in_files
from tests.helpers.failing_store import FailingStore, register
from tests.helpers.stores import CREDENTIALS, s3_store

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")


def with_java(test):
    """Mark a test that starts a session, which takes ten seconds."""
    why = "Spark needs Java: apt-get install default-jre-headless"
    return pytest.mark.long(pytest.mark.skipif(not shutil.which("java"), reason=why)(test))


SCHEMA = "key long, wide double, small float, kind string, day timestamp, label string"


@pytest.fixture(scope="module")
def session():
    """A session with two executors in this machine."""
    sql = pytest.importorskip("pyspark.sql", reason="pip install 'smotefast[spark]'")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    yield session
    session.stop()


def frame(n_rows=300):
    import pandas as pd

    rng = np.random.default_rng(0)
    label = np.where(rng.random(n_rows) < 0.3, "rare", "common")
    return pd.DataFrame(
        {
            "key": np.arange(n_rows),
            "wide": rng.normal(size=n_rows) + (label == "rare"),
            "small": rng.normal(size=n_rows).astype(np.float32),
            "kind": np.array(list("pqr"))[rng.integers(0, 3, n_rows)],
            "day": pd.Timestamp("2026-11-29") + pd.to_timedelta(np.arange(n_rows), "h"),
            "label": label,
        }
    )


def tuples(rows):
    """Return the rows of a frame as tuples of Python's values."""
    columns = [rows[name].tolist() for name in rows]
    return [
        tuple(getattr(value, "to_pydatetime", lambda value=value: value)() for value in row)
        for row in zip(*columns, strict=True)
    ]


@with_java
@pytest.mark.parametrize(
    "sampler",
    [SMOTENC(["kind", "day"], random_state=0), RandomOverSampler(random_state=0)],
    ids=lambda sampler: type(sampler).__name__,
)
@pytest.mark.parametrize("n_partitions", [1, 5])
def test_rows__are_those_of_fit_resample_in_the_order_of_a_key(session, sampler, n_partitions):
    rows = frame()
    shuffled = rows.sample(frac=1, random_state=1)
    df = session.createDataFrame(tuples(shuffled), SCHEMA).repartition(n_partitions)
    resampled = smotefast.spark.resample(df, "label", sampler, order_by="key", keep=["key"])
    assert resampled.schema == df.schema
    found = [tuple(row) for row in resampled.collect()]
    X, y = sampler.fit_resample(rows.drop(columns=["key", "label"]), rows["label"])
    assert [row[1:] for row in found] == tuples(X.assign(label=y))
    assert [row[0] for row in found[: len(rows)]] == list(range(len(rows)))


@with_java
def test_rows__are_the_same_if_executors_read_classes_in_files(session, tmp_path, monkeypatch):
    put_in_files(monkeypatch, 1)
    monkeypatch.setattr(row_file_search, "step_bytes_in_file", lambda *sizes: 1 << 15)
    monkeypatch.setattr("smotefast.neighbors.load_file_search", lambda *args, **kwargs: None)
    searched = "smotefast.neighbors.cells.row_file_walk.FileWalk.search"
    monkeypatch.setattr(searched, None)  # in this process
    rows, sampler = frame(), SMOTE(random_state=0)
    df = session.createDataFrame(tuples(rows), SCHEMA).select("key", "wide", "small", "label")
    options = {"order_by": "key", "keep": ["key"], "scratch": tmp_path}
    resampled = smotefast.spark.resample(df, "label", sampler, **options)
    found = [tuple(row)[1:] for row in resampled.collect()]
    X, y = sampler.fit_resample(rows[["wide", "small"]], rows["label"])
    assert found == tuples(X.assign(label=y))
    assert [*tmp_path.glob("*/rows-*")]  # as long as an action may need the rows


@with_java
def test_rows__are_filled_from_a_store(session, monkeypatch):
    """Executors publish the rows, and fetch classes in files, from the same store."""
    put_in_files(monkeypatch, 1)
    rows, sampler, store = frame(), SMOTE(random_state=0), s3_store(monkeypatch)
    df = session.createDataFrame(tuples(rows), SCHEMA).select("key", "wide", "small", "label")
    # The executors have started, so their credentials cannot be in variables.
    keys = f"{CREDENTIALS['AWS_ACCESS_KEY_ID']}:{CREDENTIALS['AWS_SECRET_ACCESS_KEY']}"
    scratch = store.url("scratch").replace("s3://", f"s3://{keys}@")
    options = {"order_by": "key", "keep": ["key"], "scratch": scratch}
    resampled = smotefast.spark.resample(df, "label", sampler, **options)
    found = [tuple(row)[1:] for row in resampled.collect()]
    X, y = sampler.fit_resample(rows[["wide", "small"]], rows["label"])
    assert found == tuples(X.assign(label=y))
    assert store.names()
    frames._folders.pop().remove()
    assert store.names() == []


@with_java
@pytest.mark.parametrize("in_list", [False, True])
def test_rows__have_the_order_of_a_column_object(session, in_list):
    from pyspark.sql import functions

    rows = frame()
    df = session.createDataFrame(tuples(rows), SCHEMA).select("key", "wide", "label")
    order = functions.col("key").desc()
    resampled = smotefast.spark.resample(
        df, "label", "random", order_by=[order] if in_list else order, keep=["key"]
    )
    found = [row["key"] for row in resampled.collect()]
    assert found[: len(rows)] == list(range(len(rows)))[::-1]


class Frame:
    """A frame of Spark without a session; no row of it can be computed."""

    columns = ("key", "wide", "label")
    mapInArrow = sparkSession = schema = None

    def orderBy(self, *columns):
        """Return the columns instead of a frame."""
        return columns


class Column:
    """An order, such as ``F.col("key").desc()``: it has items but cannot be iterated."""

    def __getitem__(self, item):
        return self

    def __iter__(self):
        raise TypeError("Column is not iterable")


def test_an_order__is_a_name_or_a_column_or_several():
    column = Column()
    for order_by, columns in (
        ("key", ("key",)),
        (column, (column,)),
        (["key", column], ("key", column)),
    ):
        assert frames._ordered(Frame(), order_by) == columns
    df = Frame()
    assert frames._ordered(df, ()) is df


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sampler": ADASYN()}, "ADASYN compares rows of all classes"),
        ({"sampler": "smoot"}, "'smoot'"),
        ({"target": "lable"}, "target='lable' is not a column of 'df'. Did you mean"),
        ({"keep": "ky"}, "keep='ky' is not a column of 'df'"),
        ({"memory_limit": "much"}, "memory_limit='much' is not a size"),
        ({"scratch": ""}, "scratch='' is not the path of a folder"),
    ],
)
def test_arguments__are_checked_before_rows_are_computed(tmp_path, options, message):
    given = {"target": "label", "scratch": tmp_path, **options}
    with pytest.raises(ValueError, match=message):
        smotefast.spark.resample(Frame(), **given)
    assert not list(tmp_path.iterdir())


def test_a_store_that_is_missing__is_an_error_before_rows_are_computed():
    register()
    FailingStore.requests.arm(1, "from then on")
    try:
        with pytest.raises(OSError, match="injected"):
            smotefast.spark.resample(
                Frame(), "label", "random", order_by=(), scratch="failing://bucket/scratch"
            )
    finally:
        FailingStore.requests.arm(None, "before")


def test_what_is_no_spark_frame__is_refused():
    with pytest.raises(TypeError, match="df is of type DataFrame, and must be a DataFrame of"):
        smotefast.spark.resample(frame(), "label")
