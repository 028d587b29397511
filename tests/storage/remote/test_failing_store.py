"""A request to a store fails: the destination is as before or complete, and the next run ends.

Each job runs once for each of its requests; that request fails.
"""

from __future__ import annotations

import json
import os
import re
from functools import partial

import pyarrow.parquet as pq
import pytest

from smotefast.exceptions import StoreError
from smotefast.over_sampling import RandomOverSampler
from tests.helpers.parquet_files import imbalanced, resample, write_file

pytest.importorskip("fsspec", reason="fsspec, of the extra test, is not installed")
from tests.helpers.failing_store import FailingStore, register

KINDS = ["before", "after", "from then on"]
FORMS = {
    "folder": ("box/out", {"part_size": "4kB"}, False),
    "replaced folder": ("box/out", {"part_size": "4kB"}, True),
    "partitions": ("box/out", {"part_size": "8kB", "partition_by": "label"}, True),
    "file": ("box/out.parquet", {}, False),
    "replaced file": ("box/out.parquet", {}, True),
}
# Requests of a job that fail in the usual tests; all of them in the long ones.
FEW = 12


@pytest.fixture
def store(monkeypatch):
    register()
    monkeypatch.setattr(FailingStore, "objects", {})
    FailingStore.requests.arm(None, "before")
    yield FailingStore
    FailingStore.requests.arm(None, "before")


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(300), group_rows=100)


def data_of(store, path):
    """Return the content of each file of the manifest, or of the single file."""
    if path in store.objects:
        return {"": store.objects[path]}
    text = store.objects.get(f"{path}/_manifest.json")
    if text is None:
        return None
    manifest = json.loads(text)
    return {
        part["file"].removeprefix(manifest["data"]): store.objects[f"{path}/{part['file']}"]
        for part in manifest["parts"]
    }


def leftovers(store, path):
    """Return the objects that are not of the destination."""
    kept = {path, f"{path}/_manifest.json"}
    text = store.objects.get(f"{path}/_manifest.json")
    if text is not None:
        kept |= {f"{path}/{part['file']}" for part in json.loads(text)["parts"]}
    return sorted({*store.objects} - kept)


def run(source, path, scratch, seed, options):
    resample(
        source,
        f"failing://{path}",
        sampler=RandomOverSampler(random_state=seed),
        scratch=scratch,
        overwrite=True,
        **options,
    )


def error_of(call):
    """Return the error of a store that a call raises, or None."""
    try:
        call()
    except StoreError as error:
        return error
    return None


def check_points(store, source, scratch, form, kind, step):
    path, options, replaces = FORMS[form]
    before = None
    if replaces:
        run(source, path, scratch, 1, options)
        before = data_of(store, path)
    start = dict(store.objects)
    store.requests.arm(None, kind)
    run(source, path, scratch, 0, options)
    n_requests, after = store.requests.count, data_of(store, path)
    assert n_requests > 20
    points = range(1, n_requests + 1, step or max(1, n_requests // FEW))
    for point in points:
        store.objects.clear()
        store.objects.update(start)
        store.requests.arm(point, kind)
        error = error_of(lambda: run(source, path, scratch, 0, options))
        failed = error is not None
        assert not failed or re.search("failing://box.*injected", str(error)), (point, error)
        store.requests.arm(None, kind)
        found = data_of(store, path)
        assert found == after or (failed and found == before), point
        run(source, path, scratch, 0, options)
        assert data_of(store, path) == after, point
        assert leftovers(store, path) == [], point
        assert os.listdir(scratch) == [], point


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_a_request_that_fails__leaves_no_incomplete_destination(
    store, source, tmp_path, form, kind
):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    check_points(store, source, scratch, form, kind, None)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_any_request_that_fails__leaves_no_incomplete_destination(
    store, source, tmp_path, form, kind
):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    check_points(store, source, scratch, form, kind, 1)


def test_a_rerun__goes_on_from_the_parts_in_the_store(store, source, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    options = {"part_size": "4kB", "resume": "auto"}
    run(source, "box/out", scratch, 0, options)
    expected, n_requests = data_of(store, "box/out"), store.requests.count
    store.objects.clear()
    store.requests.arm(n_requests // 2, "from then on")
    with pytest.raises(StoreError, match="injected"):
        run(source, "box/out", scratch, 0, options)
    uploaded = {name for name in store.objects if "part-" in name}
    assert uploaded
    store.requests.arm(None, "before")
    run(source, "box/out", scratch, 0, {**options, "resume": "require"})
    assert uploaded <= {*store.objects}
    assert data_of(store, "box/out") == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_fails__leaves_the_destination_and_the_next_run_goes_on(
    store, tmp_path, kind
):
    table = imbalanced(300)
    write_file(tmp_path / "in.parquet", table, group_rows=100)
    store.objects["box/in.parquet"] = (tmp_path / "in.parquet").read_bytes()
    options = {"sampler": RandomOverSampler(random_state=0), "part_size": "4kB"}
    store.requests.arm(None, kind)
    resample("failing://box/in.parquet", tmp_path / "whole", **options)
    n_requests = store.requests.count
    for point in range(1, n_requests + 1):
        store.requests.arm(point, kind)
        path = "failing://box/in.parquet"
        error = error_of(partial(resample, path, tmp_path / "out", overwrite=True, **options))
        assert (error is not None) is not os.path.exists(tmp_path / "out")
        store.requests.arm(None, kind)
        resample("failing://box/in.parquet", tmp_path / "out", overwrite=True, **options)
        one, two = (pq.read_table(tmp_path / name) for name in ("whole", "out"))
        assert one.equals(two)
        assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out", "whole"]
        for name in os.listdir(tmp_path / "out"):
            os.unlink(tmp_path / "out" / name)
        os.rmdir(tmp_path / "out")
