"""Destinations in stores: complete exactly if the manifest, or the single file, is there."""

from __future__ import annotations

import json
import os
import shutil
import threading

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.exceptions import (
    ArgumentError,
    DestinationBusyError,
    DestinationExistsError,
    StoreError,
)
from smotefast.over_sampling import RandomOverSampler
from smotefast.storage import clean_any
from smotefast.storage.remote import lease
from smotefast.storage.remote.files import RemoteFiles
from tests.helpers.command_line import run
from tests.helpers.parquet_files import imbalanced, resample, same, write_file
from tests.helpers.stores import make_store


@pytest.fixture(params=["memory", "s3"])
def store(request, monkeypatch):
    return make_store(request.param, monkeypatch)


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


OPTIONS = {"sampler": RandomOverSampler(random_state=0), "part_size": "4kB"}


def manifest_of(store, folder="out"):
    return json.loads(store.read(f"{folder}/_manifest.json"))


def tables(store, folder="out"):
    parts = manifest_of(store, folder)["parts"]
    return [store.read_table(f"{folder}/{part['file']}") for part in parts]


def test_a_folder__has_the_rows_and_bytes_of_one_on_this_machine(
    store, source, tmp_path, scratch
):
    summary = resample(source, store.url("a/out"), scratch=scratch, **OPTIONS)
    resample(source, tmp_path / "local", **OPTIONS)
    manifest = manifest_of(store, "a/out")
    names = [os.path.basename(part["file"]) for part in manifest["parts"]]
    assert names == sorted(os.listdir(tmp_path / "local"))
    for part, name in zip(manifest["parts"], names, strict=True):
        local = (tmp_path / "local" / name).read_bytes()
        assert store.read(f"a/out/{part['file']}") == local
        assert part["bytes"] == len(local)
    assert [part.file for part in summary.parts] == [part["file"] for part in manifest["parts"]]
    assert manifest["rows"] == summary.rows_written
    assert manifest["classes"] == [{"label": 0, "rows": 540}, {"label": 1, "rows": 540}]
    expected = ["_manifest.json", *(part["file"] for part in manifest["parts"])]
    assert store.names() == [f"a/out/{name}" for name in expected]
    assert os.listdir(scratch) == []


def test_a_plan__says_what_it_does_not_know_about_a_store(store, source, scratch):
    options = {"target": "label", "scratch": scratch, "progress": False, "sampler": "random"}
    planned = smotefast.plan_dataset(source, store.url("out"), **options)
    assert planned.refused == ()
    assert [text.split(" ")[0] for text in planned.unknown] == ["Requests", "Each"]
    file = smotefast.plan_dataset(source, store.url("out.parquet"), **options)
    assert [text.split(" ")[0] for text in file.unknown] == ["Requests"]
    assert store.names() == []


def test_a_single_file__is_written_and_replaced(store, source, tmp_path, scratch):
    resample(source, store.url("a/out.parquet"), scratch=scratch)
    resample(source, tmp_path / "out.parquet")
    assert same(store.read_table("a/out.parquet"), pq.read_table(tmp_path / "out.parquet"))
    with pytest.raises(FileExistsError, match="exists"):
        resample(source, store.url("a/out.parquet"), scratch=scratch)
    sampler = RandomOverSampler(random_state=0)
    options = {"sampler": sampler, "overwrite": True, "scratch": scratch}
    resample(source, store.url("a/out.parquet"), **options)
    assert store.names() == ["a/out.parquet"]
    assert os.listdir(scratch) == []


def test_an_overwrite__goes_to_a_new_folder_and_removes_the_old_one(store, source, scratch):
    for sampler in ("random", "random-under"):
        options = {"sampler": sampler, "scratch": scratch, "overwrite": True}
        resample(source, store.url("out"), **options)
        parts = [f"out/{part['file']}" for part in manifest_of(store)["parts"]]
        assert store.names() == ["out/_manifest.json", *parts]
    with pytest.raises(FileExistsError, match="exists"):
        resample(source, store.url("out"), scratch=scratch)


def test_the_result__is_a_source_and_old_files_in_it_do_not_count(
    store, source, tmp_path, scratch
):
    resample(source, store.url("out"), scratch=scratch, **OPTIONS)
    store.write_table("out/data-0123456789abcdef/part-00000.parquet", imbalanced())
    summary = resample(store.url("out"), tmp_path / "back", sampler="random-under")
    assert summary.counts_before == {0: 540, 1: 540}
    store.arrow.delete_file(store.key("out/_manifest.json"))
    with pytest.raises(ValueError, match=r"a job of smotefast is still writing, or failed"):
        resample(store.url("out"), tmp_path / "again")


def test_a_downloaded_result__is_read_by_its_manifest(source, tmp_path, monkeypatch, scratch):
    store = make_store("memory", monkeypatch)
    resample(source, store.url("out"), scratch=scratch, partition_by="label")
    for name in store.names():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.read(name))
    summary = resample(tmp_path / "out", tmp_path / "back", sampler="random-under")
    assert summary.counts_before == {0: 540, 1: 540}
    assert smotefast.verify_dataset(tmp_path / "out").is_as_reported


