"""``smotefast.spark.resample`` gives the rows of memory as a lazy DataFrame of Spark."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import smotefast
from smotefast.over_sampling import ADASYN, SMOTENC, RandomOverSampler

# A session takes ten seconds to start.
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        shutil.which("java") is None,
        reason="Spark needs Java: apt-get install default-jre-headless",
    ),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
]
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


def test_samplers_that_do_not_split__are_refused(session, tmp_path):
    df = session.createDataFrame(tuples(frame()), SCHEMA).drop("kind", "day")
    with pytest.raises(ValueError, match="ADASYN compares rows of all classes"):
        smotefast.spark.resample(df, "label", ADASYN(), scratch=tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_no_spark_frame__is_refused():
    with pytest.raises(TypeError, match="df is of type DataFrame, and must be a DataFrame of"):
        smotefast.spark.resample(frame(), "label")
