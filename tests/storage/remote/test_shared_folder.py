"""Folders that processes of a cluster share: in a store, and what becomes of copies."""

from __future__ import annotations

import os
import pickle

import pytest

from smotefast.exceptions import SourceMissingError, StoreReadError
from smotefast.storage.remote.files import RemoteFiles
from smotefast.storage.remote.shared_folder import SharedScratch, StoreFolder, store_of
from smotefast.storage.remote.urls import parse_url
from tests.helpers.stores import memory_store


@pytest.fixture
def store():
    return memory_store()


@pytest.fixture
def folder(store, tmp_path):
    url = parse_url(store.url("jobs/cluster-1"))
    (tmp_path / "here").mkdir()
    return StoreFolder(RemoteFiles(url), url.shown, str(tmp_path / "here"))


def write(folder, name, text):
    path = os.path.join(folder.path, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def read(path):
    with open(path) as file:
        return file.read()


def test_files__are_read_by_another_process_until_it_forgets_them(folder, store):
    other = pickle.loads(pickle.dumps(folder))
    assert other.path != folder.path
    name = folder.publish(write(folder, "a", "text"))
    assert os.listdir(folder.path) == []
    path = other.fetch(name)
    assert read(path) == "text"
    store.write("jobs/cluster-1/a", b"changed")  # it is not read a second time
    assert read(other.fetch(name)) == "text"
    with other.open(name) as file:
        assert file.read() == b"changed"
    assert {*os.listdir(other.path)} == {os.path.basename(path), "scratch.lock"}
    other.forget()
    assert not os.path.exists(path)
    assert read(other.fetch(name)) == "changed"
    other.forget()
    other.forget()


def test_a_file_that_is_kept__has_another_name_when_it_has_changed(folder):
    path = write(folder, "a", "one")
    first = folder.publish(path, is_kept=True)
    assert folder.publish(path, is_kept=True) == first
    write(folder, "a", "other")
    second = folder.publish(path, is_kept=True)
    assert second != first
    other = pickle.loads(pickle.dumps(folder))
    assert [read(other.fetch(name)) for name in (first, second)] == ["one", "other"]
    other.forget()


def test_removed_files__are_gone_here_and_in_the_store(folder, store):
    names = [folder.publish(write(folder, name, name)) for name in "ab"]
    folder.fetch(names[0])
    folder.remove(names[0])
    assert os.listdir(folder.path) == []
    assert store.names() == ["jobs/cluster-1/b"]
    with pytest.raises(SourceMissingError, match="cluster-1/a"):
        folder.fetch(names[0])
    folder.remove_all()
    assert store.names() == []
    assert not os.path.exists(folder.path)


def test_an_interrupted_download__leaves_no_file_of_the_name(folder, monkeypatch):
    name = folder.publish(write(folder, "a", "text"))

    def fail(path, local):
        with open(local, "w") as file:
            file.write("te")
        raise StoreReadError("gone")

    monkeypatch.setattr(folder._files, "download", fail)
    with pytest.raises(StoreReadError):
        folder.fetch(name)
    monkeypatch.undo()
    assert read(folder.fetch(name)) == "text"


def test_scratch__is_removed_from_the_store_with_its_owner(store, tmp_path):
    scratch = SharedScratch(store.url("scratch"))
    scratch.shared.publish(write(scratch.shared, "a", "text"))
    here = scratch.shared.path
    assert len(store.names()) == 1
    del scratch
    assert store.names() == []
    assert not os.path.exists(here)
    here = SharedScratch(tmp_path)
    assert os.path.dirname(here.shared.path) == str(tmp_path)
    here.remove()
    assert os.listdir(tmp_path) == []


def test_urls__name_stores_unless_they_are_of_this_machine(tmp_path):
    assert store_of("s3a://bucket/scratch").shown == "s3://bucket/scratch"
    for folder in (None, "", "folder", tmp_path, "file:///tmp", "local:///tmp"):
        assert store_of(folder) is None