def test_partitions__are_folders_in_the_store(store, source, tmp_path, scratch):
    resample(source, store.url("out"), scratch=scratch, partition_by="label", **OPTIONS)
    resample(source, tmp_path / "local", partition_by="label", **OPTIONS)
    local = sorted(
        os.path.relpath(os.path.join(folder, name), tmp_path / "local")
        for folder, _, names in os.walk(tmp_path / "local")
        for name in names
    )
    files = sorted(part["file"].partition("/")[2] for part in manifest_of(store)["parts"])
    assert files == local


def test_verify__reads_the_manifest_or_the_report(store, source, tmp_path, scratch):
    report = tmp_path / "report.json"
    resample(source, store.url("out"), scratch=scratch, report=report, **OPTIONS)
    assert smotefast.verify_dataset(store.url("out")).is_as_reported
    assert smotefast.verify_dataset(store.url("out"), report).is_as_reported
    name = manifest_of(store)["parts"][1]["file"]
    store.write(f"out/{name}", b"x" * len(store.read(f"out/{name}")))
    store.write("out/more.parquet", b"x")
    differences = smotefast.verify_dataset(store.url("out")).differences
    assert [each.split(": ")[0] for each in differences] == [name, name, "more.parquet"]
    with pytest.raises(OSError, match="verified with the report of its job"):
        smotefast.verify_dataset(store.url("nothing"))


def interrupted(store, source, scratch, monkeypatch, n_parts=2, **options):
    """Run a job that is interrupted when some parts are in the store."""
    upload, done, one_at_a_time = RemoteFiles.upload, [], threading.Lock()

    def upload_and_stop(self, local, path, tick):
        with one_at_a_time:
            if len(done) == n_parts:
                raise KeyboardInterrupt
            upload(self, local, path, tick)
            done.append(path)

    with monkeypatch.context() as patched:
        patched.setattr(RemoteFiles, "upload", upload_and_stop)
        with pytest.raises(KeyboardInterrupt):
            resample(source, store.url("out"), scratch=scratch, **{**OPTIONS, **options})


def test_an_interrupted_job__goes_on_with_the_same_bytes(
    store, source, tmp_path, scratch, monkeypatch
):
    interrupted(store, source, scratch, monkeypatch)
    assert "out/_manifest.json" not in store.names()
    summary = resample(source, store.url("out"), scratch=scratch, resume="require", **OPTIONS)
    assert sum(part.is_resumed for part in summary.parts) >= 1
    resample(source, tmp_path / "local", **OPTIONS)
    for part in manifest_of(store)["parts"]:
        name = os.path.basename(part["file"])
        assert store.read(f"out/{part['file']}") == (tmp_path / "local" / name).read_bytes()
    assert len(store.names()) == 1 + len(summary.parts)
    assert os.listdir(scratch) == []


@pytest.mark.parametrize("how", ["another job", "scratch is lost", "clean"])
def test_what_an_interrupted_job_left__is_removed(
    store, source, tmp_path, scratch, monkeypatch, how
):
    interrupted(store, source, scratch, monkeypatch)
    assert any("data-" in name for name in store.names())
    if how == "clean":
        assert clean_any(store.url("out"), str(scratch)) > 1000
        assert store.names() == []
        assert clean_any(store.url("out"), str(scratch)) == 0
    else:
        if how == "scratch is lost":
            shutil.rmtree(scratch)
            scratch.mkdir()
        resample(source, store.url("out"), scratch=scratch, sampler="random-under")
        expected = ["_manifest.json", *(part["file"] for part in manifest_of(store)["parts"])]
        assert store.names() == [f"out/{name}" for name in expected]
    assert os.listdir(scratch) == []


def test_after_an_error_of_the_data__nothing_is_left(store, tmp_path, scratch):
    table = pa.table({"x": ["a", "b", "c"], "label": [0, 0, 1]})
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ValueError, match="x"):
        resample(source, store.url("out"), scratch=scratch)
    assert store.names() == []
    assert os.listdir(scratch) == []


def test_a_second_job__is_refused_until_the_first_is_silent(
    store, source, tmp_path, scratch, monkeypatch
):
    files = smotefast.storage.locate(store.url("out"), "destination").files
    other = lease.RemoteLease(files, store.url("out/_smotefast", shown=True), "/elsewhere")
    with pytest.raises(DestinationBusyError, match=r"Another job on .* is writing"):
        resample(source, store.url("out"), scratch=scratch, **OPTIONS)
    assert [name for name in store.names() if "lease" not in name] == []
    monkeypatch.setattr(lease, "_EXPIRES_AFTER", -1.0)
    resample(source, store.url("out"), scratch=scratch, **OPTIONS)
    with pytest.raises(DestinationBusyError, match="has taken over"):
        other.check()
    other.release()
    assert not [name for name in store.names() if "lease" in name]


