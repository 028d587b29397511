"""``smotefast.dask.fit_resample`` gives the rows of memory as a lazy Dask DataFrame."""

from __future__ import annotations

import numpy as np
import pytest

import smotefast
from smotefast.exceptions import ClusterError
from smotefast.over_sampling import ADASYN, SMOTE, SMOTENC, RandomOverSampler
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.dask_clusters import client_of

pd = pytest.importorskip("pandas")
dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    """A client of a cluster whose two workers are threads of this process."""
    with client_of(2, processes=False) as client:
        yield client


def frame(n_rows=300):
    rng = np.random.default_rng(0)
    label = np.where(rng.random(n_rows) < 0.3, "rare", "common")
    return pd.DataFrame(
        {
            "wide": rng.normal(size=n_rows) + (label == "rare"),
            "small": rng.normal(size=n_rows).astype(np.float32),
            "count": rng.integers(0, 99, n_rows),
            "kind": pd.Categorical(np.array(list("pqr"))[rng.integers(0, 3, n_rows)]),
            "label": label,
        }
    )


def in_memory(rows, sampler):
    X, y = sampler.fit_resample(rows.drop(columns="label"), rows["label"])
    return X.assign(label=y)[list(rows.columns)]


@pytest.mark.parametrize(
    "sampler",
    [SMOTENC(["kind"], random_state=0), RandomOverSampler(random_state=0),
     RandomUnderSampler(random_state=0)],
    ids=lambda sampler: type(sampler).__name__,
)  # fmt: skip
def test_rows__are_those_of_fit_resample_in_the_order_of_the_partitions(client, sampler):
    rows = frame()
    ddf = dd.from_pandas(rows, npartitions=12)
    resampled = smotefast.dask.fit_resample(ddf, "label", sampler)
    assert isinstance(resampled, dd.DataFrame)
    assert resampled.dtypes.to_dict() == ddf.dtypes.to_dict()
    found = resampled.compute().reset_index(drop=True)
    expected = in_memory(ddf.compute(), sampler).reset_index(drop=True)
    if isinstance(sampler, RandomUnderSampler):  # in memory, rows come class after class
        found, expected = (
            each.sort_values("wide").reset_index(drop=True) for each in (found, expected)
        )
    pd.testing.assert_frame_equal(found, expected, check_categorical=False)


def test_partitions__are_filled_when_they_are_computed(client, monkeypatch):
    ddf = dd.from_pandas(frame()[["wide", "small", "label"]], npartitions=3)
    resampled = smotefast.dask.fit_resample(ddf, "label", SMOTE(random_state=0))
    filled = []
    real = smotefast.batch.writing.RowGroups.of_part

    def of_part(self, part):
        filled.append(part.number)
        return real(self, part)

    monkeypatch.setattr(smotefast.batch.writing.RowGroups, "of_part", of_part)
    assert not filled
    counts = resampled["label"].value_counts().compute()
    assert counts["rare"] == counts["common"]
    assert sorted(filled) == list(range(resampled.npartitions))


def test_what_is_no_dask_frame__is_refused(client):
    with pytest.raises(TypeError, match="ddf is of type DataFrame, and must be a dask"):
        smotefast.dask.fit_resample(frame(), "label")


REFUSED = [
    ({"sampler": "smoot"}, ValueError, "'smoot'.*'smote'"),
    ({"sampler": ADASYN()}, ValueError, "ADASYN compares rows of all classes"),
    ({"target": "lable"}, ValueError, "target='lable' is not a column of 'ddf'. Did you mean"),
    ({"keep": ["ky"]}, ValueError, "keep='ky' is not a column of 'ddf'"),
    ({"keep": ["wide", "small", "count", "kind"]}, ValueError, "'ddf' has no feature"),
    ({"memory_limit": "much"}, ValueError, "memory_limit='much' is not a size"),
    ({"scratch": "nothing://bucket"}, OSError, "nothing://bucket"),
    ({"scratch": "/no/folder"}, OSError, "scratch folder '/no/folder' is not usable"),
]


@pytest.mark.parametrize(("options", "error", "message"), REFUSED)
def test_arguments__are_checked_before_rows_are_computed(
    client, tmp_path, options, error, message
):
    def fail(part):
        raise AssertionError("The rows were computed.")

    rows = frame()
    ddf = dd.from_pandas(rows, npartitions=2).map_partitions(fail, meta=rows.iloc[:0])
    given = {"target": "label", "scratch": tmp_path, **options}
    with pytest.raises(error, match=message):
        smotefast.dask.fit_resample(ddf, **given)
    assert not list(tmp_path.iterdir())


def test_a_frame_without_rows__is_refused_by_its_name(client):
    ddf = dd.from_pandas(frame().iloc[:0], npartitions=1)
    with pytest.raises(ValueError, match=r"^'ddf' has no rows\.$"):
        smotefast.dask.fit_resample(ddf, "label", "random")


def test_names_of_columns__are_text(client):
    ddf = dd.from_pandas(frame().rename(columns={"wide": 3}), npartitions=2)
    with pytest.raises(TypeError, match="Column 3 of ddf is no text"):
        smotefast.dask.fit_resample(ddf, "label")


def test_partitions_that_no_worker_computes__are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("smotefast.cluster.dask_futures.WAIT", 0.2)
    options = {"threads_per_worker": 1, "processes": False, "dashboard_address": ":0"}
    with (
        distributed.LocalCluster(n_workers=1, silence_logs=60, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        checked = smotefast.cluster.dask_engine.check_workers

        def check_and_close(*arguments):
            checked(*arguments)
            cluster.scale(0)

        monkeypatch.setattr(smotefast.cluster.dask_engine, "check_workers", check_and_close)
        ddf = dd.from_pandas(frame(), npartitions=2)
        with pytest.raises(ClusterError, match="had no worker for"):
            smotefast.dask.fit_resample(
                ddf, "label", "random", cluster=client, scratch=tmp_path
            )
    assert not list(tmp_path.iterdir())


def test_a_client__is_needed(monkeypatch):
    def get_client():
        raise ValueError("No global client found")

    monkeypatch.setattr(distributed, "get_client", get_client)
    ddf = dd.from_pandas(frame(), npartitions=2)
    with pytest.raises(RuntimeError, match="There is no client of Dask"):
        smotefast.dask.fit_resample(ddf, "label")
    assert issubclass(ClusterError, RuntimeError)


def test_columns_to_keep__get_the_values_of_the_base_row(client):
    rows = frame()[["wide", "label"]].assign(key=range(300))
    ddf = dd.from_pandas(rows, npartitions=4)
    resampled = smotefast.dask.fit_resample(ddf, "label", "smote", keep=["key"]).compute()
    assert resampled["key"].iloc[:300].tolist() == ddf["key"].compute().tolist()
    rare = set(rows["key"][rows["label"] == "rare"])
    assert len(resampled) > 300
    assert set(resampled["key"].iloc[300:]) <= rare