def test_a_job_whose_lease_was_taken__changes_nothing(store, source, scratch, monkeypatch):
    move = smotefast.batch.run_job.check_destination
    calls = []

    def take_lease(location, *args, **options):
        calls.append(location)
        if len(calls) == 2:  # before the result is published
            for name in store.names():
                if "lease" in name:
                    store.arrow.delete_file(store.key(name))
        return move(location, *args, **options)

    monkeypatch.setattr(smotefast.batch.run_job, "check_destination", take_lease)
    with pytest.raises(DestinationBusyError, match="has taken over"):
        resample(source, store.url("out"), scratch=scratch, **OPTIONS)
    assert "out/_manifest.json" not in store.names()


def test_files_of_others__are_not_replaced(store, source, scratch):
    store.write_table("out/a.parquet", imbalanced())
    with pytest.raises(DestinationExistsError, match=r"contains 'a\.parquet', which no job"):
        resample(source, store.url("out"), scratch=scratch, overwrite=True)
    store.write("two/_manifest.json", b"{}")
    with pytest.raises(DestinationExistsError, match="no job of smotefast has written"):
        resample(source, store.url("two"), scratch=scratch, overwrite=True)
    store.write("three/_manifest.json", b'{"format": "smotefast manifest 2"}')
    with pytest.raises(ValueError, match="'smotefast manifest 2'; this version reads"):
        resample(source, store.url("three"), scratch=scratch, overwrite=True)
    assert store.names() == ["out/a.parquet", "three/_manifest.json", "two/_manifest.json"]


def test_changed_parts__are_not_published(store, source, scratch, monkeypatch):
    upload = RemoteFiles.upload

    def upload_and_add(self, local, path, tick):
        upload(self, local, path, tick)
        self.write(f"{path}.more", b"x")

    monkeypatch.setattr(RemoteFiles, "upload", upload_and_add)
    with pytest.raises(StoreError, match="are not those that were written"):
        resample(source, store.url("out"), scratch=scratch, **OPTIONS)
    assert "out/_manifest.json" not in store.names()


def test_source_and_destination__are_separate(store, scratch):
    source = store.write_table("data/in/a.parquet", imbalanced())
    for path in ("data/in/a.parquet", "data/in", "data", "data/in/b"):
        with pytest.raises(ArgumentError, match="is the source"):
            resample(store.url("data/in"), store.url(path), scratch=scratch, overwrite=True)
    resample(source, store.url("data/out"), scratch=scratch, **OPTIONS)


def test_scratch__is_for_stores_and_must_exist(store, source, tmp_path):
    with pytest.raises(ArgumentError, match="has no effect: the destination"):
        resample(source, tmp_path / "out", scratch=tmp_path)
    with pytest.raises(ArgumentError, match="is no folder"):
        resample(source, store.url("out"), scratch=tmp_path / "no")


def test_reports_in_stores__are_refused(store, source, scratch):
    with pytest.raises(ValueError, match="must be a file of this machine"):
        resample(source, store.url("out"), scratch=scratch, report=store.url("report.json"))


def test_secrets__are_in_no_file(source, tmp_path, scratch, monkeypatch, caplog):
    store = make_store("s3", monkeypatch)
    secrets = {"AKIAINTHEURL", "secret-in-the-url", os.environ["AWS_SECRET_ACCESS_KEY"]}
    bucket, path = store.url("out").removeprefix("s3://").split("/", 1)
    url = f"s3://AKIAINTHEURL:secret-in-the-url@{bucket}/{path}"
    caplog.set_level("DEBUG")
    journals = []
    publish = smotefast.storage.remote.workspace.RemoteWorkspace.publish

    def look(self, *args):
        journals.extend(path.read_bytes() for path in scratch.rglob("*") if path.is_file())
        journals.extend(str(path).encode() for path in scratch.rglob("*"))
        publish(self, *args)

    monkeypatch.setattr(smotefast.storage.remote.workspace.RemoteWorkspace, "publish", look)
    report = tmp_path / "report.json"
    summary = resample(source, url, scratch=scratch, report=report, **OPTIONS)
    with pytest.raises(FileExistsError) as caught:
        resample(source, url, scratch=scratch, **OPTIONS)
    texts = [str(summary), repr(summary), report.read_text(), caplog.text, str(caught.value)]
    texts += [content.decode(errors="replace") for content in journals]
    texts.append(store.read("out/_manifest.json").decode())
    assert journals
    assert not [secret for secret in secrets for text in texts if secret in text]


def test_a_bucket_that_does_not_exist__is_named(source, scratch, monkeypatch):
    store = make_store("s3", monkeypatch)
    url = store.url("out").replace(store.bucket, "no-such-bucket")
    with pytest.raises(StoreError, match="Check the name of the bucket"):
        resample(source, url, scratch=scratch)
    done = run("resample", source, url, "--target", "label", "--scratch", scratch)
    assert done.returncode == 5
    assert "no-such-bucket" in done.stderr


def test_the_commands__work_on_stores(store, source, scratch):
    url = store.url("out")
    options = ["--target", "label", "--scratch", scratch, "--partition-by", "label"]
    assert run("resample", source, url, *options).returncode == 0
    assert "as reported" in run("verify", url).stdout
    assert run("resample", source, url, *options).returncode == 6
    assert "Nothing to remove" in run("clean", url, "--scratch", scratch).stdout
